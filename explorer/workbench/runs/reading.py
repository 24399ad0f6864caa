"""Reading and writing the small files of a run. What is read may come from anywhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

from cnncore import CnnError

from ..whole_file import write_whole

MOST_BYTES = 4 * 2**20


class RunError(CnnError):
    """A run cannot be read or written; the message is a sentence for the screen."""


class InUseError(RunError):
    """Another process has the folder."""


def reason(error: OSError) -> str:
    """Return the system's own words for what went wrong."""
    return error.strerror or str(error)


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file. Raises RunError."""
    try:
        if path.exists() and not path.is_file():  # a pipe would never end
            raise RunError(f"{path.name} is no ordinary file.")
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise RunError(f"{path.name} cannot be read: {reason(error)}.") from error
    if len(data) > MOST_BYTES:
        raise RunError(f"{path.name} is larger than any record of a run.")
    try:
        content = json.loads(data.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise RunError(f"{path.name} is damaged: it cannot be read as JSON.") from error
    if not isinstance(content, dict):
        raise RunError(f"{path.name} is damaged: it is no record of a run.")
    return content


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a JSON object; the file is either complete or as it was before. Raises RunError."""
    data = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False).encode("utf-8")
    try:
        write_whole(path, data)
    except OSError as error:
        raise RunError(f"{path.name} cannot be written: {reason(error)}.") from error
