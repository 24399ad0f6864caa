"""A small curve for each layer, with its latest value."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen

from explorer.numbers import format_short
from explorer.theme import Theme
from explorer.workspaces.train.health.row_list import RowList
from explorer.workspaces.train.health.rows import SparkRow

_PADDING, _GAP = 5.0, 8.0


class SparkList(RowList):
    """Rows of `SparkRow`: the range of each span faint, its mean strong, both logarithmic."""

    least_height = 24

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name)
        self._left = self._right = 0.0

    def set_rows(self, rows: list[SparkRow], current: int | None) -> None:
        metrics = QFontMetrics(self.theme.font(11.5))
        widest = max((metrics.horizontalAdvance(row.name) for row in rows), default=0)
        self._left = min(float(widest), 64.0) + _PADDING + _GAP
        self._right = metrics.horizontalAdvance("0.00888") + _PADDING + _GAP
        super().set_rows(rows, current)

    def spoken(self, row: SparkRow) -> str:
        return f"{row.name} {self.value_text(row)}"

    def value_text(self, row: SparkRow) -> str:
        """Return the latest value as it is written at the right."""
        return "–" if row.latest is None else format_short(row.latest)

    def track(self, area: QRectF) -> tuple[float, float]:
        return area.left() + self._left, max(area.width() - self._left - self._right, 1.0)

    def span_at(self, row: SparkRow, along: float) -> int:
        """Return the place of the span that is drawn so far along the curve."""
        return min(int(along * len(row.spans)), len(row.spans) - 1)

    def paint_row(self, painter: QPainter, area: QRectF, row: SparkRow, along: float | None) -> None:
        side = Qt.AlignmentFlag.AlignVCenter
        metrics = QFontMetrics(self.theme.font(11.5))
        name = metrics.elidedText(
            row.name, Qt.TextElideMode.ElideRight, int(self._left - _PADDING - _GAP) + 1
        )
        painter.setFont(self.theme.font(11.5))
        painter.setPen(self.theme.color("accent_ink" if row.layer == self.current else "text"))
        painter.drawText(area.adjusted(_PADDING, 0, 0, 0), side | Qt.AlignmentFlag.AlignLeft, name)
        painter.setPen(self.theme.color("text"))
        painter.drawText(
            area.adjusted(0, 0, -_PADDING, 0), side | Qt.AlignmentFlag.AlignRight, self.value_text(row)
        )
        left, width = self.track(area)
        plot = QRectF(left, area.top() + 4, width, area.height() - 8)
        painter.setPen(QPen(self.theme.color("grid"), 1))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        if row.spans:
            self._paint_curve(painter, plot, row)
        if along is not None and row.spans:
            painter.setPen(QPen(self.theme.color("text3"), 1, Qt.PenStyle.DashLine))
            x = left + along * width
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))

    def _paint_curve(self, painter: QPainter, plot: QRectF, row: SparkRow) -> None:
        low, mean, high = row.logarithms()
        xs = plot.left() + (np.arange(len(mean)) + 0.5) / len(mean) * plot.width()
        top, bottom, line = (plot.bottom() - values * plot.height() for values in (high, low, mean))
        faint = self.theme.color("accent")
        faint.setAlphaF(0.25)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faint)
        outline = _points(xs, top) + _points(xs[::-1], bottom[::-1])
        painter.drawPolygon(outline)
        painter.setPen(QPen(self.theme.color("accent"), 1.3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(_points(xs, line))


def _points(xs: np.ndarray, ys: np.ndarray) -> list[QPointF]:
    return [QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]
