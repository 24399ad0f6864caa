"""The record of a run: every step's scalars, none dropped, and every epoch's evaluation."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnncore import ArgumentError, EpochDone, StepDone

from .history_rows import COLUMNS, OF_STEP, PLACES, count_folded, fold
from .smoothing import bias_corrected_mean

EXACT_STEPS = 200_000
"""At least so many of the latest steps have a row each."""

_MOST_ROWS = 260_000
_MOST_FOLDED = 40_000
_FIRST_ROWS = 1024


@dataclass(frozen=True, slots=True)
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

    The latest `EXACT_STEPS` steps, and often more, have a row each. In a longer run older ones are folded,
    two rows for a span of steps: the lowest value of each column, then the highest. So no extreme is ever
    lost, and the memory ends at 23 MB. `len` counts the steps; the columns have a value for each row.

    Attributes
    ----------
    epochs : list of EpochSummary
        The epochs so far.
    rate_changes : list of int
        The numbers of steps after which the base learning rate was changed by hand.
    steps_per_epoch : int or None
        Batches in an epoch, None before the first step.
    folds : int
        How often older rows were folded: after that the rows of before are others.
    folded_rows : int
        How many of the rows, the first ones, stand for spans of steps.
    """

    def __init__(self) -> None:
        self.epochs: list[EpochSummary] = []
        self.rate_changes: list[int] = []
        self.steps_per_epoch: int | None = None
        self.folds = 0
        self.folded_rows = 0
        self._span = 1
        self._data = np.empty((len(COLUMNS), _FIRST_ROWS))
        self._rows = 0
        self._steps = 0
        self._elapsed = 0.0

    @classmethod
    def from_rows(
        cls,
        rows: np.ndarray,
        epochs: Iterable[EpochSummary] = (),
        rate_changes: Iterable[int] = (),
        steps_per_epoch: int | None = None,
    ) -> History:
        """Return the history that has these rows, as `rows_since` gave them.

        Parameters
        ----------
        rows : (n, len(COLUMNS)) float64
            In the order of their steps.

        Raises
        ------
        ArgumentError
            When the rows have another shape, or are not those of a run.
        """
        rows = np.asarray(rows, dtype=float)
        if rows.ndim != 2 or rows.shape[1] != len(COLUMNS):
            raise ArgumentError(f"Rows of a history have {len(COLUMNS)} columns; these are {rows.shape}.")
        epochs = list(epochs)
        last = rows[-1, 0] if len(rows) else 0
        if not all(1 <= epoch.step <= last for epoch in epochs):
            raise ArgumentError("An epoch of the history ends at a step that the history has not.")
        history = cls()
        history.epochs, history.rate_changes = epochs, list(rate_changes)
        history.steps_per_epoch = steps_per_epoch
        history._take(rows.T)
        return history

    def __len__(self) -> int:
        return self._steps

    def append(self, event: StepDone) -> None:
        """Record one step."""
        if self._rows == self._data.shape[1]:
            self._make_room()
        self._elapsed += event.seconds
        values = [getattr(event, name) for name in OF_STEP]
        self._data[:, self._rows] = (*values, self._elapsed, 1.0, event.loss, event.accuracy)
        self._rows += 1
        self._steps += 1
        self.steps_per_epoch = event.batches

    def _take(self, data: np.ndarray) -> None:
        """Take over columns (len(COLUMNS), n)."""
        self.folded_rows = count_folded(data)
        if data.shape[1] == 0:
            return
        self._data, self._rows = np.array(data, order="C"), data.shape[1]
        self._steps = int(data[0, -1] - data[0, 0]) + 1
        self._elapsed = float(data[PLACES["elapsed"], -1])
        if self.folded_rows:
            self._span = _power_of_two(data[PLACES["span"], : self.folded_rows].max())
        if self._rows > _MOST_ROWS:
            self._fold()
            self._data = self._data[:, :_MOST_ROWS].copy()

    def _make_room(self) -> None:
        if self._rows >= _MOST_ROWS:
            self._fold()
            return
        larger = np.zeros((len(COLUMNS), min(2 * self._rows, _MOST_ROWS)))
        larger[:, : self._rows] = self._data[:, : self._rows]
        self._data = larger

    def _fold(self) -> None:
        """Fold the rows of all but the latest steps, in place: a second array would cost as much again."""
        steps = self.steps
        last = steps[-1] - EXACT_STEPS
        older = int(np.searchsorted(steps, last, side="right"))
        while 2 * (last / self._span + 2) > _MOST_FOLDED:
            self._span *= 2
        folded = fold(self._data[:, :older], self.folded_rows, self._span)
        self.folded_rows = folded.shape[1]
        rows = self.folded_rows + self._rows - older
        for column, values in zip(self._data, folded, strict=True):
            column[self.folded_rows : rows] = column[older : self._rows].copy()
            column[: self.folded_rows] = values
        self._rows = rows
        self.folds += 1

    def rows_since(self, step: int) -> np.ndarray:
        """Return the rows of the steps after `step`, folded ones in pairs: (n, len(COLUMNS)), a copy."""
        first = int(np.searchsorted(self.steps, step, side="right"))
        if first < self.folded_rows:
            first -= first % 2
        return self._data[:, first : self._rows].T.copy()

    def index_of(self, step: int) -> int:
        """Return the row of a step, the first of two where it is folded. Raises IndexError."""
        return self.indices_of(np.array([step]))[0]

    def indices_of(self, steps: np.ndarray) -> np.ndarray:
        """Return the rows of some steps, the first of two where they are folded: (k,) -> (k,) of int.

        Raises
        ------
        IndexError
            When one of the steps is not in the record.
        """
        rows = np.searchsorted(self.steps, steps, side="left")
        if len(steps) and not (rows.max() < self._rows and np.min(steps) >= self.steps[0]):
            raise IndexError(f"The record has no step {steps}.")
        return np.where(rows < self.folded_rows, rows - rows % 2, rows)

    def column(self, name: str) -> np.ndarray:
        """Return a column by its name in `COLUMNS`: (rows,), read-only."""
        column = self._data[PLACES[name], : self._rows]
        column.flags.writeable = False
        return column

    @property
    def steps(self) -> np.ndarray:
        """Step numbers, counted from 1: (rows,)."""
        return self.column("step")

    @property
    def losses(self) -> np.ndarray:
        """Mean training loss of each batch: (rows,)."""
        return self.column("loss")

    @property
    def accuracies(self) -> np.ndarray:
        """Share of each batch that was predicted rightly, 0 to 1: (rows,)."""
        return self.column("accuracy")

    @property
    def learning_rates(self) -> np.ndarray:
        """Learning rate that each step used: (rows,)."""
        return self.column("learning_rate")

    @property
    def seconds(self) -> np.ndarray:
        """Seconds that each step took: (rows,)."""
        return self.column("seconds")

    @property
    def elapsed(self) -> np.ndarray:
        """Seconds of training up to the end of each step: (rows,)."""
        return self.column("elapsed")

    @property
    def weights(self) -> np.ndarray:
        """How many steps each row stands for, half of a span for each of its two rows: (rows,)."""
        weights = self.column("span").copy()
        weights[: self.folded_rows] *= 0.5
        return weights

    def means(self, name: str) -> np.ndarray:
        """Return the mean of "loss", "accuracy" or "seconds" over the steps of each row: (rows,)."""
        if name != "seconds":
            return self.column(f"mean_{name}")
        means, folded = self.seconds.copy(), self.folded_rows
        ends = self.elapsed[1:folded:2]
        means[:folded] = np.repeat(np.diff(ends, prepend=0.0) / self.column("span")[:folded:2], 2)
        return means

    def smoothed(self, weight: float, name: str = "loss") -> np.ndarray:
        """Return the exponential mean of "loss", "accuracy" or "seconds", weighted by time: (rows,).

        See `bias_corrected_mean`; `weight` is w, in [0, 1). Where steps are folded it goes on from the mean
        of one span to that of the next, and both rows of a span show it.
        """
        values, folded = self.column(name), self.folded_rows
        if not folded:
            return bias_corrected_mean(values, weight)
        spans = self.column("span")[:folded:2]
        old = bias_corrected_mean(self.means(name)[:folded:2], weight, spans)
        new = bias_corrected_mean(values[folded:], weight, before=(int(spans.sum()), float(old[-1])))
        return np.concatenate([np.repeat(old, 2), new])

    def table(self) -> Iterator[list[str | float]]:
        """Give the names of the columns, then one row a step; those that end an epoch have its figures.

        Of folded steps there are two rows a span, the lowest values and the highest.
        """
        ends = {epoch.step: [epoch.validation_loss, epoch.validation_accuracy] for epoch in self.epochs}
        yield [*OF_STEP, "validation_loss", "validation_accuracy", "values"]
        for place, row in enumerate(self._data[: len(OF_STEP), : self._rows].T.tolist()):
            step, epoch, batch = (int(value) for value in row[:3])
            kind = "of the step" if place >= self.folded_rows else ("lowest", "highest")[place % 2]
            yield [step, epoch, batch, *row[3:], *ends.get(step, ["", ""]), kind]

    def write_csv(self, path: Path) -> None:
        """Write `table` as CSV."""
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(self.table())

    def copy(self) -> History:
        """Return an independent copy, for work on another thread."""
        return History.from_rows(self.rows_since(0), self.epochs, self.rate_changes, self.steps_per_epoch)


def _power_of_two(value: float) -> int:
    return 1 << (max(int(value), 1) - 1).bit_length()
