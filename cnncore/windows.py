"""The fast layout, and sliding windows without copying them. What makes the engine fast is explained here.

**The layout.** Arrays are logically ``(N, C, H, W)``. In memory the batch lies innermost: the order is
``(H, C, W, N)``, and what the layers hand on is a strided view of that. A row of an image, with all channels
and all images of the batch, is then one block of memory, and so are neighbouring rows. Layers accept any
strides; `fast` and `logical` go from one order of the axes to the other.

**Windows as a view.** In this layout the rows ``y * stride ... y * stride + kh - 1`` that a window sees for
output row y are, stacked, one matrix ``(kh * C, W * N)`` that nobody has to build: it is there already. The
matrices of neighbouring output rows overlap in memory; `row_windows` makes a view of all of them.

**Columns by shifting.** Along x the window has kw taps. Each sees the same matrix, shifted by some pixels:

    row y of the output (O, out_w * N) =
        sum over j of  weight[j] (O, kh * C)  @  matrix y (kh * C, pixels j ... j + out_w - 1)

A shifted piece of a matrix is again a view, so `slide` consists of matrix products and additions only, and
the gradients have the same form. With few channels the products become slim; then `spread` first turns the kw
taps into kw times as many channels. That copies, but little, as there are few.

**Dilation** along y puts the rows under a window further apart. Taking every `dilation`-th row of the image
makes them neighbours again; the output rows then fall into several groups, each with rows of its own.
"""

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from cnncore import buffers

Array: TypeAlias = npt.NDArray[Any]

HOT = 2**18
"""Bytes of a block of rows that stays in the second-level cache while its taps are added up."""


def fast(x: Array) -> Array:
    """See ``(N, C, H, W)`` in the order ``(H, C, W, N)``, which is C-contiguous for what the engine makes."""
    return x.transpose(2, 1, 3, 0)


def logical(x: Array) -> Array:
    """See ``(H, C, W, N)`` as ``(N, C, H, W)``: the inverse of `fast`."""
    return x.transpose(3, 1, 0, 2)


