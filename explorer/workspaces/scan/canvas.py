"""The stage under mouse and keyboard: drag the window, click an output, type into cells."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from explorer.theme import Theme
from explorer.widgets.transport import Transport, bind_keys
from explorer.workbench import Workbench

from .cell_editor import CellEditor
from .holder import LabHolder
from .pointing import Spot, hover_for, marks_for, nearest_position, spot_at
from .stage import Marks
from .stage_parts import qrect
from .stage_view import StageView


class ScanCanvas(StageView):
    """Drag the window, click an output cell, click a weight or double-click a number to change it."""

    def __init__(
        self,
        holder: LabHolder,
        transport: Transport,
        workbench: Workbench,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(holder, transport, theme, parent)
        self._workbench = workbench
        self._spot: Spot | None = None
        self._told = False
        self._dragging = False
        self._editing: Spot | None = None
        self.setMouseTracking(True)
        self.editor = CellEditor(self)
        self.editor.committed.connect(self._commit)
        self.editor.stepped.connect(self._step_edit)
        self.editor.ended.connect(self._end_edit)
        self.zoom_changed.connect(self.editor.end)

    def _marks(self) -> Marks:
        return marks_for(self._spot, self._holder.shown, self.index)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.editor.end()
        super().resizeEvent(event)

    def _numbers_changed(self) -> None:
        super()._numbers_changed()
        if self._spot is not None and not self._still_there(self._spot):
            self._spot = None
            self._tell()

    def _still_there(self, spot: Spot) -> bool:
        box = getattr(self.layout_now, spot.part)
        return spot.y < box.first_row + box.rows and spot.x < box.first_column + box.columns

    def _moved(self) -> None:
        super()._moved()
        if self._told and self._spot is not None and self._still_there(self._spot):
            self._tell()

    # Mouse

    def _point_at(self, at: QPointF | None) -> None:
        spot = None if at is None else spot_at(self.layout_now, self._holder.shown, at.x(), at.y())
        if spot != self._spot:
            self._spot = spot
            self.update()
        self._tell()

    def _tell(self) -> None:
        if self._spot is not None:
            channel = min(self._holder.channel, self._holder.shown.state.channels - 1)
            self._workbench.set_hover(hover_for(self._spot, self._holder.shown, self.index, channel))
            self._told = True
        elif self._told:
            self._workbench.set_hover(None)
            self._told = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self.editor.end()
        self._point_at(event.position())
        spot = self._spot
        if spot is None:
            return
        if spot.part == "input":
            self._dragging = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._drag_to(event.position())
        elif spot.part == "output" and not self._holder.shown.transposed:
            self.transport.seek(self._holder.shown.plan.index(spot.y, spot.x))
        elif spot.part == "kernel" and not self._holder.shown.pooling:
            self.edit("kernel", spot.y, spot.x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self._drag_to(event.position())
        else:
            self._point_at(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragging = False
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        spot = spot_at(self.layout_now, self._holder.shown, event.position().x(), event.position().y())
        if spot is not None and spot.part == "input" and not self._holder.shown.padding_mask[spot.y, spot.x]:
            self._dragging = False
            self.edit("input", spot.y, spot.x)

    def _drag_to(self, at: QPointF) -> None:
        box = self.layout_now.input
        y, x = (at.y() - box.y) / box.cell + box.first_row, (at.x() - box.x) / box.cell + box.first_column
        self.transport.seek(nearest_position(self._holder.shown, y, x))

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)
        super().leaveEvent(event)

    # Typing into cells

    def edit(self, part: str, y: int, x: int) -> None:
        """Open the field over a weight or an input number; the padded input's coordinates count."""
        numbers = self._holder.numbers
        if self._holder.previewing or (part == "kernel" and numbers.pooling):
            return
        spot = Spot(part, y, x)
        values = numbers.kernel if part == "kernel" else numbers.padded
        box = self.layout_now.kernel if part == "kernel" else self.layout_now.input
        if not box.whole_rows.start <= y < box.whole_rows.stop or not (
            box.whole_columns.start <= x < box.whole_columns.stop
        ):
            return
        self._editing = spot
        channel = self._holder.channel
        name = "Weight" if part == "kernel" else "Input number"
        self.editor.open(
            qrect(box.cell_rect(y, x)), float(values[channel, y, x]), f"{name}, row {y}, column {x}"
        )

    def edit_first(self, part: str) -> None:
        """Begin typing at the first cell in view: the keyboard's way in."""
        box = self.layout_now.kernel if part == "kernel" else self.layout_now.input
        y, x = box.first_row, box.first_column
        if part == "input":
            y, x = (max(a, b) for a, b in zip((y, x), self._holder.numbers.origin, strict=True))
        self.edit(part, y, x)

    def _commit(self, value: float) -> None:
        spot, holder = self._editing, self._holder
        if spot is None:
            return
        y, x = spot.y, spot.x
        if spot.part == "kernel":
            if holder.state.setup.operation == "convolution":
                kh, kw = holder.state.setup.kernel_size
                y, x = kh - 1 - y, kw - 1 - x
            holder.set_state(holder.state.with_weight(holder.channel, y, x, value))
        else:
            top, left = holder.numbers.origin
            holder.set_state(
                holder.state.with_cell(holder.numbers.x, holder.channel, y - top, x - left, value)
            )

    def _step_edit(self, step: int) -> None:
        spot, numbers = self._editing, self._holder.numbers
        if spot is None:
            return
        size = numbers.setup.kernel_size if spot.part == "kernel" else numbers.setup.input_size
        top, left = (0, 0) if spot.part == "kernel" else numbers.origin
        place = (spot.y - top) * size[1] + spot.x - left + step
        y, x = divmod(place % (size[0] * size[1]), size[1])
        self.edit(spot.part, y + top, x + left)

    def _end_edit(self) -> None:
        self._editing = None
        self.setFocus()

    # Keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier:
            if bind_keys(self.transport, key):
                return
            if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
                self.zoom_by(-1 if key == Qt.Key.Key_Minus else 1)
                return
            if key in (Qt.Key.Key_F2, Qt.Key.Key_K, Qt.Key.Key_I):
                self.edit_first("input" if key == Qt.Key.Key_I else "kernel")
                return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ring = False
        self.update()
        super().focusOutEvent(event)
