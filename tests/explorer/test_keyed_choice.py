"""A choice by key in a panel's header."""

import pytest

from explorer.workspaces.train.keyed_choice import KeyedChoice


@pytest.fixture
def choice(qtbot, theme):
    choice = KeyedChoice("fruit", "Which fruit", (("a", "Apple"), ("b", "Pear")))
    qtbot.addWidget(choice)
    return choice


def test_it_is_named_and_begins_with_the_first(choice):
    assert (choice.objectName(), choice.accessibleName(), choice.toolTip()) == (
        "fruit",
        "Which fruit",
        "Which fruit",
    )
    assert choice.value == "a"


def test_another_choice_is_told_once(choice, qtbot):
    with qtbot.waitSignal(choice.chosen) as told:
        choice.set_value("b")
    assert told.args == ["b"]
    with qtbot.assertNotEmitted(choice.chosen):
        choice.set_value("b")
    with pytest.raises(KeyError):
        choice.set_value("c")


def test_an_option_comes_is_renamed_and_goes_in_silence(choice, qtbot):
    with qtbot.assertNotEmitted(choice.chosen):
        choice.offer("c", "Plum")
        choice.show_value("c")
        assert choice.currentText() == "Plum"
        choice.offer("c", "Damson")
        assert choice.currentText() == "Damson"
        choice.show_value("a")
        choice.offer("c", None)
        choice.offer("c", None)
    assert [choice.itemText(i) for i in range(choice.count())] == ["Apple", "Pear"]
