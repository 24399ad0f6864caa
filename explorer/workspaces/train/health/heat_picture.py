"""Histograms over time: time along x, value along y, the darker the more numbers."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer import imaging
from explorer.numbers import format_count
from explorer.theme import Theme
from explorer.workspaces.train.health.heat import Heat

_LEFT, _RIGHT, _TOP, _BOTTOM = 38, 4, 6, 18
_KEYS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class HeatPicture(QWidget):
    """Draws a `Heat` as one image, one pixel for each bin of each measurement, scaled."""

    hovered = Signal(object)
    """Row and column under the cursor or the keyboard, None for none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._heat: Heat | None = None
        self._image = QImage()
        self._hover: tuple[int, int] | None = None
        self.setObjectName("healthHistograms")
        self.setAccessibleName("Histograms over time")
        self.setAccessibleDescription("Left and Right move in time, Up and Down over the values.")
        self.setToolTip(
            "Each column is a histogram. Up: larger values, logarithmic on both sides of 0. "
            "Darker: more of the numbers"
        )
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self._recolour)

    @property
    def heat(self) -> Heat | None:
        """What is shown."""
        return self._heat

    def set_heat(self, heat: Heat | None) -> None:
        """Show histograms, or empty axes."""
        self._heat = heat
        if self._hover is not None:
            row, column = self._hover
            inside = heat is not None and row < heat.shares.shape[0] and column < heat.shares.shape[1]
            self._set_hover((row, column) if inside else None)
        self._recolour()

    def _recolour(self) -> None:
        if self._heat is None:
            self._image = QImage()
        else:
            self._image = imaging.colour(self._heat.strengths(), self._theme.non_negative, 0.0, 1.0)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(190, 190)

    def plot_rect(self) -> QRectF:
        """Return where the picture is drawn."""
        width, height = self.width() - _LEFT - _RIGHT, self.height() - _TOP - _BOTTOM
        return QRectF(_LEFT, _TOP, max(width, 1), max(height, 1))

    def cell_at(self, position: QPointF) -> tuple[int, int] | None:
        """Return row and column at a place, None beside the picture."""
        plot = self.plot_rect()
        if self._heat is None or not plot.contains(position):
            return None
        rows, columns = self._heat.shares.shape
        row = int((position.y() - plot.top()) / plot.height() * rows)
        column = int((position.x() - plot.left()) / plot.width() * columns)
        return min(row, rows - 1), min(column, columns - 1)

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Return where a bin of a measurement is drawn."""
        plot, (rows, columns) = self.plot_rect(), self._heat.shares.shape
        wide, high = plot.width() / columns, plot.height() / rows
        return QRectF(plot.left() + column * wide, plot.top() + row * high, wide, high)

    def _set_hover(self, cell: tuple[int, int] | None) -> None:
        if cell != self._hover:
            self._hover = cell
            self.update()
            self.hovered.emit(cell)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._set_hover(self.cell_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._set_hover(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        by_key = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if by_key and self._heat is not None:
            rows, columns = self._heat.shares.shape
            self._set_hover((rows // 2, columns - 1))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._set_hover(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _KEYS.get(Qt.Key(event.key()))
        if step is None or self._heat is None:
            event.ignore()
            return
        rows, columns = self._heat.shares.shape
        row, column = self._hover or (rows // 2, columns - 1)
        self._set_hover((min(max(row + step[0], 0), rows - 1), min(max(column + step[1], 0), columns - 1)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme, plot = self._theme, self.plot_rect()
        if self._heat is not None:
            painter.drawImage(plot, self._image)
            self._paint_axes(painter, plot, self._heat)
        painter.setPen(QPen(theme.color("line2"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(plot.adjusted(-0.5, -0.5, 0.5, 0.5))
        if self._hover is not None:
            cell = self.cell_rect(*self._hover)
            painter.setPen(QPen(theme.color("panel"), 3))
            painter.drawRect(cell.adjusted(-1, -1, 1, 1))
            painter.setPen(QPen(theme.color("text"), 1.5))
            painter.drawRect(cell.adjusted(-1, -1, 1, 1))

    def _paint_axes(self, painter: QPainter, plot: QRectF, heat: Heat) -> None:
        painter.setFont(self._theme.font(10))
        painter.setPen(self._theme.color("text2"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for down, text in heat.ticks(max(int(plot.height() / 22), 3)):
            y = plot.top() + down * plot.height()
            painter.drawText(QRectF(0, y - 7, _LEFT - 5, 14), right, text)
        below = QRectF(plot.left(), plot.bottom() + 3, plot.width(), 14)
        first, last = (format_count(step) for step in (heat.steps[0], heat.steps[-1]))
        painter.drawText(below, right, f"step {last}")
        if len(heat.steps) > 1:
            painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, first)
