"""How well a network's layers are: what they give, and what could be learnt, on a few fixed images."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnncore.data import Dataset
from cnncore.errors import ArgumentError
from cnncore.layers import Arctan, Layer, ReLU, Sigmoid, Tanh
from cnncore.log_bins import LogBins, spread_sample
from cnncore.loss import cross_entropy
from cnncore.metrics import check_fit
from cnncore.network import NamedVector, Sequential
from cnncore.standardisation import StandardisedNetwork
from cnncore.windows import Array

WEIGHT_BINS, OUTPUT_BINS, GRADIENT_BINS = LogBins(-3, 1), LogBins(-3, 3), LogBins(-8, 1)

PROBE_IMAGES, FEWEST_IMAGES, GRADIENT_IMAGES = 200, 16, 32
"""Images whose way forward is measured, the fewest of them, and how many, the first ones, go backward too."""

PROBE_WORK = 10**9
"""Multiply-adds forward that the images of a probe may take together, as long as the fewest are measured."""

FLAT_SLOPE = 0.05
"""A sigmoid, tanh or arctan is saturated where its slope is under this part of its steepest one."""

# Saturated is what lies so far from the middle of the outputs: with the steepest slope as 1, the slopes are
# 1 - (2y - 1)^2 for sigmoid, 1 - y^2 for tanh and cos(y)^2 for arctan, as functions of the output y.
_ROOM: dict[type[Layer], tuple[float, float]] = {
    Sigmoid: (0.5, math.sqrt(1 - FLAT_SLOPE) / 2),
    Tanh: (0.0, math.sqrt(1 - FLAT_SLOPE)),
    Arctan: (0.0, math.acos(math.sqrt(FLAT_SLOPE))),
}

_PART = 50


@dataclass(frozen=True, eq=False)
class Activity:
    """What an activation function does with the images.

    A unit is a channel of a map or one number of a vector.

    Attributes
    ----------
    units : int
        How many there are.
    zeros : float
        Part of all outputs that is exactly 0.
    silent : int
        Units that are 0 at every place for every image. Of a ReLU such a unit has no gradient: it is dead.
    saturated : float
        Part of all outputs of a sigmoid, tanh or arctan that lie where it is flat, see `FLAT_SLOPE`.
    stuck : int
        Units that are so at every place for every image.
    """

    units: int
    zeros: float
    silent: int
    saturated: float
    stuck: int


@dataclass(frozen=True, eq=False)
class LayerHealth:
    """One layer, measured; every array is read-only.

    Attributes
    ----------
    outputs : (B,) array of float32
        Part of the outputs in each of `OUTPUT_BINS`.
    mean, deviation : float
        Of the numbers that were counted for it.
    activity : Activity or None
        For ReLU, sigmoid, tanh and arctan.
    weights, gradients : (B,) arrays of float32, or None
        Part of the weights, and of the loss's derivatives with respect to them, in each of `WEIGHT_BINS` and
        `GRADIENT_BINS`; None where the layer has no weights.
    """

    outputs: NDArray[np.float32]
    mean: float
    deviation: float
    activity: Activity | None = None
    weights: NDArray[np.float32] | None = None
    gradients: NDArray[np.float32] | None = None


@dataclass(frozen=True, eq=False)
class Health:
    """A network, measured on a few images.

    Attributes
    ----------
    images : int
        How many.
    input_mean, input_deviation : float
        Of all numbers that the first layer reads: pixels, or standardised ones.
    layers : tuple of LayerHealth
        In the order of the network's layers.
    """

    images: int
    input_mean: float
    input_deviation: float
    layers: tuple[LayerHealth, ...]


def choose_probe(network: Sequential, dataset: Dataset) -> Dataset:
    """Return the images to measure a network with: spread evenly over a data set, and always the same.

    There are 200, fewer where the network has much to do with each, and never more than there are.

    Raises
    ------
    ArgumentError, ShapeError
        When there are no images or they do not fit.
    """
    if not len(dataset):
        raise ArgumentError("There must be at least one image to measure a network with.")
    work = max(network.multiply_adds(dataset.image_shape), 1)
    count = min(max(min(PROBE_IMAGES, PROBE_WORK // work), FEWEST_IMAGES), len(dataset))
    return dataset.subset(np.arange(count) * len(dataset) // count, f"{dataset.name}, {count} of it")


def measure_health(network: Sequential, probe: Dataset) -> Health:
    """Send images through a network as it is used, not as it learns, and count what comes out of each layer.

    Nothing of the network changes: no parameter, no running statistic, no generator.

    Parameters
    ----------
    network : Sequential
    probe : Dataset
        From `choose_probe`, of the shape and the classes that the network takes.

    Raises
    ------
    ArgumentError, ShapeError
        When there are no images or they do not fit.
    """
    if not len(probe):
        raise ArgumentError("There must be at least one image to measure a network with.")
    check_fit(network, probe)
    counts = [_Counts(layer) for layer in network.layers]
    inputs = []
    # A network that is about to diverge is measured as such; that it overflows is no news.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for start in range(0, len(probe), _PART):
            y: Array = np.asarray(probe.pixels(slice(start, start + _PART)), network.dtype)
            if isinstance(network, StandardisedNetwork):
                y = network.prepare(y)
            inputs.append(spread_sample(y))
            for count in counts:
                y, _ = count.layer.forward(y)
                count.add(y)
        grads = _gradients(network, probe)
        seen = np.concatenate(inputs).astype(np.float64)
        layers = tuple(count.result(index, grads) for index, count in enumerate(counts))
        return Health(len(probe), float(seen.mean()), float(seen.std()), layers)


def _gradients(network: Sequential, probe: Dataset) -> NamedVector:
    few = slice(0, GRADIENT_IMAGES)
    logits, caches = network.forward(probe.pixels(few))
    _, dlogits = cross_entropy(logits, probe.labels[few])
    return network.backward(dlogits, caches, need_dx=False)[1]


class _Counts:
    """Gathers what is known of one layer's outputs, part after part."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self._room = _ROOM.get(type(layer))
        self._watched = self._room is not None or isinstance(layer, ReLU)
        self._samples: list[Array] = []
        self._size = self._zeros = self._saturated = 0
        self._silent: NDArray[np.bool_] | None = None
        self._stuck: NDArray[np.bool_] | None = None

    def add(self, y: Array) -> None:
        """Count the outputs (N, units, ...) of some images."""
        self._samples.append(spread_sample(y).copy())
        if not self._watched:
            return
        places = (0, *range(2, y.ndim))
        fires = y != 0
        self._size += y.size
        self._zeros += y.size - int(np.count_nonzero(fires))
        silent = np.asarray(~fires.any(axis=places))
        self._silent = silent if self._silent is None else self._silent & silent
        if self._room is not None:
            middle, room = self._room
            flat = np.abs(y - middle) > room
            self._saturated += int(np.count_nonzero(flat))
            stuck = np.asarray(flat.all(axis=places))
            self._stuck = stuck if self._stuck is None else self._stuck & stuck

    def result(self, index: int, grads: NamedVector) -> LayerHealth:
        """Return what was found, with the weights of the layer and their gradients."""
        seen = np.concatenate(self._samples)
        weight = self.layer.parameters.get("weight")
        return LayerHealth(
            outputs=OUTPUT_BINS.shares(seen),
            mean=float(seen.mean(dtype=np.float64)),
            deviation=float(seen.std(dtype=np.float64)),
            activity=self._activity(),
            weights=None if weight is None else WEIGHT_BINS.shares(weight),
            gradients=None if weight is None else GRADIENT_BINS.shares(grads[f"{index}.weight"]),
        )

    def _activity(self) -> Activity | None:
        if self._silent is None:
            return None
        stuck = 0 if self._stuck is None else int(np.count_nonzero(self._stuck))
        return Activity(
            units=len(self._silent),
            zeros=self._zeros / self._size,
            silent=int(np.count_nonzero(self._silent)),
            saturated=self._saturated / self._size,
            stuck=stuck,
        )
