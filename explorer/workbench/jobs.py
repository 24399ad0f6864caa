"""Work off the screen's thread, files above all; results come back on the screen's thread."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal


def sentence_of(error: Exception) -> str:
    """Return what a person can make use of: the system's words for its own errors, else the message."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}."
    return str(error)


class Jobs(QObject):
    """Does one job after the other on a thread of its own; `done` or `failed` are called here.

    The thread is a daemon: a job that hangs on a slow disk cannot keep the program from ending.
    """

    _finished = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: queue.SimpleQueue = queue.SimpleQueue()
        self._closed = threading.Event()
        self._finished.connect(lambda function, argument: function(argument))
        self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
        self._thread.start()

    def run(
        self, job: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[Exception], None]
    ) -> None:
        """Call `job` on the other thread, then `done` with its result or `failed` with its exception."""
        self._waiting.put((job, done, failed))

    def _work(self) -> None:
        while (item := self._waiting.get()) is not None and not self._closed.is_set():
            job, done, failed = item
            try:
                outcome = done, job()
            except Exception as error:
                outcome = failed, error
            if not self._closed.is_set():
                self._finished.emit(*outcome)

    def close(self, seconds: float) -> bool:
        """Forget the waiting jobs; return whether the present one ended within `seconds`."""
        self._closed.set()
        self._waiting.put(None)
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def finish(self, seconds: float) -> bool:
        """Do the waiting jobs, and no more; return whether that took no longer than `seconds`."""
        self._waiting.put(None)
        self._thread.join(seconds)
        return self.close(0)
