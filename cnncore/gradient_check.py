"""A derivative checked by a central difference of the loss, in float64."""

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cnncore.checks import check_cell, check_count, check_number, check_pixels
from cnncore.errors import ArgumentError
from cnncore.explain_window import window_at
from cnncore.layers import Layer, LeakyReLU, MaxPool2d, ReLU
from cnncore.loss import cross_entropy
from cnncore.network import Sequential
from cnncore.standardisation import StandardisedNetwork
from cnncore.windows import Array

STEP = 1e-5
"""For numbers up to 1; of larger ones this part. What the difference leaves out is of the order of its
square, what rounding adds of the order of 10^-16 divided by it: both are small here."""

AGREEMENT = 1e-5
"""How far, as a part of the larger of the two, derivative and difference may lie apart to agree."""

ROUNDING = 1e-14
"""A few dozen roundings of float64: what they can make of a loss, as a part of the largest logit."""


@dataclass(frozen=True)
class Kink:
    """A layer whose function has a corner between the two sides of the difference, or ends there.

    Attributes
    ----------
    index : int
        Position of the layer.
    text : str
        The layer as the engine writes it, such as "ReLU()".
    cells : int
        How many of its cells changed from one piece of the function to another: inputs of a ReLU or LeakyReLU
        that changed their sign, windows of a max pooling in which another number won.
    """

    index: int
    text: str
    cells: int


@dataclass(frozen=True)
class GradientCheck:
    """A derivative of the loss, and the central difference that should be the same.

    Attributes
    ----------
    value : float
        What is varied: a number of a parameter or of a layer's input.
    step : float
        How far to either side.
    loss, loss_below, loss_above : float
        At the value, and a step below and above it.
    analytic : float
        The derivative from the engine's backward pass in float64.
    numeric : float
        ``(loss_above - loss_below) / (2 * step)``
    rounding : float
        What the rounding of the losses alone can make in it.
    kinks : tuple of Kink
        Where there is one, the difference runs over a corner, and the two may rightly differ.
    """

    value: float
    step: float
    loss: float
    loss_below: float
    loss_above: float
    analytic: float
    numeric: float
    rounding: float
    kinks: tuple[Kink, ...]

    @property
    def error(self) -> float:
        """How far the two lie apart."""
        return abs(self.analytic - self.numeric)

    @property
    def relative_error(self) -> float:
        """The same as a part of the larger of the two; 0 when both are 0."""
        size = max(abs(self.analytic), abs(self.numeric))
        return self.error / size if size else 0.0

    @property
    def agrees(self) -> bool:
        """Whether the two are the same but for rounding and the curvature of the loss."""
        size = max(abs(self.analytic), abs(self.numeric))
        return self.error <= AGREEMENT * size + self.rounding


def check_gradient(
    network: Sequential,
    image: npt.ArrayLike,
    label: int,
    layer_index: int,
    target: str,
    cell: tuple[int, ...],
    step: float | None = None,
) -> GradientCheck:
    """Compare a derivative of the sample's loss with a central difference, both in float64.

    Parameters
    ----------
    network : Sequential
        It is copied, not changed. Its layers do what they do when the network is used.
    image : array
        (C, H, W), raw.
    label : int
        The true class.
    layer_index : int
        The layer, from 0.
    target : str
        "input" for a number that goes into the layer, or the name of a parameter: "weight", "bias".
    cell : tuple of int
        Its index there.
    step : float, optional
        How far to either side; without it 1e-5, or that part of a value larger than 1.

    Raises
    ------
    ArgumentError
        When there is no such class, layer, target or cell, a pixel is no finite number, or the step is not
        above 0 or lost in rounding.
    ShapeError
        When the image does not fit the network.
    """
    check_count(layer_index, "The index of a layer", 0, len(network.layers) - 1)
    layers = [_wide(layer) for layer in network.layers]
    # Numbers of a run that is about to diverge still make a result, not a warning.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        x = _prepared(network, image)
        for layer in layers[:layer_index]:
            x, _ = layer.forward(x)
        x = np.array(x, order="C")
        later = layers[layer_index:]
        varied = x[0] if target == "input" else later[0].parameters.get(target)
        if varied is None:
            raise ArgumentError(f"{later[0]!r} has no {target}.")
        check_cell(cell, varied.shape, target)
        value = float(varied[cell])
        given = STEP * max(1.0, abs(value)) if step is None else check_number(step, "The step", 0, 1e6)
        above, below = value + given, value - given
        if not below < value < above:
            raise ArgumentError(f"A step of {given:g} is lost in the rounding of {value:g}: it is too small.")
        middle = _run(later, x, label)
        analytic = _derivative(later, middle, target)[cell]
        varied[cell] = above
        upper = _run(later, x, label)
        varied[cell] = below
        lower = _run(later, x, label)
    distance, size = above - below, float(np.abs(middle.values[-1]).max())
    return GradientCheck(
        value,
        distance / 2,
        middle.loss,
        lower.loss,
        upper.loss,
        float(analytic),
        (upper.loss - lower.loss) / distance,
        ROUNDING * max(1.0, size) / distance,
        tuple(_kinks(later, layer_index, (lower, middle, upper))),
    )


