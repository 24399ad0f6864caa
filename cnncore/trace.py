"""One sample's way through a network, layer by layer, forward and backward, for looking at."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from cnncore.checks import check_count, check_pixels
from cnncore.errors import ShapeError
from cnncore.layers import Layer
from cnncore.loss import cross_entropy, softmax
from cnncore.network import Sequential
from cnncore.standardisation import StandardisedNetwork
from cnncore.windows import Array


@dataclass(frozen=True, eq=False)
class LayerTrace:
    """What one layer took and gave. Arrays are read-only, C-contiguous, and have no batch axis.

    Attributes
    ----------
    index : int
        Position of the layer in the network, from 0.
    layer : Layer
        The layer itself.
    input, output : array
        What went in and came out, (C, H, W) or (K,).
    d_output, d_input : array or None
        Derivative of the loss with respect to `output` and `input`; None when there was no label.
    gradients : mapping of str to array
        Derivative of the loss with respect to each of the layer's parameters; empty when there was no label.
    """

    index: int
    layer: Layer
    input: Array
    output: Array
    d_output: Array | None
    d_input: Array | None
    gradients: Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class Trace:
    """One sample's way through a network. Arrays are read-only and have no batch axis.

    Attributes
    ----------
    input : array
        The image, (C, H, W), raw as it was given.
    layers : tuple of LayerTrace
        One entry for each layer, in forward order.
    logits, probabilities : array
        Output of the last layer and its softmax, (K,).
    predicted : int
        The most probable class.
    label : int or None
        The class the sample was said to have.
    loss : float or None
        Cross-entropy of the sample; None when there was no label.
    """

    input: Array
    layers: tuple[LayerTrace, ...]
    logits: Array
    probabilities: Array
    predicted: int
    label: int | None
    loss: float | None

    @property
    def normalised(self) -> Array:
        """What the first layer sees: the standardised pixels, or the raw ones where the model has none."""
        return self.layers[0].input


def trace(network: Sequential, x: npt.ArrayLike, label: int | None = None, *, backward: bool = True) -> Trace:
    """Run one sample forward, and with a label backward, and keep everything on the way.

    Layers do what they do when the network is used, also those that do something else while it learns. The
    result holds copies: it stays as it is when the network's parameters change or other samples run.

    Parameters
    ----------
    network : Sequential
        The network; it is not changed.
    x : array
        The image, (C, H, W); taken in the precision of the network.
    label : int, optional
        The true class. Without it there is no loss and nothing runs backward.
    backward : bool
        False leaves the gradients out, which takes a third of the time.

    Raises
    ------
    ShapeError
        When the image does not fit the network.
    ArgumentError
        When a pixel is no finite number, or there is no class with the number `label`.
    """
    image = check_pixels(x, network.dtype)
    y = image[np.newaxis]
    normalised = image
    if isinstance(network, StandardisedNetwork):
        y = network.prepare(y)
        normalised = np.array(y[0], order="C")
    outputs, caches = [], []
    keeps_cache = backward and label is not None
    # Parameters of a run that is about to diverge still make a picture, not a warning.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for layer in network.layers:
            y, cache = layer.forward(y)
            outputs.append(_sample(y))
            caches.append(cache)
        loss, dy = None, None
        if label is not None:
            check_count(label, "The label of a sample", 0, y.shape[1] - 1)
            loss, dy = cross_entropy(y, np.array([label]))
        gradients = _backward(network.layers, caches, dy if keeps_cache else None)
        probabilities = _sample(softmax(y))
    inputs = [_freeze(normalised), *outputs]
    layers = tuple(
        LayerTrace(index, layer, inputs[index], inputs[index + 1], d_output, d_input, d_parameters)
        for index, (layer, (d_output, d_input, d_parameters)) in enumerate(
            zip(network.layers, gradients, strict=True)
        )
    )
    logits = outputs[-1]
    return Trace(_freeze(image), layers, logits, probabilities, int(logits.argmax()), label, loss)


_Backward: TypeAlias = tuple[Array | None, Array | None, Mapping[str, Array]]


def _backward(layers: tuple[Layer, ...], caches: list[Any], dy: Array | None) -> list[_Backward]:
    if dy is None:
        return [(None, None, MappingProxyType({}))] * len(layers)
    result: list[_Backward] = []
    d_output = _sample(dy)
    for layer, cache in zip(reversed(layers), reversed(caches), strict=True):
        dx, grads = layer.backward(dy, cache)
        if dx is None:
            raise ShapeError(f"{layer!r} gave no gradient for its input")
        dy, d_input = dx, _sample(dx)
        copies = {name: _freeze(np.array(grad, order="C")) for name, grad in grads.items()}
        result.append((d_output, d_input, MappingProxyType(copies)))
        d_output = d_input
    return result[::-1]


def _sample(batch: Array) -> Array:
    return _freeze(np.array(batch[0], order="C"))


def _freeze(array: Array) -> Array:
    array.flags.writeable = False
    return array
