"""What links the parts of a convolution's picture: from a channel to its numbers, from the sum to the map."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QRegion
from PySide6.QtWidgets import QWidget

from explorer.theme import Theme

from .channel_list import ChannelList
from .map_view import MapView
from .waterfall import Waterfall

_FRAME = 4
_WAY = 1.6


def around(page: QWidget, frame: QRect, channels: ChannelList) -> QRegion:
    """Return where `paint_fan` draws: the edge of the frame, and between it and the channels."""
    edge = QRegion(frame) - QRegion(frame.adjusted(_FRAME, _FRAME, -_FRAME, -_FRAME))
    right = channels.mapTo(page, QPoint(channels.width(), 0)).x()
    return edge | QRegion(right, 0, frame.left() - right, page.height())


def paint_fan(painter: QPainter, page: QWidget, theme: Theme, frame: QRect, channels: ChannelList) -> None:
    """Draw the frame round the focused channel's numbers, fanning out from its row."""
    area = QRectF(frame).adjusted(0.5, 0.5, -0.5, -0.5)
    color = theme.color("accent")
    color.setAlphaF(0.45)
    painter.setPen(QPen(color, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(area, 7, 7)
    corner = channels.mapTo(page, QPoint(0, 0))
    row = channels.focused_rect().translated(QPointF(corner))
    top = max(row.top() + 4, corner.y() + 2)
    bottom = min(row.bottom() - 4, corner.y() + channels.height())
    if bottom > top:
        painter.drawLine(QPointF(row.right(), top), QPointF(area.left(), area.top() + 7))
        painter.drawLine(QPointF(row.right(), bottom), QPointF(area.left(), area.bottom() - 7))


def paint_way(
    painter: QPainter,
    page: QWidget,
    theme: Theme,
    waterfall: Waterfall,
    output: MapView,
    cell: tuple[int, int],
) -> None:
    """Draw the way of the sum to its cell of the output map."""
    start = waterfall.total_point() + QPointF(waterfall.mapTo(page, QPoint(0, 0)))
    grid = output.grid_rect()
    origin = output.mapTo(page, grid.topLeft().toPoint())
    left = origin.x() - 10.0
    y = origin.y() + (output.cell_rect(*cell).center().y() - grid.top())
    # Three bars: a stroked path costs several times as much.
    half = _WAY / 2
    top, bottom = sorted((start.y(), y))
    color = theme.color("output")
    painter.fillRect(QRectF(start.x() + 2, start.y() - half, left - start.x() - 2 - half, _WAY), color)
    painter.fillRect(QRectF(left - half, top - half, _WAY, bottom - top + _WAY), color)
    painter.fillRect(QRectF(left + half, y - half, origin.x() - 2.0 - left - half, _WAY), color)
