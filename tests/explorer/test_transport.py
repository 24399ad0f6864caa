"""The bar shows its transport and drives it, by mouse and by keyboard."""

import pytest
from PySide6.QtCore import Qt

from explorer.widgets.transport import Transport, TransportBar, bind_keys


@pytest.fixture
def bar(qtbot, theme):
    transport = Transport(16, 4)
    bar = TransportBar(transport, theme, with_loop=True)
    qtbot.addWidget(bar)
    bar.resize(840, 54)
    bar.show()
    return bar


def click(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_buttons_step(qtbot, bar):
    transport = bar.transport
    click(qtbot, bar.forward_button)
    click(qtbot, bar.forward_button)
    assert (transport.index, bar.position_label.text()) == (2, "cell 3 / 16")
    click(qtbot, bar.back_button)
    assert transport.index == 1
    click(qtbot, bar.last_button)
    assert (transport.index, bar.scrubber.value()) == (15, 15)
    assert not bar.forward_button.isEnabled()
    click(qtbot, bar.first_button)
    assert transport.index == 0
    assert not bar.back_button.isEnabled()


def test_play_becomes_pause(qtbot, bar):
    click(qtbot, bar.play_button)
    assert (bar.transport.playing, bar.play_button.icon_name) == (True, "pause")
    assert bar.play_button.accessibleName() == "Pause"
    click(qtbot, bar.play_button)
    assert (bar.transport.playing, bar.play_button.icon_name) == (False, "play")


def test_scrubber_goes_to_any_cell_by_keyboard(qtbot, bar):
    bar.scrubber.setFocus()
    qtbot.keyClick(bar.scrubber, Qt.Key.Key_Right)
    qtbot.keyClick(bar.scrubber, Qt.Key.Key_PageUp)
    assert bar.transport.index == 5
    assert bar.scrubber.accessibleDescription() == "cell 6 of 16"


def test_speed_is_written_out(qtbot, bar):
    assert bar.speed_label.text() == "8 cells/s"
    qtbot.keyClick(bar.speed_slider, Qt.Key.Key_End)
    assert (bar.transport.speed, bar.speed_label.text()) == (500.0, "500 cells/s")
    bar.transport.set_speed(1)
    assert bar.speed_slider.value() == 0


def test_loop_switch(qtbot, bar):
    click(qtbot, bar.loop_switch)
    assert bar.transport.loop
    bar.transport.set_loop(False)
    assert not bar.loop_switch.isChecked()


def test_with_one_cell_there_is_nothing_to_drive(bar):
    bar.transport.set_count(1)
    assert not any(button.isEnabled() for button in (bar.play_button, bar.first_button, bar.last_button))
    assert not bar.scrubber.isEnabled()
    bar.transport.set_count(0)
    assert bar.position_label.text() == "cell 0 / 0"


def test_keys_of_a_page(bar):
    transport = bar.transport
    for key, index in (
        (Qt.Key.Key_End, 15),
        (Qt.Key.Key_Up, 11),
        (Qt.Key.Key_Left, 10),
        (Qt.Key.Key_Down, 14),
        (Qt.Key.Key_Right, 15),
        (Qt.Key.Key_Home, 0),
    ):
        assert bind_keys(transport, key)
        assert transport.index == index
    assert not bind_keys(transport, Qt.Key.Key_A)


def test_every_control_has_names_and_a_tip(bar):
    controls = [*bar._buttons(), bar.speed_slider, bar.scrubber, bar.loop_switch]
    assert all(c.objectName() and c.accessibleName() and c.toolTip() for c in controls)
    assert all(c.focusPolicy() & Qt.FocusPolicy.TabFocus for c in controls)


@pytest.mark.parametrize("count", [16, 4096])
def test_a_narrow_bar_keeps_buttons_and_scrubber_whole(qtbot, bar, count):
    bar.transport.set_count(count, 4)
    bar.resize(400, 54)
    assert not bar.speed_caption.isVisible()
    assert bar.position_label.text() == f"1 / {count:,}"
    assert bar.scrubber.width() >= 60
    shown = [button for button in bar._buttons() if button.isVisible()]
    assert [button.width() for button in shown] == [28, 28, 28]
    group = bar.play_button.parentWidget()
    qtbot.waitUntil(lambda: all(button.geometry().right() < group.width() for button in shown))
    bar.resize(840, 54)
    assert bar.speed_label.isVisible()
    assert bar.position_label.text() == f"cell 1 / {count:,}"
