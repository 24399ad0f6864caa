"""A function of one number as a curve, with the present value as a point that moves along it."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.numbers import format_rate
from explorer.theme import Theme

from .wording import number

_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 14, 16, 26


class CurvePlot(QWidget):
    """Axes, the curve, the point, and dashed lines from it to both axes."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._x, self._y = np.array([0.0, 1.0]), np.array([0.0, 1.0])
        self._point = (0.0, 0.0)
        self._names = ("before", "after")
        self._slope: float | None = None
        self._limits = (0.0, 1.0, 0.0, 1.0)
        self._curve: QPolygonF | None = None
        self.setObjectName("inspectCurve")
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(150, 120)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(340, 300)

    def set_curve(self, x: np.ndarray, y: np.ndarray, names: tuple[str, str]) -> None:
        """Draw y over x; `names` are those of the axes."""
        self._x, self._y, self._names = x, y, names
        low, high = float(y.min()), float(y.max())
        room = 0.08 * (high - low) or 1.0
        self._limits = float(x[0]), float(x[-1]), low - room, high + room
        self._curve = None
        self.update()

    def set_point(self, x: float, y: float, slope: float | None = None) -> None:
        """Mark a point, and with `slope` the tangent through it."""
        self._point, self._slope = (x, y), slope
        said = f"{self._names[0]} {number(x)}, {self._names[1]} {number(y)}"
        self.setAccessibleDescription(said)
        self.update()

    @property
    def point(self) -> tuple[float, float]:
        """The marked point."""
        return self._point

    def _area(self) -> QRectF:
        return QRectF(_LEFT, _TOP, self.width() - _LEFT - _RIGHT, self.height() - _TOP - _BOTTOM)

    def place(self, x: float, y: float, beyond: bool = False) -> QPointF:
        """Return where a point is drawn; without `beyond`, what lies outside is put on the edge."""
        area, (x0, x1, y0, y1) = self._area(), self._limits
        across = (x - x0) / (x1 - x0) if math.isfinite(x) else 1.0
        up = (y - y0) / (y1 - y0) if math.isfinite(y) else 1.0
        if not beyond:
            across, up = min(max(across, 0.0), 1.0), min(max(up, 0.0), 1.0)
        return QPointF(area.left() + across * area.width(), area.bottom() - up * area.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self._area()
        self._paint_grid(painter, area)
        if self._curve is None:
            self._curve = QPolygonF(
                [self.place(float(x), float(y)) for x, y in zip(self._x, self._y, strict=True)]
            )
        painter.setPen(QPen(self._theme.color("accent"), 2))
        painter.drawPolyline(self._curve)
        self._paint_point(painter, area)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._curve = None
        super().resizeEvent(event)

    def _paint_grid(self, painter: QPainter, area: QRectF) -> None:
        theme = self._theme
        x0, x1, y0, y1 = self._limits
        painter.setFont(theme.font(10))
        for value in ticks(x0, x1):
            at = self.place(value, y0).x()
            painter.setPen(QPen(theme.color("line2" if value == 0 else "grid"), 1))
            painter.drawLine(QPointF(at, area.top()), QPointF(at, area.bottom()))
            painter.setPen(theme.color("text2"))
            foot = QRectF(at - 24, area.bottom() + 3, 48, 12)
            painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, tick_text(value))
        for value in ticks(y0, y1):
            at = self.place(x0, value).y()
            painter.setPen(QPen(theme.color("line2" if value == 0 else "grid"), 1))
            painter.drawLine(QPointF(area.left(), at), QPointF(area.right(), at))
            painter.setPen(theme.color("text2"))
            side = QRectF(0, at - 7, _LEFT - 5, 14)
            painter.drawText(
                side, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, tick_text(value)
            )
        painter.setPen(theme.color("text2"))
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(area.left(), self.height() - 12, area.width(), 12), flags, self._names[0])
        painter.drawText(
            QRectF(area.left() + 4, 0, area.width(), 14), Qt.AlignmentFlag.AlignLeft, self._names[1]
        )

    def _paint_point(self, painter: QPainter, area: QRectF) -> None:
        theme, (x, y) = self._theme, self._point
        at = self.place(x, y)
        dashes = QPen(theme.color("window"), 1.4, Qt.PenStyle.DashLine)
        painter.setPen(dashes)
        painter.drawLine(QPointF(at.x(), area.bottom()), at)
        dashes.setColor(theme.color("output"))
        painter.setPen(dashes)
        painter.drawLine(at, QPointF(area.left(), at.y()))
        if self._slope is not None and math.isfinite(self._slope):
            reach = 0.12 * float(self._x[-1] - self._x[0])
            painter.setPen(QPen(theme.color("text2"), 1.2))
            painter.setClipRect(area)
            ends = ((x - reach, y - reach * self._slope), (x + reach, y + reach * self._slope))
            painter.drawLine(*(self.place(*end, beyond=True) for end in ends))
            painter.setClipping(False)
        painter.setBrush(theme.color("output"))
        painter.setPen(QPen(theme.color("panel"), 2))
        painter.drawEllipse(at, 5.5, 5.5)
        painter.setFont(theme.font(12, 600))
        painter.setPen(theme.color("output_text"))
        box = self._label_box(at, area)
        side = Qt.AlignmentFlag.AlignRight if box.right() < at.x() else Qt.AlignmentFlag.AlignLeft
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, number(y))

    def _label_box(self, at: QPointF, area: QRectF) -> QRectF:
        """Return room for the point's number where the curve does not run: above a slope or below it."""
        rises = self._y[-1] > self._y[0]
        wide = 68.0
        left = at.x() - wide - 10
        if rises and left < area.left():  # no room above the slope: below it, at its right
            return QRectF(at.x() + 10, min(at.y() + 6, area.bottom() - 16), wide, 16)
        return QRectF(left if rises else min(at.x() + 10, area.right() - wide), at.y() - 22, wide, 16)


def ticks(low: float, high: float) -> list[float]:
    """Return three to six round numbers in a range."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return []
    step = 10 ** math.floor(math.log10(high - low))
    for factor in (1, 0.5, 0.2, 0.1):
        if (high - low) / (step * factor) >= 3:
            step *= factor
            break
    first = math.ceil(low / step)
    return [round(place * step, 10) for place in range(first, math.floor(high / step) + 1)]


def tick_text(value: float) -> str:
    """Write a tick without needless zeros, with a true minus sign."""
    return format_rate(value)
