"""The optimizers' numbers at the present step; the legend and its switches at the same time."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QWidget

from explorer.numbers import format_count
from explorer.theme import Theme
from explorer.widgets.panel import Panel
from explorer.widgets.transport import Transport

from .lab import NAMES, DescentLab, Standing
from .looks import Swatch
from .wording import coordinate, short

COLUMNS = (
    ("x", "Where the optimizer stands"),
    ("y", "Where the optimizer stands"),
    ("loss", "The loss there"),
    ("|∇L|", "The length of the gradient there"),
    ("step", "How far the next step goes"),
)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class NumbersPanel(Panel):
    """A row for each optimizer: switch, mark, place, loss, gradient, and the length of the step."""

    def __init__(
        self, lab: DescentLab, transport: Transport, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__("Numbers", theme, parent)
        self.setObjectName("descentNumbers")
        self._lab, self._transport = lab, transport
        self.switches: dict[str, QCheckBox] = {}
        self.cells: dict[str, list[QLabel]] = {}
        self.endings: dict[str, QLabel] = {}
        self.place = QLabel()
        self.place.setProperty("role", "secondary")
        self.header.addWidget(self.place)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(5)
        grid.setVerticalSpacing(3)
        for column, (title, tip) in enumerate(COLUMNS, start=2):
            heading = QLabel(title)
            heading.setProperty("role", "secondary")
            heading.setToolTip(tip)
            heading.setAlignment(_RIGHT)
            grid.addWidget(heading, 0, column)
            grid.setColumnStretch(column, 1)
        for row, name in enumerate(NAMES, start=1):
            self._add_row(grid, row, name)
        self.body.addLayout(grid)
        self.body.addStretch(1)
        lab.changed.connect(self.refresh)
        transport.moved.connect(self.refresh)
        transport.count_changed.connect(self.refresh)
        self.refresh()

    def _add_row(self, grid: QGridLayout, row: int, name: str) -> None:
        switch = QCheckBox(name)
        switch.setObjectName(f"descentShow{name}")
        switch.setAccessibleName(f"Show {name}")
        switch.setToolTip(f"Draw the path of {name}, or not")
        switch.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        switch.setChecked(True)
        switch.toggled.connect(lambda on, name=name: self._switch(name, on))
        self.switches[name] = switch
        grid.addWidget(switch, row, 0)
        grid.addWidget(Swatch(name, self.theme), row, 1)
        self.cells[name] = []
        for column in range(len(COLUMNS)):
            label = QLabel()
            label.setProperty("role", "number")
            label.setAlignment(_RIGHT)
            label.setMinimumWidth(34)
            grid.addWidget(label, row, column + 2)
            self.cells[name].append(label)
        ending = QLabel()
        ending.setProperty("role", "error")
        ending.setAlignment(_RIGHT)
        ending.setToolTip(
            "Diverged: the step led more than ten widths of the surface away, or out of all numbers"
        )
        grid.addWidget(ending, row, len(COLUMNS), 1, 2)
        self.endings[name] = ending

    def _switch(self, name: str, on: bool) -> None:
        shown = self._lab.choices.shown
        self._lab.change(shown=shown | {name} if on else shown - {name})

    def refresh(self) -> None:
        """Show the present step's numbers."""
        index, count = self._transport.index, self._transport.count
        self.place.setText(f"before step {format_count(index + 1)} of {format_count(count)}")
        for name in NAMES:
            on = name in self._lab.choices.shown
            self.switches[name].setChecked(on)
            texts, ending = ("",) * len(COLUMNS), ""
            if on:
                standing = Standing.of(self._lab.path(name), index)
                ending = standing.ending
                texts = (*map(coordinate, standing.point), *map(short, (standing.loss, standing.norm)))
                texts += ("" if standing.length is None else short(standing.length),)
            # Where there is no further step, its column and the one before say why.
            for column, (label, text) in enumerate(zip(self.cells[name], texts, strict=True)):
                label.setText("" if ending and column >= len(COLUMNS) - 2 else text)
            self.endings[name].setText(ending)
            self.endings[name].setVisible(bool(ending))
