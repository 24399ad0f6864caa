"""How the network is trained: optimizer, learning rate, schedule, batch size, epochs, seed."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from explorer.theme import Theme
from explorer.widgets.panel import Panel
from explorer.widgets.settings_fields import also_in_use
from explorer.widgets.settings_form import SettingsForm
from explorer.workbench import Workbench

NOTE = "The learning rate takes effect at the next batch. Any other change restarts the run."
ROWS = ("optimizer", "momentum", "learning_rate", "schedule", "batch_size", "epochs", "seed")
_ROOM_FOR_BADGE = 270


class TrainingPanel(Panel):
    """The settings that are changed most; the others are on the Build page, and named here when in use."""

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Training", theme, parent, role="section")
        self.setObjectName("trainingPanel")
        self._pending = workbench.pending
        self.form = SettingsForm(workbench.pending, theme, ROWS)
        self.body.addWidget(self.form)
        self.note = QLabel()
        self.note.setObjectName("trainingNote")
        self.note.setProperty("role", "secondary")
        self.note.setWordWrap(True)
        self.body.addSpacing(6)
        self.body.addWidget(self.note)
        self.apply_button = QPushButton("Apply && restart")
        self.apply_button.setObjectName("applyAndRestart")
        self.apply_button.setAccessibleName("Apply and restart")
        self.apply_button.setToolTip("Start the run again with the changed settings")
        self.apply_button.clicked.connect(self._pending.apply)
        self.body.addSpacing(4)
        self.body.addWidget(self.apply_button)
        self.body.addStretch(1)
        self._pending.changed.connect(self._show)
        self.form.validity_changed.connect(self._show)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.form.live_badge.setVisible(self.width() >= _ROOM_FOR_BADGE)

    def _show(self) -> None:
        others = also_in_use(self._pending.wanted, ROWS)
        self.note.setText(f"{NOTE} Also set on the Build page: {others}." if others else NOTE)
        self.apply_button.setEnabled(self._pending.waits and not self.form.invalid)
