"""Number fields."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox, QWidget

from explorer.numbers import MINUS
from explorer.widgets.wheel import CalmWheel

_TEXT_MARGIN = 5


class _Field(CalmWheel):
    """What both kinds share: negative numbers have a true minus sign; either sign may be typed."""

    def _prepare(self) -> None:
        # The style sheet's padding does not reach the text of a spin box.
        self.lineEdit().setTextMargins(_TEXT_MARGIN, 0, 0, 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setKeyboardTracking(False)

    def textFromValue(self, value: float) -> str:
        return super().textFromValue(value).replace("-", MINUS)

    def valueFromText(self, text: str) -> float:
        return super().valueFromText(text.replace(MINUS, "-"))

    def validate(self, text: str, position: int) -> object:
        return super().validate(text.replace(MINUS, "-"), position)[0], text, position


class SpinBox(_Field, QSpinBox):
    """A field for whole numbers. The wheel changes it only when it has the focus."""

    def __init__(self, low: int = 0, high: int = 99, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(low, high)
        self._prepare()


class DoubleSpinBox(_Field, QDoubleSpinBox):
    """A field for decimal numbers. The wheel changes it only when it has the focus."""

    def __init__(self, low: float = 0.0, high: float = 1.0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(low, high)
        self._prepare()
