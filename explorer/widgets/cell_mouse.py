"""What the mouse does over cells, for every widget that shows a grid of them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent

Cell = tuple[int, int]


class CellMouse:
    """Tells which cell is under the mouse, when that changes, and which one was clicked.

    A mixin, named before the widget's class. The widget tells by `cell_at` which cell is where, has a signal
    `clicked` with row and column, calls `setMouseTracking(True)`, and answers `enter_cell` and `leave_cells`.
    """

    _under: Cell | None = None

    def cell_at(self, position: QPointF) -> Cell | None:
        """Return (y, x) of the cell at a place in the widget, or None beside the cells."""
        raise NotImplementedError

    def enter_cell(self, y: int, x: int) -> None:
        """Another cell is under the mouse."""
        raise NotImplementedError

    def leave_cells(self) -> None:
        """No cell is under the mouse any more."""
        raise NotImplementedError

    def put_mouse(self, cell: Cell | None) -> None:
        """Take note of what is under the mouse."""
        if cell == self._under:
            return
        self._under = cell
        if cell is None:
            self.leave_cells()
        else:
            self.enter_cell(*cell)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.put_mouse(self.cell_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(*cell)
        else:
            super().mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.put_mouse(None)
        super().leaveEvent(event)
