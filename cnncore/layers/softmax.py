"""Softmax as a layer, equation (4): numbers become probabilities."""

from collections.abc import Mapping

import numpy as np

from cnncore.layers.base import Layer, buffer_like
from cnncore.shapes import Shape, sample_shape
from cnncore.windows import Array


class Softmax(Layer):
    """``exp(z) / sum of exp(z)`` over axis 1, the classes or, on maps, the channels: equation (4).

    The loss `cross_entropy` takes logits and applies softmax itself; a network that is trained with it ends
    without this layer. What comes out here fits `nll_loss` once its logarithm is taken.
    """

    def __init__(self) -> None:
        super().__init__()

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Array]:
        self._check(x, "K", ...)
        y = buffer_like(x)
        # Taking the largest off changes nothing in the quotient and keeps exp from overflowing.
        np.subtract(x, x.max(axis=1, keepdims=True), out=y)
        np.exp(y, out=y)
        y /= y.sum(axis=1, keepdims=True)
        return y, y

    def backward(
        self, dy: Array, cache: Array, *, need_dx: bool = True, out: Mapping[str, Array] | None = None
    ) -> tuple[Array | None, dict[str, Array]]:
        """``dx = y * (dy - sum of dy * y)``: what raises one probability lowers all the others."""
        if not need_dx:
            return None, {}
        self._check_gradient(dy, cache.shape)
        dx = buffer_like(cache)
        np.multiply(dy, cache, out=dx)
        shared = dx.sum(axis=1, keepdims=True)
        np.subtract(dy, shared, out=dx)
        dx *= cache
        return dx, {}

    def output_shape(self, input_shape: Shape) -> Shape:
        return sample_shape(self, input_shape)

    def __repr__(self) -> str:
        return "Softmax(dim=1)"
