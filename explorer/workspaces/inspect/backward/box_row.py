"""A row of boxes with arrows between them, painted: a step changes every number and lays nothing out."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.theme import Theme

from ..texts import draw_text, elided, text_width
from .update_model import Box

HEIGHT, COMPACT_HEIGHT = 104, 82
_GAP, _INSET = 20, 11
_SIZES = (11.0, 10.5, 10.0, 9.5, 9.0)


class BoxRow(QWidget):
    """Boxes from left to right, each as wide as its longest line asks for."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._boxes: tuple[Box, ...] = ()
        self.setObjectName("updateBoxes")
        self.setAccessibleName("Update of one weight")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_compact(False)
        theme.changed.connect(self.update)

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The boxes on view."""
        return self._boxes

    def set_boxes(self, boxes: tuple[Box, ...]) -> None:
        """Show these boxes."""
        if boxes != self._boxes:
            self._boxes = boxes
            words = (f"{box.title} {box.symbol}: {', '.join(box.lines)}: {box.result}" for box in boxes)
            self.setAccessibleDescription("; ".join(words))
            self.update()

    def set_compact(self, compact: bool) -> None:
        """Take less room."""
        self._compact = compact
        self.setFixedHeight(COMPACT_HEIGHT if compact else HEIGHT)

    def sizeHint(self) -> QSize:
        return QSize(600, self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(300, self.height())

    def _measures(self) -> tuple[bool, float, list[float], float, float]:
        """Return whether lines are brief, the size of the type, the boxes' widths, their gap and inset."""
        for brief in (False, True):
            for gap, inset in ((_GAP, _INSET), (14, 6), (10, 4), (8, 3)):
                for size in _SIZES:
                    needs = [self._need(box, size, brief) + 2 * inset for box in self._boxes]
                    spare = self.width() - gap * (len(needs) - 1) - 1 - sum(needs)
                    if spare >= 0:
                        return brief, size, [need + spare / len(needs) for need in needs], gap, inset
        share = 1 + spare / sum(needs)
        return True, _SIZES[-1], [need * share for need in needs], gap, inset

    @property
    def fits(self) -> bool:
        """Whether nothing has to be cut."""
        brief, size, widths, _, inset = self._measures()
        needs = (self._need(box, size, brief) + 2 * inset for box in self._boxes)
        return all(width >= need - 1e-6 for width, need in zip(widths, needs, strict=True))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._boxes:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        brief, size, widths, gap, inset = self._measures()
        x = 0.5
        for place, (box, width) in enumerate(zip(self._boxes, widths, strict=True)):
            if place:
                self._paint_arrow(painter, x - gap / 2)
            area = QRectF(x, 0.5, width, self.height() - 1)
            self._paint_box(painter, box, self._lines(box, brief), area, size, inset)
            x += width + gap

    def _paint_arrow(self, painter: QPainter, x: float) -> None:
        painter.setPen(QPen(self._theme.color("text3"), 1.4))
        middle = self.height() / 2
        painter.drawPolyline([QPointF(x - 2, middle - 4), QPointF(x + 2, middle), QPointF(x - 2, middle + 4)])

    def _paint_box(
        self, painter: QPainter, box: Box, lines: tuple[str, ...], area: QRectF, size: float, inset: float
    ) -> None:
        theme = self._theme
        painter.setPen(QPen(theme.color("line2"), 1))
        painter.setBrush(theme.color("panel2"))
        painter.drawRoundedRect(area, 6, 6)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        line = QRectF(area.left() + inset, area.top() + (5 if self._compact else 9), 0, 16)
        line.setWidth(area.width() - 2 * inset)
        draw_text(painter, theme, line, elided(box.title, line.width(), size, 400), "text2", size)
        if box.symbol:
            behind = line.adjusted(text_width(f"{box.title} ", size), 0, 0, 0)
            draw_text(painter, theme, behind, box.symbol, "text", size, 600, italic=True)
        for text in lines:
            line.translate(0, 16 if self._compact else 18)
            draw_text(painter, theme, line, elided(text, line.width(), size, 400), "text2", size)
        result = QRectF(line.left(), area.bottom() - (24 if self._compact else 30), line.width(), 20)
        draw_text(painter, theme, result, box.result, box.token, 12 if self._compact else 15, 600)

    def _lines(self, box: Box, brief: bool) -> tuple[str, ...]:
        if brief and box.brief:
            return box.brief
        return box.short if self._compact and box.short else box.lines

    def _need(self, box: Box, size: float, brief: bool) -> float:
        title = text_width(f"{box.title} {box.symbol}", size) + 4
        result = text_width(box.result, 12 if self._compact else 15, 600)
        return max(title, result, *(text_width(line, size) for line in self._lines(box, brief))) + 2
