"""What the input image's pixels do to a score, a unit or the loss: the choice, and the numbers."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from cnncore import Trace
from cnncore.sensitivity import Integration, integration, loss_gradient, loss_integration, score_gradient
from explorer.workbench import RunState
from explorer.workbench.piecewise import Piecewise

from ..stops import Cell, Stop
from .model import Backward

CLASS, UNIT, LOSS = "class", "unit", "loss"
RAW, ABSOLUTE, PRODUCT, INTEGRATED = "raw", "absolute", "product", "integrated"


class Sensitivity(QObject):
    """Whose derivative is shown, in which way, and the arrays. Nothing is computed before it is asked for.

    The integral is worked out in the background, in short pieces, so that other jobs need not wait.

    Attributes
    ----------
    of : str
        "class", "unit" or "loss".
    klass : int or None
        The class; None for the one that is predicted.
    layer, unit : int, tuple of int
        The chosen unit.
    mode : str
        "raw", "absolute", "product" or "integrated".
    progress : Integration or None
        How far the integral under way has come.
    """

    changed = Signal()
    """Other numbers, or another choice."""
    progress_changed = Signal()

    def __init__(self, backward: Backward, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.backward = backward
        self.of, self.mode = CLASS, RAW
        self.klass: int | None = None
        self.layer = 0
        self._unit: Cell = ()
        self._gradient: np.ndarray | None = None
        self._integral: Integration | None = None
        self._work = Piecewise(backward.inspection.workbench)
        self._work.came.connect(self._got)
        self._work.failed.connect(self._failed)
        self.progress: Integration | None = None
        self.cancelled = False
        self.problem = ""
        self._of: Trace | None = None

    # The choice

    @property
    def layers(self) -> tuple[Stop, ...]:
        """The stops whose units can be chosen."""
        stops = self.backward.inspection.stops
        return tuple(stop for stop in stops if 0 <= stop.index < stops.softmax)

    @property
    def stop(self) -> Stop:
        """The layer of the chosen unit."""
        layers = self.layers
        return layers[min(self.layer, len(layers) - 1)]

    @property
    def unit(self) -> Cell:
        """The chosen unit in its layer's output; at first the middle of the first map."""
        shape = self.stop.shape
        if len(self._unit) == len(shape):
            return tuple(min(place, size - 1) for place, size in zip(self._unit, shape, strict=True))
        return (0, shape[1] // 2, shape[2] // 2) if len(shape) == 3 else (0,)

    @property
    def class_shown(self) -> int:
        """The class whose score is looked at."""
        found = self.backward.trace
        return found.predicted if self.klass is None or self.klass >= len(found.logits) else self.klass

    @property
    def cell(self) -> tuple[Cell, int | None]:
        """The unit's place and its layer, as the engine takes them."""
        return (self.unit, self.stop.index) if self.of == UNIT else ((self.class_shown,), None)

    @property
    def value(self) -> float:
        """The number whose derivative is shown, for the present image."""
        found = self.backward.trace
        if self.of == LOSS:
            return float(found.loss)
        place, layer = self.cell
        return float((found.logits if layer is None else found.layers[layer].output)[place])

    def strongest(self) -> Cell:
        """Return the unit of the chosen layer that gives the largest number."""
        values = self.backward.trace.layers[self.stop.index].output
        return tuple(int(place) for place in np.unravel_index(int(values.argmax()), values.shape))

    def choose(self, **choice) -> None:
        """Set `of`, `klass`, `layer`, `unit` or `mode`."""
        for name, value in choice.items():
            setattr(self, "_unit" if name == "unit" else name, value)
        if set(choice) != {"mode"}:
            self.forget()
        self.cancelled = False
        self.changed.emit()

    # The numbers

    def follow(self) -> None:
        """Forget the numbers if they belong to other parameters or to another image."""
        found = self.backward.trace
        if found is not self._of:
            self._of = found
            self.forget()

    def forget(self) -> None:
        """The network, the image or the unit is another: all numbers are to be worked out anew."""
        self._work.cancel()
        self._gradient = self._integral = self.progress = None
        self.cancelled, self.problem = False, ""

    @property
    def gradient(self) -> np.ndarray:
        """The derivative with respect to each pixel, (C, H, W)."""
        if self._gradient is None:
            network, found = self.backward.inspection.network, self.backward.trace
            if self.of == LOSS:
                self._gradient = loss_gradient(network, found)
            else:
                self._gradient = score_gradient(network, found.input, *self.cell)
        return self._gradient

    @property
    def integral(self) -> Integration | None:
        """The integrated gradients; None until they are there, see `ask`."""
        return self._integral

    def values(self) -> np.ndarray | None:
        """Return what the mode shows, (C, H, W); None while the integral is on its way."""
        if self.mode == INTEGRATED:
            return None if self._integral is None else self._integral.attribution
        if self.mode == PRODUCT:
            return self.gradient * self.backward.trace.input
        return np.abs(self.gradient) if self.mode == ABSOLUTE else self.gradient

    # The integral

    @property
    def running(self) -> bool:
        """Whether the integral is being worked out."""
        return self._work.running

    def ask(self) -> None:
        """Begin to integrate, unless that is done, under way, or has been given up, or training runs."""
        if self._integral is not None or self.running or self.cancelled or self.problem:
            return
        if self.in_training:
            return
        inspection, found = self.backward.inspection, self.backward.trace
        bench = inspection.workbench
        network = bench.spec.build(np.random.default_rng(0))
        network.load_state_dict(inspection.network.state_dict())
        if self.of == LOSS:
            self._work.start(loss_integration(network, found.input, found.label))
        else:
            self._work.start(integration(network, found.input, *self.cell))

    def restart(self) -> None:
        """Integrate after all."""
        self.cancelled, self.problem = False, ""
        self.ask()
        self.progress_changed.emit()

    def cancel(self) -> None:
        """Give the integral up."""
        if self.running:
            self._work.cancel()
            self.progress = None
            self.cancelled = True
            self.progress_changed.emit()

    @property
    def in_training(self) -> bool:
        """Whether the parameters change all the time."""
        return self.backward.inspection.workbench.state is RunState.RUNNING

    def _got(self, item: Integration) -> None:
        if item.done < item.steps:
            self.progress = item
            self.progress_changed.emit()
            return
        self._work.cancel()  # nothing more is to come
        self.progress = None
        self._integral = item
        self.changed.emit()

    def _failed(self, error: Exception) -> None:
        self.progress = None
        self.problem = str(error)
        self.progress_changed.emit()
