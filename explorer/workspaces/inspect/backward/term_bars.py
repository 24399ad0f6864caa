"""A sum as bars side by side, one for each map: up to some dozens."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.imaging import symmetric_range
from explorer.theme import Theme

from ..texts import CENTRE, draw_text, text_width

_FOOT = 16


class TermBars(QWidget):
    """Upright bars from a common zero, up for what is positive; the numbers below are names of maps."""

    chosen = Signal(int)
    """The name of a bar."""
    hovered = Signal(int)
    left = Signal()

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.names: tuple[int, ...] = ()
        self.terms: np.ndarray = np.zeros(0)
        self.present = -1
        self.lit: int | None = None
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(120, 90)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, 40)

    def set_terms(self, names: Sequence[int], terms: np.ndarray, present: int) -> None:
        """Show these terms, and which map is in view."""
        self.names, self.terms, self.present = tuple(int(name) for name in names), terms, present
        self.update()

    def set_lit(self, name: int | None) -> None:
        """Light a bar whose map is under the mouse elsewhere."""
        if name != self.lit:
            self.lit = name
            self.update()

    def bar_rect(self, place: int) -> QRectF:
        """Return where a bar is drawn."""
        pitch = self._pitch
        wide = max(1.0, min(pitch - 1, pitch * 0.66, 22.0))
        zero, reach = self._scale()
        high = float(self.terms[place]) * reach
        high = 0.0 if not np.isfinite(high) else high
        left = (place + 0.5) * pitch - wide / 2
        return QRectF(left, zero - max(high, 0.0), wide, max(abs(high), 1.0))

    @property
    def _pitch(self) -> float:
        return self.width() / max(len(self.names), 1)

    def _scale(self) -> tuple[float, float]:
        """Return the height of zero, and pixels for one."""
        room = self.height() - _FOOT - 4
        finite = self.terms[np.isfinite(self.terms)]
        high, low = float(finite.max(initial=0.0)), float(finite.min(initial=0.0))
        extent = high - low or symmetric_range(finite)
        return 2 + room * high / extent if high > low else 2 + room / 2, room / extent

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.names:
            return
        painter = QPainter(self)
        theme, pitch = self._theme, self._pitch
        zero, _ = self._scale()
        widest = max(text_width(str(name), 10) for name in self.names)
        every = max(1, int(np.ceil((widest + 3) / pitch)))
        for place, name in enumerate(self.names):
            rect = self.bar_rect(place)
            shade = 63 if self.terms[place] >= 0 else -63
            present = name == self.present
            if present or name == self.lit:
                ground = QRectF(place * pitch, 0, pitch, self.height())
                painter.fillRect(ground, theme.color("accent_soft" if present else "grid"))
            painter.fillRect(rect, QColor.fromRgb(int(theme.signed[128 + shade])))
            if place % every == 0 or present:
                room = QRectF(place * pitch, self.height() - _FOOT, pitch, _FOOT)
                crowded = every > 1 and not present and abs(name - self.present) * pitch < widest + 3
                if not crowded:
                    token = "accent_ink" if present else "text2"
                    draw_text(painter, theme, room, str(name), token, 10, 600 if present else 400, CENTRE)
        painter.fillRect(QRectF(0, zero, self.width(), 1), theme.color("line2"))

    def name_at(self, x: float) -> int | None:
        """Return the name of the bar at x."""
        place = int(x // self._pitch) if self.names else -1
        return self.names[place] if 0 <= place < len(self.names) else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        name = self.name_at(event.position().x())
        if name is not None and name != self.lit:
            self.hovered.emit(name)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        name = self.name_at(event.position().x())
        if name is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(name)

    def leaveEvent(self, event: QEvent) -> None:
        self.left.emit()
        super().leaveEvent(event)
