"""The accuracy: validation images after each epoch, training batches faint."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from explorer.numbers import format_count, format_percent
from explorer.theme import Theme
from explorer.widgets.chart_axes import ChartAxes, Extent, Ticks, linear_ticks
from explorer.widgets.chart_curves import Curve
from explorer.widgets.chart_frame import EndLabel
from explorer.widgets.crosshair import Tooltip, TooltipRow
from explorer.workbench import Workbench
from explorer.workspaces.train.chart_link import ChartLink
from explorer.workspaces.train.history_panel import HistoryPanel, Reading, step_title
from explorer.workspaces.train.legend import Legend, LegendItem
from explorer.workspaces.train.run_axis import RunAxis
from explorer.workspaces.train.series import EpochSeries, SmoothedSeries

if TYPE_CHECKING:
    from explorer.widgets.chart import Chart

_EMPTY_EXTENT = (0.0, 1.0)


def accuracy_extent(spans: dict[str, Extent]) -> Extent:
    """Return the range of y: up to 100 %, down to a full tenth well below the validation accuracy.

    The first steps of training lie far below and may leave the range, so that the rest can be read.
    """
    if "validation" in spans:
        low = spans["validation"][0] - 0.15
    elif "train" in spans:
        low = spans["train"][0]
    else:
        return _EMPTY_EXTENT
    return min(max(math.floor(low * 10 + 1e-9) / 10, 0.0), 0.9), 1.0


def _ticks(low: float, high: float, count: int) -> Ticks:
    ticks = linear_ticks(low, high, min(count, 5))
    return ticks, [format_percent(t, 0) for t in ticks]


class AccuracyPanel(HistoryPanel):
    """Share of images that the network reads rightly."""

    def __init__(
        self, workbench: Workbench, theme: Theme, link: ChartLink, parent: QWidget | None = None
    ) -> None:
        super().__init__("Accuracy", workbench, theme, link, parent)
        self.setObjectName("accuracyPanel")
        self.setMinimumSize(300, 140)
        self._smoothed = SmoothedSeries()
        self._epochs = EpochSeries()
        self._legend = Legend(theme, self._legend_items())
        self.header.insertWidget(1, self._legend)
        workbench.dataset_changed.connect(lambda: self._legend.set_items(self._legend_items()))

    def _legend_items(self) -> tuple[LegendItem, ...]:
        count = format_count(len(self._workbench.validation_set))
        return (
            LegendItem("line", f"validation, {count} images"),
            LegendItem("line", "train, smoothed", strength=0.35),
        )

    def make_curves(self) -> dict[str, Curve]:
        return {
            "train": Curve("train, smoothed", width=1.5, strength=0.35),
            "line": Curve("validation", width=2),
            "validation": Curve("validation", width=0, marks=True),
        }

    def make_axes(self) -> ChartAxes:
        return ChartAxes(y_ticks=_ticks, y_extent=accuracy_extent)

    def update_data(self, chart: Chart, axis: RunAxis) -> None:
        history = axis.history
        smoothed = self._smoothed.update(history, self._link.smoothing, history.accuracies)
        self._epochs.update(history)
        chart.set_data("train", axis.positions, smoothed)
        x, y = axis.positions_of(self._epochs.steps), self._epochs.accuracies
        chart.set_data("line", x, y)
        chart.set_data("validation", x, y)
        chart.end_labels = [EndLabel(format_percent(last), last) for last in y[-1:].tolist()]

    def read_at(self, step: int, axis: RunAxis, curves: dict[str, Curve]) -> Reading:
        train = float(curves["train"].y[step - 1])
        rows = [TooltipRow("train, smoothed", format_percent(train), "accent")]
        rows.append(TooltipRow("this batch", format_percent(axis.history.accuracies[step - 1])))
        if (place := self._epochs.last_before(step)) is not None:
            accuracy = format_percent(self._epochs.accuracies[place])
            rows.append(TooltipRow(f"validation, epoch {place + 1}", accuracy))
        dots = ((axis.position_of(step), train, "train"),)
        return Reading(Tooltip(step_title(step, axis.steps_per_epoch), tuple(rows)), dots)
