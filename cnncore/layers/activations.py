"""Activation functions, equation (3): the same curve applied to each number by itself."""

from collections.abc import Mapping

import numpy as np

from cnncore import buffers
from cnncore.layers.base import Layer
from cnncore.shapes import Shape
from cnncore.windows import Array


class Activation(Layer):
    """A function of each number by itself; the cache is what its derivative is computed from."""

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Array]:
        y = self._like(x)
        return y, self.apply(x, y)

    def backward(
        self, dy: Array, cache: Array, *, need_dx: bool = True, out: Mapping[str, Array] | None = None
    ) -> tuple[Array | None, dict[str, Array]]:
        if not need_dx:
            return None, {}
        dx = self._like(cache)
        self.apply_derivative(cache, dy, dx)
        return dx, {}

    def apply(self, x: Array, y: Array) -> Array:
        """Write the function of x into y; return what the derivative is computed from, x or y."""
        raise NotImplementedError

    def apply_derivative(self, cache: Array, dy: Array, dx: Array) -> None:
        """Write dy times the derivative, the Hadamard product, into dx."""
        raise NotImplementedError

    def output_shape(self, input_shape: Shape) -> Shape:
        return tuple(input_shape)

    @staticmethod
    def _like(x: Array) -> Array:
        """A buffer with the shape and the memory order of x."""
        order = sorted(range(x.ndim), key=lambda axis: -abs(x.strides[axis]))
        inverse = sorted(range(x.ndim), key=order.__getitem__)
        dtype = x.dtype if x.dtype.kind == "f" else np.dtype(np.float32)
        return buffers.empty(tuple(x.shape[axis] for axis in order), dtype).transpose(inverse)


class ReLU(Activation):
    """``max(0, x)``. The derivative at 0 is taken as 0."""

    def apply(self, x: Array, y: Array) -> Array:
        # An upper bound that binds nothing: np.maximum with a number is three times as slow.
        np.clip(x, 0, np.inf, out=y)
        return y

    def apply_derivative(self, cache: Array, dy: Array, dx: Array) -> None:
        dx[...] = cache > 0
        dx *= dy


class Sigmoid(Activation):
    """``1 / (1 + exp(-x))``, computed as ``(1 + tanh(x / 2)) / 2``, which does not overflow."""

    def apply(self, x: Array, y: Array) -> Array:
        np.multiply(x, 0.5, out=y)
        np.tanh(y, out=y)
        y += 1
        y *= 0.5
        return y

    def apply_derivative(self, cache: Array, dy: Array, dx: Array) -> None:
        np.subtract(1, cache, out=dx)
        dx *= cache
        dx *= dy


class Tanh(Activation):
    """The hyperbolic tangent, with derivative ``1 - tanh(x)^2``."""

    def apply(self, x: Array, y: Array) -> Array:
        np.tanh(x, out=y)
        return y

    def apply_derivative(self, cache: Array, dy: Array, dx: Array) -> None:
        np.multiply(cache, cache, out=dx)
        np.subtract(1, dx, out=dx)
        dx *= dy


class Arctan(Activation):
    """The arc tangent, with derivative ``1 / (1 + x^2)``."""

    def apply(self, x: Array, y: Array) -> Array:
        np.arctan(x, out=y)
        return x

    def apply_derivative(self, cache: Array, dy: Array, dx: Array) -> None:
        np.multiply(cache, cache, out=dx)
        dx += 1
        np.divide(dy, dx, out=dx)
