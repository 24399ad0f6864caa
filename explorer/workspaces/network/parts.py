"""Parts of the bar below the picture. They are painted, so that nothing moves while their numbers change."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.imaging import image_from_argb
from explorer.theme import Theme

from .sizes import whole_factor


class Thumbnail(QWidget):
    """A small picture of the selection, by a whole factor where it is small enough."""

    SIDE = 62

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._image = QImage()
        self.setFixedSize(self.SIDE, self.SIDE)
        self.setAccessibleName("Selected map")

    def set_argb(self, packed: np.ndarray) -> None:
        """Show packed colours (H, W)."""
        self._image = image_from_argb(packed)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.SIDE, self.SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image.isNull():
            return
        room = self.SIDE - 2
        factor = whole_factor(max(self._image.width(), self._image.height()), room)
        w, h = self._image.width() * factor, self._image.height() * factor
        box = QRectF(round((self.SIDE - w) / 2), round((self.SIDE - h) / 2), w, h)
        painter = QPainter(self)
        painter.fillRect(box.adjusted(-1, -1, 1, 1), self._theme.color("line2"))
        painter.drawImage(box, self._image)
        painter.end()


class Words(QWidget):
    """A title and lines below it, elided where they do not fit."""

    _LINE = 17

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines: tuple[str, ...] = ()
        self.setAccessibleName("Selection")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def lines(self) -> tuple[str, ...]:
        """The title and the lines below it, in full."""
        return self._lines

    def set_lines(self, *lines: str) -> None:
        """Show a title and further lines."""
        if lines != self._lines:
            self._lines = lines
            self.setAccessibleDescription(", ".join(lines))
            self.setToolTip("\n".join(lines) if self._wanted() > self.width() else "")
            self.update()

    def _font(self, line: int) -> QFont:
        return self._theme.font(13, 600) if line == 0 else self._theme.font(11)

    def _wanted(self) -> float:
        widths = (QFontMetricsF(self._font(i)).horizontalAdvance(line) for i, line in enumerate(self._lines))
        return max(widths, default=0.0)

    def sizeHint(self) -> QSize:
        return QSize(132, 3 * self._LINE + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(70, 3 * self._LINE + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        top = (self.height() - self._LINE * len(self._lines)) / 2
        for index, line in enumerate(self._lines):
            font = self._font(index)
            painter.setFont(font)
            painter.setPen(self._theme.color("text" if index == 0 else "text2"))
            text = QFontMetricsF(font).elidedText(line, Qt.TextElideMode.ElideRight, self.width())
            room = QRectF(0, top + index * self._LINE, self.width() + 1, self._LINE)
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()


class NumberRow(QWidget):
    """Up to four named numbers side by side or, where there is little room, two by two."""

    MOST = 4
    WIDE, NARROW = 74, 68

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._numbers: tuple[tuple[str, str], ...] = ()
        self._columns = 0
        self.setAccessibleName("Numbers of the selection")
        theme.changed.connect(self.update)
        self.set_columns(self.MOST)

    @property
    def numbers(self) -> dict[str, str]:
        """What is shown: names and values."""
        return dict(self._numbers)

    def set_columns(self, columns: int) -> None:
        """Arrange the numbers in four columns or in two."""
        if columns != self._columns:
            self._columns = columns
            width = self.WIDE if columns == self.MOST else self.NARROW
            self.setFixedSize(columns * width, 36 * (self.MOST // columns))

    def set_numbers(self, numbers: tuple[tuple[str, str], ...]) -> None:
        """Show these names and values."""
        if numbers != self._numbers:
            self._numbers = numbers[: self.MOST]
            self.setAccessibleDescription(", ".join(f"{name} {value}" for name, value in numbers))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        pitch = self.width() / self._columns
        for index, (name, value) in enumerate(self._numbers):
            row, column = divmod(index, self._columns)
            x, y = column * pitch, row * 36
            painter.setFont(self._theme.font(11))
            painter.setPen(self._theme.color("text2"))
            painter.drawText(QPointF(x, y + 12), name)
            painter.setFont(self._theme.font(12, 600))
            painter.setPen(self._theme.color("text"))
            painter.drawText(QPointF(x, y + 29), value)
        painter.end()
