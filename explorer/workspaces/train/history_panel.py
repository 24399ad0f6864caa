"""A panel with a chart of the run: what the loss and the accuracy panel have in common."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from explorer.theme import Theme
from explorer.widgets.chart_axes import ChartAxes
from explorer.widgets.chart_curves import Curve
from explorer.widgets.crosshair import Tooltip
from explorer.widgets.panel import Panel
from explorer.workbench import Hover, Workbench
from explorer.workspaces.train.chart_link import ChartLink
from explorer.workspaces.train.run_axis import RunAxis

if TYPE_CHECKING:
    from explorer.widgets.chart import Chart

EMPTY_TEXT = "Press Train or Space to start"


@dataclass(frozen=True)
class Reading:
    """What a chart says at one step: the tooltip, and the dots (x, y, curve name) on its curves."""

    tooltip: Tooltip
    dots: tuple[tuple[float, float, str], ...]


class HistoryPanel(Panel):
    """Follows the run's history while it is visible, and shares crosshair and axis through `link`.

    `chart` is None until `populate` is called: loading pyqtgraph takes longer than showing the window.
    """

    zoomed = Signal()

    def __init__(
        self,
        title: str,
        workbench: Workbench,
        theme: Theme,
        link: ChartLink,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, theme, parent)
        self.chart: Chart | None = None
        self._workbench = workbench
        self._link = link
        self._axis = link.axis()
        self._shown_steps = 0
        self._stale = True
        workbench.history_changed.connect(self.refresh)
        link.axis_changed.connect(self._change_axis)
        link.smoothing_changed.connect(self.refresh)
        link.step_changed.connect(self._show_crosshair)

    @abstractmethod
    def make_curves(self) -> dict[str, Curve]:
        """Return the curves by name, the last on top."""

    @abstractmethod
    def make_axes(self) -> ChartAxes:
        """Return the axes; the run sets the ticks and sections of x."""

    @abstractmethod
    def update_data(self, chart: Chart, axis: RunAxis) -> None:
        """Give the curves and the labels at their ends what the history holds now."""

    @abstractmethod
    def read_at(self, step: int, axis: RunAxis, curves: dict[str, Curve]) -> Reading:
        """Return what the chart with these curves says at `step`, which lies on `axis`."""

    def populate(self) -> None:
        """Load the chart and put it in; a second call does nothing."""
        if self.chart is not None:
            return
        # Here and not above: importing pyqtgraph takes longer than showing the window without it.
        from explorer.widgets.chart import Chart

        chart = Chart(self.theme, self.make_axes())
        for name, curve in self.make_curves().items():
            chart.add_curve(name, curve)
        chart.empty_text = EMPTY_TEXT
        name = self.title.lower()
        chart.setObjectName(f"{name}Chart")
        chart.setAccessibleName(f"{self.title} chart")
        chart.setAccessibleDescription("Arrow keys move along, plus and minus zoom, Home shows all.")
        chart.pointed.connect(self._point)
        chart.range_changed.connect(self.zoomed)
        self.chart = chart
        self.body.addWidget(chart, 1)
        self._stale = True
        self.refresh()

    def refresh(self) -> None:
        """Bring the chart up to date, now if it can be seen, else when it is shown."""
        if self.chart is None or not self.isVisible():
            self._stale = True
            return
        self._stale = False
        self._axis = axis = self._link.axis()
        self.chart.axes.x_ticks = axis.ticks
        self.chart.set_extent(*axis.extent(), axis.smallest_span())
        self.update_data(self.chart, axis)
        self._shown_steps = len(axis.history)
        self._show_crosshair()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def follow_range(self, chart: Chart) -> None:
        """Show the part of the run that another chart shows."""
        if self.chart is None:
            return
        if chart.fitted:
            self.chart.show_all()
        else:
            self.chart.set_x_range(*chart.x_range)

    def fit(self) -> None:
        """Show the whole run."""
        if self.chart is not None:
            self.chart.fit()

    def _change_axis(self) -> None:
        if self.chart is not None:
            self.chart.show_all()
        self.refresh()

    def _point(self, x: float | None) -> None:
        step = self._axis.step_at(x) if x is not None else None
        if step is None and self._link.source is not self:
            return
        self._link.point_at(step, self)
        if step is None:
            self._workbench.set_hover(None)
            return
        rows = self.read_at(step, self._axis, self.chart.curves).tooltip.lines()
        name = f"{self.title.lower()} chart"
        where = f"{self.title} chart, {step_title(step, self._axis.steps_per_epoch)}"
        self._workbench.set_hover(Hover(f"{name} · step {step}", rows, where))

    def _show_crosshair(self) -> None:
        if self.chart is None:
            return
        step = self._link.step
        # A chart that cannot be seen lags behind; it shows the crosshair when it has caught up.
        if step is None or step > self._shown_steps:
            self.chart.set_crosshair(None)
            return
        reading = self.read_at(step, self._axis, self.chart.curves)
        tooltip = reading.tooltip if self._link.source is self else None
        self.chart.set_crosshair(self._axis.position_of(step), reading.dots, tooltip)


def step_title(step: int, steps_per_epoch: int) -> str:
    """Return "step 312 · epoch 3 · batch 62"."""
    epoch, batch = divmod(step - 1, steps_per_epoch)
    return f"step {step} · epoch {epoch + 1} · batch {batch + 1}"
