"""One of the steps side by side: a numbered heading, a line that says what is done, the content."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from explorer.theme import Theme

from ..parts import TextLine, label

_EDGE, _COMPACT_EDGE = 14, 8


class Column(QFrame):
    """A panel with a number, a title, room for a choice at the right, and a subtitle.

    Attributes
    ----------
    corner : QHBoxLayout
        The right end of the heading.
    body : QVBoxLayout
        Below the subtitle.
    """

    def __init__(self, theme: Theme, number: int, name: str) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self.setObjectName(name)
        self.number = label(str(number), "title")
        self.number.setStyleSheet(f"color: {theme.tokens.text3}")
        self.title = TextLine(theme, left_style=("text", 13, 600))
        self.subtitle = TextLine(theme, right_style=("text2", 11, 400))
        top = QWidget()
        top.setFixedHeight(26)
        self.corner = QHBoxLayout(top)
        self.corner.setContentsMargins(0, 0, 0, 0)
        self.corner.setSpacing(7)
        self.corner.addWidget(self.number)
        self.corner.addWidget(self.title, 1, Qt.AlignmentFlag.AlignVCenter)
        self.body = QVBoxLayout()
        self.body.setSpacing(6)
        column = QVBoxLayout(self)
        column.setSpacing(2)
        column.addWidget(top)
        column.addWidget(self.subtitle)
        column.addSpacing(4)
        column.addLayout(self.body, 1)
        self._compact = False
        theme.changed.connect(lambda: self.number.setStyleSheet(f"color: {theme.tokens.text3}"))
        self.set_compact(False)

    def set_compact(self, compact: bool) -> None:
        """Take less room."""
        edge = _COMPACT_EDGE if compact else _EDGE
        self.layout().setContentsMargins(edge, 5 if compact else 8, edge, 6 if compact else 10)
        self.number.setVisible(not compact)
