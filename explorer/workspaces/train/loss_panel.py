"""The loss: every batch faint, smoothed strong, and the validation loss after each epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpacerItem, QWidget

from explorer.numbers import format_number, format_rate
from explorer.theme import Theme
from explorer.widgets.chart_axes import (
    ChartAxes,
    Extent,
    Ticks,
    linear_ticks,
    log_ticks,
    tick_text,
    tick_texts,
)
from explorer.widgets.chart_curves import Curve
from explorer.widgets.chart_frame import EndLabel
from explorer.widgets.controls import IconButton, Segmented, Slider, Switch
from explorer.widgets.crosshair import Tooltip, TooltipRow
from explorer.workbench import History, Workbench
from explorer.workspaces.train.chart_link import ChartLink
from explorer.workspaces.train.history_panel import HistoryPanel, Reading, step_title
from explorer.workspaces.train.legend import Legend, LegendItem
from explorer.workspaces.train.run_axis import MODES, RunAxis
from explorer.workspaces.train.series import EpochSeries, SmoothedSeries

if TYPE_CHECKING:
    from explorer.widgets.chart import Chart

_GAPS, _NARROW_GAPS = (16, 10), (5, 8)
"""Space before and after the switch for the axis, in one row with the title and in a row of their own."""

_EMPTY_EXTENT = {True: (0.03, 3.5), False: (0.0, 2.6)}


def loss_extent(spans: dict[str, Extent], log: bool) -> Extent:
    """Return the range of y that shows the smoothed and the validation loss; single batches may leave it."""
    shown = [spans[name] for name in ("smoothed", "validation") if name in spans]
    if not shown:
        return _EMPTY_EXTENT[log]
    low, high = min(low for low, _ in shown), max(high for _, high in shown)
    if not log:
        return 0.0, max(high * 1.15, 1e-6)
    low = max(low, 1e-9)
    # At least a factor of eight, so that a short piece of the curve does not look like an upheaval.
    return low / 1.7, max(high * 1.45, low / 1.7 * 8)


def rate_ticks(history: History) -> list[int]:
    """Return the first step that each new learning rate was used in, where there was another one before."""
    # Dragging the slider sets many rates between two batches; one tick stands for them.
    return [step + 1 for step in sorted(set(history.rate_changes)) if 0 < step < len(history)]


class LossPanel(HistoryPanel):
    """Loss over steps, epochs or time, with what is needed to read it."""

    def __init__(
        self, workbench: Workbench, theme: Theme, link: ChartLink, parent: QWidget | None = None
    ) -> None:
        super().__init__("Loss", workbench, theme, link, parent)
        self.setObjectName("lossPanel")
        self.setMinimumSize(300, 210)
        self._smoothed = SmoothedSeries()
        self._epochs = EpochSeries()
        legend = Legend(
            theme,
            (
                LegendItem("line", "train, smoothed"),
                LegendItem("zigzag", "per batch", strength=0.35),
                LegendItem("circle", "validation"),
            ),
        )
        self.header.insertWidget(1, legend)
        self._make_controls(theme)
        self._second_row = QHBoxLayout()
        self.body.addLayout(self._second_row)
        self.header.addWidget(self._controls)
        self.header.addWidget(self.fit_button)
        self._narrow = False
        self._one_row_width = self.layout().minimumSize().width()

    def _make_controls(self, theme: Theme) -> None:
        self._controls = QWidget()
        row = QHBoxLayout(self._controls)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        caption = QLabel("Smoothing")
        caption.setProperty("role", "label")
        self.smoothing_slider = slider = Slider(0, 99)
        slider.setObjectName("smoothing")
        slider.setAccessibleName("Smoothing")
        slider.setToolTip("Weight of the past in the smoothed curve: 0 shows each batch, 0.99 hardly moves")
        slider.setMinimumWidth(38)
        slider.setMaximumWidth(58)
        slider.setValue(round(self._link.smoothing * 100))
        slider.valueChanged.connect(lambda value: self._link.set_smoothing(value / 100))
        self._smoothing_value = QLabel()
        self._smoothing_value.setProperty("role", "number")
        self._smoothing_value.setFixedWidth(28)
        self._link.smoothing_changed.connect(self._show_smoothing)
        self._show_smoothing()
        self.log_switch = Switch("Log y")
        self.log_switch.setObjectName("logY")
        self.log_switch.setAccessibleName("Logarithmic loss axis")
        self.log_switch.setToolTip(
            "Draw the loss on a logarithmic axis, where small losses can be told apart"
        )
        self.log_switch.setChecked(True)
        self.log_switch.toggled.connect(self._set_log)
        self.axis_choice = Segmented(MODES, "Horizontal axis")
        self.axis_choice.changed.connect(self._link.set_mode)
        self._gaps = (QSpacerItem(0, 0), QSpacerItem(0, 0))
        for widget in (caption, slider):
            row.addWidget(widget)
            row.addSpacing(6)
        row.addWidget(self._smoothing_value)
        row.addItem(self._gaps[0])
        row.addWidget(self.log_switch)
        row.addItem(self._gaps[1])
        row.addStretch(1)
        row.addWidget(self.axis_choice)
        self._part_controls(_GAPS)
        self.fit_button = IconButton("fit", theme)
        self.fit_button.setObjectName("fitCharts")
        self.fit_button.setAccessibleName("Show the whole run")
        self.fit_button.setToolTip("Show the whole run (double click in a chart)")
        self.fit_button.clicked.connect(self.fit)

    def _part_controls(self, gaps: tuple[int, int]) -> None:
        for spacer, gap in zip(self._gaps, gaps, strict=True):
            spacer.changeSize(gap, 0)
        self._controls.layout().invalidate()

    def _show_smoothing(self) -> None:
        self._smoothing_value.setText(format_number(self._link.smoothing, 2))

    def _set_log(self, on: bool) -> None:
        if self.chart is not None:
            self.chart.axes.log_y = on
            self.chart.redraw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < self._one_row_width
        if narrow == self._narrow:
            return
        self._narrow = narrow
        self._part_controls(_NARROW_GAPS if narrow else _GAPS)
        if narrow:
            self._second_row.addWidget(self._controls)
        else:
            self.header.insertWidget(self.header.count() - 1, self._controls)

    # What the chart shows

    def make_curves(self) -> dict[str, Curve]:
        return {
            "batch": Curve("this batch", width=1, strength=0.2),
            "smoothed": Curve("train, smoothed", width=2),
            "validation": Curve("validation", width=0, marks=True),
        }

    def make_axes(self) -> ChartAxes:
        log = self.log_switch.isChecked()
        return ChartAxes(y_ticks=self._y_ticks, y_extent=self._y_extent, log_y=log)

    def _y_extent(self, spans: dict[str, Extent]) -> Extent:
        return loss_extent(spans, self.log_switch.isChecked())

    def _y_ticks(self, low: float, high: float, count: int) -> Ticks:
        if self.log_switch.isChecked():
            ticks = log_ticks(low, high, count)
            return ticks, [tick_text(t) for t in ticks]
        ticks = linear_ticks(low, high, count)
        return ticks, tick_texts(ticks)

    def update_data(self, chart: Chart, axis: RunAxis) -> None:
        chart.axes.sections = axis.sections
        history = axis.history
        positions = axis.positions
        smoothed = self._smoothed.update(history, self._link.smoothing, history.losses)
        self._epochs.update(history)
        chart.set_data("batch", positions, history.losses)
        chart.set_data("smoothed", positions, smoothed)
        chart.set_data("validation", axis.positions_of(self._epochs.steps), self._epochs.losses)
        chart.axes.changes = [axis.position_of(step) for step in rate_ticks(history)]
        chart.end_labels = [EndLabel(format_number(y), y) for y in smoothed[-1:].tolist()]

    def read_at(self, step: int, axis: RunAxis, curves: dict[str, Curve]) -> Reading:
        history = axis.history
        smoothed = float(curves["smoothed"].y[step - 1])
        rows = [
            TooltipRow("train, smoothed", format_number(smoothed), "accent"),
            TooltipRow("this batch", format_number(history.losses[step - 1])),
        ]
        dots = [(axis.position_of(step), smoothed, "smoothed")]
        if (place := self._epochs.last_before(step)) is not None:
            loss = format_number(self._epochs.losses[place])
            rows.append(TooltipRow(f"validation, epoch {place + 1}", loss))
        rate = float(f"{history.learning_rates[step - 1]:.3g}")
        rows.append(TooltipRow("learning rate", format_rate(rate)))
        return Reading(Tooltip(step_title(step, axis.steps_per_epoch), tuple(rows)), tuple(dots))
