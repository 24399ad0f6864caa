"""A sum split by sign: what is positive, what is negative, and what is left."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.theme import Theme

from ..texts import CENTRE, draw_text, text_width
from .scale import Scale

_GAP, _SMALLEST = 9, 8


class SignedSum(QWidget):
    """ "0.0585 − 0.1351 = −0.0766", with the counts of the terms and the unit of all numbers below."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.parts: tuple[tuple[str, str], ...] = ()
        self.setFixedHeight(34)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_sum(
        self, positive: float, negative: float, total: float, counts: tuple[int, int], scale: Scale
    ) -> None:
        """Show what positive and negative terms come to, and how many of each there are."""
        equals = "=" if scale.adds_up((positive, negative), total) else "≈"
        parts = (
            (scale.write(positive, sign=False), f"{counts[0]} positive"),
            ("−", ""),
            (scale.write(-negative, sign=False), f"{counts[1]} negative"),
            (equals, ""),
            (scale.write(total), scale.brief.lstrip(", ")),
        )
        if parts != self.parts:
            self.parts = parts
            self.setAccessibleName(" ".join(text for text, _ in parts))
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(220, self.height())

    def _widths(self, size: float) -> list[float]:
        last = len(self.parts) - 1
        return [
            max(
                text_width(text, size + (place == last), 600 if place == last else 400),
                text_width(note, min(size, 10)),
            )
            for place, (text, note) in enumerate(self.parts)
        ]

    def _sizes(self) -> tuple[float, float]:
        """Return the size of the type and the gap between the parts: small enough to cut nothing."""
        size, gap = 14, _GAP
        while size > _SMALLEST and self.needed(size, gap) > self.width():
            size, gap = size - 1, max(gap - 2, 3)
        return size, gap

    def needed(self, size: float, gap: float = 3) -> float:
        """Return how much room the sum takes."""
        return sum(self._widths(size)) + gap * (len(self.parts) - 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        size, gap = self._sizes()
        x = 0.0
        last = len(self.parts) - 1
        for place, ((text, note), width) in enumerate(zip(self.parts, self._widths(size), strict=True)):
            token, weight = ("output_text", 600) if place == last else ("text", 400)
            room = QRectF(x, 0, width, 20)
            draw_text(painter, self._theme, room, text, token, size + (place == last), weight, CENTRE)
            if note:
                draw_text(
                    painter, self._theme, QRectF(x, 19, width, 14), note, "text2", min(size, 10), 400, CENTRE
                )
            x += width + gap
