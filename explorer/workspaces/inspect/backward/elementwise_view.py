"""The way back through layers that treat each number by itself: upstream times slope; and through softmax."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from explorer.imaging import symmetric_range
from explorer.theme import Theme
from explorer.workbench import Hover

from ..layer_view import Table
from ..parts import label
from ..wording import number, place_text
from .base import BackwardView
from .gradient_map import GradientMap, ResultMap, layout_of, scale_at, scale_of
from .jacobian_part import JacobianPart
from .middle_part import MiddlePart
from .model import INPUT, Backward, Link
from .norm_part import NormPart
from .slope_part import DropoutPart, SlopePart

PARTS: dict[str, Callable[[Backward, Theme], MiddlePart]] = {
    "activation": SlopePart,
    "batch_norm": NormPart,
    "dropout": DropoutPart,
    "softmax": JacobianPart,
}
"""What stands in the middle, for each kind of layer."""


class ElementwiseBackwardView(BackwardView):
    """Upstream gradient at the left, what it is multiplied with in the middle, the result at the right."""

    def __init__(self, backward: Backward, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(backward, theme, parent)
        self._compact = False
        self._parts: dict[str, MiddlePart] = {}
        self.upstream = GradientMap(theme, "upstream gradient", "upstream")
        self.upstream.map.setObjectName("backwardUpstream")
        self.middle = QStackedWidget()
        self.result = ResultMap(backward, theme, INPUT, "backwardResult")
        self.result.setMinimumWidth(120)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.upstream, 3)
        self.sign = label("⊙", "title")
        row.addWidget(self.sign)
        row.addWidget(self.middle, 6)
        row.addWidget(label("=", "title"))
        row.addWidget(self.result, 3)
        self._row = row
        self.upstream.chosen.connect(lambda place: self.backward.go_to(INPUT, place))
        self.upstream.pointed.connect(self._hover)
        self.result.framed.pointed.connect(self._hover)
        self.upstream.left.connect(self.point_away)
        self.result.framed.left.connect(self.point_away)

    @property
    def part(self) -> MiddlePart:
        """What stands in the middle; made when it is first needed."""
        kind = self.backward.stop.kind
        if kind not in self._parts:
            part = PARTS[kind](self.backward, self.theme)
            part.set_compact(self._compact)
            part.level_with(self.result)
            part.pointed.connect(self._hover)
            part.term_pointed.connect(self._hover_term)
            part.left.connect(self.point_away)
            self._parts[kind] = part
            self.middle.addWidget(part)
        return self._parts[kind]

    def set_compact(self, compact: bool) -> None:
        self._compact = compact
        self.result.set_compact(compact)
        self.upstream.level_with(self.result)
        self._row.setSpacing(5 if compact else 10)
        for part in self._parts.values():
            part.set_compact(compact)
            part.level_with(self.result)

    @property
    def _of_maps(self) -> bool:
        return len(self.backward.shape(INPUT)) == 3

    def here(self, values: np.ndarray) -> np.ndarray:
        """Return the map in view of an array in the shape of the layer's input, or the whole vector."""
        return values[self.backward.source] if self._of_maps else values

    def refresh(self) -> None:
        backward, step = self.backward, self.backward.step
        self.scale = scale_of(backward)
        r = symmetric_range([step.d_output, step.d_input])
        of = f" of map {backward.source}" if self._of_maps else ""
        after = backward.inspection.stops.at(backward.stop.index + 1).name
        self.upstream.head.set_texts("upstream", f"from {after}", ("upstream", ""))
        self.upstream.set_values(self.here(step.d_output), layout_of(backward), self.scale, r)
        self.result.show_values(f"dX{of}", self.here(step.d_input), self.scale, r)
        self.middle.setCurrentWidget(self.part)
        self.sign.setText("·" if backward.stop.kind == "softmax" else "⊙")
        self.part.refresh(self.scale)
        self._show_place()

    def follow_cell(self) -> None:
        self.result.follow_cell()

    def show_cell(self) -> None:
        self.result.show_cell()
        self._show_place()

    def _show_place(self) -> None:
        place = self.backward.place(INPUT)
        terms = self.backward.terms(INPUT)
        self.upstream.select(place)
        arriving = self.here(self.backward.step.d_output).reshape(-1)[place]
        scale = scale_at(self.backward, INPUT, self.scale)
        value, short = scale.with_unit(float(arriving)), ", ".join(map(str, terms.cell[-2:]))
        self.upstream.foot.set_texts(place_text(terms.cell), value, (short, value), ("", value))
        self.part.show_cell()
        self.setAccessibleDescription(self.sentence())
        self.show_link()

    def _hover(self, place: int) -> None:
        backward = self.backward
        if not backward.transport.playing:
            backward.point_to(INPUT, place)
        cell = backward.cell(INPUT, place)
        step, name = backward.step, backward.stop.name
        rows = (
            ("position", place_text(cell)),
            ("input", number(float(step.input[cell]))),
            ("upstream", self.scale.with_unit(float(step.d_output[cell]))),
            ("dX", self.scale.with_unit(float(step.d_input[cell]))),
        )
        self.point_at(
            Link(pixel=cell, output=cell), Hover(f"{name} backward", rows, f"{name} · {place_text(cell)}")
        )

    def _hover_term(self, term: int) -> None:
        self.point_at(Link(term=term), self.part.hover_of(term))

    def show_link(self) -> None:
        pixel = self.backward.link.pixel
        places = []
        if pixel is not None:
            width = self.backward.grid(INPUT)[1]
            places = [pixel[-2] * width + pixel[-1] if self._of_maps else pixel[0]]
        for grid in (self.upstream, self.result.framed):
            grid.ring(places)
        self.part.show_link(places)

    def heading(self) -> tuple[str, str]:
        return self.part.heading()

    def sentence(self) -> str:
        terms = self.backward.terms(INPUT)
        return f"{self.backward.stop.name}, {place_text(terms.cell)}: {self.part.sentence()}"

    def tables(self) -> list[Table]:
        step = self.backward.step
        return [
            Table("dX", self.here(step.d_input)),
            Table("upstream gradient", self.here(step.d_output)),
            *self.part.tables(),
        ]
