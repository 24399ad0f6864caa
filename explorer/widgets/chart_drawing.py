"""Draws what stands still in a chart, on the screen or into a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPixmap

from explorer.theme import Theme
from explorer.widgets import chart_frame
from explorer.widgets.chart_axes import ChartAxes, Extent, Scale
from explorer.widgets.chart_curves import Curve, envelope
from explorer.widgets.chart_frame import EndLabel, Grid
from explorer.widgets.curve_painter import CurvePainter


@dataclass(frozen=True, eq=False)
class ChartPlan:
    """A chart at one size: curves thinned to its pixels, data to pixels, ticks."""

    area: QRectF
    curves: dict[str, Curve]
    shown: dict[str, tuple[np.ndarray, np.ndarray]]
    scale: Scale
    grid: Grid

    @classmethod
    def of(cls, axes: ChartAxes, curves: dict[str, Curve], area: QRectF, x_range: Extent) -> ChartPlan:
        """Work out what is drawn in `area` of the range `x_range`."""
        edges = np.linspace(*x_range, max(int(area.width()), 1) + 1)
        shown = {name: envelope(c.x, c.y, edges) for name, c in curves.items()}
        spans = {name: (float(y.min()), float(y.max())) for name, (_, y) in shown.items() if len(y)}
        place = (area.left(), area.top(), area.width(), area.height())
        scale = Scale(*place, x_range, axes.y_extent(spans), axes.log_y)
        grid = Grid(
            axes.x_ticks(*x_range, max(int(area.width() / 80), 2)),
            axes.y_ticks(*scale.y_range, max(int(area.height() / 22), 2)),
            tuple(axes.sections(*x_range, max(int(area.width() / 64), 1))),
            tuple(axes.changes),
            axes.x_title,
            axes.y_title,
        )
        return cls(area, curves, shown, scale, grid)


class ChartDrawing:
    """Draws plans; keeps the grid's picture as long as axes, size and theme are the same."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._curves = CurvePainter(theme)
        self._frame = QPixmap()
        self._frame_of: tuple | None = None

    def frame(self, plan: ChartPlan, size: tuple[int, int], ratio: float) -> QPixmap:
        """Return a picture of grid and ticks on the panel's colour."""
        state = (plan.grid, plan.scale, size, ratio, self._theme.tokens)
        if self._frame_of != state:
            self._frame = QPixmap(round(size[0] * ratio), round(size[1] * ratio))
            self._frame.setDevicePixelRatio(ratio)
            self._frame.fill(self._theme.color("panel"))
            painter = QPainter(self._frame)
            self.paint_frame(painter, plan)
            painter.end()
            self._frame_of = state
        return self._frame

    def paint_frame(self, painter: QPainter, plan: ChartPlan) -> None:
        """Draw grid and ticks."""
        chart_frame.draw_grid(painter, plan.grid, plan.scale, self._theme)

    def paint_curves(
        self,
        painter: QPainter,
        plan: ChartPlan,
        labels: Sequence[EndLabel],
        right: float,
        empty_text: str,
        whole: bool = False,
    ) -> None:
        """Draw the curves, the labels between them and `right`, and a text where there is no curve.

        `whole` draws each line in one piece, as a file should have it.
        """
        painter.setClipRect(plan.area.adjusted(0, 0, 1, 1))
        for name, curve in plan.curves.items():
            if not curve.marks:
                self._curves.draw(painter, curve, plan.shown[name], plan.scale, whole)
        # Circles may stand half over the border, so that the one at the very end is whole.
        painter.setClipRect(plan.area.adjusted(-5, -5, 5, 5))
        for name, curve in plan.curves.items():
            if curve.marks:
                self._curves.draw(painter, curve, plan.shown[name], plan.scale, whole)
        painter.setClipping(False)
        chart_frame.draw_end_labels(painter, labels, plan.scale, self._theme, right)
        if empty_text and not any(len(curve.x) for curve in plan.curves.values()):
            chart_frame.draw_empty(painter, empty_text, plan.scale, self._theme)
