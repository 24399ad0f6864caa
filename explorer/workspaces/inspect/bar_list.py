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
_LEAST_BAR = 20.0
"""A bar with less room than this would tell nothing: it is left out."""


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
        self.spare: tuple[int, ...] = ()
        self.offset = 0
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(360, _HEAD + self.row_height * len(self.rows))

    def columns_shown(self) -> list[int]:
        """Return the places of the columns there is room for: a number is never cut, a column left out."""
        shown = list(range(len(self.heads)))
        for place in self.spare:
            if sum(self._widths[k] for k in shown) <= self.width():
                break
            shown.remove(place)
        return shown

    def column_edges(self) -> tuple[list[float], float]:
        """Return the right edges of the columns that are shown, and where the bars begin."""
        widths = [self._widths[place] for place in self.columns_shown()]
        pitch = min(max(0.56 * self.width() / max(len(widths), 1), 50.0), 86.0)
        edges = list(accumulate(max(pitch, width) for width in widths))
        if edges and edges[-1] > 0.8 * self.width():
            edges = list(accumulate(widths))
        return [edge - 8 for edge in edges], (edges[-1] if edges else 0.0) + 8

    def measure(self) -> None:
        """Take note of how much room the texts need; numbers of one column are about equally long."""
        self._widths = tuple(self._need(place) for place in range(len(self.heads)))

    def _need(self, place: int) -> float:
        texts = [row.columns[place] for row in self.rows]
        longest = [*texts[:_MEASURED], max(texts, key=len, default="")]
        return max(text_width(self.heads[place], 10), *(text_width(text, 12, 600) for text in longest)) + _GAP

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = self._theme
        edges, bars = self.column_edges()
        shown = self.columns_shown()
        for place, edge in zip(shown, edges, strict=True):
            room = QRectF(edge - 90, self.offset, 90, _HEAD)
            draw_text(painter, theme, room, self.heads[place], "text2", 10, place=RIGHT)
        painter.setClipRect(0, self.offset + _HEAD, self.width(), self.height())
        first = max((event.rect().top() - _HEAD) // self.row_height, 0)
        last = min((event.rect().bottom() - _HEAD) // self.row_height, len(self.rows) - 1)
        for place in range(first, last + 1):
            self._paint_row(painter, place, shown, edges, bars)

    def _paint_row(
        self, painter: QPainter, place: int, shown: list[int], edges: list[float], bars: float
    ) -> None:
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
        for column, edge in zip(shown, edges, strict=True):
            text, token = row.columns[column], self.tokens[column]
            ink = "accent_ink" if focused and token == "text" else token
            draw_text(
                painter, theme, QRectF(edge - 90, top, 90, self.row_height), text, ink, 12, weight, RIGHT
            )
        room = self.width() - bars - 8
        if room >= _LEAST_BAR:
            self._paint_bar(painter, row, top, bars, room)

    def _paint_bar(self, painter: QPainter, row: BarRow, top: int, bars: float, room: float) -> None:
        theme, focused = self._theme, row.key == self.focused
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
        if y < self.offset + _HEAD:
            return None
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
    """Columns of numbers, and a bar at the right end; scrolls where there are many rows.

    The heading stays in view. `spare` are the columns that may be left out where room is short, first to go
    first.
    """

    chosen = Signal(int)
    hovered = Signal(int)
    left = Signal()

    def __init__(
        self,
        theme: Theme,
        name: str,
        columns: Sequence[tuple[str, str]],
        signed: bool = True,
        spare: Sequence[int] = (),
    ) -> None:
        super().__init__()
        self.body = _Body(theme)
        self.body.heads = tuple(head for head, _ in columns)
        self.body.tokens = tuple(token for _, token in columns)
        self.body.signed, self.body.spare = signed, tuple(spare)
        self._revealed: int | None = None
        self.body.measure()
        self.setAccessibleName(name)
        self.setWidget(self.body)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._on_scroll)
        bar.rangeChanged.connect(self._reveal_again)
        self.setStyleSheet("QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }")
        for signal in ("chosen", "hovered", "left"):
            getattr(self.body, signal).connect(getattr(self, signal))

    @property
    def rows(self) -> tuple[BarRow, ...]:
        """The rows."""
        return self.body.rows

    def set_rows(self, rows: Sequence[BarRow], focused: int | None = None, head: str | None = None) -> None:
        """Show these rows and mark one by its key; `head` is another heading of the first column."""
        body = self.body
        if head is not None:
            body.heads = (head, *body.heads[1:])
        other = len(rows) != len(body.rows)
        body.rows, body.focused = tuple(rows), focused
        body.measure()
        if other:
            self._fit()
        body.update()

    def _fit(self) -> None:
        """Few rows take the room there is; of many, as many are in view as fit whole."""
        body, high = self.body, self.contentsRect().height() - _HEAD
        room = high // max(len(body.rows), 1)
        body.row_height = min(max(room, _ROW), _TALL_ROW)
        scrolls = body.row_height * len(body.rows) > high >= body.row_height
        self.setViewportMargins(0, 0, 0, high % body.row_height if scrolls else 0)
        self.verticalScrollBar().setSingleStep(body.row_height)
        body.setFixedHeight(_HEAD + body.row_height * len(body.rows))

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._fit()

    def _on_scroll(self, value: int) -> None:
        self.body.offset = value
        self.body.update()

    def next_to(self, key: int | None, by: int) -> int:
        """Return the key of the row so many rows further on, else of the first, and bring it into view."""
        keys = [row.key for row in self.rows]
        place = keys.index(key) + by if key in keys else 0
        found = keys[min(max(place, 0), len(keys) - 1)]
        self.reveal(found)
        return found

    def set_lit(self, key: int | None) -> None:
        """Frame the row whose partner is under the mouse elsewhere."""
        if key != self.body.lit:
            self.body.lit = key
            self.body.update()

    def reveal(self, key: int) -> None:
        """Scroll to a row, also when the list gets its room only later."""
        self._revealed = key
        self._reveal_again()

    def _reveal_again(self) -> None:
        keys = [row.key for row in self.body.rows]
        if self._revealed not in keys:
            return
        bar, height = self.verticalScrollBar(), self.body.row_height
        top = keys.index(self._revealed) * height
        whole = max((self.viewport().height() - _HEAD) // height, 1)
        bar.setValue(min(max(bar.value(), top - (whole - 1) * height), top))
