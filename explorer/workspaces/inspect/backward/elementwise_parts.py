"""What the upstream gradient is multiplied with: slopes, the scale of a normalisation, a Jacobian's row."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cnncore.explain_cells import slopes
from cnncore.explain_gradient import (
    ActivationInputTerms,
    BatchNormInputTerms,
    BatchNormWeightTerms,
    DropoutInputTerms,
    SoftmaxInputTerms,
)
from explorer.numbers import format_count, format_percent
from explorer.theme import Theme
from explorer.workbench import Hover

from ..bar_list import BarList, BarRow
from ..curve_plot import CurvePlot
from ..layer_view import Table
from ..parts import Captioned, Paragraph, TextLine
from ..wording import number, plural
from .gradient_map import GradientMap, layout_of
from .model import INPUT, WEIGHT, Backward
from .scale import Scale

_GATES = frozenset({"ReLU"})


class MiddlePart(QWidget):
    """One kind of factor. The view calls the methods when something has changed."""

    pointed = Signal(int)
    term_pointed = Signal(int)
    left = Signal()

    def __init__(self, backward: Backward, theme: Theme) -> None:
        super().__init__()
        self.backward, self.theme = backward, theme
        self.scale = Scale()
        self.setMinimumWidth(120)

    def refresh(self, scale: Scale) -> None:
        """Show the present layer, its derivatives written by a scale."""
        self.scale = scale

    def show_cell(self) -> None:
        """Show the present cell."""

    def show_link(self, places: list[int]) -> None:
        """Ring the cells at these places."""

    def set_compact(self, compact: bool) -> None:
        """Take less room."""

    def heading(self) -> tuple[str, str]:
        """Return a title and what is done."""
        raise NotImplementedError

    def sentence(self) -> str:
        """Say where the present number comes from."""
        raise NotImplementedError

    def hover_of(self, term: int) -> Hover | None:
        """Describe a term under the mouse."""
        return None

    def tables(self) -> list[Table]:
        """Return what can be copied."""
        return []

    def here(self, values: np.ndarray) -> np.ndarray:
        """Return the map in view, or the whole vector."""
        return values[self.backward.source] if values.ndim == 3 else values


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
            f"gradient {self.scale.with_unit(terms.upstream)} becomes {self.scale.with_unit(terms.total)}."
        )

    def tables(self) -> list[Table]:
        return [Table("slopes", self.here(self.backward.slopes(self.backward.stop.index)))]


class NormPart(MiddlePart):
    """The normalised map, the factor of the channel, and the gradients of gamma and beta."""

    def __init__(self, backward: Backward, theme: Theme) -> None:
        super().__init__(backward, theme)
        self.grid = GradientMap(theme, "normalised input", "x̂, for dγ", "window_text")
        self.grid.map.setObjectName("backwardNormalised")
        self.factor = TextLine(theme, right_style=("text", 15, 600))
        self.gamma = TextLine(theme, right_style=("kernel_text", 15, 600))
        self.beta = TextLine(theme, right_style=("kernel_text", 15, 600))
        self.words = Paragraph(theme, 4)
        side = QVBoxLayout()
        side.setSpacing(6)
        for widget in (self.factor, self.gamma, self.beta, self.words):
            side.addWidget(widget)
        side.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(side, 1)
        row.addWidget(self.grid, 1)
        self.grid.pointed.connect(self.pointed)
        self.grid.chosen.connect(lambda place: backward.go_to(INPUT, place))
        self.grid.left.connect(self.left)

    def set_compact(self, compact: bool) -> None:
        self.words.setVisible(not compact)

    @property
    def _learns(self) -> bool:
        return WEIGHT in self.backward.step.gradients

    def refresh(self, scale: Scale) -> None:
        super().refresh(scale)
        self.grid.setVisible(self._learns)
        self.gamma.setVisible(self._learns)
        bias = self.backward.bias_terms()
        self.beta.setVisible(bias is not None)
        if self._learns:
            terms = self.backward.terms(WEIGHT)
            assert isinstance(terms, BatchNormWeightTerms)
            self.grid.set_values(terms.normalised, 1)
            self.gamma.set_texts("dγ = Σ upstream · x̂", scale.with_unit(terms.total))
        if bias is not None:
            self.beta.set_texts("dβ = Σ upstream", scale.with_unit(bias.total))
        self.words.set_text(
            "In use, mean and variance are the running ones: no single number changes them. "
            "So the gradient is only multiplied with one factor for the whole map."
        )

    def show_cell(self) -> None:
        terms = self.backward.terms(INPUT)
        assert isinstance(terms, BatchNormInputTerms)
        self.factor.set_texts("factor γ / √(σ² + ε)", number(terms.scale, sign=False))
        if self._learns:
            place = self.backward.place(INPUT)
            self.grid.select(place)
            value = float(self.backward.terms(WEIGHT).normalised.reshape(-1)[place])
            self.grid.foot.set_texts("x̂ here", number(value, sign=False))

    def show_link(self, places: list[int]) -> None:
        self.grid.ring(places)

    def heading(self) -> tuple[str, str]:
        return "BatchNorm backward", "the gradient is multiplied with one factor for the map, γ / √(σ² + ε)"

    def sentence(self) -> str:
        terms = self.backward.terms(INPUT)
        return (
            f"the upstream gradient {self.scale.with_unit(terms.upstream)} times the factor "
            f"{number(terms.scale, sign=False)} is {self.scale.with_unit(terms.total)}."
        )

    def tables(self) -> list[Table]:
        if not self._learns:
            return []
        terms = self.backward.terms(WEIGHT)
        return [Table("normalised input", terms.normalised), Table("terms of dγ", terms.products)]


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
        return f"the gradient {self.scale.with_unit(terms.total)} passes as it is."


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
        rows = [
            BarRow(
                k,
                (
                    str(k),
                    number(float(terms.probabilities[k]), sign=False),
                    number(float(terms.jacobian[k])),
                    self.scale.write(float(terms.upstream[k])),
                    self.scale.write(float(terms.products[k])),
                ),
                float(terms.products[k]) / largest,
            )
            for k in range(len(terms.products))
        ]
        self.list.set_rows(rows, terms.cell[0])
        text = f"{plural(len(rows), 'product')} in sum{self.scale.note}"
        self.total.set_texts(text, self.scale.write(terms.total))

    def show_link(self, places: list[int]) -> None:
        self.list.set_lit(self.backward.link.term)

    def hover_of(self, term: int) -> Hover | None:
        terms = self.backward.terms(INPUT)
        j = terms.cell[0]
        rows = (
            (f"∂p{term} / ∂z{j}", number(float(terms.jacobian[term]))),
            ("upstream", self.scale.with_unit(float(terms.upstream[term]))),
            ("product", self.scale.with_unit(float(terms.products[term]))),
        )
        return Hover("softmax backward", rows, f"{self.backward.stop.name} · output {term}")

    def heading(self) -> tuple[str, str]:
        return "Softmax backward", "one input moves all probabilities: a row of the Jacobian times upstream"

    def sentence(self) -> str:
        terms = self.backward.terms(INPUT)
        count = len(terms.products)
        return f"{self.scale.with_unit(terms.total)}, the sum of {count} products of Jacobian and upstream."

    def tables(self) -> list[Table]:
        terms = self.backward.terms(INPUT)
        return [
            Table(
                "Jacobian, upstream, product", np.stack([terms.jacobian, terms.upstream, terms.products], 1)
            )
        ]


PARTS: dict[str, Callable[[Backward, Theme], MiddlePart]] = {
    "activation": SlopePart,
    "batch_norm": NormPart,
    "dropout": DropoutPart,
    "softmax": JacobianPart,
}
"""The factor for each kind of layer."""
