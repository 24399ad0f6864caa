"""The arithmetic of scanning: which window belongs to which output cell, and what no window ever sees.

Everything here counts; nothing multiplies. Coordinates are those of the input: rows and columns from 0, and
below 0 or from the input's size on where a window reaches into the padding.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from cnncore.errors import ShapeError
from cnncore.padding import NOWHERE, PADDING_MODES, PaddingMode, most_padding, pad, padding_map
from cnncore.shapes import IntOrPair, Padding, Padding4, Pair, output_size, padding4, pair

__all__ = [
    "NOWHERE",
    "PADDING_MODES",
    "PaddingMode",
    "ScanPlan",
    "Window",
    "most_padding",
    "pad",
    "padding_map",
    "stacked_view",
    "transposed_size",
]

Mask: TypeAlias = npt.NDArray[np.bool_]
Index: TypeAlias = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Window:
    """What one output cell reads.

    Attributes
    ----------
    rows, columns : tuple of int
        Rows and columns of the input under the kernel's weights, in the order of the weights.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]

    @property
    def box(self) -> tuple[int, int, int, int]:
        """First row, first column, and how many rows and columns the window spans."""
        top, left = self.rows[0], self.columns[0]
        return top, left, self.rows[-1] - top + 1, self.columns[-1] - left + 1


@dataclass(frozen=True)
class ScanPlan:
    """A window that scans an input, row by row and from left to right.

    Parameters
    ----------
    input_size : int or (H, W)
    kernel_size, stride, dilation : int or (y, x)
    padding : int, (y, x), (top, bottom, left, right), "same" or "valid"

    Raises
    ------
    ArgumentError
        When a number makes no sense.
    ShapeError
        When the window does not fit into the padded input; `cnncore.scan_setup.diagnose` says what would.
    """

    input_size: Pair
    kernel_size: Pair
    stride: Pair
    padding: Padding4
    dilation: Pair

    def __init__(
        self,
        input_size: IntOrPair,
        kernel_size: IntOrPair,
        stride: IntOrPair = 1,
        padding: Padding = 0,
        dilation: IntOrPair = 1,
    ) -> None:
        kernel, step = pair(kernel_size, "kernel_size"), pair(stride, "stride")
        gap = pair(dilation, "dilation")
        fields = {
            "input_size": pair(input_size, "input_size"),
            "kernel_size": kernel,
            "stride": step,
            "padding": padding4(padding, kernel, step, gap),
            "dilation": gap,
        }
        for name, value in fields.items():
            object.__setattr__(self, name, value)
        if min(self.output_size) < 1:
            (height, width), (span_y, span_x) = self.padded_size, self.span
            raise ShapeError(
                f"the window spans {span_y}×{span_x} cells, but the padded input has only {height}×{width}"
            )

    # Sizes, equation (7) with padding, stride and dilation

    @property
    def padded_size(self) -> Pair:
        """Rows and columns of the input with its padding."""
        top, bottom, left, right = self.padding
        return self.input_size[0] + top + bottom, self.input_size[1] + left + right

    @property
    def span(self) -> Pair:
        """Rows and columns from the first to the last weight, the gaps of the dilation included."""
        (kh, kw), (gap_y, gap_x) = self.kernel_size, self.dilation
        return gap_y * (kh - 1) + 1, gap_x * (kw - 1) + 1

    @cached_property
    def output_size(self) -> Pair:
        """Rows and columns of the output."""
        top, bottom, left, right = self.padding
        (height, width), (kh, kw) = self.input_size, self.kernel_size
        return (
            output_size(height, kh, self.stride[0], top, bottom, self.dilation[0]),
            output_size(width, kw, self.stride[1], left, right, self.dilation[1]),
        )

    @property
    def count(self) -> int:
        """How many cells the output has."""
        return self.output_size[0] * self.output_size[1]

    @property
    def remainder(self) -> Pair:
        """Rows and columns of the padded input that are left over behind the last window."""
        (height, width), (span_y, span_x) = self.padded_size, self.span
        return (height - span_y) % self.stride[0], (width - span_x) % self.stride[1]

    def multiply_adds(self, in_channels: int = 1, out_channels: int = 1) -> int:
        """Multiplications of a whole scan, those with padding among them."""
        return self.count * self.kernel_size[0] * self.kernel_size[1] * in_channels * out_channels

    # Cells and windows

    def cell(self, index: int) -> Pair:
        """Row and column of the output cell that is visited as number `index`, from 0. Raises IndexError."""
        if not 0 <= index < self.count:
            raise IndexError(f"There is no cell {index}; the scan has {self.count}.")
        return divmod(index, self.output_size[1])

    def index(self, y: int, x: int) -> int:
        """Return when output cell (y, x) is visited: the inverse of `cell`. Raises IndexError."""
        out_h, out_w = self.output_size
        if not (0 <= y < out_h and 0 <= x < out_w):
            raise IndexError(f"There is no output cell ({y}, {x}) in {out_h}×{out_w}.")
        return y * out_w + x

    def window(self, index: int) -> Window:
        """Return what the output cell number `index` reads. Raises IndexError."""
        y, x = self.cell(index)
        rows, columns = self.row_map[y], self.column_map[x]
        return Window(tuple(map(int, rows)), tuple(map(int, columns)))

    @cached_property
    def row_map(self) -> Index:
        """Rows that each row of the output reads: (out_h, kh), padding outside of 0 … H − 1."""
        return _axis_map(
            self.output_size[0], self.kernel_size[0], self.stride[0], self.padding[0], self.dilation[0]
        )

    @cached_property
    def column_map(self) -> Index:
        """Columns that each column of the output reads: (out_w, kw)."""
        return _axis_map(
            self.output_size[1], self.kernel_size[1], self.stride[1], self.padding[2], self.dilation[1]
        )

    def readers(self, y: int, x: int) -> tuple[Pair, ...]:
        """Output cells whose window reads row `y` and column `x`, which may lie in the padding."""
        rows = np.flatnonzero((self.row_map == y).any(axis=1))
        columns = np.flatnonzero((self.column_map == x).any(axis=1))
        return tuple((int(row), int(column)) for row in rows for column in columns)

    # What is seen, and what is not

    @cached_property
    def visits(self) -> npt.NDArray[np.intp]:
        """How many windows read each cell of the input: (H, W). A gap of the dilation does not read."""
        height, width = self.input_size
        return np.outer(_counts(self.row_map, height), _counts(self.column_map, width))

    @property
    def unvisited(self) -> Mask:
        """Cells of the input that no window ever reads: (H, W)."""
        return np.asarray(self.visits == 0)

    @cached_property
    def touches_padding(self) -> Mask:
        """Output cells whose window reads padding: (out_h, out_w)."""
        height, width = self.input_size
        rows = ((self.row_map < 0) | (self.row_map >= height)).any(axis=1)
        columns = ((self.column_map < 0) | (self.column_map >= width)).any(axis=1)
        return np.asarray(np.logical_or.outer(rows, columns))

    @cached_property
    def only_padding(self) -> Mask:
        """Output cells whose window reads nothing but padding: (out_h, out_w)."""
        height, width = self.input_size
        rows = ((self.row_map < 0) | (self.row_map >= height)).all(axis=1)
        columns = ((self.column_map < 0) | (self.column_map >= width)).all(axis=1)
        return np.asarray(np.logical_or.outer(rows, columns))


