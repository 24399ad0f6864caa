"""A map with the cells marked that are read from it, where they do not lie side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent

from explorer.theme import Theme

from ..map_view import Frame, MapView


class ReadMap(MapView):
    """A `MapView` with a frame round the region that is read, and a mark in each read cell of it."""

    def __init__(self, theme: Theme, name: str, frame: str | None = None, most: int = 240) -> None:
        super().__init__(theme, name, frame=frame, most=most)
        self._tokens = theme
        self.rows: tuple[int, ...] = ()
        self.columns: tuple[int, ...] = ()

    def set_region(self, rows: Sequence[int], columns: Sequence[int], role: str = "window") -> None:
        """Frame what lies between the first and the last of these rows and columns; mark where they cross."""
        rows, columns = tuple(int(row) for row in rows), tuple(int(column) for column in columns)
        if not rows or not columns:
            self.rows = self.columns = ()
            self.set_frames(())
            return
        apart = _apart(rows) or _apart(columns)
        self.rows, self.columns = (rows, columns) if apart else ((), ())
        high, wide = rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1
        self.set_frames([Frame(role, rows[0], columns[0], high, wide)])

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.rows:
            return
        painter = QPainter(self)
        edge = self.cell_size
        mark = max(1.0, round(edge / 3))
        color = self._tokens.color("window")
        area = self.grid_rect()
        for y in self.rows:
            top = area.top() + (y + 0.5) * edge - mark / 2
            for x in self.columns:
                painter.fillRect(QRectF(area.left() + (x + 0.5) * edge - mark / 2, top, mark, mark), color)


def _apart(places: tuple[int, ...]) -> bool:
    return len(places) > 1 and places[1] - places[0] > 1
