"""The learning rate that each step used."""

from __future__ import annotations

from explorer.numbers import format_rate
from explorer.widgets.chart_axes import Extent, Ticks, linear_ticks
from explorer.widgets.chart_curves import Curve
from explorer.widgets.crosshair import TooltipRow
from explorer.workspaces.train.chart_view import ChartView, Points, Reading, between, compared
from explorer.workspaces.train.legend import LegendItem
from explorer.workspaces.train.series import RunSeries

_EMPTY_EXTENT = (0.0, 1e-3)


class RateView(ChartView):
    """Learning rate by step, with the schedule and what was changed by hand."""

    key, title, main = "rate", "Learning rate", "rate"
    y_title = "rate"

    @property
    def name(self) -> str:
        return self.title.lower()

    def legend(self) -> tuple[LegendItem, ...]:
        return (LegendItem("line", "learning rate of each step", short="of each step"),)

    def curves(self) -> dict[str, Curve]:
        return {"rate": Curve("learning rate", width=2)}

    def points(self, run: RunSeries) -> dict[str, Points]:
        return {"rate": self.main_points(run)}

    def main_points(self, run: RunSeries) -> Points:
        return run.axis.positions, run.history.learning_rates

    def read(self, run: RunSeries, step: int) -> Reading:
        text, _ = self.read_other(run, step)
        dot = (run.axis.position_of(step), run.at("learning_rate", step)[1], "rate")
        return Reading((TooltipRow("learning rate", text, "accent"),), (dot,))

    def read_other(self, run: RunSeries, step: int) -> tuple[str, float | None]:
        low, high = run.at("learning_rate", step)
        return between(self.text(low), self.text(high)), high

    def text(self, value: float) -> str:
        return format_rate(float(f"{value:.3g}"))

    def y_extent(self, spans: dict[str, Extent]) -> Extent:
        shown = compared(spans, "rate")
        high = max((high for _, high in shown), default=0.0)
        return (0.0, high * 1.12) if high > 0 else _EMPTY_EXTENT

    def y_ticks(self, low: float, high: float, count: int) -> Ticks:
        ticks = linear_ticks(low, high, min(count, 5))
        return ticks, [format_rate(tick) for tick in ticks]
