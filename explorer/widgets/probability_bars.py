"""The network's answer: one bar a class."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.numbers import format_percent
from explorer.theme import Theme

ROW_HEIGHT = 20


class ProbabilityBars(QWidget):
    """Softmax probabilities as rows of class, bar and percentage.

    The predicted class stands on the accent colour; a true class that was not predicted has a small mark.
    """

    hovered = Signal(int)
    """The class whose row is under the mouse."""
    left = Signal()

    MARGIN = 6
    _BAR = 10

    def __init__(self, theme: Theme, parent: QWidget | None = None, row_height: int = ROW_HEIGHT) -> None:
        super().__init__(parent)
        self._theme = theme
        self._row_height = row_height
        self._names: tuple[str, ...] = tuple(str(i) for i in range(10))
        self._probabilities = np.zeros(10)
        self._texts: tuple[str, ...] = ()
        self._predicted: int | None = None
        self._true: int | None = None
        self._hovered: int | None = None
        self.setObjectName("probabilityBars")
        self.setAccessibleName("Softmax probabilities")
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_values(
        self,
        probabilities: np.ndarray,
        predicted: int | None = None,
        true_label: int | None = None,
        names: Sequence[str] | None = None,
    ) -> None:
        """Show probabilities (K,) in 0 … 1.

        Parameters
        ----------
        predicted : int, optional
            The class to highlight.
        true_label : int, optional
            The class to mark as the right answer; None when it is not known.
        names : sequence of str, optional
            One short name a class; the numbers 0 … K − 1 without it.

        Raises
        ------
        ValueError
            When there is not one name for each class.
        """
        count = len(probabilities)
        names = tuple(names) if names is not None else tuple(str(i) for i in range(count))
        if len(names) != count:
            raise ValueError(f"There are {count} probabilities but {len(names)} class names.")
        texts = tuple(format_percent(float(p)) for p in probabilities)
        if count != len(self._probabilities):
            self.updateGeometry()
        self._probabilities = np.array(probabilities, dtype=np.float64)
        self._names, self._texts, self._predicted, self._true = names, texts, predicted, true_label
        self.setAccessibleDescription(self._describe())
        self.update()

    @property
    def row_height(self) -> int:
        """Height of a row, in device independent pixels."""
        return self._row_height

    def set_row_height(self, height: int) -> None:
        """Make the rows lower or higher, in device independent pixels."""
        if height != self._row_height:
            self._row_height = height
            self.updateGeometry()
            self.update()

    @property
    def texts(self) -> tuple[str, ...]:
        """The percentages as written, one a class."""
        return self._texts

    def _describe(self) -> str:
        parts = [f"{name}: {text}" for name, text in zip(self._names, self._texts, strict=True)]
        if self._predicted is not None:
            parts.insert(0, f"Predicted {self._names[self._predicted]}")
        if self._true is not None and self._true < len(self._names):
            parts.insert(1, f"true label {self._names[self._true]}")
        return ", ".join(parts)

    def sizeHint(self) -> QSize:
        return QSize(220, self._row_height * len(self._probabilities))

    def minimumSizeHint(self) -> QSize:
        return QSize(150, self._row_height * len(self._probabilities))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        name_width = max(self.fontMetrics().horizontalAdvance(name) for name in self._names) + 9
        for row in range(len(self._names)):
            self._paint_row(painter, row, name_width)

    def _paint_row(self, painter: QPainter, row: int, name_width: int) -> None:
        color = self._theme.color
        chosen = row == self._predicted
        area = QRectF(0, row * self._row_height, self.width(), self._row_height)
        painter.setPen(Qt.PenStyle.NoPen)
        if chosen:
            painter.setBrush(color("accent_soft"))
            painter.drawRoundedRect(area, 5, 5)
        elif row == self._hovered:
            painter.setBrush(color("panel2"))
            painter.drawRoundedRect(area, 5, 5)
        inner = area.adjusted(self.MARGIN, 0, -self.MARGIN, 0)
        trough = QRectF(inner.left() + name_width, area.center().y() - self._BAR / 2, 0, self._BAR)
        trough.setRight(max(trough.left() + 20, inner.right() - 64))
        if not chosen:
            painter.setBrush(color("grid"))
            painter.drawRoundedRect(trough, 2, 2)
        self._paint_bar(painter, trough, row, color("accent") if chosen else color("text3"))
        painter.setFont(self._theme.font(12, 600 if chosen else 400))
        painter.setPen(color("accent_ink") if chosen else color("text2"))
        middle = Qt.AlignmentFlag.AlignVCenter
        text = self._texts[row] if self._texts else ""
        painter.drawText(inner, middle | Qt.AlignmentFlag.AlignLeft, self._names[row])
        painter.drawText(inner, middle | Qt.AlignmentFlag.AlignRight, text)
        if row == self._true and not chosen:
            self._paint_true_mark(painter, trough)

    def _paint_bar(self, painter: QPainter, trough: QRectF, row: int, color: object) -> None:
        share = float(np.clip(np.nan_to_num(self._probabilities[row]), 0.0, 1.0))
        bar = QRectF(trough)
        # One pixel stays even at 0 %, so that the row reads as a bar.
        bar.setWidth(max(1.0, share * trough.width()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        radius = min(2.0, bar.width() / 2)
        painter.drawRoundedRect(bar, radius, radius)

    def _paint_true_mark(self, painter: QPainter, trough: QRectF) -> None:
        """Mark the right answer at the end of its trough by a stroke and a word, not by colour alone."""
        painter.setFont(self._theme.font(10, 600))
        painter.setPen(self._theme.color("ok"))
        label = trough.adjusted(0, -4, -4, 4)
        painter.drawText(label, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, "true")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("ok"))
        x = trough.right()
        painter.drawRect(QRectF(x - 1.5, trough.top() - 2, 2, trough.height() + 4))

    def row_at(self, position: QPointF) -> int | None:
        """Return the class whose row is at a place in the widget."""
        row = int(position.y() // self._row_height)
        return row if 0 <= row < len(self._names) and 0 <= position.x() < self.width() else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._set_hovered(self.row_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._set_hovered(None)

    def _set_hovered(self, row: int | None) -> None:
        if row == self._hovered:
            return
        self._hovered = row
        self.update()
        if row is None:
            self.left.emit()
        else:
            self.hovered.emit(row)
