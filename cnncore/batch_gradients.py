"""The gradients of a batch as learning uses them, means over its samples, and what each sample says."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from cnncore.checks import check_cell, check_pixels
from cnncore.errors import ArgumentError, ShapeError
from cnncore.explain_window import window_at
from cnncore.layers import Conv2d, Layer, Linear
from cnncore.loss import cross_entropy, log_softmax
from cnncore.network import PART, Sequential
from cnncore.standardisation import StandardisedNetwork
from cnncore.windows import Array


@dataclass(frozen=True, eq=False)
class _Step:
    """What went into a layer, and the derivative of the batch's loss by what came out, part by part."""

    layer: Layer
    inputs: tuple[Array, ...]
    d_outputs: tuple[Array, ...]


@dataclass(frozen=True, eq=False)
class BatchGradients:
    """Derivatives of the mean loss of a batch. Arrays are read-only.

    Attributes
    ----------
    loss : float
        The mean over the batch.
    losses : (N,) float64 array
        The loss of each sample.
    logits : (N, K) array
    gradients : mapping of str to array
        By name of the parameter, such as "0.weight"; what ``optimizer.step`` takes. They are those of
        ``network.backward``, but for rounding where it splits a batch differently.
    norms : (L + 1,) float64 array
        How large the derivatives are, by what goes into the first layer and by the output of each layer: the
        Frobenius norm, the root of the sum of squares, over all samples together.
    sample_norms : (L + 1, N) float64 array
        The same for the loss of each sample by itself, as its trace has it: ``norms`` is the root of the sum
        of their squares, divided by N.
    """

    loss: float
    losses: Array
    logits: Array
    gradients: Mapping[str, Array]
    norms: Array
    sample_norms: Array
    _steps: tuple[_Step, ...]

    def per_sample(self, name: str, place: tuple[int, ...]) -> Array:
        """Return each sample's own derivative with respect to one number, (N,) float64.

        Their mean is ``gradients[name][place]`` but for rounding.

        Parameters
        ----------
        name : str
            A parameter, such as "0.weight".
        place : tuple of int
            Index in it.

        Raises
        ------
        ArgumentError
            When there is no such parameter or place.
        """
        if name not in self.gradients:
            raise ArgumentError(f"The parameters are {', '.join(self.gradients)}; {name} is none of them.")
        check_cell(place, self.gradients[name].shape, name)
        index, key = name.split(".", 1)
        step = self._steps[int(index)]
        parts = [
            _own(step.layer, key, place, x, dy) for x, dy in zip(step.inputs, step.d_outputs, strict=True)
        ]
        result: Array = np.concatenate(parts) * len(self.losses)
        return result


