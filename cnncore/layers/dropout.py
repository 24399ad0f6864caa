"""Dropout: while a network learns, some numbers are left out at random (Srivastava et al., 2014)."""

from collections.abc import Mapping

import numpy as np

from cnncore.checks import is_number, show
from cnncore.errors import ArgumentError
from cnncore.initialisers import Initialiser, he
from cnncore.layers.base import Layer, buffer_like
from cnncore.shapes import Shape, sample_shape
from cnncore.windows import Array


class Dropout(Layer):
    """Sets each number to zero with probability p while the network learns; lets all through otherwise.

    What stays is divided by ``1 - p``, so that the mean is the same in both cases.

    Parameters
    ----------
    p : float
        0 (nothing is left out) to 1 (everything is).

    Attributes
    ----------
    rng : numpy.random.Generator
        Chooses what is left out. `initialize` makes a new one, seeded by its own generator.
    """

    whole_batch = True

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        if not is_number(p) or not 0 <= p <= 1:
            raise ArgumentError(f"p must lie between 0 and 1, got {show(p)}")
        self.p = float(p)
        self.rng = np.random.default_rng(0)

    def initialize(self, rng: np.random.Generator, draw: Initialiser = he) -> None:
        self.rng = np.random.default_rng(rng.integers(2**63))

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Array | None]:
        self._check(x, ...)
        if not training or self.p == 0:
            return x, None
        # Drawn with the batch innermost: the choice must not depend on the memory order of x.
        noise = np.moveaxis(self.rng.random((*x.shape[1:], len(x)), np.float32), -1, 0)
        factors, y = buffer_like(x), buffer_like(x)
        np.greater_equal(noise, self.p, out=factors, casting="unsafe")
        if self.p < 1:
            factors /= 1 - self.p
        np.multiply(x, factors, out=y)
        return y, factors

    def backward(
        self, dy: Array, cache: Array | None, *, need_dx: bool = True, out: Mapping[str, Array] | None = None
    ) -> tuple[Array | None, dict[str, Array]]:
        if not need_dx or cache is None:
            return (dy if need_dx else None), {}
        self._check_gradient(dy, cache.shape)
        dx = buffer_like(cache)
        np.multiply(dy, cache, out=dx)
        return dx, {}

    def output_shape(self, input_shape: Shape) -> Shape:
        return sample_shape(self, input_shape)

    def __repr__(self) -> str:
        return f"Dropout(p={self.p:g})"
