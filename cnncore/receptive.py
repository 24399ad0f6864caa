"""Receptive fields: which cells of an earlier layer a cell can see, and which cells of a later layer see it.

Both are followed layer by layer as ranges of rows and columns. A window that slides reaches back from output
rows ``a .. b`` to input rows ``a*stride - pad .. b*stride - pad + dilation*(k - 1)``. Where padding copies
cells, or windows differ in size as in adaptive pooling, the windows themselves tell what they read.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from cnncore.errors import ArgumentError
from cnncore.explain_window import window_at
from cnncore.layers import Flatten, Layer, Linear
from cnncore.shapes import Shape


class Region(NamedTuple):
    """Cells of a map: rows `top` to `bottom` and columns `left` to `right`, both ends included."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def rows(self) -> int:
        """Number of rows; 0 when there is none."""
        return max(0, self.bottom - self.top + 1)

    @property
    def columns(self) -> int:
        """Number of columns; 0 when there is none."""
        return max(0, self.right - self.left + 1)

    @property
    def empty(self) -> bool:
        """Whether there is no cell in it."""
        return self.rows == 0 or self.columns == 0

    def clipped(self, height: int, width: int) -> "Region":
        """The part on a map of this size; what is cut off is padding."""
        return Region(
            max(self.top, 0), min(self.bottom, height - 1), max(self.left, 0), min(self.right, width - 1)
        )


class Window(NamedTuple):
    """What slides: each a pair (y, x); `padding` is what comes before the first row and the first column."""

    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    dilation: tuple[int, int]


_POINT = Window((1, 1), (1, 1), (0, 0), (1, 1))


def window_of(layer: Layer) -> Window:
    """Return the window of a convolution or pooling; of a layer that works cell by cell, a single cell.

    Raises
    ------
    ArgumentError
        When the layer does not keep rows and columns, or its windows differ in size.
    """
    if isinstance(layer, Flatten | Linear):
        raise ArgumentError(f"{layer!r} has no rows and columns, hence no window.")
    if hasattr(layer, "output_size"):
        raise ArgumentError(f"The windows of {layer!r} depend on the size of its input.")
    if not hasattr(layer, "kernel_size"):
        return _POINT
    options: Any = layer
    top, _, left, _ = options.padding
    return Window(options.kernel_size, options.stride, (top, left), getattr(layer, "dilation", (1, 1)))


def step_back(layer: Layer, region: Region, input_shape: Shape | None = None) -> Region:
    """Return the input cells that the output cells `region` of one layer read.

    It is not clipped: rows and columns outside the input are padding. Where a dilated or far-striding window
    leaves cells out, the range spans them. Adaptive pooling, and padding that copies cells, take the
    `input_shape` (C, H, W).
    """
    if input_shape is not None and _depends_on_size(layer):
        rows, columns = (_sources(layer, input_shape, axis) for axis in (0, 1))
        return Region(*_span(rows(region.top, region.bottom)), *_span(columns(region.left, region.right)))
    window = window_of(layer)
    top, bottom = _back(region.top, region.bottom, window, 0)
    left, right = _back(region.left, region.right, window, 1)
    return Region(top, bottom, left, right)


def step_forward(
    layer: Layer, region: Region, output_shape: Shape, input_shape: Shape | None = None
) -> Region:
    """Return the output cells of one layer whose windows reach into the input cells `region`.

    Both shapes are the layer's (C, H, W); the `input_shape` matters where it does in `step_back`. The result
    is empty where no window comes by.
    """
    if input_shape is not None and _depends_on_size(layer):
        ends: list[int] = []
        for axis, (first, last) in enumerate(((region.top, region.bottom), (region.left, region.right))):
            read = _sources(layer, input_shape, axis)
            outputs = range(output_shape[1 + axis])
            ends += _span([i for i in outputs if any(first <= place <= last for place in read(i, i))])
        return Region(*ends)
    window = window_of(layer)
    top, bottom = _forward(region.top, region.bottom, output_shape[-2], window, 0)
    left, right = _forward(region.left, region.right, output_shape[-1], window, 1)
    return Region(top, bottom, left, right)


def receptive_fields(
    layers: Sequence[Layer], shapes: Sequence[Shape], index: int, region: Region
) -> dict[int, Region]:
    """Follow cells of one layer back to the image.

    Parameters
    ----------
    layers : sequence of Layer
        The network's layers.
    shapes : sequence of shapes
        Without the batch axis: ``shapes[0]`` is the image's, ``shapes[i + 1]`` that of layer i's output.
    index : int
        The layer whose output has the cells, -1 for the image itself.
    region : Region
        Cells of its output map.

    Returns
    -------
    dict of int to Region
        For each layer before `index`, and for the image under -1, the cells of its output that can influence
        the region, clipped to the map.

    Raises
    ------
    ArgumentError
        When a layer on the way does not keep rows and columns.
    """
    fields: dict[int, Region] = {}
    for layer in range(index, -1, -1):
        height, width = shapes[layer][-2:]
        region = step_back(layers[layer], region, shapes[layer]).clipped(height, width)
        fields[layer - 1] = region
    return fields


def reach(layers: Sequence[Layer], shapes: Sequence[Shape], index: int, region: Region) -> dict[int, Region]:
    """Follow cells of one layer forward, up to where rows and columns end. See `receptive_fields`.

    Returns
    -------
    dict of int to Region
        For each later layer that keeps rows and columns, the cells that the region can influence.
    """
    found: dict[int, Region] = {}
    for layer in range(index + 1, len(layers)):
        if isinstance(layers[layer], Flatten | Linear):
            break
        region = step_forward(layers[layer], region, shapes[layer + 1], shapes[layer])
        if region.empty:
            break
        found[layer] = region
    return found


def _depends_on_size(layer: Layer) -> bool:
    return hasattr(layer, "output_size") or getattr(layer, "padding_mode", "zeros") != "zeros"


def _sources(layer: Layer, input_shape: Shape, axis: int) -> Callable[[int, int], list[int]]:
    """A function that lists the rows, or columns, of the input that outputs `first` to `last` read."""

    def read(first: int, last: int) -> list[int]:
        windows = [
            window_at(layer, input_shape, *((i, 0) if axis == 0 else (0, i))) for i in range(first, last + 1)
        ]
        places = [window.source_columns if axis else window.source_rows for window in windows]
        return [int(place) for window in places for place in window]

    return read


def _span(places: list[int]) -> tuple[int, int]:
    return (min(places), max(places)) if places else (0, -1)


def _back(first: int, last: int, window: Window, axis: int) -> tuple[int, int]:
    stride, padding = window.stride[axis], window.padding[axis]
    return first * stride - padding, last * stride - padding + window.dilation[axis] * (
        window.kernel[axis] - 1
    )


def _forward(first: int, last: int, outputs: int, window: Window, axis: int) -> tuple[int, int]:
    """Return the first and the last of `outputs` windows that read one of the cells `first` to `last`."""
    kernel, stride = window.kernel[axis], window.stride[axis]
    padding, dilation = window.padding[axis], window.dilation[axis]
    low = max(-((dilation * (kernel - 1) - first - padding) // stride), 0)
    high = min((last + padding) // stride, outputs - 1)

    def reads(output: int) -> bool:
        start = output * stride - padding
        return any(first <= start + tap * dilation <= last for tap in range(kernel))

    # A dilated window may step over the cells.
    while low <= high and not reads(low):
        low += 1
    while high >= low and not reads(high):
        high -= 1
    return low, high
