"""What is known of a run's health: lengths of every step, measurements of the layers, both bounded."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from cnncore import Health, LayerHealth, ModelSpec, StepDone

from .folding import Folding

LENGTHS = 512
"""Points of a curve; twice as many as a curve in a panel has pixels to show."""
MEASUREMENTS = 160
"""Columns of a histogram over time."""
RECENT = 256
"""Steps of which every number is kept, and which hints look back on."""
BLOCK = 16
"""Batches whose median loss is one figure: a single hard batch says little."""


@dataclass(frozen=True, eq=False)
class Span:
    """One number for each layer over some steps that follow one another.

    Attributes
    ----------
    step, count : int
        The last of the steps, and how many there are.
    low, mean, high : (layers,) arrays
    """

    step: int
    count: int
    low: np.ndarray
    mean: np.ndarray
    high: np.ndarray

    @classmethod
    def of(cls, step: int, values: tuple[float, ...]) -> Span:
        """Return the span of a single step."""
        row = np.array(values)
        return cls(step, 1, row, row, row)

    def joined(self, later: Span) -> Span:
        """Return this span and the next as one."""
        count = self.count + later.count
        mean = (self.mean * self.count + later.mean * later.count) / count
        low, high = np.minimum(self.low, later.low), np.maximum(self.high, later.high)
        return Span(later.step, count, low, mean, high)


@dataclass(frozen=True, eq=False)
class Measurement:
    """The network measured after `step` steps; after folding the mean of `count` measurements up to it."""

    step: int
    health: Health
    count: int = 1

    def joined(self, later: Measurement) -> Measurement:
        """Return both as one: shares are averaged, all else is that of the later one."""
        weight = later.count / (self.count + later.count)
        pairs = zip(self.health.layers, later.health.layers, strict=True)
        layers = tuple(_averaged(one, other, weight) for one, other in pairs)
        health = Health(later.health.images, later.health.input_mean, later.health.input_deviation, layers)
        return Measurement(later.step, health, self.count + later.count)


def _averaged(one: LayerHealth, other: LayerHealth, weight: float) -> LayerHealth:
    def mix(name: str) -> np.ndarray | None:
        first, second = getattr(one, name), getattr(other, name)
        return None if first is None else first + np.float32(weight) * (second - first)

    mixed = {name: mix(name) for name in ("outputs", "weights", "gradients")}
    return LayerHealth(mean=other.mean, deviation=other.deviation, activity=other.activity, **mixed)


@dataclass(frozen=True)
class RecentStep:
    """The numbers of one of the latest steps."""

    step: int
    loss: float
    learning_rate: float
    gradient_norm: float
    layer_norms: tuple[float, ...]


class HealthRecord:
    """The health of one run so far.

    Attributes
    ----------
    layers : tuple of int
        The positions of the layers with parameters: what `norms` and `ratios` run over.
    norms, ratios : Folding of Span
        Length of the gradient, and of the change against the parameters, of each of these layers.
    measurements : Folding of Measurement
        What comes out of each layer over time.
    latest : Measurement or None
        The last one, as it was measured.
    recent : deque of RecentStep
        The last steps.
    recent_ratios : deque of tuple
        The last update ratios; every fourth step has some.
    steps : int
        How many steps there were.
    overflowed : bool
        Whether the run ended because a loss or a gradient was no finite number.
    """

    def __init__(self, spec: ModelSpec) -> None:
        self.layers = tuple(index for index, count in enumerate(spec.parameter_counts()) if count)
        self.norms: Folding[Span] = Folding(LENGTHS, Span.joined)
        self.ratios: Folding[Span] = Folding(LENGTHS, Span.joined)
        self.measurements: Folding[Measurement] = Folding(MEASUREMENTS, Measurement.joined)
        self.latest: Measurement | None = None
        self.recent: deque[RecentStep] = deque(maxlen=RECENT)
        self.recent_ratios: deque[tuple[float, ...]] = deque(maxlen=RECENT // 4)
        self.steps = 0
        self.overflowed = False
        self._losses: list[float] = []
        self._medians: tuple[float, ...] = ()

    @property
    def first_loss(self) -> float | None:
        """Median loss of the first 16 batches; None before."""
        return self._medians[0] if self._medians else None

    @property
    def best_loss(self) -> float | None:
        """The lowest median loss of 16 batches in a row; None before the first 16."""
        return self._medians[1] if self._medians else None

    @property
    def last_loss(self) -> float | None:
        """Median loss of the last full 16 batches; None before."""
        return self._medians[2] if self._medians else None

    @property
    def lasting_loss(self) -> float | None:
        """The lower of the last two medians of 16 batches: what a single bad moment does not raise."""
        return min(self._medians[2:]) if self._medians else None

    @property
    def largest_update(self) -> float:
        """The largest change of a layer against its parameters, as it was over one span of `ratios`."""
        return max((float(span.mean.max()) for span in self.ratios.items), default=0.0)

    def recent_norms(self) -> np.ndarray:
        """Return the lengths of the latest steps' gradients, layer by layer: (steps, layers)."""
        rows = [step.layer_norms for step in self.recent]
        return np.array(rows).reshape(len(rows), len(self.layers))

    def recent_updates(self) -> np.ndarray:
        """Return the latest changes against the parameters: (measured steps, layers)."""
        return np.array(self.recent_ratios).reshape(len(self.recent_ratios), len(self.layers))

    def add_step(self, event: StepDone) -> None:
        """Take in a step."""
        self.steps += 1
        self.norms.append(Span.of(event.step, event.layer_norms))
        if event.update_ratios:
            self.ratios.append(Span.of(event.step, event.update_ratios))
            self.recent_ratios.append(event.update_ratios)
        self._losses.append(event.loss)
        if len(self._losses) == BLOCK:
            self._close_block(float(np.median(self._losses)))
        self.recent.append(
            RecentStep(event.step, event.loss, event.learning_rate, event.gradient_norm, event.layer_norms)
        )

    def _close_block(self, median: float) -> None:
        self._losses.clear()
        first, best, last, _ = self._medians or (median, median, median, median)
        self._medians = first, min(best, median), median, last

    def add_measurement(self, step: int, health: Health) -> None:
        """Take in a measurement after `step` steps."""
        self.latest = Measurement(step, health)
        self.measurements.append(self.latest)
