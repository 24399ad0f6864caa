"""The accuracy of one network over moved images, as a map of the shifts."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cnncore.robustness import REACH
from explorer.numbers import format_percent
from explorer.theme import Theme
from explorer.widgets.number_grid import Cells, NumberGrid
from explorer.workbench import Hover, Workbench
from explorer.workbench.contest import Contender

from .wording import rings, where

_SIDE = 2 * REACH + 1


class Dot(QWidget):
    """A square in the colour of a network's bars."""

    def __init__(self, token: str, theme: Theme) -> None:
        super().__init__()
        self._token, self._theme = token, theme
        self.setFixedSize(10, 10)
        self.setAutoFillBackground(True)
        theme.changed.connect(self._colour)
        self._colour()

    def _colour(self) -> None:
        palette = self.palette()
        palette.setColor(self.backgroundRole(), self._theme.color(self._token))
        self.setPalette(palette)


class ShiftMap(QWidget):
    """A grid of percentages: down and to the right as the images were moved, the middle not at all."""

    def __init__(self, name: str, token: str, workbench: Workbench, theme: Theme) -> None:
        super().__init__()
        self._workbench = workbench
        self._contender: Contender | None = None
        self.title = QLabel()
        self.title.setProperty("role", "strong")
        self.rings = QLabel()
        self.rings.setProperty("role", "secondary")
        self.rings.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.grid = NumberGrid(theme, name=f"accuracy over moved images, {name}")
        self.grid.setObjectName(f"versusShifts{name.capitalize()}")
        self.grid.setToolTip(
            "Each cell: all images moved that far down and to the right; the middle, not moved"
        )
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addStretch(1)
        head.addWidget(Dot(token, theme))
        head.addWidget(self.title)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.grid, 1)
        column.addWidget(self.rings)
        self.grid.cell_hovered.connect(self._tell)
        self.grid.left.connect(lambda: workbench.set_hover(None))

    def show_contender(self, contender: Contender) -> None:
        """Show what is known of this network."""
        self._contender = contender
        self.title.setText(contender.title)
        shift = contender.shift
        table = np.full((_SIDE, _SIDE), np.nan) if shift is None else shift.table
        known = np.isfinite(table)
        self.grid.set_cells(Cells(np.nan_to_num(table) * 100, "non_negative", 100.0, 0, computed=known))
        self.grid.set_selected((REACH, REACH))
        self.rings.setText(rings(contender))

    def _tell(self, y: int, x: int) -> None:
        contender = self._contender
        if contender is None or contender.shift is None or not np.isfinite(contender.shift.table[y, x]):
            self._workbench.set_hover(None)
            return
        shift = contender.shift
        value = format_percent(float(shift.table[y, x]))
        rows = (("right", value), ("images", str(shift.images)))
        place = where(y - REACH, x - REACH)
        self._workbench.set_hover(Hover(contender.title, rows, f"{contender.title}, images {place}"))
