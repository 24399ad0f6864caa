"""A map of the network: cells in colours, with frames over regions of it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from explorer.theme import Theme
from explorer.widgets.cells import paint_cells
from explorer.widgets.marks import CASING, paint_frame, paint_ring
from explorer.widgets.number_grid import NumberGrid

_LEAST = 64
"""A map of many cells gives way as far as this, in pixels."""


class Frame(NamedTuple):
    """A frame round cells, in the colour of a role; it may reach beyond the map, into the padding."""

    role: str
    top: int
    left: int
    rows: int
    columns: int


class MapView(NumberGrid):
    """A `NumberGrid` that fills up as the cells are computed, with frames over several cells.

    The whole map and the empty grid are kept as pictures; where the scan stands only decides which of them is
    drawn where, so that a step costs next to nothing.
    """

    def __init__(
        self,
        theme: Theme,
        name: str,
        parent: QWidget | None = None,
        frame: str | None = None,
        most: int = 240,
    ) -> None:
        super().__init__(theme, parent, name, frame)
        self._theme = theme
        self._frames: tuple[Frame, ...] = ()
        self._edge = most
        self._done: int | None = None
        self._tiled = (0, 0)
        self._empty: QPixmap | None = None
        self.set_cell_size(8, 64)

    @property
    def frames(self) -> tuple[Frame, ...]:
        """The frames that are drawn."""
        return self._frames

    @property
    def done(self) -> int | None:
        """How many cells are drawn, in reading order; None for all."""
        return self._done

    def set_frames(self, frames: Iterable[Frame]) -> None:
        """Frame these regions."""
        frames = tuple(frames)
        if frames != self._frames:
            self._frames = frames
            self.update()

    def set_tiles(self, rows: int, columns: int) -> None:
        """Part maps of this size that lie side by side in one picture; 0 for a single map."""
        if (rows, columns) != self._tiled:
            self._tiled = (rows, columns)
            self.update()

    def set_done(self, done: int | None) -> None:
        """Draw so many cells, in reading order, and leave the others empty."""
        if done != self._done:
            self._done = done
            self.update()

    def sizeHint(self) -> QSize:
        rows, columns = self.cells.shape
        factor = factor_of(rows, columns, self._edge)
        return QSize(round(columns * factor) + 8, round(rows * factor) + 8)

    def minimumSizeHint(self) -> QSize:
        return super().minimumSizeHint().boundedTo(QSize(_LEAST, _LEAST))

    def _redraw(self) -> None:
        self._empty = None
        super()._redraw()

    def _empty_picture(self) -> QPixmap:
        if self._empty is None:
            full = self._kept_picture()
            ratio = full.devicePixelRatio()
            self._empty = QPixmap(full.size())
            self._empty.setDevicePixelRatio(ratio)
            self._empty.fill(self._theme.color("panel2"))
            painter = QPainter(self._empty)
            cells = replace(self.cells, computed=np.zeros(self.cells.shape, bool))
            area = self.grid_rect()
            paint_cells(painter, QRectF(0, 0, area.width(), area.height()), cells, self._theme)
            painter.end()
        return self._empty

    def _waiting(self) -> list[QRectF]:
        """Return the cells that wait: the rest of a row, and the rows below; in cells."""
        rows, columns = self.cells.shape
        if self._done is None or self._done >= rows * columns:
            return []
        row, column = divmod(self._done, columns)
        rest = QRectF(column, row, columns - column, 1)
        return [rest, QRectF(0, row + 1, columns, rows - row - 1)]

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        waiting = self._waiting()
        if not waiting and not self._frames and not self._tiled[0]:
            return
        painter = QPainter(self)
        edge, area = self.cell_size, self.grid_rect()
        ratio = self.devicePixelRatioF()
        for cells in waiting:
            part = QRectF(cells.x() * edge, cells.y() * edge, cells.width() * edge, cells.height() * edge)
            if part.height() > 0:
                source = QRectF(part.topLeft() * ratio, part.size() * ratio)
                painter.drawPixmap(part.translated(area.topLeft()), self._empty_picture(), source)
        self._paint_tiles(painter, area, edge)
        for frame in self._frames:
            rect = QRectF(frame.left * edge, frame.top * edge, frame.columns * edge, frame.rows * edge)
            width = 1.5 if edge < 5 else None
            paint_frame(painter, rect.translated(area.topLeft()), self._theme, frame.role, width)
        self._paint_marks(painter)

    def _paint_tiles(self, painter: QPainter, area: QRectF, edge: float) -> None:
        """Draw the lines between maps that lie side by side."""
        rows, columns = self._tiled
        if not rows:
            return
        color = self._theme.color("text3")
        for y in range(rows, self.cells.shape[0], rows):
            painter.fillRect(QRectF(area.left(), area.top() + y * edge - 0.5, area.width(), 1), color)
        for x in range(columns, self.cells.shape[1], columns):
            painter.fillRect(QRectF(area.left() + x * edge - 0.5, area.top(), 1, area.height()), color)

    def _paint_marks(self, painter: QPainter) -> None:
        """Draw the current cell and the rings again, above the empty cells and the frames."""
        if self.selected is not None:
            self._paint_selected(painter)
        for cell in sorted(self.partners):
            paint_ring(painter, self.cell_rect(*cell), self._theme)


def frame_on(shape: tuple[int, int], rows: np.ndarray, columns: np.ndarray) -> Frame | None:
    """Return the part of a window that lies on a map; None for one in the padding altogether."""
    (top, bottom), (left, right) = (
        (max(int(places[0]), 0), min(int(places[-1]), size - 1))
        for places, size in zip((rows, columns), shape, strict=True)
    )
    if bottom < top or right < left:
        return None
    return Frame("window", top, left, bottom - top + 1, right - left + 1)


def factor_of(rows: int, columns: int, edge: int) -> float:
    """Return how many pixels a cell has in a square of `edge`: a whole number, or less than one."""
    fit = min(edge / columns, edge / rows)
    return min(math.floor(fit), 64) if fit >= 1 else fit


def quick_frame(painter: QPainter, area: QRectF, theme: Theme, role: str, width: float) -> None:
    """Draw a frame with its casing as plain bars: quick enough for many small ones."""
    casing = theme.color("panel")
    casing.setAlphaF(CASING)
    _bars(painter, area.adjusted(-1, -1, 1, 1), 1.0, casing)
    _bars(painter, area.adjusted(width, width, -width, -width), 1.0, casing)
    _bars(painter, area, width, theme.color(role))


def _bars(painter: QPainter, area: QRectF, width: float, color: QColor) -> None:
    left, top, wide, high = area.left(), area.top(), area.width(), area.height()
    if wide <= 2 * width or high <= 2 * width:
        painter.fillRect(area, color)
        return
    for bar in (
        QRectF(left, top, wide, width),
        QRectF(left, area.bottom() - width, wide, width),
        QRectF(left, top + width, width, high - 2 * width),
        QRectF(area.right() - width, top + width, width, high - 2 * width),
    ):
        painter.fillRect(bar, color)
