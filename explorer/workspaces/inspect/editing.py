"""Changes to the page's own copy of the network, and what they do to the sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal

from cnncore import CnnError, Trace, trace
from cnncore.kernel_presets import kernel_preset
from explorer.workbench import RunState

from .inspection import Inspection

Place = tuple[int, ...]


@dataclass(frozen=True)
class Effect:
    """What the changes do to the sample: prediction, probability of the true (or predicted) class, loss."""

    count: int
    class_name: str
    probability: tuple[float, float]
    loss: tuple[float, float] | None
    predicted: tuple[str, str]


class Editing(QObject):
    """Sets weights and biases of the copy, undoes it all, or hands it to a run at rest.

    The first change freezes the page, so that training does not write over it; to follow training again
    undoes the changes.
    """

    changed = Signal()

    def __init__(self, inspection: Inspection) -> None:
        super().__init__(inspection)
        self._inspection = inspection
        self._kept: np.ndarray | None = None
        self._baseline: Trace | None = None
        inspection.frozen_changed.connect(self._on_frozen)
        inspection.trace_changed.connect(self._on_trace)
        inspection.workbench.state_changed.connect(self.changed)
        inspection.workbench.moment_changed.connect(self.changed)

    @property
    def edited(self) -> bool:
        """Whether anything differs from what was copied."""
        return self.count > 0

    @property
    def count(self) -> int:
        """How many numbers differ."""
        if self._kept is None:
            return 0
        return int((self._kept != self._inspection.network.parameter_vector).sum())

    @property
    def can_apply(self) -> bool:
        """Whether the run can take the changes over."""
        return self.edited and not self.hindrance

    @property
    def hindrance(self) -> str:
        """What stands in the way of applying changes; empty when nothing does."""
        bench = self._inspection.workbench
        if bench.state is RunState.RUNNING:
            return "Pause training to apply the changes"
        if bench.shown_moment is not None:
            return "A past moment of training is shown; go back to now to apply the changes"
        return ""

    def parameter(self, name: str) -> np.ndarray | None:
        """Return a parameter of the layer in view, read-only: "weight" or "bias"."""
        inspection = self._inspection
        if not 0 <= inspection.index < inspection.stops.softmax:
            return None
        array = inspection.network.layers[inspection.index].parameters.get(name)
        if array is None:
            return None
        view = array.view()
        view.flags.writeable = False
        return view

    def set_value(self, name: str, place: Place, value: float) -> None:
        """Set one number of the layer in view."""
        array = self.parameter(name)
        if array is None or float(array[place]) == np.float32(value):
            return
        self._begin()
        self._inspection.network.layers[self._inspection.index].parameters[name][place] = value
        self._inspection.retrace()

    def set_vector(self, parameters: np.ndarray) -> None:
        """Set all parameters of the copy, laid out as the network's."""
        self._begin()
        self._inspection.network.set_parameter_vector(parameters)
        self._inspection.retrace()

    def set_preset(self, name: str, place: Place) -> None:
        """Give the kernel at (map, channel) of the layer in view a known form."""
        weight = self.parameter("weight")
        if weight is None or weight.ndim != 4:
            return
        self._begin()
        kernel = self._inspection.network.layers[self._inspection.index].parameters["weight"][place]
        kernel[...] = kernel_preset(name, kernel.shape)
        self._inspection.retrace()

    def restore(self) -> None:
        """Undo all changes."""
        if self._kept is not None:
            self._inspection.network.set_parameter_vector(self._kept)
            self._kept = self._baseline = None
            self._inspection.retrace()

    def apply(self) -> None:
        """Hand the changed parameters to the run, which goes on from them."""
        if not self.can_apply:
            return
        try:
            self._inspection.workbench.apply_parameters(self._inspection.network.parameter_vector)
        except CnnError as error:
            self._inspection.workbench.failed.emit("The changes cannot be applied.", str(error))
            return
        self._kept = self._baseline = None
        self._inspection.set_frozen(False)
        self.changed.emit()

    def effect(self) -> Effect | None:
        """Compare the sample before and after the changes; None without any."""
        if not self.edited or self._baseline is None:
            return None
        before, after = self._baseline, self._inspection.trace
        names = self._inspection.workbench.spec.class_names
        seen = before.predicted if before.label is None else before.label
        losses = None if before.loss is None or after.loss is None else (before.loss, after.loss)
        return Effect(
            self.count,
            names[seen],
            (float(before.probabilities[seen]), float(after.probabilities[seen])),
            losses,
            (names[before.predicted], names[after.predicted]),
        )

    def _begin(self) -> None:
        if self._kept is None:
            self._kept = self._inspection.network.parameter_vector.copy()
            self._baseline = self._inspection.trace
            self._inspection.set_frozen(True)

    def _on_trace(self) -> None:
        """Another sample: the network before the changes sees it too."""
        found = self._inspection.trace
        if self._kept is not None and self._baseline is not None:
            same = self._baseline.input is found.input or np.array_equal(self._baseline.input, found.input)
            if not same or self._baseline.label != found.label:
                network = self._inspection.network
                edited = network.parameter_vector.copy()
                network.set_parameter_vector(self._kept)
                self._baseline = trace(network, found.input, found.label, backward=False)
                network.set_parameter_vector(edited)
        self.changed.emit()

    def _on_frozen(self) -> None:
        """Training is followed again, or the network is another one: the copy is made anew."""
        if not self._inspection.frozen:
            self._kept = self._baseline = None
            self.changed.emit()
