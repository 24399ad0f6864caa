"""Where things are: the columns of maps, cells, tiles and kernels. All in logical pixels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from explorer.widgets.rectangle import Rectangle


class Kind(Enum):
    """What a column shows."""

    MAPS = "maps"
    STRIP = "strip"
    TILES = "tiles"
    SOFTMAX = "softmax"
    KERNELS = "kernels"


class Place(NamedTuple):
    """What lies under a point. `layer` is the stage's index; `channel` a map or unit; `y`, `x` a cell of it.

    For a kernel, `source` is the input channel it belongs to.
    """

    kind: Kind
    layer: int
    channel: int
    y: int = 0
    x: int = 0
    source: int = 0


@dataclass(frozen=True)
class Grid:
    """Equal boxes (w, h) in rows and columns, numbered row by row; centres are `pitch` apart from `first`."""

    count: int
    columns: int
    first: tuple[float, float]
    pitch: tuple[float, float]
    size: tuple[float, float]

    @property
    def rows(self) -> int:
        return -(-self.count // self.columns)

    def box(self, index: int) -> Rectangle:
        row, column = divmod(index, self.columns)
        w, h = self.size
        # Whole pixels at 100 %, so that images scaled by whole factors stay crisp.
        x = round(self.first[0] + column * self.pitch[0] - w / 2)
        y = round(self.first[1] + row * self.pitch[1] - h / 2)
        return Rectangle(x, y, w, h)

    def index_at(self, x: float, y: float) -> int | None:
        """Return the number of the box that holds the point."""
        column = round((x - self.first[0]) / self.pitch[0]) if self.columns > 1 else 0
        row = round((y - self.first[1]) / self.pitch[1]) if self.rows > 1 else 0
        index = row * self.columns + column
        if not (0 <= column < self.columns and 0 <= index < self.count):
            return None
        return index if self.box(index).contains(x, y) else None


@dataclass(frozen=True)
class Column:
    """One column of the picture. `layer` is its stage; a softmax column has the number of layers.

    `cells` are the rows and columns of one map, or of the whole strip; a strip holds `units` of them.
    """

    kind: Kind
    layer: int
    box: Rectangle
    grid: Grid
    cells: tuple[int, int] = (1, 1)
    units: int = 0

    def place_at(self, x: float, y: float) -> Place | None:
        """Return what the point lies on, None between things."""
        index = self.grid.index_at(x, y)
        if index is None:
            return None
        if self.kind not in (Kind.MAPS, Kind.STRIP):
            return Place(self.kind, self.layer, index)
        row, column = _cell_at(self.grid.box(index), self.cells, x, y)
        if self.kind is Kind.MAPS:
            return Place(self.kind, self.layer, index, row, column)
        unit = row * self.cells[1] + column
        return Place(self.kind, self.layer, unit) if unit < self.units else None

    def box_of(self, channel: int) -> Rectangle:
        """Return the box of a map, a tile, a bar, or one cell of a strip."""
        if self.kind is Kind.STRIP:
            return self.run_of(channel, 1)
        return self.grid.box(channel)

    def run_of(self, first: int, count: int) -> Rectangle:
        """Return the box round `count` cells of a strip from cell `first` on."""
        rows, columns = self.cells
        top, left = divmod(first, columns)
        bottom = (first + count - 1) // columns
        if bottom == top:
            return self.grid.box(0).cell(top, left, rows, columns, 1, count)
        return self.grid.box(0).cell(top, 0, rows, columns, bottom - top + 1, columns)


@dataclass(frozen=True)
class KernelColumn(Column):
    """The kernels of one convolution, left of its maps.

    With nothing selected, `grid` has a block for each output map, which shows all its kernels, `block` rows
    and columns of them, one cell apart. With a map selected, `edges` has room for a kernel beside each input
    map; the kernels of a map stand beside those that it reads, `inputs` of them. `cells` are the rows and
    columns of one kernel.
    """

    edges: Grid = Grid(0, 1, (0.0, 0.0), (1.0, 1.0), (0.0, 0.0))
    block: tuple[int, int] = (1, 1)
    inputs: int = 1

    @property
    def block_cells(self) -> tuple[int, int]:
        """Rows and columns of cells in a block, gaps included."""
        (rows, columns), (kh, kw) = self.block, self.cells
        return rows * (kh + 1) - 1, columns * (kw + 1) - 1

    def first_read(self, target: int) -> int:
        """Return the first input map that map `target` reads; with groups, not the first of all."""
        return target // (self.grid.count * self.inputs // self.edges.count) * self.inputs

    def kernel_on_edge(self, target: int, source: int) -> Rectangle:
        """Return the box of one kernel of map `target` beside the input map that it reads."""
        return self.edges.box(self.first_read(target) + source)

    def kernel_in_block(self, target: int, source: int) -> Rectangle:
        """Return the box of one kernel in the block of map `target`."""
        (kh, kw), (rows, columns) = self.cells, self.block_cells
        row, column = divmod(source, self.block[1])
        return self.grid.box(target).cell(row * (kh + 1), column * (kw + 1), rows, columns, kh, kw)

    def kernel_at(self, x: float, y: float, selected: int | None) -> Place | None:
        """Return the kernel cell under the point. `selected` is the map whose kernels lie on the edges."""
        if selected is not None:
            beside = self.edges.index_at(x, y)
            source = -1 if beside is None else beside - self.first_read(selected)
            if not 0 <= source < self.inputs:
                return None
            row, column = _cell_at(self.kernel_on_edge(selected, source), self.cells, x, y)
            return Place(self.kind, self.layer, selected, row, column, source)
        target = self.grid.index_at(x, y)
        if target is None:
            return None
        kh, kw = self.cells
        row, column = _cell_at(self.grid.box(target), self.block_cells, x, y)
        (block_row, row), (block_column, column) = divmod(row, kh + 1), divmod(column, kw + 1)
        source = block_row * self.block[1] + block_column
        if row == kh or column == kw or source >= self.inputs:
            return None
        return Place(self.kind, self.layer, target, row, column, source)


def _cell_at(box: Rectangle, cells: tuple[int, int], x: float, y: float) -> tuple[int, int]:
    """Return row and column of the point in a box of `cells`."""
    rows, columns = cells
    row = min(max(int((y - box.y) / box.h * rows), 0), rows - 1)
    return row, min(max(int((x - box.x) / box.w * columns), 0), columns - 1)
