"""What a chart of the Train page shows of each run. No widgets here."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from explorer.widgets.chart_axes import Extent, Ticks
from explorer.widgets.chart_curves import Curve
from explorer.widgets.crosshair import TooltipRow
from explorer.workspaces.train.legend import LegendItem
from explorer.workspaces.train.series import RunSeries

Points = tuple[np.ndarray, np.ndarray]
Dot = tuple[float, float, str]

OVERLAY = "run:"
"""What the names of the curves of other runs begin with."""


@dataclass(frozen=True)
class Reading:
    """What a chart says of one run at one step: lines of the tooltip, and dots (x, y, curve name)."""

    rows: tuple[TooltipRow, ...] = ()
    dots: tuple[Dot, ...] = ()


class ChartView(ABC):
    """The curves of a chart, its y axis, and how its numbers are written.

    Attributes
    ----------
    key, title : str
        Its name in code and on screen.
    main : str
        The curve that is drawn of other runs too.
    log_y : bool
        Whether the y axis is logarithmic.
    column : str
        The column of the history that the curve "batch" shows.
    y_title : str
        What the y axis counts.
    """

    key: str
    title: str
    main: str
    y_title: str
    log_y = False
    column = ""

    @property
    def name(self) -> str:
        """What the chart is called beneath the cursor."""
        return f"{self.title.lower()} chart"

    @abstractmethod
    def legend(self) -> tuple[LegendItem, ...]:
        """Return what the curves of the present run are."""

    @abstractmethod
    def curves(self) -> dict[str, Curve]:
        """Return the curves of the present run by name, the last on top."""

    @abstractmethod
    def points(self, run: RunSeries) -> dict[str, Points]:
        """Return the points of these curves."""

    @abstractmethod
    def main_points(self, run: RunSeries) -> Points:
        """Return the points of the main curve of any run."""

    @abstractmethod
    def read(self, run: RunSeries, step: int) -> Reading:
        """Return what the chart says of the present run at a step that it has made."""

    @abstractmethod
    def read_other(self, run: RunSeries, step: int) -> tuple[str, float | None]:
        """Return the text of the main curve of another run, and its y if a dot can stand on it."""

    @abstractmethod
    def text(self, value: float) -> str:
        """Write a value of the main curve."""

    @abstractmethod
    def y_extent(self, spans: dict[str, Extent]) -> Extent:
        """Return the range of y, given the range that each curve has in view."""

    @abstractmethod
    def y_ticks(self, low: float, high: float, count: int) -> Ticks:
        """Return ticks of the y axis."""


def compared(spans: dict[str, Extent], *names: str) -> list[Extent]:
    """Return the spans of these curves and of all other runs, as far as they are in view."""
    return [span for name, span in spans.items() if name in names or name.startswith(OVERLAY)]


def between(low: str, high: str) -> str:
    """Write one value, or the two ends of a span of folded steps."""
    return low if low == high else f"{low} to {high}"
