"""Small parts that several views use."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from explorer.theme import Theme


def label(text: str = "", role: str = "secondary") -> QLabel:
    """Make a label whose width may shrink, in plain text."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    return made


class RoleLabel(QLabel):
    """A heading in the colour of a role: "window", "kernel" or "output"."""

    def __init__(self, text: str, theme: Theme, token: str, size: float = 12, weight: int = 600) -> None:
        super().__init__(text)
        self._theme, self._token = theme, token
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(size, weight))
        self._size = size
        theme.changed.connect(self._dress)
        self._dress()

    def set_token(self, token: str) -> None:
        """Change the colour."""
        if token != self._token:
            self._token = token
            self._dress()

    def _dress(self) -> None:
        color = getattr(self._theme.tokens, self._token)
        weight = self.font().weight()
        self.setStyleSheet(f"color: {color}; font-size: {int(self._size)}px; font-weight: {int(weight)};")


class Pair(QWidget):
    """A name on the left and its value on the right."""

    def __init__(self, theme: Theme, name: str = "", value_token: str = "text", strong: bool = False) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.name = label(name, "secondary")
        self.value = RoleLabel("", theme, value_token, 15 if strong else 12)
        row.addWidget(self.name)
        row.addStretch(1)
        row.addWidget(self.value)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_pair(self, name: str, value: str) -> None:
        """Show these two texts."""
        if name != self.name.text():
            self.name.setText(name)
        if value != self.value.text():
            self.value.setText(value)


class Captioned(QWidget):
    """A heading with a note at its right, a widget, and a caption below with a result at its right."""

    def __init__(self, theme: Theme, title: str, token: str, content: QWidget) -> None:
        super().__init__()
        self.content = content
        self.title = RoleLabel(title, theme, token)
        self.note = label("", "secondary")
        self.caption = label("", "secondary")
        self.result = RoleLabel("", theme, "text")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(_line(self.title, self.note))
        column.addWidget(content, 1)
        # All captions of a row of grids give way, so that the grids are equally large.
        for text in (self.title, self.note, self.caption, self.result):
            text.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        column.addLayout(_line(self.caption, self.result))

    def show_caption(self, shown: bool) -> None:
        """Show or hide the line below the content."""
        self.caption.setVisible(shown)
        self.result.setVisible(shown)


def _line(left: QWidget, right: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(4, 0, 4, 0)
    row.setSpacing(4)
    row.addWidget(left)
    row.addStretch(1)
    row.addWidget(right)
    return row
