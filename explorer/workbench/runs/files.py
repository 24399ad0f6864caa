"""The store of the runs on a thread of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QDir, QObject, QStandardPaths, QTemporaryDir

from ..jobs import Jobs
from .reading import InUseError, RunError
from .store import RunStore
from .stored import Stored


def users_folder() -> Path:
    """Return where the person's runs are kept."""
    data = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)
    return Path(data) / "runs"


@dataclass(frozen=True)
class Opened:
    """What the folder held; `problem` is a title and a reason where it could not be used."""

    runs: tuple[Stored, ...] = ()
    damaged: tuple[str, ...] = ()
    problem: tuple[str, str] | None = None


class RunFiles(QObject):
    """Does what is asked of the store, one after the other, off the screen's thread.

    Parameters
    ----------
    folder : Path, optional
        Where runs are kept. Without it, or when it cannot be used, they are kept in a temporary folder until
        the program ends.
    """

    def __init__(self, folder: Path | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._jobs: Jobs | None = None
        self._store: RunStore | None = None
        self._temporary: QTemporaryDir | None = None

    def run(
        self,
        job: Callable[[RunStore], Any],
        done: Callable[[Any], None] = lambda result: None,
        failed: Callable[[Exception], None] = lambda error: None,
    ) -> None:
        """Call `job` with the store, then `done` with its result or `failed` with its error, here."""
        if self._jobs is None:
            self._jobs = Jobs(self)
        self._jobs.run(lambda: job(self._opened()), done, failed)

    def open(self, done: Callable[[Opened], None], failed: Callable[[Exception], None]) -> None:
        """Read the folder."""
        self.run(lambda store: self._first_look, done, failed)

    # On the other thread

    def _opened(self) -> RunStore:
        if self._store is None:
            self._first_look, self._store = self._open()
        return self._store

    def _open(self) -> tuple[Opened, RunStore]:
        if self._folder is None:
            return Opened(), self._open_temporary()
        try:
            store = RunStore(self._folder)
            store.open()
            runs, damaged = store.scan()
            return Opened(tuple(runs), tuple(damaged)), store
        except InUseError as error:
            title = "The runs of this window are kept only until it is closed."
            problem = title, f"{error} Close that one first to see and keep runs here."
        except RunError as error:
            problem = "Runs cannot be kept on this computer beyond the end of the program.", str(error)
        return Opened(problem=problem), self._open_temporary()

    def _open_temporary(self) -> RunStore:
        self._temporary = QTemporaryDir(QDir.tempPath() + "/cnn-explorer-runs-XXXXXX")
        if not self._temporary.isValid():
            raise RunError(f"There is no room for temporary files: {self._temporary.errorString()}.")
        store = RunStore(Path(self._temporary.path()))
        store.open()
        return store

    # On the screen's thread again

    def close(self, seconds: float) -> bool:
        """Finish what was asked for; return whether that took no longer than `seconds`."""
        if self._jobs is None:
            return True
        self._jobs.run(self._leave, lambda result: None, lambda error: None)
        return self._jobs.finish(seconds)

    def _leave(self) -> None:
        if self._store is not None:
            self._store.close()
        if self._temporary is not None:
            self._temporary.remove()
