"""A column of controls that scrolls where the window is low."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


class ScrollColumn(QScrollArea):
    """Shows `content` on the ground of the panel it stands in, and scrolls up and down only.

    Parameters
    ----------
    content : QWidget
        It has an object name.
    name, words : str
        Object name and accessible name.
    """

    def __init__(self, content: QWidget, name: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setStyleSheet(f"QScrollArea, #{content.objectName()} {{ background: transparent; }}")
        self.setWidget(content)
