"""Until when a run goes once it is told to go."""

from __future__ import annotations

from dataclasses import dataclass

from cnncore import ArgumentError, EpochDone, Evaluation, StepDone

from .state import Progress


@dataclass(frozen=True)
class Goal:
    """Until when the run goes. Without any limit, that is to the end of the planned epochs.

    Attributes
    ----------
    batches, epochs : int or None
        So many batches more; to the end of so many epochs from the one in progress.
    epoch, step : int or None
        To the end of the epoch with this number; until so many steps are done in all.
    accuracy : float or None
        Until the validation accuracy, measured at the end of each epoch, is at least this: in [0, 1].
    """

    batches: int | None = None
    epochs: int | None = None
    epoch: int | None = None
    step: int | None = None
    accuracy: float | None = None


END = Goal()
NEXT_BATCH = Goal(batches=1)
NEXT_EPOCH = Goal(epochs=1)


class Way:
    """Tells when a goal is reached, from the events of the run on its way there."""

    def __init__(self, goal: Goal) -> None:
        self.goal = goal
        self._batches = self._epochs = 0

    def is_reached(self, event: StepDone | EpochDone) -> bool:
        """Take notice of the next event. The last step of an epoch counts with the epoch's evaluation."""
        goal = self.goal
        if isinstance(event, EpochDone):
            self._epochs += 1
            return (
                _has_come(event.epoch, goal.epoch)
                or _has_come(event.evaluation.accuracy, goal.accuracy)
                or _has_come(self._epochs, goal.epochs)
                or self._step_reached(event.step)
            )
        self._batches += 1
        return event.batch < event.batches and self._step_reached(event.step)

    def _step_reached(self, step: int) -> bool:
        return _has_come(step, self.goal.step) or _has_come(self._batches, self.goal.batches)


def _has_come(value: float, limit: float | None) -> bool:
    return limit is not None and value >= limit


def check_goal(goal: Goal, progress: Progress, more_epochs: int, evaluation: Evaluation | None) -> None:
    """Raise ArgumentError, with a sentence for the screen, when a run cannot get to a goal.

    `more_epochs` is how many a run that has ended is given when it is trained on; `evaluation` the latest.
    """
    epochs = progress.epochs + more_epochs
    steps = progress.steps + more_epochs * progress.batches
    if goal.epoch is not None:
        done = progress.epoch - (progress.batch < progress.batches)
        _check_place("epoch", goal.epoch, done, epochs)
    if goal.step is not None:
        _check_place("step", goal.step, progress.step, steps)
    if goal.accuracy is not None:
        if not 0.0 < goal.accuracy <= 1.0:
            raise ArgumentError("A validation accuracy lies between 0 and 100 %.")
        if evaluation is not None and evaluation.accuracy >= goal.accuracy:
            raise ArgumentError(
                f"The validation accuracy is {100 * evaluation.accuracy:.4g} % already; choose a higher one."
            )


def _check_place(what: str, wanted: int, done: int, last: int) -> None:
    if wanted <= done:
        raise ArgumentError(f"{what.capitalize()} {wanted:,} is over: the run has {what} {done:,} behind it.")
    if wanted > last:
        raise ArgumentError(f"The run ends with {what} {last:,}; for {what} {wanted:,} plan more epochs.")
