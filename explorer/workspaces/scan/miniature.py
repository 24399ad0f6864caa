"""A small input with its window, as on the cards and in the comparison."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPen

from explorer.theme import Theme
from explorer.widgets.cells import Cells, paint_cells
from explorer.widgets.marks import paint_frame

from .lab_numbers import LabNumbers


def fitted(area: QRectF, rows: int, columns: int, top: bool = False) -> QRectF:
    """Return the largest grid of square cells in an area, in its middle or, with `top`, at its upper edge."""
    cell = min(area.width() / columns, area.height() / rows)
    cell = float(int(cell)) if cell >= 6 else cell
    grid = QRectF(0, 0, cell * columns, cell * rows)
    grid.moveCenter(area.center())
    if top:
        grid.moveTop(area.top())
    return grid


def paint_miniature(painter: QPainter, area: QRectF, numbers: LabNumbers, index: int, theme: Theme) -> None:
    """Draw an input with the window at a position, and what is padding or never read."""
    grid = fitted(area, *numbers.padded.shape[1:])
    paint_input(painter, grid, numbers, theme, numbers_shown=False)
    paint_reading(painter, grid, numbers, index, theme)


def paint_input(
    painter: QPainter, grid: QRectF, numbers: LabNumbers, theme: Theme, numbers_shown: bool
) -> None:
    """Draw an input, what is padding and what is never read."""
    values = numbers.padded[0]
    finite = np.where(np.isfinite(values), values, 0.0)
    colours = "signed" if (finite < 0).any() else "pixels"
    cells = Cells(
        finite, colours, padding=numbers.padding_mask, unvisited=numbers.unvisited, numbers=numbers_shown
    )
    paint_cells(painter, grid, cells, theme)
    painter.setPen(QPen(theme.color("line2"), 1))
    painter.drawRect(grid)


def paint_reading(painter: QPainter, grid: QRectF, numbers: LabNumbers, index: int, theme: Theme) -> None:
    """Draw the window over an input; transposed, the cell that stamps."""
    cell = grid.width() / numbers.padded.shape[2]
    if numbers.transposed:
        y, x = numbers.plan.cell(index)
        box = QRectF(grid.left() + x * cell, grid.top() + y * cell, cell, cell)
        paint_frame(painter, box, theme, "window", 2.0)
        return
    window, (top, left) = numbers.window(index), numbers.origin
    places = [(y + top, x + left) for y in window.rows for x in window.columns]
    tint = theme.color("window")
    tint.setAlphaF(0.22)
    boxes = [QRectF(grid.left() + x * cell, grid.top() + y * cell, cell, cell) for y, x in places]
    for box in boxes:
        painter.fillRect(box, tint)
    if max(numbers.setup.dilation) > 1:
        painter.setPen(QPen(theme.color("window"), 1.5))
        for box in boxes:
            painter.drawRect(box)
    else:
        paint_frame(painter, boxes[0].united(boxes[-1]), theme, "window", 2.0)
