"""What stands around a chart's curves: grid, axis labels, epoch lines and the values at the right edge."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from explorer.theme import Theme
from explorer.widgets.chart_axes import Scale, Ticks

_LINE_HEIGHT = 15.0
_NAMES, _WIDE_ENOUGH_FOR_NAMES = 64, 420
_LEAST_NAME = 24.0


@dataclass(frozen=True)
class Grid:
    """Ticks of both axes as (positions, texts), sections as (position, label), changes on x, titles."""

    x: Ticks
    y: Ticks
    sections: Sequence[tuple[float, str]]
    changes: Sequence[float]
    x_title: str = ""
    y_title: str = ""


@dataclass(frozen=True)
class EndLabel:
    """A value written right of the plot, at the height of `y`, and the name of its curve if it needs one."""

    text: str
    y: float
    token: str = "accent"
    name: str = ""


def spread(rows: Sequence[float], gap: float, top: float, bottom: float) -> list[float]:
    """Move pixel rows apart until they are `gap` from one another and within [top, bottom], order kept."""
    order = sorted(range(len(rows)), key=lambda i: rows[i])
    placed = [0.0] * len(rows)
    above = top - gap
    for i in order:
        placed[i] = above = max(rows[i], above + gap)
    below = bottom + gap
    for i in reversed(order):
        placed[i] = below = min(placed[i], below - gap)
    return placed


def draw_grid(painter: QPainter, grid: Grid, scale: Scale, theme: Theme) -> None:
    """Draw grid lines, the x axis, tick labels, sections and marked places."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    rows = np.rint(scale.py(np.array(grid.y[0]))).tolist()
    columns = np.rint(scale.px(np.array(grid.x[0]))).tolist()
    sections = np.rint(scale.px(np.array([x for x, _ in grid.sections]))).tolist()
    lines = {x for x in (*columns, *sections) if scale.left - 1 <= x <= scale.right + 1}
    painter.setPen(QPen(theme.color("grid"), 1))
    painter.drawLines([QLineF(scale.left, row, scale.right, row) for row in rows])
    painter.drawLines([QLineF(x, scale.top, x, scale.bottom) for x in lines])
    painter.setPen(QPen(theme.color("line2"), 1))
    painter.drawLine(QLineF(scale.left, scale.bottom, scale.right, scale.bottom))
    _draw_tick_labels(painter, grid, rows, columns, scale, theme)
    _draw_sections(painter, grid, scale, theme)
    _draw_titles(painter, grid, scale, theme)
    painter.setPen(QPen(theme.color("accent"), 2))
    for x in grid.changes:
        if scale.x_range[0] <= x <= scale.x_range[1]:
            column = round(float(scale.px(x)))
            painter.drawLine(QLineF(column, scale.bottom - 7, column, scale.bottom))


def _draw_tick_labels(
    painter, grid: Grid, rows: list[float], columns: list[float], scale: Scale, theme: Theme
) -> None:
    painter.setFont(theme.font(11))
    painter.setPen(theme.color("text2"))
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    for row, text in zip(rows, grid.y[1], strict=True):
        painter.drawText(QRectF(0, row - 8, scale.left - 9, 16), right, text)
    centre = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
    for column, text in zip(columns, grid.x[1], strict=True):
        painter.drawText(QRectF(column - 50, scale.bottom + 5, 100, 16), centre, text)


def _draw_sections(painter: QPainter, grid: Grid, scale: Scale, theme: Theme) -> None:
    """Label each section that is wide enough; one that began before the view, at its left edge."""
    painter.setFont(theme.font(11))
    painter.setPen(theme.color("text3"))
    metrics = QFontMetricsF(painter.font())
    free = scale.left
    for i, (x, label) in enumerate(grid.sections):
        begin = max(float(scale.px(x)), scale.left)
        end = float(scale.px(grid.sections[i + 1][0])) if i + 1 < len(grid.sections) else scale.right
        width = metrics.horizontalAdvance(label)
        if min(end, scale.right) - begin >= width + 8 and begin >= free:
            painter.drawText(QPointF(begin + 6, scale.top + 12), label)
            free = begin + width + 10


def name_room(labels: Sequence[EndLabel], width: int) -> int:
    """Return the pixels that the names of the labels get, beside the margin of a chart `width` wide."""
    return _NAMES if width >= _WIDE_ENOUGH_FOR_NAMES and any(label.name for label in labels) else 0


def _draw_titles(painter: QPainter, grid: Grid, scale: Scale, theme: Theme) -> None:
    """Name the x axis right of its ticks, and the y axis along its left side."""
    painter.setFont(theme.font(11))
    painter.setPen(theme.color("text3"))
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
    painter.drawText(QRectF(scale.right + 8, scale.bottom + 5, 80, 16), left, grid.x_title)
    if grid.y_title:
        painter.save()
        painter.translate(0, scale.bottom)
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, scale.height, 14), Qt.AlignmentFlag.AlignCenter, grid.y_title)
        painter.restore()


def draw_end_labels(
    painter: QPainter, labels: Sequence[EndLabel], scale: Scale, theme: Theme, right: float
) -> None:
    """Write the last values between the plot and `right`, each at its height, none over another.

    Where there are more than fit, the last ones are written, which belong to the curves on top.
    """
    labels = labels[-max(int((scale.height - 14) // _LINE_HEIGHT) + 1, 1) :]
    rows = [min(max(float(scale.py(label.y)), scale.top), scale.bottom) for label in labels]
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    plain, strong = theme.font(11), theme.font(11, 500)
    for label, row in zip(labels, spread(rows, _LINE_HEIGHT, scale.top + 7, scale.bottom - 7), strict=True):
        painter.setPen(theme.color(label.token))
        painter.setFont(strong)
        box = QRectF(scale.right + 8, row - 8, right - scale.right - 8, 16)
        painter.drawText(box, flags, label.text)
        taken = QFontMetricsF(strong).horizontalAdvance(label.text) + 6
        if label.name and box.width() - taken >= _LEAST_NAME:
            painter.setFont(plain)
            box.adjust(taken, 0, 0, 0)
            elided = QFontMetricsF(plain).elidedText(label.name, Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(box, flags, elided)


def draw_empty(painter: QPainter, text: str, scale: Scale, theme: Theme) -> None:
    """Write a quiet line in the middle of an empty plot."""
    font = theme.font(12)
    width = QFontMetricsF(font).horizontalAdvance(text) + 24
    middle = QPointF(scale.left + scale.width / 2, scale.top + scale.height / 2)
    box = QRectF(middle.x() - width / 2, middle.y() - 12, width, 24)
    painter.fillRect(box, theme.color("panel"))
    painter.setFont(font)
    painter.setPen(theme.color("text3"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
