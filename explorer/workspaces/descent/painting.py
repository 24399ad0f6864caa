"""Paths, arrows, marks and axes over a surface; each function draws what its arguments say."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from cnncore.descent import Path, Surface
from explorer.theme import Theme
from explorer.widgets.chart_axes import linear_ticks, tick_texts
from explorer.widgets.chart_curves import mix

from .lab import Standing
from .looks import Look, paint_mark
from .view import View

ARROW = 44.0
"""Length of the arrow along the negative gradient in pixels; it tells the direction only."""
_CLOSEST_MARKS = 6.0
_SMALLEST_STEP = 2.0


def paint_axes(painter: QPainter, view: View, theme: Theme) -> None:
    """Draw frame and ticks; coordinates stand at the lower and the left edge, outside."""
    x_low, x_high, y_low, y_high = view.bounds
    area = QRectF(view.left, view.top, view.width, view.height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(theme.color("line2"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(area)
    painter.setFont(theme.font(11))
    painter.setPen(theme.color("text2"))
    xs = linear_ticks(x_low, x_high, max(int(view.width / 80), 2))
    ys = linear_ticks(y_low, y_high, max(int(view.height / 50), 2))
    for x, text in zip(xs, tick_texts(xs), strict=True):
        column = round(view.px(x))
        painter.drawLine(QLineF(column, area.bottom(), column, area.bottom() + 3))
        box = QRectF(column - 30, area.bottom() + 4, 60, 14)
        painter.drawText(box, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, text)
    for y, text in zip(ys, tick_texts(ys), strict=True):
        row = round(view.py(y))
        painter.drawLine(QLineF(area.left() - 3, row, area.left(), row))
        box = QRectF(area.left() - 46, row - 8, 40, 16)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


def paint_minima(painter: QPainter, surface: Surface, view: View, theme: Theme) -> None:
    """Cross the lowest places."""
    painter.setPen(QPen(theme.color("text2"), 1.5))
    for x, y in surface.minima:
        px, py = view.px(x), view.py(y)
        painter.drawLine(QLineF(px - 4, py - 4, px + 4, py + 4))
        painter.drawLine(QLineF(px - 4, py + 4, px + 4, py - 4))


def paint_path(painter: QPainter, path: Path, index: int, view: View, look: Look, theme: Theme) -> None:
    """Draw the way up to a step, with a mark at each point; hollow where the step had raised the loss."""
    place = min(index, path.steps)
    points = [QPointF(view.px(x), view.py(y)) for x, y in path.points[: place + 1].tolist()]
    color, ground = theme.color(look.token), theme.color("panel")
    casing = theme.color("panel")
    casing.setAlphaF(0.75)
    line = QPolygonF(points)
    for pen in (QPen(casing, 3.8), QPen(color, 1.8)):
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawPolyline(line)
    last = points[0]
    rises = path.rises
    for number, point in enumerate(points[1:], start=1):
        hollow = bool(rises[number - 1])
        if QLineF(last, point).length() >= _CLOSEST_MARKS:
            paint_mark(painter, look.shape, point, 3.2, color, ground, hollow)
            last = point


def paint_standing(painter: QPainter, standing: Standing, view: View, look: Look, theme: Theme) -> None:
    """Draw where an optimizer stands: the negative gradient's direction, the next step, and its mark."""
    here = QPointF(view.px(standing.point[0]), view.py(standing.point[1]))
    color, ground = theme.color(look.token), theme.color("panel")
    if not view.holds(here.x(), here.y()):
        _paint_outside(painter, here, view, look, theme)
        return
    if standing.norm > 0:
        dx, dy = (-g / standing.norm for g in standing.gradient)
        tip = QPointF(here.x() + ARROW * dx, here.y() - ARROW * dy)
        soft = mix(theme.color("text"), color, 0.25)
        _arrow(painter, here, tip, QPen(ground, 3.4), 5)
        _arrow(painter, here, tip, QPen(soft, 1.3, Qt.PenStyle.DotLine), 5)
    if standing.following is not None:
        there = QPointF(view.px(standing.following[0]), view.py(standing.following[1]))
        if QLineF(here, there).length() >= _SMALLEST_STEP:
            _arrow(painter, here, there, QPen(ground, 5), 9)
            _arrow(painter, here, there, QPen(color, 2.4), 9)
    paint_mark(painter, look.shape, here, 5.6, color, ground)


def _paint_outside(painter: QPainter, here: QPointF, view: View, look: Look, theme: Theme) -> None:
    """Show at the edge in which direction an optimizer has left the view."""
    inset = 14.0
    edge = QPointF(
        min(max(here.x(), view.left + inset), view.left + view.width - inset),
        min(max(here.y(), view.top + inset), view.top + view.height - inset),
    )
    color, ground = theme.color(look.token), theme.color("panel")
    angle = math.atan2(here.y() - edge.y(), here.x() - edge.x())
    tip = QPointF(edge.x() + (inset - 2) * math.cos(angle), edge.y() + (inset - 2) * math.sin(angle))
    _arrow(painter, edge, tip, QPen(ground, 5), 6)
    _arrow(painter, edge, tip, QPen(color, 2), 6)
    paint_mark(painter, look.shape, edge, 5.6, color, ground, hollow=True)


def _arrow(painter: QPainter, tail: QPointF, tip: QPointF, pen: QPen, head: float) -> None:
    angle = math.atan2(tip.y() - tail.y(), tip.x() - tail.x())
    head = min(head, QLineF(tail, tip).length() / 2)
    painter.setPen(pen)
    painter.drawLine(tail, tip)
    solid = QPen(pen)
    solid.setStyle(Qt.PenStyle.SolidLine)
    painter.setPen(solid)
    for side in (-1, 1):
        away = angle + math.pi - side * 0.45
        painter.drawLine(tip, QPointF(tip.x() + head * math.cos(away), tip.y() + head * math.sin(away)))


def paint_start(painter: QPainter, at: QPointF, theme: Theme, focused: bool) -> None:
    """Draw the handle of the start point."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in (("panel", 4.5), ("accent" if focused else "text", 2.0)):
        painter.setPen(QPen(theme.color(color), width))
        painter.drawEllipse(at, 9.5, 9.5)
    painter.setFont(theme.font(11, 600))
    box = QRectF(at.x() - 40, at.y() - 27, 80, 15)
    painter.setPen(theme.color("panel"))
    for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        painter.drawText(box.translated(dx, dy), Qt.AlignmentFlag.AlignCenter, "start")
    painter.setPen(theme.color("text"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "start")
