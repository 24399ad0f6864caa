"""One layer in the list: a handle to drag it by, its name and kind, and what it makes of an image."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from explorer.numbers import format_count, format_shape
from explorer.theme import Theme
from explorer.widgets.icons import icon_pixmap
from explorer.workbench.building import Draft, Standing, kind_text, short_kind_text

ROW_HEIGHT = 30
_NONE = "–"
_GRIP = 14
_WIDE = 490


@dataclass(frozen=True)
class RowText:
    """What a row says. `state` is "fits", "problem" or "waits"."""

    name: str
    kind: str
    short_kind: str
    output: str
    parameters: str
    multiply_adds: str
    state: str = "fits"

    def spoken(self) -> str:
        """Return the row as a sentence for screen readers."""
        if self.state != "fits":
            return f"{self.name}, {self.kind}, {self.output}"
        return (
            f"{self.name}, {self.kind}, output {self.output}, {_none(self.parameters)} parameters, "
            f"{_none(self.multiply_adds)} multiply-adds"
        )


def _none(text: str) -> str:
    return "no" if text == _NONE else text


def input_text(draft: Draft) -> RowText:
    """Describe the image that goes in."""
    return RowText("input", "Image", "Image", format_shape(draft.input_shape), _NONE, _NONE)


def row_text(draft: Draft, standing: Standing, place: int) -> RowText:
    """Describe a layer."""
    layer = draft.layers[place]
    output, state = "", "fits"
    if standing.shape is not None:
        output = format_shape(standing.shape)
    if standing.problem:
        output, state = output or "does not fit", "problem"
    elif standing.waits:
        output, state = f"waits for {standing.waits}", "waits"
    return RowText(
        layer.name,
        kind_text(layer),
        short_kind_text(layer),
        output,
        format_count(standing.parameters) if standing.parameters else _NONE,
        format_count(standing.multiply_adds) if standing.multiply_adds else _NONE,
        state,
    )


@dataclass(frozen=True)
class Columns:
    """Where the columns stand in a row of `width` pixels: left edges of texts, right edges of numbers."""

    width: int

    @property
    def wide(self) -> bool:
        return self.width >= _WIDE

    @property
    def name(self) -> int:
        return 32

    @property
    def kind(self) -> int:
        return self.name + (92 if self.wide else 58)

    @property
    def multiply_adds(self) -> int:
        return self.width - 14

    @property
    def parameters(self) -> int:
        return self.multiply_adds - (104 if self.wide else 74)

    @property
    def output(self) -> int:
        return self.parameters - (90 if self.wide else 58)


class RowHeader(QWidget):
    """The names of the columns, over the rows also while `viewport` has a scroll bar beside it."""

    def __init__(self, theme: Theme, viewport: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._viewport = theme, viewport
        self.setFixedHeight(22)
        viewport.installEventFilter(self)
        theme.changed.connect(self.update)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.update()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._theme.font(11))
        painter.setPen(self._theme.color("text2"))
        columns, height = Columns(self._viewport.width()), self.height()
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRect(columns.name, 0, 100, height), left, "Layer")
        texts = (
            ("Output", "Parameters", "Multiply-adds") if columns.wide else ("Output", "Params", "Mult-adds")
        )
        for edge, text in zip(
            (columns.output, columns.parameters, columns.multiply_adds), texts, strict=True
        ):
            painter.drawText(QRect(edge - 100, 0, 100, height), right, text)


class LayerRow(QWidget):
    """Draws a row and tells what the mouse does with it. A row without a handle cannot be dragged."""

    pressed = Signal()
    dragged = Signal(QPoint)
    """Where the mouse is while it drags the row, on the whole screen."""
    dropped = Signal()
    opened = Signal()
    """It was clicked twice."""

    def __init__(self, theme: Theme, handle: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._handle = theme, handle
        self.text = RowText("", "", "", "", "", "")
        self.chosen = False
        self._start: QPointF | None = None
        self._dragging = False
        self.setFixedHeight(ROW_HEIGHT)
        self.setMinimumWidth(200)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(320, ROW_HEIGHT)

    def show_text(self, text: RowText, chosen: bool) -> None:
        """Show a layer."""
        if (text, chosen) != (self.text, self.chosen):
            self.text, self.chosen = text, chosen
            self.setAccessibleName(text.spoken())
            tip = "Drag to move it, or Alt+Up and Alt+Down" if self._handle else "The image that goes in"
            self.setToolTip(f"{text.spoken()}\n{tip}")
            self.update()

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._start, self._dragging = event.position(), False
            self.pressed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._start is None or not self._handle:
            return
        moved = (event.position() - self._start).manhattanLength()
        if not self._dragging and moved >= QApplication.startDragDistance():
            self._dragging = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        if self._dragging:
            self.dragged.emit(event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        dragging = self._dragging
        self.let_go()
        if dragging:
            self.dropped.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.opened.emit()

    def let_go(self) -> None:
        """End a drag without dropping."""
        self._start, self._dragging = None, False
        self.unsetCursor()

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter, box = self._theme, QPainter(self), self.rect()
        if self.chosen or self.underMouse():
            painter.fillRect(box, theme.color("accent_soft" if self.chosen else "panel2"))
        if self.chosen:
            painter.fillRect(QRect(0, 0, 2, box.height()), theme.color("accent"))
        if self._handle:
            color = theme.color("text2" if self.underMouse() or self.chosen else "text3")
            grip = icon_pixmap("grip", color, _GRIP, self.devicePixelRatioF())
            painter.drawPixmap(11, (box.height() - _GRIP) // 2, grip)
        columns, text = Columns(box.width()), self.text
        right = Qt.AlignmentFlag.AlignRight
        wide_output = text.state == "waits" or text.output == "does not fit"
        output = columns.multiply_adds if wide_output else columns.output
        metrics = QFontMetrics(theme.font(12))
        room = output - metrics.horizontalAdvance(text.output) - (24 if text.state == "problem" else 6)
        kind = text.kind if metrics.horizontalAdvance(text.kind) <= room - columns.kind else text.short_kind
        self._write(painter, columns.name, columns.kind - 6, text.name, "text", 500)
        self._write(painter, columns.kind, room, kind, "text2")
        tokens = {"fits": "text2", "problem": "warn", "waits": "text3"}
        self._write(painter, columns.kind, output, text.output, tokens[text.state], 400, right)
        if text.state == "problem":
            mark = icon_pixmap("warning", theme.color("warn"), 14, self.devicePixelRatioF())
            left = output - metrics.horizontalAdvance(text.output) - 18
            painter.drawPixmap(left, (box.height() - 14) // 2, mark)
        if not wide_output:
            self._write(painter, columns.output, columns.parameters, text.parameters, "text", 400, right)
            self._write(
                painter, columns.parameters, columns.multiply_adds, text.multiply_adds, "text", 400, right
            )

    def _write(
        self,
        painter: QPainter,
        left: int,
        right: int,
        text: str,
        token: str,
        weight: int = 400,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        painter.setFont(self._theme.font(12, weight))
        painter.setPen(self._theme.color("text3" if text == _NONE else token))
        place = QRect(left, 0, right - left, self.height())
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, shown)
