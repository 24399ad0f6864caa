"""A kernel's gradient: the input map correlated with the upstream gradient, one weight at a time."""

from __future__ import annotations

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
from .figures import in_units, power
from .model import WEIGHT, Backward
from .read_map import ReadMap
from .scale import Scale
from .signed_sum import SignedSum

_CELL, _COMPACT_CELL = 40, 24


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
        row.setSpacing(10)
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
        layer = backward.step.layer
        self.title.set_left(f"Kernel gradient dW[{f}, {c}]")
        self._show_input()
        dz = backward.step.d_output[f]
        self.dz.set_values(dz, "signed", symmetric_range(backward.step.d_output))
        gradient = backward.gradient(WEIGHT)
        shown, exponent = in_units(gradient[f])
        self.grid.set_values(shown[c], "signed", symmetric_range(shown), 3)
        self.subtitle.set_texts(
            "one position of dZ gives one weight"
            if self._compact
            else "correlate the input map with dZ: one position of dZ gives one weight",
            f"dW in {power(exponent)}" if exponent else "",
        )
        self.formula.setText(_formula(layer, self._theme, 12 if self._compact else 14))
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
        i, j = terms.cell[2:]
        products = terms.products
        self.products.set_values(products, "signed", symmetric_range(products))
        count = terms.positive_count + terms.negative_count
        self._boxes[2].head.set_right(f"{count} ≠ 0")
        where = f"at i = {i}, j = {j}: {span(terms.rows, 'row')}, {span(terms.columns, 'column')} of X"
        self.place.set_texts(where)
        counts = terms.positive_count, terms.negative_count
        self.sum.set_sum(terms.positive, terms.negative, terms.total, counts, self._scale)
        batch = backward.batch
        self.mean.setVisible(batch is not None)
        total = terms.total
        if batch is not None:
            total = float(backward.gradient(WEIGHT)[terms.cell])
            self.mean.set_texts(f"mean over the batch of {len(batch.losses)}", self._scale.with_unit(total))
        self.words.set_text(meaning(total))

    def show_partners(self, outputs: list[tuple[int, int]], inputs: list[tuple[int, int]]) -> None:
        """Ring cells of the output and of the input."""
        top, left = self.padding
        self.dz.set_partners(outputs)
        self.products.set_partners(outputs)
        self.input.set_partners([(y + top, x + left) for y, x in inputs])


def meaning(gradient: float) -> str:
    """Say what the sign of a weight's gradient asks for."""
    if gradient < 0:
        return (
            "Where X and dZ differ in sign, a product is negative. Together they are negative: a larger "
            "weight lowers this loss: the gradient pulls it up."
        )
    if gradient > 0:
        return (
            "Where X and dZ have the same sign, a product is positive. Together they are positive: a larger "
            "weight raises this loss: the gradient pulls it down."
        )
    return "Zero: a small change of this weight does not change the loss."


def _formula(layer, theme: Theme, size: int) -> str:
    """Write equation (11) with the layer's stride, dilation and padding."""
    tokens = theme.tokens

    def place(name: str, tap: str, axis: int) -> str:
        stride, dilation, padding = layer.stride[axis], layer.dilation[axis], layer.padding[2 * axis]
        text = f"{stride if stride > 1 else ''}{name}+{dilation if dilation > 1 else ''}{tap}"
        return f"{text}−{padding}" if padding else text

    read = f"{place('y', 'i', 0)}, {place('x', 'j', 1)}"
    return (
        f'<span style="font-size:{size}px"><i><b style="color:{tokens.kernel_text}">dW</b>[i, j]</i> = '
        f"Σ<sub>y</sub> Σ<sub>x</sub> <i><b>dZ</b>[y, x]</i> · "
        f'<i><b style="color:{tokens.window_text}">X</b>[{read}]</i></span>'
    )
