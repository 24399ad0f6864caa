"""How Inspect opens, how it follows the cell from key to picture, and how it plays while a network trains.

Both ways: forward, and backward with each of a layer's targets, dW and dX.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from explorer.widgets.transport import Transport
from tests.benchmarks.app_measures import (
    long_run,
    loop_gaps,
    loop_probe,
    open_window,
    resident_megabytes,
)

CELLS_A_SECOND = 500.0
MOVES, FIRST_MOVES = 120, 20
"""Steps from cell to cell that are measured at each layer, and those before them that only warm up."""
SETTLE_MS = 300
PLAY_WARM_UP_SECONDS = 15.0
"""Texts kept laid out, pictures and known cells have filled up by then; what rises later is a leak."""


class UntilPainted(QObject):
    """Does something and times it from there to the end of the painting that it brings about."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._began: tuple[float, float] | None = None
        self._then: Callable[[np.ndarray], None] = lambda taken: None
        window.installEventFilter(self)

    def measure(self, action: Callable[[], object], then: Callable[[np.ndarray], None]) -> None:
        """Call `then` with the seconds from the action to the picture, and those that the thread worked."""
        self._then = then
        self._began = time.perf_counter(), time.thread_time()
        action()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self._window or event.type() != QEvent.Type.UpdateRequest or self._began is None:
            return False
        watched.event(event)
        began, self._began = self._began, None
        taken = np.array((time.perf_counter() - began[0], time.thread_time() - began[1]))
        QTimer.singleShot(0, lambda: self._then(taken))
        return True


def _press(widget: QWidget, key: Qt.Key) -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(widget, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))


class _Walk:
    """Opens Inspect, then steps through cells of each stop by key, one after the other picture."""

    def __init__(self, window: QWidget, application: QApplication) -> None:
        self._window, self._application = window, application
        self._page = window.workspaces["inspect"]
        self._watch = UntilPainted(window)
        self._left = self._places()
        self._taken: list[np.ndarray] = []
        self.found: dict[str, float] = {}

    def _places(self) -> list[tuple[str, Callable[[], object]]]:
        """Return what is walked through: names, each with a function that goes there."""
        inspection = self._page.inspection
        stops = [stop for stop in inspection.stops if stop.count > 1]
        return [(stop.name, partial(inspection.go_to, stop.index)) for stop in stops]

    @property
    def _transport(self) -> Transport:
        return self._page.inspection.transport

    def open(self) -> None:
        self._watch.measure(lambda: self._window.show_workspace("inspect"), self._opened)

    def _opened(self, taken: np.ndarray) -> None:
        self.found["open_ms"], self.found["open_work_ms"] = map(float, taken * 1000)
        self._next_stop()

    def _next_stop(self) -> None:
        if not self._left:
            self._window.close()
            self._application.quit()
            return
        self._left[0][1]()
        self._transport.first()
        self._taken.clear()
        QTimer.singleShot(SETTLE_MS, self._step)

    def _step(self) -> None:
        key = Qt.Key.Key_Home if self._transport.at_end else Qt.Key.Key_Right
        self._watch.measure(lambda: _press(self._page, key), self._stepped)

    def _stepped(self, taken: np.ndarray) -> None:
        self._taken.append(taken)
        if len(self._taken) < FIRST_MOVES + MOVES:
            self._step()
            return
        name, _ = self._left.pop(0)
        wall, work = np.array(self._taken[FIRST_MOVES:]).T * 1000
        self.found[f"{name}_p50_ms"] = float(np.percentile(wall, 50))
        self.found[f"{name}_p95_ms"] = float(np.percentile(wall, 95))
        self.found[f"{name}_work_p50_ms"] = float(np.percentile(work, 50))
        self._next_stop()


class _WalkBack(_Walk):
    """Opens Inspect, turns it to the way back, and steps through the cells of each derivative."""

    def _places(self) -> list[tuple[str, Callable[[], object]]]:
        stops, layers = self._page.inspection.stops, self._window.workbench.network.layers
        scans = {stop.index: ("input",) for stop in stops}
        for index, layer in enumerate(layers):
            if layer.parameters and layer.parameters["weight"].ndim > 1:
                scans[index] = ("weight", "input")
        return [
            (f"{stop.name} {'dW' if target == 'weight' else 'dX'}", partial(self._go, stop.index, target))
            for stop in reversed(list(stops))
            for target in scans[stop.index]
        ]

    def _go(self, index: int, target: str) -> None:
        self._page.inspection.go_to(index)
        self._page.backward.set_target(target)

    @property
    def _transport(self) -> Transport:
        return self._page.backward.transport

    def _opened(self, taken: np.ndarray) -> None:
        self._watch.measure(lambda: self._page.show_way("backward"), super()._opened)


def measure_moves(way: str) -> dict:
    """Milliseconds until Inspect is on the screen, and from a key to the picture with the next cell.

    On the way "backward" it is opened forward first; what is measured is the switch.
    """
    application, window = open_window("train")
    walks: list[_Walk] = []

    def start() -> None:
        walks.append((_WalkBack if way == "backward" else _Walk)(window, application))
        QTimer.singleShot(1000, walks[0].open)

    window.populated.connect(start)
    application.exec()
    return walks[0].found


def measure_play(way: str, seconds: float) -> dict:
    """Gaps of the event loop, order of the cells, and memory, at the highest speed while training runs."""
    application, window = open_window("inspect")
    workbench, page = window.workbench, window.workspaces["inspect"]
    workbench.set_hyperparameters(long_run())
    page.show_way(way)
    transport = (page.backward if way == "backward" else page.inspection).transport
    probe, moments = loop_probe()
    marks: list[tuple[float, int, int, float]] = []
    visited: list[int] = []
    transport.index_changed.connect(visited.append)

    def mark() -> None:
        marks.append((time.perf_counter(), len(workbench.history), len(visited), resident_megabytes()))

    def begin() -> None:
        mark()
        probe.start()

    def finish() -> None:
        mark()
        probe.stop()
        window.close()
        application.quit()

    def start() -> None:
        workbench.start()
        page.inspection.go_to(next(s.index for s in page.inspection.stops if s.name == "conv2"))
        transport.first()
        visited.clear()
        transport.set_speed(CELLS_A_SECOND)
        transport.set_loop(True)
        transport.play()
        QTimer.singleShot(int(PLAY_WARM_UP_SECONDS * 1000), begin)
        QTimer.singleShot(int((PLAY_WARM_UP_SECONDS + seconds) * 1000), finish)

    window.populated.connect(start)
    application.exec()
    (t0, n0, c0, m0), (t1, n1, c1, m1) = marks
    steps = np.diff(visited) % transport.count
    return {
        "steps_per_second": (n1 - n0) / (t1 - t0),
        "cells_per_second": (c1 - c0) / (t1 - t0),
        "cells_out_of_order": int((steps != 1).sum()),
        "memory_before_mb": m0,
        "memory_after_mb": m1,
        **loop_gaps(moments),
    }
