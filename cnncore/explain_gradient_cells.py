"""The gradients of layers that treat each number by itself, or move it; and of every layer's bias."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncore.explain_cells import flat_index, slope_at
from cnncore.explain_gradient_terms import SumOfProducts
from cnncore.trace import LayerTrace
from cnncore.windows import Array


@dataclass(frozen=True, eq=False)
class BiasTerms(SumOfProducts):
    """The derivative of the loss by a bias, equation (12): it is added with factor 1, so gradients add up.

    Attributes
    ----------
    cell : (int,)
        Output map or unit.
    upstream : (Ho, Wo) array, or (1,) for a dense layer
        Derivative by each number that the bias was added to, in the engine's precision.
    products : float64 array
        The same in float64: each times 1.
    total : float
        The engine's own gradient.
    """

    cell: tuple[int]
    upstream: Array
    products: Array
    total: float


@dataclass(frozen=True)
class ActivationInputTerms:
    """The derivative of the loss by one number before an activation: slope times upstream.

    Attributes
    ----------
    cell : tuple of int
    value : float
        The number itself.
    slope : float
        The derivative of the function there, as the engine takes it.
    upstream : float
        Derivative by the number after the function.
    product : float
        Of the two, in float64.
    total : float
        The engine's own gradient.
    """

    cell: tuple[int, ...]
    value: float
    slope: float
    upstream: float
    product: float
    total: float

    @property
    def exact(self) -> float:
        """The product in float64."""
        return self.product


@dataclass(frozen=True)
class DropoutInputTerms:
    """The derivative of the loss by one number before dropout, which is handed back as it is.

    Attributes
    ----------
    cell : tuple of int
    probability : float
        With which a number, and with it its gradient, is set to zero while the network learns.
    factor : float
        1: when the network is used, nothing is left out.
    upstream : float
    total : float
        The engine's own gradient.
    """

    cell: tuple[int, ...]
    probability: float
    factor: float
    upstream: float
    total: float

    @property
    def learning_scale(self) -> float:
        """What the gradients that stay are multiplied with while the network learns."""
        return 0.0 if self.probability >= 1 else 1.0 / (1.0 - self.probability)

    @property
    def exact(self) -> float:
        """Factor times upstream."""
        return self.factor * self.upstream


@dataclass(frozen=True)
class FlattenInputTerms:
    """The derivative of the loss by one cell of the maps that were flattened: reshaping, turned back.

    Attributes
    ----------
    cell : tuple of int
        Map, row and column.
    place : int
        Where the cell stands in the vector: ``(c * H + y) * W + x``.
    shape : tuple of int
        Of the maps.
    upstream : float
        Derivative by that number of the vector.
    total : float
        The engine's own gradient: the same number.
    """

    cell: tuple[int, ...]
    place: int
    shape: tuple[int, ...]
    upstream: float
    total: float

    @property
    def exact(self) -> float:
        """The number, which does not change."""
        return self.upstream


@dataclass(frozen=True)
class BatchNormInputTerms:
    """The derivative of the loss by one number before batch normalisation: scale times upstream.

    This holds while the network is used: mean and variance are the running ones, which no number changes.

    Attributes
    ----------
    cell : (int, int, int)
    weight, variance, eps : float
        Of the channel.
    upstream : float
    product : float
        ``weight / sqrt(variance + eps)`` times upstream, in float64.
    total : float
        The engine's own gradient.
    """

    cell: tuple[int, ...]
    weight: float
    variance: float
    eps: float
    upstream: float
    product: float
    total: float

    @property
    def deviation(self) -> float:
        """The square root of variance plus eps."""
        return float(np.sqrt(self.variance + self.eps))

    @property
    def scale(self) -> float:
        """By how much the output changes with the input: weight divided by deviation."""
        return self.weight / self.deviation

    @property
    def exact(self) -> float:
        """The product in float64."""
        return self.product


@dataclass(frozen=True, eq=False)
class BatchNormWeightTerms(SumOfProducts):
    """The derivative of the loss by the scale of one channel of batch normalisation.

    Attributes
    ----------
    cell : (int,)
        The channel.
    weight : float
        The scale itself.
    normalised : (H, W) float64
        The channel after mean and deviation were taken off, before scale and shift.
    upstream : (H, W) array
        In the engine's precision.
    products : (H, W) float64
        Of the two.
    total : float
        The engine's own gradient.
    """

    cell: tuple[int]
    weight: float
    normalised: Array
    upstream: Array
    products: Array
    total: float


def explain_bias(step: LayerTrace, upstream: Array, cell: tuple[int, ...]) -> BiasTerms:
    """Take the derivative by the bias of one output map or unit apart."""
    (f,) = cell
    arriving = np.atleast_1d(upstream[f])
    return BiasTerms((f,), arriving, arriving.astype(np.float64), float(step.gradients["bias"][f]))


def explain_activation_input(
    step: LayerTrace, upstream: Array, d_input: Array, cell: tuple[int, ...]
) -> ActivationInputTerms:
    """Take the derivative by one number before an activation apart."""
    value, arriving = float(step.input[cell]), float(upstream[cell])
    slope = slope_at(step.layer, value, step.input.dtype)
    return ActivationInputTerms(cell, value, slope, arriving, slope * arriving, float(d_input[cell]))


def explain_dropout_input(
    step: LayerTrace, upstream: Array, d_input: Array, cell: tuple[int, ...]
) -> DropoutInputTerms:
    """Look at one gradient that goes back through dropout."""
    layer: Any = step.layer
    return DropoutInputTerms(cell, float(layer.p), 1.0, float(upstream[cell]), float(d_input[cell]))


def explain_flatten_input(
    step: LayerTrace, upstream: Array, d_input: Array, cell: tuple[int, ...]
) -> FlattenInputTerms:
    """Find the number of the vector from which the gradient of a cell comes."""
    place = flat_index(step.input.shape, cell)
    return FlattenInputTerms(cell, place, step.input.shape, float(upstream[place]), float(d_input[cell]))


def explain_batch_norm_input(
    step: LayerTrace, upstream: Array, d_input: Array, cell: tuple[int, ...]
) -> BatchNormInputTerms:
    """Take the derivative by one number before batch normalisation apart."""
    layer: Any = step.layer
    weight, arriving = _scale_of(step, cell[0]), float(upstream[cell])
    variance, eps = float(layer.running_var[cell[0]]), float(layer.eps)
    product = weight / float(np.sqrt(variance + eps)) * arriving
    return BatchNormInputTerms(cell, weight, variance, eps, arriving, product, float(d_input[cell]))


def explain_batch_norm_weight(
    step: LayerTrace, upstream: Array, cell: tuple[int, ...]
) -> BatchNormWeightTerms:
    """Take the derivative by the scale of one channel of batch normalisation apart."""
    layer: Any = step.layer
    (c,) = cell
    mean, variance = float(layer.running_mean[c]), float(layer.running_var[c])
    with np.errstate(over="ignore", invalid="ignore"):
        normalised = (step.input[c].astype(np.float64) - mean) / np.sqrt(variance + layer.eps)
        products = normalised * upstream[c]
    total = float(step.gradients["weight"][c])
    return BatchNormWeightTerms((c,), _scale_of(step, c), normalised, upstream[c], products, total)


def _scale_of(step: LayerTrace, channel: int) -> float:
    weight = step.layer.parameters.get("weight")
    return 1.0 if weight is None else float(weight[channel])
