"""The Build page: the network layer by layer at the left, how it is trained at the right."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from cnncore.layer_spec import MAX_SIZE
from explorer.theme import Theme
from explorer.workbench import Workbench
from explorer.workbench.building.reasons import WINDOW_KINDS

from .actions import BuildActions
from .layers_panel import LayersPanel
from .model import BuildModel
from .settings_panel import SettingsPanel

_MARGIN, _GAP = 10, 8
_NARROW = 900
_WIDE_SETTINGS, _NARROW_SETTINGS = 548, 268
_HINT = "Click a layer to change it · drag it to move it"
_KEYS = QKeySequence.StandardKey
_OWN_KEYS = (_KEYS.Paste, _KEYS.Copy, _KEYS.Save)


class BuildWorkspace(QWidget):
    """A draft of a network that may be impossible for a while; only what fits can be used.

    The settings come with `populate`, to be called after the first paint; their place is kept until then.
    """

    key = "build"
    title = "Build"
    icon = "build"
    hints = ((("Alt", "↑"), "move"), (("Delete",), "remove"), (("Ctrl", "Z"), "undo"))
    hint = _HINT

    page_requested = Signal(str)

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("buildWorkspace")
        self._workbench, self._theme = workbench, theme
        self.model = BuildModel(workbench, self)
        self.actions_of_draft = BuildActions(self.model, self)
        self.layers = LayersPanel(self.model, self.actions_of_draft, theme)
        self.settings: SettingsPanel | None = None
        self.setFocusProxy(self.layers.stack)
        self._room = QFrame()
        self._room.setProperty("role", "panel")
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        row.setSpacing(_GAP)
        row.addWidget(self.layers, 1)
        row.addWidget(self._room)

    def populate(self) -> None:
        """Build the settings with their chart; a second call does nothing."""
        if self.settings is not None:
            return
        self.settings = SettingsPanel(self.model, self._workbench, self._theme)
        self.settings.setFixedWidth(self._room.width())
        self.layout().replaceWidget(self._room, self.settings)
        self._room.deleteLater()
        self.settings.populate()

    def tour_stops(self) -> list[tuple[str, Callable[[], None]]]:
        """Return what the tour pictures: a layer that cannot be, and the first way out that is offered."""
        windows = [place for place, layer in enumerate(self.model.draft.layers) if layer.kind in WINDOW_KINDS]
        return [("impossible", lambda: self._break(windows[-1])), ("helped", self._help)] if windows else []

    def _break(self, place: int) -> None:
        self.model.select(place)
        self.model.edit(lambda: self.model.draft.with_options(place, kernel_size=MAX_SIZE))

    def _help(self) -> None:
        self.model.replace(self.model.suggestions[0].draft)

    def toggle_play(self) -> None:
        """Train or pause: Space on this page."""
        self._workbench.toggle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        right = self._room if self.settings is None else self.settings
        right.setFixedWidth(_NARROW_SETTINGS if self.width() < _NARROW else _WIDE_SETTINGS)

    def hideEvent(self, event: QHideEvent) -> None:
        self.layers.commit()
        super().hideEvent(event)

    def event(self, event: QEvent) -> bool:
        """Claim the keys of the page that mean something else in the rest of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and any(map(event.matches, _OWN_KEYS)):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        actions = self.actions_of_draft
        if event.matches(_KEYS.Undo):
            self.model.undo()
        elif event.matches(_KEYS.Redo) or _is_redo(event):
            self.model.redo()
        elif event.matches(_KEYS.Copy):
            actions.copy()
        elif event.matches(_KEYS.Paste):
            actions.paste()
        elif event.matches(_KEYS.Save):
            actions.ask_save()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and _is_with_control(event):
            self.layers.commit()
            actions.use()
        else:
            super().keyPressEvent(event)


def _is_with_control(event: QKeyEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)


def _is_redo(event: QKeyEvent) -> bool:
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    return event.key() == Qt.Key.Key_Z and event.modifiers() == held
