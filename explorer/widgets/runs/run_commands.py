"""What can be done with the runs that are selected in a table: as a menu, and by keys."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QIcon, QKeySequence, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QFileDialog, QMenu, QWidget

from explorer.theme import Theme
from explorer.workbench.runs import COLOURS, Row, Runs

_TABLES = "Tables (*.csv)"


def ask_csv(parent: QWidget, runs: Runs) -> None:
    """Ask where to write the curves of the runs that the charts show, and write them."""
    path, _ = QFileDialog.getSaveFileName(parent, "Save the curves of the ticked runs", "runs.csv", _TABLES)
    if path:
        chosen = Path(path)
        keys = [row.record.key for row in runs.rows if row.visible]
        runs.export_csv(keys, chosen if chosen.suffix else chosen.with_suffix(".csv"))


def ask_folder(parent: QWidget, runs: Runs, key: str) -> None:
    """Ask where the folder of a run is to be written, and write it."""
    path = QFileDialog.getExistingDirectory(parent, "Export the run into a new folder in")
    if path:
        runs.export_folder(key, Path(path))


class RunCommands(QObject):
    """The actions of one table.

    Parameters
    ----------
    view : QAbstractItemView
        Gets the actions and their keys.
    selected : callable
        ``selected()`` returns the rows that are meant, the one with the keyboard first.
    """

    rename_requested = Signal()

    def __init__(
        self, runs: Runs, theme: Theme, view: QAbstractItemView, selected: Callable[[], list[Row]]
    ) -> None:
        super().__init__(view)
        self._runs, self._theme, self._view, self._selected = runs, theme, view, selected
        self.rename = self._add("Rename", "rename", self.rename_requested.emit, "F2")
        self.resume = self._add("Go on with this run", "resume", self._each(runs.resume), "Ctrl+Return")
        self.duplicate = self._add("Duplicate and edit", "duplicate", self._each(runs.duplicate), "Ctrl+D")
        self.best = self._add("Open its best parameters", "best", self._each(runs.open_best))
        self.folder = self._add(
            "Export as a folder…", "folder", self._each(lambda key: ask_folder(view, runs, key))
        )
        self.csv = self._add("Save the ticked runs as CSV…", "csv", lambda: ask_csv(view, runs), "Ctrl+E")
        self.delete = self._add("Delete", "delete", self._delete, QKeySequence.StandardKey.Delete)
        self.undo = self._add("Undo delete", "undo", runs.undo_delete, QKeySequence.StandardKey.Undo)
        self.rename.setToolTip("Give the selected run another name (F2)")
        self.refresh()

    def _add(
        self,
        text: str,
        name: str,
        action: Callable[[], object],
        keys: str | QKeySequence.StandardKey | None = None,
    ) -> QAction:
        made = QAction(text, self)
        made.setObjectName(f"{self._view.objectName()}_{name}")
        if keys is not None:
            made.setShortcut(QKeySequence(keys))
            made.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        made.triggered.connect(lambda checked=False: action())
        self._view.addAction(made)
        return made

    def _each(self, action: Callable[[str], object]) -> Callable[[], None]:
        def do() -> None:
            rows = self._selected()
            if rows:
                action(rows[0].record.key)

        return do

    def _delete(self) -> None:
        self._runs.delete([row.record.key for row in self._selected()])

    def refresh(self) -> None:
        """Offer what can be done with the selected runs."""
        rows = self._selected()
        first = rows[0] if rows else None
        saved = first is not None and first.results.saved is not None
        self.rename.setEnabled(first is not None)
        self.resume.setEnabled(saved and not first.is_current)
        self.duplicate.setEnabled(first is not None)
        self.best.setEnabled(saved)
        self.folder.setEnabled(first is not None)
        self.csv.setEnabled(bool(self._runs.rows))
        self.delete.setEnabled(any(self._runs.can_delete(row.record.key) for row in rows))
        self.delete.setText("Delete" if len(rows) < 2 else f"Delete {len(rows)} runs")
        self.undo.setEnabled(bool(self._runs.deleted))

    def menu(self) -> QMenu:
        """Return a menu of all this; whoever shows it sees to its end."""
        self.refresh()
        menu = QMenu(self._view)
        menu.setObjectName(f"{self._view.objectName()}_menu")
        menu.addActions([self.rename, self.resume, self.duplicate, self.best])
        rows = self._selected()
        if rows:
            menu.addMenu(self._colours(rows[0], menu))
        menu.addSeparator()
        menu.addActions([self.folder, self.csv])
        menu.addSeparator()
        menu.addActions([self.delete, self.undo])
        return menu

    def _colours(self, row: Row, parent: QMenu) -> QMenu:
        menu = QMenu("Colour in the charts", parent)
        for place, token in enumerate(COLOURS, start=1):
            action = menu.addAction(self._swatch(token), f"Colour {place}")
            action.setCheckable(True)
            action.setChecked(token == row.record.colour)
            action.triggered.connect(partial(self._paint, row.record.key, token))
        return menu

    def _paint(self, key: str, token: str, checked: bool = True) -> None:
        self._runs.set_colour(key, token)

    def _swatch(self, token: str) -> QIcon:
        ratio = self._view.devicePixelRatioF()
        pixmap = QPixmap(round(14 * ratio), round(14 * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(token))
        painter.drawRoundedRect(1, 1, 12, 12, 3, 3)
        painter.end()
        return QIcon(pixmap)
