"""The application: builds the window, and sees to it that no error goes unseen."""

from __future__ import annotations

import signal
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QMessageBox

from cnncore import MODELS, ModelSpec
from explorer import __version__
from explorer.main_window import MainWindow
from explorer.settings import Settings
from explorer.theme import Theme
from explorer.workbench import Workbench
from explorer.workbench.own_networks import key_of
from explorer.workbench.runs import users_folder

# Python lets a thread run for 5 ms before another one gets its turn, so the screen and the training thread
# wait for each other whenever both are in Python code. Shorter turns bound that wait.
SWITCH_INTERVAL = 0.0005


def build_window(settings: Settings | None = None, runs_folder: Path | None = None) -> MainWindow:
    """Build the whole program on the existing QApplication.

    Parameters
    ----------
    settings : Settings, optional
        What was remembered and will be; without it the program starts as new and remembers nothing.
    runs_folder : Path, optional
        Where runs are kept; without it they are kept until the window is closed.
    """
    theme = Theme(settings.theme_mode if settings is not None else "system")
    theme.install(QApplication.instance())
    if settings is None:
        return MainWindow(Workbench(runs_folder=runs_folder), theme)
    own = settings.own_models
    models = {key_of(spec): spec for spec in (*(make() for make in MODELS.values()), *own)}
    spec = models.get(settings.model(models) or "")
    if spec is not None and not _takes_digits(spec):
        spec = None  # it was built for other data, and the program begins with its own
    workbench = Workbench(spec, settings.hyperparameters, runs_folder=runs_folder)
    workbench.keep_own_models(*own, workbench.spec)
    return MainWindow(workbench, theme, settings)


def _takes_digits(spec: ModelSpec) -> bool:
    digits = MODELS["reference"]()
    return (spec.input_shape, spec.class_names) == (digits.input_shape, digits.class_names)


class ErrorReporter(QObject):
    """Shows errors that nobody caught in the window, from whichever thread they come."""

    _reported = Signal(str, str)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._reported.connect(window.messages.show_failure)

    def install(self) -> None:
        """Take over from Python's own reports."""
        sys.excepthook = self.report
        threading.excepthook = lambda arguments: self.report(
            arguments.exc_type, arguments.exc_value, arguments.exc_traceback
        )

    def report(
        self, kind: type[BaseException], error: BaseException | None, place: TracebackType | None
    ) -> None:
        """Print the traceback and show the message; Ctrl+C in the terminal closes the program instead."""
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        detail = "".join(traceback.format_exception(kind, error, place))
        print(detail, file=sys.stderr, end="", flush=True)
        reason = str(error).strip().splitlines()
        title = "The program made an error" + (f": {reason[0]}" if reason else ".")
        self._reported.emit(title, detail)


def make_application(arguments: list[str]) -> QApplication:
    """Make the QApplication with the program's name, and set up Python for a smooth window."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    application = QApplication(arguments)
    application.setApplicationName("cnn-explorer")
    application.setApplicationDisplayName("CNN Explorer")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("cnn-explorer")
    return application


def main() -> int:
    """Run the program until its window is closed; return the exit code."""
    application = make_application(sys.argv[:1])
    # Qt's loop runs no Python while nothing happens, so Ctrl+C in the terminal ends the process by itself.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        window = build_window(Settings.of_user(), users_folder())
    except Exception as error:
        traceback.print_exc()
        box = QMessageBox(QMessageBox.Icon.Critical, "CNN Explorer", f"CNN Explorer cannot start: {error}")
        box.setDetailedText(traceback.format_exc())
        box.exec()
        return 1
    ErrorReporter(window).install()
    window.show()
    return application.exec()
