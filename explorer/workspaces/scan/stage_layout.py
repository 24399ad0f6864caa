"""Where everything on the stage stands. Pure arithmetic in pixels, no Qt."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.widgets.rectangle import Rectangle

from .lab_numbers import LabNumbers

TITLE = 24.0
"""Height of the line of titles."""
GUTTER = 28.0
"""Room for brackets above and left of the input."""
_NARROW_GUTTER = 20.0
LARGEST_CELL = 44.0
SMALL = 14
"""An input of up to so many padded rows and columns needs no zoom: its numbers can be read."""
ZOOMS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
_WIDE = 640.0
_LABELS = 18.0  # row and column numbers of the output
_BELOW = 24.0  # the line under a grid
_LINE = 14.0  # one more


@dataclass(frozen=True)
class GridBox:
    """A grid of square cells on the stage, or the part of one that is in view.

    Attributes
    ----------
    first_row, first_column, rows, columns : int
        The cells in view.
    cell : float
        Edge of a cell.
    """

    x: float
    y: float
    rows: int
    columns: int
    cell: float
    first_row: int = 0
    first_column: int = 0

    @property
    def rect(self) -> Rectangle:
        """What the cells in view cover."""
        return Rectangle(self.x, self.y, self.columns * self.cell, self.rows * self.cell)

    def cell_rect(self, y: int, x: int, rows: int = 1, columns: int = 1) -> Rectangle:
        """Where cells are drawn, which may lie out of view."""
        left = self.x + (x - self.first_column) * self.cell
        top = self.y + (y - self.first_row) * self.cell
        return Rectangle(left, top, columns * self.cell, rows * self.cell)

    def cell_at(self, px: float, py: float) -> tuple[int, int] | None:
        """The cell in view at a point, or None."""
        if not self.rect.contains(px, py):
            return None
        return int((py - self.y) // self.cell) + self.first_row, int(
            (px - self.x) // self.cell
        ) + self.first_column

    @property
    def whole_rows(self) -> slice:
        """Rows in view."""
        return slice(self.first_row, self.first_row + self.rows)

    @property
    def whole_columns(self) -> slice:
        """Columns in view."""
        return slice(self.first_column, self.first_column + self.columns)


@dataclass(frozen=True)
class StageLayout:
    """Boxes of the stage.

    Attributes
    ----------
    input, kernel, products, output : GridBox
    star, equals : (x, y)
        Middles of the signs between the grids.
    legend : Rectangle, optional
        None where there is no room.
    wide : bool
        Whether the grids stand side by side.
    """

    width: float
    height: float
    input: GridBox
    kernel: GridBox
    products: GridBox
    output: GridBox
    star: tuple[float, float]
    equals: tuple[float, float]
    legend: Rectangle | None
    wide: bool


def lay_out(
    width: float, height: float, numbers: LabNumbers, index: int = 0, zoom: float = 1.0
) -> StageLayout:
    """Place everything on a stage of this size; a zoomed input shows the part round the window."""
    make = _wide if width >= _WIDE else _narrow
    layout = make(width, height, numbers)
    if zoom > 1.0:
        layout = _zoomed(layout, numbers, index, zoom)
    return layout


def _wide(width: float, height: float, numbers: LabNumbers) -> StageLayout:
    kh, kw = numbers.setup.kernel_size
    in_rows, in_columns = numbers.padded.shape[1:]
    out_rows, out_columns = numbers.setup.result_size
    middle = round(width * 0.163)
    gap = round(width * 0.056)
    small = round(width * 0.22)
    large = width - GUTTER - middle - 2 * gap - small + 2
    top = TITLE + GUTTER + 4
    room = height - top
    first, last = (small, large) if numbers.transposed else (large, small)
    grid = _grid(0.0, top, in_rows, in_columns, first, room, gutter=GUTTER)
    kernel_x = grid.rect.right + gap
    kernel = _grid(kernel_x, top, kh, kw, middle, room * 0.36)
    below = max(top + room * 0.5, kernel.rect.bottom + 48) + 22
    products = _grid(kernel_x, below, kh, kw, middle, height - below - _BELOW)
    kernel_right = kernel_x + max(kernel.rect.w, products.rect.w, min(middle, 100.0))
    output_x = kernel_right + gap
    room_right = max(last, width - output_x) if numbers.transposed else min(last, width - output_x)
    output = _grid(output_x, top, out_rows, out_columns, room_right, room - _BELOW)
    if not numbers.transposed and output.rect.h > room * 0.52:
        output = _grid(output_x, top, out_rows, out_columns, room_right, room * 0.52)
    legend_top = max(below - 30, output.rect.bottom + _BELOW + 28)
    legend = Rectangle(output_x, legend_top, width - output_x, height - legend_top)
    middle_y = kernel.y + kernel.rect.h / 2
    return StageLayout(
        width,
        height,
        grid,
        kernel,
        products,
        output,
        (kernel_x - gap / 2, middle_y),
        ((kernel.rect.right + output_x - _LABELS) / 2 + 2, middle_y),
        legend if legend.h >= 118 and legend.w >= 130 else None,
        True,
    )


def _narrow(width: float, height: float, numbers: LabNumbers) -> StageLayout:
    """Input at the left; kernel and products beside one another at the right, the output below them."""
    kh, kw = numbers.setup.kernel_size
    in_rows, in_columns = numbers.padded.shape[1:]
    out_rows, out_columns = numbers.setup.result_size
    top = TITLE + _NARROW_GUTTER + 2
    room = height - top
    left = round(width * (0.42 if numbers.transposed else 0.56))
    gap = 22.0
    grid = _grid(0.0, top, in_rows, in_columns, left - _NARROW_GUTTER, room, gutter=_NARROW_GUTTER)
    right = max(grid.rect.right, left * 0.8) + gap
    half = (width - right - gap) / 2
    kernel_top = TITLE + 4
    kernel = _grid(right, kernel_top, kh, kw, half, height * 0.27)
    products = _grid(right + half + gap, kernel_top, kh, kw, half, height * 0.27)
    # The title, the sum and the columns' numbers stand between the two rows of grids.
    output_top = kernel_top + kernel.rect.h + _BELOW + TITLE + 16
    output = _grid(
        right + _LABELS,
        output_top,
        out_rows,
        out_columns,
        width - right - _LABELS,
        height - output_top - _BELOW - _LINE,
    )
    middle_y = kernel.y + kernel.rect.h / 2
    return StageLayout(
        width,
        height,
        grid,
        kernel,
        products,
        output,
        (right - gap / 2, middle_y),
        (right + half + gap / 2, middle_y),
        None,
        False,
    )


def _grid(
    x: float, y: float, rows: int, columns: int, width: float, height: float, gutter: float = 0.0
) -> GridBox:
    cell = min(width / columns, height / rows, LARGEST_CELL)
    if cell >= 3:
        cell = float(int(cell))
    return GridBox(x + gutter, y, rows, columns, max(cell, 0.5))


def _zoomed(layout: StageLayout, numbers: LabNumbers, index: int, zoom: float) -> StageLayout:
    """Show fewer, larger cells of the input, in the same place; the window stays in view."""
    whole = layout.input
    area = whole.rect
    cell = min(whole.cell * zoom, LARGEST_CELL)
    rows, columns = (
        min(n, max(1, int(side // cell))) for n, side in ((whole.rows, area.h), (whole.columns, area.w))
    )
    if numbers.transposed:
        (top, left), spans = numbers.plan.cell(index), (1, 1)
    else:
        top, left, *spans = numbers.window(index).box
        top, left = top + numbers.origin[0], left + numbers.origin[1]
    first_row = _first_in_view(top, spans[0], rows, whole.rows)
    first_column = _first_in_view(left, spans[1], columns, whole.columns)
    box = GridBox(whole.x, whole.y, rows, columns, cell, first_row, first_column)
    return StageLayout(
        **{name: getattr(layout, name) for name in layout.__dataclass_fields__ if name != "input"}, input=box
    )


def _first_in_view(start: int, span: int, shown: int, size: int) -> int:
    """The first of `shown` cells in view, so that those from `start` on are seen.

    The view moves in large steps, so that numbers can be read while the window scans.
    """
    spare = max(0, shown - span)
    step = spare // 2 + 1
    lead = (spare - step + 1) // 2
    return min(max((start - lead) // step * step, 0), size - shown)
