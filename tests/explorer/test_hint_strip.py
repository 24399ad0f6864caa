"""The line of hints on the Train page, and the list of all of them."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from explorer.workbench.health.hint import Hint, Illness, Remedy
from explorer.workspaces.train.health.hint_strip import HintStrip

LEFT = Qt.MouseButton.LeftButton
LONG = "The loss went only from 2.40 to 2.35: with rate 1e−6 a step changes no layer by more than 0.0010 %."


@pytest.fixture
def strip(qtbot, theme, tiny_bench):
    strip = HintStrip(tiny_bench, theme)
    qtbot.addWidget(strip)
    strip.resize(700, strip.height())
    strip.show()
    qtbot.waitExposed(strip)
    return strip


def give(bench, *hints):
    bench.advisor.hints = hints
    bench.advisor.hints_changed.emit()


def rate_hint():
    remedy = Remedy("Use rate 0.01 from now on", learning_rate=0.01)
    return Hint(Illness.RATE_LOW, None, LONG, (remedy,))


def restart_hint(bench):
    settings = replace(bench.hyperparameters, clip_norm=1.0)
    remedies = (Remedy("Restart with clipping", hyperparameters=settings),)
    return Hint(Illness.EXPLODING, 0, "The gradient has a length of 1,000.", remedies)


def test_it_says_whether_all_is_well(strip, tiny_bench, qtbot):
    assert "once it trains" in strip.sentence.text()
    tiny_bench.step_batch()
    qtbot.waitUntil(lambda: "No hint" in strip.sentence.text(), timeout=20_000)
    height = strip.height()
    give(tiny_bench, rate_hint())
    assert strip.sentence.text() == strip.sentence.toolTip() == strip.accessibleDescription() == LONG
    assert strip.more_button.text() == "1 hint"
    assert strip.height() == height
    give(tiny_bench)
    assert not strip.remedy_button.isVisible()
    assert not strip.more_button.isVisible()


def test_a_rate_is_changed_at_once_and_back(strip, tiny_bench, qtbot):
    give(tiny_bench, rate_hint())
    qtbot.mouseClick(strip.remedy_button, LEFT)
    assert tiny_bench.hyperparameters.learning_rate == 0.01
    assert strip.undo_button.text() == "Back to rate 0.001"
    qtbot.mouseClick(strip.undo_button, LEFT)
    assert tiny_bench.hyperparameters.learning_rate == 0.001
    assert not strip.undo_button.isVisible()


@pytest.mark.parametrize("agreed", [True, False])
def test_it_asks_before_training_is_lost(strip, tiny_bench, qtbot, agreed):
    tiny_bench.step_batch()
    qtbot.waitUntil(lambda: len(tiny_bench.history) == 1, timeout=20_000)
    give(tiny_bench, restart_hint(tiny_bench))
    qtbot.mouseClick(strip.remedy_button, LEFT)
    assert len(tiny_bench.history) == 1
    assert "lost: 1" in strip.question.informativeText()
    words = "Begin again" if agreed else "Cancel"
    button = next(b for b in strip.question.findChildren(QPushButton) if words in b.text())
    button.click()
    assert len(tiny_bench.history) == (0 if agreed else 1)
    assert tiny_bench.hyperparameters.clip_norm == (1.0 if agreed else 0.0)


def test_nothing_is_asked_where_nothing_is_lost(strip, tiny_bench, qtbot):
    give(tiny_bench, restart_hint(tiny_bench))
    qtbot.mouseClick(strip.remedy_button, LEFT)
    assert strip.question is None
    assert tiny_bench.hyperparameters.clip_norm == 1.0


def test_all_hints_can_be_read_and_followed_with_the_keyboard(strip, tiny_bench, qtbot):
    give(tiny_bench, restart_hint(tiny_bench), rate_hint())
    assert strip.more_button.text() == "2 hints"
    qtbot.mouseClick(strip.more_button, LEFT)
    cards = strip.cards
    assert cards.isVisible()
    assert [button.text() for button in cards.buttons] == [
        "Restart with clipping",
        "Use rate 0.01 from now on",
    ]
    assert not cards.grab().isNull()
    qtbot.keyClick(cards.buttons[1], Qt.Key.Key_Space)
    assert not cards.isVisible()
    assert tiny_bench.hyperparameters.learning_rate == 0.01
    strip.open_cards()
    qtbot.keyClick(cards, Qt.Key.Key_Escape)
    assert not cards.isVisible()


def test_a_narrow_strip_leaves_the_room_to_the_sentence(strip, tiny_bench):
    give(tiny_bench, rate_hint())
    assert strip.remedy_button.isVisible()
    strip.resize(400, strip.height())
    assert not strip.remedy_button.isVisible()
    assert strip.more_button.isVisible()
    assert not strip.grab().isNull()
