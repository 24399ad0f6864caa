"""Flatten: from maps to one long vector."""

import math
from collections.abc import Mapping

from cnncore import buffers
from cnncore.layers.base import Layer
from cnncore.shapes import Shape, sample_shape
from cnncore.windows import Array


class Flatten(Layer):
    """``(N, C, H, W)`` to ``(N, C * H * W)``, channel by channel and row by row."""

    def __init__(self) -> None:
        super().__init__()

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Shape]:
        self._check(x, "C", ...)
        # The batch stays innermost in memory: an array (C, H, W, N), seen as a matrix and transposed.
        y = buffers.empty((*x.shape[1:], len(x)), x.dtype)
        y[...] = x.transpose(*range(1, x.ndim), 0)
        return y.reshape(-1, len(x)).T, x.shape

    def backward(
        self, dy: Array, cache: Shape, *, need_dx: bool = True, out: Mapping[str, Array] | None = None
    ) -> tuple[Array | None, dict[str, Array]]:
        if not need_dx:
            return None, {}
        self._check_gradient(dy, (cache[0], math.prod(cache[1:])))
        return dy.T.reshape(*cache[1:], len(dy)).transpose(-1, *range(len(cache) - 1)), {}

    def output_shape(self, input_shape: Shape) -> Shape:
        return (math.prod(sample_shape(self, input_shape)),)
