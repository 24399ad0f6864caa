"""The program for `tests.kill_sweep`: goes on with a run that was cut off, or begins it, until killed."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from cnncore import tiny
from explorer.workbench import Hyperparameters, RunState, Workbench

PACE = 100.0  # steps a second, so that the run outlives many starts


def settings(epochs: int) -> Hyperparameters:
    """Return what the run is trained with."""
    return Hyperparameters(epochs=epochs, seed=5)


def tell(text: str) -> None:
    """Say something to the parent."""
    print(text, flush=True)


class Driver:
    """Does by timer what a person does by hand."""

    def __init__(self, bench: Workbench, epochs: int, to_the_end: bool) -> None:
        self._bench, self._to_the_end = bench, to_the_end
        self._epochs = epochs
        self._asked = 0
        self._timer = QTimer(bench, interval=20)
        self._timer.timeout.connect(self._decide)
        self._timer.start()
        bench.failed.connect(lambda title, detail: tell(f"failed {title} {detail}"))

    def _decide(self) -> None:
        """Wait until the folder is read; then take the offer, or begin."""
        self._asked += 1
        runs = self._bench.runs
        if runs.current is not None:
            self._timer.stop()
            self._go()
        elif runs.offer is not None:
            tell(f"offer {runs.offer.step}")
            runs.accept_offer()
            self._timer.setInterval(100)
        elif self._asked == 60:
            tell("no offer")
            self._bench.begin(tiny(), settings(self._epochs))
            self._timer.stop()
            self._go()

    def _go(self) -> None:
        bench = self._bench
        tell("going")
        bench.state_changed.connect(self._on_state)
        if self._to_the_end:
            bench.start()
            return
        bench.set_pace(PACE)
        bench.start()
        # Each pause keeps the run: so it is often killed while it is being written.
        self._rest = QTimer(bench, interval=random.randint(30, 250))
        self._rest.timeout.connect(bench.toggle)
        self._rest.start()

    def _on_state(self) -> None:
        if self._bench.state is RunState.FINISHED:
            tell("finished")
            QTimer.singleShot(0, QApplication.instance(), self._end)

    def _end(self) -> None:
        if not self._bench.close():
            tell("failed to close")
        tell("closed")
        os._exit(0)


def main(folder: str, epochs: str, window: str, to_the_end: str) -> None:
    """Run until killed, or to the end of the run."""
    application = QApplication(sys.argv[:1])
    if window == "window":
        from explorer.app import build_window  # takes a while to load

        made = build_window(runs_folder=Path(folder))
        made.show()
        bench = made.workbench
    else:
        bench = Workbench(tiny(), settings(int(epochs)), runs_folder=Path(folder))
    driver = Driver(bench, int(epochs), to_the_end == "end")
    application.exec()
    del driver


if __name__ == "__main__":
    main(*sys.argv[1:])
