"""Panels side by side, or behind tabs."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from explorer.widgets.panel_deck import PanelDeck


def make_deck(qtbot, *keys, name="Results"):
    deck = PanelDeck(name)
    qtbot.addWidget(deck)
    for key in keys:
        panel = QWidget()
        panel.setObjectName(key)
        panel.setMinimumSize(100, 50)
        deck.add(panel, key, key.title(), 1)
    deck.resize(400, 120)
    deck.show()
    qtbot.waitExposed(deck)
    return deck


def in_view(deck):
    return [w.objectName() for w in deck.findChildren(QWidget) if w.minimumWidth() == 100 and w.isVisible()]


def test_panels_stand_side_by_side_where_all_fit(qtbot):
    deck = make_deck(qtbot, "runs", "charts", "health")
    assert in_view(deck) == ["runs", "charts", "health"]
    assert not deck.tabs.isVisible()
    assert deck.minimumSizeHint().width() == 100, "it can be made narrower"
    deck.resize(316, 120)
    assert deck.side_by_side
    deck.resize(315, 120)
    assert in_view(deck) == ["runs"]


def test_tabs_bring_the_others_by_mouse_and_keyboard(qtbot):
    deck = make_deck(qtbot, "runs", "charts", "health")
    deck.resize(200, 120)
    qtbot.mouseClick(deck.tabs.button("health"), Qt.MouseButton.LeftButton)
    assert in_view(deck) == ["health"]
    qtbot.keyClick(deck.tabs.button("health"), Qt.Key.Key_Left)
    assert in_view(deck) == ["charts"]
    assert deck.current == "charts"
    deck.resize(400, 120)
    deck.resize(200, 120)
    assert in_view(deck) == ["charts"], "the choice is kept"


def test_a_later_panel_gets_a_tab_and_keys_are_unique(qtbot):
    deck = make_deck(qtbot, "runs")
    deck.resize(150, 120)
    late = QWidget()
    late.setMinimumSize(100, 50)
    deck.add(late, "late", "Late", 1)
    assert not late.isVisible()
    deck.show_panel("late")
    assert late.isVisible()
    with pytest.raises(ValueError, match="late"):
        deck.add(QWidget(), "late", "Late", 1)
    with pytest.raises(KeyError):
        deck.show_panel("nothing")


def test_a_deck_lends_its_panels_and_takes_them_back(qtbot):
    upper, lower = make_deck(qtbot, "charts", name="Upper"), make_deck(qtbot, "confusion", "mistakes")
    lower.lend_to(upper)
    assert not lower.isVisible()
    assert in_view(upper) == ["charts", "confusion", "mistakes"]
    upper.resize(200, 120)
    upper.show_panel("mistakes")
    assert in_view(upper) == ["mistakes"]
    lower.lend_to(None)
    assert in_view(upper) == ["charts"]
    assert in_view(lower) == ["confusion", "mistakes"]
