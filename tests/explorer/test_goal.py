"""Until when a run goes."""

import numpy as np
import pytest

from cnncore import ArgumentError, EpochDone, StepDone
from cnncore.metrics import Evaluation
from explorer.workbench import Progress
from explorer.workbench.goal import END, NEXT_BATCH, NEXT_EPOCH, Goal, Way, check_goal


def _evaluation(accuracy):
    return Evaluation(0.5, accuracy, *[np.zeros(0)] * 4)


def _events(epochs=3, batches=4):
    """The events of a run whose validation accuracy is 0.5, 0.7 and 0.9."""
    for step in range(1, epochs * batches + 1):
        epoch, batch = (step - 1) // batches + 1, (step - 1) % batches + 1
        yield StepDone(step, epoch, batch, batches, 1.0, 0.5, 1e-3, 32, 0.01)
        if batch == batches:
            yield EpochDone(epoch, step, 1.0, 0.5, _evaluation(0.3 + 0.2 * epoch))


def _where(goal, skip=0):
    """Return the step at which the goal is reached, and whether its epoch is done by then."""
    way = Way(goal)
    for place, event in enumerate(_events()):
        if place >= skip and way.is_reached(event):
            return event.step, isinstance(event, EpochDone)
    return None


@pytest.mark.parametrize(
    ("goal", "skip", "where"),
    [
        (END, 0, None),
        (NEXT_BATCH, 0, (1, False)),
        (NEXT_BATCH, 3, (4, True)),
        (NEXT_EPOCH, 0, (4, True)),
        (NEXT_EPOCH, 6, (8, True)),
        (Goal(epoch=2), 0, (8, True)),
        (Goal(step=6), 0, (6, False)),
        (Goal(step=8), 0, (8, True)),
        (Goal(accuracy=0.6), 0, (8, True)),
        (Goal(accuracy=0.95), 0, None),
        (Goal(accuracy=0.6, step=3), 0, (3, False)),
    ],
)
def test_a_goal_is_reached_where_it_says_and_never_between_a_step_and_its_evaluation(goal, skip, where):
    assert _where(goal, skip) == where


PROGRESS = Progress(2, 3, 1, 4, 5, 12, 0.0, None)


@pytest.mark.parametrize(
    "goal", [Goal(epoch=2), Goal(epoch=3), Goal(step=6), Goal(step=12), Goal(accuracy=1.0), END]
)
def test_what_lies_ahead_is_a_goal(goal):
    check_goal(goal, PROGRESS, 0, _evaluation(0.5))


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        (Goal(epoch=1), "Epoch 1 is over: the run has epoch 1 behind it"),
        (Goal(epoch=4), "ends with epoch 3"),
        (Goal(step=5), "Step 5 is over: the run has step 5 behind it"),
        (Goal(step=13), "ends with step 12; .* plan more epochs"),
        (Goal(accuracy=0.5), "is 50 % already"),
        (Goal(accuracy=0.0), "between 0 and 100 %"),
        (Goal(accuracy=1.5), "between 0 and 100 %"),
        (Goal(accuracy=float("nan")), "between 0 and 100 %"),
    ],
)
def test_what_cannot_be_reached_is_refused_in_a_sentence(goal, words):
    with pytest.raises(ArgumentError, match=words):
        check_goal(goal, PROGRESS, 0, _evaluation(0.5))


def test_a_run_that_has_ended_gets_as_far_as_it_would_be_trained_on():
    ended = Progress(3, 3, 4, 4, 12, 12, 0.0, None)
    check_goal(Goal(epoch=5, step=20), ended, 2, None)
    with pytest.raises(ArgumentError, match="ends with epoch 5"):
        check_goal(Goal(epoch=6), ended, 2, None)