def batch_gradients(network: Sequential, images: npt.ArrayLike, labels: npt.ArrayLike) -> BatchGradients:
    """Run a batch forward and backward and keep what its samples say one by one.

    Layers do what they do when the network is used, as in `trace`: nothing is left out at random, and batch
    normalisation uses its running statistics.

    Parameters
    ----------
    network : Sequential
        It is not changed.
    images : array
        (N, C, H, W), raw; taken in the precision of the network.
    labels : (N,) of int
        The true classes.

    Raises
    ------
    ShapeError
        When there are no images, they do not fit the network, or there are not as many labels.
    ArgumentError
        When a label is not one of the classes, or a pixel is no finite number.
    """
    x = _images(network, images)
    count = -(-len(x) // max(1, -(-len(x) // PART)))
    # Parameters of a run that is about to diverge still make numbers, not a warning.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        if isinstance(network, StandardisedNetwork):
            x = network.prepare(x)
        parts = [_forward(network, x[start : start + count]) for start in range(0, len(x), count)]
        logits = np.concatenate([values[-1] for values, _ in parts])
        loss, d_logits = cross_entropy(logits, labels)
        losses = -log_softmax(logits.astype(np.float64))[np.arange(len(x)), np.asarray(labels)]
        gradients: dict[str, Array] = {}
        derivatives = [
            _backward(network, caches, d_logits[number * count : (number + 1) * count], gradients)
            for number, (_, caches) in enumerate(parts)
        ]
        sizes = np.array(
            [np.concatenate([_norms(d) for d in stop]) for stop in zip(*derivatives, strict=True)]
        )
    steps = tuple(
        _Step(
            layer,
            tuple(values[index] for values, _ in parts),
            tuple(found[index + 1] for found in derivatives),
        )
        for index, layer in enumerate(network.layers)
    )
    ordered = {name: _freeze(gradients[name]) for name in network.parameters()}
    return BatchGradients(
        loss,
        _freeze(losses),
        _freeze(logits),
        MappingProxyType(ordered),
        _freeze(np.sqrt(np.square(sizes).sum(axis=1))),
        _freeze(sizes * len(x)),
        steps,
    )


def _images(network: Sequential, images: npt.ArrayLike) -> Array:
    x = check_pixels(images, network.dtype)
    if x.ndim != 4 or not len(x):
        raise ShapeError(f"A batch of images has the shape (N, C, H, W) with at least one, not {x.shape}.")
    return x


def _forward(network: Sequential, x: Array) -> tuple[list[Array], list[Any]]:
    """What goes into each layer, and the logits; and what the layers keep for the way back."""
    values, caches = [x], []
    for layer in network.layers:
        y, cache = layer.forward(values[-1])
        values.append(y)
        caches.append(cache)
    return values, caches


def _backward(
    network: Sequential, caches: list[Any], d_logits: Array, gradients: dict[str, Array]
) -> list[Array]:
    """Derivatives by what goes into the first layer and by each output; those of parameters are added up."""
    found = [d_logits]
    for index in reversed(range(len(network.layers))):
        dx, own = network.layers[index].backward(found[-1], caches[index])
        assert dx is not None
        found.append(dx)
        for key, gradient in own.items():
            name = f"{index}.{key}"
            if name in gradients:
                gradients[name] += gradient
            else:
                gradients[name] = gradient
    return found[::-1]


def _norms(derivative: Array) -> Array:
    """The root of the sum of squares of each sample, (N,) float64."""
    axes = tuple(range(1, derivative.ndim))
    squares: Array = np.square(derivative, dtype=np.float64).sum(axis=axes)
    return np.sqrt(squares)


def _own(layer: Layer, key: str, place: tuple[int, ...], x: Array, dy: Array) -> Array:
    """Each sample's part in the derivative of the batch's loss with respect to one number, (N,) float64."""
    if isinstance(layer, Conv2d | Linear) and key == "bias":
        return _sums(dy[:, place[0]])
    if isinstance(layer, Linear):
        return dy[:, place[0]].astype(np.float64) * x[:, place[1]]
    if isinstance(layer, Conv2d):
        return _of_kernel(layer, place, x, dy)
    # Few numbers: a pass for each sample costs little.
    found = []
    for n in range(len(x)):
        _, cache = layer.forward(x[n : n + 1])
        _, own = layer.backward(dy[n : n + 1], cache, need_dx=False)
        found.append(float(own[key][place]))
    return np.array(found)


def _of_kernel(layer: Conv2d, place: tuple[int, ...], x: Array, dy: Array) -> Array:
    """Input times derivative over all positions, equation (11), for each sample."""
    (unit, channel, i, j), shape = place, x.shape[1:]
    maps, channels = layer.out_channels // layer.groups, layer.in_channels // layer.groups
    height, width = dy.shape[2:]
    rows = np.array([window_at(layer, shape, y, 0).source_rows[i] for y in range(height)])
    columns = np.array([window_at(layer, shape, 0, x).source_columns[j] for x in range(width)])
    image = x[:, unit // maps * channels + channel].astype(np.float64)
    seen = image[:, rows[:, np.newaxis], columns]
    seen[:, (rows[:, np.newaxis] < 0) | (columns < 0)] = 0
    return _sums(seen * dy[:, unit])


def _sums(values: Array) -> Array:
    total: Array = values.sum(axis=tuple(range(1, values.ndim)), dtype=np.float64)
    return total


def _freeze(array: Array) -> Array:
    array.flags.writeable = False
    return array
