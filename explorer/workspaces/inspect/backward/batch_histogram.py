"""A small histogram of numbers around zero, with their mean."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.theme import Theme

from ..texts import CENTRE, LEFT, RIGHT, draw_text
from ..wording import plural
from .scale import Scale

BARS = 15
"""About so many bars."""
_TOP, _FOOT = 17, 17


def bins_of(values: np.ndarray, bars: int = BARS) -> tuple[np.ndarray, np.ndarray]:
    """Return the edges (B + 1,) and counts (B,) of bars of equal width, one of which stands astride zero."""
    finite = values[np.isfinite(values)].astype(np.float64)
    low, high = min(float(finite.min(initial=0.0)), 0.0), max(float(finite.max(initial=0.0)), 0.0)
    width = (high - low) / (bars - 1) or 1.0
    first, last = math.floor(low / width + 0.5), math.floor(high / width + 0.5)
    edges = (np.arange(first, last + 2) - 0.5) * width
    places = np.clip(np.floor(finite / width + 0.5).astype(int) - first, 0, last - first)
    return edges, np.bincount(places, minlength=last - first + 1)


class BatchHistogram(QWidget):
    """Bars in the colours of their sign, a mark for the mean, a line at zero."""

    hovered = Signal(str)
    """Says what is under the mouse; empty when the mouse has left."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._scale = Scale()
        self.edges, self.counts = np.zeros(2), np.zeros(0, int)
        self.mean = 0.0
        self.under: int | None = None
        self.setObjectName("batchHistogram")
        self.setAccessibleName("Histogram of the samples' derivatives")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 62)
        self.setMouseTracking(True)
        self.setToolTip("How many samples of the batch have such a derivative; grey: about zero")
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(220, 110)

    def set_values(self, values: np.ndarray | None, mean: float, scale: Scale) -> None:
        """Show the numbers (N,) and their mean; None for nothing."""
        self._scale, self.mean, self.under = scale, mean, None
        if values is None:
            self.edges, self.counts = np.zeros(2), np.zeros(0, int)
        else:
            self.edges, self.counts = bins_of(values)
        self.setAccessibleDescription("; ".join(self.text_of(place) for place in np.flatnonzero(self.counts)))
        self.update()

    def text_of(self, place: int) -> str:
        """Say what a bar stands for."""
        low, high = (self._scale.write(float(edge)) for edge in self.edges[place : place + 2])
        return f"{plural(int(self.counts[place]), 'sample')} from {low} to {high}"

    def _area(self) -> QRectF:
        return QRectF(0.5, _TOP, self.width() - 1, self.height() - _TOP - _FOOT)

    def x_of(self, value: float) -> float:
        """Return where a number stands."""
        area, low, high = self._area(), float(self.edges[0]), float(self.edges[-1])
        share = (value - low) / (high - low) if math.isfinite(value) else 0.0
        return area.left() + min(max(share, 0.0), 1.0) * area.width()

    def bar_rect(self, place: int) -> QRectF:
        """Return where a bar is drawn."""
        area = self._area()
        left, right = (self.x_of(float(edge)) for edge in self.edges[place : place + 2])
        high = area.height() * int(self.counts[place]) / max(int(self.counts.max()), 1)
        gap = 1.0 if right - left > 4 else 0.0
        return QRectF(left + gap / 2, area.bottom() - high, right - left - gap, high)

    def _color(self, place: int) -> QColor:
        middle = float(self.edges[place] + self.edges[place + 1]) / 2
        if abs(middle) < 0.25 * float(self.edges[1] - self.edges[0]):
            return self._theme.color("text3")
        return QColor.fromRgb(int(self._theme.signed[128 + 63 if middle > 0 else 128 - 63]))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme, area = self._theme, self._area()
        painter.setPen(QPen(theme.color("line2"), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        if not len(self.counts):
            return
        for place in np.flatnonzero(self.counts):
            bar = self.bar_rect(int(place))
            painter.fillRect(bar, self._color(int(place)))
            if place == self.under:
                painter.setPen(QPen(theme.color("text"), 1.6))
                painter.drawRect(bar)
        self._paint_foot(painter, area)
        self._paint_mean(painter, area)

    def _paint_foot(self, painter: QPainter, area: QRectF) -> None:
        theme = self._theme
        foot = QRectF(area.left(), area.bottom() + 3, area.width(), _FOOT - 4)
        zero = self.x_of(0.0)
        painter.setPen(QPen(theme.color("text2"), 1))
        painter.drawLine(QPointF(zero, area.bottom()), QPointF(zero, area.bottom() + 3))
        if self.under is not None:
            draw_text(painter, theme, foot, self.text_of(self.under), "text", 10, 600, CENTRE)
            return
        low, high = (self._scale.write(float(edge)) for edge in (self.edges[0], self.edges[-1]))
        if zero - area.left() > 64:
            draw_text(painter, theme, foot, low, "text2", 10, 400, LEFT)
        if area.right() - zero > 64:
            draw_text(painter, theme, foot, high, "text2", 10, 400, RIGHT)
        left = min(max(zero - 6, area.left()), area.right() - 12)
        draw_text(painter, theme, QRectF(left, foot.top(), 12, foot.height()), "0", "text2", 10, 400, CENTRE)

    def _paint_mean(self, painter: QPainter, area: QRectF) -> None:
        theme, x = self._theme, self.x_of(self.mean)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        casing = theme.color("panel")
        for color, width in ((casing, 4.0), (theme.color("kernel"), 2.0)):
            painter.setPen(QPen(color, width))
            painter.drawLine(QPointF(x, area.top() - 1), QPointF(x, area.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("kernel"))
        tip = area.top() + 3
        painter.drawPolygon(QPolygonF([QPointF(x - 4, tip - 6), QPointF(x + 4, tip - 6), QPointF(x, tip)]))
        left = min(max(x - 20, 0.0), self.width() - 40.0)
        draw_text(painter, theme, QRectF(left, 0, 40, 12), "mean", "kernel_text", 10, 600, CENTRE)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        place = int(np.searchsorted([self.x_of(float(edge)) for edge in self.edges], x) - 1)
        self._point(place if len(self.counts) and 0 <= place < len(self.counts) else None)

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)
        super().leaveEvent(event)

    def _point(self, place: int | None) -> None:
        if place != self.under:
            self.under = place
            self.hovered.emit("" if place is None else self.text_of(place))
            self.update()
