"""A message in place: what went wrong, in one sentence, until it is put right or dismissed."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from explorer.theme import Theme
from explorer.widgets.controls import IconButton

_PADDING = 8


class Notice(QFrame):
    """Lies over the lower edge of an area, as high as its text needs."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("notice")
        self.setAccessibleName("Message")
        self._text = QLabel()
        self._text.setObjectName("notice_text")
        self._text.setProperty("role", "error")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self.close_button = IconButton("close", theme, role="flat", icon_size=14)
        self.close_button.setObjectName("notice_close")
        self.close_button.setAccessibleName("Dismiss the message")
        self.close_button.setToolTip("Dismiss the message")
        self.close_button.clicked.connect(self.clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(_PADDING + 2, 4, 3, 4)
        row.setSpacing(4)
        row.addWidget(self._text, 1)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        theme.changed.connect(self._dress)
        self._dress()
        self.hide()

    @property
    def text(self) -> str:
        """The message on view, empty when there is none."""
        return self._text.text()

    def say(self, text: str) -> None:
        """Show a message."""
        self._text.setText(text)
        self.setAccessibleDescription(text)
        self.show()
        self.raise_()

    def clear(self) -> None:
        """Take the message away."""
        self._text.clear()
        self.setAccessibleDescription("")
        self.hide()

    def lie_over(self, area: QRect) -> None:
        """Take the lower part of `area`."""
        self.ensurePolished()
        self._text.ensurePolished()
        height = self._text.heightForWidth(area.width() - self._beside_text()) + 2 * _PADDING
        height = max(34, height)
        self.setGeometry(area.left(), area.bottom() + 1 - height, area.width(), height)

    def _beside_text(self) -> int:
        return _PADDING + 2 + 4 + 24 + 3 + 2

    def _dress(self) -> None:
        tokens = self._theme.tokens
        self.setStyleSheet(
            f"QFrame#notice {{ background: {tokens.panel}; border: 1px solid {tokens.warn};"
            " border-radius: 6px; }"
        )
