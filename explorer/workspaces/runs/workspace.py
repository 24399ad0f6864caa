"""The Runs page: every run in a table, the selected one below it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QStackedLayout, QVBoxLayout, QWidget

from explorer.theme import Theme
from explorer.widgets.controls import IconButton
from explorer.widgets.panel import Panel
from explorer.widgets.runs import RunTable, UndoBar
from explorer.widgets.runs.columns import columns_for
from explorer.widgets.runs.run_commands import ask_csv
from explorer.workbench import Workbench
from explorer.workspaces.runs.details import RunDetails

_MARGIN, _GAP = 10, 8
_DETAILS_HEIGHT = 178
_EMPTY = (
    "There are no runs yet. Each run is listed here from its first step on, with its settings and results, "
    "and is still here when the program is started again."
)


class RunsWorkspace(QWidget):
    """A sortable table of settings and results; notes and actions for the selected run."""

    key = "runs"
    title = "Runs"
    icon = "runs"
    hints = ((("Space",), "show / hide"), (("F2",), "rename"), (("Del",), "delete"))
    hint = "Click a column's title to sort · ticked runs are drawn in the charts of Train"

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runsWorkspace")
        self._workbench, self._runs = workbench, workbench.runs
        self.table = RunTable(self._runs, theme, "runsTable", columns_for, sortable=True)
        self.details = RunDetails(self._runs, theme, self.table)
        self.details.setFixedHeight(_DETAILS_HEIGHT)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.setSpacing(_GAP)
        column.addWidget(self._make_panel(theme), 1)
        column.addWidget(self.details)
        self.setFocusProxy(self.table)
        self._runs.changed.connect(self._update)
        self._update()

    def _make_panel(self, theme: Theme) -> Panel:
        panel = Panel("Runs", theme)
        panel.setObjectName("runsTablePanel")
        self.summary = QLabel()
        self.summary.setObjectName("runsSummary")
        self.summary.setProperty("role", "secondary")
        self.csv_button = IconButton("download", theme, "CSV", icon_size=14)
        self.csv_button.setObjectName("runsTableCsv")
        self.csv_button.setAccessibleName("Save the curves of the ticked runs as CSV")
        self.csv_button.setToolTip("Save the curves of the ticked runs as CSV (Ctrl+E in the list)")
        self.csv_button.clicked.connect(lambda: ask_csv(self, self._runs))
        panel.header.addWidget(self.summary)
        panel.header.addWidget(self.csv_button)
        message = QLabel(_EMPTY)
        message.setProperty("role", "label")
        message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        message.setWordWrap(True)
        self._message = message
        self._stack = QStackedLayout()
        self._stack.addWidget(self.table)
        self._stack.addWidget(message)
        panel.body.addLayout(self._stack, 1)
        panel.body.addWidget(UndoBar(self._runs, theme, "runsTableUndo"))
        return panel

    def toggle_play(self) -> None:
        """Train or pause: this page shows nothing else that could play."""
        self._workbench.toggle()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        rows = self._runs.rows
        if rows and not self.table.selected_rows():
            self.table.select(rows[0].record.key)

    def _update(self) -> None:
        rows = self._runs.rows
        self._stack.setCurrentWidget(self.table if rows else self._message)
        self.csv_button.setEnabled(bool(rows))
        shown = sum(row.visible for row in rows)
        settings = " · settings in bold differ from those of most runs" if len(rows) > 1 else ""
        self.summary.setText(f"{shown} of {len(rows)} in the charts{settings}" if rows else "")
