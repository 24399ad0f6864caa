"""Work in several turns of the event loop."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QTimer

STEP_MS = 14
"""From one step to the next: time for one to be painted."""

Step = Callable[[], object]


class Gradual(QObject):
    """Takes steps one after the other, each in a turn and a painting of its own, so that no turn is long."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._left: deque[Step] = deque()
        self._due = QTimer(self, singleShot=True, interval=STEP_MS)
        self._due.timeout.connect(self._take)

    @property
    def pending(self) -> bool:
        """Whether steps are left to be taken."""
        return bool(self._left)

    def begin(self, steps: Iterable[Step]) -> None:
        """Take the first of these steps now and the others later. Steps that were left are forgotten."""
        self._left = deque(steps)
        self._take()

    def forget(self) -> None:
        """Leave out the steps that are left."""
        self._left.clear()
        self._due.stop()

    def _take(self) -> None:
        if self._left:
            self._left.popleft()()
        if self._left:
            self._due.start()
