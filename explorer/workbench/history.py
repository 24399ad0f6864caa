"""The record of a run: every step's scalars, none dropped, and every epoch's evaluation."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnncore import EpochDone, StepDone

_COLUMNS = ("step", "epoch", "batch", "loss", "accuracy", "learning_rate", "seconds")


@dataclass(frozen=True)
class EpochSummary:
    """The figures of one epoch. Its full evaluation would take 60 KB, which adds up in a long run."""

    epoch: int
    step: int
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float

    @classmethod
    def of(cls, event: EpochDone) -> EpochSummary:
        """Return the figures of `event`."""
        evaluation = event.evaluation
        means = (event.train_loss, event.train_accuracy, evaluation.loss, evaluation.accuracy)
        return cls(event.epoch, event.step, *means)


class History:
    """Scalars of each step in growing arrays, in the order in which the steps were made.

    Attributes
    ----------
    epochs : list of EpochSummary
        The epochs so far.
    rate_changes : list of int
        The numbers of steps after which the base learning rate was changed by hand.
    """

    def __init__(self) -> None:
        self.epochs: list[EpochSummary] = []
        self.rate_changes: list[int] = []
        self.steps_per_epoch: int | None = None
        self._data = np.empty((len(_COLUMNS), 1024))
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def append(self, event: StepDone) -> None:
        """Record one step."""
        if self._length == self._data.shape[1]:
            self._data = np.concatenate([self._data, np.empty_like(self._data)], axis=1)
        self._data[:, self._length] = [getattr(event, name) for name in _COLUMNS]
        self._length += 1
        self.steps_per_epoch = event.batches

    def _column(self, name: str) -> np.ndarray:
        column = self._data[_COLUMNS.index(name), : self._length]
        column.flags.writeable = False
        return column

    @property
    def steps(self) -> np.ndarray:
        """Step numbers, counted from 1: (n,)."""
        return self._column("step")

    @property
    def losses(self) -> np.ndarray:
        """Mean training loss of each batch: (n,)."""
        return self._column("loss")

    @property
    def accuracies(self) -> np.ndarray:
        """Share of each batch that was predicted rightly, 0 to 1: (n,)."""
        return self._column("accuracy")

    @property
    def learning_rates(self) -> np.ndarray:
        """Learning rate that each step used: (n,)."""
        return self._column("learning_rate")

    @property
    def seconds(self) -> np.ndarray:
        """Seconds that each step took: (n,)."""
        return self._column("seconds")

    def smoothed(self, weight: float, values: np.ndarray | None = None) -> np.ndarray:
        """Return the exponential mean of the losses (or `values`), corrected for its start at zero.

        m_t = w m_(t-1) + (1 - w) x_t, shown as m_t / (1 - w^t), as Adam corrects its moments
        (Kingma & Ba 2015, section 3). `weight` is w, in [0, 1).
        """
        x = self.losses if values is None else values
        return bias_corrected_mean(x, weight)

    def write_csv(self, path: Path) -> None:
        """Write one row a step; the rows that end an epoch carry the validation figures too."""
        ends = {epoch.step: [epoch.validation_loss, epoch.validation_accuracy] for epoch in self.epochs}
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow([*_COLUMNS, "validation_loss", "validation_accuracy"])
            for row in self._data[:, : self._length].T.tolist():
                step, epoch, batch = (int(value) for value in row[:3])
                writer.writerow([step, epoch, batch, *row[3:], *ends.get(step, ["", ""])])

    def copy(self) -> History:
        """Return an independent copy, for work on another thread."""
        other = History()
        other.epochs = list(self.epochs)
        other.rate_changes = list(self.rate_changes)
        other.steps_per_epoch = self.steps_per_epoch
        other._data = self._data[:, : max(self._length, 1)].copy()
        other._length = self._length
        return other


def bias_corrected_mean(x: np.ndarray, weight: float) -> np.ndarray:
    """Return the bias-corrected exponential mean of `x`: (n,) -> (n,), see `History.smoothed`.

    The recurrence is unrolled in blocks so that no Python loop runs over the steps: within a block of b
    values, m_(s+j) = w^j m_s + (1 - w) sum_i w^(j-i) x_(s+i), one small triangular matrix product.
    """
    if not 0.0 <= weight < 1.0:
        raise ValueError("The smoothing weight must be at least 0 and below 1.")
    n = len(x)
    if n == 0 or weight == 0.0:
        return np.array(x, dtype=float)
    block = 64
    powers = weight ** np.arange(block + 1)
    lag = np.subtract.outer(np.arange(block), np.arange(block))
    kernel = np.where(lag >= 0, (1.0 - weight) * powers[np.maximum(lag, 0)], 0.0)
    padded = np.zeros(-(-n // block) * block)
    padded[:n] = x
    local = padded.reshape(-1, block) @ kernel.T
    carry = 0.0
    for k in range(len(local)):
        local[k] += powers[1:] * carry
        carry = local[k, -1]
    return local.ravel()[:n] / (1.0 - weight ** np.arange(1, n + 1))
