"""Histograms over time as a table of numbers; no drawing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from cnncore import ModelSpec
from cnncore.health import GRADIENT_BINS, OUTPUT_BINS, WEIGHT_BINS
from cnncore.log_bins import PER_DECADE, LogBins
from explorer.numbers import MINUS, format_short
from explorer.workbench.health.record import HealthRecord

KINDS: Mapping[str, tuple[str, LogBins]] = MappingProxyType(
    {
        "weights": ("weights", WEIGHT_BINS),
        "outputs": ("outputs", OUTPUT_BINS),
        "gradients": ("gradients of the weights", GRADIENT_BINS),
    }
)
"""What can be shown of a layer: what the numbers are, and their bins."""


@dataclass(frozen=True, eq=False)
class Heat:
    """A histogram for each measurement.

    Attributes
    ----------
    shares : (bins, columns) array of float32
        Parts of the numbers, those of the largest value first.
    steps : tuple of int
        After how many steps each column was measured, or the last of its measurements.
    bins : LogBins
    """

    shares: np.ndarray
    steps: tuple[int, ...]
    bins: LogBins

    def strengths(self) -> np.ndarray:
        """Return how dark each place is drawn, 0 to 1: the root of its part against the largest."""
        return np.sqrt(self.shares / max(float(self.shares.max(initial=0.0)), 1e-9))

    def value_text(self, row: int) -> str:
        """Return the values that a row stands for."""
        low, high = self.bins.edges[len(self.bins) - 1 - row : len(self.bins) + 1 - row].tolist()
        if row == 0:
            return f"{format_short(low)} and more"
        if row == len(self.bins) - 1:
            return f"{format_short(high)} and less"
        return f"{format_short(low)} to {format_short(high)}"

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """Return edges to write beside the picture: how far down, 0 to 1, and the text. At most `most`."""
        count = len(self.bins)
        decades = self.bins.high - self.bins.low
        every = max(1, math.ceil(2 * decades / max(most - 1, 1)))
        found = [(0.5, "0")]
        for power in range(self.bins.high, self.bins.low, -every):
            away = (PER_DECADE * (power - self.bins.low) + 0.5) / count
            text = _power(power)
            found += [(0.5 - away, text), (0.5 + away, MINUS + text)]
        return sorted(found)


def _power(power: int) -> str:
    return f"1e{MINUS}{-power}" if power < -2 else f"{10.0**power:g}"


def heat_of(record: HealthRecord, layer: int, kind: str) -> Heat | None:
    """Return the histograms of a layer over the run; None where there are none."""
    columns = [getattr(found.health.layers[layer], kind) for found in record.measurements.items]
    if not columns or columns[0] is None:
        return None
    shares = np.stack(columns, axis=1)[::-1]
    return Heat(shares, tuple(found.step for found in record.measurements.items), KINDS[kind][1])


def layers_with(spec: ModelSpec, kind: str) -> list[int]:
    """Return the layers that have such numbers."""
    if kind == "outputs":
        return list(range(len(spec.layers)))
    return [index for index, layer in enumerate(spec.layers) if has_weights(layer.kind, layer.options)]


def has_weights(kind: str, options: Mapping) -> bool:
    """Return whether a kind of layer has weights."""
    return kind in ("conv2d", "linear") or (kind == "batchnorm2d" and bool(options["affine"]))
