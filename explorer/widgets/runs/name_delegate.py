"""Draws a run's tick box in its colour, its name, and how it stands; the name is edited in place."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from explorer.theme import Theme
from explorer.tokens import RADIUS_BADGE
from explorer.widgets.icons import icon_pixmap
from explorer.workbench.runs import LONGEST_NAME, Row

from .columns import subtitle
from .run_model import ROW

BOX = 14
_LEFT, _GAP, _BESIDE = 4, 8, 7
_BADGE = "running"


class NameDelegate(QStyledItemDelegate):
    """With `two_lines` the seed and the steps stand below the name."""

    def __init__(self, theme: Theme, two_lines: bool, parent: QAbstractItemView) -> None:
        super().__init__(parent)
        self._theme, self._two_lines = theme, two_lines

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        row: Row = index.data(ROW)
        width = _LEFT + BOX + _GAP + self._width(row.record.name, 600) + 12
        return QSize(round(width + (self._badge_width() + _BESIDE if row.is_running else 0)), 0)

    def _width(self, text: str, weight: int, size: float = 12) -> float:
        return QFontMetricsF(self._theme.font(size, weight)).horizontalAdvance(text)

    def _badge_width(self) -> float:
        return self._width(_BADGE, 600, 11) + 10

    @staticmethod
    def box_in(rect: QRect) -> QRect:
        """Return where the tick box of a row stands."""
        return QRect(rect.left() + _LEFT, rect.center().y() - BOX // 2 + 1, BOX, BOX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        view, row = option.widget, index.data(ROW)
        painter.save()
        view.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, view)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_box(painter, QRectF(self.box_in(option.rect)), row)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        text = QRectF(option.rect).adjusted(_LEFT + BOX + _GAP, 0, -1, 0)
        if self._two_lines:
            lower = QRectF(text.left(), text.center().y() + 1, text.width(), 15)
            text = QRectF(text.left(), text.center().y() - 16, text.width(), 17)
            self._write(painter, lower, subtitle(row), 11, 400, "text2")
        room = text.width() - (self._badge_width() + _BESIDE if row.is_running else 0)
        self._write(painter, text, row.record.name, 12, 600, "accent_ink" if selected else "text", room)
        if row.is_running:
            left = text.left() + min(room, self._width(row.record.name, 600)) + _BESIDE
            self._paint_badge(painter, QRectF(left, text.center().y() - 8, self._badge_width(), 16))
        painter.restore()

    def _write(
        self, painter: QPainter, box: QRectF, text: str, size: float, weight: int, token: str, room: float = 0
    ) -> None:
        font = self._theme.font(size, weight)
        painter.setFont(font)
        painter.setPen(self._theme.color(token))
        fitted = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room or box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, fitted)

    def _paint_box(self, painter: QPainter, box: QRectF, row: Row) -> None:
        colour = self._theme.color(row.colour)
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(colour if row.visible else self._theme.color("ctl"))
        painter.drawRoundedRect(box.adjusted(0.75, 0.75, -0.75, -0.75), RADIUS_BADGE - 1, RADIUS_BADGE - 1)
        if row.visible:
            ratio = painter.device().devicePixelRatioF()
            tick = icon_pixmap("check", self._theme.color("panel"), 12, ratio)
            painter.drawPixmap(box.topLeft() + QRectF(1, 1, 0, 0).topLeft(), tick)

    def _paint_badge(self, painter: QPainter, box: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("accent_soft"))
        painter.drawRoundedRect(box, RADIUS_BADGE, RADIUS_BADGE)
        painter.setFont(self._theme.font(11, 600))
        painter.setPen(self._theme.color("accent_ink"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, _BADGE)

    # The tick and the name

    def editorEvent(
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: QModelIndex
    ) -> bool:
        if isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.LeftButton:
            on_box = self.box_in(option.rect).adjusted(-5, -6, 5, 6).contains(event.position().toPoint())
            if on_box and event.type() == QEvent.Type.MouseButtonRelease:
                self.toggle(model, index)
            return on_box  # neither a press nor a double click there selects or edits
        return False

    @staticmethod
    def toggle(model: QAbstractItemModel, index: QModelIndex) -> None:
        """Show a run in the charts, or hide it."""
        if model.flags(index) & Qt.ItemFlag.ItemIsUserCheckable:
            hidden = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked
            model.setData(
                index,
                Qt.CheckState.Checked if hidden else Qt.CheckState.Unchecked,
                Qt.ItemDataRole.CheckStateRole,
            )

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex) -> QWidget:
        editor = QLineEdit(parent)
        editor.setObjectName("runName")
        editor.setAccessibleName("Name of the run")
        editor.setToolTip("Enter keeps the name, Esc the one before")
        editor.setMaxLength(LONGEST_NAME)
        return editor

    def setEditorData(self, editor: QLineEdit, index: QModelIndex) -> None:
        # What is being typed stays when the run makes a step.
        if not editor.property("filled"):
            editor.setProperty("filled", True)
            editor.setText(index.data(Qt.ItemDataRole.EditRole))
            editor.selectAll()

    def setModelData(self, editor: QLineEdit, model: QAbstractItemModel, index: QModelIndex) -> None:
        model.setData(index, editor.text())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        left = option.rect.left() + _LEFT + BOX + _GAP - 8
        top = option.rect.center().y() - 11
        editor.setGeometry(left, top, option.rect.right() - left, 24)
