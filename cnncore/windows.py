"""The fast layout, and sliding windows as one strided view. Everything fast about the engine is explained here.

**The layout.** Arrays are logically ``(N, C, H, W)``. In memory the batch lies innermost: the order is
``(H, C, W, N)``, and what the layers hand on is a strided view of that. A window that moves along a row then
copies runs of ``out_w * N`` neighbouring numbers instead of picking out single ones, and a whole row of the
output of all images together is one matrix. Layers accept any strides; `fast` tells what the engine makes.

**Lowering.** A sliding scalar product becomes a matrix product when the numbers under the window are laid out
as a column. Laying out all ``kh * kw`` of them copies each pixel as many times. It is enough to do it along x:

    lowered[h, (j, c), (x, n)] = image[n, c, h, x * stride_x + j * dilation_x - left]

is one matrix ``(kw * C, out_w * N)`` for each image row h. The matrix for output row y consists of the rows
``y * stride_y ... y * stride_y + kh - 1`` of it, stacked. They are neighbours in memory, so this matrix
``(kh * kw * C, out_w * N)`` is a view, which overlaps with the one of the next output row. One batched product
with the weights as ``(O, kh * kw * C)`` gives ``(out_h, O, out_w * N)``: the fast layout again.

**Dilation** along y puts the rows under a window `dilation_y` apart. Taking every `dilation_y`-th row of the
image makes them neighbours again; the output rows fall into `phases` that see different selections of rows.
"""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from cnncore import buffers

SMALL = 10**6
"""BLAS multiplies matrices faster, without rearranging them first, up to this many multiplications a product."""

Array: TypeAlias = npt.NDArray[Any]


def fast(x: Array) -> Array:
    """See ``(N, C, H, W)`` in the order ``(H, C, W, N)``, which is C-contiguous for what the engine makes."""
    return x.transpose(2, 1, 3, 0)


def logical(x: Array) -> Array:
    """See ``(H, C, W, N)`` as ``(N, C, H, W)``: the inverse of `fast`."""
    return x.transpose(3, 1, 0, 2)