def _axis_map(outputs: int, taps: int, stride: int, before: int, dilation: int) -> Index:
    return np.arange(outputs)[:, None] * stride + np.arange(taps) * dilation - before


def _counts(axis_map: Index, size: int) -> Index:
    inside = axis_map[(axis_map >= 0) & (axis_map < size)]
    return np.bincount(inside, minlength=size)


def transposed_size(
    input_size: Pair, kernel_size: Pair, stride: Pair, padding: Padding4, dilation: Pair
) -> Pair:
    """Output size of a transposed convolution: ``(n - 1) * stride + dilation * (k - 1) + 1 - padding``.

    A transposed convolution is a scan the other way round: with the plan ``ScanPlan(transposed_size(...),
    ...)``, the window of cell k is where input cell k stamps the kernel, and padding is what is cut off.
    """
    top, bottom, left, right = padding
    height, width = (
        (n - 1) * step + gap * (k - 1) + 1
        for n, k, step, gap in zip(input_size, kernel_size, stride, dilation, strict=True)
    )
    return height - top - bottom, width - left - right


def stacked_view(kernel: int, stride: int, dilation: int, layers: int) -> int:
    """Rows of the input that one cell sees through `layers` such layers, one on top of the other."""
    seen, jump = 1, 1
    for _ in range(layers):
        seen += dilation * (kernel - 1) * jump
        jump *= stride
    return seen
