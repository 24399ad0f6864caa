"""The network that is trained: which model, and its layers."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QListView, QSizePolicy, QWidget

from cnncore import MODELS, CnnError
from explorer.numbers import format_count
from explorer.theme import Theme
from explorer.widgets.choice_box import ChoiceBox
from explorer.widgets.controls import IconButton
from explorer.widgets.panel import Panel
from explorer.workbench import Focus, Workbench
from explorer.workbench.own_networks import key_of
from explorer.workspaces.train.layer_list import ROW_HEIGHT, LayerDelegate, LayerHeader, LayerModel

_LEAST_ROWS = 2


class LayerView(QListView):
    """The list; as high as its rows where there is room, else it scrolls."""

    def sizeHint(self) -> QSize:
        rows = self.model().rowCount() if self.model() is not None else _LEAST_ROWS
        return QSize(200, rows * ROW_HEIGHT + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, _LEAST_ROWS * ROW_HEIGHT)


class NetworkPanel(Panel):
    """Choice of the model and the list of its layers, which follows and moves the focus."""

    edit_requested = Signal()

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Network", theme, parent, role="section")
        self.setObjectName("networkPanel")
        self._workbench = workbench
        self.total = QLabel()
        self.total.setObjectName("parameterCount")
        self.total.setProperty("role", "value")
        unit = QLabel("parameters")
        unit.setProperty("role", "label")
        self.header.addWidget(self.total)
        self.header.addSpacing(-4)
        self.header.addWidget(unit)
        self.model_choice = ChoiceBox()
        self.model_choice.setObjectName("modelChoice")
        self.model_choice.setAccessibleName("Model")
        self.model_choice.setToolTip("Choose the network; the run starts again")
        self.model_choice.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.model_choice.activated.connect(self._choose)
        self.edit_button = IconButton("pencil", theme, "Edit")
        self.edit_button.setObjectName("editNetwork")
        self.edit_button.setAccessibleName("Edit network")
        self.edit_button.setToolTip("Edit the network on the Build page")
        self.edit_button.clicked.connect(self.edit_requested)
        self._make_list(theme)
        workbench.own_models_changed.connect(self._fill_choice)
        workbench.spec_changed.connect(self._show_spec)
        workbench.focus_changed.connect(self._show_focus)
        theme.changed.connect(self.layers.viewport().update)
        self._fill_choice()
        self._show_spec()

    def _fill_choice(self) -> None:
        """Offer the built-in networks and those that a person built."""
        own = self._workbench.own_models
        self._models = {key_of(spec): spec for spec in (*(make() for make in MODELS.values()), *own)}
        self.model_choice.clear()
        for key, spec in self._models.items():
            self.model_choice.addItem(spec.title, key)
        self._show_choice()

    def _make_list(self, theme: Theme) -> None:
        self.layers = LayerView()
        self.layers.setObjectName("layerList")
        self.layers.setAccessibleName("Layers")
        self.layers.setToolTip("Click a layer to look at it on every page")
        self.layers.setFrameShape(QFrame.Shape.NoFrame)
        self.layers.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.layers.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.layers.setUniformItemSizes(True)
        self.layers.setMouseTracking(True)
        self.layers.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Maximum)
        # The list goes from edge to edge of the panel; the style sheet's focus frame would shift it.
        self.layers.setStyleSheet("QListView { border: none; border-radius: 0; padding: 0; }")
        self.layer_model = LayerModel(self._workbench.spec, self)
        self.layers.setModel(self.layer_model)
        self.layers.setItemDelegate(LayerDelegate(theme, self.layers))
        self.layers.selectionModel().currentChanged.connect(self._focus_row)
        self.layers.clicked.connect(self._focus_row)
        self.layout().setContentsMargins(1, 8, 1, 8)
        self.header.setContentsMargins(13, 0, 13, 0)
        inset = QHBoxLayout()
        inset.setContentsMargins(13, 0, 13, 0)
        inset.setSpacing(6)
        inset.addWidget(self.model_choice, 1)
        inset.addWidget(self.edit_button)
        self.body.setSpacing(0)
        self.body.addLayout(inset)
        self.body.addSpacing(4)
        self.body.addWidget(LayerHeader(theme, self.layers))
        self.body.addWidget(self.layers, 1)

    def _choose(self, place: int) -> None:
        spec = self._models[self.model_choice.itemData(place)]
        try:
            self._workbench.set_spec(spec)
        except CnnError as error:
            self._workbench.failed.emit(f"The model {spec.title} cannot be used here.", str(error))
        self._show_choice()

    def _show_choice(self) -> None:
        self.model_choice.setCurrentIndex(self.model_choice.findData(key_of(self._workbench.spec)))

    def _show_spec(self) -> None:
        spec = self._workbench.spec
        self._show_choice()
        self.total.setText(format_count(sum(spec.parameter_counts())))
        self.layer_model.set_spec(spec)
        self.layers.updateGeometry()
        self._show_focus()

    def _show_focus(self) -> None:
        row = self.layer_model.row_of(self._workbench.focus.layer)
        selection = self.layers.selectionModel()
        blocked = selection.blockSignals(True)
        if row is None:
            selection.clear()
        else:
            index = self.layer_model.index(row)
            selection.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.layers.scrollTo(index)
        selection.blockSignals(blocked)
        self.layers.viewport().update()

    def _focus_row(self, index: QModelIndex, _previous: QModelIndex | None = None) -> None:
        if not index.isValid():
            return
        layer = self.layer_model.rows[index.row()].layer
        if layer is not None and layer != self._workbench.focus.layer:
            self._workbench.set_focus(Focus(layer))
