"""Which weights stay when another network takes the place of the present one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnncore import ModelSpec, Sequential

if TYPE_CHECKING:
    from explorer.workbench import Workbench


def kept_layers(old: ModelSpec, new: ModelSpec) -> tuple[str, ...]:
    """Name the layers with weights that are in both models, unchanged, and take inputs of the same kind."""
    return tuple(new.layers[place].name for place in _pairs(old, new))


def _pairs(old: ModelSpec, new: ModelSpec) -> dict[int, int]:
    """For each layer of the new model that can keep its weights, the place of that layer in the old one."""
    places = {layer.name: place for place, layer in enumerate(old.layers)}
    inputs = [(spec.input_shape, *spec.shapes()) for spec in (old, new)]
    pairs = {}
    for place, layer in enumerate(new.layers):
        before = places.get(layer.name)
        if before is None or old.layers[before] != layer or not new.parameter_counts()[place]:
            continue
        # A layer's weights depend on its input by the number of channels or features only.
        if inputs[0][before][0] == inputs[1][place][0]:
            pairs[place] = before
    return pairs


def state_with_kept(
    old: ModelSpec, new: ModelSpec, trained: Sequential, fresh: Sequential
) -> dict[str, np.ndarray]:
    """Return the state of `fresh`, a network of `new`, with what can be kept of `trained`, one of `old`."""
    state, source = fresh.state_dict(), trained.state_dict()
    pairs = _pairs(old, new)
    for key in state:
        place, _, name = key.partition(".")
        before = pairs.get(int(place))
        if before is not None and source[f"{before}.{name}"].shape == state[key].shape:
            state[key] = source[f"{before}.{name}"]
    return state


def has_learned(workbench: Workbench) -> bool:
    """Whether the present network is another one than at the start of a run."""
    if workbench.progress.step:
        return True
    fresh = workbench.spec.build(workbench.hyperparameters.rng("initialisation"))
    return not np.array_equal(fresh.state_vector, workbench.network.state_vector)
