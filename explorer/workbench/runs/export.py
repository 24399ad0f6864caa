"""Runs as files for other programs."""

from __future__ import annotations

import csv
import os
import re
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

from ..history import History
from .reading import RunError, reason
from .record import RunRecord
from .store import BEST, CHECKPOINT, RECORD, RunStore

_NO_FILE_NAME = re.compile(r'[<>:"/\\|?*]')


def write_csv(path: Path, runs: Iterable[tuple[RunRecord, History]]) -> None:
    """Write the curves of runs as one table: the run's name and seed, then what `History.write_csv` writes.

    Raises RunError.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        try:
            with part.open("x", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                for place, (record, history) in enumerate(runs):
                    header, *rows = history.table()
                    if place == 0:
                        writer.writerow(["run", "seed", *header])
                    name = _as_text(record.name)
                    writer.writerows([name, record.hyperparameters.seed, *row] for row in rows)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise RunError(f"{path.name} cannot be written: {reason(error)}.") from error


def _as_text(name: str) -> str:
    """Keep a spreadsheet from taking a name for a formula."""
    return f"'{name}" if name[:1] in "=+-@" else name


def export_folder(store: RunStore, record: RunRecord, history: History, parent: Path) -> Path:
    """Write a run into a new folder of `parent`; return the folder. Raises RunError.

    It has the record, the model, the curves, the notes, and the parameters: best and latest.
    """
    name = _NO_FILE_NAME.sub("-", record.name).strip(". ") or record.key
    part = parent / f".{record.key}.{secrets.token_hex(4)}.part"
    try:
        try:
            part.mkdir()
            for file in (RECORD, BEST, CHECKPOINT):
                source = store.folder / record.key / file
                if source.exists():
                    shutil.copyfile(source, part / file)
            history.write_csv(part / "metrics.csv")
            (part / "model.json").write_text(record.spec.to_json(), encoding="utf-8")
            if record.notes:
                (part / "notes.txt").write_text(record.notes, encoding="utf-8")
            target, number = parent / name, 1
            while target.exists():
                number += 1
                target = parent / f"{name} ({number})"
            part.rename(target)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        raise RunError(f"The folder cannot be written: {reason(error)}.") from error
    return target
