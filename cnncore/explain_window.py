"""What a window sees: convolution and pooling, one output cell taken apart."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cnncore.errors import ArgumentError
from cnncore.layers import Layer
from cnncore.shapes import Shape
from cnncore.trace import LayerTrace
from cnncore.windows import Array

Indices = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Window:
    """Where the window of one output cell lies on the input.

    Attributes
    ----------
    rows, columns : (kh,), (kw,) of int
        Input row and column under each row and column of the window; outside of the input it is padding.
    source_rows, source_columns : (kh,), (kw,) of int
        From where the value comes: the same inside of the input; in the padding the row that is repeated or
        mirrored there, or -1 for zeros.
    inside : (kh, kw) of bool
        Which places of the window lie on the input.
    """

    rows: Indices
    columns: Indices
    source_rows: Indices
    source_columns: Indices
    inside: Mask

    def read(self, image: Array) -> Array:
        """Return what the window sees of maps ``(..., H, W)``, zero where there is nothing."""
        seen: Array = image[..., self.source_rows[:, None], self.source_columns]
        seen[..., (self.source_rows[:, None] < 0) | (self.source_columns < 0)] = 0
        return seen


@dataclass(frozen=True, eq=False)
class ConvTerms:
    """One output number of a convolution, equation (20).

    Attributes
    ----------
    cell : (int, int, int)
        Output map, row and column.
    channels : (C,) of int
        The input maps that the output map reads: all, or those of its group.
    window : Window
    patch, kernel : (C, kh, kw) arrays
        What the window sees and the weights, in the engine's precision.
    products : (C, kh, kw) float64
        Patch times kernel, place by place; exact.
    partial_sums : (C,) float64
        The sum of each channel's products.
    bias : float or None
        Added once; None when the layer has none.
    total : float
        The engine's own output.
    """

    cell: tuple[int, int, int]
    channels: Indices
    window: Window
    patch: Array
    kernel: Array
    products: Array
    partial_sums: Array
    bias: float | None
    total: float

    @property
    def exact(self) -> float:
        """The terms added up in float64."""
        return float(self.partial_sums.sum()) + (self.bias or 0.0)


@dataclass(frozen=True, eq=False)
class MaxPoolTerms:
    """One output number of max pooling.

    Attributes
    ----------
    cell : (int, int, int)
    window : Window
    values : (kh, kw) array
        What the window sees; padding is minus infinity and never wins.
    winner : (int, int)
        The place in the window from which the number comes: the first of the largest, in reading order.
    ties : (kh, kw) of bool
        All places that hold the largest number.
    total : float
        The engine's own output.
    """

    cell: tuple[int, int, int]
    window: Window
    values: Array
    winner: tuple[int, int]
    ties: Mask
    total: float


@dataclass(frozen=True, eq=False)
class AveragePoolTerms:
    """One output number of average pooling.

    Attributes
    ----------
    cell : (int, int, int)
    window : Window
    values : (kh, kw) array
        What the window sees; padding counts as zero.
    sum : float
        Of the values, in float64.
    divisor : int
        By how many the sum is divided; whether padding counts is an option of the layer.
    total : float
        The engine's own output.
    """

    cell: tuple[int, int, int]
    window: Window
    values: Array
    sum: float
    divisor: int
    total: float

    @property
    def exact(self) -> float:
        """The quotient in float64."""
        return self.sum / self.divisor


def window_at(layer: Layer, input_shape: Shape, y: int, x: int) -> Window:
    """Return the window of output cell (y, x) of a convolution or pooling layer.

    Raises
    ------
    ArgumentError
        When the layer has no window.
    """
    _, height, width = input_shape
    rows, columns = _taps(layer, height, y, 0), _taps(layer, width, x, 1)
    mode = getattr(layer, "padding_mode", "zeros")
    inside = ((rows >= 0) & (rows < height))[:, None] & ((columns >= 0) & (columns < width))
    return Window(rows, columns, _source(rows, height, mode), _source(columns, width, mode), inside)


def has_window(layer: Layer) -> bool:
    """Whether the layer reads the neighbourhood of a cell."""
    return hasattr(layer, "kernel_size") or hasattr(layer, "output_size")


def _taps(layer: Layer, size: int, place: int, axis: int) -> Indices:
    options: Any = layer
    if hasattr(layer, "output_size"):
        count = options.output_size[axis] or size
        return np.arange(place * size // count, -(-(place + 1) * size // count))
    if not hasattr(layer, "kernel_size"):
        raise ArgumentError(f"{layer!r} has no window.")
    dilation = getattr(layer, "dilation", (1, 1))[axis]
    start: int = place * options.stride[axis] - options.padding[2 * axis]
    return np.asarray(start + dilation * np.arange(options.kernel_size[axis]), np.intp)


def _source(places: Indices, size: int, mode: str) -> Indices:
    """Where the values at `places` along an axis come from; -1 for zeros."""
    inside = (places >= 0) & (places < size)
    if mode == "replicate":
        return np.clip(places, 0, size - 1)
    if mode == "circular":
        return places % size
    if mode == "reflect":
        period = max(2 * (size - 1), 1)
        folded = places % period
        return np.where(folded < size, folded, period - folded)
    return np.where(inside, places, -1)


def explain_conv(step: LayerTrace, cell: tuple[int, ...]) -> ConvTerms:
    """Take output cell (map, y, x) of a convolution apart."""
    channel, y, x = cell
    weight = step.layer.parameters["weight"]
    group_size = weight.shape[1]
    per_group = len(weight) * group_size // step.input.shape[0]
    first = channel // per_group * group_size
    window = window_at(step.layer, step.input.shape, y, x)
    patch = window.read(step.input[first : first + group_size])
    kernel = weight[channel].copy()
    with np.errstate(over="ignore", invalid="ignore"):
        products = patch.astype(np.float64) * kernel
        sums = products.sum(axis=(1, 2))
    bias = step.layer.parameters.get("bias")
    return ConvTerms(
        (channel, y, x),
        np.arange(first, first + group_size),
        window,
        patch,
        kernel,
        products,
        sums,
        None if bias is None else float(bias[channel]),
        float(step.output[channel, y, x]),
    )


def explain_max_pool(step: LayerTrace, cell: tuple[int, ...]) -> MaxPoolTerms:
    """Find which number under the window of cell (map, y, x) won."""
    channel, y, x = cell
    window = window_at(step.layer, step.input.shape, y, x)
    values = np.where(window.inside, window.read(step.input[channel]), -np.inf)
    total = float(step.output[channel, y, x])
    ties = window.inside & (values == total)
    best = int(np.argmax(ties if ties.any() else values))
    winner = divmod(best, values.shape[1])
    return MaxPoolTerms((channel, y, x), window, values, winner, ties, total)


def explain_average_pool(step: LayerTrace, cell: tuple[int, ...]) -> AveragePoolTerms:
    """Take the mean under the window of cell (map, y, x) apart."""
    channel, y, x = cell
    options: Any = step.layer
    window = window_at(step.layer, step.input.shape, y, x)
    values = window.read(step.input[channel])
    if hasattr(options, "padding") and getattr(options, "count_include_pad", True):
        # What a rounded-up last window holds beyond the padding does not count.
        top, bottom, left, right = options.padding
        height, width = step.input.shape[1:]
        rows = int(((window.rows >= -top) & (window.rows < height + bottom)).sum())
        columns = int(((window.columns >= -left) & (window.columns < width + right)).sum())
        divisor = rows * columns
    else:
        divisor = int(window.inside.sum())
    total = float(step.output[channel, y, x])
    with np.errstate(over="ignore", invalid="ignore"):
        summed = float(values.sum(dtype=np.float64))
    return AveragePoolTerms((channel, y, x), window, values, summed, divisor, total)
