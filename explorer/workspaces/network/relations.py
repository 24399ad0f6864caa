"""Which maps and units belong to a selected one: what it reads, and what reads it. Pure NumPy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .stages import Link, Stage, Stages

MOST_TERMS = 16
"""So many of a sum's products are drawn as lines."""


def related(stages: Stages, layer: int, channel: int) -> dict[int, np.ndarray]:
    """Mark the maps and units of every stage that lead to a selected one or come from it.

    Returns
    -------
    dict of int to (count,) bool
        For each stage, the input image (-1) included.
    """
    marks = {layer: _only(stages.at(layer).count, channel)}
    for index in range(layer, -1, -1):
        marks[index - 1] = _sources(stages.at(index), stages.before(index), marks[index])
    for index in range(layer + 1, len(stages) - 1):
        marks[index] = _readers(stages.at(index), stages.before(index), marks[index - 1])
    return marks


def _only(count: int, index: int) -> np.ndarray:
    marks = np.zeros(count, dtype=bool)
    marks[index] = True
    return marks


def _sources(stage: Stage, before: Stage, marks: np.ndarray) -> np.ndarray:
    if stage.kind == "softmax":
        return np.ones(before.count, dtype=bool)
    if stage.link is Link.POINTWISE:
        return marks
    if stage.link is Link.FLATTEN:
        return marks.reshape(before.count, -1).any(axis=1)
    if stage.kernels is not None:
        return _of_groups(marks, before.count // stage.kernels[1], before.count)
    return np.ones(before.count, dtype=bool)


def _readers(stage: Stage, before: Stage, marks: np.ndarray) -> np.ndarray:
    if stage.kind == "softmax":
        return np.ones(stage.count, dtype=bool)
    if stage.link is Link.POINTWISE:
        return marks
    if stage.link is Link.FLATTEN:
        return np.repeat(marks, stage.count // before.count)
    if stage.kernels is not None:
        return _of_groups(marks, before.count // stage.kernels[1], stage.count)
    return np.ones(stage.count, dtype=bool)


def _of_groups(marks: np.ndarray, groups: int, count: int) -> np.ndarray:
    """Mark all maps, on the other side of a convolution, of those groups that have a marked one."""
    return np.repeat(marks.reshape(groups, -1).any(axis=1), count // groups)


def dense_layer_of(stages: Stages, layer: int) -> int | None:
    """Return the dense layer that a unit of `layer` is computed by, through activations; None for maps."""
    while layer >= 0 and stages.at(layer).link is Link.POINTWISE:
        layer -= 1
    return layer if layer >= 0 and stages.at(layer).link is Link.DENSE else None


@dataclass(frozen=True)
class Terms:
    """The largest products of one dense unit's sum: of inputs `sources`, each with its product."""

    layer: int
    unit: int
    sources: np.ndarray
    products: np.ndarray


def largest_terms(weight: np.ndarray, inputs: np.ndarray, layer: int, unit: int) -> Terms:
    """Pick the `MOST_TERMS` products of largest size, largest first; products of zero are left out.

    Parameters
    ----------
    weight : (out, in)
    inputs : (in,)
        What the layer reads for the present sample.
    """
    products = weight[unit] * inputs
    size = np.abs(products)
    count = min(MOST_TERMS, len(size))
    best = np.argpartition(-size, count - 1)[:count]
    best = best[np.argsort(-size[best], kind="stable")]
    best = best[size[best] > 0]
    return Terms(layer, unit, best, products[best])
