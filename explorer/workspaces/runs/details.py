"""What is known of the selected run, the notes on it, and what can be done with it."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence, QTextCursor
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.theme import Theme
from explorer.widgets.controls import IconButton
from explorer.widgets.runs import RunTable
from explorer.widgets.runs.columns import state_text, steps_text, when
from explorer.workbench.runs import LONGEST_NOTES, Row, Runs

_SAVE_MS = 600  # after the last key
_LINE = 14
_NOBODY = "Select a run to read its notes and to go on with it."


class RunDetails(QFrame):
    """Follows the selection of a table. Notes are kept as they are typed."""

    def __init__(self, runs: Runs, theme: Theme, table: RunTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs, self._theme, self._table = runs, theme, table
        self._key: str | None = None
        self._typed_last = ""
        self._loaded = ""  # the notes as they were when they were last read or written
        self.setObjectName("runDetails")
        self.setProperty("role", "panel")
        self.name = _label("title", "runDetailsName")
        self.line = _label("secondary", "runDetailsLine")
        self.line.setWordWrap(True)
        self.line.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.line.setMinimumHeight(2 * _LINE)  # so that nothing moves with the selection
        self.notes = QPlainTextEdit()
        self.notes.setObjectName("runNotes")
        self.notes.setProperty("role", "notes")
        self.notes.setAccessibleName("Notes on the selected run")
        self.notes.setToolTip("What you want to remember of this run; kept as you type")
        self.notes.setPlaceholderText("Notes: what you tried, and what came of it")
        self.notes.setTabChangesFocus(True)
        self._later = QTimer(self, singleShot=True, interval=_SAVE_MS)
        self._later.timeout.connect(self.save_notes)
        self.notes.textChanged.connect(self._typed)
        self.notes.installEventFilter(self)
        self._lay_out()
        table.chosen.connect(self._update)
        runs.counted.connect(self._write)
        self._update()

    def _lay_out(self) -> None:
        commands = self._table.commands
        self.buttons = [
            self._button("play", commands.resume, "primary"),
            self._button("duplicate", commands.duplicate),
            self._button("network", commands.best),
            self._button("folder", commands.folder),
            self._button("trash", commands.delete),
        ]
        grid = QGridLayout()
        grid.setSpacing(6)
        for place, button in enumerate(self.buttons):
            grid.addWidget(button, place // 2, place % 2)
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addWidget(self.name)
        left.addWidget(self.line)
        left.addSpacing(6)
        left.addLayout(grid)
        left.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 14, 12)
        row.setSpacing(16)
        row.addLayout(left, 2)
        row.addWidget(self.notes, 3)

    def _button(self, icon: str, action: QAction, role: str = "") -> QPushButton:
        button = IconButton(icon, self._theme, action.text(), role=role, icon_size=14)
        button.setObjectName(f"runDetails_{action.objectName().split('_')[-1]}")
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        button.setToolTip(f"{action.text()} ({keys} in the list)" if keys else action.text())
        button.clicked.connect(action.trigger)

        def follow() -> None:
            button.setEnabled(action.isEnabled())
            button.setText(action.text())
            button.setAccessibleName(action.text())

        action.changed.connect(follow)
        follow()
        return button

    # The selection

    def _update(self) -> None:
        rows = self._table.selected_rows()
        key = rows[0].record.key if rows else None
        if key != self._key:
            self.save_notes()
        notes = rows[0].record.notes if rows else ""
        if (key, notes) != (self._key, self._loaded):
            self._key, self._loaded = key, notes
            if self.notes.toPlainText() != notes:
                self.notes.setPlainText(notes)
            self._later.stop()
        self.notes.setEnabled(key is not None)
        self._write()

    def _write(self) -> None:
        rows = self._table.selected_rows()
        if not rows:
            self.name.setText("No run is selected")
            self.line.setText(_NOBODY)
            return
        self.name.setText(rows[0].record.name)
        self.line.setText(_about(rows[0]))

    # The notes

    def _typed(self) -> None:
        if len(self.notes.toPlainText()) > LONGEST_NOTES:
            self.notes.setPlainText(self._typed_last)  # what was pasted does not fit
            self.notes.moveCursor(QTextCursor.MoveOperation.End)
            return
        self._typed_last = self.notes.toPlainText()
        self._later.start()

    def save_notes(self) -> None:
        """Keep what is written now."""
        self._later.stop()
        text = self.notes.toPlainText()
        listed = {row.record.key for row in self._runs.rows}
        if self._key in listed and text != self._loaded:
            self._loaded = text
            self._runs.set_notes(self._key, text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the notes when the keyboard goes elsewhere."""
        if event.type() == QEvent.Type.FocusOut:
            self.save_notes()
        return super().eventFilter(watched, event)


def _about(row: Row) -> str:
    """Say in a sentence or two when the run was made and what can be done with it."""
    now = datetime.now().astimezone()
    steps = steps_text(row.results.steps)
    parts = [f"Begun {when(row.record.created, now)}; {state_text(row)} after {steps}."]
    if row.results.saved is None:
        parts.append("Its parameters were not kept.")
    elif not row.is_current:
        parts.append(f"Its parameters were kept {when(row.results.saved, now)}.")
    parts.append(f"Data: {row.record.data.name}.")
    return " ".join(parts)


def _label(role: str, name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
