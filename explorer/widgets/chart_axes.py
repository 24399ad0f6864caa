"""Arithmetic of a chart's axes: where ticks go, how they read, and data to pixels. No Qt."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.numbers import format_count, format_number

Extent = tuple[float, float]
Ticks = tuple[list[float], list[str]]
"""Positions and texts."""
TickSource = Callable[[float, float, int], Ticks]
Sections = Callable[[float, float, int], Sequence[tuple[float, str]]]

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_SMALLEST = 1e-12
"""What a logarithmic axis shows in place of zero, which it cannot show."""


def nice_step(span: float, count: int) -> float:
    """Return the smallest of 1, 2, 2.5, 5 times 10ᵏ that cuts `span` into at most `count` parts."""
    raw = span / max(count, 1)
    if not (math.isfinite(raw) and raw > 0):
        return 1.0
    power = 10.0 ** math.floor(math.log10(raw))
    return next((s * power for s in _STEPS if s * power >= raw * (1 - 1e-9)), 10.0 * power)


def linear_ticks(low: float, high: float, count: int, whole: bool = False) -> list[float]:
    """Return round numbers in [low, high], about `count` of them; `whole` keeps to whole numbers."""
    step = nice_step(high - low, count)
    if whole:
        step = max(1.0, step if step == int(step) else math.ceil(step))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(k * step, 12) for k in range(first, last + 1)]


def log_ticks(low: float, high: float, count: int) -> list[float]:
    """Return ticks for a logarithmic axis: 1, 2, 5 a decade, or 1, 3, or 1 where that is too many.

    Over a factor of less than five these would be one or two, so round linear numbers are taken instead.
    """
    low = max(low, _SMALLEST)
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for leading in ((1, 2, 5), (1, 3), (1,)):
        ticks = [float(f"{m}e{d}") for d in decades for m in leading]
        ticks = [t for t in ticks if low <= t <= high]
        if len(ticks) <= count:
            break
    else:
        every = -(-len(ticks) // count)
        ticks = ticks[::-1][::every][::-1]
    return linear_ticks(low, high, count) if len(ticks) < 3 and high / low < 5 else ticks


def multiples(low: float, high: float, unit: float, count: int) -> list[float]:
    """Return multiples of `unit` in [low, high], every 1st, 2nd, 5th … so that at most `count` remain."""
    every = max(1.0, nice_step((high - low) / unit, count))
    every = math.ceil(every)
    first = math.ceil(low / (every * unit) - 1e-9)
    last = math.floor(high / (every * unit) + 1e-9)
    return [k * every * unit for k in range(first, last + 1)]


def tick_text(value: float) -> str:
    """Write a tick in as few characters as it needs: "125", "0.05", "1,250"."""
    if value == int(value) and abs(value) < 1e15:
        return format_count(int(value))
    return format_number(value, _decimals(value))


def tick_texts(ticks: list[float]) -> list[str]:
    """Write evenly spaced ticks with equally many decimals: "0.15", "0.20"; zero stays "0"."""
    decimals = max((_decimals(t) for t in ticks), default=0)
    return [format_number(t, decimals) if decimals and t else tick_text(t) for t in ticks]


def _decimals(value: float) -> int:
    text = f"{value:.9f}".rstrip("0")
    return len(text) - text.index(".") - 1


@dataclass(frozen=True)
class Scale:
    """Data to pixels over one rectangle; y grows upwards in data and downwards in pixels."""

    left: float
    top: float
    width: float
    height: float
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    log_y: bool = False

    @property
    def right(self) -> float:
        """Pixel of the right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Pixel of the lower edge."""
        return self.top + self.height

    def px(self, x):
        """Return the pixel column of `x`, a number or an array."""
        x0, x1 = self.x_range
        return self.left + (x - x0) * (self.width / (x1 - x0))

    def x(self, px: float) -> float:
        """Return the data coordinate of a pixel column."""
        x0, x1 = self.x_range
        return x0 + (px - self.left) * (x1 - x0) / self.width

    def py(self, y):
        """Return the pixel row of `y`, a number or an array, at most a screen's height off the rectangle.

        Qt slows down and overflows with lines that end millions of pixels away.
        """
        y0, y1 = self.y_range
        if self.log_y:
            y, y0, y1 = (np.log10(np.maximum(v, _SMALLEST)) for v in (y, y0, y1))
        py = self.bottom - (y - y0) * (self.height / (y1 - y0))
        return np.clip(py, self.top - 2000.0, self.bottom + 2000.0)


def _no_sections(low: float, high: float, count: int) -> Sequence[tuple[float, str]]:
    return ()


def _no_ticks(low: float, high: float, count: int) -> Ticks:
    return [], []


@dataclass
class ChartAxes:
    """What the axes show, apart from the data.

    Attributes
    ----------
    x_ticks, y_ticks : function of (low, high, count) -> (positions, texts)
        At most about `count` ticks between `low` and `high`.
    y_extent : function of {curve name: (lowest, highest) in view} -> range of y
        Asked at every drawing, so that the chart follows the data and the zoom.
    sections : function of (low, high, count) -> sequence of (position, label)
        Vertical lines with a label right of them: the epochs. The one that `low` lies in comes too.
    x_title, y_title : str
        What the axes count; the title of y needs a wider margin at the left.
    changes : sequence of positions
        Small ticks on the x axis: where the learning rate was changed.
    """

    y_ticks: TickSource
    y_extent: Callable[[dict[str, Extent]], Extent]
    x_ticks: TickSource = _no_ticks
    log_y: bool = False
    sections: Sections = _no_sections
    x_title: str = ""
    y_title: str = ""
    changes: Sequence[float] = ()


@dataclass
class Margins:
    """Room for labels around the plot, in pixels."""

    left: int = 46
    top: int = 4
    right: int = 64
    bottom: int = 24
