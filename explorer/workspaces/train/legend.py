"""The legend of a chart, in the panel's header."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
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
            self._swatch_width(item) + _GAP + metrics.horizontalAdvance(text)
            for item, text in zip(self._items, texts, strict=True)
        ]

    @staticmethod
    def _swatch_width(item: LegendItem) -> int:
        return 8 if item.swatch == "circle" else _SWATCH

    def sizeHint(self) -> QSize:
        return self._size_of([item.text for item in self._items])

    def minimumSizeHint(self) -> QSize:
        return self._size_of(self._short_texts())

    def _size_of(self, texts: list[str]) -> QSize:
        widths = self._widths(texts)
        return QSize(int(sum(widths) + _BETWEEN * (len(widths) - 1)) + 2, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font(11))
        middle = self.height() / 2
        x = 0.0
        texts = self._texts()
        for item, text, width in zip(self._items, texts, self._widths(texts), strict=True):
            self._draw_swatch(painter, item, x, middle)
            painter.setPen(self._theme.color("text2"))
            left = x + self._swatch_width(item) + _GAP
            box = QRectF(left, 0, width, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
            x += width + _BETWEEN

    def _draw_swatch(self, painter: QPainter, item: LegendItem, x: float, middle: float) -> None:
        color = mix(self._theme.color("accent"), self._theme.color("panel"), item.strength)
        if item.swatch == "line":
            painter.setPen(QPen(color, 2))
            painter.drawLine(QPointF(x, middle), QPointF(x + _SWATCH, middle))
        elif item.swatch == "circle":
            painter.setPen(QPen(color, 1.5))
            painter.drawEllipse(QPointF(x + 4, middle), 3.1, 3.1)
        else:
            painter.setPen(QPen(color, 1.2))
            heights = (2, -2, 3, -3, 2, -1, 2)
            step = _SWATCH / (len(heights) - 1)
            painter.drawPolyline([QPointF(x + i * step, middle + h) for i, h in enumerate(heights)])
