"""The reliability diagram: is the network right as often as it is sure?"""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnncore import Calibration
from explorer.theme import Theme

_LEFT, _RIGHT, _BOTTOM = 40, 10, 30
_STRIP, _STRIP_GAP = 22, 6


class ReliabilityChart(QWidget):
    """Accuracy against confidence, in bins, under a strip with the number of images of each.

    A calibrated network's bars end on the dashed line; the tinted part is what is missing or too much.
    """

    hovered = Signal(object)
    """The bin under the cursor or the keyboard, None for none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._calibration: Calibration | None = None
        self._hover: int | None = None
        self.setObjectName("reliabilityChart")
        self.setAccessibleName("Calibration: accuracy against confidence")
        self.setAccessibleDescription("Left and Right move over the bins of confidence.")
        self.setToolTip("A bar that ends on the dashed line: right as often as sure. Orange: the gap to it")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumSize(150, 130)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(230, 220)

    def set_data(self, calibration: Calibration | None) -> None:
        """Show a calibration, or the empty axes."""
        self._calibration = calibration
        if calibration is None or (self._hover or 0) >= len(calibration.counts):
            self._set_hover(None)
        self.update()

    # Geometry

    def plot_rect(self) -> QRectF:
        """Return where both axes go from 0 to 100 %."""
        top = _STRIP + _STRIP_GAP
        width, height = self.width() - _LEFT - _RIGHT, self.height() - top - _BOTTOM
        return QRectF(_LEFT, top, max(width, 1), max(height, 1))

    def bar_rect(self, place: int) -> QRectF:
        """Return a bin's bar, from zero up to its accuracy; an empty bin's has no height."""
        plot, found = self.plot_rect(), self._calibration
        if found is None:
            return QRectF()
        accuracy = found.accuracy[place]
        return self._span(place, 0.0, 0.0 if math.isnan(accuracy) else float(accuracy), plot)

    def _span(self, place: int, low: float, high: float, plot: QRectF) -> QRectF:
        bins = len(self._calibration.counts)
        width = plot.width() / bins
        left = plot.left() + place * width
        top = plot.bottom() - high * plot.height()
        return QRectF(left, top, width - 1, (high - low) * plot.height())

    def _bin_at(self, position: QPointF) -> int | None:
        plot = self.plot_rect()
        inside = plot.left() <= position.x() < plot.right() and 0 <= position.y() <= plot.bottom()
        if self._calibration is None or not inside:
            return None
        return int((position.x() - plot.left()) / plot.width() * len(self._calibration.counts))

    # Mouse and keys

    def _set_hover(self, place: int | None) -> None:
        if place != self._hover:
            self._hover = place
            self.update()
            self.hovered.emit(place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._set_hover(self._bin_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._set_hover(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self._set_hover(None if self._calibration is None else 0)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._set_hover(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or self._calibration is None:
            event.ignore()
            return
        last = len(self._calibration.counts) - 1
        start = (-1 if step > 0 else last + 1) if self._hover is None else self._hover
        self._set_hover(min(max(start + step, 0), last))

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        plot = self.plot_rect()
        self._draw_axes(painter, plot)
        if self._calibration is not None:
            self._draw_bins(painter, plot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(self._theme.color("text3"), 1, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawLine(plot.bottomLeft(), plot.topRight())

    def _draw_axes(self, painter: QPainter, plot: QRectF) -> None:
        theme = self._theme
        painter.setFont(theme.font(10))
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for share in (0.0, 0.5, 1.0):
            x, y = plot.left() + share * plot.width(), plot.bottom() - share * plot.height()
            painter.setPen(QPen(theme.color("line2" if share == 0 else "grid"), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(theme.color("text2"))
            label = f"{share:.0%}".replace("%", " %")
            painter.drawText(QRectF(0, y - 7, _LEFT - 5, 14), side, label)
            if share > 0:  # the zero beside the vertical axis stands for both
                box = QRectF(x - 24, plot.bottom() + 2, 48, 13)
                box.moveRight(min(box.right(), self.width() + 8.0))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label)
        painter.setPen(theme.color("text3"))
        centre = Qt.AlignmentFlag.AlignCenter
        painter.drawText(QRectF(plot.left(), plot.bottom() + 15, plot.width(), 14), centre, "confidence")
        painter.drawText(QRectF(0, 0, _LEFT - 5, _STRIP), side, "images")
        painter.save()
        painter.translate(7, plot.top() + plot.height() * 0.25)
        painter.rotate(-90)
        painter.drawText(QRectF(-30, -7, 60, 14), centre, "right")
        painter.restore()

    def _draw_bins(self, painter: QPainter, plot: QRectF) -> None:
        theme, found = self._theme, self._calibration
        most = max(int(found.counts.max(initial=0)), 1)
        for place, count in enumerate(found.counts.tolist()):
            whole = self._span(place, 0.0, 1.0, plot)
            if place == self._hover:
                painter.fillRect(
                    QRectF(whole.left(), 0, whole.width(), plot.bottom()), theme.color("accent_soft")
                )
            if count:
                height = max(_STRIP * count / most, 1.0)
                strip = QRectF(whole.left(), _STRIP - height, whole.width(), height)
                painter.fillRect(strip, theme.color("text3"))
                self._draw_bar(painter, place, plot)
        painter.setPen(QPen(theme.color("line2"), 1))
        painter.drawLine(QPointF(plot.left(), _STRIP + 0.5), QPointF(plot.right(), _STRIP + 0.5))

    def _draw_bar(self, painter: QPainter, place: int, plot: QRectF) -> None:
        """Draw a bar up to its accuracy; what lies between accuracy and confidence in the warning colour."""
        theme, found = self._theme, self._calibration
        low, high = sorted((float(found.accuracy[place]), float(found.confidence[place])))
        gap = theme.color("warn")
        gap.setAlphaF(0.45)
        painter.fillRect(self._span(place, 0.0, low, plot), theme.color("accent"))
        painter.fillRect(self._span(place, low, high, plot), gap)
        top = self.bar_rect(place)
        painter.fillRect(QRectF(top.left(), top.top() - 1, top.width(), 2), theme.color("accent_ink"))
