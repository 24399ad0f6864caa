"""The way back through a dense layer: dW as an outer product, dX as W transposed times upstream, and db."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cnncore.explain_gradient import LinearInputTerms, LinearWeightTerms
from explorer.imaging import symmetric_range
from explorer.theme import Theme
from explorer.workbench import Hover

from ..bar_list import BarList, BarRow
from ..layer_view import Table
from ..parts import TextLine, label
from ..wording import number
from .base import BackwardView
from .gradient_map import GradientMap, ResultMap, layout_of, scale_at, scale_of
from .model import INPUT, WEIGHT, Backward, Link
from .scale import scale_for

_MOST_ROWS = 32


class LinearBackwardView(BackwardView):
    """Three columns: the upstream gradient, the unit's row of dW, and dX with the terms of a number."""

    def __init__(self, backward: Backward, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(backward, theme, parent)
        self._compact = False
        self.units = BarList(theme, "Upstream gradient", (("unit", "text"), ("dy", "text")))
        self.units.setObjectName("backwardUnits")
        self.bias = TextLine(theme, right_style=("kernel_text", 13, 600))
        self.input = GradientMap(theme, "input", "x", "window_text", "window")
        self.input.map.setObjectName("backwardInput")
        self.weights = ResultMap(backward, theme, WEIGHT, "backwardWeights")
        self.factors = TextLine(theme, right_style=("kernel_text", 13, 600))
        columns = (("unit", "text"), ("W", "kernel_text"), ("dy", "text"), ("W · dy", "text"))
        self.terms_list = BarList(theme, "Terms, largest first", columns, spare=(2, 1))
        self.terms_list.setObjectName("backwardTerms")
        self.total = TextLine(theme, right_style=("output_text", 13, 600))
        self.result = ResultMap(backward, theme, INPUT, "backwardResult")
        self._titles = [label("", "strong") for _ in range(3)]
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        upstream, weight, source = QWidget(), QWidget(), QWidget()
        self._weight_part, self._input_part = weight, source
        column = _column(upstream, self._titles[0])
        column.addWidget(self.units, 1)
        column.addWidget(self.bias)
        column = _column(weight, self._titles[1])
        maps = QHBoxLayout()
        maps.setSpacing(8)
        maps.addWidget(self.input, 1)
        self.times = label("", "secondary")
        maps.addWidget(self.times)
        maps.addWidget(self.weights, 1)
        column.addLayout(maps, 1)
        column.addWidget(self.factors)
        column = _column(source, self._titles[2])
        parts = QHBoxLayout()
        parts.setSpacing(8)
        listed = QVBoxLayout()
        listed.setSpacing(3)
        listed.addWidget(self.terms_list, 1)
        listed.addWidget(self.total)
        parts.addLayout(listed, 3)
        parts.addWidget(self.result, 2)
        column.addLayout(parts, 1)
        for framed in (self.weights, self.result):
            framed.setMinimumWidth(110)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(18)
        row.addWidget(upstream, 2)
        row.addWidget(weight, 4)
        row.addWidget(source, 5)

    def _connect(self) -> None:
        backward = self.backward
        self.units.chosen.connect(backward.set_unit)
        self.units.hovered.connect(self._hover_unit)
        self.terms_list.chosen.connect(backward.set_unit)
        self.terms_list.hovered.connect(self._hover_unit)
        self.input.pointed.connect(self._hover_weight)
        self.input.chosen.connect(lambda place: backward.go_to(WEIGHT, place))
        self.weights.framed.pointed.connect(self._hover_weight)
        self.result.framed.pointed.connect(self._hover_input)
        for part in (self.units, self.terms_list, self.input, self.weights.framed, self.result.framed):
            part.left.connect(self.point_away)

    def set_compact(self, compact: bool) -> None:
        self._compact = compact
        self.weights.set_compact(compact)
        self.result.set_compact(compact)
        self.input.level_with(self.weights)
        self._show_target()

    def _show_target(self) -> None:
        """In a small window only what the transport moves over is shown."""
        self._weight_part.setVisible(not self._compact or self.backward.target == WEIGHT)
        self._input_part.setVisible(not self._compact or self.backward.target == INPUT)

    def refresh(self) -> None:
        backward, step = self.backward, self.backward.step
        self.scale = scale_of(backward)
        unit = backward.unit
        self._titles[0].setText(f"1  Upstream gradient dy{self.scale.note}")
        self._titles[1].setText(f"2  dW[{unit}] = dy[{unit}] · x")
        self._titles[2].setText(f"3  dX = Wᵀ · dy{', this sample' if backward.batch is not None else ''}")
        self._show_units()
        before = backward.inspection.stops.before(backward.stop.index).name
        self.input.head.set_right(before)
        self.input.set_values(step.input, layout_of(backward))
        gradient = backward.gradient(WEIGHT)
        scale = self.scale if backward.batch is None else scale_for([gradient[unit]])
        of = "batch mean" if backward.batch is not None else f"row {unit}"
        self.weights.show_values(f"dW, {of}", gradient[unit], scale, symmetric_range(gradient[unit]))
        self.times.setText(
            f"× {self.scale.write(float(step.d_output[unit]))} =" if backward.batch is None else "→"
        )
        self.result.show_values("dX", step.d_input, self.scale, symmetric_range(step.d_input))
        self._show_target()
        self._show_weight()
        self._show_terms()

    def follow_cell(self) -> None:
        self.weights.follow_cell()
        self.result.follow_cell()

    def show_cell(self) -> None:
        self._show_target()
        self.weights.show_cell()
        self.result.show_cell()
        self._show_weight()
        self._show_terms()

    def _show_units(self) -> None:
        upstream = self.backward.step.d_output
        largest = symmetric_range(upstream)
        rows = [
            BarRow(k, (str(k), self.scale.write(float(value))), float(value) / largest)
            for k, value in enumerate(upstream)
        ]
        unit = self.backward.unit
        self.units.set_rows(rows, unit)
        self.units.reveal(unit)
        bias = self.backward.bias_terms()
        self.bias.setVisible(bias is not None)
        if bias is not None:
            total, name = self.scale.write(bias.total), f"db[{unit}]"
            self.bias.set_texts(f"{name} = dy[{unit}]", total, (name, total))

    def _show_weight(self) -> None:
        terms = self.backward.terms(WEIGHT)
        assert isinstance(terms, LinearWeightTerms)
        k, j = terms.cell
        self.input.select(j)
        value = number(terms.input, sign=False)
        self.input.foot.set_texts(f"x[{j}]", value, ("", value))
        scale = scale_at(self.backward, WEIGHT, self.scale)
        text, total = f"{scale.write(terms.upstream)} × {value}", scale.with_unit(terms.total)
        if self.backward.batch is None:
            self.factors.set_texts(f"dW[{k}, {j}] = {text}", total, (f"{text} =", total), ("", total))
        else:
            sample = "this sample"
            self.factors.set_texts(f"{sample}: {text} =", total, (f"{sample}:", total), ("", total))

    def _show_terms(self) -> None:
        terms = self.backward.terms(INPUT)
        assert isinstance(terms, LinearInputTerms)
        write = scale_at(self.backward, INPUT, self.scale).write
        order = np.argsort(-np.abs(terms.products), kind="stable")
        largest = float(np.abs(terms.products).max(initial=0.0)) or 1.0
        if not math.isfinite(largest):
            largest = 1.0
        rows = [
            BarRow(
                int(k),
                (
                    str(int(k)),
                    number(float(terms.weights[k])),
                    write(float(terms.upstream[k])),
                    write(float(terms.products[k])),
                ),
                float(terms.products[k]) / largest,
            )
            for k in order[:_MOST_ROWS]
        ]
        self.terms_list.set_rows(rows, self.backward.unit)
        rest = order[_MOST_ROWS:]
        name, total = f"dX[{terms.cell[0]}]", write(terms.total)
        others = f", {len(rest)} more {write(float(terms.products[rest].sum()))}" if len(rest) else ""
        self.total.set_texts(
            f"{name}, in sum{others}", total, (f"{name}{others}", total), ("in sum", total), ("", total)
        )
        self.setAccessibleDescription(self.sentence())
        self.show_link()

    def _hover_unit(self, unit: int) -> None:
        terms, step = self.backward.terms(INPUT), self.backward.step
        j = terms.cell[0]
        rows = (
            (f"dy[{unit}]", self.scale.with_unit(float(step.d_output[unit]))),
            (f"W[{unit}, {j}]", number(float(terms.weights[unit]))),
            ("product", self.scale.with_unit(float(terms.products[unit]))),
        )
        name = self.backward.stop.name
        self.point_at(
            Link(output=(unit,), term=unit), Hover(f"{name} backward", rows, f"{name} · unit {unit}")
        )

    def _hover_weight(self, place: int) -> None:
        backward = self.backward
        if not backward.transport.playing:
            backward.point_to(WEIGHT, place)
        k, step = backward.unit, backward.step
        rows = (
            (f"x[{place}]", number(float(step.input[place]), sign=False)),
            (f"dy[{k}]", self.scale.with_unit(float(step.d_output[k]))),
            (f"dW[{k}, {place}]", self.scale.with_unit(float(step.gradients[WEIGHT][k, place]))),
        )
        link = Link(pixel=(place,), weight=(k, place), output=(k,))
        name = backward.stop.name
        self.point_at(link, Hover(f"{name} backward", rows, f"{name} · weight {k}, {place}"))

    def _hover_input(self, place: int) -> None:
        backward = self.backward
        if not backward.transport.playing:
            backward.point_to(INPUT, place)
        step, name = backward.step, backward.stop.name
        rows = (
            (f"x[{place}]", number(float(step.input[place]), sign=False)),
            (f"dX[{place}]", self.scale.with_unit(float(step.d_input[place]))),
        )
        self.point_at(Link(pixel=(place,)), Hover(f"{name} backward", rows, f"{name} · input {place}"))

    def show_link(self) -> None:
        link = self.backward.link
        unit = link.output[0] if link.output is not None else None
        self.units.set_lit(unit)
        self.terms_list.set_lit(unit)
        places = [link.pixel[0]] if link.pixel is not None else []
        for grid in (self.input, self.weights.framed, self.result.framed):
            grid.ring(places)

    def heading(self) -> tuple[str, str]:
        outputs, inputs = self.backward.shape(WEIGHT)
        return (
            "Linear backward",
            f"{outputs} upstream gradients make {outputs}×{inputs} of dW and {inputs} of dX",
        )

    def sentence(self) -> str:
        weight, source = self.backward.terms(WEIGHT), self.backward.terms(INPUT)
        k, j = weight.cell
        return (
            f"The gradient of weight {k}, {j} is {self.scale.with_unit(weight.total)}: upstream "
            f"{self.scale.with_unit(weight.upstream)} times input {number(weight.input)}. "
            f"The gradient of input {source.cell[0]} is {self.scale.with_unit(source.total)}, "
            f"the sum of {len(source.products)} products."
        )

    def tables(self) -> list[Table]:
        backward, terms = self.backward, self.backward.terms(INPUT)
        return [
            Table(f"dW of unit {backward.unit}", backward.gradient(WEIGHT)[backward.unit]),
            Table("dX", backward.step.d_input),
            Table("W, dy, W · dy", np.stack([terms.weights, terms.upstream, terms.products], axis=1)),
        ]


def _column(part: QWidget, title: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(part)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    column.addWidget(title)
    return column