class _Pass(NamedTuple):
    """The sample's way from a layer on."""

    values: list[Array]
    """What goes into each layer, (1, ...), and the logits."""
    caches: list[Any]
    loss: float
    d_logits: Array


def _run(layers: Sequence[Layer], x: Array, label: int) -> _Pass:
    # A copy, as x is varied between the passes.
    values, caches = [x.copy()], []
    for layer in layers:
        y, cache = layer.forward(values[-1])
        values.append(y)
        caches.append(cache)
    check_count(label, "The label of a sample", 0, values[-1].shape[1] - 1)
    return _Pass(values, caches, *cross_entropy(values[-1], np.array([label])))


def _derivative(layers: Sequence[Layer], middle: _Pass, target: str) -> Array:
    """The derivative with respect to the first layer's input, without the batch axis, or a parameter."""
    dy: Array | None = middle.d_logits
    gradients: Mapping[str, Array] = {}
    for layer, cache in zip(reversed(layers), reversed(middle.caches), strict=True):
        assert dy is not None
        dy, gradients = layer.backward(dy, cache)
    assert dy is not None
    return dy[0] if target == "input" else gradients[target]


def _wide(layer: Layer) -> Layer:
    """The layer with parameters and statistics of its own, in float64."""
    twin = copy(layer)
    twin.parameters = {name: array.astype(np.float64) for name, array in layer.parameters.items()}
    twin.statistics = {name: array.astype(np.float64) for name, array in layer.statistics.items()}
    return twin


def _prepared(network: Sequential, image: npt.ArrayLike) -> Array:
    """What the first layer sees, (1, C, H, W) in float64."""
    x = check_pixels(image, np.float64)[np.newaxis]
    return network.standardisation.apply(x) if isinstance(network, StandardisedNetwork) else x


def _kinks(layers: Sequence[Layer], first: int, passes: Sequence[_Pass]) -> Iterator[Kink]:
    for place, layer in enumerate(layers):
        if not isinstance(layer, ReLU | LeakyReLU | MaxPool2d):
            continue
        inputs = np.concatenate([found.values[place] for found in passes])
        pieces = _winners(layer, inputs) if isinstance(layer, MaxPool2d) else inputs > 0
        cells = int(np.count_nonzero((pieces != pieces[1]).any(axis=0)))
        if cells:
            yield Kink(first + place, repr(layer), cells)


def _winners(layer: MaxPool2d, inputs: Array) -> npt.NDArray[np.intp]:
    """Which place of each window holds the number that goes on: (N, C, Ho, Wo)."""
    shape = inputs.shape[1:]
    _, height, width = layer.output_shape(shape)
    rows = np.array([window_at(layer, shape, y, 0).source_rows for y in range(height)])
    columns = np.array([window_at(layer, shape, 0, x).source_columns for x in range(width)])
    seen = inputs[:, :, rows[:, np.newaxis, :, np.newaxis], columns[:, np.newaxis, :]]
    outside = (rows[:, np.newaxis, :, np.newaxis] < 0) | (columns[:, np.newaxis, :] < 0)
    seen[:, :, outside] = -np.inf
    winners: npt.NDArray[np.intp] = seen.reshape(*seen.shape[:4], -1).argmax(axis=-1)
    return winners
