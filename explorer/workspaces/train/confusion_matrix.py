"""The confusion matrix: which digit is taken for which, over the validation images."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.imaging import text_on
from explorer.theme import Theme
from explorer.widgets.chart_curves import mix

Cell = tuple[int, int]
_WEAKEST = 0.22
"""Colour of the rarest mistake on the map: a single one must be seen."""


def mistake_strength(count: int, largest: int) -> float:
    """Return where on the colour map (0 to 1) a cell with `count` mistakes stands, 0 for none."""
    return 0.0 if count == 0 else _WEAKEST + (1 - _WEAKEST) * count / largest


def cell_colors(confusion: np.ndarray, theme: Theme) -> list[list[QColor]]:
    """Return the colour of each cell: the diagonal in grey by the share that is right, mistakes by number."""
    paper = QColor.fromRgb(int(theme.non_negative[0]))
    grey = mix(theme.color("text2"), theme.color("text3"), 0.5)
    mistakes = confusion - np.diag(np.diag(confusion))
    largest = int(mistakes.max(initial=0))
    colors = []
    for true, row in enumerate(confusion.tolist()):
        total = sum(row)
        line = []
        for predicted, count in enumerate(row):
            if predicted == true:
                line.append(mix(grey, paper, 0.1 + 0.9 * count / total) if count else paper)
            else:
                place = round(255 * mistake_strength(count, largest)) if count else 0
                line.append(QColor.fromRgb(int(theme.non_negative[place])))
        colors.append(line)
    return colors


class ConfusionMatrix(QWidget):
    """The matrix. Rows are true, columns predicted; arrows move over the cells, Enter chooses one."""

    hovered = Signal(object)
    chosen = Signal(object)
    """The cell (true, predicted) whose images are to be listed, None for all mistakes."""

    _LEFT, _TOP, _BOTTOM = 30, 2, 34

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._confusion: np.ndarray | None = None
        self._names: tuple[str, ...] = ()
        self._colors: list[list[QColor]] = []
        self._hover: Cell | None = None
        self._chosen: Cell | None = None
        self.setObjectName("confusionMatrix")
        self.setAccessibleName("Confusion matrix")
        self.setAccessibleDescription("Arrow keys move over the cells, Enter lists the images of a cell.")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumSize(150, 130)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self._recolour)

    def sizeHint(self) -> QSize:
        return QSize(230, 220)

    def set_data(self, confusion: np.ndarray | None, names: tuple[str, ...]) -> None:
        """Show a matrix (K, K) of counts, or the empty frame when there is none."""
        self._confusion, self._names = confusion, names
        if self._chosen is not None and max(self._chosen) >= len(names):
            self.choose(None)
        self._recolour()

    def _recolour(self) -> None:
        self._colors = [] if self._confusion is None else cell_colors(self._confusion, self._theme)
        self.update()

    @property
    def chosen_cell(self) -> Cell | None:
        """The cell whose images are listed."""
        return self._chosen

    def choose(self, cell: Cell | None) -> None:
        """List the images of a cell; the chosen cell again or None lists all mistakes."""
        if cell == self._chosen:
            cell = None
        if cell != self._chosen:
            self._chosen = cell
            self.update()
            self.chosen.emit(cell)

    # Geometry

    def _side(self) -> int:
        classes = max(len(self._names), 1)
        room = min(self.width() - self._LEFT - 2, self.height() - self._TOP - self._BOTTOM)
        return max(room // classes, 4)

    def _origin(self) -> QPointF:
        width = self._LEFT + self._side() * len(self._names)
        return QPointF(self._LEFT + max((self.width() - width - 8) // 2, 0), self._TOP)

    def cell_rect(self, cell: Cell) -> QRectF:
        """Return a cell's place, with the gap to the next one."""
        side, origin = self._side(), self._origin()
        return QRectF(origin.x() + cell[1] * side, origin.y() + cell[0] * side, side, side)

    def _cell_at(self, position: QPointF) -> Cell | None:
        side, origin = self._side(), self._origin()
        column = int((position.x() - origin.x()) // side)
        row = int((position.y() - origin.y()) // side)
        inside = 0 <= row < len(self._names) and 0 <= column < len(self._names)
        return (row, column) if inside and self._confusion is not None else None

    # Mouse and keys

    def _set_hover(self, cell: Cell | None) -> None:
        if cell != self._hover:
            self._hover = cell
            self.update()
            self.hovered.emit(cell)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._set_hover(self._cell_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._set_hover(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self._set_hover(self._chosen or ((0, 0) if self._confusion is not None else None))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._set_hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.choose(self._cell_at(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        moves = {
            keys.Key_Left: (0, -1),
            keys.Key_Right: (0, 1),
            keys.Key_Up: (-1, 0),
            keys.Key_Down: (1, 0),
        }
        last = len(self._names) - 1
        if self._confusion is not None and event.key() in moves:
            row, column = self._hover or (0, -1)
            down, right = moves[keys(event.key())]
            self._set_hover((min(max(row + down, 0), last), min(max(column + right, 0), last)))
        elif event.key() in (keys.Key_Return, keys.Key_Enter) and self._hover is not None:
            self.choose(self._hover)
        elif event.key() == keys.Key_Escape and self._chosen is not None:
            self.choose(None)
        else:
            event.ignore()

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self._names:
            return
        self._draw_labels(painter)
        empty = QColor.fromRgb(int(self._theme.non_negative[0]))
        gap = 1 if self._side() >= 8 else 0
        for row in range(len(self._names)):
            for column in range(len(self._names)):
                box = self.cell_rect((row, column)).adjusted(0, 0, -gap, -gap)
                painter.fillRect(box, self._colors[row][column] if self._colors else empty)
        self._draw_counts(painter)
        for cell, token in ((self._chosen, "accent"), (self._hover, "text")):
            if cell is not None:
                painter.setPen(QPen(self._theme.color(token), 1.8))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.drawRoundedRect(self.cell_rect(cell).adjusted(0, 0, -1, -1), 2, 2)

    def _draw_labels(self, painter: QPainter) -> None:
        painter.setFont(self._theme.font(10 if self._side() < 14 else 11))
        painter.setPen(self._theme.color("text2"))
        centre = Qt.AlignmentFlag.AlignCenter
        side, last = self._side(), len(self._names) - 1
        for i, name in enumerate(self._names):
            row, column = self.cell_rect((i, 0)), self.cell_rect((last, i))
            painter.drawText(QRectF(row.left() - 16, row.top(), 12, side - 1), centre, name)
            painter.drawText(QRectF(column.left() - 4, column.bottom() + 2, side + 7, 14), centre, name)
        corner, bottom = self.cell_rect((0, 0)), self.cell_rect((last, 0)).bottom()
        width = side * len(self._names)
        painter.setFont(self._theme.font(11))
        painter.setPen(self._theme.color("text3"))
        painter.drawText(QRectF(corner.left(), bottom + 16, width, 16), centre, "predicted")
        painter.save()
        painter.translate(corner.left() - 24, corner.top() + width / 2)
        painter.rotate(-90)
        painter.drawText(QRectF(-40, -7, 80, 14), centre, "true")
        painter.restore()

    def _draw_counts(self, painter: QPainter) -> None:
        """Write the largest mistakes into their cells, where there is room."""
        if self._confusion is None or self._side() < 14:
            return
        mistakes = self._confusion - np.diag(np.diag(self._confusion))
        least = max(3, 0.6 * int(mistakes.max(initial=0)))
        painter.setFont(self._theme.font(10, 600))
        for row, column in np.argwhere(mistakes >= least).tolist():
            text = str(int(mistakes[row, column]))
            box = self.cell_rect((row, column)).adjusted(0, 0, -1, -1)
            if painter.fontMetrics().horizontalAdvance(text) <= box.width() - 1:
                painter.setPen(QColor(text_on(self._colors[row][column].name())))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
