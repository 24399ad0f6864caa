"""The choice of an output map, an input map or a unit, by its number."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.widgets.controls import SpinBox

from ..parts import label
from .model import Backward


class NumberChoice(QWidget):
    """A caption and a number from 0 on; hidden where there is only one to choose."""

    changed = Signal(int)

    def __init__(self, caption: str, name: str, words: str, keys: str) -> None:
        super().__init__()
        self._words, self._keys = words, keys
        self.box = SpinBox(0, 1)
        self.box.setObjectName(name)
        self.box.setAccessibleName(words)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        row.addWidget(label(caption, "label"))
        row.addWidget(self.box)
        self.box.valueChanged.connect(self.changed)

    def show_number(self, number: int, count: int) -> None:
        """Show what is chosen among `count`."""
        self.box.blockSignals(True)
        self.box.setRange(0, max(count - 1, 0))
        self.box.setValue(number)
        self.box.blockSignals(False)
        self.box.setToolTip(f"{self._words}, 0 to {count - 1} ({self._keys})")
        self.setVisible(count > 1)


class MapChoice(NumberChoice):
    """The output map of the layer in view."""

    def __init__(self, backward: Backward, name: str = "backwardMap") -> None:
        super().__init__("Map", name, "Output map", "Page Up, Page Down")
        self._backward = backward
        self.changed.connect(backward.inspection.set_channel)

    def refresh(self) -> None:
        """Follow the model."""
        stop = self._backward.stop
        self.show_number(self._backward.map, stop.channels)


class SourceChoice(NumberChoice):
    """The input map that is read, counted among those that the output map reads."""

    def __init__(self, backward: Backward, name: str = "backwardSource") -> None:
        super().__init__("Input", name, "Input map", "0 to 9, comma, full stop")
        self._backward = backward
        self.changed.connect(backward.set_source)

    def refresh(self) -> None:
        """Follow the model."""
        self.show_number(self._backward.source, self._backward.source_count)


class UnitChoice(NumberChoice):
    """The unit of a dense layer whose weights are in view."""

    def __init__(self, backward: Backward, name: str = "backwardUnit") -> None:
        super().__init__("Unit", name, "Unit", "Page Up, Page Down")
        self._backward = backward
        self.changed.connect(backward.set_unit)

    def refresh(self) -> None:
        """Follow the model."""
        self.show_number(self._backward.unit, self._backward.stop.shape[0])
