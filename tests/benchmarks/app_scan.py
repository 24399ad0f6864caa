"""How smoothly the Scan Lab plays while a network trains beside it."""

from __future__ import annotations

import time

import numpy as np
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from tests.benchmarks.app_measures import WARM_UP_SECONDS, long_run, loop_gaps, loop_probe, open_window

CELLS_A_SECOND = 60.0


class FrameWatch(QObject):
    """Times each frame of a window in which one of its widgets is drawn, and the timer that moves it on.

    Attributes
    ----------
    frames : list of (float, float)
        Seconds that each frame took, and how many of them its thread worked: the rest it waited for its turn.
    """

    def __init__(self, window: QWidget, drawn: QWidget, timer: QTimer) -> None:
        super().__init__(window)
        self._window, self._drawn, self._timer = window, drawn, timer
        self._moving = np.zeros(2)
        self._seen = False
        self.watching = False
        self.frames: list[np.ndarray] = []
        for watched in (window, drawn, timer):
            watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._drawn:
            self._seen |= event.type() == QEvent.Type.Paint
        elif watched is self._timer and event.type() == QEvent.Type.Timer:
            self._moving = self._moving + self._timed(watched, event)
            return True
        elif watched is self._window and event.type() == QEvent.Type.UpdateRequest:
            self._seen = False
            painting = self._timed(watched, event)
            if self._seen and self.watching:
                self.frames.append(self._moving + painting)
            self._moving = np.zeros(2)
            return True
        return False

    def _timed(self, watched: QObject, event: QEvent) -> np.ndarray:
        """Let an object have its event now and return how long it took, and how long it worked."""
        began = time.perf_counter(), time.thread_time()
        watched.event(event)
        return np.array((time.perf_counter() - began[0], time.thread_time() - began[1]))


def measure_scan(seconds: float, side: int, kernel: int, channels: int) -> dict:
    """Frames of the Scan Lab that plays, and gaps of the event loop, while training runs."""
    application, window = open_window("scan")
    workbench, page = window.workbench, window.workspaces["scan"]
    workbench.set_hyperparameters(long_run())
    lab = page.holder.state.with_channels(channels).with_setup(
        input_size=(side, side), kernel_size=(kernel, kernel), stride=(1, 1), padding=(kernel // 2,) * 4
    )
    page.holder.set_state(lab)
    transport = page.transport
    transport.set_speed(CELLS_A_SECOND)
    transport.set_loop(True)
    watch = FrameWatch(window, page.canvas, transport.findChild(QTimer))
    probe, moments = loop_probe()
    marks: list[tuple[float, int]] = []

    def begin() -> None:
        marks.append((time.perf_counter(), len(workbench.history)))
        watch.watching = True
        probe.start()

    def finish() -> None:
        marks.append((time.perf_counter(), len(workbench.history)))
        probe.stop()
        watch.watching = False
        window.close()
        application.quit()

    def start() -> None:
        workbench.start()
        transport.play()
        QTimer.singleShot(int(WARM_UP_SECONDS * 1000), begin)
        QTimer.singleShot(int((WARM_UP_SECONDS + seconds) * 1000), finish)

    window.populated.connect(start)
    application.exec()
    (t0, n0), (t1, n1) = marks
    frames, work = np.array(watch.frames).T * 1000
    return {
        "steps_per_second": (n1 - n0) / (t1 - t0),
        "frames_per_second": len(frames) / (t1 - t0),
        "frame_p50_ms": float(np.percentile(frames, 50)),
        "frame_p95_ms": float(np.percentile(frames, 95)),
        "frame_work_p95_ms": float(np.percentile(work, 95)),
        **loop_gaps(moments),
    }
