"""Statistics of a piece of a curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Summary:
    """What the values of a piece are like.

    Attributes
    ----------
    count : int
        How many values there are; of folded steps each counts.
    mean, low, high : float
        Their mean, the lowest and the highest.
    deviation : float
        Their standard deviation (of the population).
    slope : float
        Slope of the line of least squares through them, per unit of x; 0 where all x are equal.
    exact : bool
        Whether each value was at hand. Of folded steps only the means and extremes are, so that the deviation
        lacks what varied within a span.
    """

    count: int
    mean: float
    low: float
    high: float
    deviation: float
    slope: float
    exact: bool


def summarise(
    x: np.ndarray,
    y: np.ndarray,
    first: float,
    last: float,
    means: np.ndarray | None = None,
    weights: np.ndarray | None = None,
) -> Summary | None:
    """Sum up the values with first <= x <= last; None where there is none.

    Parameters
    ----------
    x, y : (n,)
        The curve; `x` never falls.
    means, weights : (n,), optional
        For a curve with folded steps: the mean of the steps that each value stands for, and their number.
    """
    begin, end = np.searchsorted(x, first, side="left"), np.searchsorted(x, last, side="right")
    if begin >= end:
        return None
    x, y = np.asarray(x[begin:end], dtype=float), np.asarray(y[begin:end], dtype=float)
    values = y if means is None else means[begin:end]
    counts = np.ones(len(y)) if weights is None else weights[begin:end]
    total = counts.sum()
    mean = float(counts @ values / total)
    centred = x - counts @ x / total
    spread = float(counts @ centred**2)
    return Summary(
        count=round(float(total)),
        mean=mean,
        low=float(y.min()),
        high=float(y.max()),
        deviation=float(np.sqrt(counts @ (values - mean) ** 2 / total)),
        slope=float(counts @ (centred * (values - mean)) / spread) if spread > 0 else 0.0,
        exact=bool(np.all(counts == 1)),
    )
