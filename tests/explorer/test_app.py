"""Building the program, and errors that nobody caught."""

import subprocess
import sys
import threading

import pytest

from explorer import app


@pytest.fixture
def window(qtbot):
    window = app.build_window()
    qtbot.addWidget(window)
    window.show()
    yield window
    window.close()


@pytest.fixture
def reporter(window, monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    reporter = app.ErrorReporter(window)
    reporter.install()
    return reporter


def fail():
    raise ValueError("a value\nand more")


def test_an_error_that_nobody_caught_is_shown_with_its_traceback(window, reporter, capsys):
    try:
        fail()
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    assert window.messages.isVisible()
    assert window.messages.title_label.text() == "The program made an error: a value"
    assert "in fail" in window.messages.details_label.text()
    assert "in fail" in capsys.readouterr().err


def test_an_error_in_a_thread_is_shown_too(window, reporter, qtbot, capsys):
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    qtbot.waitUntil(window.messages.isVisible)
    assert window.messages.title_label.text() == "The program made an error: a value"


def test_an_error_without_words_still_makes_a_sentence(window, reporter, capsys):
    reporter.report(AssertionError, AssertionError(), None)
    assert window.messages.title_label.text() == "The program made an error."


def test_an_error_in_a_slot_keeps_the_window_alive():
    code = """
import sys
from PySide6.QtCore import QTimer
from explorer import app
application = app.make_application(["x"])
window = app.build_window()
app.ErrorReporter(window).install()
window.show()
def fail(): raise RuntimeError("went wrong")
window.populated.connect(fail)
def finish():
    assert window.messages.title_label.text() == "The program made an error: went wrong"
    window.close()
    application.exit(7)
window.populated.connect(lambda: QTimer.singleShot(0, finish))
sys.exit(application.exec())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 7, done.stderr
    assert "went wrong" in done.stderr


def test_building_again_on_the_same_application_gives_a_second_program(qtbot):
    first, second = app.build_window(), app.build_window()
    for window in (first, second):
        qtbot.addWidget(window)
    assert first.workbench is not second.workbench
    first.workbench.set_hint("only here")
    assert second.workbench.hint != "only here"
    first.close()
    second.close()