class Axis(NamedTuple):
    """How a window slides along one axis: tap i of output y sees input ``y * stride + i * dilation - before``.

    What lies outside of the input counts as zero. `before` may be negative, which crops.
    """

    taps: int
    outputs: int
    stride: int = 1
    before: int = 0
    dilation: int = 1

    def inside(self, tap: int, size: int) -> tuple[int, int]:
        """The range of outputs for which a tap lies inside an input of that size."""
        offset = tap * self.dilation - self.before
        first = min(max(0, -(offset // self.stride)), self.outputs)
        last = min((size - 1 - offset) // self.stride + 1, self.outputs)
        return first, max(first, last)

    def seen(self, tap: int, first: int, last: int) -> slice:
        """The inputs that outputs ``first ... last - 1`` see through a tap, all of them inside."""
        start = first * self.stride + tap * self.dilation - self.before
        return (
            slice(start, start + (last - first - 1) * self.stride + 1, self.stride)
            if last > first
            else slice(0, 0)
        )

    def reversed(self, size: int) -> "Iterator[tuple[slice, slice, Axis]]":
        """How gradients slide back, from outputs to an input of that size.

        Input u gets from output y through tap i when ``u = y * stride + i * dilation - before``. Inputs that
        are `stride` apart are served by the same taps, and these, last one first, slide over the outputs with
        stride 1. So the way back is again a sliding window, one for each class of inputs.

        Yields
        ------
        inputs, taps : slice
            A class of inputs, and the taps that serve it, in descending order.
        axis : Axis
            How these taps slide over the outputs.
        """
        common = math.gcd(self.stride, self.dilation)
        for start in range(min(self.stride, size)):
            inputs = slice(start, size, self.stride)
            count = len(range(size)[inputs])
            taps = [
                i for i in range(self.taps) if (start + self.before - i * self.dilation) % self.stride == 0
            ]
            if not taps:
                yield inputs, slice(0, 0), Axis(0, count)
                continue
            dilation = self.dilation // common
            first = (start + self.before - taps[-1] * self.dilation) // self.stride
            end = taps[0] - 1 if taps[0] else None
            descending = slice(taps[-1], end, -(self.stride // common))
            yield inputs, descending, Axis(len(taps), count, 1, -first, dilation)


class Phase(NamedTuple):
    """The output rows ``rows`` and the matrices of what their windows see, ``(rows, taps * kw * C, out_w * N)``."""

    rows: slice
    windows: Array


def lower(x: Array, y_axis: Axis, x_axis: Axis, dtype: npt.DTypeLike) -> list[Phase]:
    """Lay out an image so that sliding a window over it becomes a matrix product.

    Parameters
    ----------
    x : (N, C, H, W)
    y_axis, x_axis : Axis
        How the window slides.
    dtype : dtype
        What the matrices are made of.

    Returns
    -------
    list of Phase
        One, unless the window is dilated along y.
    """
    return [
        Phase(rows, _lower_phase(fast(x), axis, x_axis, start, y_axis.dilation, dtype))
        for rows, axis, start in phases(y_axis)
    ]


def phases(axis: Axis) -> Iterator[tuple[slice, Axis, int]]:
    """Split a dilated axis into ones that are not: output rows, their axis, and the first input row they see."""
    common = math.gcd(axis.stride, axis.dilation)
    count = min(axis.dilation // common, axis.outputs)
    for phase in range(count):
        rows = slice(phase, axis.outputs, axis.dilation // common)
        outputs = len(range(axis.outputs)[rows])
        yield rows, Axis(axis.taps, outputs, axis.stride // common), phase * axis.stride - axis.before


def _lower_phase(
    image: Array, y_axis: Axis, x_axis: Axis, start: int, step: int, dtype: npt.DTypeLike
) -> Array:
    """Matrices of one phase; its row q is row ``start + q * step`` of the image (H, C, W, N)."""
    size, channels, width, batch = image.shape
    rows = (y_axis.outputs - 1) * y_axis.stride + y_axis.taps
    lowered = buffers.empty((rows, x_axis.taps, channels, x_axis.outputs, batch), dtype)
    vertical = Axis(1, rows, step, -start)
    top, bottom = vertical.inside(0, size)
    lowered[:top] = 0
    lowered[bottom:] = 0
    source = image[vertical.seen(0, top, bottom)]
    for tap in range(x_axis.taps):
        left, right = x_axis.inside(tap, width)
        target = lowered[top:bottom, tap]
        target[:, :, :left] = 0
        target[:, :, right:] = 0
        target[:, :, left:right] = source[:, :, x_axis.seen(tap, left, right)]
    columns = x_axis.outputs * batch
    row = x_axis.taps * channels * columns * lowered.itemsize
    shape = y_axis.outputs, y_axis.taps * x_axis.taps * channels, columns
    strides = y_axis.stride * row, columns * lowered.itemsize, lowered.itemsize
    return np.ndarray(shape, lowered.dtype, lowered, 0, strides)


def correlate(weight: Array, lowered: list[Phase], pixels: int, out: Array) -> None:
    """Slide a weight ``(O, taps * kw * C)`` over what was lowered.

    Parameters
    ----------
    weight : (O, taps * kw * C)
    lowered : list of Phase
    pixels : int
        How many columns may not be separated from one another: ``out_w``.
    out : (out_h, O, out_w * N)
        Takes the result.
    """
    for rows, windows in lowered:
        parts = _parts(pixels, weight.size * windows.shape[2])
        target = out[rows].reshape(-1, len(weight), parts, windows.shape[2] // parts)
        source = windows.reshape(*windows.shape[:2], parts, -1)
        np.matmul(weight, source.swapaxes(1, 2), out=target.swapaxes(1, 2))


def weight_gradient(dy: Array, lowered: list[Phase], taps: int) -> Array:
    """Sum over all places the products of gradient and window: ``(taps, O, kw * C)``.

    Parameters
    ----------
    dy : (out_h, O, out_w * N)
    lowered : list of Phase
        What the window saw.
    taps : int
        Rows of the kernel.
    """
    total = None
    for rows, windows in lowered:
        seen = windows.reshape(len(windows), taps, -1, windows.shape[2])
        products = np.matmul(dy[rows][:, np.newaxis], seen.swapaxes(2, 3)).sum(axis=0)
        total = products if total is None else total + products
    assert total is not None
    return total


def _parts(pixels: int, size: int) -> int:
    """In how many parts to split the columns of a product of that many multiplications."""
    return next((n for n in range(1, pixels + 1) if pixels % n == 0 and size <= n * SMALL), 1)
