"""Activation functions, equation (3): the same curve applied to each number by itself."""

import math
from collections.abc import Mapping

import numpy as np

from cnncore.checks import is_number, show
from cnncore.errors import ArgumentError
from cnncore.layers.base import Layer, buffer_like
from cnncore.shapes import Shape, sample_shape
from cnncore.windows import Array


class Activation(Layer):
    """A function of each number by itself; the cache is what its derivative is computed from."""

    def __init__(self) -> None:
        super().__init__()

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Array]:
        self._check(x, ...)
        y = buffer_like(x)
        return y, self.apply(x, y)

    def backward(
        self, dy: Array, cache: Array, *, need_dx: bool = True, out: Mapping[str, Array] | None = None
    ) -> tuple[Array | None, dict[str, Array]]:
        if not need_dx:
            return None, {}
        self._check_gradient(dy, cache.shape)
        dx = buffer_like(cache)
        self.apply_derivative(cache, dy, dx)
        return dx, {}

    def apply(self, x: Array, y: Array) -> Array:
        """Write the function of x into y; return what the derivative is computed from, x or y."""
        raise NotImplementedError

    def apply_derivative(self, cache: Array, dy: Array, dx: Array) -> None:
        """Write dy times the derivative, the Hadamard product, into dx."""
        raise NotImplementedError

    def output_shape(self, input_shape: Shape) -> Shape:
        return sample_shape(self, input_shape)


class ReLU(Activation):
    """``max(0, x)``. The derivative at 0 is taken as 0."""

    def apply(self, x: Array, y: Array) -> Array:
        # An upper bound that binds nothing: np.maximum with a number is three times as slow.
        np.clip(x, 0, np.inf, out=y)
        return y

    def apply_derivative(self, cache: Array, dy: Array, dx: Array) -> None:
        dx[...] = cache > 0
        dx *= dy


class LeakyReLU(Activation):
    """``x`` where that is positive, and ``negative_slope * x`` elsewhere, so that no unit ever falls silent.

    Parameters
    ----------
    negative_slope : float
        The derivative at 0 and below.
    """

    def __init__(self, negative_slope: float = 0.01) -> None:
        super().__init__()
        if not is_number(negative_slope) or not math.isfinite(negative_slope):
            raise ArgumentError(f"negative_slope must be a finite number, got {show(negative_slope)}")
        self.negative_slope = float(negative_slope)

    def apply(self, x: Array, y: Array) -> Array:
        np.multiply(x, self.negative_slope, out=y)
        np.copyto(y, x, where=x > 0, casting="unsafe")
        return x

    def apply_derivative(self, cache: Array, dy: Array, dx: Array) -> None:
        np.multiply(dy, self.negative_slope, out=dx)
        np.copyto(dx, dy, where=cache > 0)

    def __repr__(self) -> str:
        return f"LeakyReLU(negative_slope={self.negative_slope:g})"


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
