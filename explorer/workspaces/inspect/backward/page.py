"""The backward half of the page: the layer's derivatives, the check, the update, and their transport."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.theme import Theme
from explorer.widgets.controls import Segmented
from explorer.widgets.transport import TransportBar, bind_keys

from ..editing import Editing
from ..gradual import Gradual
from .check_bar import CheckBar
from .formula_panel import FormulaPanel
from .model import INPUT, WEIGHT, Backward
from .panel import BackwardPanel
from .update_panel import UpdatePanel

READABLE = 10.0
"""Cells a second at which numbers can still be read."""
NUMBERS_MS = 100
_CHECK_HEIGHT = 36


class BackwardPage(QWidget):
    """Follows the model while it is in view; out of view nothing is computed."""

    hovered = Signal(object)

    def __init__(self, backward: Backward, theme: Theme, editing: Editing) -> None:
        super().__init__()
        self.setObjectName("backwardPage")
        self.backward = backward
        self._compact = False
        self.panel = BackwardPanel(backward, theme)
        self.check_bar = CheckBar(backward, theme)
        self.formula = FormulaPanel(backward, theme)
        self.update_panel = UpdatePanel(backward, theme, editing)
        self.transport_bar = TransportBar(backward.transport, theme)
        self.transport_bar.setObjectName("backwardTransportBar")
        self.target_switch = Segmented(
            [
                (WEIGHT, "dW", "Step through the weights of the kernel (D)"),
                (INPUT, "dX", "Step through the cells of the input (D)"),
            ],
            "Animate",
        )
        self.target_switch.changed.connect(backward.set_target)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self._check_frame = QFrame()
        self._check_frame.setProperty("role", "panel")
        self._check_frame.setFixedHeight(_CHECK_HEIGHT)
        row = QHBoxLayout(self._check_frame)
        row.setContentsMargins(12, 0, 14, 0)
        row.addWidget(self.check_bar)
        self._add_extras()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.panel, 1)
        self._column.addWidget(self.formula)
        self._column.addWidget(self._check_frame)
        self._column.addWidget(self.update_panel)
        self._column.addWidget(self.transport_bar)

    def _add_extras(self) -> None:
        extras = self.transport_bar.extras
        self._animate = _word("Animate", "secondary")
        extras.addWidget(self._animate)
        extras.addWidget(self.target_switch)
        self._key_hints = [self._animate]
        for keys, text in ((("Space",), "play"), (("←", "→"), "cell"), (("D",), "dW or dX")):
            for key, role in (*((key, "key") for key in keys), (text, "secondary")):
                widget = _word(key, role)
                extras.addWidget(widget)
                self._key_hints.append(widget)

    def _connect(self) -> None:
        backward = self.backward
        self._numbers_due = QTimer(self, singleShot=True, interval=NUMBERS_MS)
        self._numbers_due.timeout.connect(self._show_cell)
        self._gradual = Gradual(self)
        backward.transport.playing_changed.connect(self._on_playing)
        for signal in (backward.stop_changed, backward.scope_changed, backward.batch_changed):
            signal.connect(self.refresh)
        backward.trace_changed.connect(self._on_trace)
        backward.target_changed.connect(self._on_target)
        backward.cell_changed.connect(self._on_cell)
        backward.link_changed.connect(self._on_link)
        self.panel.hovered.connect(self.hovered)

    # What has changed

    def refresh(self) -> None:
        """Show the present layer anew."""
        self._gradual.forget()
        if not self.isVisible():
            return
        backward = self.backward
        has_weights = backward.parameter is not None
        self.update_panel.setVisible(has_weights)
        self._check_frame.setVisible(backward.is_layer)
        self._show_targets()
        self._make_room()
        self.panel.refresh()
        self._refresh_formula()
        self.update_panel.refresh()

    def _refresh_formula(self) -> None:
        if self.formula.isVisible():
            self.formula.refresh()

    def _make_room(self) -> None:
        """The formula takes what the update of a weight leaves; a convolution's view holds its own."""
        backward = self.backward
        update = backward.parameter is not None
        has_formula = backward.stop.index >= 0 and backward.stop.kind != "conv"
        self.formula.setVisible(has_formula and not (update and self._compact))
        self.formula.set_compact(self._compact or update)

    def _show_targets(self) -> None:
        both = len(self.backward.targets) > 1
        self.target_switch.setEnabled(both)
        self.target_switch.blockSignals(True)
        self.target_switch.set_value(self.backward.target)
        self.target_switch.blockSignals(False)

    def _on_target(self) -> None:
        if self.isVisible():
            self._show_targets()
            self._show_cell()

    @property
    def _is_fast(self) -> bool:
        transport = self.backward.transport
        return transport.playing and transport.speed > READABLE

    def _on_trace(self) -> None:
        if self._is_fast and self.isVisible() and not self._gradual.pending:
            self._numbers_due.stop()
            steps = self.panel.refresh_steps()
            self._gradual.begin((*steps, self._refresh_formula, self.update_panel.refresh))
        else:
            self.refresh()

    def _on_cell(self) -> None:
        if not self.isVisible():
            return
        if self._is_fast:
            self.panel.follow_cell()
            if not self._numbers_due.isActive():
                self._numbers_due.start()
        else:
            self._show_cell()

    def _on_playing(self, playing: bool) -> None:
        """At the end of a fast scan the numbers are those of the last cell."""
        if playing or self.backward.entering:
            return
        if self._gradual.pending:
            self.refresh()
        if self._numbers_due.isActive():
            self._show_cell()

    def _show_cell(self) -> None:
        self._numbers_due.stop()
        self.panel.show_cell()
        if self.formula.isVisible():
            self.formula.show_cell()
        self.update_panel.show_cell()

    def _on_link(self) -> None:
        if self.isVisible():
            self.panel.show_link()
            if self.formula.isVisible():
                self.formula.show_link()

    # The page itself

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.backward.set_active(True)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.backward.set_active(False)

    def set_compact(self, compact: bool) -> None:
        """Arrange for a small window."""
        self._compact = compact
        self._column.setSpacing(6 if compact else 8)
        for part in (self.panel, self.check_bar, self.update_panel):
            part.set_compact(compact)
        self._check_frame.setFixedHeight(30 if compact else _CHECK_HEIGHT)
        for widget in self._key_hints:
            widget.setVisible(not compact)
        self.refresh()

    def handle_key(self, event: QKeyEvent) -> bool:
        """Do what a key means here; return whether it means something."""
        backward, key = self.backward, Qt.Key(event.key())
        if bind_keys(backward.transport, key):
            return True
        if Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
            backward.set_source(key - Qt.Key.Key_0)
        elif key in (Qt.Key.Key_Comma, Qt.Key.Key_Period):
            backward.set_source(backward.source + (1 if key == Qt.Key.Key_Period else -1))
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._step_map(1 if key == Qt.Key.Key_PageDown else -1)
        elif key == Qt.Key.Key_D:
            backward.set_target(INPUT if backward.target == WEIGHT else WEIGHT)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.panel.copy_first()
        elif event.matches(QKeySequence.StandardKey.Save):
            self.panel.save_picture()
        else:
            return False
        return True

    def _step_map(self, by: int) -> None:
        backward = self.backward
        if backward.stop.is_maps:
            backward.inspection.set_channel(backward.map + by)
        elif backward.stop.shape:
            backward.set_unit(backward.unit + by)


def _word(text: str, role: str) -> QLabel:
    word = QLabel(text)
    word.setProperty("role", role)
    return word
