"""The gradient that arrives at a convolution's map: where it comes from, the map itself, and its sum, db."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.imaging import symmetric_range
from explorer.numbers import format_count
from explorer.theme import Theme
from explorer.widgets.colour_scale import ColourScale

from ..map_view import MapView
from ..parts import Captioned, Paragraph, TextLine, label
from ..wording import plural
from .choices import MapChoice
from .column import Column
from .model import Backward
from .scale import Scale

_BY_ITSELF = frozenset({"activation", "dropout", "batch_norm"})
_SMALL, _COMPACT_SMALL = 64, 64


class UpstreamColumn(Column):
    """Step 1: the upstream gradient of the map in view."""

    pointed = Signal(int, int, str)
    """Row and column of the output under the mouse, and on which map."""
    left = Signal()

    def __init__(self, backward: Backward, theme: Theme) -> None:
        super().__init__(theme, 1, "backwardUpstream")
        self._backward = backward
        self.choice = MapChoice(backward)
        self.corner.addWidget(self.choice)
        self.arriving = MapView(theme, "gradient that arrives", most=_SMALL)
        self.slopes = MapView(theme, "slope", most=_SMALL)
        self.dz = MapView(theme, "upstream gradient dZ")
        self.dz.setObjectName("backwardUpstreamMap")
        self._arriving_box = Captioned(theme, "", "text2", self.arriving)
        self._slopes_box = Captioned(theme, "", "text2", self.slopes)
        self._dz_box = Captioned(theme, "dZ", "text", self.dz)
        for box in (self._arriving_box, self._slopes_box, self._dz_box):
            box.foot.hide()
        self.origin = Paragraph(theme, lines=4)
        self.scale_bar = ColourScale(theme)
        self.scale_bar.setObjectName("backwardUpstreamScale")
        self.bias_row = TextLine(theme, right_style=("text", 13, 600))
        self._lay_out()
        for grid, what in ((self.dz, "dZ"), (self.arriving, "arriving"), (self.slopes, "slope")):
            grid.cell_hovered.connect(lambda y, x, what=what: self.pointed.emit(y, x, what))
            grid.left.connect(self.left)

    def _lay_out(self) -> None:
        self._factors = QWidget()
        row = QHBoxLayout(self._factors)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._arriving_box, 1)
        row.addWidget(label("⊙", "title"), 0, Qt.AlignmentFlag.AlignCenter)
        row.addWidget(self._slopes_box, 1)
        self.body.addWidget(self._factors)
        self.body.addWidget(self.origin)
        self.body.addWidget(self._dz_box, 1)
        self.body.addWidget(self.scale_bar)
        self.body.addWidget(self.bias_row)

    def set_compact(self, compact: bool) -> None:
        super().set_compact(compact)
        self._compact = compact
        if hasattr(self, "scale_bar"):
            self.scale_bar.setVisible(not compact)
            self._factors.setFixedHeight((_COMPACT_SMALL if compact else _SMALL) + 29)

    def refresh(self, scale: Scale) -> None:
        """Show the present map."""
        backward = self._backward
        f = backward.map
        self.choice.refresh()
        compact = self._compact
        self.title.set_left("dZ" if compact else "Upstream dZ")
        dz = backward.step.d_output[f]
        r = symmetric_range(backward.step.d_output)
        self.subtitle.set_texts(f"∂L/∂Z of map {f}" + ("" if compact else ", shared by steps 2 and 3"))
        self._show_origin(f)
        self.dz.set_values(dz, "signed", r)
        count = int(np.count_nonzero(dz))
        title, size = "= dZ" if self._by_itself else "dZ", f"{dz.shape[0]}×{dz.shape[1]}"
        self._dz_box.head.set_texts(
            title,
            f"{size}, {plural(count, 'cell')} not zero",
            (title, f"{count} not zero"),
            (title, f"{count} ≠ 0"),
        )
        self.scale_bar.set_range(r)
        terms = backward.bias_terms()
        if terms is None:
            self.bias_row.set_texts("no bias in this layer", "", ("no bias", ""))
        else:
            total = scale.with_unit(terms.total)
            self.bias_row.set_texts("db = Σ dZ, the sum", total, ("db = Σ dZ", total), ("db", total))

    @property
    def _by_itself(self) -> bool:
        """Whether the next layer takes each number by itself, so that one slope belongs to each cell."""
        backward = self._backward
        return backward.inspection.stops.at(backward.stop.index + 1).kind in _BY_ITSELF

    def _show_origin(self, f: int) -> None:
        backward = self._backward
        following = backward.inspection.stops.at(backward.stop.index + 1)
        by_itself, compact = self._by_itself, self._compact
        self._factors.setVisible(by_itself)
        self.origin.setVisible(not by_itself)
        if not by_itself:
            self.origin.set_text(origin_text(following.kind, following.name, following.shape))
            return
        arriving = backward.d_output(following.index)
        slopes = backward.slopes(following.index)[f]
        self.arriving.set_values(arriving[f], "signed", symmetric_range(arriving))
        r = max(1.0, symmetric_range(slopes))
        gate = bool(slopes.min() >= 0)
        self.slopes.set_values(slopes, "pixels" if gate else "signed", r)
        self._arriving_box.head.set_left(following.name if compact else f"from {following.name}")
        self._slopes_box.head.set_left(self._slope_caption(following.index, following.kind))

    def _slope_caption(self, index: int, kind: str) -> str:
        if kind == "batch_norm":
            return "γ ∕ σ" if self._compact else "scale γ ∕ σ"
        if kind == "dropout":
            return "1" if self._compact else "1, none dropped"
        name = type(self._backward.inspection.network.layers[index]).__name__
        if name == "ReLU":
            return "z > 0" if self._compact else "gate z > 0"
        return "slope" if self._compact else f"slope of {name}"

    def show_partners(self, cells: list[tuple[int, int]]) -> None:
        """Ring cells of the output in every map."""
        for grid in (self.arriving, self.slopes, self.dz):
            grid.set_partners(cells)


def origin_text(kind: str, name: str, shape: tuple[int, ...]) -> str:
    """Say how the gradient comes from a layer that mixes its inputs."""
    if kind == "max_pool":
        return f"From {name}: each of its gradients goes to the cell that won its window."
    if kind == "average_pool":
        return f"From {name}: each of its gradients is shared out evenly over its window."
    if kind == "flatten":
        return f"From {name}: its {format_count(shape[0])} gradients, put back into maps."
    if kind == "conv":
        return f"From {name}: its input gradient, one term from each of its {shape[0]} maps."
    if kind == "softmax":
        return f"From {name}: what the probabilities hand back."
    return f"From {name}: its input gradient."
