"""Pooling: of the numbers under a window, the largest or the mean goes on."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np

from cnncore import buffers
from cnncore.checks import check_flag
from cnncore.errors import ArgumentError, ShapeError
from cnncore.layers.base import Layer
from cnncore.shapes import IntOrPair, Padding, Shape, padding4, padding_text, pair, sliding_shape
from cnncore.windows import Array, Axis, fast, logical


class PoolCache(NamedTuple):
    """What `MaxPool2d.backward` needs of a forward pass."""

    image: Array
    y: Array
    """Both in the order (H, C, W, N)."""


Index: TypeAlias = tuple[slice, slice, slice]


class Pool2d(Layer):
    """A window that slides over each channel by itself: what `MaxPool2d` and `AvgPool2d` share.

    Parameters
    ----------
    kernel_size : int or (y, x)
    stride : int or (y, x), optional
        The kernel size without it, so that windows do not overlap.
    padding : int, (y, x) or (top, bottom, left, right)
        At most half of the kernel size, so that every window sees at least one number.
    dilation : int or (y, x)
        From each number under the window to the next.
    ceil_mode : bool
        Whether a last window that does not fit counts, if it begins inside.
    """

    def __init__(
        self,
        kernel_size: IntOrPair,
        stride: IntOrPair | None,
        padding: Padding,
        dilation: IntOrPair,
        ceil_mode: bool,
    ) -> None:
        super().__init__()
        self.kernel_size = pair(kernel_size, "kernel_size")
        self.stride = self.kernel_size if stride is None else pair(stride, "stride")
        self.dilation = pair(dilation, "dilation")
        self.ceil_mode = check_flag(ceil_mode, "ceil_mode")
        self.padding = padding4(padding, self.kernel_size, self.stride, self.dilation)
        top, bottom, left, right = self.padding
        if 2 * max(top, bottom) > self.kernel_size[0] or 2 * max(left, right) > self.kernel_size[1]:
            raise ArgumentError(
                f"padding {padding!r} is more than half of the kernel size {self.kernel_size}; "
                "a window could see nothing but padding"
            )

    def _taps(self, input_shape: Shape) -> Iterator[tuple[Index, Index]]:
        """For each place in the window, in reading order: the outputs that see input there, and the input."""
        rows, columns = (_along(*axis) for axis in self._axes(input_shape))
        for row_places, row_seen in rows:
            for column_places, column_seen in columns:
                yield (row_places, slice(None), column_places), (row_seen, slice(None), column_seen)

    def _axes(self, input_shape: Shape) -> Iterator[tuple[Axis, int]]:
        """How the window slides along y and x, and the size of the input there."""
        outputs = sliding_shape(
            self,
            input_shape,
            None,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            self.ceil_mode,
        )
        for axis, size in enumerate(input_shape[1:]):
            before = self.padding[2 * axis]
            yield (
                Axis(self.kernel_size[axis], outputs[axis], self.stride[axis], before, self.dilation[axis]),
                size,
            )

    def output_shape(self, input_shape: Shape) -> Shape:
        axes = list(self._axes(input_shape))
        for axis, size in axes:
            seen = np.zeros(axis.outputs, bool)
            for tap in range(axis.taps if axis.dilation > 1 else 0):
                seen[axis.inside(tap, size)] = True
            # Without dilation, the limit of the padding sees to it.
            if axis.dilation > 1 and not seen.all():
                raise ShapeError(
                    f"{self!r} got an input of shape {tuple(input_shape)}, on which a window sees nothing "
                    "but padding; a smaller dilation or less padding helps"
                )
        return (input_shape[0], *(axis.outputs for axis, _ in axes))

    def __repr__(self) -> str:
        dilation = f", dilation={self.dilation}" if self.dilation != (1, 1) else ""
        ceil_mode = ", ceil_mode=True" if self.ceil_mode else ""
        options = f"stride={self.stride}{padding_text(self.padding)}{dilation}{ceil_mode}"
        return f"{type(self).__name__}(kernel_size={self.kernel_size}, {options})"


class MaxPool2d(Pool2d):
    """The largest number under each window. Padding never wins; among equals the first in reading order does.

    A NaN makes the windows that see it NaN; their gradients go nowhere.

    Parameters
    ----------
    kernel_size, stride, padding, dilation, ceil_mode
        As for `Pool2d`.
    """

    def __init__(
        self,
        kernel_size: IntOrPair,
        stride: IntOrPair | None = None,
        padding: Padding = 0,
        dilation: IntOrPair = 1,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__(kernel_size, stride, padding, dilation, ceil_mode)

    def forward(self, x: Array, training: bool = False) -> tuple[Array, PoolCache]:
        self._check(x, "C", "H", "W")
        channels, out_h, out_w = self.output_shape(x.shape[1:])
        image = fast(x)
        y = buffers.empty((out_h, channels, out_w, len(x)), x.dtype if x.dtype.kind == "f" else np.float32)
        padded = any(self.padding)
        if padded:
            y.fill(-np.inf)
        for tap, (place, seen) in enumerate(self._taps(x.shape[1:])):
            if tap == 0 and not padded:
                y[...] = image[seen]
            else:
                np.maximum(y[place], image[seen], out=y[place])
        return logical(y), PoolCache(image, y)

    def backward(
        self, dy: Array, cache: PoolCache, *, need_dx: bool = True, out: Mapping[str, Array] | None = None
    ) -> tuple[Array | None, dict[str, Array]]:
        """Each output's gradient goes to the number that won; where windows overlap, gradients add up."""
        if not need_dx:
            return None, {}
        image, y = cache
        self._check_gradient(dy, logical(y).shape)
        gradient = fast(dy)
        dx = buffers.empty(image.shape, dy.dtype)
        dx.fill(0)
        spans = (gap * (size - 1) + 1 for size, gap in zip(self.kernel_size, self.dilation, strict=True))
        apart = all(step >= span for step, span in zip(self.stride, spans, strict=True))
        claimed = np.zeros(y.shape, bool)
        for place, seen in self._taps(logical(image).shape[1:]):
            wins = image[seen] == y[place]
            # True only where the tap wins and none before it did.
            np.greater(wins, claimed[place], out=wins)
            claimed[place] |= wins
            if apart:
                np.multiply(gradient[place], wins, out=dx[seen])
            else:
                dx[seen] += gradient[place] * wins
        return logical(dx), {}


