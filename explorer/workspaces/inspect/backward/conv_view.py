"""A convolution's derivatives side by side: what arrives, the kernel's gradient, the input's gradient."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.theme import Theme
from explorer.workbench import Hover

from ..gradual import Step
from ..layer_view import Table
from ..wording import number
from .base import BackwardView
from .batch_panel import BatchPanel
from .column import Column
from .conv_input import InputColumn
from .conv_kernel import KernelColumn
from .conv_upstream import UpstreamColumn
from .derivatives import BATCH
from .gradient_map import scale_of
from .model import INPUT, WEIGHT, Backward, Link


class BatchColumn(Column):
    """What each sample of the batch wants of the weight in view."""

    def __init__(self, backward: Backward, theme: Theme) -> None:
        super().__init__(theme, 1, "backwardBatch")
        self.title.set_left("The batch")
        self.subtitle.set_texts("∂L/∂w of each sample, and their mean", "", ("∂L/∂w of each sample", ""))
        self.panel = BatchPanel(backward, theme)
        self.body.addWidget(self.panel, 1)

    def set_compact(self, compact: bool) -> None:
        super().set_compact(compact)
        if hasattr(self, "panel"):
            self.panel.set_compact(compact)


class ConvBackwardView(BackwardView):
    """Upstream gradient, dW and dX of a convolution."""

    def __init__(self, backward: Backward, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(backward, theme, parent)
        self.upstream = UpstreamColumn(backward, theme)
        self.kernel = KernelColumn(backward, theme)
        self.input = InputColumn(backward, theme)
        self.corner = self.input.corner
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for column in (self.upstream, self.kernel, self.input):
            self._row.addWidget(column)
        self._batch: Column | None = None
        self._compact = False
        self.upstream.pointed.connect(lambda y, x, what: self._hover_output(y, x))
        self.kernel.pointed.connect(self._hover_kernel)
        self.input.pointed.connect(self._hover_input)
        for column in (self.upstream, self.kernel, self.input):
            column.left.connect(self.point_away)
        self.input.bars.left.connect(self.point_away)
        self.input.bars.hovered.connect(self._hover_term)
        self.input.bars.chosen.connect(backward.inspection.set_channel)
        self.kernel.chosen.connect(lambda i, j: self._go(WEIGHT, i, j))
        self.input.chosen.connect(lambda y, x: self._go(INPUT, y, x))
        self.set_compact(False)

    def set_compact(self, compact: bool) -> None:
        self._compact = compact
        self._row.setSpacing(6 if compact else 8)
        self._share_room()
        for column in (self.upstream, self.kernel, self.input, self._batch):
            if column is not None:
                column.set_compact(compact)

    def _share_room(self) -> None:
        first, *others = (18, 39, 25) if self._compact else (19, 36, 27)
        shares = (first, *others) if self._batch is None else (first, first, *others)
        for place, share in enumerate(shares):
            self._row.setStretch(place, share)

    def _show_batch(self) -> None:
        """In scope "batch" the samples' derivatives stand where else one sample's upstream gradient is."""
        shown = self.backward.scope == BATCH
        if shown and self._batch is None:
            self._batch = BatchColumn(self.backward, self.theme)
            self._batch.set_compact(self._compact)
            self._row.insertWidget(0, self._batch)
            self._share_room()
        self.upstream.setVisible(not shown)
        if self._batch is not None:
            self._batch.setVisible(shown)

    # What is shown

    def refresh(self) -> None:
        for step in self.refresh_steps():
            step()

    def refresh_steps(self) -> tuple[Step, ...]:
        return (
            self._refresh_upstream,
            lambda: self.kernel.refresh(self._scale),
            self._refresh_input,
        )

    def _refresh_upstream(self) -> None:
        self._show_batch()
        self._scale = scale_of(self.backward)
        self.upstream.refresh(self._scale)

    def _refresh_input(self) -> None:
        self.input.refresh(self._scale)
        self.show_link()
        self.setAccessibleDescription(self.sentence())

    def follow_cell(self) -> None:
        (self.kernel if self.backward.target == WEIGHT else self.input).follow_cell()

    def show_cell(self) -> None:
        self.kernel.show_cell()
        self.input.show_cell()
        self.show_link()
        self.setAccessibleDescription(self.sentence())

    def show_link(self) -> None:
        link = self.backward.link
        weights, terms = self.kernel.terms, self.input.terms
        outputs = [] if link.output is None else [link.output[1:]]
        inputs = [] if link.pixel is None else [link.pixel[1:]]
        if link.output is not None:
            _, y, x = link.output
            inputs = [(int(weights.rows[y]), int(weights.columns[x]))]
        elif link.pixel is not None:
            outputs = [(int(y), int(x)) for y, x in terms.places] if link.pixel == terms.cell else []
        tap = None if link.weight is None else link.weight[2:]
        if tap is not None:
            found = np.flatnonzero((terms.taps == tap).all(axis=1))
            outputs = [(int(y), int(x)) for y, x in terms.places[found]]
        self.upstream.show_partners(outputs)
        self.kernel.show_partners(outputs, inputs)
        self.input.show_partners(outputs, tap, None if link.pixel is None else link.pixel[1:])

    # Hovering

    def _go(self, target: str, row: int, column: int) -> None:
        self.backward.go_to(target, row * self.backward.grid(target)[1] + column)

    def _follow(self, target: str, row: int, column: int) -> None:
        """Move to what is under the mouse, unless the cells play by themselves."""
        if not self.backward.transport.playing:
            self.backward.point_to(target, row * self.backward.grid(target)[1] + column)

    def _where(self, text: str) -> str:
        backward = self.backward
        return f"{backward.stop.name} backward · map {backward.map}, input {backward.source} · {text}"

    def _hover_output(self, y: int, x: int) -> None:
        f = self.backward.map
        terms, scale = self.kernel.terms, self._scale
        rows = (
            (f"dZ[{f}, {y}, {x}]", scale.with_unit(float(terms.upstream[y, x]))),
            ("X read there", number(float(terms.inputs[y, x]), sign=False)),
            ("product", scale.with_unit(float(terms.products[y, x]))),
        )
        hover = Hover(f"dZ of map {f}", rows, self._where(f"dZ, row {y}, column {x}"))
        self.point_at(Link(output=(f, y, x)), hover)

    def _hover_kernel(self, y: int, x: int, what: str) -> None:
        if what == "dW":
            self._follow(WEIGHT, y, x)
            self._hover_weight(y, x)
        elif what == "input":
            top, left = self.kernel.padding
            self._hover_pixel(y - top, x - left)
        else:
            self._hover_output(y, x)

    def _hover_weight(self, i: int, j: int) -> None:
        backward = self.backward
        cell = (backward.map, backward.source, i, j)
        value = float(backward.step.layer.parameters["weight"][cell])
        gradient = float(backward.gradient(WEIGHT)[cell])
        rows = (
            ("weight", f"i {i}, j {j}"),
            ("W now", number(value)),
            ("gradient dW", self._scale.with_unit(gradient)),
        )
        title = f"dW[{backward.map}, {backward.source}]"
        self.point_at(Link(weight=cell), Hover(title, rows, self._where(f"weight, row {i}, column {j}")))

    def _hover_pixel(self, y: int, x: int) -> None:
        backward = self.backward
        step, channel = backward.step, backward.channel_read
        height, width = step.input.shape[1:]
        if not (0 <= y < height and 0 <= x < width):
            self.point_at(Link(), Hover("padding", (("row, column", f"{y}, {x}"),), self._where("padding")))
            return
        cell = (channel, y, x)
        rows = (
            (f"X[{channel}, {y}, {x}]", number(float(step.input[cell]), sign=False)),
            (f"dX[{channel}, {y}, {x}]", self._scale.with_unit(float(step.d_input[cell]))),
        )
        where = self._where(f"input, row {y}, column {x}")
        self.point_at(Link(pixel=cell), Hover(f"input channel {channel}", rows, where))

    def _hover_input(self, y: int, x: int, what: str) -> None:
        spread = self.input.spread_shown
        if what == "dX":
            self._follow(INPUT, y, x)
            self._hover_pixel(y, x)
        elif what == "flipped":
            kh, kw = spread.flipped.shape[1:]
            self._hover_weight(kh - 1 - y, kw - 1 - x)
        elif spread.real[y, x]:
            self._hover_output(int(spread.rows[y]), int(spread.columns[x]))
        else:
            text = "a zero between the cells of dZ" if spread.inserted[y, x] else "a zero around dZ"
            self.point_at(Link(), Hover("dZ, spread", ((text, "0"),), self._where(text)))

    def _hover_term(self, name: int) -> None:
        terms = self.input.terms
        place = int(np.flatnonzero(terms.maps == name)[0])
        rows = (
            ("output map", str(name)),
            ("its term", self._scale.with_unit(float(terms.partial_sums[place]))),
            ("all together", self._scale.with_unit(terms.total)),
        )
        self.point_at(Link(term=name), Hover("term of dX", rows, self._where(f"term of map {name}")))

    # Words and tables

    def heading(self) -> tuple[str, str]:
        return "Convolution, backward", "one gradient comes in, and makes those of kernel, bias and input"

    def sentence(self) -> str:
        backward = self.backward
        weights, terms, scale = self.kernel.terms, self.input.terms, self._scale
        f, c, i, j = weights.cell
        channel, y, x = terms.cell
        return (
            f"{backward.stop.name}: the derivative by weight {f}, {c}, {i}, {j} is "
            f"{scale.with_unit(weights.total)}, positive products {scale.with_unit(weights.positive)} and "
            f"negative ones {scale.with_unit(weights.negative)}. The derivative by input channel {channel}, "
            f"row {y}, column {x} is {scale.with_unit(terms.total)}, from {len(terms.maps)} maps."
        )

    def tables(self) -> list[Table]:
        backward, weights, terms = self.backward, self.kernel.terms, self.input.terms
        step = backward.step
        kernel = Table("kernel gradient dW", backward.gradient(WEIGHT)[backward.map, backward.source])
        channel = Table("input gradient dX", step.d_input[backward.channel_read])
        first = [kernel, channel] if backward.target == WEIGHT else [channel, kernel]
        return [
            *first,
            Table("upstream gradient dZ", weights.upstream),
            Table("products of the weight", weights.products),
            Table("terms of the input cell", terms.partial_sums),
        ]
