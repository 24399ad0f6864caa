"""The legend of a colour map."""

from typing import Literal

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer import imaging
from explorer.numbers import MINUS, format_count, format_number, format_rate
from explorer.theme import Theme

_GROUPED_FROM, _POWERS_FROM = 1e3, 1e5
Kind = Literal["signed", "non_negative", "pixels"]


class ColourScale(QWidget):
    """A bar of a colour map with the numbers at its ends, and zero."""

    _BAR = 11

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._kind: Kind = "signed"
        self._r = 1.0
        self._digits = 1
        self._bar = QImage()
        self.setObjectName("colourScale")
        self.setAccessibleName("Colour scale")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._redraw)
        self._redraw()

    def set_range(self, r: float, kind: Kind = "signed", digits: int | None = None) -> None:
        """Show −r … +r, or 0 … r for the other kinds of map.

        Parameters
        ----------
        r : float
            The magnitude at the end of the scale.
        digits : int, optional
            Decimals of the labels; without it, enough for two significant digits.

        Raises
        ------
        ValueError
            When there is no such kind of map.
        """
        if kind not in ("signed", "non_negative", "pixels"):
            raise ValueError(f"There is no colour map {kind!r}.")
        if digits is None:
            digits = digits_for(r)
        if (r, kind, digits) == (self._r, self._kind, self._digits):
            return
        self._r, self._kind, self._digits = r, kind, digits
        self._redraw()

    @property
    def labels(self) -> tuple[str, ...]:
        """The texts under the bar, from left to right."""
        high = end_text(self._r, self._digits)
        if self._kind == "signed":
            low = end_text(-self._r, self._digits)
            return low, "0", f"+{high}" if low.startswith(MINUS) else high
        return "0", high

    def _redraw(self) -> None:
        lut = getattr(self._theme, self._kind)
        # A signed map repeats its first colour to be symmetric about zero; the bar shows each colour once.
        colours = lut[1:] if self._kind == "signed" else lut
        self._bar = imaging.image_from_argb(np.ascontiguousarray(colours[np.newaxis, :]))
        self.setAccessibleDescription(" to ".join((self.labels[0], self.labels[-1])))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(212, 32)

    def minimumSizeHint(self) -> QSize:
        return QSize(90, 32)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        bar = QRectF(0.5, 0.5, self.width() - 1, self._BAR)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(bar, self._bar)
        painter.setPen(QPen(self._theme.color("line2"), 1))
        painter.drawRect(bar)
        painter.setFont(self._theme.font(11))
        labels = self.labels
        for place, text in zip(np.linspace(0, 1, len(labels)), labels, strict=True):
            self._paint_label(painter, bar, float(place), text)

    def _paint_label(self, painter: QPainter, bar: QRectF, place: float, text: str) -> None:
        x = bar.left() + place * bar.width()
        painter.setPen(QPen(self._theme.color("line2"), 1))
        painter.drawLine(x, bar.bottom(), x, bar.bottom() + 3)
        painter.setPen(self._theme.color("text2"))
        width = painter.fontMetrics().horizontalAdvance(text) + 2
        left = min(max(x - width / 2, 0.0), self.width() - width)
        area = QRectF(left, bar.bottom() + 4, width, self.height() - bar.bottom() - 4)
        painter.drawText(area, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter, text)


def end_text(value: float, digits: int) -> str:
    """Write an end of the scale: "5.0", "12,346", "1.27e6"; large ones in groups, then in powers of ten."""
    if not np.isfinite(value) or abs(value) < _GROUPED_FROM:
        return format_number(value, digits)
    return format_count(round(value)) if abs(value) < _POWERS_FROM else format_rate(value)


def digits_for(r: float) -> int:
    """Return the decimals that show `r` with two significant digits, 1 to 6."""
    if not np.isfinite(r) or r <= 0:
        return 1
    return int(np.clip(1 - np.floor(np.log10(r)), 1, 6))
