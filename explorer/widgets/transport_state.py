"""The transport: one state and one bar for everything that plays cell by cell."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

SLOWEST, FASTEST = 1.0, 500.0
"""Cells a second."""
DEFAULT_SPEED = 8.0
_TICK_MS = 16
_LONGEST_TICK = 0.1  # seconds; after a hang the picture goes on from where it stood instead of jumping ahead


class Transport(QObject):
    """Where an animation stands, and whether it plays. Cells are counted from 0, row by row.

    Playing visits every cell exactly once and in order at each speed; where several cells fall into one tick
    of the timer, `index_changed` is emitted for each of them, and `moved` once after the last.

    Parameters
    ----------
    count : int
        How many cells there are; 0 while there is nothing to show.
    row : int
        Cells in a row, for jumps by a row.
    clock : callable, optional
        Seconds, from any start; the timer asks it how far to go.
    """

    index_changed = Signal(int)
    """A cell was visited."""
    moved = Signal()
    """The cell to show is another one; emitted once for a jump or a tick, however many cells it visited."""
    count_changed = Signal()
    """There are other cells now, or rows of another length."""
    playing_changed = Signal(bool)
    speed_changed = Signal(float)
    loop_changed = Signal(bool)
    finished = Signal()
    """Playing has come to the last cell and stopped there."""

    def __init__(
        self,
        count: int = 0,
        row: int = 1,
        parent: QObject | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__(parent)
        self._count, self._row = max(0, count), max(1, row)
        self._index = 0
        self._speed = DEFAULT_SPEED
        self._loop = False
        self._clock = clock
        self._last_tick = 0.0
        self._due = 0.0  # the part of a cell that has passed already
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    @property
    def index(self) -> int:
        """The present cell, 0-based; 0 when there is none."""
        return self._index

    @property
    def count(self) -> int:
        """How many cells there are."""
        return self._count

    @property
    def row(self) -> int:
        """How many cells make a row."""
        return self._row

    @property
    def playing(self) -> bool:
        """Whether the cells go on by themselves."""
        return self._timer.isActive()

    @property
    def speed(self) -> float:
        """Cells a second, 1 to 500."""
        return self._speed

    @property
    def loop(self) -> bool:
        """Whether the first cell follows the last."""
        return self._loop

    @property
    def at_end(self) -> bool:
        """Whether there is no further cell."""
        return self._index >= self._count - 1

    def set_count(self, count: int, row: int = 1) -> None:
        """Play these many cells from now on; the present cell stays, or becomes the last one.

        Raises
        ------
        ValueError
            When `count` is negative or `row` is not positive.
        """
        if count < 0 or row < 1:
            raise ValueError(f"There cannot be {count} cells in rows of {row}.")
        if (count, row) == (self._count, self._row):
            return
        self._count, self._row = count, row
        index = min(self._index, max(0, count - 1))
        changed, self._index = index != self._index, index
        self.count_changed.emit()
        if changed:
            self._announce()
        if count < 2:
            self.pause()

    def set_speed(self, cells_per_second: float) -> None:
        """Choose the speed; beyond 1 to 500 the nearest of them is taken.

        Raises
        ------
        ValueError
            When it is not a positive, finite number.
        """
        if not (math.isfinite(cells_per_second) and cells_per_second > 0):
            raise ValueError("A speed is a positive number of cells a second.")
        speed = min(max(float(cells_per_second), SLOWEST), FASTEST)
        if speed != self._speed:
            self._speed = speed
            self.speed_changed.emit(speed)

    def set_loop(self, loop: bool) -> None:
        """Choose whether the first cell follows the last."""
        if bool(loop) != self._loop:
            self._loop = bool(loop)
            self.loop_changed.emit(self._loop)

    # By hand; each of these pauses

    def seek(self, index: int) -> None:
        """Go to a cell; outside of the range, to the nearest one."""
        self.pause()
        index = min(max(int(index), 0), max(0, self._count - 1))
        if index != self._index:
            self._index = index
            self._announce()

    def first(self) -> None:
        """Go to the first cell."""
        self.seek(0)

    def last(self) -> None:
        """Go to the last cell."""
        self.seek(self._count - 1)

    def step(self, cells: int = 1) -> None:
        """Go on by some cells, or back by a negative number of them."""
        self.seek(self._index + cells)

    def step_row(self, rows: int = 1) -> None:
        """Go to the same place of another row; at the edge nothing happens."""
        index = self._index + rows * self._row
        if 0 <= index < self._count:
            self.seek(index)
        else:
            self.pause()

    # By itself

    def play(self) -> None:
        """Play on; from the last cell, from the beginning."""
        if self.playing or self._count < 2:
            return
        if self.at_end:
            self._index = 0
            self._announce()
        self._due = 0.0
        self._last_tick = self._clock()
        self._timer.start(_TICK_MS)
        self.playing_changed.emit(True)

    def pause(self) -> None:
        """Stay at the present cell."""
        if self.playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    def toggle(self) -> None:
        """Pause when playing, else play."""
        self.pause() if self.playing else self.play()

    def advance(self, seconds: float) -> None:
        """Visit the cells that fall into a time. The timer calls this while playing."""
        was_playing = self.playing
        self._due += min(max(seconds, 0.0), _LONGEST_TICK) * self._speed
        cells = int(self._due + 1e-9)
        self._due = max(0.0, self._due - cells)
        visited = 0
        # A listener may pause at any cell, and no further one is visited then.
        while visited < cells and self.playing == was_playing and self._has_next():
            self._index = 0 if self.at_end else self._index + 1
            visited += 1
            self.index_changed.emit(self._index)
        if visited:
            self.moved.emit()
        if self.playing and not self._has_next():
            self.pause()
            self.finished.emit()

    def _has_next(self) -> bool:
        return self._count > 1 and (self._loop or not self.at_end)

    def _tick(self) -> None:
        now = self._clock()
        seconds, self._last_tick = now - self._last_tick, now
        self.advance(seconds)

    def _announce(self) -> None:
        self.index_changed.emit(self._index)
        self.moved.emit()
