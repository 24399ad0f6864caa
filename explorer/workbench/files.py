"""Reading and writing of files on a thread of their own; results come back on the screen's thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Signal


class FileJobs(QObject):
    """Runs one job after the other. A job is called there, `done` or `failed` here."""

    _finished = Signal(object, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="files")
        self._finished.connect(self._hand_over)

    def run(
        self, job: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[Exception], None]
    ) -> None:
        """Call `job` on the files thread, then `done` with its result or `failed` with its exception."""
        self._executor.submit(job).add_done_callback(lambda future: self._finished.emit(future, done, failed))

    def _hand_over(self, future: Future, done: Callable, failed: Callable) -> None:
        if future.cancelled():
            return
        error = future.exception()
        if error is None:
            done(future.result())
        else:
            failed(error)

    def close(self) -> None:
        """Let the present job end and forget the waiting ones."""
        self._executor.shutdown(wait=True, cancel_futures=True)
