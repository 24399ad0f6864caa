"""The field that opens over a cell to type a number into it."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from explorer.numbers import MINUS

_LEAST_WIDTH, _LEAST_HEIGHT = 46, 24


class CellEditor(QLineEdit):
    """Enter and Tab take the number and go on to the next cell, Shift+Tab to the one before, Esc ends."""

    committed = Signal(float)
    """The number that was typed, when it is another one."""
    stepped = Signal(int)
    ended = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._before = 0.0
        self.setObjectName("scanCellEditor")
        self.setAccessibleName("Number in the cell")
        self.setToolTip("Enter or Tab: next cell · Esc: done")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setTextMargins(-4, 0, -4, 0)
        self.hide()

    def open(self, cell: QRectF, value: float, name: str) -> None:
        """Show the field over a cell with its number selected."""
        self._before = value
        self.setAccessibleName(name)
        width, height = max(_LEAST_WIDTH, round(cell.width())), max(_LEAST_HEIGHT, round(cell.height()))
        centre = cell.center()
        left = min(max(0, round(centre.x() - width / 2)), self.parentWidget().width() - width)
        top = min(max(0, round(centre.y() - height / 2)), self.parentWidget().height() - height)
        self.setGeometry(left, top, width, height)
        self.setText(f"{value:.6g}".replace("-", MINUS))
        self.setProperty("invalid", False)
        self.show()
        self.raise_()
        self.setFocus()
        self.selectAll()

    def end(self) -> None:
        """Take what was typed, as far as it is a number, and close."""
        if self.isVisible():
            self._take()
            self.hide()
            self.ended.emit()

    def cancel(self) -> None:
        """Close without taking the number."""
        if self.isVisible():
            self.hide()
            self.ended.emit()

    def number(self) -> float | None:
        """The number in the field, or None when it is none."""
        text = self.text().strip().replace(MINUS, "-").replace(",", ".")
        try:
            value = float(text)
        except ValueError:
            return None
        return value if math.isfinite(value) else None

    def _take(self) -> None:
        value = self.number()
        if value is not None and value != self._before:
            self._before = value
            self.committed.emit(value)

    def event(self, event: QEvent) -> bool:
        # Tab would leave the field before keyPressEvent sees it.
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            steps = {
                Qt.Key.Key_Return: 1,
                Qt.Key.Key_Enter: 1,
                Qt.Key.Key_Tab: 1,
                Qt.Key.Key_Backtab: -1,
            }
            if step := steps.get(Qt.Key(event.key())):
                self._take()
                self.stepped.emit(step)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.cancel()
                return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self.end()
