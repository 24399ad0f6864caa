"""The learning rate over the planned run, as a curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from explorer.numbers import format_count, format_rate
from explorer.theme import Theme
from explorer.widgets.chart_axes import ChartAxes, Extent, Margins, Ticks, linear_ticks, tick_text
from explorer.widgets.chart_curves import Curve
from explorer.widgets.crosshair import Tooltip, TooltipRow
from explorer.workbench import Workbench
from explorer.workbench.planning import planned_rates

if TYPE_CHECKING:
    from explorer.widgets.chart import Chart

HEIGHT = 104
_RATE = "rate"


def _y_ticks(low: float, high: float, count: int) -> Ticks:
    ticks = linear_ticks(low, high, min(count, 3))
    return ticks, [format_rate(tick) for tick in ticks]


def _x_ticks(low: float, high: float, count: int) -> Ticks:
    ticks = linear_ticks(low, high, min(count, 4), whole=True)
    return ticks, [tick_text(tick) for tick in ticks]


def _extent(spans: dict[str, Extent]) -> Extent:
    return 0.0, 1.08 * max((high for _, high in spans.values()), default=1.0)


class RateChart(QWidget):
    """Follows the pending settings; the curve comes with `populate`."""

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workbench, self._theme = workbench, theme
        self.chart: Chart | None = None
        self.steps, self.rates = np.empty(0, np.int64), np.empty(0)
        self._room = QVBoxLayout()
        self._room.setContentsMargins(0, 0, 0, 0)
        holder = QWidget()
        holder.setFixedHeight(HEIGHT)
        holder.setLayout(self._room)
        self.words = QLabel()
        self.words.setObjectName("rateWords")
        self.words.setProperty("role", "secondary")
        self.words.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(holder)
        column.addWidget(self.words)
        workbench.pending.changed.connect(self.refresh)
        workbench.dataset_changed.connect(self.refresh)
        self.refresh()

    def populate(self) -> None:
        """Load the chart; a second call does nothing."""
        if self.chart is not None:
            return
        from explorer.widgets.chart import Chart

        self.chart = Chart(self._theme, ChartAxes(_y_ticks, _extent, _x_ticks))
        self.chart.setObjectName("rateChart")
        self.chart.setAccessibleName("Learning rate over the run")
        self.chart.setToolTip("Learning rate at each step of the planned run; hover to read it")
        self.chart.margins = Margins(left=44, top=4, right=12, bottom=20)
        self.chart.add_curve(_RATE, Curve("learning rate"))
        self.chart.pointed.connect(self._point)
        self._room.addWidget(self.chart)
        self._show()

    def refresh(self) -> None:
        """Work the plan out anew."""
        wanted, images = self._workbench.pending.wanted, len(self._workbench.train_set)
        batches = -(-images // wanted.batch_size)
        self.steps, self.rates = planned_rates(wanted, batches)
        total = int(self.steps[-1])
        self.words.setText(
            f"{format_count(total)} step{'s' * (total != 1)}: begins at {_short(self.rates[0])}, "
            f"highest {_short(self.rates.max())}, ends at {_short(self.rates[-1])}"
        )
        self._show()

    def _show(self) -> None:
        if self.chart is None:
            return
        self.chart.set_data(_RATE, self.steps.astype(float), self.rates)
        last = float(self.steps[-1])
        self.chart.set_extent(0.0, max(last, 2.0), 2.0)
        self.chart.setAccessibleDescription(self.words.text())

    def _point(self, x: float | None) -> None:
        assert self.chart is not None
        if x is None:
            self.chart.set_crosshair(None)
            return
        place = int(np.abs(self.steps - x).argmin())
        step, rate = int(self.steps[place]), float(self.rates[place])
        rows = (TooltipRow("learning rate", _short(rate), "accent"),)
        tooltip = Tooltip(f"step {format_count(step)}", rows)
        self.chart.set_crosshair(float(step), ((float(step), rate, _RATE),), tooltip)


def _short(rate: float) -> str:
    return format_rate(float(f"{rate:.3g}"))
