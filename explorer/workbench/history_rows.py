"""The rows that a run's record is made of: one for a step, or two for a span of steps that are folded."""

from __future__ import annotations

import numpy as np

from cnncore import ArgumentError

OF_STEP = ("step", "epoch", "batch", "loss", "accuracy", "learning_rate", "seconds")
COLUMNS = (*OF_STEP, "elapsed", "span", "mean_loss", "mean_accuracy")
"""What a row holds: a step's own scalars; the seconds of all steps up to it; how many steps it stands for;
and the means of loss and accuracy over these, which for a single step are its own."""

PLACES = {name: place for place, name in enumerate(COLUMNS)}
_STEP, _SPAN = PLACES["step"], PLACES["span"]
_MEANS = (PLACES["mean_loss"], PLACES["mean_accuracy"])


def fold(data: np.ndarray, folded: int, span: int) -> np.ndarray:
    """Fold rows into two for each span of steps: the lowest value of each column, then the highest.

    Parameters
    ----------
    data : (columns, n)
        The rows, in the order of their steps.
    folded : int
        How many of them, the first ones, are folded already, to spans that divide `span`.
    span : int
        Steps that two rows stand for from now on.

    Returns
    -------
    (columns, 2 * spans)
    """
    groups = (data[_STEP].astype(np.int64) - 1) // span
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    pairs = np.stack(
        [np.minimum.reduceat(data, starts, axis=1), np.maximum.reduceat(data, starts, axis=1)], axis=2
    )
    steps = data[_SPAN].copy()
    steps[:folded] *= 0.5  # both rows of a pair stand for the same steps
    total = np.add.reduceat(steps, starts)
    pairs[_SPAN] = total[:, None]
    for place in _MEANS:
        pairs[place] = (np.add.reduceat(data[place] * steps, starts) / total)[:, None]
    return pairs.reshape(len(data), -1)


def count_folded(data: np.ndarray) -> int:
    """Return how many rows (columns, n), the first ones, stand for spans of steps.

    Raises
    ------
    ArgumentError
        When the steps do not rise from 1 on, or a span lacks one of its two rows.
    """
    steps, spans = data[_STEP], data[_SPAN]
    if not np.isfinite(data[[_STEP, _SPAN, PLACES["elapsed"]]]).all():
        raise ArgumentError("The steps and times of a history must be numbers.")
    if len(steps) and not (steps[0] >= 1 and np.all(np.diff(steps) >= 0) and steps[-1] < 2**53):
        raise ArgumentError("The steps of a history must rise from 1 on.")
    paired = (spans > 1) | (np.diff(steps, append=np.inf) == 0) | (np.diff(steps, prepend=-np.inf) == 0)
    folded = int(np.flatnonzero(paired)[-1]) + 1 if paired.any() else 0
    if folded % 2 or not np.array_equal(spans[:folded:2], spans[1:folded:2]) or not np.all(spans >= 1):
        raise ArgumentError("A span of folded steps must have two rows.")
    return folded
