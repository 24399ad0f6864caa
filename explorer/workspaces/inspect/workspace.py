"""The Inspect page: layers as chips, one layer taken apart forward or backward, and the transport."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from explorer.theme import Theme
from explorer.widgets.transport import TransportBar, bind_keys
from explorer.workbench import Workbench

from .backward.cascade_panel import CascadePanel
from .backward.model import Backward
from .backward.page import BackwardPage
from .formula_panel import FormulaPanel
from .gradual import Gradual
from .inspection import NO_LINK, Inspection
from .stepper import BACKWARD, FORWARD, LayerStepper
from .view_panel import ViewPanel

_NARROW = 900
_WAYS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
READABLE = 10.0
"""Cells a second at which numbers can still be read."""
NUMBERS_MS = 100
PREPARE_MS = 400
"""So long after the page was first shown, its other half is made, so that it opens at once."""


class InspectWorkspace(QWidget):
    """One image followed through the network, number by number. See `Inspection` for what is shown."""

    key = "inspect"
    title = "Inspect"
    icon = "inspect"
    hints = (
        (("0", "–", "9"), "channel"),
        (("[", "]"), "layer"),
        (("PgUp", "PgDn"), "map"),
        (("F", "B"), "forward, backward"),
    )
    hint = "Hover any cell, or press Shift and an arrow: its partners light up"

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workbench, self._theme = workbench, theme
        self.setObjectName("inspectWorkspace")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.inspection = Inspection(workbench, self)
        self.backward = Backward(self.inspection, self)
        self.stepper = LayerStepper(self.inspection, CascadePanel(self.backward, theme, self), theme)
        self.views = ViewPanel(self.inspection, theme)
        self.formula = FormulaPanel(self.inspection, theme)
        self.transport_bar = TransportBar(self.inspection.transport, theme)
        self._backward_page: BackwardPage | None = None
        self._add_key_hints()
        self._forward_page = QWidget()
        self._column = QVBoxLayout(self._forward_page)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.views, 1)
        self._column.addWidget(self.formula)
        self._column.addWidget(self.transport_bar)
        self._halves = QStackedWidget()
        self._halves.addWidget(self._forward_page)
        page = QVBoxLayout(self)
        page.addWidget(self.stepper)
        page.addWidget(self._halves, 1)
        self._connect()

    def _add_key_hints(self) -> None:
        self._key_hints = []
        for keys, text in ((("Space",), "play"), (("←", "→"), "cell"), (("↑", "↓"), "row")):
            for key, role in (*((key, "key") for key in keys), (text, "secondary")):
                widget = QLabel(key)
                widget.setProperty("role", role)
                self.transport_bar.extras.addWidget(widget)
                self._key_hints.append(widget)

    def _connect(self) -> None:
        inspection = self.inspection
        self._numbers_due = QTimer(self, singleShot=True, interval=NUMBERS_MS)
        self._numbers_due.timeout.connect(self._show_numbers)
        self._gradual = Gradual(self)
        self._prepare_due = QTimer(self, singleShot=True, interval=PREPARE_MS)
        self._prepare_due.timeout.connect(self._prepare)
        inspection.transport.playing_changed.connect(self._on_playing)
        self.stepper.chosen.connect(inspection.go_to)
        self.stepper.way_chosen.connect(self._show_way)
        inspection.spec_changed.connect(self._on_spec)
        inspection.trace_changed.connect(self._on_trace)
        inspection.stop_changed.connect(self._on_stop)
        inspection.cell_changed.connect(self._on_cell)
        inspection.source_changed.connect(self._on_source)
        inspection.link_changed.connect(self._on_link)
        inspection.numbers_changed.connect(self.views.show_numbers)
        inspection.frozen_changed.connect(self.stepper.show_frozen)
        self.views.hovered.connect(self._workbench.set_hover)
        self.views.editing_toggled.connect(self._make_room)
        self._theme.changed.connect(self._refresh)

    # The two ways

    @property
    def backward_page(self) -> BackwardPage:
        """The backward half, made when it is first needed."""
        if self._backward_page is None:
            page = BackwardPage(self.backward, self._theme, self.views.editing)
            page.hovered.connect(self._workbench.set_hover)
            page.set_compact(self.width() < _NARROW)
            self._theme.changed.connect(page.refresh)
            self._halves.addWidget(page)
            self._backward_page = page
        return self._backward_page

    def _prepare(self) -> None:
        self.backward_page.panel.prepare()

    @property
    def is_backward(self) -> bool:
        """Whether the way back is in view."""
        return self.stepper.way == BACKWARD

    def show_way(self, way: str) -> None:
        """Show how the numbers come about, or how the loss depends on them: "forward" or "backward"."""
        self.stepper.way_switch.set_value(way)

    def _show_way(self, way: str) -> None:
        self.inspection.transport.pause()
        self._workbench.set_hover(None)
        half = self.backward_page if way == BACKWARD else self._forward_page
        self._halves.setCurrentWidget(half)
        self.stepper.set_way(way)
        if way == FORWARD:
            self._refresh()

    def toggle_play(self) -> None:
        """Play the cells, or pause."""
        (self.backward if self.is_backward else self.inspection).transport.toggle()

    def tour_stops(self) -> list[tuple[str, Callable[[], None]]]:
        """Return the first stop of each kind of layer, each way, by the kind's name; and how to show it."""
        kinds = [layer.kind for layer in self._workbench.spec.layers]
        names = ["input", *kinds, "softmax", "loss"]
        first = {name: index - 1 for index, name in reversed(list(enumerate(names)))}
        places = sorted(first.items(), key=lambda item: item[1])
        forward = [(kind, partial(self._show_stop, FORWARD, index)) for kind, index in places]
        backward = [(f"backward_{kind}", index) for kind, index in reversed(places)]
        return forward + [(name, partial(self._show_stop, BACKWARD, index)) for name, index in backward]

    def _show_stop(self, way: str, index: int) -> None:
        self.show_way(way)
        self.inspection.go_to(index)

    # What has changed

    def _on_spec(self) -> None:
        self.stepper.rebuild()
        self._on_stop()

    def _on_stop(self) -> None:
        self.stepper.show_stop()
        self._refresh()

    def _refresh(self) -> None:
        self._gradual.forget()
        if self.views.isVisible():
            self.views.refresh()
            self.formula.refresh()

    @property
    def _is_fast(self) -> bool:
        transport = self.inspection.transport
        return transport.playing and transport.speed > READABLE

    def _on_trace(self) -> None:
        if self._is_fast and self.views.isVisible() and not self._gradual.pending:
            self._numbers_due.stop()
            self._gradual.begin((*self.views.refresh_steps(), self.formula.show_cell))
        else:
            self._refresh()

    def _on_cell(self) -> None:
        if not self.views.isVisible():
            return
        if self._is_fast:
            self.views.follow_cell()
            if not self._numbers_due.isActive():
                self._numbers_due.start()
        else:
            self._show_numbers()

    def _on_playing(self, playing: bool) -> None:
        """At the end of a fast scan the numbers are those of the last cell."""
        if playing:
            return
        if self._gradual.pending:
            self._refresh()
        if self._numbers_due.isActive():
            self._show_numbers()

    def _show_numbers(self) -> None:
        self._numbers_due.stop()
        self.views.show_cell()
        self.formula.show_cell()

    def _on_source(self) -> None:
        if not self.views.isVisible():
            return
        self.views.show_source()
        self.formula.show_cell()

    def _on_link(self) -> None:
        if not self.views.isVisible():
            return
        self.views.show_link()
        self.formula.show_cell()

    # The page itself

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.inspection.set_active(True)
        self._on_stop()
        if self._backward_page is None:
            self._prepare_due.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.inspection.set_active(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        compact = self.width() < _NARROW
        edge, gap = (6, 6) if compact else (10, 8)
        self.layout().setContentsMargins(edge, edge, edge, edge)
        self.layout().setSpacing(gap)
        self._column.setSpacing(gap)
        self.stepper.set_compact(compact)
        if self._backward_page is not None:
            self._backward_page.set_compact(compact)
        self.views.set_compact(compact)
        self.formula.set_compact(compact)
        self._make_room()
        for widget in self._key_hints:
            widget.setVisible(not compact)
        super().resizeEvent(event)

    def _make_room(self) -> None:
        """In a small window the formula gives way to the bar for changes."""
        self.formula.setVisible(not (self.width() < _NARROW and self.views.editing_shown))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step cells, layers, maps and channels."""
        inspection, key = self.inspection, Qt.Key(event.key())
        if key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
            inspection.go_to(inspection.index + (1 if key == Qt.Key.Key_BracketRight else -1))
        elif key in (Qt.Key.Key_F, Qt.Key.Key_B) and not event.modifiers():
            self.show_way(FORWARD if key == Qt.Key.Key_F else BACKWARD)
        elif event.matches(QKeySequence.StandardKey.Undo):
            self.views.editing.restore()
        elif key == Qt.Key.Key_Z:
            inspection.set_frozen(not inspection.frozen)
        elif self.is_backward:
            if not self.backward_page.handle_key(event):
                super().keyPressEvent(event)
        elif not self._handle_key(event):
            super().keyPressEvent(event)

    def _handle_key(self, event: QKeyEvent) -> bool:
        """Do what a key means on the way forward; return whether it means something."""
        inspection, key = self.inspection, Qt.Key(event.key())
        if key in _WAYS and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.views.view.point_by_key(*_WAYS[key])
            return True
        if key == Qt.Key.Key_Escape and inspection.link != NO_LINK:
            self.views.view.point_away()
            return True
        if bind_keys(inspection.transport, key):
            return True
        if Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
            inspection.set_source(key - Qt.Key.Key_0)
        elif key in (Qt.Key.Key_Comma, Qt.Key.Key_Period):
            inspection.set_source(inspection.source + (1 if key == Qt.Key.Key_Period else -1))
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            inspection.set_channel(inspection.channel + (1 if key == Qt.Key.Key_PageDown else -1))
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.views.copy_first()
        elif event.matches(QKeySequence.StandardKey.Save):
            self.views.save_picture()
        elif key == Qt.Key.Key_E:
            self.views.edit_button.click()
        else:
            return False
        return True
