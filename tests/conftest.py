"""What every test gets: no screen, settings of its own, and a check that nothing keeps running."""

import os
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# Before any Qt module is loaded. A person can still choose another platform to watch the tests.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from explorer.theme import Theme

_started: "weakref.WeakSet[object]" = weakref.WeakSet()
_THREAD_GRACE_SECONDS = 2.0


def pytest_configure(config: pytest.Config) -> None:
    # The off-screen platform says so of every window that has a minimum size, every menu and every popup.
    config.addinivalue_line(
        "qt_log_ignore", r"This plugin does not support (propagateSizeHints|raise|grabbing the keyboard)"
    )


@pytest.fixture(scope="session", autouse=True)
def _watched_qthreads() -> None:
    """Remember every QThread that is started, so that those still running can be named."""
    if "PySide6.QtCore" not in sys.modules:
        return
    from PySide6.QtCore import QThread

    start = QThread.start

    def watched_start(self: QThread, *args: object) -> None:
        _started.add(self)
        start(self, *args)

    QThread.start = watched_start


@pytest.fixture(autouse=True)
def _no_thread_left() -> Iterator[None]:
    """Fail a test that leaves a thread running. It is set up first and so looks last."""
    before = set(threading.enumerate())
    yield
    left = _running(before)
    give_up = time.monotonic() + _THREAD_GRACE_SECONDS
    while left and time.monotonic() < give_up:
        for thread in left:
            thread.join(0.02) if isinstance(thread, threading.Thread) else thread.wait(20)
        left = _running(before)
    _started.clear()
    if left:
        pytest.fail(f"The test left threads running: {', '.join(map(str, left))}")


def _running(before: set[threading.Thread]) -> list:
    # Python keeps a dummy entry for every foreign thread that once ran Python code, even after its end.
    alive = [
        thread
        for thread in threading.enumerate()
        if thread not in before and not isinstance(thread, threading._DummyThread)
    ]
    return alive + [thread for thread in _started if _is_running(thread)]


def _is_running(thread: object) -> bool:
    try:
        return thread.isRunning()
    except RuntimeError:  # its C++ object is deleted, which Qt does not allow while it runs
        return False


@pytest.fixture(autouse=True)
def _no_widget_left() -> Iterator[None]:
    """Delete what a test leaves on the screen: each style sheet would be worked out for all of it again."""
    yield
    if "PySide6.QtWidgets" not in sys.modules:
        return
    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QApplication

    for widget in QApplication.topLevelWidgets():
        widget.close()
        widget.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(autouse=True)
def _own_settings(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> None:
    """Give each test that uses Qt an empty place for settings, never the person's own."""
    if "qapp" not in request.fixturenames:
        return
    from PySide6.QtCore import QSettings

    folder = tmp_path_factory.mktemp("settings")
    for kind in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(kind, QSettings.Scope.UserScope, str(folder))


@pytest.fixture
def settings_folder(tmp_path: Path, qapp: "QApplication") -> Path:
    """Return the folder in which this test's QSettings are kept."""
    from PySide6.QtCore import QSettings

    for kind in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(kind, QSettings.Scope.UserScope, str(tmp_path))
    return tmp_path


@pytest.fixture
def theme(qapp: "QApplication") -> "Theme":
    """Return the light theme, installed on the application; ``theme.set_mode("dark")`` changes it."""
    from explorer.theme import Theme

    theme = Theme("light")
    theme.install(qapp)
    return theme
