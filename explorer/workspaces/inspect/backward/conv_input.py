"""A convolution's input gradient: the upstream gradient under the flipped kernel, one term from each map."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from cnncore.explain_gradient import ConvInputTerms, SpreadGradient, spread_gradient
from explorer.imaging import symmetric_range
from explorer.theme import Theme
from explorer.widgets.number_grid import NumberGrid

from ..map_view import MapView
from ..parts import Captioned, TextLine, label
from .column import Column
from .conv_formulas import fitting, input_formulas
from .derivatives import BATCH
from .figures import in_units, power
from .gradient_lines_window import input_product, product_texts
from .model import INPUT, Backward
from .read_map import ReadMap
from .scale import Scale
from .term_bars import TermBars


class InputColumn(Column):
    """Step 3: dX of one channel, filled cell by cell."""

    pointed = Signal(int, int, str)
    """Row and column under the mouse, and in which grid: "spread", "flipped" or "dX"."""
    chosen = Signal(int, int)
    left = Signal()

    def __init__(self, backward: Backward, theme: Theme) -> None:
        super().__init__(theme, 3, "backwardInput")
        self._backward, self._theme = backward, theme
        self._scale = Scale()
        self._spread: SpreadGradient | None = None
        self._formulas: tuple[str, ...] = ("",)
        self.spread = ReadMap(theme, "dZ, spread and padded", frame=None)
        self.flipped = NumberGrid(theme, name="flipped kernel", frame="kernel")
        self.flipped.set_cell_size(12, 40)
        self.dx = MapView(theme, "input gradient dX")
        self.dx.setObjectName("backwardInputGradient")
        self.dx.setCursor(Qt.CursorShape.PointingHandCursor)
        self._spread_box = Captioned(theme, "dZ", "text", self.spread)
        self._flipped_box = Captioned(theme, "kernel, flipped", "kernel_text", self.flipped)
        self._dx_box = Captioned(theme, "dX", "text", self.dx)
        for box in (self._spread_box, self._flipped_box, self._dx_box):
            box.foot.hide()
        self.formula = label("", "formula")
        self.formula.setTextFormat(Qt.TextFormat.RichText)
        self.formula.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.formula.setFixedHeight(20)
        self.cell_line = TextLine(theme)
        self.terms_line = TextLine(theme)
        self.bars = TermBars(theme, "One term from each output map")
        self.bars.setObjectName("backwardTerms")
        self.bars.setCursor(Qt.CursorShape.PointingHandCursor)
        self.total = TextLine(theme, left_style=("accent_ink", 12, 500), right_style=("output_text", 13, 600))
        self.note = TextLine(theme)
        self._lay_out()
        for grid, what in ((self.spread, "spread"), (self.flipped, "flipped"), (self.dx, "dX")):
            grid.cell_hovered.connect(lambda y, x, what=what: self.pointed.emit(y, x, what))
            grid.left.connect(self.left)
        self.dx.clicked.connect(self.chosen)

    def _lay_out(self) -> None:
        upper, lower = QWidget(), QWidget()
        row = QHBoxLayout(upper)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._spread_box, 5)
        row.addWidget(label("∗", "title"), 0, Qt.AlignmentFlag.AlignCenter)
        row.addWidget(self._flipped_box, 4)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addSpacing(20)
        for part in (self.cell_line, self.terms_line):
            texts.addWidget(part)
        texts.addWidget(self.bars, 1)
        texts.addWidget(self.total)
        texts.addWidget(self.note)
        row = QHBoxLayout(lower)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self._dx_box, 5)
        row.addLayout(texts, 5)
        self.body.setSpacing(2)
        self.body.addWidget(upper, 7)
        self.body.addWidget(self.formula)
        self.body.addWidget(lower, 6)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_formula()

    def _fit_formula(self) -> None:
        margins = self.layout().contentsMargins()
        room = self.width() - margins.left() - margins.right()
        self.formula.setText(fitting(self._formulas, room))

    def set_compact(self, compact: bool) -> None:
        super().set_compact(compact)
        self._compact = compact
        if hasattr(self, "terms_line"):
            self.formula.setVisible(not compact)
            self.terms_line.setVisible(not compact)

    @property
    def terms(self) -> ConvInputTerms:
        """The terms of the input cell in view."""
        return self._backward.terms(INPUT)

    @property
    def spread_shown(self) -> SpreadGradient:
        """The upstream gradient as it is spread for the full correlation."""
        assert self._spread is not None
        return self._spread

    def refresh(self, scale: Scale) -> None:
        """Show the present channel."""
        backward = self._backward
        step, f, channel = backward.step, backward.map, backward.channel_read
        self._scale = scale
        self._spread = spread = spread_gradient(step, f)
        self.title.set_left(f"Input gradient dX[{channel}]")
        whose = "of this sample: " if backward.scope == BATCH else ""
        what = ("full correlation of dZ with the flipped kernel", "dZ under the flipped kernel")
        last = "of this sample" if whose else "dZ, kernel flipped"
        self.subtitle.set_texts(whose + what[0], "", (whose + what[1], ""), (last, ""))
        self._formulas = input_formulas(step.layer, self._theme)
        self._fit_formula()
        hatched = None if spread.real.all() else ~spread.real
        self.spread.set_values(spread.values, "signed", symmetric_range(step.d_output), padding=hatched)
        self._spread_box.head.set_texts("dZ", *_spread_words(step.layer, spread))
        kernels, exponent = in_units(spread.flipped)
        self.flipped.set_values(kernels[backward.source], "signed", symmetric_range(kernels), 2)
        unit = f"in {power(exponent)}" if exponent else ""
        self._flipped_box.head.set_texts("flipped W", unit, ("flipped W", ""))
        dx = step.d_input[channel]
        self.dx.set_values(dx, "signed", symmetric_range(step.d_input))
        name = f"dX[{channel}]"
        self._dx_box.head.set_texts(name, f"{dx.shape[0]}×{dx.shape[1]}", (name, ""))
        self.show_cell()

    def follow_cell(self) -> None:
        """Show where the scan is: the cell, and what the flipped kernel covers."""
        backward = self._backward
        _, y, x = backward.cell(INPUT)
        self.spread.set_region(*self.spread_shown.window(y, x))
        self.dx.set_selected((y, x))
        self.dx.set_done(backward.place(INPUT) + 1 if backward.target == INPUT else None)

    def show_cell(self) -> None:
        """Show the present input cell."""
        self.follow_cell()
        backward, terms = self._backward, self.terms
        many = len(terms.maps) > 1
        self._terms_words = "a term from each map" if many else "one output map reads it"
        self.bars.set_terms(terms.maps, terms.partial_sums, backward.map)
        self._show_product()
        self._show_term()
        copies = bool(terms.copied.any())
        self.note.setVisible(copies)
        self.note.set_texts("also read as a copy in the padding")

    def _show_product(self) -> None:
        """Say which cell it is; or, of a weight or a position under the mouse, the product there."""
        terms, backward = self.terms, self._backward
        line = input_product(terms, backward.map, backward.link, self._scale)
        if line is None:
            self.cell_line.set_texts(f"cell y {terms.cell[1]}, x {terms.cell[2]}")
        else:
            self.cell_line.set_texts(*product_texts(line, self._scale))

    def _show_term(self) -> None:
        terms, scale = self.terms, self._scale
        name = self._backward.map if self._backward.link.term is None else self._backward.link.term
        found = np.flatnonzero(terms.maps == name)
        if len(found) and len(terms.maps) > 1:
            self.terms_line.set_texts(f"map {name} gives", scale.write(float(terms.partial_sums[found[0]])))
        else:
            self.terms_line.set_texts(self._terms_words)
        about = "" if scale.adds_up(terms.partial_sums, terms.total) else "≈ "
        total = about + scale.with_unit(terms.total)
        self.total.set_texts("" if self._compact else "in sum", total)

    def show_partners(self, outputs: list[tuple[int, int]], tap: tuple[int, int] | None, pixel) -> None:
        """Ring cells of dZ, the weight under the mouse, and the input cell."""
        spread = self.spread_shown
        rows = {int(row): place for place, row in enumerate(spread.rows) if row >= 0}
        columns = {int(column): place for place, column in enumerate(spread.columns) if column >= 0}
        self.spread.set_partners((rows[y], columns[x]) for y, x in outputs if y in rows and x in columns)
        kh, kw = spread.flipped.shape[1:]
        self.flipped.set_partners(() if tap is None else [(kh - 1 - tap[0], kw - 1 - tap[1])])
        self.dx.set_partners(() if pixel is None else [pixel])
        self.bars.set_lit(self._backward.link.term)
        self._show_product()
        self._show_term()


def _spread_words(layer, spread: SpreadGradient) -> tuple:
    """Say what stands between and around the cells of dZ: the text, and shorter pairs."""
    words, short = [], []
    if layer.stride != (1, 1):
        words.append(f"spread by {_pair(layer.stride)}")
        short.append(f"spread {_pair(layer.stride)}")
    if any(offset > 0 for offset in spread.offset):
        words.append(f"padded by {_pair(spread.offset)}")
        short.append(f"pad {_pair(spread.offset)}")
    elif any(offset < 0 for offset in spread.offset):
        words.append("cut to the input")
        short.append("cut")
    return ", ".join(words), ("dZ", ", ".join(short)), ("dZ", short[0] if short else ""), ("dZ", "")


def _pair(values: tuple[int, ...]) -> str:
    return str(values[0]) if values[0] == values[1] else f"{values[0]}, {values[1]}"
