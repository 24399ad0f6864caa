"""Text that is drawn often: laid out once, drawn many times."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QStaticText, QTextLayout

from explorer.theme import Theme, make_font

LEFT, CENTRE, RIGHT = 0.0, 0.5, 1.0
"""Where a text stands in its room."""


@lru_cache(maxsize=64)
def font(size: float, weight: int = 400, italic: bool = False) -> QFont:
    """Return the program's type; not to be changed."""
    return make_font(size, weight, italic)


@lru_cache(maxsize=64)
def metrics(size: float, weight: int = 400, italic: bool = False) -> QFontMetricsF:
    """Return the measures of the program's type."""
    return QFontMetricsF(font(size, weight, italic))


_LONGEST_NUMBER = 10
_ALIKE = str.maketrans("123456789", "000000000")


def text_width(text: str, size: float, weight: int = 400) -> float:
    """Return how wide a text is in the program's type, whose figures are all equally wide."""
    return _width_of(text.translate(_ALIKE), size, weight)


@lru_cache(maxsize=2048)
def _width_of(text: str, size: float, weight: int) -> float:
    return metrics(size, weight).horizontalAdvance(text)


def elided(text: str, room: float, size: float, weight: int) -> str:
    """Return a text, or as much of it as fits, ending in "…"."""
    if text_width(text, size, weight) <= room:
        return text
    return metrics(size, weight).elidedText(text, Qt.TextElideMode.ElideRight, room)


@lru_cache(maxsize=128)
def _ink(token: str) -> QColor:
    return QColor(token)


@lru_cache(maxsize=2048)
def _laid_out(text: str, size: float, weight: int, italic: bool) -> tuple[QStaticText, float, float]:
    static = QStaticText(text)
    static.setTextFormat(Qt.TextFormat.PlainText)
    static.prepare(font=font(size, weight, italic))
    extent = static.size()
    return static, extent.width(), extent.height()


@lru_cache(maxsize=64)
def _line(size: float, weight: int) -> tuple[float, float]:
    """Return the height of a line of type, and how far below its top the letters stand."""
    layout = QTextLayout("0", font(size, weight))
    layout.beginLayout()
    line = layout.createLine()
    layout.endLayout()
    return line.height(), line.ascent()


def paint_lit(painter: QPainter, theme: Theme, area: QRectF) -> None:
    """Frame a row or a column whose partner is under the mouse."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color("text"), 1.4))
    painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 4, 4)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def draw_text(
    painter: QPainter,
    theme: Theme,
    room: QRectF,
    text: str,
    token: str,
    size: float,
    weight: int = 400,
    place: float = LEFT,
    italic: bool = False,
) -> None:
    """Draw one line of text in the middle of its room's height, at `LEFT`, `CENTRE` or `RIGHT`."""
    painter.setFont(font(size, weight, italic))
    painter.setPen(_ink(getattr(theme.tokens, token)))
    if "." in text and len(text) < _LONGEST_NUMBER and not italic:
        # Another number at nearly every step: to lay it out for later costs more than to draw it.
        height, ascent = _line(size, weight)
        x = room.left() + place * (room.width() - text_width(text, size, weight))
        painter.drawText(QPointF(x, room.top() + (room.height() - height) / 2 + ascent), text)
        return
    static, width, height = _laid_out(text, size, weight, italic)
    x = room.left() + place * (room.width() - width)
    painter.drawStaticText(QPointF(x, room.top() + (room.height() - height) / 2), static)
