"""The model's layers as a list: name, kind, output and parameters in columns."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from cnncore import ModelSpec
from explorer.numbers import format_count, format_shape
from explorer.theme import Theme
from explorer.workbench.building import kind_text, short_kind_text

ROW_HEIGHT = 28
_MARGIN = 14
_NONE = "–"
_ROOT = QModelIndex()


@dataclass(frozen=True)
class LayerRow:
    """One row; `layer` is its focus (-1 the input image), None for the loss, which cannot be looked at."""

    layer: int | None
    name: str
    kind: str
    output: str
    parameters: str
    short_kind: str = ""

    def spoken(self) -> str:
        """Return the row as a sentence for screen readers."""
        parameters = "no parameters" if self.parameters == _NONE else f"{self.parameters} parameters"
        return f"{self.name}, {self.kind}, output {self.output}, {parameters}"


def layer_rows(spec: ModelSpec) -> list[LayerRow]:
    """Return the input, each layer, and the loss."""
    rows = [LayerRow(-1, "input", "Image", format_shape(spec.input_shape), _NONE)]
    described = zip(spec.layers, spec.shapes(), spec.parameter_counts(), strict=True)
    for i, (layer, shape, count) in enumerate(described):
        parameters = format_count(count) if count else _NONE
        rows.append(
            LayerRow(i, layer.name, kind_text(layer), format_shape(shape), parameters, short_kind_text(layer))
        )
    rows.append(LayerRow(None, "loss", "Softmax + loss", str(len(spec.class_names)), _NONE))
    return rows


class LayerModel(QAbstractListModel):
    """The rows of a model."""

    def __init__(self, spec: ModelSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = layer_rows(spec)

    def set_spec(self, spec: ModelSpec) -> None:
        """Show another model."""
        self.beginResetModel()
        self.rows = layer_rows(spec)
        self.endResetModel()

    def row_of(self, layer: int | None) -> int | None:
        """Return the row of a focused layer, None when nothing is focused."""
        return None if layer is None else layer + 1

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.spoken()
        return None

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        if self.rows[index.row()].layer is None:
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren


@dataclass(frozen=True)
class Columns:
    """Where the columns stand in a row of `width` pixels: left edges of texts, right edges of numbers."""

    width: int

    @property
    def name(self) -> int:
        return _MARGIN

    @property
    def kind(self) -> int:
        return _MARGIN + (56 if self.width >= 270 else 46)

    @property
    def output(self) -> int:
        return self.width - _MARGIN - (64 if self.width >= 270 else 50)

    @property
    def parameters(self) -> int:
        return self.width - _MARGIN


class LayerHeader(QWidget):
    """The names of the columns of `view`, over its rows also while it has a scroll bar."""

    def __init__(self, theme: Theme, view: QListView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._view = view
        self.setFixedHeight(24)
        view.viewport().installEventFilter(self)
        theme.changed.connect(self.update)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.update()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._theme.font(11))
        painter.setPen(self._theme.color("text2"))
        columns, height = Columns(self._view.viewport().width()), self.height()
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRect(columns.name, 0, 100, height), left, "Layer")
        painter.drawText(QRect(columns.output - 80, 0, 80, height), right, "Output")
        painter.drawText(QRect(columns.parameters - 80, 0, 80, height), right, "Params")


class LayerDelegate(QStyledItemDelegate):
    """Draws a row; the focused one lies on the accent's soft tone with a bar at the panel's edge."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(120, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        theme, box = self._theme, option.rect
        row: LayerRow = index.model().rows[index.row()]
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver) and row.layer is not None
        painter.save()
        if selected or hovered:
            painter.fillRect(box, theme.color("accent_soft" if selected else "panel2"))
        if selected:
            painter.fillRect(QRect(box.left(), box.top(), 2, box.height()), theme.color("accent"))
        columns = Columns(box.width())
        kind_right = columns.output - QFontMetrics(theme.font(12)).horizontalAdvance(row.output) - 4
        self._text(painter, box, columns.name, columns.kind - 4, row.name, theme.font(12, 500), "text")
        font = theme.font(12)
        fits = QFontMetrics(font).horizontalAdvance(row.kind) <= kind_right - columns.kind
        kind = row.kind if fits else row.short_kind or row.kind
        self._text(painter, box, columns.kind, kind_right, kind, font, "text2")
        right = Qt.AlignmentFlag.AlignRight
        self._text(painter, box, 0, columns.output, row.output, theme.font(12), "text2", right)
        self._text(painter, box, 0, columns.parameters, row.parameters, theme.font(12), "text", right)
        painter.restore()

    def _text(
        self,
        painter: QPainter,
        box: QRect,
        left: int,
        right: int,
        text: str,
        font: QFont,
        token: str,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        painter.setFont(font)
        painter.setPen(self._theme.color("text3" if text == _NONE else token))
        place = QRect(box.left() + left, box.top(), right - left, box.height())
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, shown)
