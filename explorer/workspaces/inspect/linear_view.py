"""A dense layer at one unit: every contribution weight × input, the largest first, and as a map."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cnncore.explain_dense import LinearTerms
from explorer.imaging import atlas, symmetric_range
from explorer.numbers import format_count
from explorer.theme import Theme
from explorer.workbench import Hover

from .bar_list import BarList, BarRow
from .inspection import Inspection, Link
from .layer_view import LayerView, Table
from .map_view import MapView
from .output_panel import OutputPanel
from .parts import Captioned, label
from .ranges import as_picture
from .stops import FOLD
from .waterfall import Sum, Waterfall
from .wording import number

_MOST_ROWS = 32


class LinearView(LayerView):
    """Contributions as rows and as a map in the shape they had before flatten, and the sum by sign."""

    def __init__(self, inspection: Inspection, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(inspection, theme, parent)
        columns = (("input", "text"), ("x", "window_text"), ("weight", "kernel_text"), ("x · w", "text"))
        self.list = BarList(theme, "Contributions, largest first", columns)
        self.list.setObjectName("inspectContributions")
        self.map = MapView(theme, "contributions", most=240)
        self.map.setObjectName("inspectContributionMap")
        self._framed = Captioned(theme, "contributions", "text", self.map)
        self.waterfall = Waterfall(theme)
        self._heading = label("", "strong")
        self._sum_heading = label("Positive, negative, bias", "strong")
        self.output = OutputPanel(inspection, theme)
        self._lay_out()
        self.list.hovered.connect(self._hover)
        self.list.left.connect(self.point_away)
        self.list.chosen.connect(lambda unit: self.weight_chosen.emit((unit,)))
        self.map.cell_hovered.connect(self._hover_map)
        self.map.left.connect(self.point_away)

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addWidget(self._heading)
        left.addWidget(self.list, 1)
        middle = QVBoxLayout()
        middle.setSpacing(6)
        middle.addWidget(self._framed, 3)
        middle.addWidget(self._sum_heading)
        middle.addWidget(self.waterfall, 2)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addLayout(left, 5)
        row.addLayout(middle, 4)
        row.addWidget(self.output, 0, Qt.AlignmentFlag.AlignTop)
        self._middle = middle

    def set_compact(self, compact: bool) -> None:
        self.output.set_compact(compact)

    def set_editing(self, shown: bool) -> None:
        self.output.field.setVisible(not shown)

    def refresh(self) -> None:
        self._source = self.inspection.stops.folded_source(self.inspection.index)
        self.output.refresh()
        self._show_unit()

    def refresh_steps(self) -> tuple[Callable[[], object], ...]:
        return self.output.refresh, self._show_unit

    def show_cell(self) -> None:
        self.output.show_cell()
        self._show_unit()

    def _show_unit(self) -> None:
        terms = self.terms
        assert isinstance(terms, LinearTerms)
        order = terms.order[:_MOST_ROWS]
        largest = float(np.abs(terms.contributions[order[0]])) or 1.0
        rows = [
            BarRow(
                int(i),
                (
                    str(int(i)),
                    number(float(terms.inputs[i]), sign=False),
                    number(float(terms.weights[i])),
                    number(float(terms.contributions[i])),
                ),
                float(terms.contributions[i]) / largest,
            )
            for i in order
        ]
        self.list.set_rows(rows)
        count = len(terms.inputs)
        self._heading.setText(
            f"The {len(order)} largest of {format_count(count)} contributions"
            if count > len(order)
            else f"All {count} contributions, largest first"
        )
        self._show_map(terms)
        bias = () if terms.bias is None else (terms.bias,)
        names = ("positive", "negative", "bias")[: 2 + len(bias)]
        self._sum_heading.setText(", ".join(names).capitalize())
        self.waterfall.set_sum(Sum(names, (terms.positive, terms.negative, *bias), terms.total, "y"), -1)
        self.setAccessibleDescription(self.sentence())
        self.show_link()

    def _show_map(self, terms: LinearTerms) -> None:
        r = symmetric_range(terms.contributions)
        if self._source is not None:
            folded = terms.folded(self._source)
            self._columns = math.ceil(math.sqrt(1.6 * len(folded)))
            exists = atlas(np.ones(folded.shape, bool), self._columns)
            self.map.set_values(
                atlas(folded, self._columns), "signed", r, computed=None if exists.all() else exists
            )
            self.map.set_tiles(*folded.shape[1:])
            self._framed.foot.set_left("as maps, before flatten")
            return
        self._columns = 0
        self.map.set_tiles(0, 0)
        values, exists = as_picture(terms.contributions, self._fold(len(terms.inputs)))
        self.map.set_values(values, "signed", r, computed=exists)
        self._framed.foot.set_left(f"in rows of {values.shape[1]}")

    @staticmethod
    def _fold(count: int) -> int:
        return FOLD if count > FOLD else max(count, 1)

    def _unit_at(self, y: int, x: int) -> int | None:
        """Return which input a cell of the map stands for."""
        count = len(self.terms.inputs)
        if self._source is not None:
            channels, height, width = self._source
            channel = y // height * self._columns + x // width
            if channel >= channels:
                return None
            return channel * height * width + y % height * width + x % width
        place = y * self.map.cells.shape[1] + x
        return place if place < count else None

    def _cell_of(self, unit: int) -> tuple[int, int]:
        if self._source is None:
            return divmod(unit, self.map.cells.shape[1])
        _, height, width = self._source
        channel, rest = divmod(unit, height * width)
        y, x = divmod(rest, width)
        return channel // self._columns * height + y, channel % self._columns * width + x

    def _hover_map(self, y: int, x: int) -> None:
        unit = self._unit_at(y, x)
        if unit is not None:
            self._hover(unit)

    def _hover(self, unit: int) -> None:
        terms = self.terms
        rows = (
            (f"x[{unit}]", number(float(terms.inputs[unit]), sign=False)),
            (f"W[{terms.cell[0]}, {unit}]", number(float(terms.weights[unit]))),
            ("product", number(float(terms.contributions[unit]))),
        )
        name = self.inspection.stop.name
        self.point_at(Link(term=unit), Hover(f"{name}, unit {terms.cell[0]}", rows, f"{name} · input {unit}"))

    def point_by_key(self, down: int, across: int) -> None:
        self._hover(self.list.next_to(self.inspection.link.term, down or across))

    def show_link(self) -> None:
        term = self.inspection.link.term
        known = term is not None and term < len(self.terms.inputs)
        self.list.set_lit(term if known else None)
        self.map.set_partners((self._cell_of(term),) if known else ())

    def show_numbers(self) -> None:
        self.map.set_numbers_shown(self.inspection.numbers_shown)
        self.output.map.set_numbers_shown(self.inspection.numbers_shown)

    def sentence(self) -> str:
        terms = self.terms
        first = int(terms.order[0])
        return (
            f"{self.inspection.stop.name}, unit {terms.cell[0]} is {number(terms.total)}: the sum of "
            f"{len(terms.inputs)} contributions. The largest is {number(float(terms.contributions[first]))}, "
            f"of input {first}."
        )

    def tables(self) -> list[Table]:
        terms = self.terms
        by_input = np.stack([terms.inputs, terms.weights, terms.contributions], axis=1)
        return [
            Table("input, weight, contribution", by_input),
            Table("contributions as shown", self.map.cells.values),
            Table("output", self.inspection.output_of(self.inspection.index)),
        ]
