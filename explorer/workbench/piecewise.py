"""Long work off the screen's thread, in short pieces, with progress, and given up at any time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from .workbench import Workbench

PIECE_SECONDS = 0.05


def advance(work: Iterator[Any]) -> tuple[Any, bool]:
    """Go on for a little while; return the last that came, and whether the work is done."""
    end = time.monotonic() + PIECE_SECONDS
    item = None
    for item in work:
        if time.monotonic() >= end:
            return item, False
    return item, True


class Piecewise(QObject):
    """Pulls an iterator, each piece as a job of its own, so that files need not wait for all of it.

    The iterator must own all that it changes. What comes of work that was given up is never told.
    """

    came = Signal(object)
    """What the work has yielded last, a few times a second; of its last piece too."""
    ended = Signal()
    """The work is done."""
    failed = Signal(object)
    """The work raised this exception."""

    def __init__(self, workbench: Workbench) -> None:
        # The workbench answers jobs, so this lives as long as it does.
        super().__init__(workbench)
        self._workbench = workbench
        self._work: Iterator[Any] | None = None

    @property
    def running(self) -> bool:
        """Whether there is work."""
        return self._work is not None

    def start(self, work: Iterator[Any]) -> None:
        """Begin with this; other work, if any, is given up."""
        self._work = work
        self._go_on()

    def cancel(self) -> None:
        """Give the work up."""
        self._work = None

    def _go_on(self) -> None:
        work = self._work
        self._workbench.in_background(
            partial(advance, work), partial(self._got, work), partial(self._failed, work)
        )

    def _got(self, work: Iterator[Any], outcome: tuple[Any, bool]) -> None:
        if work is not self._work:
            return
        item, done = outcome
        if done:
            self._work = None
        if item is not None:
            self.came.emit(item)
        if done:
            self.ended.emit()
        elif work is self._work:  # whoever heard of it may have given it up
            self._go_on()

    def _failed(self, work: Iterator[Any], error: Exception) -> None:
        if work is self._work:
            self._work = None
            self.failed.emit(error)
