"""Parts of the settings: a heading with controls, and number boxes that write numbers as the program does."""

from __future__ import annotations

import math
import re

from PySide6.QtCore import Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from explorer.numbers import MINUS
from explorer.widgets.controls import DoubleSpinBox, LogSlider

CAPTION = 80
"""Width of a caption left of a box, in pixels."""

_BEGUN = re.compile(r"[-−]?\d*[.,]?\d*\s*")


class NumberBox(DoubleSpinBox):
    """A box for a decimal number, written with a true minus and without zeros at its end."""

    def __init__(
        self, low: float, high: float, decimals: int, step: float, parent: QWidget | None = None
    ) -> None:
        super().__init__(low, high, parent)
        self.setDecimals(decimals)
        self.setSingleStep(step)
        self.setMinimumWidth(54)

    def textFromValue(self, value: float) -> str:
        text = f"{abs(value):.{self.decimals()}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return MINUS + text if value < 0 and text.strip("0.") else text

    def valueFromText(self, text: str) -> float:
        return _number(text) if math.isfinite(_number(text)) else self.value()

    def validate(self, text: str, position: int) -> object:
        number = _number(text)
        if not _BEGUN.fullmatch(text):
            state = QValidator.State.Invalid
        elif math.isfinite(number) and self.minimum() <= number <= self.maximum():
            state = QValidator.State.Acceptable
        else:
            state = QValidator.State.Intermediate
        return state, text, position


def _number(text: str) -> float:
    try:
        return float(text.replace(MINUS, "-").replace(",", "."))
    except ValueError:
        return math.nan


class RateField(QWidget):
    """A learning rate: a logarithmic slider and a box that say the same."""

    changed = Signal(float)

    def __init__(self, low: float, high: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = LogSlider(low, high)
        self.box = NumberBox(low, high, 4, 0.01)
        self.box.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        self.box.setFixedWidth(76)
        for control, name, what in (
            (self.slider, "descentRateSlider", "Learning rate slider"),
            (self.box, "descentRate", "Learning rate"),
        ):
            control.setObjectName(name)
            control.setAccessibleName(what)
            control.setToolTip(
                f"Learning rate of all optimizers, {low:g} to {high:g}; the paths follow at once"
            )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.slider, 1)
        row.addWidget(self.box)
        self.slider.number_changed.connect(self._tell)
        self.box.valueChanged.connect(self._tell)

    def set_value(self, value: float) -> None:
        """Show a rate without telling of it."""
        for control, put in ((self.slider, self.slider.set_number), (self.box, self.box.setValue)):
            blocked = control.blockSignals(True)
            put(value)
            control.blockSignals(blocked)

    def _tell(self, value: float) -> None:
        self.set_value(value)
        self.changed.emit(value)


class Section(QWidget):
    """A heading and controls below it."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        heading = QLabel(title)
        heading.setProperty("role", "strong")
        self.header = QHBoxLayout()
        self.header.addWidget(heading)
        self.header.addStretch(1)
        self.body = QVBoxLayout()
        self.body.setSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addLayout(self.header)
        column.addLayout(self.body)

    def add_pair(self, *fields: tuple[str, QWidget], caption_width: int = 0) -> None:
        """Put captions and their controls side by side."""
        row = QHBoxLayout()
        row.setSpacing(6)
        for caption, control in fields:
            label = QLabel(caption)
            label.setProperty("role", "label")
            label.setBuddy(control)
            label.setMinimumWidth(caption_width)
            row.addWidget(label)
            row.addWidget(control, 1)
        self.body.addLayout(row)


def small_text(text: str = "", role: str = "secondary") -> QLabel:
    """Make a label of small text that wraps."""
    label = QLabel(text)
    label.setProperty("role", role)
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label
