"""A colour and a mark for each optimizer; colour never stands alone."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from explorer.theme import Theme


@dataclass(frozen=True)
class Look:
    """A colour token and the shape of a mark."""

    token: str
    shape: str


LOOKS = {
    "SGD": Look("text", "circle"),
    "Momentum": Look("accent", "square"),
    "RMSprop": Look("ok", "triangle"),
    "Adam": Look("kernel", "diamond"),
}

_CORNERS = {
    "square": ((-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)),
    "triangle": ((0.0, -1.15), (1.05, 0.8), (-1.05, 0.8)),
    "diamond": ((0.0, -1.25), (1.1, 0.0), (0.0, 1.25), (-1.1, 0.0)),
}


def paint_mark(
    painter: QPainter,
    shape: str,
    at: QPointF,
    radius: float,
    color: QColor,
    ground: QColor,
    hollow: bool = False,
) -> None:
    """Draw a mark with a casing in `ground`; a hollow one is filled with it."""
    painter.setPen(QPen(color, 1.4) if hollow else QPen(ground, 1.0))
    painter.setBrush(ground if hollow else color)
    if shape == "circle":
        painter.drawEllipse(at, radius, radius)
    else:
        corners = [QPointF(at.x() + radius * x, at.y() + radius * y) for x, y in _CORNERS[shape]]
        painter.drawPolygon(QPolygonF(corners))
    painter.setBrush(Qt.BrushStyle.NoBrush)


class Swatch(QWidget):
    """A piece of an optimizer's path, for the legend."""

    def __init__(self, name: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._theme = LOOKS[name], theme
        self.setFixedSize(QSize(26, 18))
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = self._theme.color(self._look.token)
        middle = QRectF(self.rect()).center()
        painter.setPen(QPen(color, 2))
        painter.drawLine(QPointF(1, middle.y()), QPointF(self.width() - 1, middle.y()))
        paint_mark(painter, self._look.shape, middle, 4.6, color, self._theme.color("panel"))
