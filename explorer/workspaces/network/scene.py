"""What the canvas draws now: the plan, the part that is seen, what is selected, and the colours to use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF

from explorer.theme import Theme
from explorer.widgets.rectangle import Rectangle

from .geometry import Column, Grid, KernelColumn
from .layout import Layout, make_layout
from .relations import related
from .stages import Stages
from .view import View

HEADERS = (60, 74, 88)
"""Height above the columns, where no lines of the headers take turns, shapes do, or names and shapes."""
LINE_HEIGHT = 14.5
FAINT = 0.4
"""Opacity of everything that has nothing to do with the selection."""


class TextWidths:
    """Widths of header texts in the program's typeface, measured once each."""

    def __init__(self, theme: Theme) -> None:
        self._metrics = {True: QFontMetricsF(theme.font(12, 600)), False: QFontMetricsF(theme.font(11))}
        self._known: dict[tuple[str, bool], float] = {}

    def __call__(self, text: str, bold: bool) -> float:
        if (text, bold) not in self._known:
            self._known[text, bold] = self._metrics[bold].horizontalAdvance(text)
        return self._known[text, bold]


def lay_out(
    stages: Stages, width: float, height: float, measure: Callable[[str, bool], float]
) -> tuple[Layout, int]:
    """Place a network and its header on a page of this size; return the layout and the header's height."""
    layout = make_layout(stages, width, height - HEADERS[0], measure)
    if layout.turns:
        layout = make_layout(stages, width, height - HEADERS[layout.turns], measure)
    return layout, HEADERS[layout.turns]


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything that decides where a picture of the network has its parts.

    `selected` is a layer and a map or unit of it; `marks` says for each stage which maps and units
    belong to it.
    """

    theme: Theme
    layout: Layout
    view: View
    selected: tuple[int, int] | None = None
    kernels_shown: bool = True
    header: int = HEADERS[0]
    marks: dict[int, np.ndarray] | None = None
    ratio: float = 1.0
    _rects: dict[int, list[QRectF]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        theme: Theme,
        layout: Layout,
        view: View,
        selected: tuple[int, int] | None,
        kernels_shown: bool,
        ratio: float,
    ) -> Scene:
        """Make a scene, with the marks that follow from the selection."""
        marks = related(layout.stages, *selected) if selected else None
        header = HEADERS[layout.turns]
        return cls(theme, layout, view, selected, kernels_shown, header, marks, ratio)

    def box(self, box: Rectangle) -> Rectangle:
        """Return where a box of the world stands on the widget, its edges on whole device pixels."""
        seen = self.view.box(box)
        left, top = self._snapped(seen.x), self._snapped(seen.y + self.header)
        right, bottom = self._snapped(seen.right), self._snapped(seen.bottom + self.header)
        return Rectangle(left, top, right - left, bottom - top)

    def rect(self, box: Rectangle) -> QRectF:
        """Return `box` as Qt wants it."""
        return QRectF(*self.box(box))

    def rects(self, grid: Grid) -> list[QRectF]:
        """Return where all boxes of a grid stand; worked out once for a scene."""
        found = self._rects.get(id(grid))
        if found is None:
            found = self._rects[id(grid)] = [self.rect(grid.box(index)) for index in range(grid.count)]
        return found

    def _snapped(self, value: float) -> float:
        return round(value * self.ratio) / self.ratio

    def tint(self, token: str, share: float) -> QColor:
        """Mix a token's colour into the panel's. Unlike a transparent colour, it fills fast."""
        color, paper = self.theme.color(token), self.theme.color("panel")
        parts = zip(color.getRgb()[:3], paper.getRgb()[:3], strict=True)
        return QColor(*(round(share * a + (1 - share) * b) for a, b in parts))

    def is_faint(self, layer: int, channel: int) -> bool:
        """Whether a map or unit has nothing to do with the selection."""
        return self.marks is not None and not self.marks[layer][channel]

    def has_faint(self, layer: int) -> bool:
        """Whether some of a stage has nothing to do with the selection."""
        return self.marks is not None and not self.marks[layer].all()

    def on_edges(self, column: KernelColumn) -> bool:
        """Whether the kernels of this column lie on the edges of the selected map."""
        return self.selected is not None and self.selected[0] == column.layer and column.inputs > 1

    def visible(self, column: Column) -> bool:
        """Whether any of a column is on the page."""
        box = self.view.box(column.box)
        return box.right > -8 and box.x < self.view.width + 8

    def kernels_of(self, layer: int) -> KernelColumn | None:
        """Return the column of a layer's kernels where they are to be shown."""
        return self.layout.kernels(layer) if self.kernels_shown else None


def right_of(box: Rectangle) -> QPointF:
    """Return the middle of the right edge."""
    return QPointF(box.right, box.cy)


def left_of(box: Rectangle) -> QPointF:
    """Return the middle of the left edge."""
    return QPointF(box.x, box.cy)
