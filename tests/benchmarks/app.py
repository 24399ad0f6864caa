"""How the window behaves: its start, its smoothness while training runs, what it costs, its memory.

    python -m tests.benchmarks.app [--json] [--seconds 10] [--pairs 3] [--memory MINUTES]

Every figure comes from a process of its own. Training with and without a window is measured in turn, so that
a machine whose speed drifts does not favour one of them; both use one BLAS thread, as the program does. Off
screen by default; set QT_QPA_PLATFORM=xcb to measure on a real display.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

WARM_UP_SECONDS = 2.0
PROBE_MS = 5
LONG_RUN = 1000  # epochs: more than any measurement sees


def _child(*arguments: str) -> dict:
    """Run one measurement in a process of its own and return what it found."""
    command = [sys.executable, "-m", "tests.benchmarks.app", "--child", *arguments]
    # An installed program has its modules compiled, so the measured one has, too.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if result.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{result.stderr}")
    return json.loads(result.stdout.splitlines()[-1])


def _open_window(workspace: str):
    from explorer import app

    application = app.make_application(["cnn-explorer"])
    window = app.build_window()
    window.resize(1440, 900)
    window.show_workspace(workspace)
    window.show()
    return application, window


def _long_run():
    from explorer.workbench import Hyperparameters

    return Hyperparameters(epochs=LONG_RUN, schedule="constant")


def measure_start(began: float) -> dict:
    """Seconds from the start of the process to the first painted window, and to the last of its parts."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    application, window = _open_window("train")
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


def measure_window(seconds: float, workspace: str) -> dict:
    """Steps a second and gaps of the event loop, while a workspace is live."""
    from PySide6.QtCore import Qt, QTimer

    application, window = _open_window(workspace)
    workbench = window.workbench
    workbench.set_hyperparameters(_long_run())
    moments: list[float] = []
    probe = QTimer(interval=PROBE_MS, timerType=Qt.TimerType.PreciseTimer)
    probe.timeout.connect(lambda: moments.append(time.perf_counter()))
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
    gaps = np.diff(moments) * 1000
    return {
        "steps_per_second": (n1 - n0) / (t1 - t0),
        "gap_p50_ms": float(np.percentile(gaps, 50)),
        "gap_p99_ms": float(np.percentile(gaps, 99)),
        "gap_max_ms": float(gaps.max()),
    }


def measure_alone(seconds: float) -> dict:
    """Steps a second of the same run on the same thread, without Qt."""
    from threadpoolctl import threadpool_limits

    from cnncore import MODELS, StepDone, load_mnist_5k
    from explorer.workbench.messages import Ready, RunPlan
    from explorer.workbench.training import Trainer

    train_set, validation_set = load_mnist_5k()
    with threadpool_limits(1, user_api="blas"):
        trainer = Trainer()
        trainer.begin(RunPlan(1, MODELS["reference"](), _long_run(), train_set, validation_set))
        while not isinstance(trainer.next_event(60)[1], Ready):
            pass
        trainer.go("end", order=1)
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

    application, window = _open_window("network")
    window.workbench.set_hyperparameters(_long_run())
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


def _pairs(seconds: float, pairs: int) -> dict:
    workspaces = ("network", "train")
    runs: dict[str, list[dict]] = {name: [] for name in ("alone", *workspaces)}
    for _ in range(pairs):
        runs["alone"].append(_child("alone", str(seconds)))
        for workspace in workspaces:
            runs[workspace].append(_child("window", str(seconds), workspace))
    result: dict = {"alone": {"steps_per_second": _median(runs["alone"], "steps_per_second")}}
    for workspace in workspaces:
        shares = [
            window["steps_per_second"] / alone["steps_per_second"]
            for window, alone in zip(runs[workspace], runs["alone"], strict=True)
        ]
        result[workspace] = {key: _median(runs[workspace], key) for key in runs[workspace][0]}
        result[workspace]["share_of_alone"] = statistics.median(shares)
    return result


def _median(runs: list[dict], key: str) -> float:
    return statistics.median(run[key] for run in runs)


def measure_all(seconds: float, pairs: int, minutes: float) -> dict:
    """Take every measurement and return the medians."""
    _child("start", str(time.time()))  # warms the disk
    starts = [_child("start", str(time.time())) for _ in range(5)]
    result = {
        "start": {key: _median(starts, key) for key in ("shown", "complete")},
        "training": _pairs(seconds, pairs),
    }
    if minutes:
        result["memory"] = _child("memory", str(minutes))
    return result


def report(result: dict) -> str:
    """Put the figures into sentences."""
    start, training = result["start"], result["training"]
    lines = [
        f"first window after {start['shown']:.2f} s, complete after {start['complete']:.2f} s",
        f"training alone       {training['alone']['steps_per_second']:6.1f} steps/s",
    ]
    for workspace in ("network", "train"):
        figures = training[workspace]
        lines.append(
            f"with {workspace:<10} live {figures['steps_per_second']:6.1f} steps/s, "
            f"{figures['share_of_alone']:.0%} of alone; event-loop gaps p50 {figures['gap_p50_ms']:.1f} ms, "
            f"p99 {figures['gap_p99_ms']:.1f} ms, max {figures['gap_max_ms']:.1f} ms"
        )
    if "memory" in result:
        megabytes = result["memory"]["each_half_minute_mb"]
        later = megabytes[3:]
        lines.append(f"resident memory at most {max(megabytes):.0f} MB")
        if len(later) > 1:
            lines.append(f"from the 2nd minute on between {min(later):.0f} and {max(later):.0f} MB")
    return "\n".join(lines)


def main() -> None:
    """Measure, or be one of the measuring processes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--seconds", type=float, default=10.0, help="length of each training measurement")
    parser.add_argument("--pairs", type=int, default=3, help="how often each one is repeated")
    parser.add_argument("--memory", type=float, default=0.0, metavar="MINUTES", help="watch the memory too")
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if options.child:
        kind, *rest = options.child
        measurements = {
            "start": lambda: measure_start(float(rest[0])),
            "window": lambda: measure_window(float(rest[0]), rest[1]),
            "alone": lambda: measure_alone(float(rest[0])),
            "memory": lambda: measure_memory(float(rest[0])),
        }
        print(json.dumps(measurements[kind]()))
        return
    result = measure_all(options.seconds, options.pairs, options.memory)
    print(json.dumps(result, indent=2) if options.json else report(result))


if __name__ == "__main__":
    main()
