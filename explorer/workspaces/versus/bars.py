"""Two bars for each measure, one under the other."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.theme import Theme
from explorer.workbench import Hover, Workbench

from .wording import Measure

TOKENS = ("accent", "run_a")
_ROW, _LOW_ROW = 36, 30
_BAR, _GAP = 10.0, 4.0
_VALUE = 78.0


class MeasureBars(QWidget):
    """Draws measures; pointing at one tells both values."""

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workbench, self._theme = workbench, theme
        self._measures: tuple[Measure, ...] = ()
        self._titles = ("", "")
        self._height = _ROW
        self._row: int | None = None
        self.setObjectName("versusBars")
        self.setAccessibleName("Both networks side by side")
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_measures(self, measures: tuple[Measure, ...], titles: tuple[str, str]) -> None:
        """Show these, of networks with these names."""
        resized = len(measures) != len(self._measures)
        self._measures, self._titles = measures, titles
        self.setAccessibleDescription(
            "; ".join(
                f"{one.title}: {titles[0]} {one.texts[0]}, {titles[1]} {one.texts[1]}" for one in measures
            )
        )
        if resized:
            self.updateGeometry()
        self.update()

    def set_low(self, low: bool) -> None:
        """Put the rows closer together, or not."""
        self._height = _LOW_ROW if low else _ROW
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(500, self._height * max(len(self._measures), 1))

    def minimumSizeHint(self) -> QSize:
        return QSize(320, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row, measure in enumerate(self._measures):
            self._paint_row(painter, measure, QRectF(0, row * self._height, self.width(), self._height))

    def _paint_row(self, painter: QPainter, measure: Measure, area: QRectF) -> None:
        theme = self._theme
        title = QRectF(area.left(), area.top(), min(180.0, area.width() * 0.32), area.height())
        painter.setFont(theme.font(12))
        painter.setPen(theme.color("text2"))
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, measure.title)
        left, right = title.right() + 8, area.right() - _VALUE
        top = area.center().y() - _BAR - _GAP / 2
        for place, token in enumerate(TOKENS):
            trough = QRectF(left, top + place * (_BAR + _GAP), right - left, _BAR)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("grid"))
            painter.drawRoundedRect(trough, 2, 2)
            bar = QRectF(trough)
            bar.setWidth(max(1.0, measure.share(place) * trough.width()))
            painter.setBrush(theme.color(token))
            painter.drawRoundedRect(bar, 2, 2)
            painter.setFont(theme.font(12, 600))
            painter.setPen(theme.color("text"))
            value = QRectF(right, trough.top() - 4, _VALUE, _BAR + 8)
            painter.drawText(
                value, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, measure.texts[place]
            )

    def row_at(self, position: QPointF) -> int | None:
        """Return which measure is at a place."""
        row = int(position.y() // self._height)
        return row if 0 <= row < len(self._measures) else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position())
        if row == self._row:
            return
        self._row = row
        if row is None:
            self._workbench.set_hover(None)
            return
        measure = self._measures[row]
        rows = tuple(zip(self._titles, measure.texts, strict=True))
        self._workbench.set_hover(Hover(measure.title, rows, measure.title))

    def leaveEvent(self, event: QEvent) -> None:
        if self._row is not None:
            self._row = None
            self._workbench.set_hover(None)
        super().leaveEvent(event)
