"""Layers that treat each number by itself, or move it: activations, batch norm, dropout, flatten."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncore.layers import Layer
from cnncore.trace import LayerTrace
from cnncore.windows import Array


@dataclass(frozen=True)
class ActivationTerms:
    """One number before and after an activation function, equation (3).

    Attributes
    ----------
    cell : tuple of int
    before : float
    total : float
        The engine's own output.
    slope : float
        The derivative at `before`, as the engine takes it going backward.
    """

    cell: tuple[int, ...]
    before: float
    total: float
    slope: float


@dataclass(frozen=True)
class FlattenTerms:
    """Where a cell of the maps lands in the vector.

    Attributes
    ----------
    cell : (int,)
        Place in the vector: ``(c * H + y) * W + x``.
    source : tuple of int
        Map, row and column.
    shape : tuple of int
        Of the maps.
    total : float
        The number, which does not change.
    """

    cell: tuple[int, ...]
    source: tuple[int, ...]
    shape: tuple[int, ...]
    total: float


@dataclass(frozen=True)
class BatchNormTerms:
    """One number before and after batch normalisation: ``scale * (before - mean) / deviation + shift``.

    Attributes
    ----------
    cell : tuple of int
    before, mean, variance, eps, scale, shift : float
    total : float
        The engine's own output.
    """

    cell: tuple[int, ...]
    before: float
    mean: float
    variance: float
    eps: float
    scale: float
    shift: float
    total: float

    @property
    def deviation(self) -> float:
        """The square root of variance plus eps, which keeps it from being zero."""
        return float(np.sqrt(self.variance + self.eps))

    @property
    def normalised(self) -> float:
        """Before scale and shift."""
        return (self.before - self.mean) / self.deviation

    @property
    def exact(self) -> float:
        """The result in float64."""
        return self.scale * self.normalised + self.shift

    def line(self, x: Array) -> Array:
        """What the channel makes of other numbers: a straight line."""
        with np.errstate(over="ignore", invalid="ignore"):  # of a run that has diverged
            y: Array = self.scale * (x - self.mean) / self.deviation + self.shift
        return y


@dataclass(frozen=True)
class DropoutTerms:
    """One number before and after dropout, which lets everything through when the network is used.

    Attributes
    ----------
    cell : tuple of int
    before : float
    probability : float
        With which a number is set to zero while the network learns.
    total : float
        The engine's own output.
    """

    cell: tuple[int, ...]
    before: float
    probability: float
    total: float

    @property
    def learning_scale(self) -> float:
        """What the numbers that stay are multiplied with while the network learns."""
        return 0.0 if self.probability >= 1 else 1.0 / (1.0 - self.probability)


def explain_activation(step: LayerTrace, cell: tuple[int, ...]) -> ActivationTerms:
    """Take one number of an activation apart."""
    before = float(step.input[cell])
    return ActivationTerms(
        cell, before, float(step.output[cell]), slope_at(step.layer, before, step.input.dtype)
    )


def slope_at(layer: Layer, value: float, dtype: Any = np.float64) -> float:
    """Return the derivative of an activation at one point, by the layer's own backward pass."""
    return float(slopes(layer, np.array([value], dtype))[0])


def slopes(layer: Layer, values: Array) -> Array:
    """Return the derivative of each output by its own input, of a layer that takes each number by itself.

    By the layer's own backward pass; for activations, and for dropout and normalisation as they are in use.
    """
    x = values[np.newaxis]
    with np.errstate(all="ignore"):
        _, cache = layer.forward(x)
        dx, _ = layer.backward(np.ones_like(x), cache)
    return np.full_like(values, np.nan) if dx is None else np.array(dx[0])


def curve(layer: Layer, low: float, high: float, count: int = 201) -> tuple[Array, Array]:
    """Sample an activation function between two points: (count,) of x and y, in float64."""
    x = np.linspace(low, high, count)
    y, _ = layer.forward(x[np.newaxis], training=False)
    return x, np.array(y[0])


def explain_flatten(step: LayerTrace, cell: tuple[int, ...]) -> FlattenTerms:
    """Find the cell of the maps that is number `cell` of the vector."""
    shape = step.input.shape
    source = tuple(int(i) for i in np.unravel_index(cell[0], shape))
    return FlattenTerms(cell, source, shape, float(step.output[cell]))


def flat_index(shape: tuple[int, ...], source: tuple[int, ...]) -> int:
    """Return where cell (map, y, x) of maps of a shape lands in the vector."""
    return int(np.ravel_multi_index(source, shape))


def explain_batch_norm(step: LayerTrace, cell: tuple[int, ...]) -> BatchNormTerms:
    """Take one number of a batch normalisation apart, as it works when the network is used."""
    layer: Any = step.layer
    channel = cell[0]
    parameters = step.layer.parameters
    scale, shift = parameters.get("weight"), parameters.get("bias")
    return BatchNormTerms(
        cell,
        float(step.input[cell]),
        float(layer.running_mean[channel]),
        float(layer.running_var[channel]),
        float(layer.eps),
        1.0 if scale is None else float(scale[channel]),
        0.0 if shift is None else float(shift[channel]),
        float(step.output[cell]),
    )


def explain_dropout(step: LayerTrace, cell: tuple[int, ...]) -> DropoutTerms:
    """Look at one number that goes through dropout."""
    layer: Any = step.layer
    return DropoutTerms(cell, float(step.input[cell]), float(layer.p), float(step.output[cell]))
