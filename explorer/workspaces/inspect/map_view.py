"""A map of the network: cells in colours, with frames over regions of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from explorer.theme import Theme
from explorer.widgets.marks import paint_frame
from explorer.widgets.number_grid import NumberGrid


class Frame(NamedTuple):
    """A frame round cells, in the colour of a role; it may reach beyond the map, into the padding."""

    role: str
    top: int
    left: int
    rows: int
    columns: int


class MapView(NumberGrid):
    """A `NumberGrid` with frames over several cells, which takes what room it gets up to `most` pixels."""

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
        self.set_cell_size(8, 64)

    @property
    def frames(self) -> tuple[Frame, ...]:
        """The frames that are drawn."""
        return self._frames

    def set_frames(self, frames: Iterable[Frame]) -> None:
        """Frame these regions."""
        frames = tuple(frames)
        if frames != self._frames:
            self._frames = frames
            self.update()

    def sizeHint(self) -> QSize:
        rows, columns = self.cells.shape
        factor = max(1, min(self._edge // columns, self._edge // rows, 64))
        return QSize(columns * factor + 8, rows * factor + 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._frames:
            return
        painter = QPainter(self)
        edge = self.cell_size
        area = self.grid_rect()
        for frame in self._frames:
            rect = QRectF(
                area.left() + frame.left * edge,
                area.top() + frame.top * edge,
                frame.columns * edge,
                frame.rows * edge,
            )
            paint_frame(painter, rect, self._theme, frame.role, 1.5 if edge < 5 else None)
