"""The guided tour: the whole program driven by a script, off screen, on real data.

It trains the reference network, visits every workspace in both themes and at both sizes, and writes numbered
pictures, the run's numbers and a short summary. It waits for the program's own signals and for nothing else.
"""

from __future__ import annotations

import platform
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6 import __version__ as qt_version
from PySide6.QtCore import (
    QEventLoop,
    QMessageLogContext,
    QTimer,
    QtMsgType,
    SignalInstance,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QWidget

from cnncore import LayerSpec, ModelSpec
from explorer import __version__, app
from explorer.digits import digit_from_strokes
from explorer.main_window import MainWindow
from explorer.numbers import format_count, format_number, format_percent
from explorer.workbench import Focus, RunState

THEMES = ("light", "dark")
SIZES = ((1440, 900), (1024, 700))
EPOCHS = 2
PAUSE_AT = 0.6  # of the run
SETTLE_MS = 150  # a few ticks of the display, until every view has drawn the latest state
PATIENCE_SECONDS = 50
PEN_WIDTH = 20.0
CANVAS_SIZE = 200.0


EVERY_KIND = ModelSpec(
    "every_kind",
    "Every kind of layer",
    (1, 28, 28),
    (
        LayerSpec("conv2d", "conv1", {"out_channels": 6, "kernel_size": 3, "padding": 1, "bias": False}),
        LayerSpec("batchnorm2d", "norm1"),
        LayerSpec("leakyrelu", "leaky1", {"negative_slope": 0.1}),
        LayerSpec("avgpool2d", "mean1", {"kernel_size": 2}),
        LayerSpec("conv2d", "conv2", {"out_channels": 8, "kernel_size": 3, "stride": 2, "groups": 2}),
        LayerSpec("tanh", "tanh2"),
        LayerSpec("maxpool2d", "largest2", {"kernel_size": 2, "stride": 1}),
        LayerSpec("sigmoid", "sigmoid2"),
        LayerSpec("adaptiveavgpool2d", "mean2", {"output_size": 3}),
        LayerSpec("relu", "relu2"),
        LayerSpec("flatten", "flatten"),
        LayerSpec("dropout", "dropout"),
        LayerSpec("linear", "fc1", {"out_features": 24}),
        LayerSpec("arctan", "arctan3"),
        LayerSpec("linear", "fc2", {"out_features": 10}),
        LayerSpec("softmax", "shares"),
    ),
    tuple("0123456789"),
)
"""A small network with each kind of layer there is, to show the views of them all."""


class TourError(Exception):
    """The tour cannot go on; the message is a sentence."""


def wait_until(
    condition: Callable[[], bool], *signals: SignalInstance, seconds: float = PATIENCE_SECONDS
) -> None:
    """Let the program run until `condition` holds; it is looked at after each of `signals`.

    Raises
    ------
    TourError
        When it does not hold within `seconds`.
    """
    if condition():
        return
    loop = QEventLoop()
    slots = [signal.connect(lambda *_: loop.quit() if condition() else None) for signal in signals]
    QTimer.singleShot(round(seconds * 1000), loop, lambda: loop.exit(1))
    late = loop.exec()
    for signal, slot in zip(signals, slots, strict=True):
        signal.disconnect(slot)
    if late:
        raise TourError(f"The program did not get on within {seconds:g} seconds.")


def settle() -> None:
    """Let every view draw the latest state."""
    loop = QEventLoop()
    QTimer.singleShot(SETTLE_MS, loop, loop.quit)
    loop.exec()


def drawn_two() -> np.ndarray:
    """Draw a digit 2 as with the program's own pen: (28, 28) in [0, 1]."""
    angles = np.linspace(1.05 * np.pi, 2.3 * np.pi, 24)
    arc = [(108 + 38 * np.cos(angle), 66 + 34 * np.sin(angle)) for angle in angles]
    foot = [(70.0, 150.0), (84.0, 142.0), (110.0, 152.0), (150.0, 148.0)]
    return digit_from_strokes([arc + foot], CANVAS_SIZE, PEN_WIDTH)


class Tour:
    """One walk through the program.

    Parameters
    ----------
    window : MainWindow
        A window that is shown.
    folder : Path
        Where pictures, numbers and summary go.
    """

    def __init__(self, window: MainWindow, folder: Path) -> None:
        self.window = window
        self.workbench = window.workbench
        self.folder = folder
        self.pictures: list[Path] = []
        self._problems: list[str] = []
        self.workbench.failed.connect(self._note)

    def _note(self, title: str, detail: str) -> None:
        self._problems.append(f"{title} {detail}".strip())

    def run(self) -> None:
        """Make the whole tour. Raises TourError."""
        self.window.populate()
        wait_until(lambda: self.workbench.evaluation is not None, self.workbench.evaluation_changed)
        for key in self.window.workspaces:
            self.picture(key, "start")
        began = time.perf_counter()
        waited = self._train()
        seconds = time.perf_counter() - began - waited
        self._look_closely()
        for theme in THEMES:
            for size in SIZES:
                for key in self.window.workspaces:
                    self.window.theme.set_mode(theme)
                    self.window.resize(*size)
                    self.picture(key, f"{theme}-{size[0]}x{size[1]}")
        self._views()
        self._past()
        self._own_digit()
        self._export()
        facts = self._facts_of_run(seconds)
        self._other_layers()
        self._summarise(facts)

    def picture(self, key: str, name: str) -> None:
        """Show a workspace and write what the window looks like."""
        self.window.show_workspace(key)
        settle()
        path = self.folder / f"{len(self.pictures) + 1:02d}-{key}-{name}.png"
        if not self.window.grab().save(str(path)):
            raise TourError(f"The picture {path} cannot be written.")
        self.pictures.append(path)
        if self._problems:
            raise TourError(self._problems[0])

    def _train(self) -> float:
        """Train to the end with one stop on the way; return the seconds that the pictures took."""
        workbench = self.workbench
        workbench.set_hyperparameters(replace(workbench.hyperparameters, epochs=EPOCHS))
        wait_until(lambda: workbench.evaluation is not None, workbench.evaluation_changed)
        first, *others = self.window.workspaces
        workbench.start()
        wait_until(
            lambda: workbench.progress.step >= PAUSE_AT * workbench.progress.steps,
            workbench.history_changed,
            workbench.progress_changed,
        )
        self.picture(first, "running")
        workbench.pause()
        halted = (RunState.PAUSED, RunState.FINISHED)
        wait_until(lambda: workbench.state in halted, workbench.state_changed)
        began = time.perf_counter()
        for key in others:
            self.picture(key, "paused")
        waited = time.perf_counter() - began
        if workbench.state is RunState.PAUSED:
            workbench.start()
        ended = (RunState.FINISHED, RunState.FAILED)
        wait_until(lambda: workbench.state in ended, workbench.state_changed)
        if self._problems:
            raise TourError(self._problems[0])
        return waited

    def _look_closely(self) -> None:
        """Select the strongest feature map of the last convolution: every page follows the focus."""
        workbench = self.workbench
        last = max(i for i, layer in enumerate(workbench.spec.layers) if layer.kind == "conv2d")
        strength = np.abs(workbench.trace.layers[last].output).sum(axis=(1, 2))
        workbench.set_focus(Focus(last, int(strength.argmax())))

    def _views(self) -> None:
        """Picture all views of the pages that have several, in the light and at the reference size.

        Such a page offers `tour_stops()`: names, each with a function that brings the view to the front.
        """
        self.window.theme.set_mode(THEMES[0])
        self.window.resize(*SIZES[0])
        for key in self.window.workspaces:
            self._views_of(key)

    def _views_of(self, key: str) -> None:
        """Picture those views of a page of which there is no picture yet."""
        self.window.show_workspace(key)
        for name, show in getattr(self.window.workspaces[key], "tour_stops", list)():
            if not any(path.stem.endswith(f"-{key}-view-{name}") for path in self.pictures):
                show()
                self.picture(key, f"view-{name}")

    def _past(self) -> None:
        """Look back at an early moment of training, and return."""
        self.workbench.show_moment(self.workbench.progress.step // 20)
        for key in ("train", "network"):
            self.picture(key, "past-moment")
        self.workbench.show_moment(None)

    def _other_layers(self) -> None:
        """Take apart the kinds of layers that the reference network does without, in an untrained one."""
        self.workbench.set_spec(EVERY_KIND)
        wait_until(lambda: self.workbench.evaluation is not None, self.workbench.evaluation_changed)
        self._views_of("inspect")

    def _own_digit(self) -> None:
        """Put a drawn digit through the network, in the light and at the reference size."""
        self.window.theme.set_mode(THEMES[0])
        self.window.resize(*SIZES[0])
        self.workbench.set_custom_image(drawn_two(), "drawn digit", 2)
        for key in self.window.workspaces:
            self.picture(key, "drawn-digit")

    def _export(self) -> None:
        path = self.folder / "metrics.csv"
        done: list[str] = []
        self.workbench.succeeded.connect(done.append)
        self.workbench.export_metrics(path)
        wait_until(lambda: bool(done or self._problems), self.workbench.succeeded, self.workbench.failed)
        if self._problems:
            raise TourError(self._problems[0])

    def _facts_of_run(self, seconds: float) -> list[str]:
        workbench = self.workbench
        last = workbench.history.epochs[-1]
        steps = len(workbench.history.steps)
        return [
            f"model                {workbench.spec.title}",
            f"data                 {workbench.dataset_name}",
            f"epochs               {EPOCHS}",
            f"validation accuracy  {format_percent(last.validation_accuracy)}",
            f"validation loss      {format_number(last.validation_loss)}",
            f"training             {format_count(steps)} steps in {format_number(seconds, 1)} s, "
            f"{format_number(steps / seconds, 1)} steps/s with the window drawn",
        ]

    def _summarise(self, facts: list[str]) -> None:
        lines = [
            *facts,
            f"pictures             {len(self.pictures)}",
            f"versions             CNN Explorer {__version__}, Python {platform.python_version()}, "
            f"NumPy {np.__version__}, Qt {qt_version}",
        ]
        (self.folder / "summary.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _print_qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """Print Qt's messages, but for what the off-screen platform says of every window with a least size."""
    if not text.startswith("This plugin does not support"):
        print(text, file=sys.stderr)


def main(folder: Path) -> int:
    """Make the tour into `folder`, which exists; return the exit code."""
    qInstallMessageHandler(_print_qt_message)
    application = app.make_application(["cnn-explorer"])
    errors: list[str] = []

    def report(kind, error, place) -> None:
        errors.append(str(error))
        traceback.print_exception(kind, error, place)

    sys.excepthook = report
    window: QWidget = app.build_window()
    window.theme.set_mode(THEMES[0])
    window.resize(*SIZES[0])
    window.show()
    try:
        Tour(window, folder).run()
    except (TourError, OSError) as error:
        print(f"cnn-explorer: the tour ended early. {error}", file=sys.stderr)
        return 1
    finally:
        window.close()
        del application
    if errors:
        print(f"cnn-explorer: errors came up during the tour, the first one: {errors[0]}", file=sys.stderr)
        return 1
    print((folder / "summary.txt").read_text(encoding="utf-8"), end="")
    return 0
