"""What the picture needs to know of a network: one stage a layer, and how each hangs on the one before."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from cnncore import Sequential
from cnncore.spec import ModelSpec


class Link(Enum):
    """How a layer reads the layer before it."""

    NONE = "none"  # the input image
    CONVOLUTION = "convolution"  # each map reads all maps of its group through kernels
    POINTWISE = "pointwise"  # each map or unit reads its own partner only: activations, pooling
    FLATTEN = "flatten"  # each unit is one cell of a map
    DENSE = "dense"  # each unit reads all units


@dataclass(frozen=True)
class Stage:
    """One layer of the network, or the input image (index -1).

    `shape` is the output's, without the batch axis; `kernels` is a convolution's (out, in, kh, kw).
    """

    index: int
    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int
    link: Link
    kernels: tuple[int, int, int, int] | None = None

    @property
    def is_maps(self) -> bool:
        return len(self.shape) == 3

    @property
    def count(self) -> int:
        """Maps or units."""
        return self.shape[0]

    @property
    def noun(self) -> str:
        return "map" if self.is_maps else "unit"

    def title(self, channel: int) -> str:
        """Name one map or unit in words: "conv2 map 5"."""
        return "input image" if self.index < 0 and self.count == 1 else f"{self.name} {self.noun} {channel}"


class Stages(tuple[Stage, ...]):
    """All stages in order. `stages.at(layer)` takes the layer's index, -1 for the input."""

    __slots__ = ()

    def at(self, layer: int) -> Stage:
        return self[layer + 1]

    @property
    def last(self) -> Stage:
        return self[-1]

    def before(self, layer: int) -> Stage:
        """Return the stage that `layer` reads."""
        return self[layer]

    def sources_of(self, layer: int, channel: int) -> range:
        """Return the maps that map `channel` of a convolution reads: all, or those of its group."""
        stage = self.at(layer)
        count, inputs = stage.kernels[:2] if stage.kernels else (1, self.before(layer).count)
        group = channel // (count * inputs // self.before(layer).count)
        return range(group * inputs, (group + 1) * inputs)

    def source_of_range(self, layer: int) -> int:
        """Return the layer whose colours `layer` takes: ReLU, pooling and flatten use the one they read."""
        while layer > 0 and self.at(layer).kind in _BORROWS_RANGE:
            layer -= 1
        return layer


_BORROWS_RANGE = frozenset({"relu", "maxpool2d", "flatten"})


def stages_of(spec: ModelSpec, network: Sequential) -> Stages:
    """List the stages of `network`, which `spec` describes."""
    found = [Stage(-1, "input", "input", tuple(spec.input_shape), 0, Link.NONE)]
    counts, shapes = spec.parameter_counts(), spec.shapes()
    for index, (layer_spec, layer, shape) in enumerate(zip(spec.layers, network.layers, shapes, strict=True)):
        weight = layer.parameters.get("weight")
        kernels = tuple(weight.shape) if weight is not None and weight.ndim == 4 else None
        link = _link(found[-1].shape, tuple(shape), weight)
        found.append(
            Stage(index, layer_spec.name, layer_spec.kind, tuple(shape), counts[index], link, kernels)
        )
    return Stages(found)


def _link(before: tuple[int, ...], after: tuple[int, ...], weight: object) -> Link:
    dimensions = getattr(weight, "ndim", 0)
    if dimensions == 4:
        return Link.CONVOLUTION
    if dimensions == 2:
        return Link.DENSE
    return Link.FLATTEN if len(before) == 3 and len(after) == 1 else Link.POINTWISE
