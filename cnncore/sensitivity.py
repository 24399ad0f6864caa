"""What an image's pixels do to a score, any unit or the loss: derivatives, and their sums along a way."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cnncore.checks import check_cell, check_count, check_pixels
from cnncore.errors import ArgumentError, ShapeError
from cnncore.network import Sequential
from cnncore.standardisation import StandardisedNetwork
from cnncore.trace import Trace, trace
from cnncore.windows import Array

STEPS = 32
PART = 8
"""Points on the way that pass through the network together."""


@dataclass(frozen=True, eq=False)
class Integration:
    """Integrated gradients, as far as they have been added up.

    Attributes
    ----------
    done, steps : int
        Points on the way that are counted, and all there will be.
    attribution : (C, H, W) float64 array
        What each pixel has added to the unit. With all points done it sums to about `difference`.
    output, baseline_output : float
        The unit for the image, and for the baseline.
    """

    done: int
    steps: int
    attribution: Array
    output: float
    baseline_output: float

    @property
    def difference(self) -> float:
        """What there is to be divided among the pixels."""
        return self.output - self.baseline_output


def score_gradient(
    network: Sequential, image: npt.ArrayLike, cell: tuple[int, ...], layer: int | None = None
) -> Array:
    """Return the derivative of one unit with respect to each pixel of the raw image.

    Layers do what they do when the network is used (Simonyan et al., 2014, show such maps).

    Parameters
    ----------
    network : Sequential
    image : array
        (C, H, W), raw.
    cell : tuple of int
        The unit in the layer's output: (class,) in the last one.
    layer : int, optional
        The layer, from 0; without it the last, whose output are the logits.

    Returns
    -------
    (C, H, W) array
        In the network's precision.

    Raises
    ------
    ArgumentError
        When there is no such layer or cell, or a pixel is no finite number.
    ShapeError
        When the image does not fit the network.
    """
    last = _last(network, layer)
    gradient, _ = _gradient(network, _image(network, image)[np.newaxis], cell, last)
    return np.array(gradient[0], order="C")


def integrated_gradients(
    network: Sequential,
    image: npt.ArrayLike,
    cell: tuple[int, ...],
    layer: int | None = None,
    *,
    baseline: npt.ArrayLike | None = None,
    steps: int = STEPS,
) -> Array:
    """Divide what the image does to one unit among its pixels (Sundararajan et al., 2017, equation 3).

    ``(x - baseline) * mean of the derivatives along the straight way from the baseline to x``, taken in the
    middle of each of `steps` pieces. The sum is about what the unit gains on the way: completeness.

    Parameters
    ----------
    network, image, cell, layer
        As for `score_gradient`.
    baseline : array, optional
        (C, H, W), raw: an image that shows nothing. Black without it.
    steps : int
        Points on the way.

    Returns
    -------
    (C, H, W) float64 array

    Raises
    ------
    ArgumentError, ShapeError
        As `score_gradient`; when the baseline does not have the image's shape.
    """
    *_, last = integration(network, image, cell, layer, baseline=baseline, steps=steps)
    return last.attribution


def integration(
    network: Sequential,
    image: npt.ArrayLike,
    cell: tuple[int, ...],
    layer: int | None = None,
    *,
    baseline: npt.ArrayLike | None = None,
    steps: int = STEPS,
) -> Iterator[Integration]:
    """Integrate as `integrated_gradients` does, and yield after every few points how far it has come.

    Between any two the caller may report, or stop.
    """
    check_count(steps, "The number of steps")
    last, x = _last(network, layer), _image(network, image)
    start = np.zeros_like(x) if baseline is None else _image(network, baseline)
    if start.shape != x.shape:
        raise ShapeError(f"The baseline has shape {start.shape}, the image {x.shape}.")
    _, ends = _gradient(network, np.stack([x, start]), cell, last)
    output, baseline_output = (float(value) for value in ends)
    way, total = x.astype(np.float64) - start, np.zeros(x.shape)
    for first in range(0, steps, PART):
        points = (np.arange(first, min(first + PART, steps)) + 0.5) / steps
        images = start + points[:, np.newaxis, np.newaxis, np.newaxis] * way
        gradient, _ = _gradient(network, images.astype(network.dtype), cell, last)
        total += gradient.sum(axis=0, dtype=np.float64)
        done = first + len(points)
        yield Integration(done, steps, way * total / steps, output, baseline_output)


def loss_integration(
    network: Sequential, image: npt.ArrayLike, label: int, steps: int = STEPS
) -> Iterator[Integration]:
    """Divide what the image does to the loss among its pixels, from an image of zeros on.

    As `integration` does for a unit; `output` and `baseline_output` are the losses for the two images.

    Parameters
    ----------
    network : Sequential
    image : array
        (C, H, W), raw.
    label : int
        The true class.
    steps : int
        Points on the way.

    Raises
    ------
    ArgumentError
        When a pixel is no finite number, or there is no such class.
    ShapeError
        When the image does not fit the network.
    """
    check_count(steps, "The number of steps")
    x = _image(network, image)
    ends = [trace(network, end, label, backward=False).loss for end in (x, np.zeros_like(x))]
    output, baseline_output = (math.nan if loss is None else float(loss) for loss in ends)
    way, total = x.astype(np.float64), np.zeros(x.shape)
    for step in range(steps):
        point = ((step + 0.5) / steps * way).astype(network.dtype)
        total += loss_gradient(network, trace(network, point, label))
        if (step + 1) % PART == 0 or step + 1 == steps:
            yield Integration(step + 1, steps, way * total / steps, output, baseline_output)


def loss_gradient(network: Sequential, found: Trace) -> Array:
    """Return the derivative of the loss with respect to each raw pixel, (C, H, W), from a trace of `network`.

    Raises
    ------
    ArgumentError
        When the trace has no gradients.
    """
    d_input = found.layers[0].d_input
    if d_input is None:
        raise ArgumentError("The trace was made without a label or without its way back.")
    if isinstance(network, StandardisedNetwork):
        return network.standardisation.gradient(d_input)
    return d_input


def _last(network: Sequential, layer: int | None) -> int:
    count = len(network.layers)
    return count - 1 if layer is None else check_count(layer, "The index of a layer", 0, count - 1)


def _image(network: Sequential, image: npt.ArrayLike) -> Array:
    x = check_pixels(image, network.dtype)
    if x.ndim != 3:
        raise ShapeError(f"An image has the shape (C, H, W), not {x.shape}.")
    return x


def _gradient(network: Sequential, x: Array, cell: tuple[int, ...], last: int) -> tuple[Array, Array]:
    """Derivatives of the unit with respect to each of raw images (N, C, H, W), and the units, (N,)."""
    layers, caches = network.layers[: last + 1], list[Any]()
    # Parameters of a run that is about to diverge still make a picture, not a warning.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        y = network.prepare(x) if isinstance(network, StandardisedNetwork) else x
        for layer in layers:
            y, cache = layer.forward(y)
            caches.append(cache)
        check_cell(cell, y.shape[1:], "an output")
        where: tuple[Any, ...] = (slice(None), *cell)
        units, only = np.array(y[where]), np.zeros(y.shape, y.dtype)
        only[where] = 1
        dy: Array | None = only
        for layer, cache in zip(reversed(layers), reversed(caches), strict=True):
            assert dy is not None
            dy, _ = layer.backward(dy, cache)
        assert dy is not None
        if isinstance(network, StandardisedNetwork):
            dy = network.standardisation.gradient(dy)
    return dy, units
