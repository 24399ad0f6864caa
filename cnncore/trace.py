"""One sample's way through a network, layer by layer, forward and backward, for looking at."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from cnncore.errors import ArgumentError, ShapeError
from cnncore.layers import Layer
from cnncore.loss import cross_entropy, softmax
from cnncore.network import Sequential
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
        The image, (C, H, W).
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


def trace(network: Sequential, x: npt.ArrayLike, label: int | None = None) -> Trace:
    """Run one sample forward, and with a label backward, and keep everything on the way.

    The result holds copies: it stays as it is when the network's parameters change or other samples run.

    Parameters
    ----------
    network : Sequential
        The network; it is not changed.
    x : array
        The image, (C, H, W); taken in the precision of the network.
    label : int, optional
        The true class. Without it there is no loss and nothing runs backward.

    Raises
    ------
    ShapeError
        When the image does not fit the network.
    ArgumentError
        When there is no class with the number `label`.
    """
    image = np.array(x, dtype=network.dtype)
    y = image[np.newaxis]
    outputs, caches = [], []
    # Parameters of a run that is about to diverge still make a picture, not a warning.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for layer in network.layers:
            y, cache = layer.forward(y, training=label is not None)
            outputs.append(_sample(y))
            caches.append(cache)
        loss, dy = None, None
        if label is not None:
            if not 0 <= label < y.shape[1]:
                raise ArgumentError(f"There is no class {label}; classes are 0 to {y.shape[1] - 1}.")
            loss, dy = cross_entropy(y, np.array([label]))
        backward = _backward(network.layers, caches, dy)
        probabilities = _sample(softmax(y))
    inputs = [_freeze(image), *outputs]
    layers = tuple(
        LayerTrace(index, layer, inputs[index], inputs[index + 1], d_output, d_input, gradients)
        for index, (layer, (d_output, d_input, gradients)) in enumerate(
            zip(network.layers, backward, strict=True)
        )
    )
    logits = outputs[-1]
    return Trace(image, layers, logits, probabilities, int(logits.argmax()), label, loss)


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
