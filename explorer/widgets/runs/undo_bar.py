"""Says what was deleted, and brings it back."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from explorer.theme import Theme
from explorer.widgets.controls import IconButton
from explorer.workbench.runs import Runs


class UndoBar(QFrame):
    """Is there from the deletion on, until it is undone or dismissed."""

    def __init__(self, runs: Runs, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._told = runs.deleted
        self.setObjectName(name)
        self.setProperty("role", "inset")
        self.label = QLabel()
        self.label.setProperty("role", "secondary")
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.button = QPushButton("Undo")
        self.button.setObjectName(f"{name}_undo")
        self.button.setAccessibleName("Bring back what was deleted")
        self.button.setToolTip("Bring back what was deleted (Ctrl+Z in the list)")
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(runs.undo_delete)
        self.dismiss_button = IconButton("close", theme, role="flat", icon_size=12)
        self.dismiss_button.setObjectName(f"{name}_dismiss")
        self.dismiss_button.setAccessibleName("Dismiss")
        self.dismiss_button.setToolTip("Dismiss; what was deleted is gone when the program ends")
        self.dismiss_button.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 3, 4, 3)
        row.setSpacing(6)
        row.addWidget(self.label, 1)
        row.addWidget(self.button)
        row.addWidget(self.dismiss_button)
        runs.changed.connect(self._update)
        self.hide()

    def _update(self) -> None:
        deleted = self._runs.deleted
        if deleted == self._told:
            return
        self._told = deleted
        text = f"{deleted[0]} deleted" if len(deleted) == 1 else f"{len(deleted)} runs deleted"
        self.label.setText(text)
        self.label.setToolTip(", ".join(deleted))
        self.setAccessibleName(text)
        self.setVisible(bool(deleted))
