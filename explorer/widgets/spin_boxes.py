"""Number fields."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox, QWidget

_TEXT_MARGIN = 5


def _prepare(box: QAbstractSpinBox) -> None:
    # The style sheet's padding does not reach the text of a spin box.
    box.lineEdit().setTextMargins(_TEXT_MARGIN, 0, 0, 0)
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    box.setKeyboardTracking(False)


class SpinBox(QSpinBox):
    """A field for whole numbers. The wheel changes it only when it has the focus."""

    def __init__(self, low: int = 0, high: int = 99, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(low, high)
        _prepare(self)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class DoubleSpinBox(QDoubleSpinBox):
    """A field for decimal numbers. The wheel changes it only when it has the focus."""

    def __init__(self, low: float = 0.0, high: float = 1.0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(low, high)
        _prepare(self)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
