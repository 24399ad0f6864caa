"""The Descent page: settings at the left; the surface with its paths, numbers, losses and the transport."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from cnncore.loss_slice import LossSlice
from cnncore.surfaces import SURFACES
from explorer.theme import Theme
from explorer.widgets.controls import Segmented
from explorer.widgets.panel import Panel
from explorer.widgets.transport import Transport, TransportBar, bind_keys
from explorer.workbench import Workbench

from .canvas import DescentCanvas
from .fields import small_text
from .key import Key
from .lab import DescentLab
from .loss_panel import LossPanel
from .numbers_panel import NumbersPanel
from .settings_panel import SettingsPanel
from .slicing import Slicing

_MARGIN, _GAP = 10, 8
_WIDE_COLUMN, _NARROW_COLUMN = 248, 204
_NARROW = 900
_LOWER = 172
_LOWER_PANELS = (
    ("numbers", "Numbers", "Show the numbers of the present step"),
    ("losses", "Losses", "Show the losses over the steps"),
)


class DescentWorkspace(QWidget):
    """A laboratory for gradient descent on surfaces that can be seen whole."""

    key = "descent"
    title = "Descent"
    icon = "descent"
    hints = ((("Space",), "play"), (("←", "→"), "step"), (("Shift", "←"), "move the start"))
    hint = "Drag the start anywhere · every setting redraws all paths"

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("descentWorkspace")
        self.lab = DescentLab(self)
        self.slicing = Slicing(workbench)
        self.transport = Transport(self.lab.choices.steps, parent=self)
        self.settings = SettingsPanel(self.lab, self.slicing, theme)
        self.canvas = DescentCanvas(self.lab, self.transport, workbench, theme)
        self.numbers = NumbersPanel(self.lab, self.transport, theme)
        self.losses = LossPanel(self.lab, self.transport, theme)
        self.bar = TransportBar(self.transport, theme, what="step", with_loop=True)
        self._lower = "numbers"
        self._lay_out(theme)
        self.setFocusProxy(self.canvas)
        self._connect()
        self._on_surface()

    def _lay_out(self, theme: Theme) -> None:
        self.stage = Panel("", theme)
        self.formula = QLabel()
        self.formula.setProperty("role", "label")
        self.formula.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.stale_label = QLabel("stale: the network has changed")
        self.stale_label.setProperty("role", "error")
        self.stage.header.insertWidget(1, self.formula, 100)
        self.stage.header.addWidget(self.stale_label)
        self.lesson = small_text()
        self.stage.body.setSpacing(4)
        self.stage.body.addWidget(self.lesson)
        self.stage.body.addWidget(self.canvas, 1)
        self.stage.body.addWidget(Key(self.canvas, theme))
        self.tabs = {}
        for key, panel in (("numbers", self.numbers), ("losses", self.losses)):
            tabs = Segmented(_LOWER_PANELS, f"Lower panel, from {key}")
            tabs.set_value(key)
            tabs.changed.connect(self._turn_to)
            panel.header.insertWidget(1, tabs)
            self.tabs[key] = tabs
        self._pair = QHBoxLayout()
        self._pair.setSpacing(_GAP)
        self._pair.addWidget(self.numbers, 3)
        self._pair.addWidget(self.losses, 2)
        centre = QVBoxLayout()
        centre.setSpacing(_GAP)
        centre.addWidget(self.stage, 1)
        centre.addLayout(self._pair)
        centre.addWidget(self.bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        row.setSpacing(_GAP)
        row.addWidget(self.settings)
        row.addLayout(centre, 1)
        for panel, least in ((self.numbers, 300), (self.losses, 200)):
            panel.setFixedHeight(_LOWER)
            panel.setMinimumWidth(least)

    def _connect(self) -> None:
        self.lab.surface_changed.connect(self._on_surface)
        self.lab.changed.connect(self._count_steps)
        self.slicing.made.connect(self._take_slice)
        self.slicing.stale_changed.connect(self._show_stale)

    def populate(self) -> None:
        """Load the chart; a second call does nothing."""
        self.losses.populate()

    def toggle_play(self) -> None:
        """Play or pause the steps: Space on this page."""
        self.transport.toggle()

    def tour_stops(self) -> list[tuple[str, Callable[[], None]]]:
        """Return the surfaces with a formula, with functions that show them."""
        return [(key, partial(self.lab.set_surface, surface)) for key, surface in SURFACES.items()]

    def _on_surface(self) -> None:
        surface = self.lab.surface
        self.stage.set_title(surface.title)
        self.formula.setText(surface.formula)
        self.lesson.setText(surface.text)
        self._show_stale()
        self.transport.last()

    def _count_steps(self) -> None:
        """Let the transport go through as many steps as are made; at the end it stays at the end."""
        at_end = self.transport.at_end
        self.transport.set_count(self.lab.choices.steps)
        if at_end:
            self.transport.last()

    def _take_slice(self, result: LossSlice) -> None:
        self.lab.set_slice(result.surface())

    def _show_stale(self) -> None:
        stale = self.slicing.stale and self.lab.surface.key == "slice"
        self.stale_label.setVisible(stale)
        self.formula.setVisible(not (stale and self.width() < _NARROW))

    def _turn_to(self, key: str) -> None:
        """Show one of the lower panels, where there is room for one only; the keyboard goes along."""
        if key == self._lower:
            return
        had_focus = self.tabs[self._lower].isAncestorOf(QApplication.focusWidget())
        self.tabs[self._lower].set_value(self._lower)
        self._lower = key
        self._place_lower()
        if had_focus:
            self.tabs[key].button(key).setFocus(Qt.FocusReason.TabFocusReason)

    def _place_lower(self) -> None:
        narrow = self.width() < _NARROW
        for key, panel in (("numbers", self.numbers), ("losses", self.losses)):
            self.tabs[key].setVisible(narrow)
            panel.setVisible(not narrow or key == self._lower)
            name = panel.accessibleName()
            panel.set_title("" if narrow else name)  # the switch beside it says the same
            panel.setAccessibleName(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.modifiers() != Qt.KeyboardModifier.NoModifier or not bind_keys(
            self.transport, Qt.Key(event.key())
        ):
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self.transport.pause()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < _NARROW
        self.settings.setFixedWidth(_NARROW_COLUMN if narrow else _WIDE_COLUMN)
        self.settings.set_narrow(narrow)
        self._show_stale()
        self._place_lower()
