"""The runs beside the charts: which are drawn, how they are called, how good they are."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QStackedLayout, QWidget

from explorer.theme import Theme
from explorer.widgets.controls import IconButton
from explorer.widgets.panel import Panel
from explorer.widgets.runs import RunTable, UndoBar
from explorer.widgets.runs.columns import ACCURACY, LOSS, NAME
from explorer.widgets.runs.run_commands import ask_csv
from explorer.workbench import Workbench

_EMPTY = "Each run is listed here from its first step on."


class RunsPanel(Panel):
    """One row a run, that of the workbench first; the tick shows it in the charts."""

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Runs", theme, parent)
        self.setObjectName("runsPanel")
        self.setMinimumSize(254, 132)
        runs = self._runs = workbench.runs
        self.table = RunTable(runs, theme, "runsList", lambda rows: (NAME, LOSS, ACCURACY), two_lines=True)
        self._message = QLabel(_EMPTY)
        self._message.setProperty("role", "faint")
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setWordWrap(True)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._message)
        self._add_buttons(theme)
        self.body.addLayout(self._stack, 1)
        self.undo_bar = UndoBar(runs, theme, "runsUndo")
        self.body.addWidget(self.undo_bar)
        self.layout().setContentsMargins(14, 8, 8, 8)
        self.header.setContentsMargins(0, 0, 6, 0)
        runs.changed.connect(self._update)
        self._update()

    def _add_buttons(self, theme: Theme) -> None:
        self.rename_button = IconButton("pencil", theme, role="flat", icon_size=14)
        self.rename_button.setObjectName("runsRename")
        self.rename_button.setAccessibleName("Rename the selected run")
        self.rename_button.setToolTip("Rename the selected run (F2 in the list)")
        self.rename_button.clicked.connect(self.table.rename)
        self.csv_button = IconButton("download", theme, "CSV", icon_size=14)
        self.csv_button.setObjectName("runsCsv")
        self.csv_button.setAccessibleName("Save the curves of the ticked runs as CSV")
        self.csv_button.setToolTip("Save the curves of the ticked runs as CSV (Ctrl+E in the list)")
        self.csv_button.clicked.connect(lambda: ask_csv(self, self._runs))
        self.header.addWidget(self.rename_button)
        self.header.addWidget(self.csv_button)

    def _update(self) -> None:
        some = bool(self._runs.rows)
        self._stack.setCurrentWidget(self.table if some else self._message)
        self.rename_button.setEnabled(some)
        self.csv_button.setEnabled(some)
