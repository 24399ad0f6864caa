"""How far the integral of the gradients has come, and the button that ends it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from .sensitivity_model import INTEGRATED, Sensitivity


class IntegralRow(QWidget):
    """`needed` only while the integral takes its time, or after it was given up."""

    def __init__(self, model: Sensitivity) -> None:
        super().__init__()
        self._model = model
        self.progress = QProgressBar()
        self.progress.setObjectName("sensitivityProgress")
        self.progress.setAccessibleName("Points integrated")
        self.progress.setTextVisible(False)
        self.button = QPushButton("Cancel")
        self.button.setObjectName("sensitivityCancel")
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.progress, 1)
        row.addWidget(self.button)
        self.button.clicked.connect(self._press)
        self.refresh()

    @property
    def _stopped(self) -> bool:
        return self._model.cancelled or bool(self._model.problem)

    @property
    def needed(self) -> bool:
        """Whether there is something to show."""
        model = self._model
        under_way = model.running and model.progress is not None
        return model.mode == INTEGRATED and (self._stopped or under_way)

    def refresh(self) -> None:
        """Follow the model."""
        model, stopped = self._model, self._stopped
        self.progress.setVisible(not stopped)
        if model.progress is not None:
            self.progress.setRange(0, model.progress.steps)
            self.progress.setValue(model.progress.done)
        words = "Work them out" if stopped else "Cancel"
        self.button.setText(words)
        self.button.setAccessibleName(f"{words}: integrated gradients")
        self.button.setToolTip(
            "Work out the integrated gradients after all" if stopped else "Stop working them out"
        )

    def _press(self) -> None:
        if self._stopped:
            self._model.restart()
        else:
            self._model.cancel()
