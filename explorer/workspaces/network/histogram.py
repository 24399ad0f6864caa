"""A small histogram in the colours of the values it counts."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.numbers import format_number
from explorer.theme import Theme

BINS = 31  # odd, so that one bin is centred on zero
_TEXT = 14


def count_bins(values: np.ndarray, r: float, signed: bool = True) -> np.ndarray:
    """Count finite values in `BINS` equal bins from −r (or 0) to r; the end bins take what lies outside."""
    finite = values[np.isfinite(values)]
    low = -r if signed else 0.0
    return np.histogram(np.clip(finite, low, r), BINS, (low, r))[0]


class Histogram(QWidget):
    """How often which value occurs, between −r and r, with the number of values below."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._counts = np.zeros(BINS, int)
        self._r, self._caption = 1.0, ""
        self._signed = True
        self.setObjectName("valueHistogram")
        self.setAccessibleName("Histogram of the values")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def counts(self) -> np.ndarray:
        """Values in each bin."""
        return self._counts

    def set_values(self, values: np.ndarray, r: float, caption: str, signed: bool = True) -> None:
        """Count `values` between −r (or 0) and r."""
        self._counts = count_bins(values, r, signed)
        self._r, self._caption, self._signed = r, caption, signed
        low, high = self._ends()
        self.setAccessibleDescription(f"{caption} between {low} and {high}")
        self.update()

    def _ends(self) -> tuple[str, str]:
        digits = 1 if self._r >= 1 else 2
        if not self._signed:
            return "0", format_number(self._r, digits)
        return format_number(-self._r, digits), format_number(self._r, digits, sign=True)

    def sizeHint(self) -> QSize:
        return QSize(162, 62)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 62)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        base = self.height() - _TEXT - 2
        pitch = self.width() / BINS
        highest = max(int(self._counts.max()), 1)
        lut = self._theme.signed if self._signed else self._theme.pixels
        for index, count in enumerate(self._counts.tolist()):
            if count:
                height = max(round(count / highest * (base - 4)), 1)
                # The paper colour of zero would vanish on the panel; bars begin a little away from it.
                place = (index + 0.5) / BINS
                shade = 128 + (1 if place >= 0.5 else -1) * max(abs(place - 0.5) * 254, 34)
                color = QColor.fromRgb(int(lut[int(shade) if self._signed else max(int(place * 255), 40)]))
                left = round(index * pitch)
                right = round((index + 1) * pitch) - 1
                painter.fillRect(QRectF(left, base - height, right - left, height), color)
        painter.fillRect(QRectF(0, base, self.width(), 1), self._theme.color("line2"))
        painter.setFont(self._theme.font(11))
        painter.setPen(self._theme.color("text2"))
        room = QRectF(0, self.height() - _TEXT, self.width(), _TEXT)
        low, high = self._ends()
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, low)
        taken = [painter.fontMetrics().horizontalAdvance(text) for text in (low, self._caption, high)]
        if self.width() / 2 - max(taken[0], taken[2]) - taken[1] / 2 > 5:
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self._caption)
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, high)
        painter.end()
