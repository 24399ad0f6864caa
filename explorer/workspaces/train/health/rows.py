"""What the lists of layers show, worked out from a run's record; no drawing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnncore import Activity, ModelSpec
from explorer.numbers import format_count, format_percent
from explorer.workbench.health.record import HealthRecord, Span

POINTS = 96
"""Points of a curve: about as many as a row of the panel has pixels for it."""

DEAD_KINDS = ("relu",)
CURVED_KINDS = ("sigmoid", "tanh", "arctan")


@dataclass(frozen=True, eq=False)
class SparkRow:
    """A layer and one number of it over the run.

    Attributes
    ----------
    layer : int
        Its position in the model.
    name : str
    spans : tuple of Span
        Of the whole run, the latest last.
    column : int
        Which of the numbers of a span is the layer's.
    low, mean, high : (points,) arrays
        The spans' numbers, where there are many of them those of neighbours together.
    """

    layer: int
    name: str
    spans: tuple[Span, ...]
    column: int
    low: np.ndarray
    mean: np.ndarray
    high: np.ndarray

    @property
    def latest(self) -> float | None:
        """The mean of the last span; None before the first step."""
        return float(self.spans[-1].mean[self.column]) if self.spans else None

    def logarithms(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return low, mean and high as parts of the row's height, 0 to 1 and logarithmic: (points,) each.

        The height spans what occurred, at least a factor of ten. What is 0 lies at the bottom, what is
        infinite at the top.
        """
        found = (self.low, self.mean, self.high)
        known = np.concatenate(found)
        known = np.log10(known[np.isfinite(known) & (known > 0)])
        if not known.size:
            return tuple(np.zeros(len(values)) for values in found)
        bottom, top = float(known.min()), float(known.max())
        spare = max(1.0 - (top - bottom), 0.0) / 2
        bottom, top = bottom - spare, top + spare
        with np.errstate(divide="ignore"):
            low, mean, high = (np.clip((np.log10(v) - bottom) / (top - bottom), 0, 1) for v in found)
        return low, mean, high


def norm_rows(record: HealthRecord, spec: ModelSpec) -> list[SparkRow]:
    """Return the length of each learning layer's gradient."""
    return _spark_rows(record, spec, tuple(record.norms.items))


def update_rows(record: HealthRecord, spec: ModelSpec) -> list[SparkRow]:
    """Return by how much a step changes each learning layer."""
    return _spark_rows(record, spec, tuple(record.ratios.items))


def _spark_rows(record: HealthRecord, spec: ModelSpec, spans: tuple[Span, ...]) -> list[SparkRow]:
    table = np.array([(span.low, span.mean, span.high) for span in spans]).reshape(-1, 3, len(record.layers))
    low, mean, high = thinned(table)
    return [
        SparkRow(layer, spec.layers[layer].name, spans, place, low[:, place], mean[:, place], high[:, place])
        for place, layer in enumerate(record.layers)
    ]


def thinned(table: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return low, mean and high of at most `POINTS` groups of neighbours: (points, layers) each.

    Parameters
    ----------
    table : (spans, 3, layers) array
    """
    low, mean, high = np.moveaxis(table, 1, 0)
    count = len(table)
    if count <= POINTS:
        return low, mean, high
    starts = np.arange(POINTS) * count // POINTS
    sizes = np.diff([*starts, count])[:, np.newaxis]
    return (
        np.minimum.reduceat(low, starts),
        np.add.reduceat(mean, starts) / sizes,
        np.maximum.reduceat(high, starts),
    )


@dataclass(frozen=True)
class ActivityRow:
    """An activation function, and what it did with the images of the probe.

    Attributes
    ----------
    layer : int
        Its position in the model.
    name, value, words : str
        What stands left and right above the bar, and below it.
    share, marked : float or None
        Filled part of the bar, and how much of that from the left is marked as a problem, both 0 to 1; None
        before anything was measured.
    activity : Activity or None
    """

    layer: int
    name: str
    value: str = "–"
    words: str = "not measured yet"
    share: float | None = None
    marked: float = 0.0
    activity: Activity | None = None


def activity_rows(record: HealthRecord, spec: ModelSpec) -> list[ActivityRow]:
    """Return a row for each ReLU, sigmoid, tanh and arctan."""
    return [
        _activity_row(record, index, layer.name, layer.kind)
        for index, layer in enumerate(spec.layers)
        if layer.kind in (*DEAD_KINDS, *CURVED_KINDS)
    ]


def _activity_row(record: HealthRecord, index: int, name: str, kind: str) -> ActivityRow:
    activity = None if record.latest is None else record.latest.health.layers[index].activity
    if activity is None:
        return ActivityRow(index, name)
    units = format_count(activity.units)
    if kind in DEAD_KINDS:
        value = f"{format_percent(activity.zeros, 0)} zeros"
        words = f"{format_count(activity.silent)} of {units} never fire"
        share, ill = activity.zeros, activity.silent
    else:
        value = f"{format_percent(activity.saturated, 0)} flat"
        words = f"{format_count(activity.stuck)} of {units} always flat"
        share, ill = activity.saturated, activity.stuck
    return ActivityRow(index, name, value, words, share, ill / activity.units, activity)
