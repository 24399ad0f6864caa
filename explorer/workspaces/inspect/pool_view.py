"""Pooling at one cell: the window on the map, its numbers, and which of them goes on, or their mean."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cnncore.explain_window import AveragePoolTerms, MaxPoolTerms, window_at
from cnncore.layers import Layer
from explorer.theme import Theme
from explorer.widgets.number_grid import NumberGrid
from explorer.workbench import Hover

from .inspection import Inspection, Link
from .layer_view import LayerView, Table
from .map_view import Frame, MapView
from .output_panel import OutputPanel
from .parts import Captioned, Paragraph, TextLine
from .ranges import range_of
from .stops import Stop
from .wording import in_words, number, plural, span


def beyond(layer: Layer, stop: Stop) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return how far windows reach beyond a map: (top, bottom), (left, right)."""
    _, height, width = stop.source
    first = window_at(layer, stop.source, 0, 0)
    last = window_at(layer, stop.source, stop.shape[1] - 1, stop.shape[2] - 1)
    return (
        (max(0, -int(first.rows[0])), max(0, int(last.rows[-1]) - height + 1)),
        (max(0, -int(first.columns[0])), max(0, int(last.columns[-1]) - width + 1)),
    )


def mean_in_words(terms: AveragePoolTerms) -> str:
    """Say by what the sum is divided, and whether padding counts."""
    divided = f"The sum {number(terms.sum)} is divided by {terms.divisor}"
    outside, counted = int((~terms.window.inside).sum()), terms.divisor - int(terms.window.inside.sum())
    if not outside:
        return f"{divided}."
    if not counted:
        return f"{divided}: cells of padding do not count."
    return f"{divided}: {plural(counted, 'cell')} of padding {'count' if counted > 1 else 'counts'} as 0."


