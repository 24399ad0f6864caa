"""The rail: one entry a workspace, by mouse and by keyboard."""

from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.frame.rail import RAIL_WIDTH, Rail, RailButton


@dataclass(frozen=True)
class Entry:
    key: str
    title: str
    icon: str


@pytest.fixture
def rail(qtbot, theme):
    window = QWidget()
    rail = Rail([Entry("train", "Train", "train"), Entry("network", "Network", "network")], theme)
    QVBoxLayout(window).addWidget(rail)
    qtbot.addWidget(window)
    rail.set_current("train")
    window.show()
    qtbot.waitExposed(window)
    rail.test_window = window
    return rail


def entry(rail, key):
    return rail.findChild(RailButton, f"rail_{key}")


def test_an_entry_has_the_designed_size_and_says_its_shortcut(rail):
    button = entry(rail, "network")
    assert rail.width() == RAIL_WIDTH
    assert (button.width(), button.height()) == (56, 54)
    assert button.toolTip() == "Network (Ctrl+2)"
    assert button.accessibleName() == "Network workspace"


def test_a_click_chooses(rail, qtbot):
    with qtbot.waitSignal(rail.chosen) as chosen:
        qtbot.mouseClick(entry(rail, "network"), Qt.MouseButton.LeftButton)
    assert chosen.args == ["network"]
    assert entry(rail, "network").isChecked()
    assert not entry(rail, "train").isChecked()


def test_the_keyboard_chooses(rail, qtbot):
    button = entry(rail, "network")
    button.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(rail.chosen):
        qtbot.keyClick(button, Qt.Key.Key_Space)


def test_marking_the_page_in_view_announces_nothing(rail, qtbot):
    with qtbot.assertNotEmitted(rail.chosen):
        rail.set_current("network")
    assert entry(rail, "network").isChecked()


def test_the_chosen_entry_lies_on_the_accent(rail, theme):
    for mode in ("light", "dark"):
        theme.set_mode(mode)
        image = rail.grab().toImage()
        place = entry(rail, "train").geometry().topLeft()
        assert image.pixelColor(place.x() + 28, place.y() + 4) == theme.color("accent_soft")
