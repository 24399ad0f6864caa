"""The dense layer: every output is a weighted sum of all inputs."""

from collections.abc import Mapping

import numpy as np

from cnncore import buffers
from cnncore.checks import check_count, check_flag
from cnncore.errors import ShapeError
from cnncore.initialisers import Initialiser, he
from cnncore.layers.base import Layer
from cnncore.shapes import Shape, sample_shape
from cnncore.windows import Array


class Linear(Layer):
    """``y = x W^T + b``: equations (1) and (2), for each row of a batch.

    Parameters
    ----------
    in_features, out_features : int
    bias : bool
        Whether a number is added to each output.
    """

    def __init__(self, in_features: int, out_features: int, bias: bool = True) -> None:
        self.in_features = check_count(in_features, "in_features")
        self.out_features = check_count(out_features, "out_features")
        shapes: dict[str, Shape] = {"weight": (self.out_features, self.in_features)}
        if check_flag(bias, "bias"):
            shapes["bias"] = (self.out_features,)
        super().__init__(shapes)

    def initialize(self, rng: np.random.Generator, draw: Initialiser = he) -> None:
        draw(rng, self.parameters["weight"])
        if "bias" in self.parameters:
            self.parameters["bias"][...] = 0

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Array]:
        self._check(x, self.in_features)
        weight = self.parameters["weight"]
        x = np.asarray(x, weight.dtype)
        y = np.matmul(weight, x.T, out=buffers.empty((self.out_features, len(x)), weight.dtype))
        if "bias" in self.parameters:
            y += self.parameters["bias"][:, None]
        return y.T, x

    def backward(
        self, dy: Array, cache: Array, *, need_dx: bool = True, out: Mapping[str, Array] | None = None
    ) -> tuple[Array | None, dict[str, Array]]:
        """Equations (10) to (12): ``dW = dy^T x``, ``db`` is dy summed over the batch, ``dx = dy W``."""
        x, weight = cache, self.parameters["weight"]
        self._check_gradient(dy, (len(x), self.out_features))
        grads = self._gradient_arrays(out)
        # Of one image this is an outer product, for which BLAS is no help.
        product = np.multiply if len(x) == 1 else np.matmul
        product(dy.T, x, out=grads["weight"])
        if "bias" in grads:
            np.sum(dy, axis=0, out=grads["bias"])
        if not need_dx:
            return None, grads
        dx = buffers.empty((self.in_features, len(x)), weight.dtype)
        np.matmul(weight.T, dy.T, out=dx)
        return dx.T, grads

    def output_shape(self, input_shape: Shape) -> Shape:
        if sample_shape(self, input_shape) != (self.in_features,):
            hint = "; a Flatten before it turns maps into one vector" if len(input_shape) > 1 else ""
            raise ShapeError(
                f"{self!r} takes an input of shape ({self.in_features},), got {tuple(input_shape)}{hint}"
            )
        return (self.out_features,)

    def multiply_adds(self, input_shape: Shape) -> int:
        self.output_shape(input_shape)
        return self.in_features * self.out_features

    def __repr__(self) -> str:
        bias = "bias" in self.parameter_shapes
        return f"Linear(in_features={self.in_features}, out_features={self.out_features}, bias={bias})"
