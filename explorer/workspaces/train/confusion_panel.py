"""How right the network is: the confusion matrix, the scores of each class, the calibration."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QStackedLayout, QWidget

from cnncore import Calibration, Evaluation, calibration
from explorer.numbers import format_count, format_percent
from explorer.theme import Theme
from explorer.widgets.panel import Panel
from explorer.workbench import Hover, Workbench
from explorer.workspaces.train.class_table import ClassTable, share_text
from explorer.workspaces.train.confusion_matrix import Cell, ConfusionMatrix
from explorer.workspaces.train.keyed_choice import KeyedChoice
from explorer.workspaces.train.reliability_chart import ReliabilityChart

VIEWS = (("matrix", "Confusion"), ("classes", "Classes"), ("calibration", "Calibration"))


class ConfusionPanel(Panel):
    """What the latest validation pass says, in one of three views, and its sum beside the choice."""

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", theme, parent)
        self.setAccessibleName("Confusion, classes and calibration")
        self.setObjectName("confusionPanel")
        self.setMinimumSize(190, 200)
        self._workbench = workbench
        self._calibration: Calibration | None = None
        self.choice = KeyedChoice("confusionView", "What is shown of the latest validation pass", VIEWS)
        self.header.insertWidget(0, self.choice)
        self.count = QLabel()
        self.count.setObjectName("confusionCount")
        self.count.setProperty("role", "secondary")
        self.header.addWidget(self.count)
        self.matrix = ConfusionMatrix(theme)
        self.matrix.setToolTip("Hover for counts; click or Enter lists the images of a cell")
        self.classes = ClassTable(theme)
        self.reliability = ReliabilityChart(theme)
        self._stack = QStackedLayout()
        for view in (self.matrix, self.classes, self.reliability):
            self._stack.addWidget(view)
        self.body.addLayout(self._stack, 1)
        self.matrix.hovered.connect(self._tell)
        self.classes.hovered.connect(self._tell_class)
        self.reliability.hovered.connect(self._tell_bin)
        self.choice.chosen.connect(self._show_view)
        workbench.evaluation_changed.connect(self._update)
        workbench.spec_changed.connect(self._update)
        self._update()

    def _show_view(self) -> None:
        self._stack.setCurrentIndex(self.choice.currentIndex())
        self._show_count()

    def _update(self) -> None:
        evaluation, names = self._workbench.evaluation, self._workbench.spec.class_names
        confusion = None if evaluation is None else evaluation.confusion
        self._calibration = None
        if evaluation is not None:
            right = evaluation.predictions == self._workbench.validation_set.labels
            self._calibration = calibration(evaluation.confidence, right)
        self.matrix.set_data(confusion, names)
        self.classes.scores.set_data(confusion, names)
        self.reliability.set_data(self._calibration)
        self._show_count()

    # The sum beside the choice

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_count()

    def _show_count(self) -> None:
        """Write the sum of the view in words, or its number alone where there is no room."""
        evaluation = self._workbench.evaluation
        if evaluation is None:
            self.count.setText("")
            return
        long, short, meaning = self._sum(evaluation)
        margins = self.layout().contentsMargins()
        room = self.width() - margins.left() - margins.right() - self.choice.sizeHint().width() - 10
        fits = self.count.fontMetrics().horizontalAdvance(long) <= room
        self.count.setText(long if fits else short)
        self.count.setToolTip(meaning)

    def _sum(self, evaluation: Evaluation) -> tuple[str, str, str]:
        right, total = int(np.trace(evaluation.confusion)), int(evaluation.confusion.sum())
        share = format_percent(evaluation.accuracy)
        if self.choice.value == "matrix":
            count = f"{format_count(right)} of {format_count(total)}"
            return count, share, f"{count} validation images are read rightly, {share}"
        if self.choice.value == "classes":
            known = self.classes.scores.scores[:, 2]
            known = known[np.isfinite(known)]
            mean = share_text(known.mean() if known.size else np.nan)
            return f"mean F1 {mean}", mean, "Mean F1 of all classes that occur or are predicted (macro F1)"
        error = share_text(self._calibration.error)
        meaning = "Expected calibration error: mean gap between confidence and accuracy, weighted by images"
        return f"error {error}", error, meaning

    # What is under the cursor

    def _tell(self, cell: Cell | None) -> None:
        evaluation, names = self._workbench.evaluation, self._workbench.spec.class_names
        if cell is None or evaluation is None:
            self._workbench.set_hover(None)
            return
        true, predicted = cell
        count, total = int(evaluation.confusion[true, predicted]), int(evaluation.confusion[true].sum())
        rows = (
            ("true label", names[true]),
            ("predicted", names[predicted]),
            ("images", f"{format_count(count)} of {format_count(total)}"),
        )
        where = f"Confusion matrix, a {names[true]} read as {names[predicted]}"
        self._workbench.set_hover(Hover(f"confusion · {names[true]} → {names[predicted]}", rows, where))

    def _tell_class(self, row: int | None) -> None:
        evaluation = self._workbench.evaluation
        if row is None or evaluation is None:
            self._workbench.set_hover(None)
            return
        name, confusion = self._workbench.spec.class_names[row], evaluation.confusion
        right = format_count(int(confusion[row, row]))
        precision, recall, f1 = (share_text(score) for score in self.classes.scores.scores[row])
        rows = (
            ("precision", f"{right} of {format_count(int(confusion[:, row].sum()))} = {precision}"),
            ("recall", f"{right} of {format_count(int(confusion[row].sum()))} = {recall}"),
            ("F1", f1),
        )
        self._workbench.set_hover(Hover(f"class {name}", rows, f"Scores of class {name}"))

    def _tell_bin(self, place: int | None) -> None:
        found = self._calibration
        if place is None or found is None:
            self._workbench.set_hover(None)
            return
        low, high = (f"{edge:.0%}".replace("%", " %") for edge in found.edges[place : place + 2])
        rows = (
            ("images", format_count(int(found.counts[place]))),
            ("mean confidence", share_text(found.confidence[place])),
            ("right", share_text(found.accuracy[place])),
            ("gap", share_text(abs(found.accuracy[place] - found.confidence[place]))),
        )
        where = f"Calibration, confidence above {low} up to {high}"
        self._workbench.set_hover(Hover(f"{low} to {high} sure", rows, where))
