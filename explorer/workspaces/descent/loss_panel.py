"""The loss over the steps, a curve for each optimizer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from explorer.theme import Theme
from explorer.widgets.chart_axes import ChartAxes, Extent, Margins, Ticks, linear_ticks, log_ticks, tick_texts
from explorer.widgets.chart_curves import Curve
from explorer.widgets.controls import Switch
from explorer.widgets.crosshair import Tooltip, TooltipRow
from explorer.widgets.panel import Panel
from explorer.widgets.transport import Transport

from .lab import NAMES, DescentLab, Standing
from .looks import LOOKS
from .wording import short

if TYPE_CHECKING:
    from explorer.widgets.chart import Chart

_NOTHING = np.empty(0)
_DEEPEST = 1e-6
"""A logarithmic axis goes down to this part of the largest loss."""


def loss_extent(spans: dict[str, Extent], log: bool, top: float) -> Extent:
    """Return the range of y: all of the curves, but not far above where they began."""
    if not spans:
        return (0.1, 1.0)
    low = min(low for low, _ in spans.values())
    high = min(max(high for _, high in spans.values()), 20 * top)
    high = high if high > 0 else 1.0
    if not log:
        return 0.0, high * 1.08
    return max(low, high * _DEEPEST) / 1.5, high * 1.5


class LossPanel(Panel):
    """The chart, loaded by `populate`: pyqtgraph takes longer to load than the window to be shown."""

    def __init__(
        self, lab: DescentLab, transport: Transport, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__("Loss over the steps", theme, parent)
        self.setObjectName("descentLoss")
        self._lab, self._transport = lab, transport
        self.chart: Chart | None = None
        self._stale = True
        self.log_switch = Switch("Log y")
        self.log_switch.setObjectName("descentLogY")
        self.log_switch.setAccessibleName("Logarithmic loss axis")
        self.log_switch.setToolTip(
            "Draw the loss on a logarithmic axis, where small losses can be told apart"
        )
        self.log_switch.setChecked(True)
        self.log_switch.toggled.connect(self.refresh)
        self.header.addWidget(self.log_switch)
        lab.changed.connect(self.refresh)
        transport.moved.connect(self._show_place)

    def populate(self) -> None:
        """Load the chart and put it in; a second call does nothing."""
        if self.chart is not None:
            return
        from explorer.widgets.chart import Chart

        chart = Chart(self.theme, ChartAxes(self._y_ticks, self._y_extent, _step_ticks, log_y=True))
        chart.margins = Margins(left=46, right=10)
        for name in NAMES:
            chart.add_curve(name, Curve(name, LOOKS[name].token, 1.8))
        chart.setObjectName("descentChart")
        chart.setAccessibleName("Loss over the steps")
        chart.setAccessibleDescription("Arrow keys move along, plus and minus zoom, Home shows all.")
        chart.setToolTip("")
        chart.pointed.connect(self._point)
        self.chart = chart
        self.body.addWidget(chart, 1)
        self.refresh()

    def _y_extent(self, spans: dict[str, Extent]) -> Extent:
        lab = self._lab
        return loss_extent(spans, self.log_switch.isChecked(), float(lab.path(NAMES[0]).values[0]))

    def _y_ticks(self, low: float, high: float, count: int) -> Ticks:
        if not self.log_switch.isChecked():
            ticks = linear_ticks(low, high, count)
            return ticks, tick_texts(ticks)
        ticks = log_ticks(low, high, count)
        return ticks, [short_tick(tick) for tick in ticks]

    def refresh(self) -> None:
        """Draw the paths' losses, now if they can be seen, else when they are."""
        if self.chart is None or not self.isVisible():
            self._stale = True
            return
        self._stale = False
        self.chart.axes.log_y = self.log_switch.isChecked()
        for name in NAMES:
            values = self._lab.path(name).values if name in self._lab.choices.shown else _NOTHING
            self.chart.set_data(name, np.arange(len(values), dtype=float), values)
        self.chart.set_extent(0.0, float(self._lab.choices.steps), 4.0)
        self._show_place()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def _point(self, x: float | None) -> None:
        self._show_place(None if x is None else round(x))

    def _show_place(self, pointed: int | None = None) -> None:
        """Stand the crosshair at the transport's step, or where the mouse is, with the losses there."""
        if self.chart is None or not self.isVisible():
            return
        step = self._transport.index if pointed is None else min(max(pointed, 0), self._lab.choices.steps)
        standings = {
            name: Standing.of(self._lab.path(name), step)
            for name in self._lab.shown()
            if step <= self._lab.path(name).steps
        }
        dots = tuple((float(step), standing.loss, name) for name, standing in standings.items())
        rows = tuple(
            TooltipRow(name, short(standing.loss), LOOKS[name].token) for name, standing in standings.items()
        )
        title = "start" if step == 0 else f"after step {step}"
        self.chart.set_crosshair(float(step), dots, None if pointed is None else Tooltip(title, rows))


def short_tick(tick: float) -> str:
    """Write a tick of the loss: in powers of ten where it is small or large."""
    return f"{tick:g}" if 1e-3 <= tick < 1e4 else short(tick)


def _step_ticks(low: float, high: float, count: int) -> Ticks:
    ticks = linear_ticks(low, high, count, whole=True)
    return ticks, tick_texts(ticks)
