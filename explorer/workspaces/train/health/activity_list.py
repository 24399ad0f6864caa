"""How many outputs of each activation function are zero, and which units never fire."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen

from explorer.widgets.hatching import hatch_rects
from explorer.workspaces.train.health.row_list import RowList
from explorer.workspaces.train.health.rows import ActivityRow

_PADDING, _BAR, _LINE = 5.0, 8.0, 15.0


class ActivityList(RowList):
    """Rows of `ActivityRow`: a bar, marked as far as units never fire, with words above and below."""

    least_height, most_height = 46, 62

    def spoken(self, row: ActivityRow) -> str:
        return f"{row.name} {row.value}, {row.words}"

    def bar_rect(self, place: int) -> QRectF:
        """Return the trough of a row's bar."""
        area = self.row_rect(place)
        top = area.center().y() - _BAR / 2
        return QRectF(area.left() + _PADDING, top, area.width() - 2 * _PADDING, _BAR)

    def paint_row(self, painter: QPainter, area: QRectF, row: ActivityRow, along: float | None) -> None:
        theme = self.theme
        bar = self.bar_rect(self.rows.index(row))
        above = QRectF(bar.left(), bar.top() - _LINE - 1, bar.width(), _LINE)
        below = QRectF(bar.left(), bar.bottom() + 2, bar.width(), _LINE)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font(11.5))
        painter.setPen(theme.color("accent_ink" if row.layer == self.current else "text"))
        metrics = QFontMetrics(theme.font(11.5))
        room = int(bar.width() - metrics.horizontalAdvance(row.value)) - 6
        painter.drawText(above, left, metrics.elidedText(row.name, Qt.TextElideMode.ElideRight, room))
        painter.setPen(theme.color("text"))
        painter.drawText(above, right, row.value)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("grid"))
        painter.drawRoundedRect(bar, 2, 2)
        if row.share:
            painter.setBrush(theme.color("text3"))
            painter.drawRoundedRect(self._part(bar, row.share), 2, 2)
        if row.marked:
            painter.setBrush(theme.color("warn"))
            marked = self._part(bar, row.marked)
            painter.drawRoundedRect(marked, 2, 2)
            painter.setPen(QPen(theme.color("panel"), 1))
            for x1, y1, x2, y2 in hatch_rects([marked.getRect()], 5.0, falling=True):
                painter.drawLine(QPointF(x1, y1), QPointF(x2, y2))
        painter.setFont(theme.font(10.5))
        painter.setPen(theme.color("warn" if row.marked else "text2"))
        painter.drawText(below, left, row.words)

    def _part(self, bar: QRectF, share: float) -> QRectF:
        return QRectF(bar.left(), bar.top(), max(share * bar.width(), 2.0), bar.height())
