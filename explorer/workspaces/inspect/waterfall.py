"""A sum as a waterfall: each term starts where the one before it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.theme import Theme

from .texts import CENTRE, draw_text, paint_lit, text_width
from .wording import DIGITS, number

_TOP, _BOTTOM = 20, 26
_BIAS_ROOM, _LETTER_ROOM = 24, 10
_GROUND = 0.8


@dataclass(frozen=True)
class Sum:
    """Terms with their names, and the total with its own. Term `first_choice` … can be chosen by a click."""

    names: tuple[str, ...]
    terms: tuple[float, ...]
    total: float
    total_name: str = "z"
    choosable: int = 0
    digits: int = DIGITS

    def write(self, value: float) -> str:
        """Write a term or the total."""
        return number(value, True, self.digits)

    def starts(self) -> np.ndarray:
        """Return where each term begins: the sum of those before it."""
        return np.concatenate([[0.0], np.cumsum(self.terms)[:-1]]) if self.terms else np.zeros(0)


class Waterfall(QWidget):
    """Bars for the terms of a sum, in the map's two colours, and one for the total."""

    chosen = Signal(int)
    hovered = Signal(int)
    """The place of the term under the mouse, where terms can be chosen."""
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._sum = Sum((), (), 0.0)
        self._focused = 0
        self._lit: int | None = None
        self._under: int | None = None
        self._ends = (0.0, 1.0)
        self.setObjectName("inspectWaterfall")
        self.setAccessibleName("Sum of the channels")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(70)
        self.setMouseTracking(True)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(560, 160)

    def set_sum(self, found: Sum, focused: int) -> None:
        """Show a sum and mark the focused term."""
        self._sum, self._focused = found, focused
        self._ends = self._scale()
        first = zip(found.names[:12], found.terms[:12], strict=True)
        terms = ", ".join(f"{name} {found.write(term)}" for name, term in first)
        self.setAccessibleDescription(f"{terms}; {found.total_name} {found.write(found.total)}")
        self.update()

    def set_lit(self, place: int | None) -> None:
        """Frame the term whose partner is under the mouse, here or elsewhere."""
        if place != self._lit:
            self._lit = place
            self.update()

    @property
    def lit(self) -> int | None:
        """The framed term."""
        return self._lit

    @property
    def sum(self) -> Sum:
        """The sum on view."""
        return self._sum

    def column(self, place: int) -> QRectF:
        """Return the strip of a term; the total's is the last."""
        pitch = self.width() / (len(self._sum.terms) + 1)
        return QRectF(place * pitch, 0, pitch, self.height())

    def total_point(self) -> QPointF:
        """Return the right edge of the total's bar at its end, where the way to the output map begins."""
        bar = self._bar(len(self._sum.terms), 0.0, self._sum.total)
        return QPointF(bar.right(), bar.top() if self._sum.total >= 0 else bar.bottom())

    def texts(self) -> dict[int, str]:
        """Return the values that are written, by the place of their bar: those that fit, always the total."""
        fits = self._all_fit()
        return {place: text for place, text in enumerate(self._written()) if fits or self._is_marked(place)}

    def _written(self) -> list[str]:
        return [self._sum.write(value) for value in (*self._sum.terms, self._sum.total)]

    def _all_fit(self) -> bool:
        longest = max(text_width(text, self._size()) for text in self._written())
        return longest + 2 <= self.column(0).width()

    def _size(self) -> int:
        return 11 if self.column(0).width() >= 46 else 10

    def _is_marked(self, place: int) -> bool:
        """The total is always written, and the term under the mouse, else the focused one."""
        found = self._sum
        if self._lit is not None:
            return place in (self._lit, len(found.terms))
        return place == len(found.terms) or (place == self._focused and place < found.choosable)

    def _scale(self) -> tuple[float, float]:
        ends = [0.0, self._sum.total]
        if self._sum.terms:
            steps = np.cumsum(self._sum.terms)
            ends += [float(steps.min()), float(steps.max())]
        finite = [end for end in ends if np.isfinite(end)]
        low, high = min(finite), max(finite)
        return (low, high) if high > low else (low, low + 1.0)

    def _y(self, value: float) -> float:
        low, high = self._ends
        room = self.height() - _TOP - _BOTTOM
        if not np.isfinite(value):
            value = high
        return _TOP + (high - value) / (high - low) * room

    def _bar(self, place: int, start: float, end: float) -> QRectF:
        strip = self.column(place)
        width = min(strip.width() * 0.66, 30.0)
        top, bottom = sorted((self._y(start), self._y(end)))
        return QRectF(strip.center().x() - width / 2, top, width, max(bottom - top, 1.5))

    def _mark(self, place: int, least: float = 0.0) -> QRectF:
        strip = self.column(place)
        width = max(min(strip.width(), 48.0), least)
        return QRectF(strip.center().x() - width / 2, 0, width, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        found, theme = self._sum, self._theme
        if 0 <= self._focused < found.choosable:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent_soft"))
            painter.drawRoundedRect(self._mark(self._focused), 5, 5)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if self._lit is not None and self._lit < len(found.terms):
            own = text_width(found.write(found.terms[self._lit]), self._size(), 600)
            paint_lit(painter, theme, self._mark(self._lit, own + 8))
        painter.setPen(QPen(theme.color("line2"), 1))
        painter.drawLine(QPointF(0, self._y(0.0)), QPointF(self.width(), self._y(0.0)))
        starts = found.starts()
        colours = _signed_colours(theme)
        bars = []
        for place, (term, start) in enumerate(zip(found.terms, starts, strict=True)):
            bar = self._bar(place, float(start), float(start) + term)
            painter.fillRect(bar, colours[term < 0])
            bars.append((bar, float(start) + term))
        painter.fillRect(self._bar(len(found.terms), 0.0, found.total), theme.color("output"))
        bars.append((self._bar(len(found.terms), 0.0, found.total), found.total))
        self._paint_links(painter, bars)
        self._paint_texts(painter, bars)

    def _paint_links(self, painter: QPainter, bars: list[tuple[QRectF, float]]) -> None:
        if self.column(0).width() < 14:
            return
        painter.setPen(QPen(self._theme.color("text3"), 1, Qt.PenStyle.DotLine))
        for (bar, end), (following, _) in pairwise(bars):
            y = self._y(end)
            painter.drawLine(QPointF(bar.right() + 1, y), QPointF(following.left() - 1, y))

    def _paint_texts(self, painter: QPainter, bars: list[tuple[QRectF, float]]) -> None:
        found, pitch = self._sum, self.column(0).width()
        texts = self.texts()
        every = 1 if pitch >= 18 else int(np.ceil(18 / pitch))
        for place, (bar, _) in enumerate(bars):
            total = place == len(found.terms)
            marked = self._is_marked(place)
            if place in texts:
                self._paint_value(painter, place, bar, texts[place])
            if place >= found.choosable:
                fits = total or pitch >= _LETTER_ROOM
            else:
                fits = place % every == 0 and place + every <= max(found.choosable, every)
            if marked or fits:
                self._paint_name(painter, place, marked)

    def _paint_value(self, painter: QPainter, place: int, bar: QRectF, text: str) -> None:
        total = place == len(self._sum.terms)
        size = self._total_size() if total else self._size()
        weight = 600 if self._is_marked(place) else 400
        width = text_width(text, size, weight) + 2.0
        left = min(max(self.column(place).center().x() - width / 2, 0.0), self.width() - width)
        room = QRectF(left, bar.top() - 17, width, 15)
        ground = self._theme.color("accent_soft" if place == self._focused and not total else "panel")
        ground.setAlphaF(_GROUND)  # lines do not run through the digits
        painter.fillRect(room.adjusted(1, 2, -1, -1), ground)
        draw_text(painter, self._theme, room, text, "output_text" if total else "text", size, weight, CENTRE)

    def _total_size(self) -> int:
        """The total is written large, unless it would run into its neighbour."""
        wide = text_width(self._sum.write(self._sum.total), 13, 600) > self.column(0).width()
        return self._size() if wide and self._all_fit() else 13

    def _paint_name(self, painter: QPainter, place: int, marked: bool) -> None:
        found = self._sum
        total = place == len(found.terms)
        token = "output_text" if total else "accent_ink" if marked else "text2"
        foot = QRectF(self.column(place).center().x() - 40, self.height() - 20, 80, 16)
        name = found.total_name if total else found.names[place]
        if not total and place >= found.choosable > 0 and self.column(0).width() < _BIAS_ROOM:
            name = name[0]  # as in the formula
        draw_text(painter, self._theme, foot, name, token, 11, 600 if marked else 400, CENTRE, total)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = int(event.position().x() // self.column(0).width())
        if 0 <= place < self._sum.choosable:
            self.chosen.emit(place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place: int | None = int(event.position().x() // self.column(0).width())
        if not self._sum.choosable or not 0 <= place < len(self._sum.terms):
            place = None
        if place != self._under:
            self._under = place
            self.left.emit() if place is None else self.hovered.emit(place)

    def leaveEvent(self, event: QEvent) -> None:
        if self._under is not None:
            self._under = None
            self.left.emit()
        super().leaveEvent(event)


def _signed_colours(theme: Theme) -> tuple[QColor, QColor]:
    """Return the colours of positive and of negative terms: well inside the map, so that both are seen."""
    return QColor.fromRgb(int(theme.signed[128 + 63])), QColor.fromRgb(int(theme.signed[128 - 63]))


def named(places: Sequence[int], bias: float | None) -> tuple[str, ...]:
    """Name the terms of a convolution: its channels and the bias."""
    return (*(str(int(place)) for place in places), *(("bias",) if bias is not None else ()))
