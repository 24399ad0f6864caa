"""The folder in which runs are kept: one folder a run, read with care and written so that nothing is lost.

``run.json`` says what the run is, ``steps.rows``, ``epochs.rows`` and ``rates.rows`` grow with it, and
``checkpoint.npz`` and ``best.npz`` hold parameters. The rows are on the disk before the checkpoint that goes
with them takes the place of the older one, so a process that is killed at any moment leaves rows that reach
at least as far as the checkpoint.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import astuple, fields
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from PySide6.QtCore import QLockFile

from cnncore import ArgumentError, Checkpoint, CheckpointError, load_checkpoint, write_checkpoint

from ..history import EpochSummary, History
from ..history_rows import COLUMNS, PLACES
from ..standing import Standing
from .reading import InUseError, RunError, read_json, reason, write_json
from .record import Results, RunRecord, is_key
from .row_file import RowFile
from .stored import Progress, Stored

MOST_RUNS = 2000
"""More than this many runs are not loaded; the newest are."""

DAMAGED, DELETED = "damaged", "deleted"
RECORD, CHECKPOINT, BEST = "run.json", "checkpoint.npz", "best.npz"
_EPOCH_COLUMNS = tuple(field.name for field in fields(EpochSummary))


class RunStore:
    """Reads and writes the folder; for one thread at a time.

    Parameters
    ----------
    folder : Path
        Made when it is opened.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock: QLockFile | None = None
        self._steps: dict[str, float] = {}  # the last step in each run's file, as far as it is known
        self._best: dict[str, float] = {}

    def open(self) -> None:
        """Make the folder and take it for this process.

        Raises RunError, of the kind `InUseError` when another process has it.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunError(f"The folder {self.folder} cannot be made: {reason(error)}.") from error
        lock = QLockFile(str(self.folder / "runs.lock"))
        lock.setStaleLockTime(0)  # a lock is stale when its process is gone, however long that one runs
        if not lock.tryLock(0) and not self._try_again(lock):
            if lock.error() is QLockFile.LockError.LockFailedError:
                raise InUseError(f"Another CNN Explorer is open and keeps its runs in {self.folder}.")
            raise RunError(f"The folder {self.folder} cannot be written.")
        self._lock = lock
        self._purge()

    @staticmethod
    def _try_again(lock: QLockFile) -> bool:
        """A lock that names no process was cut short by a crash; a living process would not let go of it."""
        return not lock.getLockInfo()[0] and lock.removeStaleLockFile() and lock.tryLock(0)

    def close(self) -> None:
        """Let others have the folder; what was deleted is gone for good."""
        if self._lock is not None:
            self._purge()
            self._lock.unlock()
            self._lock = None

    def _purge(self) -> None:
        shutil.rmtree(self.folder / DELETED, ignore_errors=True)

    # Reading

    def scan(self) -> tuple[list[Stored], list[str]]:
        """Return the runs, the oldest first, and a sentence for each one that is damaged and was set aside.

        Raises
        ------
        RunError
            When the folder itself cannot be read.
        """
        try:
            keys = sorted(
                path.name
                for path in self.folder.iterdir()
                if is_key(path.name) and path.is_dir() and not path.is_symlink()
            )
        except OSError as error:
            raise RunError(f"The folder {self.folder} cannot be read: {reason(error)}.") from error
        found, problems = [], []
        if len(keys) > MOST_RUNS:
            problems.append(f"There are {len(keys):,} runs; only the latest {MOST_RUNS:,} are loaded.")
        for key in keys[-MOST_RUNS:]:
            if self._tidy(key):
                continue
            try:
                found.append(self.read(key))
            except RunError as error:
                problems.append(self.set_aside(key, str(error)))
        return found, problems

    def _tidy(self, key: str) -> bool:
        """Remove what a killed process left half written; return whether there was nothing else."""
        folder = self.folder / key
        with suppress(OSError):
            for part in folder.glob(".*.part"):
                part.unlink()
            if not any(folder.iterdir()):
                folder.rmdir()
                return True
        return False

    def read(self, key: str) -> Stored:
        """Read what is known of a run, without its curves. Raises RunError."""
        folder = self.folder / key
        record = RunRecord.from_json(key, read_json(folder / RECORD))
        last = self._file(key, "steps").last()
        steps, seconds = (0, 0.0) if last is None else (last[PLACES["step"]], last[PLACES["elapsed"]])
        if not (0 <= steps < 2**53 and 0 <= seconds < 1e12):
            raise RunError("The record of its steps is damaged.")
        saved = None
        with suppress(OSError):
            saved = datetime.fromtimestamp((folder / CHECKPOINT).stat().st_mtime, UTC)
        return Stored(record, Results.of(int(steps), float(seconds), self._read_epochs(key), saved))

    def set_aside(self, key: str, problem: str) -> str:
        """Move a damaged run out of the way; return a sentence that says so."""
        target = self.folder / DAMAGED / key
        try:
            target.parent.mkdir(exist_ok=True)
            shutil.rmtree(target, ignore_errors=True)
            (self.folder / key).rename(target)
        except OSError as error:
            return f"The run {key} is damaged and could not be set aside ({reason(error)}). {problem}"
        self._forget(key)
        return f"The run {key} is damaged and was moved to {target.parent}. {problem}"

    def load_history(self, record: RunRecord, step: float = np.inf, epochs: float = np.inf) -> History:
        """Read the curves of a run, up to a step and a number of epochs. Raises RunError."""
        rows, rates = self._file(record.key, "steps").read(), self._file(record.key, "rates").read()[:, 0]
        if not np.isfinite(rows).all():
            raise RunError("The record of its steps is damaged: it holds what is no number.")
        done = [epoch for epoch in self._read_epochs(record.key) if epoch.epoch <= epochs]
        try:
            return History.from_rows(
                rows[rows[:, 0] <= step], done, [int(rate) for rate in rates[rates <= step]], record.batches
            )
        except (ArgumentError, ValueError, OverflowError) as error:
            raise RunError(f"The record of its steps is damaged: {error}") from error

    def _read_epochs(self, key: str) -> list[EpochSummary]:
        rows = self._file(key, "epochs").read()
        # The losses of a run that has diverged may be no numbers.
        if not ((rows[:, :2] >= 0) & (rows[:, :2] < 2**53)).all():
            raise RunError("The record of its epochs is damaged.")
        return [EpochSummary(int(row[0]), int(row[1]), *row[2:]) for row in rows.tolist()]

    def load_checkpoint(self, key: str) -> Checkpoint:
        """Read the parameters from which a run can go on. Raises CheckpointError."""
        return load_checkpoint(self.folder / key / CHECKPOINT)

    def resume_point(self, key: str) -> tuple[int, bool]:
        """Return the step from which a run can go on, and whether it has ended there.

        Raises CheckpointError.
        """
        checkpoint = self.load_checkpoint(key)
        if checkpoint.training is None:
            raise CheckpointError("Its checkpoint does not tell where it stood.")
        return checkpoint.training.step, Standing.from_json(checkpoint.meta).ended

    def load_best(self, key: str) -> Checkpoint:
        """Read the best parameters; the latest where no epoch was done. Raises CheckpointError."""
        path = self.folder / key / BEST
        return load_checkpoint(path) if path.exists() else self.load_checkpoint(key)

    # Writing

    def save_record(self, record: RunRecord) -> None:
        """Write what is known of a run. Raises RunError."""
        folder = self.folder / record.key
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise RunError(f"The folder of the run cannot be made: {reason(error)}.") from error
        write_json(folder / RECORD, record.to_json())

    def keep(self, record: RunRecord, progress: Progress, checkpoint: Checkpoint | None = None) -> None:
        """Do both, the record only where there is none yet. Raises RunError, CheckpointError."""
        if not (self.folder / record.key / RECORD).exists():
            self.save_record(record)
        self.save_progress(record.key, progress, checkpoint)

    def save_progress(self, key: str, progress: Progress, checkpoint: Checkpoint | None = None) -> None:
        """Append what the file does not have yet, and then replace the checkpoint.

        Raises
        ------
        RunError, CheckpointError
            When something cannot be written; what was there before stays.
        """
        self._append_steps(key, progress.rows)
        self._append(key, "epochs", [astuple(epoch) for epoch in progress.epochs])
        self._append(key, "rates", [(step,) for step in progress.rate_changes])
        if checkpoint is not None:
            self._save_best(key, checkpoint)
            write_checkpoint(self.folder / key / CHECKPOINT, checkpoint)

    def _append_steps(self, key: str, rows: np.ndarray) -> None:
        file = self._file(key, "steps")
        known = self._steps.pop(key, None)  # should writing fail, nobody knows how far it came
        if known is None:
            last = file.last()
            known = 0.0 if last is None else float(last[0])
        rows = rows[rows[:, 0] > known]
        if len(rows):
            file.write(rows, file.count())
            known = float(rows[-1, 0])
        self._steps[key] = known

    def _append(self, key: str, kind: str, rows: list[tuple[float, ...]]) -> None:
        file = self._file(key, kind)
        count = file.count()
        if len(rows) > count:
            file.write(np.array(rows[count:], dtype=np.float64), count)

    def _save_best(self, key: str, checkpoint: Checkpoint) -> None:
        best = None if checkpoint.training is None else checkpoint.training.best
        if best is None:
            return
        if key not in self._best:
            with suppress(CheckpointError, TypeError, ValueError):
                self._best[key] = float(load_checkpoint(self.folder / key / BEST).meta["loss"])
        if best.loss < self._best.get(key, np.inf):
            meta = {"epoch": best.epoch, "step": best.step, "loss": best.loss, "accuracy": best.accuracy}
            path = self.folder / key / BEST
            write_checkpoint(path, Checkpoint(checkpoint.spec, best.parameters, "", {}, meta))
            self._best[key] = best.loss

    def cut(self, key: str, step: int, epochs: int) -> None:
        """Drop what a run did after so many steps and epochs: it is resumed there. Raises RunError."""
        for kind, keep in (("steps", step), ("rates", step), ("epochs", epochs)):
            file = self._file(key, kind)
            rows = file.read()
            kept = int(np.searchsorted(rows[:, 0], keep, side="right"))
            if kept < len(rows):
                file.write(rows[:0], kept)
        self._steps.pop(key, None)

    def delete(self, keys: Iterable[str]) -> None:
        """Put runs where `restore` finds them, until the program ends. Raises RunError."""
        self._move(keys, self.folder, self.folder / DELETED)

    def restore(self, keys: Iterable[str]) -> None:
        """Bring deleted runs back. Raises RunError."""
        self._move(keys, self.folder / DELETED, self.folder)

    def _move(self, keys: Iterable[str], source: Path, target: Path) -> None:
        try:
            target.mkdir(exist_ok=True)
            for key in keys:
                (source / key).rename(target / key)
                self._forget(key)
        except OSError as error:
            raise RunError(f"The folder of the run cannot be moved: {reason(error)}.") from error

    def _forget(self, key: str) -> None:
        self._steps.pop(key, None)
        self._best.pop(key, None)

    def _file(self, key: str, kind: str) -> RowFile:
        columns = {"steps": COLUMNS, "epochs": _EPOCH_COLUMNS, "rates": ("step",)}[kind]
        return RowFile(self.folder / key / f"{kind}.rows", columns)
