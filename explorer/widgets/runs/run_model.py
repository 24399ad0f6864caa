"""The runs as a table that views can show: sorted by nothing, edited in its first column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from explorer.theme import Theme
from explorer.workbench.runs import Row, Runs

from .columns import Column, subtitle, usual_texts

SORT = Qt.ItemDataRole.UserRole
ROW = Qt.ItemDataRole.UserRole + 1
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_CHECKED, _UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked


class RunTableModel(QAbstractTableModel):
    """One row a run. `columns` gives the columns for the runs there are."""

    def __init__(
        self,
        runs: Runs,
        theme: Theme,
        columns: Callable[[Sequence[Row]], Sequence[Column]],
        parent: Any = None,
    ) -> None:
        super().__init__(parent)
        self._runs, self._theme, self._columns_for = runs, theme, columns
        self.rows: tuple[Row, ...] = ()
        self.columns: tuple[Column, ...] = tuple(columns(()))
        self._usual: dict[str, str] = {}
        runs.changed.connect(self._update)
        runs.counted.connect(self._count)
        theme.changed.connect(self._repaint)
        self._update()

    def _update(self) -> None:
        rows = self._runs.rows
        columns = tuple(self._columns_for(rows))
        same = [row.record.key for row in rows] == [row.record.key for row in self.rows]
        if same and columns == self.columns:
            self.rows, self._usual = rows, usual_texts(columns, rows)
            self._repaint()
            return
        self.beginResetModel()
        self.rows, self.columns, self._usual = rows, columns, usual_texts(columns, rows)
        self.endResetModel()

    def _count(self) -> None:
        """Follow the steps of the run of the workbench, of which there are many a second."""
        key = self._runs.current
        if self.rows and self.rows[0].record.key == key:
            self.rows = (self._runs.row(key), *self.rows[1:])
            self.dataChanged.emit(self.index(0, 0), self.index(0, len(self.columns) - 1))

    def _repaint(self) -> None:
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(self.columns) - 1))

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tip
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self.rows[index.row()], self.columns[index.column()]
        if role == ROW:
            return row
        if role == SORT:
            return column.value(row)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return column.text(row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.CheckStateRole and column.key == "name":
            return _CHECKED if row.visible else _UNCHECKED
        if role == Qt.ItemDataRole.AccessibleTextRole:
            running = ", running" if row.is_running else ""
            return (
                f"{row.record.name}{running}, {subtitle(row)}" if column.key == "name" else column.text(row)
            )
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(row, column)
        return self._dress(row, column, role)

    def _dress(self, row: Row, column: Column, role: int) -> object:
        """Let what differs from most runs stand out, and what all runs have in common step back."""
        if not column.is_setting:
            return None
        usual = self._usual.get(column.key)
        differs = usual is not None and column.text(row) != usual
        if role == Qt.ItemDataRole.FontRole:
            return self._theme.font(12, 600 if differs else 400)
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._theme.color(
                "text" if differs or len(self.rows) < 2 else "text3" if usual is None else "text2"
            )
        return None

    @staticmethod
    def _tip(row: Row, column: Column) -> str:
        if column.key != "name":
            return f"{column.tip}: {column.text(row)}"
        shown = "shown in the charts" if row.visible else "hidden in the charts"
        notes = f"\n{row.record.notes[:300]}" if row.record.notes else ""
        return f"{row.record.name}: {subtitle(row)}, {shown}{notes}"

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if self.columns[index.column()].key == "name":
            flags |= Qt.ItemFlag.ItemIsEditable
            if not self.rows[index.row()].is_current:
                flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        key = self.rows[index.row()].record.key
        if role == Qt.ItemDataRole.EditRole:
            self._runs.rename(key, str(value))
            return True
        if role == Qt.ItemDataRole.CheckStateRole:
            self._runs.set_visible(key, Qt.CheckState(value) == _CHECKED)
            return True
        return False


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
