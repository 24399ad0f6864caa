"""The loss: every batch faint, smoothed strong, and the validation loss after each epoch."""

from __future__ import annotations

from explorer.numbers import format_number, format_rate
from explorer.widgets.chart_axes import Extent, Ticks, linear_ticks, log_ticks, tick_text, tick_texts
from explorer.widgets.chart_curves import Curve
from explorer.widgets.crosshair import TooltipRow
from explorer.workspaces.train.chart_view import ChartView, Points, Reading, between, compared
from explorer.workspaces.train.legend import LegendItem
from explorer.workspaces.train.series import RunSeries

_EMPTY_EXTENT = {True: (0.03, 3.5), False: (0.0, 2.6)}


def loss_extent(spans: dict[str, Extent], log: bool) -> Extent:
    """Return the range of y that shows the smoothed and the validation loss; single batches may leave it."""
    shown = compared(spans, "smoothed", "validation")
    if not shown:
        return _EMPTY_EXTENT[log]
    low, high = min(low for low, _ in shown), max(high for _, high in shown)
    if not log:
        return 0.0, max(high * 1.15, 1e-6)
    low = max(low, 1e-9)
    # At least a factor of eight, so that a short piece of the curve does not look like an upheaval.
    return low / 1.7, max(high * 1.45, low / 1.7 * 8)


class LossView(ChartView):
    """Mean loss of each batch, and of the validation images."""

    key, title, main = "loss", "Loss", "smoothed"
    y_title, column = "mean loss", "loss"
    log_y = True

    def legend(self) -> tuple[LegendItem, ...]:
        return (
            LegendItem("line", "train, smoothed", short="smoothed"),
            LegendItem("zigzag", "per batch", strength=0.35, short="batch"),
            LegendItem("circle", "validation"),
        )

    def curves(self) -> dict[str, Curve]:
        return {
            "batch": Curve("this batch", width=1, strength=0.2),
            "smoothed": Curve("train, smoothed", width=2),
            "validation": Curve("validation", width=0, marks=True),
        }

    def points(self, run: RunSeries) -> dict[str, Points]:
        return {
            "batch": (run.axis.positions, run.history.losses),
            "smoothed": self.main_points(run),
            "validation": (run.axis.positions_of(run.epochs.steps), run.epochs.losses),
        }

    def main_points(self, run: RunSeries) -> Points:
        return run.axis.positions, run.smoothed("loss")

    def read(self, run: RunSeries, step: int) -> Reading:
        smoothed = run.smoothed_at("loss", step)
        low, high = (format_number(loss) for loss in run.at("loss", step))
        rows = [
            TooltipRow("train, smoothed", format_number(smoothed), "accent"),
            TooltipRow("this batch", between(low, high)),
        ]
        if (place := run.epochs.last_before(step)) is not None:
            loss = format_number(run.epochs.losses[place])
            rows.append(TooltipRow(f"validation, epoch {run.epochs.numbers[place]}", loss))
        low, high = (format_rate(float(f"{rate:.3g}")) for rate in run.at("learning_rate", step))
        rows.append(TooltipRow("learning rate", between(low, high)))
        return Reading(tuple(rows), ((run.axis.position_of(step), smoothed, "smoothed"),))

    def read_other(self, run: RunSeries, step: int) -> tuple[str, float | None]:
        smoothed = run.smoothed_at("loss", step)
        return format_number(smoothed), smoothed

    def text(self, value: float) -> str:
        return format_number(value)

    def y_extent(self, spans: dict[str, Extent]) -> Extent:
        return loss_extent(spans, self.log_y)

    def y_ticks(self, low: float, high: float, count: int) -> Ticks:
        if self.log_y:
            ticks = log_ticks(low, high, count)
            return ticks, [tick_text(t) for t in ticks]
        ticks = linear_ticks(low, high, count)
        return ticks, tick_texts(ticks)
