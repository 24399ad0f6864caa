"""The left of the page: the network's name, ways to change it as a whole, its layers, and using it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QMenu, QSizePolicy, QVBoxLayout, QWidget

from cnncore import MODELS
from explorer.numbers import format_count
from explorer.theme import Theme
from explorer.widgets.controls import IconButton, repolish
from explorer.workbench.building import KIND_TITLES, Draft
from explorer.workbench.building.options import KIND_WORDS

from .actions import BuildActions
from .layer_row import RowHeader
from .layer_stack import LayerScroll, LayerStack
from .model import INPUT, BuildModel

_GROUPS = (
    ("conv2d", "linear"),
    ("relu", "leakyrelu", "sigmoid", "tanh", "arctan", "softmax"),
    ("maxpool2d", "avgpool2d", "adaptiveavgpool2d", "flatten"),
    ("batchnorm2d", "dropout"),
)
_COMPACT = 490


class LayersPanel(QFrame):
    """Everything about the draft."""

    def __init__(
        self, model: BuildModel, actions: BuildActions, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model, self._actions, self._theme = model, actions, theme
        self.setProperty("role", "panel")
        self.setObjectName("layersPanel")
        self.setAccessibleName("Network")
        self.stack = LayerStack(model, theme)
        self.scroll = LayerScroll(self.stack)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 8, 1, 10)
        column.setSpacing(6)
        column.addLayout(self._make_head())
        column.addLayout(self._make_totals())
        column.addWidget(RowHeader(theme, self.scroll.viewport()))
        column.addWidget(self.scroll, 1)
        column.addLayout(self._make_foot())
        self.stack.menu_requested.connect(self.add_button.showMenu)
        model.changed.connect(self.refresh)
        model.selected.connect(self.refresh)
        model.workbench.own_models_changed.connect(self._fill_presets)
        self.refresh()

    # Parts

    def _button(self, icon: str, text: str, name: str, spoken: str, tip: str) -> IconButton:
        button = IconButton(icon, self._theme, text)
        button.setObjectName(name)
        button.setAccessibleName(spoken)
        button.setToolTip(tip)
        return button

    def _make_head(self) -> QHBoxLayout:
        self.heading = QLabel("Network")
        self.heading.setProperty("role", "title")
        self.name = QLineEdit()
        self.name.setObjectName("networkName")
        self.name.setAccessibleName("Name of the network")
        self.name.setToolTip("What the network is called; your own networks are kept by their names")
        self.name.setMaximumWidth(190)
        self.name.setMinimumWidth(70)
        self.name.editingFinished.connect(self._rename)
        self.undo_button = self._button("undo", "", "buildUndo", "Undo", "Take the last change back (Ctrl+Z)")
        self.redo_button = self._button(
            "redo", "", "buildRedo", "Redo", "Make the change again (Ctrl+Shift+Z)"
        )
        self.undo_button.clicked.connect(self._model.undo)
        self.redo_button.clicked.connect(self._model.redo)
        self.preset_button = self._button(
            "network", "Presets", "buildPresets", "Presets", "Go on with a built-in network or one of yours"
        )
        self.presets = QMenu(self)
        self.presets.setObjectName("buildPresetMenu")
        self.preset_button.setMenu(self.presets)
        self._fill_presets()
        self.json_button = self._button(
            "upload", "JSON", "buildJson", "JSON", "Carry the network out or in as text"
        )
        self.json_button.setMenu(self._make_json_menu())
        row = QHBoxLayout()
        row.setContentsMargins(13, 0, 13, 0)
        row.setSpacing(6)
        row.addWidget(self.heading)
        row.addWidget(self.name, 1)
        row.addStretch(0)
        for button in (self.undo_button, self.redo_button, self.preset_button, self.json_button):
            row.addWidget(button)
        return row

    def _fill_presets(self) -> None:
        self.presets.clear()
        own = self._model.workbench.own_models
        for spec in (*(make() for make in MODELS.values()), *own):
            action = self.presets.addAction(spec.title)
            action.setObjectName(f"preset_{spec.title}")
            action.triggered.connect(lambda _=False, spec=spec: self._actions.take(spec))
        self.presets.addSeparator()
        empty = self.presets.addAction("No layers")
        empty.setObjectName("preset_empty")
        empty.triggered.connect(lambda: self._model.replace(_emptied(self._model.draft)))

    def _make_json_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setObjectName("buildJsonMenu")
        actions = self._actions
        for text, name, action in (
            ("Copy as JSON\tCtrl+C", "copyNetwork", actions.copy),
            ("Paste JSON\tCtrl+V", "pasteNetwork", actions.paste),
            ("Open…\tCtrl+O", "openNetwork", actions.ask_open),
            ("Save…\tCtrl+S", "saveNetwork", actions.ask_save),
        ):
            entry = menu.addAction(text)
            entry.setObjectName(name)
            entry.triggered.connect(lambda _=False, action=action: action())
        return menu

    def _make_totals(self) -> QHBoxLayout:
        self.totals = QLabel()
        self.totals.setObjectName("buildTotals")
        self.totals.setProperty("role", "label")
        self.totals.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.status = QLabel()
        self.status.setObjectName("buildStatus")
        row = QHBoxLayout()
        row.setContentsMargins(14, 0, 14, 0)
        row.addWidget(self.totals, 1)
        row.addWidget(self.status)
        return row

    def _make_foot(self) -> QHBoxLayout:
        self.add_button = self._button(
            "plus", "Add layer", "addLayer", "Add a layer", "Put a new layer behind the chosen one (Insert)"
        )
        self.add_button.setMenu(self._make_add_menu())
        self.copy_button = self._button(
            "duplicate", "", "duplicateLayer", "Duplicate the layer", "Copy the chosen layer (Ctrl+D)"
        )
        self.up_button = self._button(
            "chevron-up", "", "layerUp", "Move the layer up", "Move the chosen layer up (Alt+Up)"
        )
        self.down_button = self._button(
            "chevron-down", "", "layerDown", "Move the layer down", "Move the chosen layer down (Alt+Down)"
        )
        self.remove_button = self._button(
            "close", "", "removeLayer", "Remove the layer", "Remove the chosen layer (Delete)"
        )
        model = self._model
        self.copy_button.clicked.connect(model.duplicate)
        self.up_button.clicked.connect(lambda: model.move(model.place, model.place - 1))
        self.down_button.clicked.connect(lambda: model.move(model.place, model.place + 1))
        self.remove_button.clicked.connect(model.remove)
        self.use_button = self._button(
            "check",
            "Use this network",
            "useThisNetwork",
            "Use this network",
            "Train this network (Ctrl+Enter)",
        )
        self.use_button.set_role("primary")
        self.use_button.clicked.connect(self._actions.use)
        row = QHBoxLayout()
        row.setContentsMargins(13, 2, 13, 0)
        row.setSpacing(6)
        row.addWidget(self.add_button)
        for button in (self.up_button, self.down_button, self.copy_button, self.remove_button):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.use_button)
        return row

    def _make_add_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setObjectName("addLayerMenu")
        menu.setToolTipsVisible(True)
        for place, kinds in enumerate(_GROUPS):
            if place:
                menu.addSeparator()
            for kind in kinds:
                entry = menu.addAction(KIND_TITLES[kind])
                entry.setObjectName(f"add_{kind}")
                entry.setToolTip(KIND_WORDS[kind])
                entry.triggered.connect(lambda _=False, kind=kind: self.add(kind))
        return menu

    # What happens

    def add(self, kind: str) -> None:
        """Put a new layer behind the chosen one, in sight."""
        self._model.insert(kind)
        self.stack.setFocus(Qt.FocusReason.OtherFocusReason)
        self.stack.show_chosen()

    def commit(self) -> None:
        """Use what was typed without Enter."""
        self._rename()
        self.stack.editor.commit()

    def _rename(self) -> None:
        title = self.name.text().strip()
        self.name.setModified(False)
        if title == self._model.draft.title:
            return
        problem = self._model.edit(lambda: self._model.draft.titled(title))
        if problem:
            self._model.refused.emit(problem)
            self.name.setText(self._model.draft.title)

    def refresh(self) -> None:
        """Follow the draft."""
        model = self._model
        count = len(model.draft.layers)
        if not self.name.hasFocus() or not self.name.isModified():
            self.name.setText(model.draft.title)
            self.name.setCursorPosition(0)
        self.undo_button.setEnabled(model.can_undo)
        self.redo_button.setEnabled(model.can_redo)
        chosen = model.place != INPUT
        self.copy_button.setEnabled(chosen)
        self.remove_button.setEnabled(chosen)
        self.up_button.setEnabled(model.place > 0)
        self.down_button.setEnabled(chosen and model.place < count - 1)
        self.use_button.setEnabled(model.spec is not None and not model.is_in_use)
        self._show_totals()
        self._show_status()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.heading.setVisible(self.width() >= _COMPACT)
        self.json_button.setText("" if self.width() < _COMPACT else "JSON")
        self._show_totals()

    def _show_totals(self) -> None:
        report, count = self._model.report, len(self._model.draft.layers)
        long, short = "multiply-adds an image", "mult-adds"
        text = (
            f"{count} layer{'s' * (count != 1)} · {format_count(report.parameters)} parameters · "
            f"{format_count(report.multiply_adds)} {long}"
        )
        self.totals.setToolTip(text)
        self.totals.setText(text.replace(long, short) if self.width() < _COMPACT else text)

    def _show_status(self) -> None:
        model = self._model
        text, role = "not in use yet", "badge"
        if model.spec is None:
            text, role = "does not fit", "error"
        elif model.is_in_use:
            text, role = "in use", "secondary"
        if (text, role) != (self.status.text(), self.status.property("role")):
            self.status.setText(text)
            self.status.setProperty("role", role)
            repolish(self.status)


def _emptied(draft: Draft) -> Draft:
    for _ in draft.layers:
        draft = draft.removed(0)
    return draft
