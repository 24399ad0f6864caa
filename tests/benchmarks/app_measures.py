"""The measurements of `app`, each made for a process of its own."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np

WARM_UP_SECONDS = 2.0
PROBE_MS = 5
LONG_RUN = 1000  # epochs: more than any measurement sees


def open_window(workspace: str):
    from explorer import app

    application = app.make_application(["cnn-explorer"])
    window = app.build_window()
    window.resize(1440, 900)
    window.show_workspace(workspace)
    window.show()
    return application, window


def long_run():
    from explorer.workbench import Hyperparameters

    return Hyperparameters(epochs=LONG_RUN, schedule="constant")


def measure_start(began: float) -> dict:
    """Seconds from the start of the process to the first painted window, and to the last of its parts."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    application, window = open_window("train")
    found = {}

    class FirstPaint(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint and not found:
                QTimer.singleShot(0, note)
            return False

    def note() -> None:
        found.setdefault("shown", time.time() - began)

    def finish() -> None:
        found["complete"] = time.time() - began
        window.close()
        application.quit()

    watcher = FirstPaint()
    window.centralWidget().installEventFilter(watcher)
    window.populated.connect(finish)
    application.exec()
    return found


def loop_probe():
    """Return a timer that notes when the event loop gets round to it, and the list that it fills."""
    from PySide6.QtCore import Qt, QTimer

    moments: list[float] = []
    probe = QTimer(interval=PROBE_MS, timerType=Qt.TimerType.PreciseTimer)
    probe.timeout.connect(lambda: moments.append(time.perf_counter()))
    return probe, moments


def loop_gaps(moments: list[float]) -> dict:
    """Return milliseconds between the moments that `loop_probe` has noted."""
    gaps = np.diff(moments) * 1000
    return {
        "gap_p50_ms": float(np.percentile(gaps, 50)),
        "gap_p99_ms": float(np.percentile(gaps, 99)),
        "gap_max_ms": float(gaps.max()),
    }


def measure_window(seconds: float, workspace: str) -> dict:
    """Steps a second and gaps of the event loop, while a workspace is live."""
    from PySide6.QtCore import QTimer

    application, window = open_window(workspace)
    workbench = window.workbench
    workbench.set_hyperparameters(long_run())
    probe, moments = loop_probe()
    marks: list[tuple[float, int]] = []

    def mark() -> None:
        marks.append((time.perf_counter(), len(workbench.history)))

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
        QTimer.singleShot(int(WARM_UP_SECONDS * 1000), begin)
        QTimer.singleShot(int((WARM_UP_SECONDS + seconds) * 1000), finish)

    window.populated.connect(start)
    application.exec()
    (t0, n0), (t1, n1) = marks
    return {"steps_per_second": (n1 - n0) / (t1 - t0), **loop_gaps(moments)}


def measure_alone(seconds: float) -> dict:
    """Steps a second of the same run on the same thread, without Qt."""
    from threadpoolctl import threadpool_limits

    from cnncore import MODELS, StepDone, load_mnist_5k
    from explorer.workbench.goal import END
    from explorer.workbench.messages import Ready, RunPlan
    from explorer.workbench.training import Trainer

    train_set, validation_set = load_mnist_5k()
    with threadpool_limits(1, user_api="blas"):
        trainer = Trainer()
        trainer.begin(RunPlan(1, MODELS["reference"](), long_run(), train_set, validation_set))
        while not isinstance(trainer.next_event(60)[1], Ready):
            pass
        trainer.go(END, order=1)
        warm = time.perf_counter() + WARM_UP_SECONDS
        while time.perf_counter() < warm:
            trainer.next_event(60)
        began, steps = time.perf_counter(), 0
        while time.perf_counter() < began + seconds:
            steps += isinstance(trainer.next_event(60)[1], StepDone)
        elapsed = time.perf_counter() - began
        trainer.close(5)
    return {"steps_per_second": steps / elapsed}


def resident_megabytes() -> float:
    """Resident memory of this process (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def measure_memory(minutes: float) -> dict:
    """Resident memory each half minute of training with the Network workspace open."""
    from PySide6.QtCore import QTimer

    application, window = open_window("network")
    window.workbench.set_hyperparameters(long_run())
    megabytes: list[float] = []
    timer = QTimer(interval=30_000)

    def sample() -> None:
        megabytes.append(resident_megabytes())
        if len(megabytes) >= 2 * minutes:
            window.close()
            application.quit()

    timer.timeout.connect(sample)
    window.populated.connect(lambda: (window.workbench.start(), timer.start()))
    application.exec()
    return {"each_half_minute_mb": megabytes}
