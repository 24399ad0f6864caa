"""What the picture's signs mean, and which losses its colours stand for."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.imaging import image_from_argb
from explorer.theme import Theme

from .canvas import DescentCanvas
from .looks import paint_mark
from .picture import lut_of
from .wording import short

_BAR = 132.0
_HEIGHT = 22
_NARROW = 620
_SIGNS = (
    ("step", "step", "next step"),
    ("gradient", "−∇L", "−∇L, direction only"),
    ("rose", "loss rose", "the loss rose: a step too far"),
    ("minimum", "lowest", "lowest place"),
)


class Key(QWidget):
    """A line of signs with words, and a colour scale."""

    def __init__(self, canvas: DescentCanvas, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas, self._theme = canvas, theme
        self.setAccessibleName("Key of the picture")
        self.setAccessibleDescription(", ".join(words for _, _, words in _SIGNS))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(300, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font(11))
        wide = self.width() >= _NARROW
        left, middle = 46.0 if wide else 0.0, self.height() / 2
        for sign, brief, words in _SIGNS:
            self._sign(painter, sign, QPointF(left, middle))
            text = words if wide else brief
            painter.setPen(self._theme.color("text2"))
            width = painter.fontMetrics().horizontalAdvance(text) + 2
            room = 26 if wide or sign in ("step", "gradient") else 21
            area = QRectF(left + room, 0, width, self.height())
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
            left += room + width + (14 if wide else 6)
        self._scale(painter, middle, _BAR if wide else 40.0)

    def _sign(self, painter: QPainter, sign: str, at: QPointF) -> None:
        theme = self._theme
        text = theme.color("text")
        if sign == "rose":
            center = QPointF(at.x() + 12, at.y())
            paint_mark(painter, "circle", center, 3.4, text, theme.color("panel"), hollow=True)
            return
        if sign == "minimum":
            painter.setPen(QPen(theme.color("text2"), 1.5))
            for side in (-1, 1):
                painter.drawLine(
                    QPointF(at.x() + 8, at.y() - 4 * side), QPointF(at.x() + 16, at.y() + 4 * side)
                )
            return
        step = sign == "step"
        pen = QPen(text, 2.4 if step else 1.3)
        if not step:
            pen.setStyle(Qt.PenStyle.DotLine)
        tip = QPointF(at.x() + 20, at.y())
        painter.setPen(pen)
        painter.drawLine(at, tip)
        pen.setStyle(Qt.PenStyle.SolidLine)
        painter.setPen(pen)
        head = 6 if step else 4
        for side in (-1, 1):
            painter.drawLine(tip, QPointF(tip.x() - head, tip.y() + side * head * 0.6))

    def _scale(self, painter: QPainter, middle: float, length: float) -> None:
        """Draw the colours with the lowest, a middle and the highest loss."""
        theme, shades = self._theme, self._canvas.shades
        low, high = short(shades.low), short(shades.high)
        metrics = painter.fontMetrics()
        right = self.width() - 8 - metrics.horizontalAdvance(high) - 4
        bar = QRectF(right - length, middle - 5, length, 10)
        painter.drawImage(bar, _bar(theme))
        painter.setPen(QPen(theme.color("line2"), 1))
        painter.drawRect(bar)
        painter.setPen(theme.color("text2"))
        flags = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(
            QRectF(bar.left() - 104, 0, 100, self.height()),
            flags | Qt.AlignmentFlag.AlignRight,
            f"loss {low}",
        )
        painter.drawText(
            QRectF(bar.right() + 4, 0, 90, self.height()), flags | Qt.AlignmentFlag.AlignLeft, high
        )


def _bar(theme: Theme) -> QImage:
    red, green, blue = np.moveaxis((lut_of(theme) + 0.5).astype(np.uint32), -1, 0)
    return image_from_argb((np.uint32(0xFF000000) | (red << 16) | (green << 8) | blue)[np.newaxis, :])
