"""The window as a whole: pages, keys, messages, what it remembers and how it ends."""

import time

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QSlider,
)

from cnncore import MODELS
from explorer.app import build_window
from explorer.main_window import REFERENCE_SIZE, SMALLEST_SIZE, WORKSPACES
from explorer.settings import Settings
from explorer.workbench import Hover, Hyperparameters, RunState

KEY = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def show(qtbot):
    """Return a function that builds a window, shows it and waits until it is complete and active."""

    def build_and_show(settings=None):
        window = build_window(settings)
        qtbot.addWidget(window)
        with qtbot.waitSignal(window.populated, timeout=10_000):
            window.show()
        window.activateWindow()
        qtbot.waitActive(window)
        return window

    return build_and_show


@pytest.fixture
def window(show):
    window = show()
    window.workbench.set_spec(MODELS["tiny"]())
    return window


@pytest.fixture
def settings(tmp_path):
    return Settings(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))


def press(qtbot, key, modifier=Qt.KeyboardModifier.NoModifier):
    """Press a key where the keyboard is."""
    qtbot.keyClick(QApplication.focusWidget(), key, modifier)


def wait_for(qtbot, window, state):
    qtbot.waitUntil(lambda: window.workbench.state is state, timeout=20_000)


def test_the_parts_have_the_designed_sizes(window):
    assert (window.width(), window.height()) == REFERENCE_SIZE
    assert window.run_bar.height() == 48
    assert window.rail.width() == 68
    assert window.input_panel.width() == 264
    assert window.status_bar.height() == 24
    assert (window.stack.width(), window.stack.height()) == (1108, 828)


def test_it_can_be_made_as_small_as_promised(window):
    window.resize(*SMALLEST_SIZE)
    assert (window.width(), window.height()) == SMALLEST_SIZE
    assert window.stack.width() == 1024 - 68 - 264


def test_the_first_page_is_train_and_the_rail_has_one_entry_a_workspace(window):
    assert window.current_workspace == "train"
    assert list(window.workspaces) == [workspace.key for workspace in WORKSPACES]


def test_pages_change_by_mouse_and_by_keyboard(window, qtbot):
    button = window.rail.findChild(QAbstractButton, "rail_network")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.current_workspace == "network"
    press(qtbot, KEY.Key_1, CONTROL)
    assert window.current_workspace == "train"
    press(qtbot, KEY.Key_4, CONTROL)
    assert window.current_workspace == "network"
    assert button.isChecked()
    assert window.workspaces["network"].isAncestorOf(QApplication.focusWidget())


def test_a_page_brings_its_hint_and_its_keys_and_nothing_is_under_the_cursor_any_more(window):
    window.workbench.set_hover(Hover("loss chart", (), "loss chart · step 3"))
    window.show_workspace("network")
    page = window.workspaces["network"]
    assert window.workbench.hover is None
    assert window.status_bar.hint_label.whole_text == page.hint
    assert page.hints[0][1] in window.status_bar.keys.accessibleName()


def test_space_trains_and_pauses_on_the_train_page(window, qtbot):
    press(qtbot, KEY.Key_Space)
    assert window.workbench.state is RunState.RUNNING
    press(qtbot, KEY.Key_Space)
    wait_for(qtbot, window, RunState.PAUSED)


def test_space_on_a_focused_button_is_that_buttons_click_and_happens_once(window, qtbot):
    clicks = []
    window.run_bar.train_button.clicked.connect(lambda: clicks.append("train"))
    window.run_bar.reset_button.clicked.connect(lambda: clicks.append("reset"))
    window.run_bar.train_button.setFocus(Qt.FocusReason.TabFocusReason)
    press(qtbot, KEY.Key_Space)
    assert clicks == ["train"]
    assert window.workbench.state is RunState.RUNNING
    window.run_bar.reset_button.setFocus(Qt.FocusReason.TabFocusReason)
    press(qtbot, KEY.Key_Space)
    assert clicks == ["train", "reset"]
    assert window.workbench.state is RunState.READY


def test_after_a_click_on_a_button_space_still_belongs_to_the_page(window, qtbot):
    qtbot.mouseClick(window.run_bar.reset_button, Qt.MouseButton.LeftButton)
    press(qtbot, KEY.Key_Space)
    assert window.workbench.state is RunState.RUNNING


def test_a_held_space_does_not_toggle_again_and_again(window):
    repeating = [s.key().toString() for s in window.findChildren(QShortcut) if s.autoRepeat()]
    assert "Space" not in repeating
    assert "Ctrl+Space" not in repeating


