"""The loss: minus the logarithm of the probability of the true class."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cnncore.explain_dense import loss_curve
from explorer.numbers import format_percent
from explorer.theme import Theme

from .curve_plot import CurvePlot
from .inspection import Inspection
from .layer_view import LayerView, Table
from .parts import Captioned, TextLine, label
from .wording import number


class LossView(LayerView):
    """The curve −ln p with this sample's point, and what the number means."""

    def __init__(self, inspection: Inspection, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(inspection, theme, parent)
        self.plot = CurvePlot(theme, "loss over the probability of the true class")
        self._framed = Captioned(theme, "−ln p", "text", self.plot)
        self.result = TextLine(theme, left_style=("output_text", 20, 600))
        self.words = [label() for _ in range(4)]
        side = QWidget()
        side.setMinimumWidth(210)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addSpacing(12)
        column.addWidget(self.result)
        for line in self.words:
            line.setWordWrap(True)
            column.addWidget(line)
        column.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        row.addWidget(self._framed, 3)
        row.addWidget(side, 1)

    def refresh(self) -> None:
        x, y = loss_curve()
        self.plot.set_curve(x, y, ("p of the true class", "loss"))
        self.show_cell()

    def show_cell(self) -> None:
        terms = self.inspection.terms
        classes = len(self.inspection.workbench.spec.class_names)
        if terms is None:
            self.plot.set_point(1.0, 0.0)
            self.result.set_left("no label, no loss")
            texts = ["Nobody has said which class this image belongs to.", "", "", ""]
        else:
            name = self.inspection.workbench.spec.class_names[terms.label]
            self.plot.set_point(terms.probability, terms.total)
            self.result.set_left(f"loss {number(terms.total, sign=False)}")
            texts = [
                f"The true class is {name}; the network gives it {format_percent(terms.probability, 2)}.",
                "A sure and right answer costs nothing; the cost grows without bound as p goes to 0.",
                f"Guessing evenly among {classes} classes would cost ln\u00a0{classes}\u00a0=\u00a0"
                f"{number(math.log(classes), sign=False)}.",
                "Training lowers the mean of this number over the training images.",
            ]
        for line, text in zip(self.words, texts, strict=True):
            line.setText(text)
            line.setVisible(bool(text))
        self.setAccessibleDescription(self.sentence())

    def sentence(self) -> str:
        terms = self.inspection.terms
        if terms is None:
            return "The sample has no label, so there is no loss."
        loss, probability = number(terms.total, sign=False), format_percent(terms.probability, 2)
        return f"The loss is {loss}: minus the logarithm of the probability of the true class, {probability}."

    def tables(self) -> list[Table]:
        terms = self.inspection.terms
        return [] if terms is None else [Table("p, loss", np.array([terms.probability, terms.total]))]
