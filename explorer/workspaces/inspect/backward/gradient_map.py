"""Maps of derivatives: one that is read, and the result that fills as the cells are worked out."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.imaging import symmetric_range
from explorer.numbers import format_count
from explorer.theme import Theme
from explorer.widgets.colour_scale import ColourScale

from ..parts import Captioned, TextLine
from ..stops import Cell
from ..wording import place_text
from .gradient_grid import GradientGrid
from .model import INPUT, WEIGHT, Backward
from .scale import Scale, scale_for, scale_for_differences

_GAP = 3


def scale_of(backward: Backward) -> Scale:
    """Return how the numbers of the stop in view are written."""
    if not backward.is_layer:
        return scale_for_differences(backward.trace.layers[-1].d_output)
    step = backward.step
    return scale_for([step.d_output, step.d_input, *step.gradients.values()])


def scale_at(backward: Backward, target: str, scale: Scale) -> Scale:
    """Return how the terms of a target's present cell are written: small ones with more decimals."""
    terms = backward.terms(target)
    products = np.ravel(getattr(terms, "products", 0.0))
    return scale.finer(np.append(products, terms.total))


def layout_of(backward: Backward, target: str = INPUT) -> int | Cell:
    """Return how a target's vector is laid out: as the maps that it was before flatten, or in rows."""
    columns = backward.grid(target)[1]
    maps = backward.inspection.stops.folded_source(backward.inspection.index)
    count = backward.count(target)
    return maps if maps is not None and columns > 1 and math.prod(maps) == count else columns


class GradientMap(Captioned):
    """One map, or a vector; cells are told by their place in reading order of the numbers."""

    pointed = Signal(int)
    chosen = Signal(int)
    left = Signal()

    def __init__(
        self, theme: Theme, name: str, title: str, token: str = "text", frame: str | None = None
    ) -> None:
        grid = GradientGrid(theme, name, frame=frame)
        super().__init__(theme, title, token, grid)
        self.map = grid
        self.map.cell_hovered.connect(lambda y, x: self._tell(self.pointed, y, x))
        self.map.clicked.connect(lambda y, x: self._tell(self.chosen, y, x))
        self.map.left.connect(self.left)

    def _tell(self, signal: Signal, y: int, x: int) -> None:
        place = self.map.place_at(y, x)
        if place is not None:
            signal.emit(place)

    def set_values(
        self,
        values: np.ndarray,
        layout: int | Cell,
        scale: Scale | None = None,
        r: float | None = None,
        colours: str = "signed",
    ) -> None:
        """Show a map (H, W), or a vector laid out as `GradientGrid` says; with a `scale`, in its units."""
        r = symmetric_range(values) if r is None else r
        if scale is not None:
            values, r = scale.array(values), scale.shown(r)
        self.map.show_numbers_of(values, layout, r, scale.digits if scale is not None else 2, colours)

    def level_with(self, result: ResultMap) -> None:
        """Leave as much room below the map as there is below the result's, so that both are level."""
        spare = result.foot_height - self.foot.height() - self.layout().spacing()
        self.layout().setContentsMargins(0, 0, 0, max(spare, 0))

    def select(self, place: int | None) -> None:
        """Frame a cell."""
        self.map.set_selected(None if place is None else self.map.cell_of(place))

    def ring(self, places: list[int]) -> None:
        """Ring cells."""
        self.map.set_partners([self.map.cell_of(place) for place in places])


class ResultMap(QWidget):
    """What the layer hands back, up to the present cell, which a click or the mouse moves."""

    def __init__(self, backward: Backward, theme: Theme, target: str, name: str) -> None:
        super().__init__()
        self._backward, self._target = backward, target
        token = "kernel_text" if target == WEIGHT else "output_text"
        self.framed = GradientMap(theme, name, "", token)
        self.map = self.framed.map
        self.framed.foot.hide()
        self.cell_row = TextLine(theme, right_style=(token, 15, 600))
        self.count_row = TextLine(theme)
        self.scale_bar = ColourScale(theme)
        self.scale_bar.setObjectName(f"{name}Scale")
        self.map.setObjectName(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_GAP)
        column.addWidget(self.framed, 1)
        for row in (self.cell_row, self.count_row, self.scale_bar):
            row.setFixedHeight(row.sizeHint().height())
            column.addWidget(row)
        self._values = np.zeros(1)
        self._scale = Scale()
        self._compact = False
        self.framed.chosen.connect(self._go)
        self.framed.pointed.connect(self._go_hovered)

    def set_compact(self, compact: bool) -> None:
        """Take less room."""
        self._compact = compact
        self.count_row.setVisible(not compact)
        self.scale_bar.setVisible(not compact)

    @property
    def foot_height(self) -> int:
        """How much stands below the map: a map beside it leaves as much free, so that both are level."""
        rows = (self.cell_row,) if self._compact else (self.cell_row, self.count_row, self.scale_bar)
        return sum(row.height() + _GAP for row in rows)

    def _go(self, place: int) -> None:
        self._backward.go_to(self._target, place)

    def _go_hovered(self, place: int) -> None:
        if not self._backward.transport.playing:
            self._backward.point_to(self._target, place)

    def show_values(self, title: str, values: np.ndarray, scale: Scale, r: float) -> None:
        """Show the map (H, W) or vector of which the target's cells are scanned."""
        self._values, self._scale = values, scale
        size = f"{values.shape[0]}×{values.shape[1]}" if values.ndim == 2 else format_count(len(values))
        self.framed.head.set_texts(title, size, (title, ""))
        self.framed.set_values(values, layout_of(self._backward, self._target), scale, r)
        self.map.setAccessibleName(title)
        self.scale_bar.set_range(r)
        self.show_cell()

    def follow_cell(self) -> None:
        """Show how far the scan is on the map."""
        place = self._backward.place(self._target)
        self.framed.select(place)
        self.map.set_done(place + 1 if self._backward.target == self._target else None)

    def show_cell(self) -> None:
        """Move to the present cell."""
        self.follow_cell()
        backward = self._backward
        place = backward.place(self._target)
        cell = backward.cell(self._target)
        symbol = "dW" if self._target == WEIGHT else "dX"
        where = (f"{symbol}[{', '.join(map(str, cell))}]", f"[{', '.join(map(str, cell))}]", f"j {cell[-1]}")
        if len(cell) == 3:
            where = (place_text(cell), f"{cell[1]}, {cell[2]}")
        value = float(self._values.reshape(-1)[place])
        scale = self._scale.finer(np.array([value]))
        if backward.batch is None or self._target == INPUT:
            scale = scale_at(backward, self._target, self._scale)  # as finely as the terms of the sample
        text = scale.with_unit(value)
        self.cell_row.set_texts(where[0], text, *((short, text) for short in (*where[1:], "")))
        so_far = f"{format_count(place + 1)} of {format_count(self.map.count)}"
        if backward.target != self._target:
            so_far = f"all {format_count(self.map.count)}"
        self.count_row.set_texts("computed", so_far, ("", so_far))
