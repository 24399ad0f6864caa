"""Where the way back begins: softmax and cross-entropy together, p − y for each class."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.theme import Theme
from explorer.workbench import Hover

from ..bar_list import BarList, BarRow
from ..layer_view import Table
from ..parts import Paragraph, TextLine, label
from ..wording import number
from .base import BackwardView
from .gradient_map import scale_of
from .model import INPUT, Backward, Link


class LossBackwardView(BackwardView):
    """A row for each class with p, y and p − y, and the chosen class apart."""

    def __init__(self, backward: Backward, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(backward, theme, parent)
        columns = (("class", "text"), ("p", "window_text"), ("y", "text"), ("p − y", "output_text"))
        self.list = BarList(theme, "Classes", columns)
        self.list.setObjectName("backwardClasses")
        self.heading_line = label("", "strong")
        self.result = TextLine(theme, left_style=("output_text", 20, 600))
        self.reason = Paragraph(theme, 2)
        self.alone = TextLine(theme, right_style=("text", 12, 600))
        self.words = Paragraph(theme, 5)
        side = QVBoxLayout()
        side.setSpacing(6)
        side.addWidget(self.heading_line)
        for widget in (self.result, self.reason, self.alone, self.words):
            side.addWidget(widget)
        side.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        row.addWidget(self.list, 3)
        holder = QWidget()
        holder.setLayout(side)
        holder.setMinimumWidth(230)
        row.addWidget(holder, 2)
        self.list.chosen.connect(lambda klass: self.backward.go_to(INPUT, klass))
        self.list.hovered.connect(self._hover)
        self.list.left.connect(self.point_away)

    @property
    def _names(self) -> tuple[str, ...]:
        names = self.backward.inspection.workbench.spec.class_names
        count = len(self.backward.trace.logits)
        return tuple(names) if len(names) == count else tuple(map(str, range(count)))

    def refresh(self) -> None:
        backward = self.backward
        self.scale = scale_of(backward)
        found, names = backward.trace, self._names
        self._terms = [backward.loss_terms(k) for k in range(len(names))]
        name, p = names[found.label], float(found.probabilities[found.label])
        by_p = number(float(backward.d_probabilities[found.label]))
        quotient = f"= −1 / {number(p, sign=False)}"
        self.alone.set_texts(
            f"loss alone: ∂L/∂p of {name} {quotient}", by_p, (f"loss alone: ∂L/∂p {quotient}", by_p)
        )
        assumed = (
            f"Nobody has said which class this is: the predicted one, {name}, stands for the true one. "
            if backward.label_assumed
            else ""
        )
        self.words.set_text(
            f"{assumed}The loss itself depends on p of {name} only. Softmax spreads that to all z, and p "
            "cancels: what remains is p − y, never larger than 1. Over all classes it adds up to 0: "
            "what one class should gain the others should lose."
        )
        self._fill()

    def show_cell(self) -> None:
        self._fill()

    def _fill(self) -> None:
        klass = self.backward.cell(INPUT)[0]
        names, write = self._names, self.scale.write
        rows = [
            BarRow(
                k,
                (names[k], write(terms.probability, sign=False), str(terms.target), write(terms.total)),
                terms.total,
            )
            for k, terms in enumerate(self._terms)
        ]
        self.list.set_rows(rows, klass)
        self.list.reveal(klass)
        terms = self._terms[klass]
        self.heading_line.setText(f"Class {names[klass]}{self.scale.note}")
        self.result.set_left(f"∂L/∂z = {write(terms.total)}")
        self.reason.set_text(self._reason())
        self.setAccessibleDescription(self.sentence())
        self.show_link()

    def _reason(self) -> str:
        terms = self._terms[self.backward.cell(INPUT)[0]]
        if terms.target:
            return "The true class has too little: a larger z lowers the loss."
        return "Not the true class: a larger z raises the loss, so training lowers it."

    def _hover(self, klass: int) -> None:
        terms = self._terms[klass]
        rows = (
            ("p", self.scale.write(terms.probability, sign=False)),
            ("y", str(terms.target)),
            ("p − y", self.scale.with_unit(terms.total)),
        )
        name = self._names[klass]
        self.point_at(Link(term=klass), Hover(f"class {name}", rows, f"loss backward · class {name}"))

    def show_link(self) -> None:
        self.list.set_lit(self.backward.link.term)

    def heading(self) -> tuple[str, str]:
        return (
            "Softmax and loss backward",
            "together they give p − y: the probability less 1 for the true class",
        )

    def sentence(self) -> str:
        klass = self.backward.cell(INPUT)[0]
        terms = self._terms[klass]
        return (
            f"The derivative of the loss by z of class {self._names[klass]} is "
            f"{self.scale.with_unit(terms.total)}: probability "
            f"{self.scale.write(terms.probability, sign=False)} less {terms.target}."
        )

    def tables(self) -> list[Table]:
        rows = [(terms.probability, terms.target, terms.total) for terms in self._terms]
        return [Table("p, y, p − y", np.array(rows))]
