"""The stops on an image's way: the input, each layer, softmax and loss. Pure: no widget."""

from __future__ import annotations

import math
from dataclasses import dataclass

from cnncore import ModelSpec, Sequential
from cnncore.explain import kind_of
from explorer.numbers import format_shape

Cell = tuple[int, ...]
"""(map, row, column), (unit,), or () for the loss."""

FOLD = 16
"""Vectors of more units than this are shown in rows."""
MOST_ROWS = 120
"""Flattened maps keep their shape, one below the other, up to so many rows."""


@dataclass(frozen=True)
class Stop:
    """One stop; `index` counts the layers, -1 is the input, after the last layer come softmax and loss.

    `fold` is the row length in which a vector is shown; `source` the shape of what comes in.
    """

    index: int
    name: str
    kind: str
    shape: tuple[int, ...]
    source: tuple[int, ...] = ()
    fold: int = 1

    @property
    def is_maps(self) -> bool:
        return len(self.shape) == 3

    @property
    def shape_text(self) -> str:
        """The output's shape as it is read: "8×20×20"."""
        return format_shape(self.shape) if self.shape else "scalar"

    @property
    def channels(self) -> int:
        """How many maps; 1 for a vector, whose units are all cells of one picture."""
        return self.shape[0] if self.is_maps else 1

    @property
    def count(self) -> int:
        """How many cells are stepped through: those of one map, or all units."""
        return self.shape[1] * self.shape[2] if self.is_maps else math.prod(self.shape)

    @property
    def row(self) -> int:
        """How many cells a step up or down leaps over."""
        return self.shape[2] if self.is_maps else self.fold

    def cell(self, channel: int, index: int) -> Cell:
        """Return the cell at a place of the scan."""
        if self.is_maps:
            return (channel, *divmod(index, self.shape[2]))
        return (index,) if self.shape else ()

    def cell_at(self, channel: int | None, y: int | None, x: int | None, present: int) -> Cell | None:
        """Return the cell that a focus means here, with `present` for no map; None where there is none."""
        place = present if channel is None else channel
        if not self.shape or place >= self.shape[0]:
            return None
        if not self.is_maps:
            return (place,)
        _, height, width = self.shape
        if y is None or x is None:
            return place, height // 2, width // 2
        return (place, y, x) if y < height and x < width else None

    def index_of(self, cell: Cell) -> int:
        """Return the place of a cell in the scan."""
        if self.is_maps:
            return cell[1] * self.shape[2] + cell[2]
        return cell[0] if cell else 0


class Stops(tuple[Stop, ...]):
    """All stops in order. `stops.at(index)` takes a layer's index, -1 for the input."""

    __slots__ = ()

    def at(self, index: int) -> Stop:
        return self[index + 1]

    def before(self, index: int) -> Stop:
        """Return the stop that `index` reads."""
        return self[index]

    @property
    def softmax(self) -> int:
        """The index of the softmax."""
        return len(self) - 3

    @property
    def loss(self) -> int:
        """The index of the loss."""
        return len(self) - 2

    @property
    def softmax_twice(self) -> bool:
        """Whether the network itself ends in a softmax, of which the loss takes another."""
        return self.at(self.softmax - 1).kind == "softmax"

    def folded_source(self, index: int) -> tuple[int, ...] | None:
        """Return the shape of the maps whose flattened cells layer `index` reads, if there are such."""
        place = index
        while place > 0 and self.at(place).kind in ("activation", "dropout"):
            place -= 1
        before = self.before(place) if place >= 0 else None
        while before is not None and before.kind in ("activation", "dropout") and not before.is_maps:
            before = self.before(before.index)
        return before.source if before is not None and before.kind == "flatten" else None


def stops_of(spec: ModelSpec, network: Sequential) -> Stops:
    """List the stops of `network`, which `spec` describes."""
    found = [Stop(-1, "input", "input", tuple(spec.input_shape))]
    for index, (layer_spec, layer) in enumerate(zip(spec.layers, network.layers, strict=True)):
        source, shape, kind = found[-1].shape, tuple(spec.shapes()[index]), kind_of(layer)
        found.append(Stop(index, layer_spec.name, kind, shape, source, _fold(kind, shape, source)))
    count = len(network.layers)
    classes = found[-1].shape
    # The cross-entropy takes its own softmax of whatever comes last, also of what is a softmax already.
    name = "softmax again" if found[-1].kind == "softmax" else "softmax"
    found.append(Stop(count, name, "softmax", classes, classes))
    found.append(Stop(count + 1, "loss", "loss", (), classes))
    return Stops(found)


def _fold(kind: str, shape: tuple[int, ...], source: tuple[int, ...]) -> int:
    """Rows of a vector: one below the other where there are few, else as wide as it was or nearly square."""
    if len(shape) != 1 or shape[0] <= FOLD:
        return 1
    if kind == "flatten" and len(source) == 3 and source[0] * source[1] <= MOST_ROWS:
        return source[2]
    return math.ceil(math.sqrt(2 * shape[0]))
