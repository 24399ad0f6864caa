"""Max pooling: of the numbers under a window, the largest goes on."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

import numpy as np

from cnncore import buffers
from cnncore.errors import ArgumentError
from cnncore.layers.base import Layer
from cnncore.shapes import IntOrPair, Padding, Shape, padding4, padding_text, pair, sliding_shape
from cnncore.windows import Array, Axis, fast, logical


class PoolCache(NamedTuple):
    """What `MaxPool2d.backward` needs of a forward pass."""

    image: Array
    y: Array
    """Both in the order (H, C, W, N)."""


Index: TypeAlias = tuple[slice, slice, slice]


class MaxPool2d(Layer):
    """The largest number under each window. Padding never wins; among equals the first in reading order does.

    A NaN makes the windows that see it NaN; their gradients go nowhere.

    Parameters
    ----------
    kernel_size : int or (y, x)
    stride : int or (y, x), optional
        The kernel size without it, so that windows do not overlap.
    padding : int, (y, x) or (top, bottom, left, right)
        At most half of the kernel size, so that every window sees at least one number.
    """

    def __init__(self, kernel_size: IntOrPair, stride: IntOrPair | None = None, padding: Padding = 0) -> None:
        super().__init__()
        self.kernel_size = pair(kernel_size, "kernel_size")
        self.stride = self.kernel_size if stride is None else pair(stride, "stride")
        self.padding = padding4(padding, self.kernel_size, self.stride, (1, 1))
        top, bottom, left, right = self.padding
        if 2 * max(top, bottom) > self.kernel_size[0] or 2 * max(left, right) > self.kernel_size[1]:
            raise ArgumentError(
                f"padding {padding!r} is more than half of the kernel size {self.kernel_size}; "
                "a window could see nothing but padding"
            )

    def forward(self, x: Array, training: bool = False) -> tuple[Array, PoolCache]:
        self._check(x, "(N, C, H, W)", x.ndim == 4)
        batch, channels, height, width = x.shape
        _, out_h, out_w = self.output_shape(x.shape[1:])
        image = fast(x)
        y = buffers.empty((out_h, channels, out_w, batch), x.dtype)
        padded = any(self.padding)
        if padded:
            y.fill(-np.inf)
        for tap, (place, seen) in enumerate(self._taps(height, width, out_h, out_w)):
            if tap == 0 and not padded:
                y[...] = image[seen]
            else:
                np.maximum(y[place], image[seen], out=y[place])
        return logical(y), PoolCache(image, y)

    def backward(
        self, dy: Array, cache: PoolCache, *, need_dx: bool = True, out: Mapping[str, Array] | None = None
    ) -> tuple[Array | None, dict[str, Array]]:
        if not need_dx:
            return None, {}
        image, y = cache
        gradient = fast(dy)
        dx = buffers.empty(image.shape, dy.dtype)
        dx.fill(0)
        apart = self.stride[0] >= self.kernel_size[0] and self.stride[1] >= self.kernel_size[1]
        claimed = np.zeros(y.shape, bool)
        for place, seen in self._taps(*image.shape[::2], *y.shape[::2]):
            wins = image[seen] == y[place]
            # True only where the tap wins and none before it did.
            np.greater(wins, claimed[place], out=wins)
            claimed[place] |= wins
            if apart:
                np.multiply(gradient[place], wins, out=dx[seen])
            else:
                dx[seen] += gradient[place] * wins
        return logical(dx), {}

    def _taps(self, height: int, width: int, out_h: int, out_w: int) -> Iterator[tuple[Index, Index]]:
        """For each place in the window, in reading order: the outputs that see input there, and the input."""
        kernel_h, kernel_w = self.kernel_size
        top, _, left, _ = self.padding
        y_axis = Axis(kernel_h, out_h, self.stride[0], top)
        x_axis = Axis(kernel_w, out_w, self.stride[1], left)
        for i in range(kernel_h):
            for j in range(kernel_w):
                place = y_axis.inside(i, height), slice(None), x_axis.inside(j, width)
                yield place, (y_axis.seen(i, height), slice(None), x_axis.seen(j, width))

    def output_shape(self, input_shape: Shape) -> Shape:
        size = sliding_shape(
            repr(self), input_shape, None, self.kernel_size, self.stride, self.padding, (1, 1)
        )
        return (input_shape[0], *size)

    def __repr__(self) -> str:
        return f"MaxPool2d(kernel_size={self.kernel_size}, stride={self.stride}{padding_text(self.padding)})"
