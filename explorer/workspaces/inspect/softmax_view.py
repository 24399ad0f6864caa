"""Softmax: subtract the largest, take exponentials, add them up, divide, for every class."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cnncore.explain_dense import SoftmaxTerms
from explorer.numbers import format_percent
from explorer.theme import Theme
from explorer.workbench import Hover

from .bar_list import BarList, BarRow
from .dense_lines import names_of, noun_of
from .inspection import Inspection, Link
from .layer_view import LayerView, Table
from .output_panel import OutputPanel
from .parts import Paragraph, TextLine, label
from .wording import number

_STEPS = (
    (
        "1  Take the largest off",
        "All lose the same, so the quotients stay. No exponent is above 0 now, and exp cannot overflow.",
    ),
    ("2  Exponentials", "All numbers become positive. One more in z makes e ≈ 2.718 times as much."),
    ("3  Divide by the sum", "Now they add up to 1: probabilities."),
)

_TWICE = "The network ends in a softmax already; the loss takes this second one, which evens it out."


class SoftmaxView(LayerView):
    """A row for each class, unit or map with every step of the way, and what each step is for."""

    def __init__(self, inspection: Inspection, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(inspection, theme, parent)
        columns = (
            ("class", "text"),
            ("z", "window_text"),
            ("z − max", "text"),
            ("exp", "text"),
            ("p", "output_text"),
        )
        self.list = BarList(theme, "Classes", columns, signed=False)
        self.list.setObjectName("inspectClasses")
        self.result = TextLine(theme, left_style=("output_text", 20, 600))
        self.reason = Paragraph(theme, 6)
        words = QVBoxLayout()
        words.setSpacing(3)
        for title, text in _STEPS:
            words.addWidget(label(title, "strong"))
            line = label(text, "secondary")
            line.setWordWrap(True)
            words.addWidget(line)
            words.addSpacing(8)
        words.addWidget(self.result)
        words.addWidget(self.reason)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        row.addWidget(self.list, 3)
        self.output = OutputPanel(inspection, theme)
        side = QWidget()
        side.setLayout(words)
        side.setMinimumWidth(190)
        row.addWidget(side, 1)
        row.addWidget(self.output, 0, Qt.AlignmentFlag.AlignTop)
        self.list.chosen.connect(self._choose)
        self.list.hovered.connect(self._hover)
        self.list.left.connect(self.point_away)

    def set_compact(self, compact: bool) -> None:
        self.output.set_compact(compact)

    @property
    def _of_maps(self) -> bool:
        return self.inspection.stop.is_maps

    def refresh(self) -> None:
        self.output.setVisible(self._of_maps)
        if self._of_maps:
            self.output.refresh()
        self.show_cell()

    def follow_cell(self) -> None:
        if self._of_maps:
            self.output.follow_cell()
        else:
            self.show_cell()

    def _choose(self, index: int) -> None:
        if self._of_maps:
            self.inspection.set_channel(index)
        else:
            self.inspection.transport.seek(index)

    def show_cell(self) -> None:
        if self._of_maps:
            self.output.show_cell()
        terms = self.terms
        assert isinstance(terms, SoftmaxTerms)
        names = names_of(self.inspection, terms)
        rows = [
            BarRow(
                i,
                (
                    names[i],
                    number(float(terms.logits[i])),
                    number(float(terms.shifted[i])),
                    number(float(terms.exponentials[i]), sign=False),
                    number(float(terms.quotients[i]), sign=False),
                ),
                float(terms.quotients[i]),
            )
            for i in range(len(terms.logits))
        ]
        k = terms.cell[0]
        self.list.set_rows(rows, k, self._noun)
        self.list.reveal(k)
        of = "" if self._of_maps else f" of {names[k]}"
        self.result.set_left(f"p{of} = {format_percent(terms.total, 2)}")
        largest = names[int(np.argmax(terms.logits))]
        text = (
            f"max = {number(terms.shift)} ({self._noun} {largest})\nsum = {number(terms.divisor, sign=False)}"
        )
        stops = self.inspection.stops
        if stops.softmax_twice and self.inspection.index == stops.softmax:
            text += f"\n{_TWICE}"
        self.reason.set_text(text)
        self.setAccessibleDescription(self.sentence())

    @property
    def _noun(self) -> str:
        return noun_of(self.inspection)

    def _hover(self, index: int) -> None:
        terms = self.terms
        name = names_of(self.inspection, terms)[index]
        rows = (
            ("z", number(float(terms.logits[index]))),
            ("exp(z − max)", number(float(terms.exponentials[index]), sign=False)),
            ("p", format_percent(float(terms.quotients[index]), 2)),
        )
        self.point_at(Link(term=index), Hover(f"{self._noun} {name}", rows, f"softmax · {self._noun} {name}"))

    def point_by_key(self, down: int, across: int) -> None:
        self._hover(self.list.next_to(self.inspection.link.term, down or across))

    def show_link(self) -> None:
        self.list.set_lit(self.inspection.link.term)

    def sentence(self) -> str:
        terms = self.terms
        name = names_of(self.inspection, terms)[terms.cell[0]]
        where = f" at row {terms.cell[1]}, column {terms.cell[2]}" if self._of_maps else ""
        return f"The probability of {self._noun} {name}{where} is {format_percent(terms.total, 2)}."

    def tables(self) -> list[Table]:
        terms = self.terms
        steps = np.stack([terms.logits, terms.shifted, terms.exponentials, terms.quotients], axis=1)
        tables = [Table("z, z − max, exp, p", steps)]
        if self._of_maps:
            output = self.inspection.output_of(self.inspection.index)
            tables.append(Table("output map", output[self.inspection.channel]))
        return tables
