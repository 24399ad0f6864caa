"""What the backward half of the page looks at: a derivative of the present layer, and its terms."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal

from cnncore.explain_gradient import GradientTerms, explain_gradient, gradient_targets
from explorer.widgets.transport import Transport

from ..inspection import Inspection
from ..stops import FOLD, Cell
from .derivatives import BATCH, Derivatives

WEIGHT, BIAS, INPUT = "weight", "bias", "input"
KEPT_TERMS = 64
"""A scan of a large map comes by thousands of cells, whose terms together would fill the memory."""


@dataclass(frozen=True)
class Link:
    """What is under the mouse, named so that every part can light its partners.

    `pixel` is a cell of the layer's input, `weight` one of its weight, `output` one of its output; `term` a
    place in a sum.
    """

    pixel: Cell | None = None
    weight: Cell | None = None
    output: Cell | None = None
    term: int | None = None


NO_LINK = Link()


class Backward(Derivatives):
    """The derivatives of the layer that `Inspection` shows, one of them taken apart.

    A layer with weights has two targets, its weight and its input; both cells are kept, and the transport
    moves that of the `target`. Terms are worked out when they are asked for.
    """

    trace_changed = Signal()
    """Other derivatives: new parameters or another sample."""
    stop_changed = Signal()
    """Another layer, output map, unit or input channel."""
    target_changed = Signal()
    cell_changed = Signal()
    link_changed = Signal()

    def __init__(self, inspection: Inspection, parent: QObject | None = None) -> None:
        super().__init__(inspection, parent)
        self.transport = Transport(parent=self)
        self.target = self._preferred = WEIGHT
        self.link = NO_LINK
        self._unit: int | None = None
        self._source = 0
        self._places: dict[str, tuple[int, int]] = {}
        self._terms: dict[tuple[str, Cell], GradientTerms] = {}
        self._entering = False
        self.transport.moved.connect(self._on_moved)
        inspection.trace_changed.connect(self._on_trace)
        inspection.stop_changed.connect(self._on_stop)
        inspection.spec_changed.connect(self._on_spec)

    # The place

    @property
    def targets(self) -> tuple[str, ...]:
        """Which derivatives the transport can move over here: "weight" and "input", or "input" alone."""
        if not self.is_layer:
            return (INPUT,)
        found = gradient_targets(self.step.layer)
        # The weight of a normalisation is one number a map: it is shown beside, there is nothing to scan.
        has_scan = WEIGHT in found and self.step.gradients[WEIGHT].ndim > 1
        return (WEIGHT, INPUT) if has_scan else (INPUT,)

    @property
    def map(self) -> int:
        """The output map in view."""
        return self.inspection.channel

    @property
    def unit(self) -> int:
        """The unit of a dense layer whose row of weights is in view; until one is chosen, a telling one."""
        if not self.stop.shape:
            return 0
        if self._unit is None:
            telling = self.stop.kind == "linear" and self.is_layer
            return int(np.abs(self.step.d_output).argmax()) if telling else 0
        return min(self._unit, self.stop.shape[0] - 1)

    @property
    def source(self) -> int:
        """The input channel in view; for a convolution it counts those that the output map reads."""
        return min(self._source, self.source_count - 1)

    @property
    def source_count(self) -> int:
        """How many input channels there are to choose from."""
        if self.stop.kind == "conv":
            return self.step.gradients[WEIGHT].shape[1]
        shape = self.shape(INPUT)
        return shape[0] if len(shape) == 3 else 1

    @property
    def channel_read(self) -> int:
        """The input channel in view, counted over all channels of the input."""
        if self.stop.kind != "conv":
            return self.source
        maps, count = self.step.gradients[WEIGHT].shape[:2]
        groups = self.step.input.shape[0] // count
        return self.map // (maps // groups) * count + self.source

    def shape(self, target: str) -> tuple[int, ...]:
        """Return the whole shape of a target: that of the layer's weight or input."""
        if target == WEIGHT:
            return self.step.gradients[WEIGHT].shape
        return self.stop.source if self.stop.index >= 0 else self.stop.shape

    def grid(self, target: str) -> tuple[int, int]:
        """Return rows and columns of what is scanned: a kernel, an input map, a row of weights, a vector."""
        shape = self.shape(target)
        if len(shape) >= 3:
            return shape[-2], shape[-1]
        count = shape[-1] if shape else 1
        fold = self._fold(count)
        return math.ceil(count / fold), fold

    def _fold(self, count: int) -> int:
        if count <= FOLD:
            return 1
        maps = self.inspection.stops.folded_source(self.inspection.index)
        return maps[2] if maps is not None and math.prod(maps) == count else math.ceil(math.sqrt(2 * count))

    def count(self, target: str) -> int:
        """Return how many cells are scanned."""
        shape = self.shape(target)
        return shape[-2] * shape[-1] if len(shape) >= 3 else (shape[-1] if shape else 1)

    def place(self, target: str) -> int:
        """Return where the scan of a target stands, in reading order; in another layer in the middle."""
        count, row = self.count(target), self.grid(target)[1]
        of, place = self._places.get(target, (0, 0))
        return place if of == count else min(count // 2 + (row // 2 if count > row else 0), count - 1)

    def _put(self, target: str, place: int) -> None:
        count = self.count(target)
        self._places[target] = count, min(max(place, 0), count - 1)

    def cell(self, target: str, place: int | None = None) -> Cell:
        """Return the index in the layer's weight or input of a place of the scan; by default the present."""
        place = self.place(target) if place is None else place
        shape = self.shape(target)
        if len(shape) == 4:
            return (self.map, self.source, *divmod(place, shape[3]))
        if len(shape) == 3:
            return (self.channel_read, *divmod(place, shape[2]))
        if len(shape) == 2:
            return (self.unit, place)
        # The weight of a normalisation is one number a map.
        return (self.map,) if target == WEIGHT else (place,)

    def terms(self, target: str) -> GradientTerms:
        """Return the terms of a target's present cell. Only where `is_layer`."""
        return self._explain(target, self.cell(target))

    def bias_terms(self) -> GradientTerms | None:
        """Return the terms of the bias of the present map or unit; None where there is no bias."""
        if not self.is_layer or BIAS not in self.step.gradients:
            return None
        return self._explain(BIAS, self.beside)

    def _explain(self, target: str, cell: Cell) -> GradientTerms:
        key = (target, cell)
        if key not in self._terms:
            if len(self._terms) >= KEPT_TERMS:
                self._terms.clear()
            self._terms[key] = explain_gradient(self.step, target, cell)
        return self._terms[key]

    @property
    def parameter(self) -> tuple[str, Cell] | None:
        """The name and index of the weight in view, ("2.weight", (5, 3, 1, 3)); None where there is none."""
        if not self.is_layer or not self.step.gradients:
            return None
        name = f"{self.inspection.index}.{WEIGHT}"
        return name, self.cell(WEIGHT) if WEIGHT in self.targets else self.beside

    @property
    def beside(self) -> Cell:
        """The index of what there is once for the map or unit in view: a bias, the weight of a norm."""
        return (self.map if self.stop.is_maps else self.unit,)

    # Moving

    @property
    def entering(self) -> bool:
        """Whether another layer or target is on its way: what has changed is told when all of it has."""
        return self._entering

    def set_active(self, active: bool) -> None:
        """Follow the page while the backward half of it is in view; else nothing is computed."""
        if active != self._active:
            self._active = active
            if active:
                self._forget()
                self._enter()
            else:
                self.transport.pause()
            self.batch_source.set_wanted(self.scope == BATCH and active)

    def set_target(self, target: str) -> None:
        """Let the transport move over another of the layer's derivatives."""
        if target != self.target and target in self.targets:
            self._preferred = target
            self._enter()
            self.target_changed.emit()

    def go_to(self, target: str, place: int) -> None:
        """Show a cell of a target, which becomes the one that the transport moves over."""
        if target == self.target:
            self.transport.seek(place)
        else:
            self._put(target, place)
            self.set_target(target)

    def point_to(self, target: str, place: int) -> None:
        """Show a cell of a target while the transport stays with its own."""
        if target == self.target:
            self.transport.seek(place)
            return
        before = self.place(target)
        self._put(target, place)
        if before != self.place(target):
            self.cell_changed.emit()

    def set_source(self, source: int) -> None:
        """Look at another input channel."""
        source = min(max(source, 0), self.source_count - 1)
        if source != self.source:
            self._source = source
            if self.stop.is_maps and self.stop.kind != "conv":
                self.inspection.set_channel(source)  # comes back as `_on_stop`
            else:
                self._on_stop()

    def set_unit(self, unit: int) -> None:
        """Look at the weights of another unit of a dense layer."""
        unit = min(max(unit, 0), self.stop.shape[0] - 1)
        if unit != self.unit:
            self._unit = unit
            self._on_stop()

    def set_link(self, link: Link) -> None:
        """Tell what is under the mouse."""
        if link != self.link:
            self.link = link
            self.link_changed.emit()

    def _enter(self) -> None:
        self.target = self._preferred if self._preferred in self.targets else self.targets[0]
        self._entering = True
        self.transport.pause()
        self.transport.set_count(self.count(self.target), self.grid(self.target)[1])
        self.transport.seek(self.place(self.target))
        self._entering = False

    def _on_moved(self) -> None:
        if not self._entering:
            self._put(self.target, self.transport.index)
            self.cell_changed.emit()

    def _on_trace(self) -> None:
        self._forget()
        if self._active:
            self.batch_source.renew()
            self.trace_changed.emit()

    def _on_spec(self) -> None:
        self._forget()
        self.batch_source.renew()
        self._on_stop()

    def _on_stop(self) -> None:
        stop = self.stop
        if stop.is_maps and stop.kind != "conv":
            self._source = self.inspection.channel
        self._terms.clear()
        if self._active:
            self._enter()
            self.set_link(NO_LINK)
            self.stop_changed.emit()

    def _forget(self) -> None:
        super()._forget()
        self._terms.clear()
