"""Painting the parts of the stage: brackets, window, kernel, legend."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from explorer import imaging
from explorer.theme import Theme, make_font
from explorer.widgets.cells import SMALLEST_WITH_NUMBERS, Cells, font_px, ink_on
from explorer.widgets.hatching import hatch_rects
from explorer.widgets.rectangle import Rectangle

from .stage_layout import GridBox
from .wording import short

BADGE_FROM = 36.0
"""From so many pixels on a cell has room for its number and a weight."""
_CENTRE = Qt.AlignmentFlag.AlignCenter


def qrect(rect: Rectangle) -> QRectF:
    """Return a rectangle for Qt."""
    return QRectF(*rect)


def draw_text(
    painter: QPainter,
    theme: Theme,
    x: float,
    y: float,
    text: str,
    *,
    px: int = 11,
    weight: int = 400,
    token: str = "text2",
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    width: float = 600.0,
) -> float:
    """Draw one line whose middle is at `y`; return where it ends."""
    painter.setFont(theme.font(px, weight))
    painter.setPen(theme.color(token))
    metrics = _metrics(px, weight)
    wide = metrics.horizontalAdvance(text)
    if wide > width:
        text, wide = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width), width
    left = x - wide / 2 if align & Qt.AlignmentFlag.AlignHCenter else x
    left = x - wide if align & Qt.AlignmentFlag.AlignRight else left
    painter.drawText(QPointF(left, y + (metrics.ascent() - metrics.descent()) / 2), text)
    return x + wide


def text_width(text: str, px: int = 11, weight: int = 400) -> float:
    """Return how much room a line takes."""
    return _metrics(px, weight).horizontalAdvance(text)


@lru_cache(maxsize=16)
def _metrics(px: int, weight: int) -> QFontMetricsF:
    return QFontMetricsF(make_font(px, weight))


def paint_brackets(
    painter: QPainter,
    theme: Theme,
    grid: GridBox,
    axis: int,
    spans: Sequence[tuple[int, int]],
    current: int,
    levels: int,
) -> None:
    """Mark each window's place along an edge of the input; the present one in the window's colour.

    Parameters
    ----------
    axis : int
        0 for the left edge, 1 for the top edge.
    spans : sequence of (first, count)
        Rows or columns of the grid, for each row or column of the output.
    levels : int
        How many brackets may lie over one another; 0 draws the present one only.
    """
    start, cells = (grid.first_row, grid.rows) if axis == 0 else (grid.first_column, grid.columns)
    corner, away = (grid.y, grid.x) if axis == 0 else (grid.x, grid.y)
    order = [i for i in range(len(spans)) if i != current and levels] + [current]
    for i in order:
        first, count = spans[i]
        low, high = max(first - start, 0), min(first + count - start, cells)
        if low >= high:
            continue
        mine = i == current
        level = i % levels if levels else 0
        line = away - 11 - 8 * level - (2 if mine else 0)
        a, b = corner + low * grid.cell + 2, corner + high * grid.cell - 2
        points = [(a, line + 5), (a, line), (b, line), (b, line + 5)]
        polygon = QPolygonF([QPointF(y, x) if axis == 0 else QPointF(x, y) for x, y in points])
        painter.setPen(QPen(theme.color("window" if mine else "line2"), 2.0 if mine else 1.2))
        painter.drawPolyline(polygon)


def bracket_levels(spans: Sequence[tuple[int, int]], cell: float) -> int:
    """Return how many levels keep neighbouring brackets apart; 0 when they would be too many."""
    if len(spans) > 24 or cell < 9:
        return 0
    step = spans[1][0] - spans[0][0] if len(spans) > 1 else spans[0][1]
    levels = max(1, math.ceil(spans[0][1] / max(step, 1)))
    return levels if levels <= 2 else 0


def paint_window_cells(
    painter: QPainter,
    theme: Theme,
    grid: GridBox,
    rows: Sequence[int],
    columns: Sequence[int],
    patch: Cells,
    padding: np.ndarray,
    weights: np.ndarray | None,
) -> None:
    """Tint the cells that a window reads, and lay the weights over them where there is room."""
    tint = theme.color("window")
    tint.setAlphaF(0.16 if not theme.dark else 0.24)
    if grid.cell < BADGE_FROM or weights is None:
        for top, height in _runs(rows):
            for left, width in _runs(columns):
                painter.fillRect(qrect(grid.cell_rect(top, left, height, width)), tint)
        return
    values, argb = patch.values, patch.argb(theme)
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            cell = grid.cell_rect(row, column)
            rect = qrect(cell)
            background = theme.color("panel2") if padding[i, j] else QColor(int(argb[i, j]))
            painter.fillRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), background)
            if padding[i, j]:
                painter.setPen(QPen(theme.color("hatch"), 1))
                lines = hatch_rects([(cell.x + 1, cell.y + 1, cell.w - 2, cell.h - 2)], 6.0, False)
                painter.drawLines([QLineF(*line) for line in lines])
            painter.fillRect(rect, tint)
            _paint_weighted(
                painter, theme, rect, values[i, j], weights[i, j], background, bool(padding[i, j])
            )


def _runs(places: Sequence[int]) -> list[tuple[int, int]]:
    """Return first and length of what hangs together: one run, or with dilation each place by itself."""
    together = places[-1] - places[0] == len(places) - 1
    return [(places[0], len(places))] if together else [(place, 1) for place in places]


def _paint_weighted(
    painter: QPainter,
    theme: Theme,
    rect: QRectF,
    value: float,
    weight: float,
    background: QColor,
    padding: bool,
) -> None:
    text = short(value)
    px = 14 if len(text) <= 3 else 11
    painter.setFont(theme.font(px, 400 if padding else 600))
    painter.setPen(theme.color("text3") if padding else QColor(ink_on(background.rgb())))
    painter.drawText(
        QRectF(rect.left() + 5, rect.top() + 3, rect.width() - 8, 18), Qt.AlignmentFlag.AlignLeft, text
    )
    label = short(weight)
    painter.setFont(theme.font(10, 600))
    width = max(17.0, painter.fontMetrics().horizontalAdvance(label) + 7.0)
    if width > rect.width() - 2:
        return
    badge = QRectF(rect.right() - width - 2, rect.bottom() - 16, width, 14)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("kernel_soft"))
    painter.drawRoundedRect(badge, 3, 3)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(theme.color("kernel_text"))
    painter.drawText(badge, _CENTRE, label)


def paint_kernel(
    painter: QPainter, theme: Theme, grid: GridBox, weights: np.ndarray, first: tuple[int, int]
) -> None:
    """Draw the weights as separate tiles in a frame; a corner marks the weight that is written first."""
    packed = imaging.to_argb_signed(weights, theme.signed, imaging.symmetric_range(weights))
    gap = 1.0 if grid.cell >= 18 else 0.0
    radius = 4.0 if grid.cell >= 28 else 0.0
    painter.setBrush(Qt.BrushStyle.NoBrush)
    frame = qrect(grid.rect).adjusted(-3, -3, 3, 3)
    painter.setPen(QPen(theme.color("kernel"), 2))
    painter.drawRoundedRect(frame, 6, 6)
    px = _fitting_px(theme, weights, grid.cell)
    for y in range(grid.rows):
        for x in range(grid.columns):
            rect = qrect(grid.cell_rect(y, x)).adjusted(gap, gap, -gap, -gap)
            color = QColor(int(packed[y, x]))
            painter.setPen(QPen(theme.color("line2"), 1) if gap else Qt.PenStyle.NoPen)
            painter.setBrush(color)
            if radius:
                painter.drawRoundedRect(rect, radius, radius)
            else:
                painter.drawRect(rect)
            if px:
                painter.setFont(theme.font(px, 600 if px >= 12 else 400))
                painter.setPen(QColor(ink_on(color.rgb())))
                painter.drawText(rect, _CENTRE, short(float(weights[y, x])))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if weights.size > 1 and grid.cell >= 14:
        _paint_first_mark(painter, theme, grid, first)


def _fitting_px(theme: Theme, weights: np.ndarray, cell: float) -> int:
    if cell < SMALLEST_WITH_NUMBERS:
        return 0
    texts = {short(float(value)) for value in weights.ravel()}
    for px in (14, 12, 10, 9):
        if px > font_px(cell):
            continue
        metrics = QFontMetricsF(theme.font(px, 600))
        if max(metrics.horizontalAdvance(text) for text in texts) <= cell - 5:
            return px
    return 0


def _paint_first_mark(painter: QPainter, theme: Theme, grid: GridBox, first: tuple[int, int]) -> None:
    rect = qrect(grid.cell_rect(*first))
    size = max(5.0, grid.cell * 0.17)
    right, bottom = first[1] > 0, first[0] > 0
    x, y = rect.right() - 2 if right else rect.left() + 2, rect.bottom() - 2 if bottom else rect.top() + 2
    dx, dy = -size if right else size, -size if bottom else size
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("kernel"))
    painter.drawPolygon(QPolygonF([QPointF(x, y), QPointF(x + dx, y), QPointF(x, y + dy)]))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def paint_labels(painter: QPainter, theme: Theme, grid: GridBox, current: tuple[int, int]) -> None:
    """Number the rows and columns of the output; the present ones in its colour."""
    if grid.cell < 13:
        return
    for axis, count in ((0, grid.rows), (1, grid.columns)):
        for i in range(count):
            mine = current[axis] == i
            token = "output_text" if mine else "text3"
            middle = (i + 0.5) * grid.cell
            x, y = (grid.x - 10, grid.y + middle) if axis == 0 else (grid.x + middle, grid.y - 10)
            draw_text(
                painter, theme, x, y, str(i), px=10, weight=600 if mine else 400, token=token,
                align=Qt.AlignmentFlag.AlignHCenter, width=40,
            )  # fmt: skip


def paint_legend(painter: QPainter, theme: Theme, area: Rectangle, rows: Sequence[tuple[str, str]]) -> None:
    """Explain the marks. Kinds are the three roles, "padding", "unvisited" and "maximum"."""
    draw_text(painter, theme, area.x, area.y + 10, "Legend", px=13, weight=600, token="text")
    step = min(22.0, (area.h - 30) / max(1, len(rows)))
    for place, (kind, text) in enumerate(rows):
        middle = area.y + 36 + place * step
        swatch = QRectF(area.x + 1, middle - 7, 15, 14)
        _paint_swatch(painter, theme, swatch, kind)
        draw_text(painter, theme, area.x + 26, middle, text, width=area.w - 26)


def _paint_swatch(painter: QPainter, theme: Theme, swatch: QRectF, kind: str) -> None:
    if kind in ("window", "kernel", "output"):
        painter.setPen(QPen(theme.color(kind), 2))
        painter.setBrush(theme.color(f"{kind}_soft"))
        painter.drawRoundedRect(swatch.adjusted(1, 1, -1, -1), 3, 3)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        return
    if kind == "maximum":
        painter.setPen(QPen(theme.color("text"), 1.8))
        painter.drawRoundedRect(swatch.adjusted(1, 1, -1, -1), 2, 2)
        return
    falling = kind == "unvisited"
    color = theme.color("warn" if falling else "hatch")
    painter.setPen(QPen(color, 1))
    rect = (swatch.left(), swatch.top(), swatch.width(), swatch.height())
    painter.drawLines([QLineF(*line) for line in hatch_rects([rect], 4.0, falling)])
    painter.drawRect(swatch)
