"""A pad to draw a digit on, with mouse, pen or finger."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from explorer.digits import BOX, FIELD, smooth_stroke
from explorer.theme import Theme

PEN_SHARE = 1 / 14
"""Width of the pen as a share of the pad: two of the 28 pixels, like a pen on MNIST's forms."""

UPDATE_MS = 33
_MIN_STEP = 0.006


class DrawPad(QWidget):
    """Strokes with a round, soft pen. Pen and finger arrive as mouse events.

    Strokes are kept in shares of the pad's side, so that they survive a change of its size.
    """

    changed = Signal()
    """The drawing is another one. At most 30 times a second; the last state is always told."""

    left = Signal()
    """Esc was pressed."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._strokes: list[list[tuple[float, float]]] = []
        self._drawing = False
        self._pending = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(UPDATE_MS)
        self._pause.timeout.connect(self._tell_pending)
        self.setObjectName("draw_pad")
        self.setAccessibleName("Drawing pad")
        self.setAccessibleDescription("Drag to draw. Ctrl+Z undoes a stroke, Delete clears, Esc leaves.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        theme.changed.connect(self.update)

    @property
    def strokes(self) -> list[np.ndarray]:
        """The strokes, each (points, 2): x, y as shares of the pad's side, 0 to 1."""
        return [np.array(stroke) for stroke in self._strokes]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is drawn."""
        return not self._strokes

    def undo(self) -> None:
        """Take the last stroke back."""
        if self._strokes:
            self._strokes.pop()
            self._drawing = False
            self._tell()

    def clear(self) -> None:
        """Take all strokes back."""
        if self._strokes:
            self._strokes.clear()
            self._drawing = False
            self._tell()

    def _tell(self) -> None:
        self.update()
        self._pending = True
        if not self._pause.isActive():
            self._tell_pending()

    def _tell_pending(self) -> None:
        if self._pending:
            self._pending = False
            self._pause.start()
            self.changed.emit()

    def _place(self, position: QPointF) -> tuple[float, float]:
        area = self._area()
        return (
            min(max((position.x() - area.left()) / area.width(), 0.0), 1.0),
            min(max((position.y() - area.top()) / area.height(), 0.0), 1.0),
        )

    def _area(self) -> QRectF:
        side = max(1, min(self.width(), self.height()) - 2)
        return QRectF(1, 1, side, side)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._drawing = True
            self._strokes.append([self._place(event.position())])
            self._tell()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the stroke."""
        if self._drawing:
            point, last = self._place(event.position()), self._strokes[-1][-1]
            if max(abs(point[0] - last[0]), abs(point[1] - last[1])) >= _MIN_STEP:
                self._strokes[-1].append(point)
                self._tell()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the stroke."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._drawing = False

    def event(self, event: QEvent) -> bool:
        """Claim the pad's keys before shortcuts of the window take them."""
        if event.type() == QEvent.Type.ShortcutOverride and self._action(event) is not None:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Undo, clear or leave."""
        action = self._action(event)
        if action is None:
            super().keyPressEvent(event)
        else:
            action()

    def _action(self, event: QKeyEvent):
        if event.matches(QKeySequence.StandardKey.Undo):
            return self.undo
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            return self.clear
        if event.key() == Qt.Key.Key_Escape:
            return self.left.emit
        return None

    def sizeHint(self) -> QSize:
        """Return the size of an image shown at eight times its size."""
        return QSize(226, 226)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the paper, the box that the digit is scaled to, and the strokes."""
        painter = QPainter(self)
        area = self._area()
        paper, ink = (QColor.fromRgb(int(self._theme.pixels[place])) for place in (0, 255))
        painter.fillRect(area, paper)
        painter.setPen(QPen(self._theme.color("line2"), 1))
        painter.drawRect(area.adjusted(-0.5, -0.5, 0.5, 0.5))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inset = area.width() * (1 - BOX / FIELD) / 2
        painter.setPen(QPen(self._theme.color("hatch"), 1, Qt.PenStyle.DashLine))
        painter.drawRect(area.adjusted(inset, inset, -inset, -inset).toAlignedRect())
        if not self._strokes:
            painter.setPen(self._theme.color("text3"))
            painter.setFont(self._theme.font(12))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "Draw a digit here")
            return
        painter.setClipRect(area)
        path = self._path(area)
        width = area.width() * PEN_SHARE
        soft = QColor(ink)
        soft.setAlphaF(0.3)
        for color, extra in ((soft, 2.5), (ink, 0.0)):
            pen = QPen(color, width + extra)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.drawPath(path)

    def _path(self, area: QRectF) -> QPainterPath:
        path = QPainterPath()
        for stroke in self._strokes:
            points = smooth_stroke(stroke) * area.width() + (area.left(), area.top())
            path.moveTo(*points[0])
            for x, y in points[1:]:
                path.lineTo(x, y)
            if len(points) == 1:  # a line of no length has no cap
                path.lineTo(points[0][0] + 0.01, points[0][1])
        return path
