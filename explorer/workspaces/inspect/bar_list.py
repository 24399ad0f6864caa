"""Rows of numbers with a bar: the terms of a long sum, or the classes of a softmax."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from explorer.theme import Theme

from .texts import RIGHT, draw_text, text_width

_ROW, _TALL_ROW, _HEAD = 22, 34, 20
_GAP, _MEASURED = 12.0, 16


@dataclass(frozen=True)
class BarRow:
    """One row: its key, what stands in its columns, and how long its bar is, −1 to 1."""

    key: int
    columns: tuple[str, ...]
    share: float


class _Body(QWidget):
    chosen = Signal(int)
    hovered = Signal(int)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.heads: tuple[str, ...] = ()
        self.tokens: tuple[str, ...] = ()
        self.rows: tuple[BarRow, ...] = ()
        self.signed = True
        self.row_height = _ROW
        self.focused: int | None = None
        self.lit: int | None = None
        self._under: int | None = None
        self._widths: tuple[float, ...] = ()
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(360, _HEAD + self.row_height * len(self.rows))

    def column_edges(self) -> tuple[list[float], float]:
        """Return the right edges of the columns, and where the bars begin."""
        share = 0.56 * self.width() / max(len(self.heads), 1)
        pitch = min(max(share, 50.0), 86.0)
        edges = list(accumulate(max(pitch, width) for width in self._widths))
        if edges and edges[-1] > 0.8 * self.width():
            edges = list(accumulate(self._widths))
        return [edge - 8 for edge in edges], (edges[-1] if edges else 0.0) + 8

    def measure(self) -> None:
        """Take note of how much room the texts need; numbers of one column are about equally long."""
        self._widths = tuple(
            max(
                text_width(head, 10) + _GAP,
                *(text_width(row.columns[place], 12, 600) + _GAP for row in self.rows[:_MEASURED]),
                0.0,
            )
            for place, head in enumerate(self.heads)
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = self._theme
        edges, bars = self.column_edges()
        for edge, head in zip(edges, self.heads, strict=True):
            draw_text(painter, theme, QRectF(edge - 90, 0, 90, _HEAD), head, "text2", 10, place=RIGHT)
        first = max((event.rect().top() - _HEAD) // self.row_height, 0)
        last = min((event.rect().bottom() - _HEAD) // self.row_height, len(self.rows) - 1)
        for place in range(first, last + 1):
            self._paint_row(painter, place, edges, bars)

    def _paint_row(self, painter: QPainter, place: int, edges: list[float], bars: float) -> None:
        theme, row = self._theme, self.rows[place]
        top = _HEAD + place * self.row_height
        focused = row.key == self.focused
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if focused or row.key == self.lit:
            painter.setBrush(theme.color("accent_soft") if focused else Qt.BrushStyle.NoBrush)
            painter.setPen(Qt.PenStyle.NoPen if focused else QPen(theme.color("text"), 1.4))
            painter.drawRoundedRect(QRectF(1, top + 1, self.width() - 2, self.row_height - 2), 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        weight = 600 if focused else 400
        for edge, text, token in zip(edges, row.columns, self.tokens, strict=True):
            ink = "accent_ink" if focused and token == "text" else token
            draw_text(
                painter, theme, QRectF(edge - 90, top, 90, self.row_height), text, ink, 12, weight, RIGHT
            )
        room = self.width() - bars - 8
        zero = bars + room / 2 if self.signed else bars
        reach = room / 2 if self.signed else room
        painter.fillRect(QRectF(bars, top + 6, room, self.row_height - 12), theme.color("grid"))
        length = max(min(row.share, 1.0), -1.0) * reach
        color = QColor.fromRgb(int(theme.signed[128 + 63 if length >= 0 else 128 - 63]))
        if not self.signed:
            color = theme.color("accent" if focused else "text3")
        painter.fillRect(
            QRectF(min(zero, zero + length), top + 6, max(abs(length), 1), self.row_height - 12), color
        )

    def row_at(self, y: float) -> int | None:
        """Return the key of the row at a height."""
        place = int((y - _HEAD) // self.row_height)
        return self.rows[place].key if 0 <= place < len(self.rows) else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        key = self.row_at(event.position().y())
        if key != self._under:
            self._under = key
            self.left.emit() if key is None else self.hovered.emit(key)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        key = self.row_at(event.position().y())
        if key is not None:
            self.chosen.emit(key)

    def leaveEvent(self, event: QEvent) -> None:
        self._under = None
        self.left.emit()
        super().leaveEvent(event)


class BarList(QScrollArea):
    """Columns of numbers, and a bar at the right end; scrolls where there are many rows."""

    chosen = Signal(int)
    hovered = Signal(int)
    left = Signal()

    def __init__(
        self, theme: Theme, name: str, columns: Sequence[tuple[str, str]], signed: bool = True
    ) -> None:
        super().__init__()
        self.body = _Body(theme)
        self.body.heads = tuple(head for head, _ in columns)
        self.body.tokens = tuple(token for _, token in columns)
        self.body.signed = signed
        self.body.measure()
        self.setAccessibleName(name)
        self.setWidget(self.body)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setStyleSheet("QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }")
        for signal in ("chosen", "hovered", "left"):
            getattr(self.body, signal).connect(getattr(self, signal))

    @property
    def rows(self) -> tuple[BarRow, ...]:
        """The rows."""
        return self.body.rows

    def set_rows(self, rows: Sequence[BarRow], focused: int | None = None) -> None:
        """Show these rows and mark one by its key."""
        body = self.body
        other = len(rows) != len(body.rows)
        body.rows, body.focused = tuple(rows), focused
        body.measure()
        if other:
            self._fit()
        body.update()

    def _fit(self) -> None:
        """Few rows take the room there is."""
        body = self.body
        room = (self.viewport().height() - _HEAD) // max(len(body.rows), 1)
        body.row_height = min(max(room, _ROW), _TALL_ROW)
        body.setFixedHeight(_HEAD + body.row_height * len(body.rows))

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._fit()

    def set_lit(self, key: int | None) -> None:
        """Frame the row whose partner is under the mouse elsewhere."""
        if key != self.body.lit:
            self.body.lit = key
            self.body.update()

    def reveal(self, key: int) -> None:
        """Scroll to a row."""
        height = self.body.row_height
        for place, row in enumerate(self.body.rows):
            if row.key == key:
                self.ensureVisible(0, _HEAD + place * height + height // 2, 0, height)
