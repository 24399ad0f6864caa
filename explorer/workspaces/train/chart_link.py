"""What the charts of the page share: runs, axis, smoothing and the place under the mouse."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, Signal

from explorer.widgets.chart_axes import Extent
from explorer.workbench import History, OverlayRun, Workbench
from explorer.workspaces.train.run_axis import MODES, RunAxis
from explorer.workspaces.train.series import RunSeries


class ChartLink(QObject):
    """The runs in view, and one axis and one crosshair for all charts.

    Attributes
    ----------
    mode : str
        "step", "epoch" or "time".
    smoothing : float
        Weight of the exponential mean, in [0, 1).
    x : float or None
        The place under the mouse, in whichever chart: that of the nearest step.
    source : object
        The panel that the mouse is over.
    region : (float, float) or None
        The piece of the axis that the person marked, in `region_source`.
    """

    axis_changed = Signal()
    smoothing_changed = Signal()
    x_changed = Signal()
    region_changed = Signal()

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self.mode = MODES[0][0]
        self.smoothing = 0.92
        self.x: float | None = None
        self.source: object = None
        self.region: Extent | None = None
        self.region_source: object = None
        self._kept: dict[History, RunSeries] = {}

    # The runs

    @property
    def run(self) -> RunSeries:
        """The present run."""
        progress = self._workbench.progress
        return self._series(self._workbench.history, progress.batches, progress.epochs)

    @property
    def overlays(self) -> list[tuple[OverlayRun, RunSeries]]:
        """The runs that are drawn beside the present one."""
        runs = self._workbench.overlays
        wanted = {self._workbench.history, *(run.history for run in runs)}
        self._kept = {history: series for history, series in self._kept.items() if history in wanted}
        return [(run, self._series_of(run.history)) for run in runs]

    def _series_of(self, history: History) -> RunSeries:
        batches = history.steps_per_epoch or 1
        last = int(history.steps[-1]) if len(history) else 0
        return self._series(history, batches, math.ceil(last / batches))

    def _series(self, history: History, batches: int, epochs: int) -> RunSeries:
        axis = RunAxis(self.mode, history, batches, epochs)
        series = self._kept.setdefault(history, RunSeries(axis, self.smoothing))
        series.axis, series.weight = axis, self.smoothing
        return series

    def extent(self) -> Extent:
        """Return the range of the axis that holds all runs."""
        extents = [self.run.axis.extent(), *(series.axis.extent() for _, series in self.overlays)]
        return 0.0, max(high for _, high in extents)

    def smallest_span(self) -> float:
        """Return the range below which zooming in stops."""
        known = [s for s in (self.run, *(series for _, series in self.overlays)) if len(s.history)]
        return min((series.axis.smallest_span() for series in known), default=self.run.axis.smallest_span())

    def nearest(self, x: float) -> float | None:
        """Return the place of the step nearest to `x`, of the present run if it reaches so far, or None."""
        ends = [s.axis for s in (self.run, *(series for _, series in self.overlays)) if len(s.history)]
        if not ends:
            return None
        axis = next((axis for axis in ends if x <= axis.end), max(ends, key=lambda axis: axis.end))
        return axis.position_of(axis.step_at(x))

    # What the person chooses

    def set_mode(self, mode: str) -> None:
        """Count along the axis in "step", "epoch" or "time"."""
        if mode != self.mode:
            self.mode = mode
            self.point_at(None, None)
            self.mark(None)
            self.axis_changed.emit()

    def set_smoothing(self, weight: float) -> None:
        """Choose the weight of the exponential mean, in [0, 1)."""
        if weight != self.smoothing:
            self.smoothing = weight
            self.smoothing_changed.emit()

    def point_at(self, x: float | None, source: object) -> None:
        """Stand the crosshair at a place; None takes it away."""
        if (x, source) != (self.x, self.source):
            self.x, self.source = x, source
            self.x_changed.emit()

    def mark(self, region: Extent | None, source: object = None) -> None:
        """Mark the piece between the steps nearest to two places, in either order; None frees it."""
        if region is not None:
            low, high = (self.nearest(x) for x in sorted(region))
            region = None if low is None or high is None else (low, high)
        if (region, source) != (self.region, self.region_source):
            self.region, self.region_source = region, source
            self.region_changed.emit()
