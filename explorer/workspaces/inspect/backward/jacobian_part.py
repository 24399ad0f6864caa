"""A softmax layer on the way back: a row of its Jacobian, and what it makes of the upstream gradient."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QVBoxLayout

from cnncore.explain_gradient import SoftmaxInputTerms
from explorer.theme import Theme
from explorer.workbench import Hover

from ..bar_list import BarList, BarRow
from ..layer_view import Table
from ..parts import TextLine
from ..wording import number, plural
from .gradient_map import scale_at
from .middle_part import MiddlePart
from .model import INPUT, Backward


class JacobianPart(MiddlePart):
    """A softmax layer inside of the network: one input moves all probabilities, so that all give a term."""

    def __init__(self, backward: Backward, theme: Theme) -> None:
        super().__init__(backward, theme)
        columns = (
            ("k", "text"),
            ("p", "window_text"),
            ("∂p / ∂z", "kernel_text"),
            ("upstream", "text"),
            ("product", "text"),
        )
        self.list = BarList(theme, "Row of the Jacobian", columns)
        self.list.setObjectName("backwardJacobian")
        self.total = TextLine(theme, right_style=("output_text", 15, 600))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.list, 1)
        column.addWidget(self.total)
        self.list.hovered.connect(self.term_pointed)
        self.list.left.connect(self.left)
        self.list.chosen.connect(self._choose)

    def _choose(self, term: int) -> None:
        if len(self.backward.shape(INPUT)) == 3:
            self.backward.set_source(term)
        else:
            self.backward.go_to(INPUT, term)

    def show_cell(self) -> None:
        terms = self.backward.terms(INPUT)
        assert isinstance(terms, SoftmaxInputTerms)
        largest = float(np.abs(terms.products).max(initial=0.0)) or 1.0
        scale = scale_at(self.backward, INPUT, self.scale)
        rows = [
            BarRow(
                k,
                (
                    str(k),
                    number(float(terms.probabilities[k]), sign=False),
                    number(float(terms.jacobian[k])),
                    scale.write(float(terms.upstream[k])),
                    scale.write(float(terms.products[k])),
                ),
                float(terms.products[k]) / largest,
            )
            for k in range(len(terms.products))
        ]
        self.list.set_rows(rows, terms.cell[0])
        text = f"{plural(len(rows), 'product')} in sum{self.scale.note}"
        self.total.set_texts(text, scale.write(terms.total))

    def show_link(self, places: list[int]) -> None:
        self.list.set_lit(self.backward.link.term)

    def hover_of(self, term: int) -> Hover | None:
        terms = self.backward.terms(INPUT)
        j = terms.cell[0]
        rows = (
            (f"∂p{term} / ∂z{j}", number(float(terms.jacobian[term]))),
            ("upstream", self.write(float(terms.upstream[term]))),
            ("product", self.write(float(terms.products[term]))),
        )
        return Hover("softmax backward", rows, f"{self.backward.stop.name} · output {term}")

    def heading(self) -> tuple[str, str]:
        return "Softmax backward", "one input moves all probabilities: a row of the Jacobian times upstream"

    def sentence(self) -> str:
        terms = self.backward.terms(INPUT)
        count = len(terms.products)
        return f"{self.write(terms.total)}, the sum of {count} products of Jacobian and upstream."

    def tables(self) -> list[Table]:
        terms = self.backward.terms(INPUT)
        return [
            Table(
                "Jacobian, upstream, product", np.stack([terms.jacobian, terms.upstream, terms.products], 1)
            )
        ]
