"""The legend of a chart, in the panel's header."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.theme import Theme
from explorer.widgets.chart_curves import mix

_SWATCH = 18
_GAP = 6
_BETWEEN = 12


@dataclass(frozen=True)
class LegendItem:
    """A swatch ("line", "zigzag" or "circle") in `strength` of the accent, and what it stands for.

    `short` is what it stands for where there is little room, if it is not the same.
    """

    swatch: str
    text: str
    strength: float = 1.0
    short: str = ""


class Legend(QWidget):
    """Swatches with words, in one line."""

    def __init__(self, theme: Theme, items: tuple[LegendItem, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setFont(theme.font(11))
        theme.changed.connect(self.update)
        self.set_items(items)

    def set_items(self, items: tuple[LegendItem, ...]) -> None:
        """Show other entries."""
        self._items = items
        self.setAccessibleName("Legend: " + ", ".join(item.text for item in items))
        self.updateGeometry()
        self.update()

    def _texts(self) -> list[str]:
        """Return what is written: the short texts where the long ones do not fit."""
        if self.width() >= self.sizeHint().width():
            return [item.text for item in self._items]
        return self._short_texts()

    def _short_texts(self) -> list[str]:
        return [item.short or item.text for item in self._items]

    def _widths(self, texts: list[str]) -> list[float]:
        metrics = QFontMetricsF(self._theme.font(11))
        return [
            _swatch_width(item) + _GAP + metrics.horizontalAdvance(text)
            for item, text in zip(self._items, texts, strict=True)
        ]

    def sizeHint(self) -> QSize:
        return self._size_of([item.text for item in self._items])

    def minimumSizeHint(self) -> QSize:
        return self._size_of(self._short_texts())

    def _size_of(self, texts: list[str]) -> QSize:
        widths = self._widths(texts)
        return QSize(int(sum(widths) + _BETWEEN * (len(widths) - 1)) + 2, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        items = [replace(i, text=t) for i, t in zip(self._items, self._texts(), strict=True)]
        paint_legend(painter, items, QPointF(0, self.height() / 2), self._theme)


def paint_legend(painter: QPainter, items: Sequence[LegendItem], place: QPointF, theme: Theme) -> None:
    """Draw swatches with words in a line that begins at `place`, its middle."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(theme.font(11))
    metrics = QFontMetricsF(painter.font())
    x, middle = place.x(), place.y()
    for item in items:
        color = mix(theme.color("accent"), theme.color("panel"), item.strength)
        _paint_swatch(painter, item.swatch, color, x, middle)
        painter.setPen(theme.color("text2"))
        left, width = x + _swatch_width(item) + _GAP, metrics.horizontalAdvance(item.text)
        box = QRectF(left, middle - 10, width + 2, 20)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, item.text)
        x = left + width + _BETWEEN


def _swatch_width(item: LegendItem) -> int:
    return 8 if item.swatch == "circle" else _SWATCH


def _paint_swatch(painter: QPainter, swatch: str, color: QColor, x: float, middle: float) -> None:
    if swatch == "line":
        painter.setPen(QPen(color, 2))
        painter.drawLine(QPointF(x, middle), QPointF(x + _SWATCH, middle))
    elif swatch == "circle":
        painter.setPen(QPen(color, 1.5))
        painter.drawEllipse(QPointF(x + 4, middle), 3.1, 3.1)
    else:
        painter.setPen(QPen(color, 1.2))
        heights = (2, -2, 3, -3, 2, -1, 2)
        step = _SWATCH / (len(heights) - 1)
        painter.drawPolyline([QPointF(x + i * step, middle + h) for i, h in enumerate(heights)])
