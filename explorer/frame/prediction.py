"""What the network says of the sample, kept up to date at a pace that can be read."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from explorer.frame.loss_view import LossView
from explorer.frame.results import Results
from explorer.numbers import format_number, format_percent
from explorer.theme import Theme
from explorer.widgets.probability_bars import ProbabilityBars
from explorer.workbench import Hover, Workbench


class Prediction(QObject):
    """Fills results, softmax bars and loss from the workbench's numbers."""

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._hovered: int | None = None
        self._shown: object = None
        self.results = Results(theme, parent)
        self.bars = ProbabilityBars(theme, parent)
        self.loss = LossView(parent)
        self.bars.hovered.connect(self._hover)
        self.bars.left.connect(self._leave)
        workbench.sample_changed.connect(self._show)
        workbench.numbers_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        trace, sample = self._workbench.numbers, self._workbench.sample
        if trace is self._shown:
            return
        self._shown = trace
        names = tuple(self._workbench.spec.class_names)
        label = sample.label
        self.results.show_values(names, label, trace.predicted, own=sample.index is None)
        self.bars.set_values(trace.probabilities, trace.predicted, label, names)
        probability, name = (0.0, "") if label is None else (float(trace.probabilities[label]), names[label])
        self.loss.show_loss(trace.loss, probability, name)
        if self._hovered is not None:
            self._hover(self._hovered)

    def _hover(self, row: int) -> None:
        trace = self._workbench.numbers
        if row >= len(trace.probabilities):
            return
        self._hovered = row
        name = self._workbench.spec.class_names[row]
        rows = (
            ("logit", format_number(trace.logits[row], sign=True)),
            ("probability", format_percent(trace.probabilities[row], 2)),
        )
        self._workbench.set_hover(Hover(f"class {name}", rows, f"softmax, class {name}"))

    def _leave(self) -> None:
        if self._hovered is not None:
            self._hovered = None
            self._workbench.set_hover(None)
