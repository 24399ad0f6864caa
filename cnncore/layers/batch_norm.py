"""Batch normalisation: each channel gets mean 0 and variance 1, and then a scale and a shift it learns."""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from cnncore import buffers
from cnncore.checks import check_count, check_flag, is_number, show
from cnncore.errors import ArgumentError, ShapeError
from cnncore.initialisers import Initialiser, he
from cnncore.layers.base import Layer
from cnncore.shapes import Shape, sample_shape
from cnncore.windows import Array, fast, logical


class NormCache(NamedTuple):
    """What `BatchNorm2d.backward` needs of a forward pass."""

    normalised: Array
    """In the order (H, C, W, N), before scale and shift."""
    inverse_deviation: Array
    """``1 / sqrt(variance + eps)`` of each channel."""
    of_batch: bool
    """Whether mean and variance are those of the batch, and hence change with every number in it."""


class BatchNorm2d(Layer):
    """``y = weight * (x - mean) / sqrt(variance + eps) + bias`` (Ioffe & Szegedy, 2015, algorithm 1).

    While the network learns, mean and variance are those of the batch, for each channel over all images and
    places; otherwise they are the running means of what was seen while learning.

    Parameters
    ----------
    num_features : int
        Channels.
    eps : float
        Keeps the quotient finite where a channel is the same everywhere.
    momentum : float
        Share of a batch in the running means: ``running = (1 - momentum) * running + momentum * batch``.
    affine : bool
        Whether there is a weight and a bias.
    """

    whole_batch = True

    def __init__(
        self, num_features: int, eps: float = 1e-5, momentum: float = 0.1, affine: bool = True
    ) -> None:
        self.num_features = check_count(num_features, "num_features")
        if not (is_number(eps) and math.isfinite(eps) and eps > 0):
            raise ArgumentError(f"eps must be more than 0, got {show(eps)}")
        if not is_number(momentum) or not 0 <= momentum <= 1:
            raise ArgumentError(f"momentum must lie between 0 and 1, got {show(momentum)}")
        self.eps, self.momentum = float(eps), float(momentum)
        self.affine = check_flag(affine, "affine")
        shape = (self.num_features,)
        super().__init__(
            {"weight": shape, "bias": shape} if affine else {},
            {"running_mean": shape, "running_var": shape},
        )

    @property
    def running_mean(self) -> Array:
        """The mean of each channel that is used when the network does not learn."""
        return self.statistics["running_mean"]

    @property
    def running_var(self) -> Array:
        """The variance likewise. A batch's share in it is divided by its size less one: unbiased."""
        return self.statistics["running_var"]

    def initialize(self, rng: np.random.Generator, draw: Initialiser = he) -> None:
        for name, value in (("weight", 1), ("bias", 0)):
            if self.affine:
                self.parameters[name][...] = value
        self.running_mean[...] = 0
        self.running_var[...] = 1

    def forward(self, x: Array, training: bool = False) -> tuple[Array, NormCache]:
        self._check(x, self.num_features, "H", "W")
        dtype = x.dtype if x.dtype.kind == "f" else np.dtype(np.float32)
        image = np.ascontiguousarray(fast(x), dtype)
        mean, variance = self._measure(image) if training else (self.running_mean, self.running_var)

        inverse_deviation = (1 / np.sqrt(variance + self.eps)).astype(dtype, copy=False)
        normalised = np.subtract(image, _column(mean, dtype), out=buffers.empty(image.shape, dtype))
        normalised *= _column(inverse_deviation, dtype)
        y = normalised
        if self.affine:
            weight, bias = self.parameters["weight"], self.parameters["bias"]
            y = np.multiply(normalised, _column(weight, dtype), out=buffers.empty(image.shape, dtype))
            y += _column(bias, dtype)
        return logical(y), NormCache(normalised, inverse_deviation, training)

    def backward(
        self, dy: Array, cache: NormCache, *, need_dx: bool = True, out: Mapping[str, Array] | None = None
    ) -> tuple[Array | None, dict[str, Array]]:
        """``dx = weight / deviation * (dy - mean of dy - normalised * mean of dy * normalised)``.

        The two means are there because each number moves mean and variance of its batch; with running
        statistics they are absent.
        """
        normalised, inverse_deviation, of_batch = cache
        self._check_gradient(dy, logical(normalised).shape)
        dtype = normalised.dtype
        gradient, grads = np.ascontiguousarray(fast(dy), dtype), self._gradient_arrays(out)
        d_bias, d_weight = _channel_sums(gradient), _channel_sums(gradient, normalised)
        if self.affine:
            grads["weight"][...], grads["bias"][...] = d_weight, d_bias
        if not need_dx:
            return None, grads
        dx = buffers.empty(gradient.shape, dtype)
        scale = inverse_deviation * self.parameters["weight"] if self.affine else inverse_deviation
        if of_batch:
            count = gradient.size // self.num_features
            np.multiply(normalised, _column(d_weight / -count, dtype), out=dx)
            dx -= _column(d_bias / count, dtype)
            dx += gradient
            dx *= _column(scale, dtype)
        else:
            np.multiply(gradient, _column(scale, dtype), out=dx)
        return logical(dx), grads

    def _measure(self, image: Array) -> tuple[Array, Array]:
        """Mean and variance of each channel of (H, C, W, N); the running ones follow them a little."""
        count = image.size // self.num_features
        if count < 2:
            raise ShapeError(f"{self!r} needs more than one number in each channel to learn from")
        mean = _channel_sums(image) / count
        deviations = np.subtract(
            image, _column(mean, image.dtype), out=buffers.empty(image.shape, image.dtype)
        )
        variance = _channel_sums(deviations, deviations) / count
        for name, measured in (("running_mean", mean), ("running_var", variance * count / (count - 1))):
            self.statistics[name] *= 1 - self.momentum
            self.statistics[name] += self.momentum * measured
        return mean, variance

    def output_shape(self, input_shape: Shape) -> Shape:
        shape = sample_shape(self, input_shape)
        if len(shape) != 3 or shape[0] != self.num_features:
            raise ShapeError(f"{self!r} takes an input of shape ({self.num_features}, H, W), got {shape}")
        return shape

    def multiply_adds(self, input_shape: Shape) -> int:
        return math.prod(self.output_shape(input_shape))

    def __repr__(self) -> str:
        affine = "" if self.affine else ", affine=False"
        return f"BatchNorm2d({self.num_features}, eps={self.eps:g}, momentum={self.momentum:g}{affine})"


def _channel_sums(image: Array, other: Array | None = None) -> Array:
    """Sum (H, C, W, N), or the products with another such array, over all but the channels."""
    rows = image.reshape(*image.shape[:2], -1)
    if other is None:
        sums = rows @ np.ones(rows.shape[2], rows.dtype)
    else:
        sums = np.vecdot(rows, other.reshape(rows.shape))
    total: Array = sums.sum(axis=0)
    return total


def _column(channels: Array, dtype: np.dtype) -> Array:
    """One number a channel, to be combined with (H, C, W, N)."""
    return channels.astype(dtype, copy=False)[:, np.newaxis, np.newaxis]
