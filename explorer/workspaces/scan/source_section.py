"""Where the input's numbers come from."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.numbers import format_shape
from explorer.theme import Theme
from explorer.widgets.choice_box import ChoiceBox
from explorer.widgets.controls import IconButton, Segmented, SpinBox
from explorer.workbench import Workbench

from .fields import Section, caption, narrow, stretch
from .holder import LabHolder
from .lab_state import SEED_LIMIT
from .sources import PATTERNS, WRITTEN_UP_TO


class SourceSection(Section):
    """Where the input's numbers come from."""

    edit_requested = Signal()

    def __init__(self, holder: LabHolder, workbench: Workbench, theme: Theme) -> None:
        super().__init__("Source", theme)
        self._holder, self._workbench = holder, workbench
        options = (
            ("numbers", "Numbers", "A pattern of small whole numbers, or your own"),
            ("digit", "Digit", "The image on the right"),
            ("map", "Feature map", "A map of the network for the image on the right"),
        )
        self.kind = Segmented(options, "Source")
        stretch(self.kind)
        self.body.addWidget(self.kind)
        self.body.addWidget(self._make_numbers(theme))
        self.body.addWidget(self._make_maps())
        self.text = caption()
        self.body.addWidget(self.text)
        self.body.addLayout(self._make_channels())
        self.kind.changed.connect(lambda kind: self._change(source=kind))
        holder.changed.connect(self.show_state)
        workbench.sample_changed.connect(self.show_state)
        workbench.spec_changed.connect(self._list_layers)
        self._list_layers()

    def _make_numbers(self, theme: Theme) -> QWidget:
        self.numbers = QWidget()
        column = QVBoxLayout(self.numbers)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        self.pattern = ChoiceBox()
        self.pattern.setObjectName("scanPattern")
        self.pattern.setAccessibleName("Pattern")
        self.pattern.setToolTip("Which numbers")
        for key, title in PATTERNS.items():
            self.pattern.addItem(title, key)
        narrow(self.pattern)
        self.pattern.activated.connect(self._choose_pattern)
        row = QHBoxLayout()
        row.setSpacing(6)
        seed_caption = QLabel("seed")
        seed_caption.setProperty("role", "label")
        self.seed = SpinBox(0, SEED_LIMIT)
        self.seed.setMinimumWidth(44)
        self.seed.setObjectName("scanSeed")
        self.seed.setAccessibleName("Seed of the random numbers")
        self.seed.setToolTip("The same seed gives the same numbers")
        self.seed.valueChanged.connect(lambda seed: self._change(seed=seed, pattern="random"))
        self.edit_button = IconButton("pencil", theme, "Type")
        self.edit_button.setObjectName("scanEditInput")
        self.edit_button.setAccessibleName("Type input numbers")
        self.edit_button.setToolTip("Type numbers into the cells (I); or double-click a cell")
        self.edit_button.clicked.connect(self.edit_requested)
        row.addWidget(seed_caption)
        row.addWidget(self.seed, 1)
        row.addWidget(self.edit_button)
        column.addWidget(self.pattern)
        column.addLayout(row)
        return self.numbers

    def _make_maps(self) -> QWidget:
        self.maps = QWidget()
        row = QHBoxLayout(self.maps)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.layer = ChoiceBox()
        self.layer.setObjectName("scanLayer")
        self.layer.setAccessibleName("Layer")
        self.layer.setToolTip("Layer of the network")
        self.feature = SpinBox(0, 0)
        self.feature.setMinimumWidth(44)
        self.feature.setObjectName("scanFeature")
        self.feature.setAccessibleName("Feature map")
        self.feature.setToolTip("Number of the map")
        narrow(self.layer)
        self.layer.activated.connect(self._choose_layer)
        self.feature.valueChanged.connect(lambda feature: self._change(feature=feature))
        row.addWidget(self.layer, 3)
        row.addWidget(self.feature, 2)
        return self.maps

    def _make_channels(self) -> QHBoxLayout:
        row = QHBoxLayout()
        label = QLabel("Channels")
        label.setProperty("role", "label")
        self.channels = Segmented(
            [(str(n), str(n), f"{n} input channels") for n in (1, 2, 3)], "Input channels"
        )
        self.channels.changed.connect(
            lambda n: self._holder.set_state(self._holder.state.with_channels(int(n)))
        )
        for n in (1, 2, 3):
            self.channels.button(str(n)).setMinimumWidth(30)
        row.addWidget(label)
        row.addStretch(1)
        row.addWidget(self.channels)
        return row

    def _change(self, **changes: object) -> None:
        self._holder.set_state(replace(self._holder.state, **changes))

    def _choose_pattern(self, row: int) -> None:
        self.choose_pattern(self.pattern.itemData(row))

    def choose_pattern(self, pattern: str) -> None:
        """Use a pattern; one's own begins with the numbers on view."""
        state = self._holder.state
        if pattern == "own" and state.own is None:
            self._holder.set_state(
                state.with_cell(self._holder.numbers.x, 0, 0, 0, float(self._holder.numbers.x[0, 0, 0]))
            )
        else:
            self._change(pattern=pattern)

    def _choose_layer(self, row: int) -> None:
        layer = self.layer.itemData(row)
        maps = self._holder.maps(layer)
        size = tuple(min(side, 64) for side in maps.shape[1:])
        state = replace(
            self._holder.state, layer=layer, feature=min(self._holder.state.feature, max(0, len(maps) - 1))
        )
        self._holder.set_state(state.with_setup(input_size=size))

    def _list_layers(self) -> None:
        """Offer the layers that have maps."""
        bench = self._workbench
        self.layer.clear()
        self.layer.addItem("input image", -1)
        for i, (layer, shape) in enumerate(zip(bench.spec.layers, bench.spec.shapes(), strict=True)):
            if len(shape) == 3:
                self.layer.addItem(layer.name, i)
        self.show_state()

    def show_state(self) -> None:
        """Show the holder's source."""
        state = self._holder.state
        self.kind.set_value(state.source)
        self.numbers.setVisible(state.source == "numbers")
        self.maps.setVisible(state.source == "map")
        self.pattern.setCurrentIndex(self.pattern.findData(state.pattern))
        self.layer.setCurrentIndex(max(0, self.layer.findData(state.layer)))
        maps = self._holder.maps(state.layer) if state.source == "map" else ()
        for box, value, high in (
            (self.seed, state.seed, SEED_LIMIT),
            (self.feature, state.feature, max(0, len(maps) - 1)),
        ):
            blocked = box.blockSignals(True)
            box.setMaximum(high)
            box.setValue(value)
            box.blockSignals(blocked)
        self.seed.setEnabled(state.pattern == "random")
        self.channels.set_value(str(state.channels))
        self.text.setText(self._sentence())

    def _sentence(self) -> str:
        state = self._holder.state
        small = max(state.setup.input_size) <= WRITTEN_UP_TO
        if state.source == "numbers":
            return "whole numbers 0–9" if state.pattern != "own" else "double-click a cell to change it"
        if state.source == "map":
            size = format_shape(state.setup.input_size)
            return f"for {self._workbench.sample.name}, scaled to {size}"
        text = f"{self._workbench.sample.name}, {'cropped and ' if small else ''}scaled, 0–9"
        if state.channels > 1 and len(self._workbench.sample.image) < state.channels:
            text += "; then its negative" + (" and its mirror image" if state.channels > 2 else "")
        return text
