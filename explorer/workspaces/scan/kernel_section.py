"""The kernel's size, weights, bias and activation."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cnncore.scan_run import ACTIVATIONS
from explorer.theme import Theme
from explorer.widgets.choice_box import ChoiceBox
from explorer.widgets.controls import DoubleSpinBox
from explorer.workbench import Workbench

from .fields import caption, chip
from .geometry_sections import PairSection
from .holder import LabHolder
from .lab_state import BIAS_LIMIT
from .notes import NOTES
from .presets import CUSTOM, PRESETS, TRAINED, responds_at, responds_of, title_of

_CHIPS = ("edge", "blur", "sharpen", "sobel_x", "sobel_y")
_ACTIVATION_TEXTS = {"none": "none", "relu": "ReLU", "sigmoid": "sigmoid", "arctan": "arctan"}


class KernelSection(PairSection):
    """The kernel's size, weights, bias and activation."""

    edit_requested = Signal()

    def __init__(self, holder: LabHolder, workbench: Workbench, theme: Theme) -> None:
        super().__init__(
            "Kernel",
            "kernel_size",
            ("h", "w"),
            ("Kernel height", "Kernel width"),
            holder,
            theme,
            NOTES["kernel"],
        )
        self._workbench = workbench
        self.weights = QWidget()
        column = QVBoxLayout(self.weights)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addLayout(self._make_chips())
        self.responds = caption()
        self.responds.setObjectName("scanResponds")
        column.addWidget(self.responds)
        column.addLayout(self._make_bias())
        self.body.addWidget(self.weights)
        self.show_weights()
        holder.changed.connect(self.show_weights)

    def _make_chips(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(5)
        grid.setVerticalSpacing(5)
        self.chips = {key: chip(title_of(key), f"Kernel {title_of(key)}", responds_of(key)) for key in _CHIPS}
        for key, button in self.chips.items():
            button.clicked.connect(
                lambda _=False, key=key: self._holder.set_state(self._holder.state.with_preset(key))
            )
        self.more = chip(
            "More", "More kernels", "All kernels, your own and those of the network", checkable=True
        )
        self.more.clicked.connect(self.open_menu)
        for place, button in enumerate((*self.chips.values(), self.more)):
            grid.addWidget(button, *divmod(place, 3))
        return grid

    def set_narrow(self, narrow: bool) -> None:
        """Leave the room of a narrow column to what is typed."""
        self.bias_label.setText("b" if narrow else "bias")

    def _make_bias(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        self.bias_label = QLabel("bias")
        self.bias_label.setProperty("role", "label")
        self.bias = DoubleSpinBox(-BIAS_LIMIT, BIAS_LIMIT)
        self.bias.setDecimals(2)
        self.bias.setSingleStep(0.5)
        self.bias.setObjectName("scanBias")
        self.bias.setAccessibleName("Bias")
        self.bias.setToolTip("Added once to each sum")
        self.bias.setMinimumWidth(60)
        self.bias.valueChanged.connect(
            lambda bias: self._holder.set_state(replace(self._holder.state, bias=bias))
        )
        self.activation = ChoiceBox()
        self.activation.setObjectName("scanActivation")
        self.activation.setAccessibleName("Activation")
        self.activation.setToolTip("What becomes of the sum")
        self.activation.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for key in ACTIVATIONS:
            self.activation.addItem(_ACTIVATION_TEXTS[key], key)
        self.activation.activated.connect(
            lambda i: self._holder.set_state(
                replace(self._holder.state, activation=self.activation.itemData(i))
            )
        )
        row.addWidget(self.bias_label)
        row.addWidget(self.bias, 1)
        row.addWidget(self.activation, 2)
        return row

    def make_menu(self) -> QMenu:
        """Make the menu of all kernels."""
        menu = QMenu(self)
        menu.setObjectName("scanKernelMenu")
        menu.setToolTipsVisible(True)
        for preset in PRESETS:
            action = menu.addAction(preset.title)
            action.setToolTip(preset.responds)
            action.triggered.connect(
                lambda _=False, key=preset.key: self._holder.set_state(self._holder.state.with_preset(key))
            )
        menu.addSeparator()
        menu.addAction("Type weights (F2)").triggered.connect(self.edit_requested)
        for name, weights in self._trained():
            action = menu.addAction(name)
            action.triggered.connect(
                lambda _=False, w=weights: self._holder.set_state(self._holder.state.with_kernel(w, TRAINED))
            )
        return menu

    def open_menu(self) -> None:
        """Show all kernels below the button."""
        self.show_weights()
        menu = self.make_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height() + 2)))

    def _trained(self) -> list[tuple[str, object]]:
        """The first kernels of each convolution, with the focused one before all others."""
        bench = self._workbench
        found = []
        for i, layer in enumerate(bench.spec.layers):
            if layer.kind != "conv2d":
                continue
            weights = bench.network.layers[i].parameters["weight"]
            if max(weights.shape[2:]) > 11:
                continue
            chosen = bench.focus.channel if bench.focus.layer == i and bench.focus.channel is not None else 0
            found.append((f"Trained: {layer.name}, map {chosen}", weights[chosen].astype(float)))
        return found

    def show_weights(self) -> None:
        """Show which kernel is used, and hide it all when there is none."""
        state = self._holder.state
        self.weights.setVisible(state.uses_kernel)
        for key, button in self.chips.items():
            button.setChecked(key == state.preset)
        other = state.preset not in self.chips
        self.more.setChecked(other)
        title = title_of(state.preset) if other else "More"
        self.more.setText(title if state.preset in (CUSTOM, TRAINED) else f"{title} …")
        self.responds.setText(responds_at(state.preset, *state.setup.kernel_size))
        blocked = self.bias.blockSignals(True)
        self.bias.setValue(state.bias)
        self.bias.blockSignals(blocked)
        self.activation.setCurrentIndex(self.activation.findData(state.activation))
