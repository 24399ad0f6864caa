"""A kernel's gradient: the input map correlated with the upstream gradient, one weight at a time."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from cnncore.explain_gradient import ConvWeightTerms
from cnncore.padding import pad
from explorer.imaging import symmetric_range
from explorer.theme import Theme

from ..map_view import MapView
from ..parts import Captioned, Paragraph, TextLine, label
from ..ranges import range_of
from ..wording import span
from .choices import SourceChoice
from .column import Column
from .conv_formulas import fitting, weight_formulas
from .figures import in_units, power
from .gradient_lines_window import product_texts, weight_product
from .model import WEIGHT, Backward
from .read_map import ReadMap
from .scale import Scale, scale_for
from .signed_sum import SignedSum

_CELL, _COMPACT_CELL = 40, 24
_APART = 10


class KernelColumn(Column):
    """Step 2: dW of one kernel, filled weight by weight."""

    pointed = Signal(int, int, str)
    """Row and column under the mouse, and in which grid: "input", "dZ", "products" or "dW"."""
    chosen = Signal(int, int)
    left = Signal()

    def __init__(self, backward: Backward, theme: Theme) -> None:
        super().__init__(theme, 2, "backwardKernel")
        self._backward, self._theme = backward, theme
        self._scale = Scale()
        self._formulas: tuple[str, ...] = ("",)
        self.choice = SourceChoice(backward)
        self.corner.addWidget(self.choice)
        self.input = ReadMap(theme, "input map")
        self.input.setObjectName("backwardInputMap")
        self.dz = MapView(theme, "upstream gradient dZ")
        self.products = MapView(theme, "products")
        self.grid = MapView(theme, "kernel gradient dW", frame="kernel")
        self.grid.setObjectName("backwardKernelGrid")
        self.grid.setCursor(Qt.CursorShape.PointingHandCursor)
        self._boxes = (
            Captioned(theme, "input X", "window_text", self.input),
            Captioned(theme, "dZ", "text", self.dz),
            Captioned(theme, "products", "text", self.products),
        )
        self.grid.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        for box in self._boxes:
            box.foot.hide()
        self.formula = label("", "formula")
        self.place = TextLine(theme)
        self.sum = SignedSum(theme)
        self.mean = TextLine(theme)
        self.words = Paragraph(theme, lines=3)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        upper = QWidget()
        self._row = QGridLayout(upper)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setHorizontalSpacing(3)
        for place, box in enumerate(self._boxes):
            self._row.addWidget(box, 0, 2 * place)
        for place, sign in enumerate(("⊙", "=")):
            self._row.addWidget(label(sign, "title"), 0, 2 * place + 1, Qt.AlignmentFlag.AlignCenter)
        lower = QWidget()
        row = QHBoxLayout(lower)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_APART)
        self._texts = QVBoxLayout()
        self._texts.setSpacing(3)
        self.formula.setTextFormat(Qt.TextFormat.RichText)
        self.formula.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._texts.addStretch(1)
        for part in (self.formula, self.place, self.sum, self.mean, self.words):
            self._texts.addWidget(part)
        self._texts.addStretch(1)
        row.addLayout(self._texts, 1)
        row.addWidget(self.grid)
        self.body.addWidget(upper, 1)
        self.body.addWidget(lower, 1)
        self._lower = lower

    def _connect(self) -> None:
        for grid, what in (
            (self.input, "input"),
            (self.dz, "dZ"),
            (self.products, "products"),
            (self.grid, "dW"),
        ):
            grid.cell_hovered.connect(lambda y, x, what=what: self.pointed.emit(y, x, what))
            grid.left.connect(self.left)
        self.grid.clicked.connect(self.chosen)

    def set_compact(self, compact: bool) -> None:
        super().set_compact(compact)
        self._compact = compact
        if hasattr(self, "words"):
            self.words.setVisible(not compact)
            self.body.setStretch(1, 0 if compact else 1)
            self._lower.setFixedHeight(96) if compact else self._lower.setMaximumHeight(9999)
            self._fit()

    @property
    def terms(self) -> ConvWeightTerms:
        """The terms of the weight in view."""
        return self._backward.terms(WEIGHT)

    @property
    def padding(self) -> tuple[int, int]:
        """How many rows and columns of padding stand above and left of the input."""
        return self._backward.step.layer.padding[0], self._backward.step.layer.padding[2]

    def refresh(self, scale: Scale) -> None:
        """Show the present kernel."""
        backward = self._backward
        self._scale = scale
        self.choice.refresh()
        f, c = backward.map, backward.source
        self.title.set_left(f"Kernel gradient dW[{f}, {c}]")
        self._show_input()
        dz = backward.step.d_output[f]
        self.dz.set_values(dz, "signed", symmetric_range(backward.step.d_output))
        gradient = backward.gradient(WEIGHT)
        shown, exponent = in_units(gradient[f])
        self.grid.set_values(shown[c], "signed", symmetric_range(shown), 3)
        what = ("correlate the input map with dZ: one position of dZ gives one weight", "correlate X with dZ")
        if backward.batch is not None:
            what = (
                "the maps are this sample’s, the grid holds the mean over the batch",
                "maps: this sample; grid: the batch",
                "grid: the batch’s mean",
            )
        unit = f"dW in {power(exponent)}" if exponent else ""
        self.subtitle.set_texts(what[0], unit, *((words, unit) for words in what[1:]))
        self._formulas = weight_formulas(backward.step.layer, self._theme)
        for place, columns in enumerate((self.input.cells.shape[1], dz.shape[1], dz.shape[1])):
            self._row.setColumnStretch(2 * place, columns)
        self._fit()
        self.show_cell()

    def _show_input(self) -> None:
        backward = self._backward
        step, stops = backward.step, backward.inspection.stops
        layer, channel = step.layer, backward.channel_read
        before = stops.before(backward.stop.index)
        padded = pad(step.input[channel], layer.padding, layer.padding_mode)
        inside = pad(np.ones(step.input.shape[1:], np.float32), layer.padding, "zeros") > 0
        if before.index >= 0:
            colours, r = "signed", range_of(backward.inspection, before.index)
        elif step.input is backward.trace.input:
            colours, r = "pixels", 1.0
        else:
            colours, r = "signed", symmetric_range(step.input)
        self.input.set_values(padded, colours, r, padding=None if inside.all() else ~inside)
        head = self._boxes[0].head
        head.set_texts("input X", f"{before.name}[{channel}]" if before.shape[0] > 1 else before.name)

    def _fit(self) -> None:
        """Give the gradient's grid as much as it can use, and the texts the rest."""
        rows, columns = self.grid.cells.shape
        room = 88 if self._compact else (self.height() - 76) / 2 - 8
        most = _COMPACT_CELL if self._compact else _CELL
        edge = int(max(min(room / rows, 0.46 * self.width() / columns, most), 4))
        self.grid.set_cell_size(edge, edge)
        self.grid.setFixedWidth(columns * edge + 10)
        margins = self.layout().contentsMargins()
        texts = self.width() - margins.left() - margins.right() - self.grid.width() - _APART
        self.formula.setText(fitting(self._formulas, texts))

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._fit()

    def follow_cell(self) -> None:
        """Show where the scan is: the weight, and what it reads."""
        backward, terms = self._backward, self.terms
        top, left = self.padding
        self.input.set_region(terms.rows + top, terms.columns + left)
        self.grid.set_selected(terms.cell[2:])
        self.grid.set_done(backward.place(WEIGHT) + 1 if backward.target == WEIGHT else None)

    def show_cell(self) -> None:
        """Show the present weight."""
        self.follow_cell()
        backward, terms = self._backward, self.terms
        products = terms.products
        self.products.set_values(products, "signed", symmetric_range(products))
        count = terms.positive_count + terms.negative_count
        self._boxes[2].head.set_texts(
            "products", f"{count} not zero", ("products", f"{count} ≠ 0"), ("products", "")
        )
        self._show_place()
        counts = terms.positive_count, terms.negative_count
        self.sum.set_sum(terms.positive, terms.negative, terms.total, counts, self._scale)
        batch = backward.batch
        self.mean.setVisible(batch is not None)
        total = terms.total
        if batch is not None:
            means = backward.gradient(WEIGHT)
            total = float(means[terms.cell])
            count, mean = len(batch.losses), scale_for([means[backward.map]]).with_unit(total)
            self.mean.set_texts(f"mean over the batch of {count}", mean, (f"mean of {count}", mean))
        self.words.set_text(meaning(total, batch is not None))

    def _show_place(self) -> None:
        """Say what the weight reads; or, of a position under the mouse, the product there."""
        terms, link = self.terms, self._backward.link
        i, j = terms.cell[2:]
        line = weight_product(terms, link, self._scale)
        if line is not None:
            self.place.set_texts(*product_texts(line, self._scale))
            return
        rows, columns = span(terms.rows, "row"), span(terms.columns, "column")
        self.place.set_texts(
            f"at i = {i}, j = {j}: {rows}, {columns} of X",
            "",
            (f"i {i}, j {j}: {rows}, {columns}", ""),
            (f"at i = {i}, j = {j}", ""),
        )

    def show_partners(self, outputs: list[tuple[int, int]], inputs: list[tuple[int, int]]) -> None:
        """Ring cells of the output and of the input."""
        top, left = self.padding
        self.dz.set_partners(outputs)
        self.products.set_partners(outputs)
        self.input.set_partners([(y + top, x + left) for y, x in inputs])
        self._show_place()


def meaning(gradient: float, batch: bool = False) -> str:
    """Say what the sign of a weight's gradient asks for."""
    whose = "the batch’s" if batch else "this"
    if gradient == 0 or math.isnan(gradient):
        return f"Zero: a small change of this weight does not change {whose} loss." if gradient == 0 else ""
    sign, wanted = ("negative", "larger") if gradient < 0 else ("positive", "smaller")
    signs = "differ in sign" if gradient < 0 else "have the same sign"
    which = "mean" if batch else "sum"
    first = "The products are this sample’s." if batch else f"Where X and dZ {signs}, a product is {sign}."
    return f"{first} A {sign} {which} asks for a {wanted} weight: it lowers {whose} loss."
