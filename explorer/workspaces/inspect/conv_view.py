"""A convolution at one cell: window, kernel, products, one sum for each channel, their sum plus the bias."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from cnncore.explain_window import ConvTerms
from explorer.imaging import symmetric_range
from explorer.theme import Theme
from explorer.widgets.number_grid import NumberGrid

from .channel_list import ChannelList
from .conv_links import around, paint_fan, paint_way
from .hovering import link_of, link_of_input, link_of_sum
from .inspection import Inspection
from .kernel_grid import KernelGrid
from .layer_view import LayerView, Table
from .map_view import frame_on
from .output_panel import OutputPanel
from .parts import Captioned, label
from .ranges import range_of
from .waterfall import Sum, Waterfall, named
from .wording import equals, in_words, number, span

_CELL, _COMPACT_CELL = 56, 29
"""Largest cells; with 29 pixels the small type still has room for two decimals."""


class ConvView(LayerView):
    """The picture of a convolution: channels on the left, the focused one as numbers, the sum, the output."""

    def __init__(self, inspection: Inspection, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(inspection, theme, parent)
        self.channels = ChannelList(theme)
        self.patch = NumberGrid(theme, name="input patch", frame="window")
        self.kernel = KernelGrid(theme)
        self.product = NumberGrid(theme, name="product")
        for name, grid in (("Patch", self.patch), ("Kernel", self.kernel), ("Product", self.product)):
            grid.setObjectName(f"inspect{name}")
            grid.set_cell_size(33, 56)
        self.waterfall = Waterfall(theme)
        self.heading = label("", "strong")
        self.output = OutputPanel(inspection, theme)
        self._boxes = [
            Captioned(theme, "input patch", "window_text", self.patch),
            Captioned(theme, "kernel", "kernel_text", self.kernel),
            Captioned(theme, "product", "text", self.product),
        ]
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self._signs = [label(sign, "title") for sign in ("×", "=")]
        self._trio = QFrame()
        self._trio.setObjectName("inspectTrio")
        row = QGridLayout(self._trio)
        row.setContentsMargins(12, 8, 12, 8)
        row.setHorizontalSpacing(3)
        for place, box in enumerate(self._boxes):
            row.addWidget(box, 0, 2 * place)
            row.setColumnStretch(2 * place, 1)
        for place, sign in enumerate(self._signs):
            row.addWidget(sign, 0, 2 * place + 1, Qt.AlignmentFlag.AlignCenter)
        self._left, self._bottom = QWidget(), QWidget()
        left = QVBoxLayout(self._left)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(2)
        self._captions = QLabel()
        self._captions.setProperty("role", "caption")
        self._captions.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        left.addWidget(self._captions)
        left.addWidget(self.channels, 1)
        bottom = QVBoxLayout(self._bottom)
        bottom.setContentsMargins(0, 0, 0, 0)
        bottom.setSpacing(4)
        bottom.addWidget(self.heading)
        bottom.addWidget(self.waterfall, 1)
        self._page = QGridLayout(self)
        self._page.setContentsMargins(0, 0, 0, 0)
        self._page.setColumnStretch(1, 1)
        self.set_compact(False)

    def set_compact(self, compact: bool) -> None:
        """Put the output below the numbers instead of at their right, so that the cells stay readable."""
        self._compact = compact
        page = self._page
        for part in (self._left, self._trio, self._bottom, self.output):
            page.removeWidget(part)
        page.addWidget(self._left, 0, 0, 2, 1)
        page.addWidget(self._trio, 0, 1, 1, 2 if compact else 1)
        page.addWidget(self._bottom, 1, 1)
        page.addWidget(self.output, *((1, 2) if compact else (0, 2, 2, 1)))
        page.setRowStretch(0, 3)
        page.setRowStretch(1, 2)
        page.setHorizontalSpacing(8 if compact else 13)
        page.setVerticalSpacing(6 if compact else 10)
        self.channels.set_compact(compact)
        self.output.set_compact(compact, beside=compact)
        margin = 6 if compact else 10
        self._trio.layout().setContentsMargins(margin, 5, margin, 5)
        for box, grid in zip(self._boxes, (self.patch, self.kernel, self.product), strict=True):
            box.foot.setVisible(not compact)
            grid.set_cell_size(*((_COMPACT_CELL,) if compact else (33, _CELL)))
        self._captions.setText("map        sum" if compact else "input map      kernel       sum")
        self._fit_trio()

    def set_editing(self, shown: bool) -> None:
        self.output.field.setVisible(not shown or self._compact)

    def _fit_trio(self) -> None:
        """Leave to the sum below what the cells of the grids cannot use."""
        rows, columns = self.kernel.cells.shape
        edge = min((self._trio.width() - 70) // 3 // columns, _COMPACT_CELL if self._compact else _CELL)
        wanted = rows * edge + (44 if self._compact else 76)
        self._trio.setFixedHeight(max(min(wanted, self.height() - (146 if self._compact else 190)), 90))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_trio()

    def _connect(self) -> None:
        self.channels.chosen.connect(self.inspection.set_source)
        self.channels.scrolled.connect(self.update)
        self.waterfall.chosen.connect(self.inspection.set_source)
        for grid, what in ((self.patch, "input patch"), (self.kernel, "kernel"), (self.product, "product")):
            grid.cell_hovered.connect(lambda i, j, what=what: self._hover(i, j, what))
            grid.left.connect(self.point_away)
        for part in (self.channels, self.waterfall):
            part.hovered.connect(self._hover_sum)
            part.left.connect(self.point_away)
        self.channels.cell_hovered.connect(self._hover_input)
        self.kernel.clicked.connect(lambda i, j: self.weight_chosen.emit((i, j)))
        self.kernel.turned.connect(lambda i, j, steps: self.weight_turned.emit((i, j), steps))

    # What is shown

    def refresh(self) -> None:
        self.output.refresh()
        self._show_channels()
        self._show_source_and_cell()
        self._fit_trio()

    def refresh_steps(self) -> tuple[Callable[[], object], ...]:
        return self.output.refresh, self._show_channels, self._show_source_and_cell

    def _show_channels(self) -> None:
        inspection = self.inspection
        terms: ConvTerms = self.terms
        if inspection.source >= len(terms.channels):
            inspection.source = 0
        before = inspection.index - 1
        # Standardised pixels are numbers of both signs, as those of any other map.
        self._pixels = before < 0 and inspection.trace.input is inspection.input_of_stop
        self._kernel_shown: int | None = None
        self._input_r = range_of(inspection, before)
        if before < 0 and not self._pixels:
            self._input_r = symmetric_range(inspection.input_of_stop)
        maps = inspection.input_of_stop[terms.channels]
        self.channels.set_channels(
            terms.channels, maps, -1.0 if self._pixels else self._input_r, terms.kernel
        )
        self.heading.setText(_sum_heading(terms))

    def show_cell(self) -> None:
        self.output.show_cell()
        self._show_source_and_cell()

    def show_source(self) -> None:
        self._show_source_and_cell()
        self.update()  # the frame fans out from another row

    def _show_source_and_cell(self) -> None:
        terms: ConvTerms = self.terms
        source = self.inspection.source
        window = terms.window
        frame = frame_on(self.inspection.stop.source[1:], window.rows, window.columns)
        self.channels.set_cell(terms.partial_sums, frame, source)
        self._show_trio(terms, source)
        bias = () if terms.bias is None else (terms.bias,)
        found = Sum(
            named(terms.channels, terms.bias),
            (*(float(s) for s in terms.partial_sums), *bias),
            terms.total,
            choosable=len(terms.channels),
        )
        self.waterfall.set_sum(found, source)
        self.setAccessibleDescription(self.sentence())
        self.show_link()
        self.update(self._way_region())

    def _show_trio(self, terms: ConvTerms, source: int) -> None:
        channel = int(terms.channels[source])
        window = terms.window
        padding = None if window.inside.all() else ~window.inside
        colours = "pixels" if self._pixels else "signed"
        self.patch.set_values(terms.patch[source], colours, self._input_r, 2, padding=padding)
        if self._kernel_shown != source:
            self._kernel_shown = source
            self.kernel.set_values(terms.kernel[source], "signed", symmetric_range(terms.kernel), 2)
        self.product.set_values(terms.products[source], "signed", symmetric_range(terms.products), 2)
        patch, kernel, product = self._boxes
        before = self.inspection.stops.before(self.inspection.index)
        patch.head.set_right(f"{before.name}[{channel}]" if before.shape[0] > 1 else before.name)
        kernel.head.set_right(f"W[{self.inspection.channel}, {source}]")
        product.head.set_right("patch × kernel")
        inside = window.inside
        rows, columns = window.rows[inside.any(axis=1)], window.columns[inside.any(axis=0)]
        patch.foot.set_left(f"{span(rows, 'row')}, {span(columns, 'column')}")
        count = terms.kernel[source].size
        kernel.foot.set_left(f"same {count} weights at every cell")
        total = float(terms.partial_sums[source])
        verb = "add up to" if equals(terms.products[source].ravel(), total, 2) == "=" else "in sum"
        product.foot.set_left(f"{count} products {verb}")
        product.foot.set_right(number(total))

    def show_numbers(self) -> None:
        for grid in (self.patch, self.kernel, self.product):
            grid.set_numbers_shown(self.inspection.numbers_shown)

    # Hovering

    def _hover(self, i: int, j: int, what: str) -> None:
        tap = (self.inspection.source, i, j)
        self.point_at(*link_of(self.inspection, self.terms, tap, what))

    def point_by_key(self, down: int, across: int) -> None:
        rows, columns = self.kernel.cells.shape
        tap = self.inspection.link.tap
        i, j = (rows // 2, columns // 2) if tap is None else (tap[1] + down, tap[2] + across)
        self._hover(min(max(i, 0), rows - 1), min(max(j, 0), columns - 1), "kernel")

    def _hover_sum(self, place: int) -> None:
        self.point_at(*link_of_sum(self.inspection, self.terms, place))

    def _hover_input(self, place: int, y: int, x: int) -> None:
        self.point_at(*link_of_input(self.inspection, self.terms, place, y, x))

    def show_link(self) -> None:
        tap, term = self.inspection.link.tap, self.inspection.link.term
        self.channels.set_lit(term if term is not None and term < len(self.terms.channels) else None)
        self.waterfall.set_lit(term)
        cells = ((tap[1], tap[2]),) if tap is not None and tap[0] == self.inspection.source else ()
        for grid in (self.patch, self.kernel, self.product):
            grid.set_partners(cells)
        self.output.show_link()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what links the parts."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = self._trio.geometry()
        # The frame's long curves cost more than all else here, and most paintings are beside it.
        if event.region().intersects(around(self, frame, self.channels)):
            paint_fan(painter, self, self.theme, frame, self.channels)
        place = divmod(self.inspection.transport.index, self.inspection.stop.row)
        paint_way(painter, self, self.theme, self.waterfall, self.output.map, place)
        painter.end()

    def _way_region(self) -> QRect:
        """Where the way of z runs: beside the sum, and on to the output map."""
        start = self.waterfall.mapTo(self, self.waterfall.total_point().toPoint())
        map_at = self.output.map.mapTo(self, QPoint(0, 0))
        left = self._trio.geometry().right() + 1 if not self._compact else start.x()
        upper = QRect(left, map_at.y(), map_at.x() + 5 - left, self.height() - map_at.y())
        lower = QRect(start.x() - 2, self._bottom.y(), map_at.x() + 5 - start.x(), self._bottom.height())
        return upper.united(lower) if self._compact else upper

    # Words and tables

    def sentence(self) -> str:
        terms: ConvTerms = self.terms
        channel, y, x = terms.cell
        bias = "" if terms.bias is None else f" and the bias {number(terms.bias)}"
        return (
            f"{self.inspection.stop.name}, output map {channel}, row {y}, column {x}: {number(terms.total)}, "
            f"the sum of {len(terms.channels)} channels{bias}. "
            f"Channel {int(terms.channels[self.inspection.source])} gives "
            f"{number(float(terms.partial_sums[self.inspection.source]))}."
        )

    def tables(self) -> list[Table]:
        terms: ConvTerms = self.terms
        source = self.inspection.source
        output = self.inspection.output_of(self.inspection.index)
        colours = "pixels" if self._pixels else "signed"
        return [
            Table("output map", output[self.inspection.channel]),
            Table("input map", self.inspection.input_of_stop[terms.channels[source]], colours),
            Table("input patch", terms.patch[source], colours),
            Table("kernel", terms.kernel[source]),
            Table("product", terms.products[source]),
            Table("channel sums", np.array(terms.partial_sums)),
        ]


def _sum_heading(terms: ConvTerms) -> str:
    count, bias = len(terms.channels), terms.bias is not None
    if count == 1:
        return "Adding the bias" if bias else "One channel, no bias"
    return f"Adding the {in_words(count)} channels" + (" and the bias" if bias else "")
