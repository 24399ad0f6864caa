"""The card beside Train, through its own widgets."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox

from explorer.frame.run_bar import BAR_HEIGHT, RunBar
from explorer.frame.run_progress import progress_parts
from explorer.workbench import END, Goal, Progress, RunState


@pytest.fixture
def bar(qtbot, tiny_bench, theme):
    bar = RunBar(tiny_bench, theme)
    bar.resize(1024, BAR_HEIGHT)
    qtbot.addWidget(bar)
    bar.show()
    qtbot.waitExposed(bar)
    return bar


def _open(qtbot, bar):
    qtbot.mouseClick(bar.control_button, Qt.MouseButton.LeftButton)
    return bar.control


def _rest(qtbot, bench, step):
    qtbot.waitUntil(
        lambda: bench.state is not RunState.RUNNING and bench.progress.step == step, timeout=20_000
    )


def _type(qtbot, field, text, enter=True):
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    if enter:
        qtbot.keyClick(field, Qt.Key.Key_Return)


def test_a_step_is_typed_and_the_run_goes_to_it(bar, tiny_bench, qtbot):
    card = _open(qtbot, bar)
    assert card.isVisible()
    _type(qtbot, card.step_field, "7")
    assert not card.isVisible()
    assert tiny_bench.state is RunState.RUNNING
    assert "until step 7" in bar.progress.line.text
    _rest(qtbot, tiny_bench, 7)
    assert len(tiny_bench.history) == 7


def test_an_epoch_is_chosen_with_the_mouse(bar, tiny_bench, qtbot):
    card = _open(qtbot, bar)
    assert card.epoch_field.value() == 1
    qtbot.mouseClick(card.run_buttons["epoch"], Qt.MouseButton.LeftButton)
    _rest(qtbot, tiny_bench, 10)
    assert tiny_bench.state is RunState.PAUSED
    _open(qtbot, bar)
    assert card.epoch_field.value() == 2


def test_what_cannot_be_is_said_in_the_card_and_nothing_runs(bar, tiny_bench, qtbot):
    card = _open(qtbot, bar)
    _type(qtbot, card.epoch_field, "9")
    assert card.isVisible()
    assert card.problem.text() == "The run ends with epoch 2; for epoch 9 plan more epochs."
    assert card.height() >= card.sizeHint().height()
    assert tiny_bench.state is RunState.READY
    qtbot.keyClick(card, Qt.Key.Key_Escape)
    assert not card.isVisible()
    _open(qtbot, bar)
    assert not card.problem.isVisible()


def test_an_accuracy_is_a_goal_too(bar, tiny_bench, qtbot):
    card = _open(qtbot, bar)
    assert card.accuracy_field.value() == 90.0
    _type(qtbot, card.accuracy_field, "15")
    qtbot.waitUntil(lambda: tiny_bench.state is not RunState.RUNNING, timeout=20_000)
    assert tiny_bench.history.epochs[-1].validation_accuracy >= 0.15


def test_slow_motion_is_chosen_shown_and_left(bar, tiny_bench, qtbot):
    card = _open(qtbot, bar)
    qtbot.mouseClick(card.pace_choice.button("1"), Qt.MouseButton.LeftButton)
    assert tiny_bench.pace == 1.0
    tiny_bench.start()
    assert "1 step/s" in bar.progress.line.text
    qtbot.mouseClick(card.pace_choice.button("full"), Qt.MouseButton.LeftButton)
    assert tiny_bench.pace is None
    _rest(qtbot, tiny_bench, 20)
    tiny_bench.set_pace(5.0)
    assert card.pace_choice.value == "5"


def test_the_best_epoch_is_named_and_kept(bar, tiny_bench, qtbot):
    card = _open(qtbot, bar)
    assert not card.best_button.isEnabled()
    assert card.best_label.text() == "No epoch is done yet."
    _type(qtbot, card.step_field, "13")
    _rest(qtbot, tiny_bench, 13)
    _open(qtbot, bar)
    loss = tiny_bench.history.epochs[0].validation_loss
    assert card.best_label.text().startswith(f"Epoch 1: loss {loss:.3f}")
    with qtbot.waitSignal(tiny_bench.succeeded, timeout=20_000):
        qtbot.mouseClick(card.best_button, Qt.MouseButton.LeftButton)
    _rest(qtbot, tiny_bench, 13)
    assert tiny_bench.state is RunState.FINISHED
    assert bar.progress.bar.share == 1.0


def test_every_control_can_be_reached_and_has_a_name_and_a_tip(bar, qtbot):
    card = _open(qtbot, bar)
    for control in (*card.findChildren(QAbstractButton), *card.findChildren(QAbstractSpinBox)):
        assert control.objectName()
        assert control.accessibleName()
        assert control.toolTip()
    reached = set()
    card.epoch_field.setFocus()
    for _ in range(12):
        reached.add(card.focusWidget().objectName())
        qtbot.keyClick(card.focusWidget(), Qt.Key.Key_Tab)
    assert {"until_epoch", "run_until_epoch", "until_step", "until_accuracy", "slowMotion_full"} <= reached


PROGRESS = Progress(2, 5, 10, 125, 135, 625, 900.0, 12.0)


@pytest.mark.parametrize(
    ("goal", "pace", "words"),
    [
        (END, None, "900 img/s  •  0:12 left"),
        (Goal(epoch=3), None, "900 img/s  •  until epoch 3"),
        (Goal(accuracy=0.975), 2.0, "2 steps/s  •  until validation 97.5 %"),
    ],
)
def test_the_line_tells_goal_and_slow_motion(goal, pace, words):
    parts = progress_parts(RunState.RUNNING, PROGRESS, None, goal, pace)
    assert "  •  ".join(part.text for part in parts) == f"epoch 2/5  •  batch 10/125  •  {words}"
