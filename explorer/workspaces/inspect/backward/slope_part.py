"""The slopes of an activation, with which the upstream gradient is multiplied; and dropout."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from cnncore.explain_cells import slopes
from cnncore.explain_gradient import ActivationInputTerms, DropoutInputTerms
from explorer.numbers import format_count, format_percent
from explorer.theme import Theme

from ..curve_plot import CurvePlot
from ..layer_view import Table
from ..parts import Captioned, Paragraph, TextLine
from ..wording import number
from .gradient_map import GradientMap, ResultMap, layout_of
from .middle_part import MiddlePart
from .model import INPUT, Backward
from .scale import Scale

_GATES = frozenset({"ReLU"})


class SlopePart(MiddlePart):
    """The slope at each cell, as a map and as a curve over the number before the function."""

    def __init__(self, backward: Backward, theme: Theme) -> None:
        super().__init__(backward, theme)
        self.grid = GradientMap(theme, "slopes", "slope", "window_text")
        self.grid.map.setObjectName("backwardSlopes")
        self.plot = CurvePlot(theme, "slope of the function")
        self._curve = Captioned(theme, "slope over z", "text", self.plot)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        row.addWidget(self.grid, 1)
        row.addWidget(self._curve, 1)
        self.grid.pointed.connect(self.pointed)
        self.grid.chosen.connect(lambda place: backward.go_to(INPUT, place))
        self.grid.left.connect(self.left)

    def set_compact(self, compact: bool) -> None:
        self._curve.setVisible(not compact)

    @property
    def _is_gate(self) -> bool:
        return type(self.backward.step.layer).__name__ in _GATES

    def refresh(self, scale: Scale) -> None:
        super().refresh(scale)
        backward, step = self.backward, self.backward.step
        values = self.here(backward.slopes(backward.stop.index))
        self.grid.head.set_left("gate z > 0" if self._is_gate else "slope at z")
        self.grid.set_values(values, layout_of(backward), None, 1.0, "pixels")
        finite = step.input[np.isfinite(step.input)]
        reach = 1.05 * max(1.0, float(np.abs(finite).max(initial=0.0)))
        x = np.linspace(-reach, reach, 401)
        self.plot.set_curve(x, slopes(step.layer, x), ("z", "slope"))
        open_cells = int((values != 0).sum())
        self._curve.foot.set_left(
            f"not 0 at {format_count(open_cells)} of {format_count(values.size)} cells: "
            f"{format_percent(open_cells / values.size)}"
        )

    def show_cell(self) -> None:
        terms = self.backward.terms(INPUT)
        assert isinstance(terms, ActivationInputTerms)
        self.plot.set_point(terms.value, terms.slope)
        self.grid.select(self.backward.place(INPUT))
        self.grid.foot.set_texts(f"z = {number(terms.value, sign=False)}", number(terms.slope, sign=False))

    def level_with(self, result: ResultMap) -> None:
        self.grid.level_with(result)

    def show_link(self, places: list[int]) -> None:
        self.grid.ring(places)

    def heading(self) -> tuple[str, str]:
        name = type(self.backward.step.layer).__name__
        if self._is_gate:
            return f"{name} backward", "the gradient passes where z was above 0, and is stopped elsewhere"
        return f"{name} backward", "the gradient is multiplied with the slope of the function at each number"

    def sentence(self) -> str:
        terms = self.backward.terms(INPUT)
        return (
            f"the slope at {number(terms.value)} is {number(terms.slope, sign=False)}, so that the upstream "
            f"gradient {self.write(terms.upstream)} becomes {self.write(terms.total)}."
        )

    def tables(self) -> list[Table]:
        return [Table("slopes", self.here(self.backward.slopes(self.backward.stop.index)))]


class DropoutPart(MiddlePart):
    """Words: in use nothing is left out, so that the gradient passes as it is."""

    def __init__(self, backward: Backward, theme: Theme) -> None:
        super().__init__(backward, theme)
        self.factor = TextLine(theme, right_style=("text", 15, 600))
        self.learning = TextLine(theme, right_style=("text", 12, 600))
        self.words = Paragraph(theme, 6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 24, 0, 0)
        column.setSpacing(8)
        for widget in (self.factor, self.learning, self.words):
            column.addWidget(widget)
        column.addStretch(1)

    def show_cell(self) -> None:
        terms = self.backward.terms(INPUT)
        assert isinstance(terms, DropoutInputTerms)
        self.factor.set_texts("factor, in use", number(terms.factor, sign=False))
        self.learning.set_texts("factor, in training", f"0 or {number(terms.learning_scale, sign=False)}")
        self.words.set_text(
            f"In training each number is left out with probability {terms.probability:g}, and its "
            "gradient with it; those that stay are multiplied with 1 / (1 − p), forward and backward. "
            "What is shown here is the network in use: nothing is left out."
        )

    def heading(self) -> tuple[str, str]:
        return "Dropout backward", "in use nothing is left out: the gradient passes as it is"

    def sentence(self) -> str:
        terms = self.backward.terms(INPUT)
        return f"the gradient {self.write(terms.total)} passes as it is."
