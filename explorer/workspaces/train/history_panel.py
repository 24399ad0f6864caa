"""A panel with a chart of the runs: what the charts of the page have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.theme import Theme
from explorer.widgets.chart_axes import ChartAxes
from explorer.widgets.chart_curves import Curve
from explorer.widgets.chart_frame import EndLabel
from explorer.widgets.crosshair import Tooltip, TooltipRow
from explorer.widgets.panel import Panel
from explorer.workbench import History, Hover, Workbench
from explorer.workspaces.train.chart_link import ChartLink
from explorer.workspaces.train.chart_view import OVERLAY, ChartView, Dot
from explorer.workspaces.train.region_table import region_table

if TYPE_CHECKING:
    from explorer.widgets.chart import Chart

EMPTY_TEXT = "Press Train or Space to start"


def rate_ticks(history: History) -> list[int]:
    """Return the first step that each new learning rate was used in, where there was another one before."""
    # Dragging the slider sets many rates between two batches; one tick stands for them.
    last = int(history.steps[-1]) if len(history) else 0
    return [step + 1 for step in sorted(set(history.rate_changes)) if 0 < step < last]


class HistoryPanel(Panel):
    """Follows the runs while it is visible, and shares crosshair, axis and zoom through `link`.

    `chart` is None until `populate` is called: loading pyqtgraph takes longer than showing the window.

    Attributes
    ----------
    view : ChartView
        What the chart shows.
    foot : QVBoxLayout
        The lower edge of the panel, under the chart.
    """

    zoomed = Signal()

    def __init__(
        self,
        title: str,
        view: ChartView,
        workbench: Workbench,
        theme: Theme,
        link: ChartLink,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, theme, parent)
        self.view = view
        self.chart: Chart | None = None
        self._workbench = workbench
        self._link = link
        self._stale = True
        self._plot, self.foot = QVBoxLayout(), QVBoxLayout()
        self.body.addLayout(self._plot, 1)
        self.body.addLayout(self.foot)
        for signal in (workbench.history_changed, workbench.overlays_changed, link.smoothing_changed):
            signal.connect(self.refresh)
        workbench.moment_changed.connect(self._show_moment)
        link.axis_changed.connect(self._change_axis)
        link.x_changed.connect(self._show_crosshair)
        link.region_changed.connect(self._show_region)

    def populate(self) -> None:
        """Load the chart and put it in; a second call does nothing."""
        if self.chart is not None:
            return
        # Here and not above: importing pyqtgraph takes longer than showing the window without it.
        from explorer.widgets.chart import Chart

        chart = Chart(self.theme, ChartAxes(self.view.y_ticks, self.view.y_extent))
        chart.setObjectName(f"{self.view.key}Chart")
        chart.empty_text = EMPTY_TEXT
        chart.margins.left = 58  # ticks, and the axis' title beside them
        chart.region_marked.connect(lambda begin, end: self._link.mark((begin, end), self))
        chart.pointed.connect(self._point)
        chart.range_changed.connect(self.zoomed)
        self.chart = chart
        self._plot.addWidget(chart)
        self.show_view(self.view)

    def show_view(self, view: ChartView) -> None:
        """Show other curves on the same axis."""
        self.view = view
        if self.chart is not None:
            self.chart.setAccessibleName(f"{view.title} chart")
            self.chart.axes.y_ticks, self.chart.axes.y_extent = view.y_ticks, view.y_extent
        self.refresh()

    def refresh(self) -> None:
        """Bring the chart up to date, now if it can be seen, else when it is shown."""
        if self.chart is None or not self.isVisible():
            self._stale = True
            return
        self._stale = False
        axis = self._link.run.axis
        axes = self.chart.axes
        axes.log_y = self.view.log_y
        axes.x_title, axes.y_title = axis.title, self.view.y_title
        axes.x_ticks, axes.sections = axis.ticks, axis.sections
        axes.changes = [axis.position_of(step) for step in rate_ticks(axis.history)]
        self.chart.set_extent(*self._link.extent(), self._link.smallest_span())
        self._update_curves(self.chart)
        self._show_region()
        self._show_crosshair()
        self._show_moment()

    def _update_curves(self, chart: Chart) -> None:
        """Give the chart all runs: what is faint, then the other runs, then the present one on top."""
        view, labels = self.view, []
        curves, points = view.curves(), view.points(self._link.run)
        for run, series in self._link.overlays:
            name = OVERLAY + run.key
            curves[name] = Curve(run.name, token=run.colour, width=1.5)
            points[name] = view.main_points(series)
            labels += [EndLabel(view.text(y), y, run.colour, run.name) for y in points[name][1][-1:].tolist()]
        labels += [EndLabel(view.text(y), y) for y in points[view.main][1][-1:].tolist()]
        own = list(view.curves())
        front = own[own.index(view.main) :]
        chart.set_curves({name: curves[name] for name in sorted(curves, key=lambda name: name in front)})
        for name, (x, y) in points.items():
            chart.set_data(name, x, y)
        chart.set_end_labels(labels)

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

    # Region, moment and crosshair

    def _show_region(self) -> None:
        """Mark the region in each chart; the one that it was marked in tells of its curves there."""
        if self.chart is None or self._stale:
            return
        region, table = self._link.region, None
        if region is not None and self._link.region_source is self:
            table = region_table(self.view, self._link.run, self.chart.curves, region)
        self.chart.set_region(region, table)

    def _show_moment(self) -> None:
        """Mark the past moment whose parameters all pages show."""
        shown = self._workbench.shown_moment
        if self.chart is None or self._stale:
            return
        if shown is None:
            self.chart.set_mark(None)
        else:
            self.chart.set_mark(self._link.run.axis.position_of(shown), f"step {shown:,}")

    def _point(self, x: float | None) -> None:
        place = self._link.nearest(x) if x is not None else None
        if place is None and self._link.source is not self:
            return
        self._link.point_at(place, self)
        if place is None:
            self._workbench.set_hover(None)
            return
        tooltip, _ = self.read_at(place)
        name, title = self.view.name, tooltip.title
        where = f"{name[:1].upper()}{name[1:]}, {title}"
        self._workbench.set_hover(Hover(f"{name} · {title.split(' · ')[0]}", tooltip.lines(), where))

    def read_at(self, x: float) -> tuple[Tooltip, tuple[Dot, ...]]:
        """Return what the chart says of every run at a place on the axis."""
        rows: tuple[TooltipRow, ...] = ()
        dots: tuple[Dot, ...] = ()
        others: tuple[TooltipRow, ...] = ()
        title = self._link.run.axis.text_at(x)
        if (step := self._link.run.step_at(x)) is not None:
            reading = self.view.read(self._link.run, step)
            rows, dots = reading.rows, reading.dots
            title = step_title(step, self._link.run.axis.steps_per_epoch)
        for run, series in self._link.overlays:
            if (step := series.step_at(x)) is not None:
                text, y = self.view.read_other(series, step)
                others += (TooltipRow(run.name, text, run.colour),)
                if y is not None:
                    dots += ((series.axis.position_of(step), y, OVERLAY + run.key),)
        # The other runs follow the value they are compared with; the box under the cursor has few rows.
        return Tooltip(title, (*rows[:2], *others, *rows[2:])), dots

    def _show_crosshair(self) -> None:
        if self.chart is None or self._stale:
            return
        x = self._link.x
        tooltip, dots = self.read_at(x) if x is not None else (None, ())
        if tooltip is None or not tooltip.rows:
            self.chart.set_crosshair(None)
            return
        self.chart.set_crosshair(x, dots, tooltip if self._link.source is self else None)


def step_title(step: int, steps_per_epoch: int) -> str:
    """Return "step 312 · epoch 3 · batch 62"."""
    epoch, batch = divmod(step - 1, steps_per_epoch)
    return f"step {step} · epoch {epoch + 1} · batch {batch + 1}"
