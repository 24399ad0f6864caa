"""The way back through flatten: the vector's gradient is folded into maps again."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cnncore.explain_gradient import FlattenInputTerms
from explorer.imaging import atlas, symmetric_range
from explorer.theme import Theme
from explorer.workbench import Hover

from ..layer_view import Table
from ..map_view import Frame, MapView
from ..parts import Captioned, Paragraph, TextLine
from ..wording import plural, shape_text
from .base import BackwardView
from .gradient_map import GradientMap, ResultMap, scale_of
from .model import INPUT, Backward, Link


class FlattenBackwardView(BackwardView):
    """The vector at the left with the piece that becomes a map, all maps, and the map in view."""

    def __init__(self, backward: Backward, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(backward, theme, parent)
        self._compact = False
        self.vector = GradientMap(theme, "upstream gradient", "upstream")
        self.vector.map.setObjectName("backwardVector")
        self.maps = MapView(theme, "gradients of the maps")
        self.maps.setObjectName("backwardMaps")
        self._framed = Captioned(theme, "folded into maps", "text", self.maps)
        self.place = TextLine(theme, left_style=("output_text", 13, 600))
        self.words = Paragraph(theme, 2)
        self.result = ResultMap(backward, theme, INPUT, "backwardResult")
        middle = QVBoxLayout()
        middle.setSpacing(4)
        middle.addWidget(self._framed, 1)
        middle.addWidget(self.place)
        middle.addWidget(self.words)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.vector, 2)
        row.addLayout(middle, 4)
        row.addWidget(self.result, 3)
        self.result.setMinimumWidth(150)
        self.vector.pointed.connect(self._hover_place)
        self.vector.chosen.connect(self._choose_place)
        self.maps.cell_hovered.connect(self._hover_maps)
        self.maps.clicked.connect(self._choose_maps)
        self.result.framed.pointed.connect(self._hover_here)
        for part in (self.vector, self.maps, self.result.framed):
            part.left.connect(self.point_away)

    def set_compact(self, compact: bool) -> None:
        self.result.set_compact(compact)
        self.words.setVisible(not compact)
        self._compact = compact

    @property
    def _columns(self) -> int:
        """Maps side by side."""
        count = self.backward.stop.source[0]
        return min(count, 4 if count <= 16 else 8)

    def refresh(self) -> None:
        backward, step = self.backward, self.backward.step
        self.scale = scale_of(backward)
        r = symmetric_range(step.d_input)
        count, height, width = backward.stop.source
        count_text = f"{len(step.d_output)} in rows of {width}"
        self.vector.head.set_right(str(len(step.d_output)) if self._compact else count_text)
        self.vector.set_values(step.d_output, width, self.scale, r)
        self.maps.set_values(
            self.scale.array(atlas(step.d_input, self._columns)),
            "signed",
            self.scale.shown(r),
            self.scale.digits,
        )
        self.maps.set_tiles(height, width)
        self._framed.head.set_right(f"{count} maps of {height}×{width}")
        self.result.show_values(f"dX of map {backward.source}", step.d_input[backward.source], self.scale, r)
        self._show_place()

    def follow_cell(self) -> None:
        self.result.follow_cell()

    def show_cell(self) -> None:
        self.result.show_cell()
        self._show_place()

    def _show_place(self) -> None:
        terms = self.backward.terms(INPUT)
        assert isinstance(terms, FlattenInputTerms)
        channel, y, x = terms.cell
        _, height, width = terms.shape
        down, across = channel // self._columns * height, channel % self._columns * width
        self.maps.set_frames([Frame("window", down, across, height, width)])
        self.maps.set_selected((down + y, across + x))
        self.vector.map.set_frames([Frame("window", channel * height, 0, height, width)])
        self.vector.select(terms.place)
        self.vector.foot.set_texts(f"number {terms.place}", self.scale.with_unit(terms.upstream))
        self.place.set_left(f"number {terms.place}  →  map {channel}, y {y}, x {x}")
        self.words.set_text(
            f"{plural(height * width, 'number')} become map {channel} again, row by row. Flatten only moved "
            "numbers, so their gradients are moved back, unchanged."
        )
        self.setAccessibleDescription(self.sentence())

    def _go(self, cell: tuple[int, int, int], choose: bool) -> None:
        backward = self.backward
        if cell[0] != backward.source:
            if not choose:
                return
            backward.set_source(cell[0])
        place = cell[1] * backward.stop.source[2] + cell[2]
        if choose:
            backward.go_to(INPUT, place)
        elif not backward.transport.playing:
            backward.point_to(INPUT, place)

    def _cell_of(self, place: int) -> tuple[int, int, int]:
        _, height, width = self.backward.stop.source
        channel, rest = divmod(place, height * width)
        return channel, *divmod(rest, width)

    def _cell_at(self, row: int, column: int) -> tuple[int, int, int] | None:
        count, height, width = self.backward.stop.source
        channel = row // height * self._columns + column // width
        return (channel, row % height, column % width) if channel < count else None

    def _choose_place(self, place: int) -> None:
        self._go(self._cell_of(place), choose=True)

    def _choose_maps(self, row: int, column: int) -> None:
        cell = self._cell_at(row, column)
        if cell is not None:
            self._go(cell, choose=True)

    def _hover_here(self, place: int) -> None:
        self._hover((self.backward.source, *divmod(place, self.backward.stop.source[2])))

    def _hover_place(self, place: int) -> None:
        self._hover(self._cell_of(place))

    def _hover_maps(self, row: int, column: int) -> None:
        cell = self._cell_at(row, column)
        if cell is not None:
            self._hover(cell)

    def _hover(self, cell: tuple[int, int, int]) -> None:
        self._go(cell, choose=False)
        _, height, width = self.backward.stop.source
        place = (cell[0] * height + cell[1]) * width + cell[2]
        rows = (
            ("map cell", f"{cell[0]}: y {cell[1]}, x {cell[2]}"),
            ("in the vector", str(place)),
            ("gradient", self.scale.with_unit(float(self.backward.step.d_input[cell]))),
        )
        link = Link(pixel=cell, output=(place,))
        self.point_at(link, Hover("flatten backward", rows, f"flatten · number {place}"))

    def show_link(self) -> None:
        cell = self.backward.link.pixel
        if cell is None:
            for grid in (self.vector.map, self.maps, self.result.map):
                grid.set_partners(())
            return
        channel, y, x = cell
        _, height, width = self.backward.stop.source
        down, across = channel // self._columns * height, channel % self._columns * width
        self.vector.map.set_partners([(channel * height + y, x)])
        self.maps.set_partners([(down + y, across + x)])
        self.result.map.set_partners([(y, x)] if channel == self.backward.source else ())

    def heading(self) -> tuple[str, str]:
        return (
            "Flatten backward",
            f"the vector's gradient is folded into {shape_text(self.backward.stop.source)}",
        )

    def sentence(self) -> str:
        terms = self.backward.terms(INPUT)
        channel, y, x = terms.cell
        return (
            f"Map {channel}, row {y}, column {x} gets the gradient of number {terms.place} of the vector: "
            f"{self.scale.with_unit(terms.total)}."
        )

    def tables(self) -> list[Table]:
        step, channel = self.backward.step, self.backward.source
        return [
            Table(f"dX of map {channel}", step.d_input[channel]),
            Table("upstream gradient", step.d_output),
        ]
