"""Layers that treat each number by itself: activations, batch normalisation, dropout."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cnncore.explain_cells import ActivationTerms, BatchNormTerms, DropoutTerms, curve
from explorer.numbers import format_count, format_percent
from explorer.theme import Theme
from explorer.workbench import Hover

from .curve_plot import CurvePlot
from .inspection import Inspection, Link
from .layer_view import LayerView, Table
from .map_view import MapView
from .output_panel import OutputPanel
from .parts import Captioned
from .ranges import as_picture, range_of
from .wording import number, place_text


class ActivationView(LayerView):
    """Before and after side by side, and between them the curve with the present value."""

    def __init__(self, inspection: Inspection, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(inspection, theme, parent)
        self.before = MapView(theme, "before", most=240)
        self.before.setObjectName("inspectBefore")
        self._framed = Captioned(theme, "before", "window_text", self.before)
        self.plot = CurvePlot(theme, "curve of the function")
        self._curve = Captioned(theme, "", "text", self.plot)
        self.output = OutputPanel(inspection, theme)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self._framed, 2)
        row.addWidget(self._curve, 3)
        row.addWidget(self.output, 0, Qt.AlignmentFlag.AlignTop)
        self.before.clicked.connect(self._choose)
        self.before.cell_hovered.connect(self._hover)
        self.before.left.connect(self.point_away)

    def set_compact(self, compact: bool) -> None:
        self.output.set_compact(compact)

    def refresh(self) -> None:
        inspection = self.inspection
        before = inspection.stops.before(inspection.index)
        self._framed.head.set_left(f"before: {before.name}")
        values = self._before_values()
        r = max(range_of(inspection, inspection.index - 1), range_of(inspection, inspection.index))
        self.before.set_values(values, "signed", r)
        self.before.set_numbers_shown(inspection.numbers_shown)
        low, high = self._span()
        x, y = self._curve_points(low, high)
        self.plot.set_curve(x, y, (before.name, inspection.stop.name))
        self._curve.head.set_left(type(inspection.network.layers[inspection.index]).__name__)
        self.output.refresh()
        self.show_cell_here()

    def _before_values(self) -> np.ndarray:
        inspection, stop = self.inspection, self.inspection.stop
        values = inspection.input_of_stop
        return values[inspection.channel] if stop.is_maps else as_picture(values, stop.row)[0]

    def _span(self) -> tuple[float, float]:
        """From where to where the curve goes: as far as the layer's values, and at least −1 to 1."""
        values = self.inspection.input_of_stop
        finite = values[np.isfinite(values)]
        r = max(1.0, float(np.abs(finite).max(initial=0.0)))
        return -1.05 * r, 1.05 * r

    def _curve_points(self, low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
        terms = self.terms
        if isinstance(terms, BatchNormTerms):
            x = np.linspace(low, high, 2)
            return x, terms.line(x)
        if isinstance(terms, DropoutTerms):
            x = np.array([low, high])
            return x, x
        return curve(self.inspection.network.layers[self.inspection.index], low, high)

    def show_cell(self) -> None:
        self.output.show_cell()
        self.show_cell_here()

    def show_cell_here(self) -> None:
        """Move the point and the two marks."""
        terms = self.terms
        slope = terms.slope if isinstance(terms, ActivationTerms) else None
        self.plot.set_point(terms.before, terms.total, slope)
        index, row = self.inspection.transport.index, self.inspection.stop.row
        self.before.set_selected(divmod(index, row))
        self._framed.foot.set_left(f"{place_text(terms.cell)}: {number(terms.before)}")
        output = self.inspection.output_of(self.inspection.index)
        here = output[self.inspection.channel] if self.inspection.stop.is_maps else output
        zeros = int((here == 0).sum())
        share = format_percent(zeros / here.size)
        counted = f"{format_count(zeros)} of {format_count(here.size)} cells"
        self._curve.foot.set_left(f"{share} zeros: {counted}")
        self.setAccessibleDescription(self.sentence())

    def show_numbers(self) -> None:
        self.before.set_numbers_shown(self.inspection.numbers_shown)
        self.output.map.set_numbers_shown(self.inspection.numbers_shown)

    def _choose(self, y: int, x: int) -> None:
        place = y * self.inspection.stop.row + x
        if place < self.inspection.stop.count:
            self.inspection.transport.seek(place)

    def _hover(self, y: int, x: int) -> None:
        inspection, stop = self.inspection, self.inspection.stop
        place = y * stop.row + x
        if place >= stop.count:
            return
        if not inspection.transport.playing:
            inspection.transport.seek(place)
        cell = stop.cell(inspection.channel, place)
        rows = (
            ("position", place_text(cell)),
            ("before", number(float(inspection.input_of_stop[cell]))),
            ("after", number(float(inspection.output_of(stop.index)[cell]))),
        )
        where = f"{stop.name} · {place_text(cell)}"
        self.point_at(Link(pixel=cell if len(cell) == 3 else None), Hover(stop.name, rows, where))

    def sentence(self) -> str:
        terms = self.terms
        return (
            f"{self.inspection.stop.name}, {place_text(terms.cell)}: "
            f"{number(terms.before)} becomes {number(terms.total)}."
        )

    def tables(self) -> list[Table]:
        output = self.inspection.output_of(self.inspection.index)
        here = output[self.inspection.channel] if self.inspection.stop.is_maps else output
        return [Table("after", here), Table("before", self._before_values())]