def fields(window):
    found = window.findChildren(QAbstractSpinBox) + window.findChildren(QLineEdit)
    return [field for field in found if field.isVisible()]


def test_no_shortcut_fires_while_typing(window, qtbot):
    typed_in = fields(window)
    assert typed_in
    for field in typed_in:
        field.setFocus()
        for key, modifier in ((KEY.Key_N, SHIFT), (KEY.Key_N, None), (KEY.Key_Space, None)):
            press(qtbot, key, modifier or Qt.KeyboardModifier.NoModifier)
        assert window.workbench.state is RunState.READY, field.objectName()
    assert len(window.workbench.history) == 0


def test_ctrl_space_trains_from_any_page_and_while_typing(window, qtbot):
    fields(window)[0].setFocus()
    press(qtbot, KEY.Key_Space, CONTROL)
    assert window.workbench.state is RunState.RUNNING
    window.show_workspace("network")
    press(qtbot, KEY.Key_Space, CONTROL)
    wait_for(qtbot, window, RunState.PAUSED)


def test_a_click_beside_the_fields_ends_the_typing(window, qtbot):
    fields(window)[0].setFocus()
    qtbot.mouseClick(window.rail, Qt.MouseButton.LeftButton, pos=window.rail.rect().center())
    assert QApplication.focusWidget() is window.centralWidget()


def test_n_makes_one_step_and_shift_n_an_epoch(window, qtbot):
    press(qtbot, KEY.Key_N)
    wait_for(qtbot, window, RunState.PAUSED)
    assert len(window.workbench.history) == 1
    press(qtbot, KEY.Key_N, SHIFT)
    qtbot.waitUntil(lambda: len(window.workbench.history.epochs) == 1, timeout=20_000)
    wait_for(qtbot, window, RunState.PAUSED)
    assert len(window.workbench.history) == window.workbench.history.steps_per_epoch


def test_help_opens_beside_the_window_and_escape_closes_it(window, qtbot):
    press(qtbot, KEY.Key_F1)
    dialog = window.findChild(object, "help_dialog")
    assert dialog.isVisible()
    assert not dialog.isModal()
    qtbot.keyClick(dialog, KEY.Key_Escape)
    assert not dialog.isVisible()


def test_a_failure_is_a_message_in_the_window_and_training_goes_on(window, qtbot):
    window.workbench.start()
    window.workbench.failed.emit("The folder could not be opened.", "It is empty.")
    assert window.messages.isVisible()
    assert QApplication.activeModalWidget() is None
    assert window.workbench.state is RunState.RUNNING
    window.show_workspace("network")
    place = window.messages.geometry().center()
    assert window.messages.isAncestorOf(window.stack.childAt(place))
    press(qtbot, KEY.Key_Escape)
    assert not window.messages.isVisible()


def test_closing_during_training_ends_the_thread(window, qtbot):
    window.workbench.start()
    qtbot.waitUntil(lambda: len(window.workbench.history) > 3, timeout=10_000)
    began = time.perf_counter()
    assert window.close()
    assert time.perf_counter() - began < 2.0


def test_choices_come_back_at_the_next_start(show, settings):
    first = show(settings)
    first.show_workspace("network")
    first.resize(1024, 760)  # the off-screen platform has a screen of 800 by 800
    first.theme.set_mode("dark")
    first.workbench.set_spec(MODELS["tiny"]())
    first.workbench.set_hyperparameters(Hyperparameters(seed=8, epochs=2))
    first.close()
    second = show(settings)
    assert second.current_workspace == "network"
    assert (second.width(), second.height()) == (1024, 760)
    assert second.theme.dark
    assert second.workbench.spec == MODELS["tiny"]()
    assert second.workbench.hyperparameters == Hyperparameters(seed=8, epochs=2)


def test_a_window_without_settings_remembers_nothing(show, settings_folder):
    window = show()
    window.theme.set_mode("dark")
    window.close()
    assert list(settings_folder.iterdir()) == []


def test_a_second_populate_does_nothing(window, qtbot):
    with qtbot.assertNotEmitted(window.populated):
        window.populate()


def operable(window):
    kinds = (QAbstractButton, QComboBox, QAbstractSpinBox, QSlider)
    controls = [control for kind in kinds for control in window.findChildren(kind)]
    return [control for control in controls if not control.objectName().startswith("qt_")]


def test_every_control_of_the_program_can_be_named_found_and_reached(window):
    lacking = [
        (type(control).__name__, control.objectName(), control.accessibleName(), control.toolTip())
        for control in operable(window)
        if not (control.objectName() and control.accessibleName() and control.toolTip())
    ]
    assert not lacking
