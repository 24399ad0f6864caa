"""Adaptive average pooling: means over a fixed number of windows, whatever the size of the image."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

from cnncore import buffers
from cnncore.checks import check_count
from cnncore.errors import ArgumentError, ShapeError
from cnncore.layers.base import Layer
from cnncore.shapes import Shape, sample_shape
from cnncore.windows import Array, fast, logical

Size: TypeAlias = int | Sequence[int | None] | None


class AdaptiveAvgPool2d(Layer):
    """The mean under each of ``output_size`` windows; with the size 1, of each whole map: global pooling.

    Window i of ``count`` along an axis of ``size`` numbers goes from ``floor(i * size / count)`` up to, but
    not including, ``ceil((i + 1) * size / count)``. Neighbours overlap where the size is no multiple.

    Parameters
    ----------
    output_size : int or (y, x)
        None instead of a number keeps the input's size.
    """

    def __init__(self, output_size: Size) -> None:
        super().__init__()
        sides = (
            (output_size, output_size) if output_size is None or isinstance(output_size, int) else output_size
        )
        if not isinstance(sides, tuple | list) or len(sides) != 2:
            raise ArgumentError(f"output_size takes one number or a (y, x) pair, got {output_size!r}")
        self.output_size = tuple(side if side is None else check_count(side, "output_size") for side in sides)

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Shape]:
        """A mean over a rectangle is the mean over its columns of the means over its rows."""
        self._check(x, "C", "H", "W")
        dtype = x.dtype if x.dtype.kind == "f" else np.dtype(np.float32)
        along_y, along_x = self._shares(x.shape[1:], dtype)
        return _apply(along_y, along_x, np.asarray(x, dtype)), x.shape

    def backward(
        self, dy: Array, cache: Shape, *, need_dx: bool = True, out: Mapping[str, Array] | None = None
    ) -> tuple[Array | None, dict[str, Array]]:
        """Each number gets from each window that sees it the same share as it gave."""
        if not need_dx:
            return None, {}
        self._check_gradient(dy, (cache[0], *self.output_shape(cache[1:])))
        along_y, along_x = self._shares(cache[1:], dy.dtype)
        return _apply(along_y.T, along_x.T, dy), {}

    def _shares(self, input_shape: Shape, dtype: np.dtype) -> tuple[Array, Array]:
        """What each row, and each column, of the input adds to those of the output: (outputs, inputs)."""
        matrices = []
        for count, size in zip(self.output_shape(input_shape)[1:], input_shape[1:], strict=True):
            window, place = np.arange(count)[:, np.newaxis], np.arange(size)
            inside = (place >= window * size // count) & (place < -(-(window + 1) * size // count))
            matrices.append((inside / inside.sum(axis=1, keepdims=True)).astype(dtype))
        return matrices[0], matrices[1]

    def output_shape(self, input_shape: Shape) -> Shape:
        shape = sample_shape(self, input_shape)
        if len(shape) != 3:
            raise ShapeError(f"{self!r} takes an input of shape (C, H, W), got {shape}")
        channels, *sizes = shape
        return (channels, *(side or size for side, size in zip(self.output_size, sizes, strict=True)))

    def __repr__(self) -> str:
        return f"AdaptiveAvgPool2d(output_size={self.output_size})"


def _apply(along_y: Array, along_x: Array, x: Array) -> Array:
    """Multiply a matrix to the rows and one to the columns of (N, C, H, W)."""
    image = np.ascontiguousarray(fast(x))
    height, channels, width, batch = image.shape
    rows = (along_y @ image.reshape(height, -1)).reshape(-1, channels, width, batch)
    y = buffers.empty((len(along_y), channels, len(along_x), batch), x.dtype)
    np.matmul(along_x, rows, out=y)
    return logical(y)
