"""A table of runs with its tick boxes, names to edit, menu and keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QMenu, QTableView, QWidget

from explorer.theme import Theme
from explorer.workbench.runs import Row, Runs

from .columns import Column
from .name_delegate import NameDelegate
from .run_commands import RunCommands
from .run_model import ROW, SORT, RunTableModel

ROW_HEIGHT, TALL_ROW, HEADER_HEIGHT = 32, 37, 24
_FIGURE, _PADDING = 60, 6


class RunTable(QTableView):
    """Space shows or hides the run, F2 or a double click renames it; the rest is in the menu.

    Parameters
    ----------
    name : str
        The object's name.
    columns : callable
        ``columns(rows)`` gives the columns.
    two_lines : bool
        Whether the seed and the steps stand below each name.
    sortable : bool
        Whether a click on a column's title sorts by it.
    """

    chosen = Signal()
    """Other runs are selected, or the selected ones have changed."""

    def __init__(
        self,
        runs: Runs,
        theme: Theme,
        name: str,
        columns: Callable[[Sequence[Row]], Sequence[Column]],
        *,
        two_lines: bool = False,
        sortable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName("Runs")
        self.runs, self._theme = runs, theme
        self.source = RunTableModel(runs, theme, columns, self)
        self._proxy = _ByValue(self) if sortable else None
        if self._proxy is not None:
            self._proxy.setSourceModel(self.source)
        self._kept: list[str] = []
        self.setModel(self._proxy or self.source)
        self._set_up(two_lines, sortable)
        self.delegate = NameDelegate(theme, two_lines, self)
        self.setItemDelegateForColumn(0, self.delegate)
        self.commands = RunCommands(runs, theme, self, self.selected_rows)
        self.commands.rename_requested.connect(self.rename)
        model = self.model()
        model.modelAboutToBeReset.connect(self._keep_selection)
        model.modelReset.connect(self._restore_selection)
        model.modelReset.connect(self._size_columns)
        runs.changed.connect(self._tell)
        self.selectionModel().selectionChanged.connect(self._tell)
        self._size_columns()

    def _set_up(self, two_lines: bool, sortable: bool) -> None:
        self.setProperty("role", "runs")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(20)
        self.verticalHeader().setDefaultSectionSize(TALL_ROW if two_lines else ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(sortable)
        header.setMinimumSectionSize(36)
        header.setFixedHeight(HEADER_HEIGHT)
        if self._proxy is not None:
            self.setSortingEnabled(True)
            header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            header.setSortIndicatorClearable(True)
            self._proxy.sort(-1)

    def _size_columns(self) -> None:
        header = self.horizontalHeader()
        if self._proxy is None:  # a narrow list: what the figures do not need is for the name
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setDefaultSectionSize(_FIGURE)
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        else:
            for place in range(self.model().columnCount()):
                self.setColumnWidth(place, self._width_of(place))

    def _width_of(self, place: int) -> int:
        """Return what a column needs, with room for the arrow of the sorted one."""
        title = self.source.columns[place].title
        head = QFontMetrics(self._theme.font(11)).horizontalAdvance(f"{title} ↓") + 2 * _PADDING
        return max(head, self.sizeHintForColumn(place) + _PADDING)

    # The selection

    def selected_rows(self) -> list[Row]:
        """Return the selected runs, the one with the keyboard first."""
        places = self.selectionModel().selectedRows(0)
        current = self.currentIndex().row()
        places.sort(key=lambda place: (place.row() != current, place.row()))
        return [place.data(ROW) for place in places]

    def select(self, key: str) -> None:
        """Select one run. Raises KeyError when it is not listed."""
        for place in range(self.model().rowCount()):
            if self.model().index(place, 0).data(ROW).record.key == key:
                self.selectRow(place)
                return
        raise KeyError(key)

    def _keep_selection(self) -> None:
        self._kept = [row.record.key for row in self.selected_rows()]

    def _restore_selection(self) -> None:
        listed = {row.record.key for row in self.source.rows}
        if self._kept and self._kept[0] in listed:
            self.select(self._kept[0])

    def _tell(self, *_: object) -> None:
        self.commands.refresh()
        self.chosen.emit()

    # What the person does

    def rename(self) -> None:
        """Edit the name of the selected run, of the first one where none is selected."""
        if not self.model().rowCount():
            return
        row = self.currentIndex().row() if self.selectionModel().hasSelection() else 0
        index = self.model().index(row, 0)
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectRow(row)
        self.edit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.currentIndex().isValid():
            row = self.currentIndex().row()
            self.delegate.toggle(self.model(), self.model().index(row, 0))
        elif event.key() == Qt.Key.Key_Escape and self.selectionModel().hasSelection():
            self.clearSelection()
        else:
            super().keyPressEvent(event)

    def menu(self) -> QMenu:
        """Return what can be done here; whoever shows it sees to its end."""
        menu = self.commands.menu()
        if self._proxy is not None:
            menu.addSeparator()
            menu.addMenu(self._sort_menu(menu))
        return menu

    def _sort_menu(self, parent: QMenu) -> QMenu:
        """A column's title is for the mouse; this is for the keyboard."""
        menu = QMenu("Sort by", parent)
        menu.setObjectName(f"{self.objectName()}_sort")
        for place, column in enumerate(self.source.columns):
            action = menu.addAction(column.title)
            action.setCheckable(True)
            action.setChecked(place == self._proxy.sortColumn())
            action.setToolTip(column.tip)
            action.triggered.connect(partial(self._sort_by, place))
        return menu

    def _sort_by(self, place: int, checked: bool = True) -> None:
        """Sort by a column, the other way round when it was sorted by it before."""
        before = self._proxy.sortColumn(), self._proxy.sortOrder()
        ascending = before != (place, Qt.SortOrder.AscendingOrder)
        self.sortByColumn(place, Qt.SortOrder.AscendingOrder if ascending else Qt.SortOrder.DescendingOrder)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at = event.pos()
        if event.reason() != QContextMenuEvent.Reason.Mouse:
            at = self.visualRect(self.currentIndex()).bottomLeft()
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.viewport().mapToGlobal(at))


class _ByValue(QSortFilterProxyModel):
    """Sorts by the values behind the texts; runs that lack one come last, whichever way."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setSortRole(SORT)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        title = super().headerData(section, orientation, role)
        if role == Qt.ItemDataRole.DisplayRole and section == self.sortColumn():
            return f"{title} {'↑' if self.sortOrder() == Qt.SortOrder.AscendingOrder else '↓'}"
        return title

    def lessThan(
        self, left: QModelIndex | QPersistentModelIndex, right: QModelIndex | QPersistentModelIndex
    ) -> bool:
        first, second = left.data(SORT), right.data(SORT)
        if first is None or second is None:
            ascending = self.sortOrder() == Qt.SortOrder.AscendingOrder
            return (first is not None) if ascending else (second is not None)
        if isinstance(first, str | int | float) and type(first) is type(second):
            return (first.lower() < second.lower()) if isinstance(first, str) else first < second
        return str(first) < str(second)
