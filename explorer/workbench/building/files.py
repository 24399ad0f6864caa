"""Networks as files of JSON: read with distrust, written whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cnncore import ModelSpec, SpecError
from cnncore.spec import MAX_JSON_CHARACTERS

MAX_BYTES = 4 * MAX_JSON_CHARACTERS


def read_model(path: Path) -> ModelSpec:
    """Read a network. Raises OSError, and SpecError with a sentence where it is none."""
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise SpecError(f"A model's description is a text of at most {MAX_JSON_CHARACTERS:,} characters.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SpecError("This is not the description of a CNN Explorer model.") from None
    return ModelSpec.from_json(text)


def write_model(path: Path, spec: ModelSpec) -> None:
    """Write a network; an older file stays until the new one is complete. Raises OSError."""
    part = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        with part.open("x", encoding="utf-8", newline="\n") as file:
            file.write(spec.to_json() + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
