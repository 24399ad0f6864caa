"""The buttons of the run bar do what they say, and the bar fits every width of the window."""

import itertools

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QComboBox, QFileDialog

from cnncore import MODELS
from explorer.frame.run_bar import BAR_HEIGHT, RunBar
from explorer.workbench import RunState, Workbench


@pytest.fixture
def workbench(qapp):
    workbench = Workbench()
    workbench.set_spec(MODELS["tiny"]())
    yield workbench
    workbench.close()


@pytest.fixture
def bar(qtbot, workbench, theme):
    bar = RunBar(workbench, theme)
    bar.resize(1440, BAR_HEIGHT)
    qtbot.addWidget(bar)
    bar.show()
    qtbot.waitExposed(bar)
    return bar


def press(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def wait_for(qtbot, workbench, state):
    qtbot.waitUntil(lambda: workbench.state is state, timeout=20_000)


def test_train_and_pause_are_one_button_that_never_changes_its_width(bar, workbench, qtbot):
    width = bar.train_button.width()
    press(qtbot, bar.train_button)
    assert workbench.state is RunState.RUNNING
    assert bar.train_button.text() == "Pause"
    assert bar.train_button.icon_name == "pause"
    assert bar.train_button.width() == width == 82
    press(qtbot, bar.train_button)
    wait_for(qtbot, workbench, RunState.PAUSED)
    assert bar.train_button.text() == "Train"
    assert bar.train_button.width() == width


def test_while_training_runs_the_step_buttons_are_disabled(bar, workbench, qtbot):
    press(qtbot, bar.train_button)
    assert not bar.step_batch_button.isEnabled()
    assert not bar.step_epoch_button.isEnabled()
    press(qtbot, bar.train_button)
    wait_for(qtbot, workbench, RunState.PAUSED)
    assert bar.step_batch_button.isEnabled()
    assert bar.step_epoch_button.isEnabled()


def test_step_batch_makes_one_step(bar, workbench, qtbot):
    press(qtbot, bar.step_batch_button)
    wait_for(qtbot, workbench, RunState.PAUSED)
    assert len(workbench.history) == 1


def test_step_epoch_goes_to_the_end_of_the_epoch(bar, workbench, qtbot):
    press(qtbot, bar.step_epoch_button)
    wait_for(qtbot, workbench, RunState.PAUSED)
    assert len(workbench.history) == workbench.history.steps_per_epoch
    assert len(workbench.history.epochs) == 1


def test_reset_begins_again(bar, workbench, qtbot):
    press(qtbot, bar.step_batch_button)
    wait_for(qtbot, workbench, RunState.PAUSED)
    press(qtbot, bar.reset_button)
    assert workbench.state is RunState.READY
    assert len(workbench.history) == 0
    assert bar.progress.line.text.startswith("Ready")


def test_a_click_leaves_the_keyboard_where_it_was(bar, qtbot):
    press(qtbot, bar.reset_button)
    assert not bar.reset_button.hasFocus()


def test_the_theme_menu_ticks_and_changes_the_mode(bar, theme):
    menu = bar.theme_button.menu()
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == ["System", "Light", "Dark"]
    assert [action.isChecked() for action in menu.actions()] == [False, True, False]
    menu.findChild(QAction, "theme_dark").trigger()
    assert theme.mode == "dark"
    menu.aboutToShow.emit()
    assert [action.isChecked() for action in menu.actions()] == [False, False, True]


def test_help_asks_for_help(bar, qtbot):
    with qtbot.waitSignal(bar.help_requested):
        press(qtbot, bar.help_button)


def test_a_checkpoint_is_saved_and_loaded_from_the_menu(bar, workbench, qtbot, tmp_path, monkeypatch):
    menu = bar.more_button.menu()
    path = str(tmp_path / "net")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (path, ""))
    with qtbot.waitSignal(workbench.succeeded, timeout=10_000):
        menu.findChild(QAction, "save_checkpoint").trigger()
    assert (tmp_path / "net.npz").exists()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (path + ".npz", ""))
    with qtbot.waitSignal(workbench.succeeded, timeout=10_000):
        menu.findChild(QAction, "load_checkpoint").trigger()


def test_metrics_are_exported_from_the_menu(bar, workbench, qtbot, tmp_path, monkeypatch):
    press(qtbot, bar.step_batch_button)
    wait_for(qtbot, workbench, RunState.PAUSED)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(tmp_path / "run.csv"), ""))
    with qtbot.waitSignal(workbench.succeeded, timeout=10_000):
        bar.more_button.menu().findChild(QAction, "export_metrics").trigger()
    assert (tmp_path / "run.csv").read_text().count("\n") >= 2


def test_a_cancelled_file_dialog_changes_nothing(bar, workbench, qtbot, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: ("", ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: ("", ""))
    with qtbot.assertNotEmitted(workbench.state_changed), qtbot.assertNotEmitted(workbench.failed):
        for action in bar.more_button.menu().actions():
            action.trigger()


def visible_parts(bar):
    parts = [part for part in bar.findChildren(QAbstractButton) if part.isVisible()]
    parts += [part for part in (bar.data_picker, bar.counts, bar.progress) if part.isVisible()]
    return sorted(parts, key=lambda part: part.x())


@pytest.mark.parametrize("width", [1024, 1100, 1180, 1240, 1300, 1366, 1440, 2560])
def test_at_every_width_nothing_is_clipped_and_nothing_overlaps(bar, width, qtbot):
    bar.resize(width, BAR_HEIGHT)
    bar.layout().activate()
    parts = visible_parts(bar)
    for part in parts:
        assert part.width() >= part.minimumSizeHint().width() or isinstance(part, QComboBox)
        assert part.geometry().right() < width
    for left, right in itertools.pairwise(parts):
        assert left.geometry().right() < right.geometry().left()
    assert bar.progress.width() >= 300


def test_a_narrow_bar_shows_icons_with_tooltips_and_a_wide_one_words(bar, qtbot):
    assert bar.step_batch_button.text() == "Step batch"
    assert bar.counts.isVisible()
    assert bar.counts.text() == "4,000 train · 1,000 validation"
    bar.resize(1024, BAR_HEIGHT)
    assert bar.step_batch_button.text() == ""
    assert bar.step_batch_button.toolTip() == "Train one batch (N)"
    assert bar.step_batch_button.accessibleName() == "Step batch"
    assert not bar.counts.isVisible()
    bar.resize(1440, BAR_HEIGHT)
    assert bar.step_batch_button.text() == "Step batch"
    assert bar.counts.isVisible()


def test_every_control_has_a_name_and_a_tooltip(bar):
    controls = [*bar.findChildren(QAbstractButton), bar.data_picker]
    for control in controls:
        assert control.objectName()
        assert control.accessibleName()
        assert control.toolTip()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus
