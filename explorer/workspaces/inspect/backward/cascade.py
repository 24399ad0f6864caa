"""How large the derivative is at every stop: a bar under each chip, and arrows from the loss to the input."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.theme import Theme

from ..texts import CENTRE, draw_text, text_width
from .figures import norm_text, power

HEIGHT, COMPACT_HEIGHT = 76, 56
_VALUE, _BAR, _TOP = 18, 20, 6
_FEWEST_DECADES = 1
_LOWEST = 0.3
"""Of a decade: so high is the lowest bar at least."""
_SIZES = (11, 10, 9, 8)


class CascadeStrip(QWidget):
    """Bars of norms on a logarithmic scale. A click goes to a stop; the mouse lights its chip.

    Parameters
    ----------
    places : sequence of widgets
        The chips, in order; each bar stands below the middle of its chip.
    """

    chosen = Signal(int)
    """The place of a stop in the row, from 0."""
    pointed = Signal(int)
    """The place under the mouse, -1 for none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._chips: Sequence[QWidget] = ()
        self.names: tuple[str, ...] = ()
        self.norms: tuple[float, ...] = ()
        self.present = 0
        self.lit: int | None = None
        self.setObjectName("gradientCascade")
        self.setAccessibleName("Size of the gradient at every layer")
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_compact(False)
        theme.changed.connect(self.update)

    def set_compact(self, compact: bool) -> None:
        """Draw lower bars."""
        self.setFixedHeight(COMPACT_HEIGHT if compact else HEIGHT)

    def set_chips(self, chips: Sequence[QWidget], names: Sequence[str]) -> None:
        """Stand below other chips."""
        self._chips, self.names, self.norms = chips, tuple(names), ()
        self.lit = None
        self.update()

    def set_norms(self, norms: Sequence[float], present: int) -> None:
        """Show these norms, from the input to the loss, and which stop is in view."""
        norms = tuple(norms)
        if len(norms) != len(self.names):
            return  # the chips of another network follow
        if (norms, present) != (self.norms, self.present):
            self.norms, self.present = norms, present
            texts = (f"{name} {norm_text(norm)}" for name, norm in zip(self.names, norms, strict=True))
            self.setAccessibleDescription(", ".join(texts))
            self.update()

    def set_lit(self, place: int | None) -> None:
        """Light the bar whose chip is under the mouse."""
        if place != self.lit:
            self.lit = place
            self.update()

    @property
    def decades(self) -> tuple[int, float]:
        """The power of ten at the foot of the bars, below the smallest norm, and that of the largest."""
        found = [math.log10(norm) for norm in self.norms if norm > 0 and math.isfinite(norm)]
        if not found:
            return -_FEWEST_DECADES, 0.0
        return min(math.floor(min(found) - _LOWEST), math.floor(max(found)) - _FEWEST_DECADES), max(found)

    def share(self, norm: float) -> float:
        """Return how high a norm's bar is, 0 to 1; a norm of nothing has none."""
        if norm == 0 or math.isnan(norm):
            return 0.0
        low, high = self.decades
        share = 1.0 if math.isinf(norm) else (math.log10(norm) - low) / (high - low)
        return min(max(share, 0.03), 1.0)

    def bar_rect(self, place: int) -> QRectF:
        """Return where a bar stands."""
        foot = self.height() - _VALUE
        height = (foot - _TOP) * self.share(self.norms[place])
        return QRectF(self._centre(place) - _BAR / 2, foot - height, _BAR, height)

    def _centre(self, place: int) -> float:
        return self._chips[place].geometry().center().x() + 0.5

    def _column(self, place: int) -> QRectF:
        chip = self._chips[place].geometry()
        return QRectF(chip.left() - 2, 0, chip.width() + 4, self.height())

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.norms:
            return
        painter = QPainter(self)
        theme = self._theme
        foot = self.height() - _VALUE
        self._paint_decades(painter, foot)
        size = self._size()
        for place in range(len(self.norms)):
            column = self._column(place)
            if not column.intersects(QRectF(event.rect())):
                continue
            present, lit = place == self.present, place == self.lit
            painter.fillRect(self.bar_rect(place), theme.color("accent" if present or lit else "hatch"))
            token = "accent_ink" if present else "text"
            weight = 600 if present or lit else 400
            room = QRectF(column.left() - 2, foot + 2, column.width() + 4, _VALUE - 2)
            draw_text(painter, theme, room, norm_text(self.norms[place]), token, size, weight, CENTRE)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place in range(1, len(self.norms)):
            self._paint_arrow(painter, place, foot - 8)

    def _size(self) -> float:
        """Return the size of the type in which the widest norm is no wider than its chip and the gap."""
        for size in _SIZES:
            widths = (text_width(norm_text(norm), size, 600) for norm in self.norms)
            if all(width <= self._column(place).width() + 2 for place, width in enumerate(widths)):
                return size
        return _SIZES[-1]

    def _paint_decades(self, painter: QPainter, foot: float) -> None:
        """Draw a faint line at each power of ten, as many as there is room for."""
        low, high = self.decades
        left, right = self._column(0).left(), self._column(len(self.norms) - 1).right()
        step, top = max(1, math.ceil((high - low) * 12 / (foot - _TOP))), math.floor(high + 1e-9)
        for exponent in range(low, top + 1, step):
            y = round(foot - (foot - _TOP) * (exponent - low) / (high - low))
            painter.fillRect(QRectF(left, y, right - left, 1), self._theme.color("grid"))
        for exponent in (low, top):
            y = foot - (foot - _TOP) * (exponent - low) / (high - low)
            room = QRectF(left, y - (11 if exponent == low else -1), 30, 10)
            text = power(exponent) if exponent else "1"
            draw_text(painter, self._theme, room, text, "text3", 9)

    def _paint_arrow(self, painter: QPainter, place: int, y: float) -> None:
        """Draw the way back from a stop to the one before it."""
        right = self._centre(place) - _BAR / 2 - 3
        left = self._centre(place - 1) + _BAR / 2 + 3
        if right - left < 6:
            return
        painter.setPen(QPen(self._theme.color("text3"), 1.2))
        painter.drawLine(QPointF(left, y), QPointF(right, y))
        painter.drawPolyline(
            QPolygonF([QPointF(left + 4, y - 3.5), QPointF(left, y), QPointF(left + 4, y + 3.5)])
        )

    # Mouse

    def place_at(self, x: float) -> int | None:
        """Return the stop whose bar or value is at x."""
        for place in range(len(self.norms)):
            column = self._column(place)
            if column.left() <= x < column.right():
                return place
        return None

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            place = self.place_at(event.pos().x())
            if place is not None:
                text = (
                    f"{self.names[place]}: size of the gradient {norm_text(self.norms[place])}. Click to go."
                )
                QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self.place_at(event.position().x()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position().x())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(place)

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)
        super().leaveEvent(event)

    def _point(self, place: int | None) -> None:
        if place != self.lit:
            self.set_lit(place)
            self.pointed.emit(-1 if place is None else place)
