"""Why a draft is no network, beneath the layer that it is about, and what would help as buttons."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from explorer.theme import Theme

from .flow import FlowLayout
from .model import BuildModel


class ProblemNote(QWidget):
    """The reason in a sentence; a click on a suggestion makes that edit."""

    def __init__(self, model: BuildModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setObjectName("buildProblem")
        self.reason = QLabel()
        self.reason.setObjectName("buildProblemReason")
        self.reason.setProperty("role", "error")
        self.reason.setWordWrap(True)
        self.buttons: list[QPushButton] = []
        self._row = FlowLayout(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 0, 14, 8)
        column.setSpacing(5)
        column.addWidget(self.reason)
        line = QHBoxLayout()
        line.setSpacing(6)
        self._try = QLabel("Try")
        self._try.setProperty("role", "secondary")
        line.addWidget(self._try)
        line.addLayout(self._row, 1)
        column.addLayout(line)

    def refresh(self) -> None:
        """Show the problem of the draft, if there is one."""
        problem = self._model.report.problem
        self.reason.setText(problem)
        self.setAccessibleName(f"Does not fit: {problem}" if problem else "")
        for button in self.buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self.buttons = []
        if not problem:
            return
        for place, suggestion in enumerate(self._model.suggestions):
            button = QPushButton(suggestion.text)
            button.setObjectName(f"buildSuggestion{place}")
            button.setAccessibleName(f"Try: {suggestion.text}")
            button.setToolTip("Make this change; Undo takes it back")
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _=False, draft=suggestion.draft: self._model.replace(draft))
            self._row.addWidget(button)
            self.buttons.append(button)
        self._try.setVisible(bool(self.buttons))
