"""Lengths of gradients, weights and changes, layer by layer: cheap enough to be taken at every step."""

import math
from collections.abc import Mapping

import numpy as np

from cnncore import buffers
from cnncore.network import NamedVector, Sequential
from cnncore.windows import Array

UPDATE_EVERY = 4
"""Steps from one measurement of a change to the next; one takes 1.7 % of a step of the reference network."""


def learning_layers(network: Sequential) -> tuple[int, ...]:
    """Return the positions of the layers that have parameters: what the tuples here run over."""
    return tuple(index for index, layer in enumerate(network.layers) if layer.parameters)


def squared_lengths(arrays: Mapping[str, Array]) -> dict[str, float]:
    """Return the sum of the squares of each array, under its name."""
    flat = ((name, array.ravel(order="K")) for name, array in arrays.items())
    return {name: float(np.dot(values, values)) for name, values in flat}


def lengths(squares: Mapping[str, float]) -> tuple[float, ...]:
    """Return one length for each layer: the root of the sum over its arrays.

    Parameters
    ----------
    squares : mapping of str to float
        From `squared_lengths`, under the names of ``network.parameters()``: "0.weight", "0.bias", "2.weight".
    """
    sums: dict[str, float] = {}
    for name, square in squares.items():
        layer, _, _ = name.partition(".")
        sums[layer] = sums.get(layer, 0.0) + square
    return tuple(math.sqrt(total) for total in sums.values())


class UpdateMeter:
    """Measures by how much a step changes each layer, against what the layer was.

    Make one before a step and ask it after: the copy of the parameters lies in a buffer that serves again.
    """

    def __init__(self, network: Sequential) -> None:
        self._parameters = network.parameters()
        self._before = buffers.empty((network.parameter_count,), network.dtype)
        np.copyto(self._before, network.parameter_vector)

    def ratios(self) -> tuple[float, ...]:
        """Return length of the change / length of the parameters before it, for each layer with parameters.

        About 1e-3 is usual; 0 where nothing changed, infinite where all parameters had been zero.
        """
        shapes = {name: array.shape for name, array in self._parameters.items()}
        before = NamedVector(shapes, self._before)
        weights = lengths(squared_lengths(before))
        self._before -= self._parameters.vector
        changes = lengths(squared_lengths(before))
        return tuple(map(_ratio, changes, weights))


def _ratio(change: float, weights: float) -> float:
    if change == 0.0:
        return 0.0
    return change / weights if weights else math.inf