class Axis(NamedTuple):
    """How a window slides along one axis.

    Tap i of output y sees input ``y * stride + i * dilation - before``. What lies outside of the input counts
    as zero. `before` may be negative, which crops.
    """

    taps: int
    outputs: int
    stride: int = 1
    before: int = 0
    dilation: int = 1

    @property
    def span(self) -> int:
        """How many inputs, padding among them, lie between the first and the last that the window sees."""
        return (self.outputs - 1) * self.stride + (self.taps - 1) * self.dilation + 1

    @lru_cache(maxsize=1024)  # noqa: B019 - an axis is a handful of numbers
    def inside(self, tap: int, size: int) -> slice:
        """The outputs for which a tap lies inside of an input of that size."""
        offset = tap * self.dilation - self.before
        first = min(max(0, -(offset // self.stride)), self.outputs)
        last = min((size - 1 - offset) // self.stride + 1, self.outputs)
        return slice(first, max(first, last))

    @lru_cache(maxsize=1024)  # noqa: B019
    def seen(self, tap: int, size: int) -> slice:
        """The inputs that these outputs see through the tap."""
        places = self.inside(tap, size)
        count = places.stop - places.start
        if not count:
            return slice(0, 0)
        start = places.start * self.stride + tap * self.dilation - self.before
        return slice(start, start + (count - 1) * self.stride + 1, self.stride)

    def groups(self) -> Iterator[tuple[slice, "Axis"]]:
        """Split a dilated axis into groups of outputs for which every `dilation`-th input counts.

        Yields
        ------
        outputs : slice
            The outputs of the group.
        axis : Axis
            How the window slides over the inputs ``-axis.before, -axis.before + dilation, ...``, which are
            neighbours now: its own dilation is 1.
        """
        common = math.gcd(self.stride, self.dilation)
        for group in range(min(self.dilation // common, self.outputs)):
            outputs = slice(group, self.outputs, self.dilation // common)
            count = len(range(self.outputs)[outputs])
            yield outputs, Axis(self.taps, count, self.stride // common, self.before - group * self.stride)

    def reversed(self, size: int) -> Iterator[tuple[slice, slice, "Axis"]]:
        """How gradients slide back, from the outputs to an input of that size.

        Input u gets from output y through tap i when ``u = y * stride + i * dilation - before``. Inputs that
        are `stride` apart are served by the same taps, and these, last one first, slide over the outputs with
        stride 1. So the way back is again a sliding window, one for each class of inputs.

        Yields
        ------
        inputs, taps : slice
            A class of inputs, and the taps that serve it, in descending order; none for some classes.
        axis : Axis
            How these taps slide over the outputs.
        """
        common = math.gcd(self.stride, self.dilation)
        for start in range(min(self.stride, size)):
            inputs = slice(start, size, self.stride)
            count = len(range(size)[inputs])
            place = start + self.before
            taps = [i for i in range(self.taps) if (place - i * self.dilation) % self.stride == 0]
            if not taps:
                yield inputs, slice(0, 0), Axis(0, count)
                continue
            first = (place - taps[-1] * self.dilation) // self.stride
            descending = slice(taps[-1], taps[0] - 1 if taps[0] else None, -(self.stride // common))
            yield inputs, descending, Axis(len(taps), count, 1, -first, self.dilation // common)


class Rows(NamedTuple):
    """The matrices that a window sees for some of the output rows, ``(rows, taps * C, W, N)``: a view."""

    outputs: slice
    windows: Array


def row_windows(image: Array, y_axis: Axis, x_axis: Axis, dtype: npt.DTypeLike) -> list[Rows]:
    """See the rows under a window as matrices, for every output row.

    Parameters
    ----------
    image : (H, C, W, N)
    y_axis, x_axis : Axis
        How the window slides. Columns are padded and cropped to the span of `x_axis`.
    dtype : dtype
        What the matrices are made of. Where this and the padding allow, the image itself is seen.

    Returns
    -------
    list of Rows
        One, unless the window is dilated.
    """
    result = []
    _, channels, _, batch = image.shape
    for outputs, group in y_axis.groups():
        rows = Axis(1, group.span, y_axis.dilation, group.before)
        columns = Axis(1, x_axis.span, 1, x_axis.before)
        block = _cut(image, rows, columns, dtype)
        number = block.itemsize
        column, channel = number * batch, number * batch * x_axis.span
        shape = (group.outputs, group.taps * channels, x_axis.span, batch)
        strides = (group.stride * channels * channel, channel, column, number)
        result.append(Rows(outputs, np.ndarray(shape, dtype, block, 0, strides)))
    return result


def _cut(image: Array, rows: Axis, columns: Axis, dtype: npt.DTypeLike) -> Array:
    """Select rows and columns of (H, C, W, N), zero where there are none, as one block of memory."""
    height, channels, width, batch = image.shape
    found = image[rows.seen(0, height), :, columns.seen(0, width)]
    shape = (rows.outputs, channels, columns.outputs, batch)
    if found.shape == shape and found.dtype == dtype and found.flags.c_contiguous:
        return found
    block = buffers.empty(shape, dtype)
    if found.shape != shape:
        block.fill(0)
    block[rows.inside(0, height), :, columns.inside(0, width)] = found
    return block


def spread(image: Array, axis: Axis, dtype: npt.DTypeLike) -> Array:
    """Turn the taps along x into channels: ``(H, C, W, N)`` to ``(H, taps * C, outputs, N)``."""
    height, channels, width, batch = image.shape
    result = buffers.empty((height, axis.taps, channels, axis.outputs, batch), dtype)
    for tap in range(axis.taps):
        inside = axis.inside(tap, width)
        if inside != slice(0, axis.outputs):
            result[:, tap] = 0
        result[:, tap, :, inside] = image[:, :, axis.seen(tap, width)]
    return result.reshape(height, axis.taps * channels, axis.outputs, batch)


def slide(weight: Array, windows: Array, x_axis: Axis, out: Array) -> None:
    """Add up the taps: ``out[y] = sum over j of weight[j] @ windows[y]`` from pixel ``j * dilation`` on.

    Parameters
    ----------
    weight : (taps, O, K)
    windows : (rows, K, span, N)
    x_axis : Axis
        How the window slides along x, with stride 1.
    out : (rows, O, outputs, N)
        Takes the result.
    """
    rows, channels, width, batch = out.shape
    step = max(1, HOT // (channels * width * batch * out.itemsize))
    for start in range(0, rows, step):
        block = _flat(out[start : start + step])
        np.matmul(weight[0], _shifted(windows[start : start + step], 0, x_axis), out=block)
        products = buffers.empty(block.shape, out.dtype)
        for tap in range(1, x_axis.taps):
            np.matmul(weight[tap], _shifted(windows[start : start + step], tap, x_axis), out=products)
            block += products


def slide_gradient(dy: Array, windows: Array, x_axis: Axis) -> Array:
    """Sum over all places the products of dy with what each tap saw: the gradient of the weight of `slide`.

    Parameters
    ----------
    dy : (rows, O, outputs, N)
    windows, x_axis
        As for `slide`.

    Returns
    -------
    (taps, O, K) array
    """
    gradient = np.empty((x_axis.taps, dy.shape[1], windows.shape[1]), dy.dtype)
    for tap in range(x_axis.taps):
        products = np.matmul(_flat(dy), _shifted(windows, tap, x_axis).swapaxes(1, 2))
        np.sum(products, axis=0, out=gradient[tap])
    return gradient


def _shifted(windows: Array, tap: int, x_axis: Axis) -> Array:
    """What a tap sees: matrices ``(rows, K, outputs * N)``, a view."""
    start = tap * x_axis.dilation
    return _flat(windows[:, :, start : start + x_axis.outputs])


def _flat(x: Array) -> Array:
    """Join the last two axes, pixels and images."""
    return x.reshape(*x.shape[:2], -1)
