"""Series of a run for drawing, which grow with it instead of being worked out anew 30 times a second."""

from __future__ import annotations

import numpy as np

from explorer.workbench import History

_LONGEST_PIECE = 4000
"""More new values than this are cheaper to smooth from the beginning, without a loop in Python."""


class SmoothedSeries:
    """The bias-corrected exponential mean of a series that grows, see `History.smoothed`."""

    def __init__(self) -> None:
        self._history: History | None = None
        self._weight = -1.0
        self._buffer = np.empty(1024)
        self._length = 0

    def update(self, history: History, weight: float, values: np.ndarray) -> np.ndarray:
        """Return the mean of `values` (n,), a series of `history`: (n,), read-only."""
        grown = history is self._history and weight == self._weight
        new = len(values) - self._length
        if grown and 0 <= new <= _LONGEST_PIECE:
            self._extend(values)
        else:
            self._buffer = history.smoothed(weight, values)
            self._history, self._weight, self._length = history, weight, len(values)
        smoothed = self._buffer[: self._length]
        smoothed.flags.writeable = False
        return smoothed

    def _extend(self, values: np.ndarray) -> None:
        """Go on with m_t = w m_(t-1) + (1 - w) x_t from the last value, whose correction is taken back."""
        start, end = self._length, len(values)
        if end > len(self._buffer):
            larger = np.empty(max(2 * end, 1024))
            larger[:start] = self._buffer[:start]
            self._buffer = larger
        w = self._weight
        weight_left = w**start
        mean = float(self._buffer[start - 1]) * (1.0 - weight_left) if start else 0.0
        for i, x in enumerate(values[start:].tolist(), start=start):
            mean = w * mean + (1.0 - w) * x
            weight_left *= w
            self._buffer[i] = mean / (1.0 - weight_left)
        self._length = end


class EpochSeries:
    """Validation figures after each epoch, as arrays.

    Attributes
    ----------
    steps, losses, accuracies : (epochs,)
        The step after which the validation images were classified, their mean loss, and the share that is
        read rightly.
    """

    def __init__(self) -> None:
        self._history: History | None = None
        self._rows: list[tuple[int, float, float]] = []
        self._set_arrays()

    def _set_arrays(self) -> None:
        table = np.array(self._rows, dtype=float).reshape(-1, 3)
        self.steps = table[:, 0].astype(int)
        self.losses, self.accuracies = table[:, 1], table[:, 2]

    def update(self, history: History) -> None:
        """Take over the epochs that have come."""
        if history is not self._history:
            self._history = history
            self._rows.clear()
        elif len(self._rows) == len(history.epochs):
            return
        for epoch in history.epochs[len(self._rows) :]:
            self._rows.append((epoch.step, epoch.validation_loss, epoch.validation_accuracy))
        self._set_arrays()

    def last_before(self, step: int) -> int | None:
        """Return the place of the last epoch that ended at or before `step`, None when there is none."""
        place = int(np.searchsorted(self.steps, step, side="right")) - 1
        return place if place >= 0 else None
