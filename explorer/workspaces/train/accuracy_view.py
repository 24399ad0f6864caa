"""The accuracy: validation images after each epoch, training batches faint."""

from __future__ import annotations

import math

from explorer.numbers import format_count, format_percent
from explorer.widgets.chart_axes import Extent, Ticks, linear_ticks
from explorer.widgets.chart_curves import Curve
from explorer.widgets.crosshair import TooltipRow
from explorer.workbench import Workbench
from explorer.workspaces.train.chart_view import ChartView, Points, Reading, between, compared
from explorer.workspaces.train.legend import LegendItem
from explorer.workspaces.train.series import RunSeries

_EMPTY_EXTENT = (0.0, 1.0)


def accuracy_extent(spans: dict[str, Extent]) -> Extent:
    """Return the range of y: up to 100 %, down to a full tenth well below the validation accuracy.

    The first steps of training lie far below and may leave the range, so that the rest can be read.
    """
    if shown := compared(spans, "validation"):
        low = min(low for low, _ in shown) - 0.15
    elif "train" in spans:
        low = spans["train"][0]
    else:
        return _EMPTY_EXTENT
    return min(max(math.floor(low * 10 + 1e-9) / 10, 0.0), 0.9), 1.0


class AccuracyView(ChartView):
    """Share of images that the network reads rightly."""

    key, title, main = "accuracy", "Accuracy", "line"
    y_title = "accuracy"

    def __init__(self, workbench: Workbench) -> None:
        self._workbench = workbench

    def legend(self) -> tuple[LegendItem, ...]:
        count = format_count(len(self._workbench.validation_set))
        return (
            LegendItem("line", f"validation, {count} images", short="validation"),
            LegendItem("line", "train, smoothed", strength=0.35, short="train"),
        )

    def curves(self) -> dict[str, Curve]:
        return {
            "train": Curve("train, smoothed", width=1.5, strength=0.35),
            "line": Curve("validation", width=2),
            "validation": Curve("validation", width=0, marks=True),
        }

    def points(self, run: RunSeries) -> dict[str, Points]:
        validation = self.main_points(run)
        train = run.axis.positions, run.smoothed("accuracy")
        return {"train": train, "line": validation, "validation": validation}

    def main_points(self, run: RunSeries) -> Points:
        return run.axis.positions_of(run.epochs.steps), run.epochs.accuracies

    def read(self, run: RunSeries, step: int) -> Reading:
        train = run.smoothed_at("accuracy", step)
        low, high = (format_percent(share) for share in run.at("accuracy", step))
        rows = [TooltipRow("train, smoothed", format_percent(train), "accent")]
        rows.append(TooltipRow("this batch", between(low, high)))
        if (place := run.epochs.last_before(step)) is not None:
            accuracy = format_percent(run.epochs.accuracies[place])
            rows.append(TooltipRow(f"validation, epoch {run.epochs.numbers[place]}", accuracy))
        return Reading(tuple(rows), ((run.axis.position_of(step), train, "train"),))

    def read_other(self, run: RunSeries, step: int) -> tuple[str, float | None]:
        place = run.epochs.last_before(step)
        return "–" if place is None else format_percent(run.epochs.accuracies[place]), None

    def text(self, value: float) -> str:
        return format_percent(value)

    def y_extent(self, spans: dict[str, Extent]) -> Extent:
        return accuracy_extent(spans)

    def y_ticks(self, low: float, high: float, count: int) -> Ticks:
        ticks = linear_ticks(low, high, min(count, 5))
        return ticks, [format_percent(t, 0) for t in ticks]
