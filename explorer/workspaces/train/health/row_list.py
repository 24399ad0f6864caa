"""A list of layers, one row each, drawn by whoever derives from it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from explorer.theme import Theme

_KEYS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class RowList(QWidget):
    """Rows that share the height, between a least and a most; the row under mouse or keyboard is told of."""

    hovered = Signal(object, object)
    """The row under the cursor and how far along it, 0 to 1; None and None for nothing."""
    chosen = Signal(int)
    """A row that was clicked, or chosen with Enter."""

    least_height, most_height = 24, 54

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.rows: list = []
        self.current: int | None = None
        self._hover: tuple[int | None, float | None] = None, None
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def in_scroll_area(self) -> QScrollArea:
        """Return an area in which more rows than fit can be reached."""
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self)
        # The panel is seen through: a scroll area has its widget fill its ground.
        area.viewport().setAutoFillBackground(False)
        self.setAutoFillBackground(False)
        return area

    def set_rows(self, rows: list, current: int | None) -> None:
        """Show rows, one of which is the layer looked at."""
        if len(rows) != len(self.rows):
            self.setMinimumHeight(self.least_height * len(rows))
            if (self._hover[0] or 0) >= len(rows):
                self._set_hover(None, None)
        self.rows, self.current = rows, current
        self.setAccessibleDescription(
            ". ".join(self.spoken(row) for row in rows) + ". Up and Down move, Enter looks at a layer."
        )
        self.update()

    def spoken(self, row: object) -> str:
        """Return a row in words."""
        raise NotImplementedError

    def paint_row(self, painter: QPainter, area: QRectF, row: object, along: float | None) -> None:
        """Draw a row; `along` is where the mouse stands in it."""
        raise NotImplementedError

    @property
    def hover(self) -> tuple[int | None, float | None]:
        """The row under the cursor, and how far along it."""
        return self._hover

    def row_rect(self, place: int) -> QRectF:
        """Return where a row is drawn."""
        height = min(max(self.height() / max(len(self.rows), 1), self.least_height), self.most_height)
        return QRectF(0, place * height, self.width(), height)

    def track(self, area: QRectF) -> tuple[float, float]:
        """Return where the part of a row that the mouse reads begins, and its width."""
        return area.left(), area.width()

    def _at(self, position: QPointF) -> tuple[int | None, float | None]:
        for place in range(len(self.rows)):
            area = self.row_rect(place)
            if area.contains(position):
                left, width = self.track(area)
                along = (position.x() - left) / max(width, 1)
                return place, along if 0 <= along <= 1 else None
        return None, None

    def _set_hover(self, place: int | None, along: float | None) -> None:
        if (place, along) != self._hover:
            self._hover = place, along
            self.update()
            self.hovered.emit(place, along)

    def sizeHint(self) -> QSize:
        return QSize(190, 190)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._set_hover(*self._at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._set_hover(None, None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place, _ = self._at(event.position())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(self.rows[place].layer)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self._set_hover(0 if self.rows else None, None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._set_hover(None, None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, place = Qt.Key(event.key()), self._hover[0]
        if key in _KEYS and self.rows:
            start = place if place is not None else -1 if _KEYS[key] > 0 else len(self.rows)
            self._go_to(min(max(start + _KEYS[key], 0), len(self.rows) - 1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and place is not None:
            self.chosen.emit(self.rows[place].layer)
        else:
            event.ignore()

    def _go_to(self, place: int) -> None:
        self._set_hover(place, None)
        area = self.parentWidget().parentWidget() if self.parentWidget() else None
        if isinstance(area, QScrollArea):
            centre = self.row_rect(place).center().toPoint()
            area.ensureVisible(centre.x(), centre.y(), 0, self.least_height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, row in enumerate(self.rows):
            area = self.row_rect(place)
            is_hovered = place == self._hover[0]
            if row.layer == self.current or is_hovered:
                painter.setPen(Qt.PenStyle.NoPen)
                token = "accent_soft" if row.layer == self.current else "panel2"
                painter.setBrush(self.theme.color(token))
                painter.drawRoundedRect(area.adjusted(0.5, 1, -0.5, -1), 4, 4)
            self.paint_row(painter, area, row, self._hover[1] if is_hovered else None)
            if is_hovered and self.hasFocus():
                painter.setPen(QPen(self.theme.color("accent"), 1.5))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(area.adjusted(1, 1.5, -1, -1.5), 4, 4)
