"""Flatten: where a cell of the maps lands in the vector, and back."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cnncore.explain_cells import FlattenTerms, flat_index
from explorer.imaging import atlas
from explorer.theme import Theme
from explorer.workbench import Hover

from .inspection import Inspection, Link
from .layer_view import LayerView, Table
from .map_view import Frame, MapView
from .output_panel import OutputPanel
from .parts import Captioned, Paragraph, TextLine
from .ranges import range_of
from .wording import number


class FlattenView(LayerView):
    """All maps side by side on the left, the vector on the right with the piece that a map becomes."""

    def __init__(self, inspection: Inspection, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(inspection, theme, parent)
        self.maps = MapView(theme, "maps", most=480)
        self.maps.setObjectName("inspectMaps")
        self._framed = Captioned(theme, "maps", "window_text", self.maps)
        self.place = TextLine(theme, left_style=("output_text", 15, 600))
        self.words = Paragraph(theme)
        self.output = OutputPanel(inspection, theme)
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addWidget(self._framed, 1)
        left.addWidget(self.place)
        left.addWidget(self.words)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(18)
        row.addLayout(left, 1)
        row.addWidget(self.output, 0, Qt.AlignmentFlag.AlignTop)
        self.maps.cell_hovered.connect(self._hover)
        self.maps.clicked.connect(self._choose)
        self.maps.left.connect(self.point_away)

    def set_compact(self, compact: bool) -> None:
        self.output.set_compact(compact)

    @property
    def _columns(self) -> int:
        """Maps side by side."""
        count = self.inspection.stop.source[0]
        return min(count, math.ceil(math.sqrt(2 * count)))

    def refresh(self) -> None:
        inspection = self.inspection
        shape = inspection.stop.source
        picture = atlas(inspection.input_of_stop, self._columns)
        exists = atlas(np.ones(shape, bool), self._columns)
        self.maps.set_values(
            picture,
            "signed",
            range_of(inspection, inspection.index),
            computed=None if exists.all() else exists,
        )
        self.maps.set_tiles(*shape[1:])
        before = inspection.stops.before(inspection.index)
        self._framed.head.set_right(f"{before.name}, {before.shape_text}")
        self._framed.head.set_left(f"{shape[0]} maps of {shape[1]}×{shape[2]}")
        self.output.refresh()
        self._show_place()

    def show_cell(self) -> None:
        self.output.show_cell()
        self._show_place()

    def _show_place(self) -> None:
        terms = self.terms
        assert isinstance(terms, FlattenTerms)
        channel, y, x = terms.source
        _, height, width = terms.shape
        across, down = channel % self._columns * width, channel // self._columns * height
        self.maps.set_frames([Frame("window", down, across, height, width)])
        self.maps.set_selected((down + y, across + x))
        size, fold = height * width, self.inspection.stop.row
        first, last = channel * size // fold, ((channel + 1) * size - 1) // fold
        self.output.map.set_frames([Frame("window", first, 0, last - first + 1, fold)])
        self.place.set_left(f"map {channel}, y {y}, x {x}  →  number {terms.cell[0]} of the vector")
        shaped = ", so that each map keeps its shape" if fold == width else ""
        self.words.set_text(
            f"Map {channel} becomes the numbers {channel * size} to {(channel + 1) * size - 1}, row by row. "
            f"The vector is shown in rows of {fold}{shaped}."
        )
        self.setAccessibleDescription(self.sentence())

    def show_numbers(self) -> None:
        self.maps.set_numbers_shown(self.inspection.numbers_shown)
        self.output.map.set_numbers_shown(self.inspection.numbers_shown)

    def _source_at(self, row: int, column: int) -> tuple[int, int, int] | None:
        count, height, width = self.inspection.stop.source
        channel = row // height * self._columns + column // width
        return (channel, row % height, column % width) if channel < count else None

    def _choose(self, row: int, column: int) -> None:
        source = self._source_at(row, column)
        if source is not None:
            self.inspection.transport.seek(flat_index(self.inspection.stop.source, source))

    def _hover(self, row: int, column: int) -> None:
        source = self._source_at(row, column)
        if source is None:
            return
        if not self.inspection.transport.playing:
            self._choose(row, column)
        index = flat_index(self.inspection.stop.source, source)
        value = float(self.inspection.input_of_stop[source])
        rows = (
            ("map cell", f"{source[0]}: y {source[1]}, x {source[2]}"),
            ("in the vector", str(index)),
            ("value", number(value)),
        )
        self.point_at(Link(), Hover("flatten", rows, f"flatten · number {index}"))

    def sentence(self) -> str:
        terms = self.terms
        channel, y, x = terms.source
        place = f"Map {channel}, row {y}, column {x}"
        return f"{place} is number {terms.cell[0]} of the vector: {number(terms.total)}."

    def tables(self) -> list[Table]:
        channel = self.terms.source[0]
        return [
            Table("vector", self.inspection.output_of(self.inspection.index)),
            Table(f"map {channel}", self.inspection.input_of_stop[channel]),
        ]