class PoolView(LayerView):
    """The map with the window, the window's numbers, the result."""

    def __init__(self, inspection: Inspection, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(inspection, theme, parent)
        self.source = MapView(theme, "input map", most=320)
        self.source.setObjectName("inspectSource")
        self._framed = Captioned(theme, "input map", "window_text", self.source)
        self.window_grid = NumberGrid(theme, name="window", frame="window")
        self.window_grid.setObjectName("inspectWindow")
        self.window_grid.set_cell_size(48, 64)
        self._window = Captioned(theme, "window", "window_text", self.window_grid)
        self.verdict = TextLine(theme, left_style=("output_text", 20, 600))
        self.reason = Paragraph(theme, 3)
        self.output = OutputPanel(inspection, theme)
        middle = QVBoxLayout()
        middle.setSpacing(6)
        middle.addWidget(self._window, 3)
        middle.addWidget(self.verdict)
        middle.addWidget(self.reason)
        middle.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(18)
        row.addWidget(self._framed, 3)
        row.addLayout(middle, 2)
        row.addWidget(self.output, 0, Qt.AlignmentFlag.AlignTop)
        self._connect()

    def _connect(self) -> None:
        self.window_grid.cell_hovered.connect(self._hover)
        self.window_grid.left.connect(self.point_away)
        self.source.cell_hovered.connect(self._hover_source)
        self.source.left.connect(self.point_away)

    def set_compact(self, compact: bool) -> None:
        self.output.set_compact(compact)

    def refresh(self) -> None:
        inspection = self.inspection
        before = inspection.stops.before(inspection.index)
        self._r = range_of(inspection, inspection.index)
        self._edge = beyond(inspection.network.layers[inspection.index], inspection.stop)
        name = f"{before.name}[{inspection.channel}]"
        self._framed.head.set_left("input map")
        self._framed.head.set_right(name)
        self._window.head.set_right(name)
        self._show_source()
        self.output.refresh()
        self._show_window()

    def _show_source(self) -> None:
        """Show the map with the padding round it that windows reach."""
        values = self.inspection.input_of_stop[self.inspection.channel]
        padding = np.pad(np.zeros(values.shape, bool), self._edge, constant_values=True)
        padded = np.pad(values, self._edge, constant_values=self._beyond)
        self.source.set_values(padded, "signed", self._r, padding=padding if padding.any() else None)

    @property
    def _beyond(self) -> float:
        """What padding is to the layer: below all numbers, zero, or nothing that counts."""
        if isinstance(self.terms, MaxPoolTerms):
            return -math.inf
        layer = self.inspection.network.layers[self.inspection.index]
        return 0.0 if getattr(layer, "count_include_pad", False) else math.nan

    def show_cell(self) -> None:
        self.output.show_cell()
        self._show_window()

    def _show_window(self) -> None:
        terms = self.terms
        assert isinstance(terms, MaxPoolTerms | AveragePoolTerms)
        window = terms.window
        padding = None if window.inside.all() else ~window.inside
        values = np.where(window.inside, terms.values, self._beyond)
        self.window_grid.set_values(values, "signed", self._r, 2, padding=padding)
        top, left = self._at(int(window.rows[0]), int(window.columns[0]))
        frames = [Frame("window", top, left, len(window.rows), len(window.columns))]
        if isinstance(terms, MaxPoolTerms):
            self.window_grid.set_selected(terms.winner)
            frames.append(Frame("output", top + terms.winner[0], left + terms.winner[1], 1, 1))
        self.source.set_frames(frames)
        rows, columns = window.rows[window.inside.any(axis=1)], window.columns[window.inside.any(axis=0)]
        self._framed.foot.set_left(f"{span(rows, 'row')}, {span(columns, 'column')}")
        self._window.foot.set_left(plural(int(window.inside.sum()), "number"))
        word = "largest" if isinstance(terms, MaxPoolTerms) else "mean"
        self.verdict.set_left(f"{word} {number(terms.total)}")
        self.reason.set_text(self._reason())
        self.setAccessibleDescription(self.sentence())
        self.show_link()

    def _at(self, y: int, x: int) -> tuple[int, int]:
        """Return where a cell of the map is in the picture, which has padding round it."""
        return y + self._edge[0][0], x + self._edge[1][0]

    def _reason(self) -> str:
        terms = self.terms
        if isinstance(terms, AveragePoolTerms):
            return mean_in_words(terms)
        i, j = terms.winner
        where = f"y {int(terms.window.rows[i])}, x {int(terms.window.columns[j])}"
        ties = int(terms.ties.sum())
        if ties > 1:
            return f"A tie: {in_words(ties)} cells are equally large. The first one, {where}, is taken."
        return f"It comes from {where}."

    def show_numbers(self) -> None:
        for grid in (self.window_grid, self.source, self.output.map):
            grid.set_numbers_shown(self.inspection.numbers_shown)

    def _hover(self, i: int, j: int) -> None:
        window = self.terms.window
        inside = bool(window.inside[i, j])
        self._point(int(window.rows[i]), int(window.columns[j]), (0, i, j), inside)

    def point_by_key(self, down: int, across: int) -> None:
        rows, columns = self.window_grid.cells.shape
        tap = self.inspection.link.tap
        i, j = (0, 0) if tap is None else (tap[1] + down, tap[2] + across)
        self._hover(min(max(i, 0), rows - 1), min(max(j, 0), columns - 1))

    def _hover_source(self, row: int, column: int) -> None:
        y, x = row - self._edge[0][0], column - self._edge[1][0]
        _, height, width = self.inspection.stop.source
        self._point(y, x, None, 0 <= y < height and 0 <= x < width)

    def _point(self, y: int, x: int, tap: tuple[int, int, int] | None, inside: bool) -> None:
        inspection = self.inspection
        channel = inspection.channel
        if not inside:
            averages = isinstance(self.terms, AveragePoolTerms)
            counts = averages and getattr(inspection.network.layers[inspection.index], "count_include_pad", 0)
            rule = "counts as 0" if counts else "does not count" if averages else "never wins"
            self.point_at(Link(tap), Hover("padding", (("padding", rule),), "padding"))
            return
        value = float(inspection.input_of_stop[channel, y, x])
        rows = (("position", f"y {y}, x {x}"), ("value", number(value)))
        before = inspection.stops.before(inspection.index).name
        title = f"{before} map {channel}"
        self.point_at(Link(tap, (channel, y, x)), Hover(title, rows, f"{title} · y {y}, x {x}"))

    def show_link(self) -> None:
        """Ring the hovered cell in the window and on the map, and all ties."""
        terms, link = self.terms, self.inspection.link
        window, ringed = terms.window, set()
        if isinstance(terms, MaxPoolTerms) and int(terms.ties.sum()) > 1:
            ringed |= {(int(i), int(j)) for i, j in np.argwhere(terms.ties)}
        if link.pixel is not None:
            y, x = link.pixel[1:]
            places = np.argwhere((window.rows[:, None] == y) & (window.columns == x))
            ringed |= {(int(i), int(j)) for i, j in places}
        self.window_grid.set_partners(ringed)
        self.source.set_partners(() if link.pixel is None else (self._at(*link.pixel[1:]),))
        self.output.show_link()

    def sentence(self) -> str:
        terms = self.terms
        channel, y, x = terms.cell
        return (
            f"{self.inspection.stop.name}, map {channel}, row {y}, column {x} is {number(terms.total)}. "
            f"{self._reason()}"
        )

    def tables(self) -> list[Table]:
        inspection = self.inspection
        return [
            Table("output map", inspection.output_of(inspection.index)[inspection.channel]),
            Table("window", self.terms.values),
            Table("input map", inspection.input_of_stop[inspection.channel]),
        ]
