"""The wheel scrolls a page; it does not change what happens to lie under the mouse."""

from PySide6.QtGui import QWheelEvent


class CalmWheel:
    """Goes before a Qt widget in a class: the wheel reaches that widget only when it has the focus."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
