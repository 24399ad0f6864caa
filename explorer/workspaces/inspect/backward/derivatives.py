"""The derivatives of the loss that the backward half of the page shows: the sample's, or the batch's mean."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from cnncore import Trace, trace
from cnncore.batch_gradients import BatchGradients
from cnncore.explain_cells import slopes
from cnncore.explain_gradient import LossGradientTerms, explain_loss_gradient
from cnncore.trace import LayerTrace

from ..inspection import Inspection
from ..stops import Stop
from .batch_source import BatchSource

SAMPLE, BATCH = "sample", "batch"


class Derivatives(QObject):
    """All derivatives by the parameters in view, worked out when they are first asked for."""

    scope_changed = Signal()
    """Weights and norms are those of the sample now, or means over the batch."""
    batch_changed = Signal()
    """The batch's gradients have come, or are no longer those of the parameters in view."""

    def __init__(self, inspection: Inspection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.inspection = inspection
        self.scope = SAMPLE
        self.batch_source = BatchSource(inspection, self)
        self._active = False
        self._trace: Trace | None = None
        self._slopes: dict[int, np.ndarray] = {}
        self.batch_source.changed.connect(self.batch_changed)

    @property
    def trace(self) -> Trace:
        """The sample's way forward and backward. Without a label the predicted class stands for it."""
        if self._trace is None:
            inspection = self.inspection
            found = inspection.trace
            label = found.predicted if found.label is None else found.label
            self._trace = trace(inspection.network, found.input, label)
        return self._trace

    @property
    def label_assumed(self) -> bool:
        """Whether nobody knows the true class, and the predicted one stands for it."""
        return self.inspection.trace.label is None

    @property
    def stop(self) -> Stop:
        """The stop in view."""
        return self.inspection.stop

    @property
    def is_layer(self) -> bool:
        """Whether a layer is in view: not the input, the softmax at the end, or the loss."""
        return 0 <= self.inspection.index < self.inspection.stops.softmax

    @property
    def step(self) -> LayerTrace:
        """The layer in view, with its derivatives. Only where `is_layer`."""
        return self.trace.layers[self.inspection.index]

    def d_output(self, index: int) -> np.ndarray:
        """Return the derivative of the loss by what stop `index` gives: pixels, outputs, 1 for the loss."""
        stops = self.inspection.stops
        if index < 0:
            return self.trace.layers[0].d_input
        if index >= stops.softmax:
            return np.ones(1, np.float32) if index == stops.loss else self.d_probabilities
        return self.trace.layers[index].d_output

    @property
    def d_probabilities(self) -> np.ndarray:
        """The derivative of the loss by the probabilities: -1/p for the true class, 0 for the others."""
        found = self.trace
        result = np.zeros_like(found.probabilities)
        result[found.label] = -1 / max(float(found.probabilities[found.label]), np.finfo(np.float32).tiny)
        return result

    # One sample or the batch

    def set_scope(self, scope: str) -> None:
        """Look at the derivatives of the sample, or at their mean over the batch of the next step."""
        if scope != self.scope:
            self.scope = scope
            self.batch_source.set_wanted(scope == BATCH and self._active)
            self.scope_changed.emit()

    @property
    def batch(self) -> BatchGradients | None:
        """The batch's gradients in scope "batch"; None until they are worked out, and while training runs."""
        return self.batch_source.found if self.scope == BATCH else None

    @property
    def norms(self) -> tuple[float, ...]:
        """The norm of the derivative by what each stop gives, from the input to the loss."""
        batch = self.batch
        if batch is None:
            stops = self.inspection.stops
            return tuple(norm_of(self.d_output(stop.index)) for stop in stops)
        # Each probability of a true class counts 1/N in the mean, so that its derivative is -1/(N p).
        with np.errstate(over="ignore"):
            by_probabilities = norm_of(np.exp(batch.losses.astype(np.float64)) / len(batch.losses))
        return (*(float(norm) for norm in batch.norms), by_probabilities, 1.0)

    def gradient(self, parameter: str) -> np.ndarray:
        """Return the present layer's gradient by a parameter, in the present scope."""
        batch = self.batch
        name = f"{self.inspection.index}.{parameter}"
        return self.step.gradients[parameter] if batch is None else batch.gradients[name]

    def slopes(self, index: int) -> np.ndarray:
        """Return the slope of an elementwise layer, such as an activation, at each of its cells."""
        if index not in self._slopes:
            step = self.trace.layers[index]
            self._slopes[index] = slopes(step.layer, step.input)
        return self._slopes[index]

    def loss_terms(self, klass: int) -> LossGradientTerms:
        """Return the terms of the derivative by a logit: softmax and cross-entropy together."""
        return explain_loss_gradient(self.trace, klass)

    def _forget(self) -> None:
        self._trace = None
        self._slopes.clear()


def norm_of(values: np.ndarray) -> float:
    """Return the Frobenius norm of an array, infinite where it overflows."""
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.linalg.norm(values.astype(np.float64)))
