"""How long each step took."""

from __future__ import annotations

from explorer.numbers import format_number
from explorer.widgets.chart_axes import Extent, Ticks, linear_ticks, tick_texts
from explorer.widgets.chart_curves import Curve
from explorer.widgets.crosshair import TooltipRow
from explorer.workspaces.train.chart_view import ChartView, Points, Reading, between, compared
from explorer.workspaces.train.legend import LegendItem
from explorer.workspaces.train.series import RunSeries

_EMPTY_EXTENT = (0.0, 0.02)


def milliseconds(seconds: float) -> str:
    """Write a time with three figures: "8.42 ms", "127 ms", "1.35 s"."""
    value, unit = (seconds, "s") if seconds >= 1 else (seconds * 1000, "ms")
    digits = 2 if value < 10 else 1 if value < 100 else 0
    return f"{format_number(value, digits)} {unit}"


class PaceView(ChartView):
    """Seconds a step, without the validation between epochs."""

    key, title, main = "pace", "Step time", "smoothed"
    y_title, column = "ms a step", "seconds"

    @property
    def name(self) -> str:
        return self.title.lower()

    def legend(self) -> tuple[LegendItem, ...]:
        return (
            LegendItem("line", "time of a step, smoothed", short="smoothed"),
            LegendItem("zigzag", "each step", strength=0.35),
        )

    def curves(self) -> dict[str, Curve]:
        return {
            "batch": Curve("this step", width=1, strength=0.2),
            "smoothed": Curve("smoothed", width=2),
        }

    def points(self, run: RunSeries) -> dict[str, Points]:
        return {"batch": (run.axis.positions, run.history.seconds), "smoothed": self.main_points(run)}

    def main_points(self, run: RunSeries) -> Points:
        return run.axis.positions, run.smoothed("seconds")

    def read(self, run: RunSeries, step: int) -> Reading:
        smoothed = run.smoothed_at("seconds", step)
        low, high = (milliseconds(seconds) for seconds in run.at("seconds", step))
        rows = (
            TooltipRow("smoothed", milliseconds(smoothed), "accent"),
            TooltipRow("this step", between(low, high)),
        )
        return Reading(rows, ((run.axis.position_of(step), smoothed, "smoothed"),))

    def read_other(self, run: RunSeries, step: int) -> tuple[str, float | None]:
        smoothed = run.smoothed_at("seconds", step)
        return milliseconds(smoothed), smoothed

    def text(self, value: float) -> str:
        return milliseconds(value)

    def y_extent(self, spans: dict[str, Extent]) -> Extent:
        """Hold the smoothed times; a single slow step may leave the range."""
        high = max((high for _, high in compared(spans, "smoothed")), default=0.0)
        return (0.0, high * 1.5) if high > 0 else _EMPTY_EXTENT

    def y_ticks(self, low: float, high: float, count: int) -> Ticks:
        ticks = linear_ticks(low * 1000, high * 1000, min(count, 5))
        return [tick / 1000 for tick in ticks], tick_texts(ticks)
