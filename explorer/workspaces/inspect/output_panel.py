"""The output of a layer: the map with its current cell, what follows, the legend."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from cnncore.explain_field import readers
from explorer.numbers import format_count
from explorer.theme import Theme
from explorer.widgets.colour_scale import ColourScale

from .field_view import FieldView
from .inspection import Inspection, Link
from .map_view import MapView, factor_of
from .parts import Captioned, TextLine
from .ranges import as_picture, colours_of, range_of
from .wording import number, place_text

_EDGE, _MIDDLE_EDGE, _SMALL_EDGE = 240, 140, 112
_INFO = 142


class OutputPanel(QWidget):
    """What the layer writes: cells up to the current one, which a click or the mouse moves."""

    def __init__(self, inspection: Inspection, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inspection = inspection
        self.map = MapView(theme, "output map", most=_EDGE)
        self.map.setObjectName("inspectOutputMap")
        self.framed = Captioned(theme, "output map", "text", self.map)
        self.framed.foot.hide()
        self.framed.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.cell_row = TextLine(theme, right_style=("output_text", 15, 600))
        self.next_row = TextLine(theme)
        self.count_row = TextLine(theme)
        self.scale = ColourScale(theme)
        self.scale.setObjectName("inspectColourScale")
        self.field = FieldView(inspection, theme)
        self._lay_out()
        self.map.clicked.connect(self._choose)
        self.map.cell_hovered.connect(self._choose_hovered)
        self.set_compact(False)

    def _lay_out(self) -> None:
        self._info = QWidget()
        column = QVBoxLayout(self._info)
        column.setContentsMargins(6, 0, 4, 0)
        column.setSpacing(4)
        for row in (self.cell_row, self.next_row, self.count_row):
            column.addWidget(row)
        column.addSpacing(4)
        column.addWidget(self.scale)
        column.addSpacing(2)
        column.addWidget(self.field)
        column.addStretch(1)
        self._box = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(4)
        self._box.addWidget(self.framed, 0, Qt.AlignmentFlag.AlignTop)
        self._box.addWidget(self._info, 1)

    def set_compact(self, compact: bool, beside: bool = False) -> None:
        """Take less room: a smaller map, and with `beside` the words at its right."""
        self._compact = compact
        edge = (_SMALL_EDGE if beside else _MIDDLE_EDGE) if compact else _EDGE
        direction = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        self._box.setDirection(direction)
        self.framed.setFixedWidth(edge + 8)
        self._edge = edge
        self.setFixedWidth(edge + 8 + (_INFO if beside else 0))
        self.scale.setVisible(not compact)
        self.field.set_compact(compact)

    def _choose(self, y: int, x: int) -> None:
        stop = self._inspection.stop
        place = y * stop.row + x
        if place < stop.count:
            self._inspection.transport.seek(place)

    def _choose_hovered(self, y: int, x: int) -> None:
        if not self._inspection.transport.playing:
            self._choose(y, x)

    def refresh(self) -> None:
        """Show the present map."""
        inspection = self._inspection
        stop = inspection.stop
        word = "map" if self._compact else "output map"
        title = f"{word} {inspection.channel}" if stop.is_maps else f"{stop.name} output"
        self.framed.head.set_left(title)
        size = f"{stop.shape[1]}×{stop.shape[2]}" if stop.is_maps else f"{format_count(stop.count)} units"
        self.framed.head.set_right(size)
        self._values = inspection.output_of(inspection.index)
        self._r = range_of(inspection, inspection.index)
        self.scale.set_range(self._r)
        colours = colours_of(inspection, stop.index)
        if stop.is_maps:
            self.map.set_values(self._values[inspection.channel], colours, self._r)
        else:
            picture, exists = as_picture(self._values, stop.row)
            self.map.set_values(picture, colours, self._r, computed=exists)
        self.map.setAccessibleName(title)
        rows = stop.shape[1] if stop.is_maps else -(-stop.count // stop.row)
        self.map.setFixedHeight(round(rows * factor_of(rows, stop.row, self._edge)) + 8)
        self.show_cell()

    def follow_cell(self) -> None:
        """Show how far the scan is on the map."""
        index = self._inspection.transport.index
        self.map.set_done(index + 1)
        self.map.set_selected(divmod(index, self._inspection.stop.row))

    def show_cell(self) -> None:
        """Move to the present cell."""
        inspection = self._inspection
        stop, cell, index = inspection.stop, inspection.cell, inspection.transport.index
        self.follow_cell()
        value = float(self._values[cell])
        where = place_text(cell)
        self.cell_row.set_texts(where if self._compact else f"current cell {where}", number(value))
        self.next_row.set_texts(*self._after(cell))
        self.count_row.set_texts(
            "so far" if self._compact else "computed so far",
            f"{format_count(index + 1)} of {format_count(stop.count)}",
        )
        self.field.show_cell()

    def _after(self, cell: tuple[int, ...]) -> tuple[str, str]:
        """What the following layer makes of the cell, where it takes each number by itself."""
        inspection = self._inspection
        if inspection.index + 1 >= inspection.stops.softmax:
            if inspection.index + 1 == inspection.stops.softmax:
                return "then softmax", number(float(inspection.trace.probabilities[cell]), sign=False)
            return "", ""
        following = inspection.stops.at(inspection.index + 1)
        if following.kind in ("activation", "batch_norm", "dropout"):
            name = type(inspection.network.layers[following.index]).__name__
            rule = "ReLU: max(0, z)" if name == "ReLU" and not self._compact else name
            return f"{'→' if self._compact else 'then'} {rule}", number(
                float(inspection.output_of(following.index)[cell]), sign=False
            )
        return f"then {following.name}", following.shape_text

    def show_link(self) -> None:
        """Ring the cells whose window reads the hovered input cell."""
        inspection = self._inspection
        link: Link = inspection.link
        stop = inspection.stop
        if link.pixel is None or not stop.is_maps:
            self.map.set_partners(())
            return
        layer = inspection.network.layers[stop.index]
        mask = readers(layer, stop.source, stop.shape, *link.pixel[1:])
        self.map.set_partners([(int(y), int(x)) for y, x in np.argwhere(mask)])
