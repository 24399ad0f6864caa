"""A titled panel: the frame that every part of a page lives in."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from explorer.theme import Theme


class Panel(QFrame):
    """A rounded panel with a title.

    Attributes
    ----------
    header : QHBoxLayout
        Right of the title; what is added stands at the right edge.
    body : QVBoxLayout
        The content below the title.
    """

    def __init__(self, title: str, theme: Theme, parent: QWidget | None = None, role: str = "panel") -> None:
        super().__init__(parent)
        self.setProperty("role", role)
        self.setAccessibleName(title)
        self.theme = theme
        self._title = QLabel(title)
        self._title.setProperty("role", "title")
        self._title.setVisible(bool(title))
        top = QWidget()
        top.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        top.setMinimumHeight(24)
        self.header = QHBoxLayout(top)
        self.header.setContentsMargins(0, 0, 0, 0)
        self.header.setSpacing(8)
        self.header.addWidget(self._title, 0, Qt.AlignmentFlag.AlignVCenter)
        self.header.addStretch(1)
        # A widget of its own, so that all spare height goes to the content and none to the header.
        content = QWidget()
        self.body = QVBoxLayout(content)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 12)
        column.setSpacing(8)
        column.addWidget(top)
        column.addWidget(content, 1)

    @property
    def title(self) -> str:
        """The text in the panel's top left corner."""
        return self._title.text()

    def set_title(self, title: str) -> None:
        """Change the title."""
        self._title.setText(title)
        self._title.setVisible(bool(title))
        self.setAccessibleName(title)
