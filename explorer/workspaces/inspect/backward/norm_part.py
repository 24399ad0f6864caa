"""Batch normalisation on the way back: one factor for the map, and the gradients of gamma and beta."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from cnncore.explain_gradient import BatchNormInputTerms, BatchNormWeightTerms
from explorer.theme import Theme

from ..layer_view import Table
from ..parts import Paragraph, TextLine
from ..wording import number
from .derivatives import BATCH
from .gradient_map import GradientMap, ResultMap
from .middle_part import MiddlePart
from .model import INPUT, WEIGHT, Backward
from .scale import Scale


class NormPart(MiddlePart):
    """The normalised map, the factor of the channel, and the gradients of gamma and beta."""

    def __init__(self, backward: Backward, theme: Theme) -> None:
        super().__init__(backward, theme)
        self.grid = GradientMap(theme, "normalised input", "x̂, for dγ", "window_text")
        self.grid.map.setObjectName("backwardNormalised")
        self.factor = TextLine(theme, right_style=("text", 15, 600))
        self.gamma = TextLine(theme, right_style=("kernel_text", 15, 600))
        self.beta = TextLine(theme, right_style=("kernel_text", 15, 600))
        self.words = Paragraph(theme, 6)
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
        self._compact = False

    def set_compact(self, compact: bool) -> None:
        self.words.setVisible(not compact)
        self._compact = compact

    @property
    def _learns(self) -> bool:
        return WEIGHT in self.backward.step.gradients

    def refresh(self, scale: Scale) -> None:
        super().refresh(scale)
        narrow = self._compact and self.backward.scope == BATCH
        self.grid.setVisible(self._learns and not narrow)
        self.gamma.setVisible(self._learns)
        bias = self.backward.bias_terms()
        self.beta.setVisible(bias is not None)
        if self._learns:
            terms = self.backward.terms(WEIGHT)
            assert isinstance(terms, BatchNormWeightTerms)
            self.grid.set_values(terms.normalised, 1)
            total = scale.with_unit(terms.total)
            self.gamma.set_texts("dγ = Σ upstream · x̂", total, ("dγ", total))
        if bias is not None:
            total = scale.with_unit(bias.total)
            self.beta.set_texts("dβ = Σ upstream", total, ("dβ", total))
        self.words.set_text(
            "In use, mean and variance are the running ones: no single number changes them. "
            "So the gradient is only multiplied with one factor for the whole map."
        )

    def show_cell(self) -> None:
        terms = self.backward.terms(INPUT)
        assert isinstance(terms, BatchNormInputTerms)
        factor = number(terms.scale, sign=False)
        self.factor.set_texts("factor γ / √(σ² + ε)", factor, ("γ / √(σ² + ε)", factor), ("factor", factor))
        if self._learns:
            place = self.backward.place(INPUT)
            self.grid.select(place)
            value = float(self.backward.terms(WEIGHT).normalised.reshape(-1)[place])
            self.grid.foot.set_texts("x̂ here", number(value, sign=False))

    def level_with(self, result: ResultMap) -> None:
        self.grid.level_with(result)

    def show_link(self, places: list[int]) -> None:
        self.grid.ring(places)

    def heading(self) -> tuple[str, str]:
        return "BatchNorm backward", "the gradient is multiplied with one factor for the map, γ / √(σ² + ε)"

    def sentence(self) -> str:
        terms = self.backward.terms(INPUT)
        return (
            f"the upstream gradient {self.write(terms.upstream)} times the factor "
            f"{number(terms.scale, sign=False)} is {self.write(terms.total)}."
        )

    def tables(self) -> list[Table]:
        if not self._learns:
            return []
        terms = self.backward.terms(WEIGHT)
        return [Table("normalised input", terms.normalised), Table("terms of dγ", terms.products)]
