"""Precision, recall and F1 of each class, as a table."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from cnncore import class_scores
from explorer.numbers import format_count, format_percent
from explorer.theme import Theme

_ROOT = QModelIndex()
COLUMNS = ("Class", "Precision", "Recall", "F1", "Images")
_MEANINGS = (
    "The class",
    "Part of the images taken for the class that are of it",
    "Part of the images of the class that are taken for it",
    "Harmonic mean of precision and recall",
    "Validation images of the class",
)
_LEAST_ROW, _MOST_ROW = 13, 24
_ROOM_FOR_IMAGES = 225
_PADDING = 3
"""Left and right of a text: what Qt leaves around a cell's."""


def share_text(share: float) -> str:
    """Write a share as "95.3 %", and "–" when there was nothing to divide by."""
    return format_percent(share) if math.isfinite(share) else "–"


class ClassModel(QAbstractTableModel):
    """A row for each class; the lowest value of each column stands out."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.narrow = False
        self.names: tuple[str, ...] = ()
        self.scores = np.empty((0, 3))
        self.images: np.ndarray | None = None
        theme.changed.connect(self._repaint)

    def set_data(self, confusion: np.ndarray | None, names: tuple[str, ...]) -> None:
        """Show the scores of a confusion matrix (K, K), or dashes when there is none."""
        if names != self.names:
            self.beginResetModel()
            self.names = names
            self._compute(confusion)
            self.endResetModel()
            return
        self._compute(confusion)
        self._repaint()

    @property
    def font_size(self) -> int:
        """Size of the figures and of the words above them, in pixels."""
        return 10 if self.narrow else 11

    def set_narrow(self, narrow: bool) -> None:
        """Write smaller, and no word above the classes, where a class has room for a digit only."""
        self.narrow = narrow
        self._repaint()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 0)

    def _compute(self, confusion: np.ndarray | None) -> None:
        self.scores = np.full((len(self.names), 3), np.nan)
        self.images = None if confusion is None else confusion.sum(axis=1)
        if confusion is not None:
            found = class_scores(confusion)
            self.scores = np.stack([found.precision, found.recall, found.f1], axis=1)

    def _repaint(self) -> None:
        if self.names:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.names) - 1, len(COLUMNS) - 1))

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.names)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def text(self, row: int, column: int) -> str:
        """Return what a cell says."""
        if column == 0:
            return self.names[row]
        if column == len(COLUMNS) - 1:
            return "–" if self.images is None else format_count(int(self.images[row]))
        return share_text(self.scores[row, column - 1])

    def is_lowest(self, row: int, column: int) -> bool:
        """Whether a score is the lowest of its column and not shared by all."""
        if not 1 <= column <= 3:
            return False
        scores = self.scores[:, column - 1]
        known = scores[np.isfinite(scores)]
        return known.size > 0 and scores[row] == known.min() < known.max()

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{COLUMNS[column]} {self.text(row, column)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._explain(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole:
            faint = column == len(COLUMNS) - 1
            return self._theme.color("warn" if self.is_lowest(row, column) else "text2" if faint else "text")
        if role == Qt.ItemDataRole.FontRole:
            return self._theme.font(
                self.font_size, 600 if column == 0 or self.is_lowest(row, column) else 400
            )
        return None

    def _explain(self, row: int, column: int) -> str:
        lowest = ", the lowest of all classes" if self.is_lowest(row, column) else ""
        return f"Class {self.names[row]}, {COLUMNS[column]}: {self.text(row, column)}{lowest}"

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return "" if self.narrow and section == 0 else COLUMNS[section]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return COLUMNS[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return _MEANINGS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section == 0 else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


class ClassTable(QTableView):
    """The table. Its rows share the height; the row under the cursor or the keyboard is told of."""

    hovered = Signal(object)
    """The row under the cursor or the keyboard, None for none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.scores = ClassModel(theme, self)
        self.setModel(self.scores)
        self.setObjectName("classTable")
        self.setAccessibleName("Precision, recall and F1 of each class")
        self.setAccessibleDescription("Up and Down move over the classes.")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(_LEAST_ROW)
        head = self.horizontalHeader()
        head.setMinimumSectionSize(16)
        head.setSectionsClickable(False)
        head.setHighlightSections(False)
        self.entered.connect(lambda index: self.hovered.emit(index.row()))
        self.scores.modelReset.connect(self._fit)
        theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        """Draw the table without frames, selected rows in the soft accent."""
        tokens = self._theme.tokens
        self.setStyleSheet(
            "QTableView { border: none; padding: 0; background: transparent; }"
            "QTableView::item { border: none; padding: 0; }"
            f"QTableView::item:selected {{ background: {tokens.accent_soft}; }}"
            "QHeaderView { background: transparent; border: none; }"
            f"QHeaderView::section {{ background: transparent; border: none; color: {tokens.text2};"
            f" font-size: {self.scores.font_size}px; font-weight: 400; padding: 0 {_PADDING}px; }}"
        )

    def sizeHint(self) -> QSize:
        return QSize(230, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(150, 130)

    def _fit(self) -> None:
        """Share the height evenly; a narrow panel leaves the number of images to the words about a row."""
        rows = max(len(self.scores.names), 1)
        header = min(max(self.height() // (rows + 1), _LEAST_ROW), _MOST_ROW)
        self.horizontalHeader().setFixedHeight(header)
        room = (self.height() - header) // rows
        self.verticalHeader().setDefaultSectionSize(min(max(room, _LEAST_ROW), _MOST_ROW))
        self._share_width()

    def _share_width(self) -> None:
        """Share the width evenly, but give each score what it needs; a narrow class gets the rest."""
        narrow = self.width() < _ROOM_FOR_IMAGES
        self.setColumnHidden(len(COLUMNS) - 1, narrow)
        head = self.horizontalHeader()
        if narrow != self.scores.narrow:
            self.scores.set_narrow(narrow)
            self._dress()
        size = self.scores.font_size
        plain, strong = QFontMetrics(self._theme.font(size)), QFontMetrics(self._theme.font(size, 600))
        for column, name in enumerate(COLUMNS):
            fixed = 1 <= column <= 3
            mode = QHeaderView.ResizeMode.Fixed if fixed else QHeaderView.ResizeMode.Stretch
            head.setSectionResizeMode(column, mode)
            if fixed:
                # A score of 100 % is never the lowest, and only the lowest is bold.
                widest = max(
                    plain.horizontalAdvance(name),
                    plain.horizontalAdvance("100.0 %"),
                    strong.horizontalAdvance("99.9 %"),
                )
                share = 0 if narrow else self.width() // len(COLUMNS)
                head.resizeSection(column, max(widest + 2 * _PADDING + 1, share))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        super().currentChanged(current, previous)
        self.hovered.emit(current.row() if current.isValid() else None)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered.emit(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectRow(max(self.currentIndex().row(), 0))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.clearSelection()
        self.hovered.emit(None)
