"""A field for a number that keeps what was typed, right or wrong, so that a mistake can be mended."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from explorer.numbers import MINUS
from explorer.theme import Theme
from explorer.widgets.controls import repolish
from explorer.widgets.icons import icon_pixmap

_ARROWS = 18


class NumberField(QLineEdit):
    """A line of text with two small arrows.

    Unlike a spin box it neither refuses keys nor corrects a number behind the person's back: it shows the
    wrong number in the warning colour, and whoever owns the field says why.
    """

    committed = Signal(str)
    """The text, after Enter, leaving the field, or an arrow."""

    def __init__(
        self,
        name: str,
        theme: Theme,
        stepped: Callable[[str, int], str | None],
        parent: QWidget | None = None,
    ) -> None:
        """Make a field; ``stepped(text, direction)`` returns the text one arrow further, or None."""
        super().__init__(parent)
        self._theme = theme
        self._stepped = stepped
        self._committed_text = ""
        self.setAccessibleName(name)
        self.setTextMargins(0, 0, _ARROWS - 6, 0)
        self.setMinimumWidth(40)
        self.editingFinished.connect(self.commit)
        theme.changed.connect(self.update)

    @property
    def invalid(self) -> bool:
        """Whether the field is marked as wrong."""
        return bool(self.property("invalid"))

    def set_invalid(self, invalid: bool) -> None:
        """Mark the field as wrong, or not."""
        if invalid != self.invalid:
            self.setProperty("invalid", invalid)
            repolish(self)

    def show_value(self, text: str) -> None:
        """Show a value that is in use; the mark goes."""
        self._committed_text = text
        self.set_invalid(False)
        if text != self.text():
            self.setText(text)

    def step(self, direction: int) -> None:
        """Go one arrow up (+1) or down (-1)."""
        text = self._stepped(self.text(), direction)
        if text is not None:
            self.setText(text)
            self.commit()

    def commit(self) -> None:
        """Hand over what was typed, as Enter does; nothing happens when nothing was."""
        if self.text() != self._committed_text:
            self._committed_text = self.text()
            self.committed.emit(self.text())

    def _arrow(self, up: bool) -> QRect:
        half = self.height() // 2
        return QRect(self.width() - _ARROWS, 0 if up else half, _ARROWS, half)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.HoverMove:
            over = event.position().x() >= self.width() - _ARROWS
            self.setCursor(Qt.CursorShape.ArrowCursor if over else Qt.CursorShape.IBeamCursor)
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        for up in (True, False):
            if event.button() == Qt.MouseButton.LeftButton and self._arrow(up).contains(place):
                self.step(1 if up else -1)
                return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.position().x() >= self.width() - _ARROWS:
            self.mousePressEvent(event)
        else:
            super().mouseDoubleClickEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        directions = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
        if direction := directions.get(Qt.Key(event.key())):
            self.step(direction)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus() and event.angleDelta().y():
            self.step(1 if event.angleDelta().y() > 0 else -1)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        color = self._theme.color("text2" if self.isEnabled() else "hatch")
        for up, name in ((True, "chevron-up"), (False, "chevron-down")):
            box = self._arrow(up)
            top = box.center().y() - 5 + (2 if up else -1)
            painter.drawPixmap(box.left() + 3, top, icon_pixmap(name, color, 11, self.devicePixelRatioF()))


def number_from(text: str) -> float:
    """Read a number as people type it: "0,001", "1e−3", "4 000". Raises ValueError."""
    if "_" in text:  # Python would read "1_0" as 10
        raise ValueError(text)
    plain = text.strip().replace(MINUS, "-").replace("\u2009", "").replace(" ", "")
    if "," in plain and "." not in plain:
        plain = plain.replace(",", ".")
    return float(plain)