class AvgPool2d(Pool2d):
    """The mean of the numbers under each window.

    Parameters
    ----------
    kernel_size, stride, padding, ceil_mode
        As for `Pool2d`.
    count_include_pad : bool
        Whether padding counts, as zeros. What lies beyond it, in `ceil_mode`, never does.
    """

    def __init__(
        self,
        kernel_size: IntOrPair,
        stride: IntOrPair | None = None,
        padding: Padding = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__(kernel_size, stride, padding, 1, ceil_mode)
        self.count_include_pad = check_flag(count_include_pad, "count_include_pad")

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Shape]:
        self._check(x, "C", "H", "W")
        channels, out_h, out_w = self.output_shape(x.shape[1:])
        image = fast(x)
        y = buffers.empty((out_h, channels, out_w, len(x)), x.dtype if x.dtype.kind == "f" else np.float32)
        y.fill(0)
        for place, seen in self._taps(x.shape[1:]):
            y[place] += image[seen]
        y /= self._counts(x.shape[1:], y.dtype)
        return logical(y), x.shape

    def backward(
        self, dy: Array, cache: Shape, *, need_dx: bool = True, out: Mapping[str, Array] | None = None
    ) -> tuple[Array | None, dict[str, Array]]:
        """Each number under a window gets the same share of its gradient."""
        if not need_dx:
            return None, {}
        batch, channels, height, width = cache
        self._check_gradient(dy, (batch, *self.output_shape(cache[1:])))
        share = fast(dy) / self._counts(cache[1:], dy.dtype)
        dx = buffers.empty((height, channels, width, batch), dy.dtype)
        dx.fill(0)
        for place, seen in self._taps(cache[1:]):
            dx[seen] += share[place]
        return logical(dx), {}

    def _counts(self, input_shape: Shape, dtype: np.dtype) -> Array:
        """By how many each sum is divided: (out_h, 1, out_w, 1)."""
        sides = []
        for number, (axis, size) in enumerate(self._axes(input_shape)):
            first = np.arange(axis.outputs) * axis.stride - axis.before
            end = size + (self.padding[2 * number + 1] if self.count_include_pad else 0)
            start = first if self.count_include_pad else np.maximum(first, 0)
            sides.append(np.minimum(first + axis.taps, end) - start)
        counts: Array = np.outer(*sides).astype(dtype)[:, np.newaxis, :, np.newaxis]
        return counts

    def __repr__(self) -> str:
        text = super().__repr__()
        return text if self.count_include_pad else f"{text[:-1]}, count_include_pad=False)"


@lru_cache(maxsize=128)
def _along(axis: Axis, size: int) -> tuple[tuple[slice, slice], ...]:
    """For each tap along an axis, the outputs that see input there, and the input: the same in every step."""
    return tuple((axis.inside(tap, size), axis.seen(tap, size)) for tap in range(axis.taps))
