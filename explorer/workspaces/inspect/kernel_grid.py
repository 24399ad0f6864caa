"""The kernel's numbers, which the wheel can change."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QWheelEvent

from explorer.theme import Theme
from explorer.widgets.number_grid import NumberGrid


class KernelGrid(NumberGrid):
    """A `NumberGrid` that tells of the wheel: row, column and steps, with Shift in tenths of a step."""

    turned = Signal(int, int, float)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, name="kernel", frame="kernel")

    def wheelEvent(self, event: QWheelEvent) -> None:
        cell = self.cell_at(event.position())
        turn = event.angleDelta().y() or event.angleDelta().x()
        if cell is None or not turn:
            event.ignore()
            return
        fine = 0.1 if event.modifiers() & event.modifiers().ShiftModifier else 1.0
        self.turned.emit(*cell, fine * turn / 120)
        event.accept()
