"""Series of a run for drawing, which grow with it instead of being worked out anew 30 times a second."""

from __future__ import annotations

import numpy as np

from explorer.workbench import History
from explorer.workbench.smoothing import bias_corrected_mean
from explorer.workspaces.train.run_axis import RunAxis


class SmoothedSeries:
    """The exponential mean of a column of a history that grows, see `History.smoothed`."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._made_of: tuple | None = None
        self._buffer = np.empty(0)
        self._length = 0

    def update(self, history: History, weight: float) -> np.ndarray:
        """Return the mean over the history as it is now: (rows,), read-only."""
        made_of = (history, weight, history.folds)
        if made_of != self._made_of:
            self._buffer = history.smoothed(weight, self._name)
            self._made_of, self._length = made_of, len(self._buffer)
        elif len(history.steps) > self._length:
            self._extend(history, weight)
        smoothed = self._buffer[: self._length]
        smoothed.flags.writeable = False
        return smoothed

    def _extend(self, history: History, weight: float) -> None:
        """Go on from the last value; rows that came since the last folding are single steps."""
        start, values = self._length, history.column(self._name)
        end = len(values)
        if end > len(self._buffer):
            larger = np.empty(max(end + end // 2, 1024))
            larger[:start] = self._buffer[:start]
            self._buffer = larger
        before = (0, 0.0)
        if start:
            steps = int(history.steps[start - 1] - history.steps[0]) + 1
            before = (steps, float(self._buffer[start - 1]))
        self._buffer[start:end] = bias_corrected_mean(values[start:], weight, before=before)
        self._length = end


class EpochSeries:
    """Validation figures after each epoch, as arrays.

    Attributes
    ----------
    numbers, steps, losses, accuracies : (epochs,)
        The number of the epoch, the step after which the validation images were classified, their mean
        loss, and the share that is read rightly.
    """

    def __init__(self) -> None:
        self._history: History | None = None
        self._rows: list[tuple[int, int, float, float]] = []
        self._set_arrays()

    def _set_arrays(self) -> None:
        table = np.array(self._rows, dtype=float).reshape(-1, 4)
        self.numbers, self.steps = table[:, 0].astype(int), table[:, 1].astype(int)
        self.losses, self.accuracies = table[:, 2], table[:, 3]

    def update(self, history: History) -> None:
        """Take over the epochs that have come."""
        if history is not self._history:
            self._history = history
            self._rows.clear()
        elif len(self._rows) == len(history.epochs):
            return
        for epoch in history.epochs[len(self._rows) :]:
            self._rows.append((epoch.epoch, epoch.step, epoch.validation_loss, epoch.validation_accuracy))
        self._set_arrays()

    def last_before(self, step: int) -> int | None:
        """Return the place of the last epoch that ended at or before `step`, None when there is none."""
        place = int(np.searchsorted(self.steps, step, side="right")) - 1
        return place if place >= 0 else None


class RunSeries:
    """What the charts draw of one run, worked out once for all of them.

    Attributes
    ----------
    history : History
        The run.
    axis : RunAxis
        Where its steps lie.
    weight : float
        Weight of the exponential mean, in [0, 1).
    """

    def __init__(self, axis: RunAxis, weight: float) -> None:
        self.axis, self.weight = axis, weight
        self.history = axis.history
        self._smoothed: dict[str, SmoothedSeries] = {}
        self._epochs = EpochSeries()

    @property
    def epochs(self) -> EpochSeries:
        """The validation figures so far."""
        self._epochs.update(self.history)
        return self._epochs

    def smoothed(self, name: str) -> np.ndarray:
        """Return the exponential mean of a column: (rows,)."""
        return self._smoothed.setdefault(name, SmoothedSeries(name)).update(self.history, self.weight)

    def means(self, name: str) -> tuple[np.ndarray, np.ndarray] | None:
        """Return the means of a column and how many steps each stands for, None where each row is a step."""
        if not self.history.folded_rows:
            return None
        return self.history.means(name), self.history.weights

    def smoothed_at(self, name: str, step: int) -> float:
        """Return the exponential mean of a column at one step."""
        return float(self.smoothed(name)[self.history.index_of(step)])

    def at(self, name: str, step: int) -> tuple[float, float]:
        """Return a column at one step, twice, or its lowest and highest value where steps are folded."""
        row = self.history.index_of(step)
        values = self.history.column(name)
        return float(values[row]), float(values[row + (row < self.history.folded_rows)])

    def step_at(self, x: float) -> int | None:
        """Return the step at a place on the axis, None beyond the run's ends."""
        return self.axis.step_at(x) if x <= self.axis.end * (1 + 1e-9) else None
