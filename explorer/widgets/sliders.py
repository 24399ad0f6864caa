"""Horizontal sliders, linear and logarithmic."""

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider, QWidget

from explorer.widgets.wheel import CalmWheel


class Slider(CalmWheel, QSlider):
    """A horizontal slider; a click on the groove moves the handle there."""

    def __init__(self, low: int, high: int, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(low, high)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumWidth(60)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        style = self.style()
        control = QStyle.ComplexControl.CC_Slider
        handle = style.subControlRect(control, option, QStyle.SubControl.SC_SliderHandle, self)
        position = event.position().toPoint()
        if event.button() == Qt.MouseButton.LeftButton and not handle.contains(position):
            groove = style.subControlRect(control, option, QStyle.SubControl.SC_SliderGroove, self)
            span = groove.width() - handle.width()
            offset = position.x() - groove.x() - handle.width() // 2
            self.setValue(QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), offset, span))
        super().mousePressEvent(event)


class LogSlider(Slider):
    """A slider over positive numbers on a logarithmic scale.

    `number` is what was set, exactly; what the handle is moved to has two significant digits.
    """

    number_changed = Signal(float)

    _PER_DECADE = 60

    def __init__(self, low: float, high: float, parent: QWidget | None = None) -> None:
        if not 0 < low < high:
            raise ValueError("A logarithmic slider needs 0 < low < high.")
        self._low, self._high = low, high
        super().__init__(0, round(math.log10(high / low) * self._PER_DECADE), parent)
        self.setSingleStep(self._PER_DECADE // 20)
        self.setPageStep(self._PER_DECADE // 2)
        self._number = low
        self.valueChanged.connect(self._moved)

    @property
    def number(self) -> float:
        """The number that the slider stands at."""
        return self._number

    def set_number(self, number: float) -> None:
        """Move to a number; outside the range the handle stays at the end and the number is kept.

        Raises
        ------
        ValueError
            When the number is not positive and finite.
        """
        if not (math.isfinite(number) and number > 0):
            raise ValueError("A logarithmic slider shows positive numbers only.")
        if number == self._number:
            return
        self._number = number
        blocked = self.blockSignals(True)
        self.setValue(round(math.log10(number / self._low) * self._PER_DECADE))
        self.blockSignals(blocked)
        self.number_changed.emit(number)

    def _moved(self, position: int) -> None:
        exact = self._low * 10 ** (position / self._PER_DECADE)
        self._number = min(max(float(f"{exact:.2g}"), self._low), self._high)
        self.number_changed.emit(self._number)
