"""The layers from top to bottom, moved by mouse or keys, with the fields of the one that is looked at."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.theme import Theme
from explorer.widgets.scroll_column import ScrollColumn

from .layer_editor import LayerEditor
from .layer_row import LayerRow, input_text, row_text
from .model import INPUT, BuildModel
from .problem_note import ProblemNote

_DROP_LINE = 2
_EDGE = 24


class LayerStack(QWidget):
    """What scrolls: a row for the image, then one for each layer.

    Keys: Up and Down look at another layer, Alt moves it along, Delete removes it, Ctrl+D copies it, Enter
    goes to its first field.
    """

    menu_requested = Signal()
    reached = Signal(QRect)
    """What should be in sight."""

    def __init__(self, model: BuildModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._theme = model, theme
        self._gap: int | None = None  # where a dragged layer would go
        self.setObjectName("layerStack")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip(
            "Up and Down choose a layer, Alt+Up and Alt+Down move it, Delete removes it, Ctrl+D copies it"
        )
        self.image_row = LayerRow(theme, handle=False)
        self.image_row.setObjectName("layerRowInput")
        self.image_row.pressed.connect(partial(self._press, INPUT))
        self.rows: list[LayerRow] = []
        self.editor = LayerEditor(model, theme)
        self.note = ProblemNote(model, theme)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.image_row)
        self._column.addStretch(1)
        self._line = _DropLine(theme, self)
        model.changed.connect(self.refresh)
        model.selected.connect(self.refresh)
        self.refresh()

    # What is shown

    def refresh(self) -> None:
        """Show the draft."""
        model, count = self._model, len(self._model.draft.layers)
        while len(self.rows) > count:
            row = self.rows.pop()
            self._column.removeWidget(row)
            row.deleteLater()
        while len(self.rows) < count:
            self._add_row()
        self.image_row.show_text(input_text(model.draft), model.place == INPUT)
        for place, row in enumerate(self.rows):
            row.show_text(row_text(model.draft, model.report.standings[place], place), place == model.place)
        self.editor.refresh()
        self.note.refresh()
        self._arrange()
        chosen = self.image_row if model.place == INPUT else self.rows[model.place]
        self.setAccessibleName(f"Layers: {chosen.text.spoken()}")

    def _add_row(self) -> None:
        place = len(self.rows)
        row = LayerRow(self._theme)
        row.setObjectName(f"layerRow{place}")
        row.pressed.connect(partial(self._press, place))
        row.dragged.connect(partial(self._drag, place))
        row.dropped.connect(partial(self._drop, place))
        row.opened.connect(self._enter)
        self.rows.append(row)

    def _arrange(self) -> None:
        """Put the editor beneath the layer that is looked at, the reason beneath the one it is about."""
        model = self._model
        order: list[QWidget] = [self.image_row]
        if model.report.problem and model.report.place is None:
            order.append(self.note)
        for place, row in enumerate(self.rows):
            order.append(row)
            if place == model.place:
                order.append(self.editor)
            if place == model.report.place:
                order.append(self.note)
        for place, widget in enumerate(order):
            if self._column.indexOf(widget) != place:
                self._column.insertWidget(place, widget)
            widget.show()
        for widget in (self.editor, self.note):
            if widget not in order:
                self._column.removeWidget(widget)
                widget.setParent(self)
                widget.hide()

    # The mouse

    def _press(self, place: int) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)  # a field that has it hands over what was typed
        self._model.select(place)

    def _drag(self, place: int, where: QPoint) -> None:
        y = self.mapFromGlobal(where).y()
        middles = [row.geometry().center().y() for row in self.rows]
        self._gap = sum(y > middle for middle in middles)
        below = self.rows[self._gap] if self._gap < len(self.rows) else None
        top = below.y() if below is not None else self.rows[-1].geometry().bottom() + 1
        self._line.show_at(top)
        self.reached.emit(QRect(0, y - _EDGE, 1, 2 * _EDGE))

    def _drop(self, place: int) -> None:
        gap = self._gap
        self._end_drag()
        if gap is not None:
            self._model.move(place, gap if gap <= place else gap - 1)
            self.show_chosen()

    def _end_drag(self) -> None:
        self._gap = None
        self._line.hide()

    def _enter(self) -> None:
        if self._model.place != INPUT:
            first = next(iter(self.editor.fields.values()), self.editor.name)
            first.setFocus(Qt.FocusReason.TabFocusReason)

    def show_chosen(self) -> None:
        """Ask for the chosen row to be in sight, with its fields where there is room."""
        self._column.activate()
        row = self.image_row if self._model.place == INPUT else self.rows[self._model.place]
        box = row.geometry()
        if self.editor.isVisibleTo(self):
            self.reached.emit(box.united(self.editor.geometry()))
        self.reached.emit(box)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        model, key = self._model, Qt.Key(event.key())
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(key)
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        alone = held == Qt.KeyboardModifier.NoModifier
        if step is not None and held == Qt.KeyboardModifier.AltModifier:
            if model.place != INPUT:
                model.move(model.place, model.place + step)
        elif step is not None and alone:
            model.select(model.place + step)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and alone:
            model.select(INPUT if key == Qt.Key.Key_Home else len(self.rows) - 1)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and alone:
            model.remove()
        elif key == Qt.Key.Key_D and held == Qt.KeyboardModifier.ControlModifier:
            model.duplicate()
        elif key in (Qt.Key.Key_Insert, Qt.Key.Key_Plus):
            self.menu_requested.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and alone:
            self._enter()
        elif key == Qt.Key.Key_Escape and self._gap is not None:
            for row in self.rows:
                row.let_go()
            self._end_drag()
        else:
            super().keyPressEvent(event)
            return
        self.show_chosen()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()


class _DropLine(QWidget):
    """Shows between which layers a dragged one would go."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_at(self, y: int) -> None:
        self.setGeometry(8, y - _DROP_LINE // 2, self.parentWidget().width() - 16, _DROP_LINE)
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._theme.color("accent"))


class LayerScroll(ScrollColumn):
    """Scrolls the layers, and to what they want to be seen."""

    def __init__(self, stack: LayerStack, parent: QWidget | None = None) -> None:
        super().__init__(stack, "layerScroll", "Layers", parent)
        stack.reached.connect(self._reach)

    def _reach(self, box: QRect) -> None:
        bar, height = self.verticalScrollBar(), self.viewport().height()
        top = bar.value()
        if box.top() < top or box.height() > height:
            bar.setValue(box.top())
        elif box.bottom() >= top + height:
            bar.setValue(box.bottom() + 1 - height)
