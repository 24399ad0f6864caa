"""A grid of derivatives: a map, a vector in rows, or a vector in the maps that it was before flatten."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QRectF

from explorer.imaging import atlas
from explorer.widgets.cells import fitting

from ..map_view import MapView
from ..ranges import as_picture
from ..stops import Cell

_ASPECT = 1.6


class GradientGrid(MapView):
    """A `MapView` whose cells are counted in the reading order of the numbers, not of the picture.

    Numbers are written where at least two of their digits fit; "0.0" in every cell would tell nothing.
    """

    _tile: tuple[int, int] | None = None
    _across = 1
    count = 1

    def show_numbers_of(
        self,
        values: np.ndarray,
        layout: int | Cell,
        r: float,
        digits: int,
        colours: str = "signed",
    ) -> None:
        """Show a map (H, W), or a vector: in rows of `layout`, or in maps of the shape `layout`."""
        self.count, self._tile = values.size, None
        exists = None
        if values.ndim == 1 and isinstance(layout, int):
            values, exists = as_picture(values, min(layout, len(values)))
        elif values.ndim == 1:
            channels, *tile = layout
            self._tile = (tile[0], tile[1])
            self._across = math.ceil(math.sqrt(_ASPECT * channels * tile[0] / tile[1]))
            values = atlas(values.reshape(layout), self._across)
            rows = -(-channels // self._across)
            exists = np.ones(rows * self._across, bool)
            exists[channels:] = False
            exists = exists.reshape(rows, self._across).repeat(tile[0], 0).repeat(tile[1], 1)
        self.set_tiles(*(self._tile or (0, 0)))
        self.set_values(values, colours, r, digits, computed=exists)

    def place_at(self, y: int, x: int) -> int | None:
        """Return which number a cell of the picture is, or None where there is none."""
        if self._tile is None:
            place = y * self.cells.shape[1] + x
        else:
            height, width = self._tile
            channel = y // height * self._across + x // width
            place = (channel * height + y % height) * width + x % width
        return place if place < self.count else None

    def cell_of(self, place: int) -> tuple[int, int]:
        """Return where a number stands in the picture."""
        if self._tile is None:
            return divmod(place, self.cells.shape[1])
        top, left, y, x = self._in_tile(place)
        return top + y, left + x

    def _in_tile(self, place: int) -> tuple[int, int, int, int]:
        height, width = self._tile or (1, 1)
        channel, rest = divmod(place, height * width)
        row, column = divmod(channel, self._across)
        return row * height, column * width, *divmod(rest, width)

    def _waiting(self) -> list[QRectF]:
        if self._tile is None or self.done is None or self.done >= self.count:
            return super()._waiting()
        height, width = self._tile
        top, left, y, x = self._in_tile(self.done)
        rows, columns = self.cells.shape
        return [
            QRectF(left + x, top + y, width - x, 1),
            QRectF(left, top + y + 1, width, height - y - 1),
            QRectF(left + width, top, columns - left - width, height),
            QRectF(0, top + height, columns, rows - top - height),
        ]

    def _redraw(self) -> None:
        cells = replace(self._cells, numbers=True)
        fit = fitting(cells, self.cell_size)
        r = cells.r or 0.0
        least = max(1, 1 - math.floor(math.log10(r))) if 0 < r < math.inf else 1
        whole = cells.decimals == 0
        self._cells = replace(
            cells, numbers=fit is not None and (whole or fit[1] >= min(least, cells.decimals))
        )
        super()._redraw()
