"""A grid of numbers as coloured cells."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.theme import Theme
from explorer.widgets.cell_mouse import Cell, CellMouse
from explorer.widgets.cells import (
    SMALLEST_WITH_NUMBERS,
    Cells,
    Colours,
    fitting,
    paint_cells,
    text_of,
    texts_of,
)
from explorer.widgets.marks import ROLES, paint_frame, paint_ring

__all__ = ["Cells", "NumberGrid"]

_FRAME_ROOM = 4
_LEAST_CELL, _ROOMY_CELL = 0.01, 30


class NumberGrid(CellMouse, QWidget):
    """Shows a 2-D array: one colour and, where there is room, one number for each cell.

    Cells are squares of a whole number of pixels; the grid stands in the middle of the widget. Rings and the
    selected cell are drawn over a kept picture, so that moving them costs next to nothing.

    Parameters
    ----------
    name : str
        What the numbers are, for screen readers: "input patch".
    frame : str, optional
        "window", "kernel" or "output": the role whose colour frames the grid; without it, a plain line.
    """

    cell_hovered = Signal(int, int)
    """Row and column of the cell under the mouse."""
    left = Signal()
    """The mouse has left the cells."""
    clicked = Signal(int, int)
    """Row and column of a cell that was clicked with the left button."""

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, name: str = "numbers", frame: str | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = name
        self._cells = Cells(np.zeros((1, 1)))
        self._frame: str | None = None
        self._partners: frozenset[Cell] = frozenset()
        self._selected: Cell | None = None
        self._preferred, self._most = 32, 64
        self._picture: QPixmap | None = None
        self.set_frame(frame)
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self._redraw)
        self._describe()

    # What is shown

    @property
    def cells(self) -> Cells:
        """The numbers and how they look."""
        return self._cells

    def set_cells(self, cells: Cells) -> None:
        """Show these numbers."""
        if cells.values.ndim != 2 or cells.values.size == 0:
            raise ValueError(
                f"A grid shows an array (H, W) with at least one cell, not {cells.values.shape}."
            )
        other_shape = cells.shape != self._cells.shape
        self._cells = cells
        if other_shape:
            self._partners, self._selected = frozenset(), None
            self.updateGeometry()
        self._describe()
        self._redraw()

    def set_values(
        self,
        values: np.ndarray,
        colours: Colours = "signed",
        r: float | None = None,
        digits: int | None = None,
        *,
        sign: bool = False,
        computed: np.ndarray | None = None,
        padding: np.ndarray | None = None,
        unvisited: np.ndarray | None = None,
    ) -> None:
        """Show an array (H, W); what the arguments mean is told at `Cells`. Raises ValueError."""
        cells = Cells(
            np.asarray(values), colours, r, digits, sign, computed, padding, unvisited, self._cells.numbers
        )
        self.set_cells(cells)

    def set_numbers_shown(self, shown: bool) -> None:
        """Write the numbers, where the cells have room for them, or colours only."""
        if shown != self._cells.numbers:
            self._cells = replace(self._cells, numbers=shown)
            self._redraw()

    def set_frame(self, role: str | None) -> None:
        """Frame the grid in the colour of "window", "kernel" or "output", or plainly. Raises ValueError."""
        if role is not None and role not in ROLES:
            raise ValueError(f"There is no frame {role!r}; choose one of {', '.join(ROLES)}.")
        if role != self._frame:
            self._frame = role
            self.update()

    def set_partners(self, cells: Iterable[Cell]) -> None:
        """Ring these cells, partners of what is under the mouse elsewhere; cells outside are left out."""
        partners = frozenset(cell for cell in cells if self._inside(*cell))
        if partners != self._partners:
            self._partners = partners
            self.update()

    def set_selected(self, cell: Cell | None) -> None:
        """Frame the cell that is being written, in the output's colour; None for none."""
        cell = cell if cell is not None and self._inside(*cell) else None
        if cell != self._selected:
            self._selected = cell
            self._describe()
            self.update()

    @property
    def partners(self) -> frozenset[Cell]:
        """The ringed cells."""
        return self._partners

    @property
    def selected(self) -> Cell | None:
        """The framed cell."""
        return self._selected

    def set_cell_size(self, preferred: int, most: int | None = None) -> None:
        """Ask for cells of so many pixels; they shrink where there is no room, and grow up to `most`."""
        self._preferred, self._most = preferred, max(preferred, most if most is not None else preferred)
        self.updateGeometry()
        self._redraw()

    def texts(self) -> dict[Cell, str]:
        """Return what is written into the cells at their present size; nothing where they are too small."""
        fit = fitting(self._cells, self.cell_size) if self._cells.numbers else None
        return {} if fit is None else texts_of(self._cells, fit[1])

    # Geometry

    @property
    def cell_size(self) -> float:
        """Edge of a cell in pixels: a whole number, or less than one where there are too many cells."""
        rows, columns = self._cells.shape
        room = 2 * _FRAME_ROOM
        fit = min((self.width() - room) / columns, (self.height() - room) / rows)
        return max(min(math.floor(fit), self._most), min(fit, 1.0), _LEAST_CELL)

    def grid_rect(self) -> QRectF:
        """Return where the cells are drawn."""
        rows, columns = self._cells.shape
        edge = self.cell_size
        left, top = (int(self.width() - columns * edge) // 2, int(self.height() - rows * edge) // 2)
        return QRectF(left, top, columns * edge, rows * edge)

    def cell_rect(self, y: int, x: int) -> QRectF:
        """Return where a cell is drawn."""
        area, edge = self.grid_rect(), self.cell_size
        return QRectF(area.left() + x * edge, area.top() + y * edge, edge, edge)

    def cell_at(self, position: QPointF) -> Cell | None:
        """Return (y, x) of the cell at a place in the widget, or None beside the grid."""
        area, edge = self.grid_rect(), self.cell_size
        y, x = int((position.y() - area.top()) // edge), int((position.x() - area.left()) // edge)
        return (y, x) if self._inside(y, x) else None

    def _inside(self, y: int, x: int) -> bool:
        rows, columns = self._cells.shape
        return 0 <= y < rows and 0 <= x < columns

    def sizeHint(self) -> QSize:
        rows, columns = self._cells.shape
        room = 2 * _FRAME_ROOM
        return QSize(columns * self._preferred + room, rows * self._preferred + room)

    def minimumSizeHint(self) -> QSize:
        rows, columns = self._cells.shape
        return QSize(columns * 2 + 2 * _FRAME_ROOM, rows * 2 + 2 * _FRAME_ROOM)

    # Drawing

    def _describe(self) -> None:
        rows, columns = self._cells.shape
        parts = [f"{rows} by {columns} cells"]
        if self._cells.computed is not None:
            parts.append(f"{int(self._cells.computed.sum())} of {rows * columns} computed")
        if self._selected is not None:
            y, x = self._selected
            value = text_of(float(self._cells.values[y, x]), 3)
            parts.append(f"row {y}, column {x} is {value}")
        self.setAccessibleDescription("; ".join(parts))

    def _redraw(self) -> None:
        self._picture = None
        self.update()

    def _kept_picture(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.devicePixelRatio() != ratio:
            area = self.grid_rect()
            size = QSize(round(area.width() * ratio), round(area.height() * ratio))
            self._picture = QPixmap(size.expandedTo(QSize(1, 1)))
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(self._theme.color("panel2"))
            painter = QPainter(self._picture)
            paint_cells(painter, QRectF(0, 0, area.width(), area.height()), self._cells, self._theme)
            painter.end()
        return self._picture

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = self.grid_rect()
        painter.drawPixmap(area.topLeft(), self._kept_picture())
        if self._frame is None:
            painter.setPen(QPen(self._theme.color("line2"), 1))
            painter.drawRect(area.adjusted(-0.5, -0.5, 0.5, 0.5))
        else:
            paint_frame(painter, area, self._theme, self._frame, outside=True)
        if self._selected is not None:
            self._paint_selected(painter)
        for cell in sorted(self._partners):
            paint_ring(painter, self.cell_rect(*cell), self._theme)

    def _paint_selected(self, painter: QPainter) -> None:
        """Frame the selected cell; a narrow one outside, so that its number stays free."""
        narrow = SMALLEST_WITH_NUMBERS <= self.cell_size < _ROOMY_CELL
        paint_frame(painter, self.cell_rect(*self._selected), self._theme, "output", outside=narrow)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._redraw()
        super().resizeEvent(event)

    # Mouse

    def enter_cell(self, y: int, x: int) -> None:
        self.cell_hovered.emit(y, x)

    def leave_cells(self) -> None:
        self.left.emit()
