"""How far a run is, and how much is before it."""

from __future__ import annotations

from cnncore import StepDone, TrainingState

from .state import Progress
from .throughput import Throughput


class Course:
    """Counts a run's steps from what is told of them.

    Parameters
    ----------
    last_epoch, batches : int
        The last epoch that is planned, and the batches of each.
    start : TrainingState, optional
        Where the run goes on; the beginning by default.
    """

    def __init__(self, last_epoch: int, batches: int, start: TrainingState | None = None) -> None:
        self.last_epoch = last_epoch
        self._batches = batches
        # The steps that are done, and the epoch and batch of the last of them.
        self.step, self.epoch, self._batch = 0, 1, 0
        if start is not None:
            self.step, self.epoch, self._batch = start.step, start.epoch, start.batch
            if not start.batch and start.epoch > 1:
                self.epoch, self._batch = start.epoch - 1, batches
        self.depart()

    def depart(self) -> None:
        """Measure the speed anew: the run has rested."""
        self._throughput = Throughput()

    def add(self, event: StepDone) -> None:
        """Count a step."""
        self.step, self.epoch, self._batch = event.step, event.epoch, event.batch
        self._throughput.add(1, event.images)

    def arrive(self) -> bool:
        """End here; what is left of an epoch is not made up for. Return whether this is early."""
        early = self.epoch < self.last_epoch or self._batch < self._batches
        self.last_epoch, self._batch = self.epoch, self._batches
        return early

    def extend(self, epochs: int) -> None:
        """Plan so many epochs more."""
        self.last_epoch += epochs

    @property
    def steps(self) -> int:
        """All steps, those to come included."""
        return self.step + (self.last_epoch - self.epoch) * self._batches + self._batches - self._batch

    def progress(self, running: bool) -> Progress:
        """Return all of it; the speed and the time left only of a run that goes on."""
        left = self.steps - self.step
        return Progress(
            epoch=self.epoch,
            epochs=self.last_epoch,
            batch=self._batch,
            batches=self._batches,
            step=self.step,
            steps=self.steps,
            images_per_second=self._throughput.images_per_second if running else 0.0,
            seconds_left=self._throughput.seconds_for(left) if running else None,
        )
