"""The bar in which a weight, a bias or a whole kernel of the copy is changed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from cnncore.kernel_presets import PRESETS
from explorer.numbers import format_percent
from explorer.theme import Theme
from explorer.widgets.choice_box import ChoiceBox
from explorer.widgets.controls import DoubleSpinBox, IconButton, SpinBox

from .editing import Editing
from .inspection import Inspection
from .parts import TextLine, label
from .wording import number, plural

STEP = 0.05
_LIMIT = 1e6
_MOST_ROOM = 1000
"""The words take what the fields leave; without them a gap does."""


class EditBar(QFrame):
    """Fields for the weight that is chosen, the bias and a preset; what the changes do; restore and apply.

    A click on a kernel's cell chooses its weight; so do the fields of row and column.
    """

    def __init__(self, inspection: Inspection, editing: Editing, theme: Theme) -> None:
        super().__init__()
        self._inspection, self._editing, self._theme = inspection, editing, theme
        self._showing = False
        self.tap: tuple[int, ...] = (0, 0)
        self.setProperty("role", "inset")
        self.setObjectName("inspectEditBar")
        self.setAccessibleName("Change the network's copy")
        self._caption = label("W", "strong")
        self.row_field = self._index("editRow", "Row of the kernel")
        self.column_field = self._index("editColumn", "Column of the kernel")
        self.weight_field = self._value("editWeight", "Weight")
        self.bias_field = self._value("editBias", "Bias")
        self._bias_caption = label("bias", "label")
        self.presets = ChoiceBox()
        self.presets.setObjectName("editPreset")
        self.presets.setAccessibleName("Preset of the kernel")
        self.presets.setToolTip("Give the kernel of the focused channel a known form")
        self.presets.addItems(["preset…", *PRESETS])
        self.effect = TextLine(theme, right_style=("text", 11, 600))
        self.restore_button = IconButton("undo", theme)
        self.apply_button = QPushButton("Apply")
        self._name_buttons()
        self._lay_out()
        self.set_compact(False)
        self._connect()

    def _index(self, name: str, said: str) -> SpinBox:
        field = SpinBox(0, 0)
        field.setObjectName(name)
        field.setAccessibleName(said)
        field.setToolTip(said)
        field.setFixedWidth(48)
        return field

    def _value(self, name: str, said: str) -> DoubleSpinBox:
        field = DoubleSpinBox(-_LIMIT, _LIMIT)
        field.setDecimals(4)
        field.setSingleStep(STEP)
        field.setObjectName(name)
        field.setAccessibleName(said)
        field.setToolTip(f"{said}: type, or turn the wheel")
        field.setFixedWidth(82)
        return field

    def _name_buttons(self) -> None:
        self.restore_button.setObjectName("editRestore")
        self.restore_button.setAccessibleName("Undo all changes")
        self.restore_button.setToolTip("Undo all changes (Ctrl+Z)")
        self.apply_button.setObjectName("editApply")
        self.apply_button.setAccessibleName("Apply to network")
        self.apply_button.setToolTip("Let the network go on from these numbers")
        self.apply_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _lay_out(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(10, 3, 6, 3)
        self._column.setSpacing(3)
        row = self._row = QHBoxLayout()
        row.setSpacing(5)
        self._column.addLayout(row)
        for widget in (self._caption, self.row_field, self.column_field, self.weight_field):
            row.addWidget(widget)
        row.addSpacing(4)
        row.addWidget(self._bias_caption)
        row.addWidget(self.bias_field)
        row.addWidget(self.presets)
        row.addSpacing(4)
        row.addStretch(1)
        row.addWidget(self.restore_button)
        row.addWidget(self.apply_button)

    def set_compact(self, compact: bool) -> None:
        """Put what the changes do on a line of its own."""
        self._row.removeWidget(self.effect)
        self._column.removeWidget(self.effect)
        if compact:
            self._column.addWidget(self.effect)
        else:
            self._row.insertWidget(self._row.indexOf(self.restore_button), self.effect, _MOST_ROOM)

    def _connect(self) -> None:
        self.row_field.valueChanged.connect(self._choose_by_fields)
        self.column_field.valueChanged.connect(self._choose_by_fields)
        self.weight_field.valueChanged.connect(self._set_weight)
        self.bias_field.valueChanged.connect(self._set_bias)
        self.presets.activated.connect(self._set_preset)
        self.restore_button.clicked.connect(self._editing.restore)
        self.apply_button.clicked.connect(self._editing.apply)
        self._editing.changed.connect(self.refresh)
        self._inspection.source_changed.connect(self.refresh)
        self._inspection.cell_changed.connect(self.refresh)

    @property
    def weight_place(self) -> tuple[int, ...] | None:
        """The place of the chosen weight in the layer's weights."""
        weight = self._editing.parameter("weight")
        if weight is None:
            return None
        if weight.ndim == 4:
            return self._inspection.channel, self._inspection.source, *self.tap
        return (self._inspection.cell[0], self.tap[0]) if weight.ndim == 2 else (self._inspection.channel,)

    def choose(self, tap: tuple[int, ...]) -> None:
        """Edit this place of the kernel, or this input of the unit."""
        self.tap = tap
        self.refresh()

    def refresh(self) -> None:
        """Show the numbers of the present place."""
        if not self.isVisible():
            return
        self._showing = True
        weight, bias = self._editing.parameter("weight"), self._editing.parameter("bias")
        kernel = weight is not None and weight.ndim == 4
        self.row_field.setVisible(weight is not None and weight.ndim > 1)
        self.column_field.setVisible(kernel)
        self.presets.setVisible(kernel)
        self.bias_field.setVisible(bias is not None)
        self._bias_caption.setVisible(bias is not None)
        self.weight_field.setEnabled(weight is not None)
        if weight is not None:
            self._show_weight(weight)
        if bias is not None:
            self.bias_field.setValue(float(bias[self._output]))
        self._show_effect()
        self._showing = False

    def _show_weight(self, weight) -> None:
        size = weight.shape[2:] if weight.ndim == 4 else weight.shape[1:]
        tap = tuple(min(place, limit - 1) for place, limit in zip((*self.tap, 0), size, strict=False))
        self.tap = tap or (0,)
        for field, place, limit in zip((self.row_field, self.column_field), tap, size, strict=False):
            field.setRange(0, limit - 1)
            field.setValue(place)
        place = self.weight_place
        symbol = "γ" if weight.ndim == 1 else "W"
        self._caption.setText(f"{symbol}[{', '.join(map(str, place[: max(1, weight.ndim - 2)]))}]")
        self._bias_caption.setText("β" if weight.ndim == 1 else "bias")
        self.weight_field.setValue(float(weight[place]))

    @property
    def _output(self) -> int:
        """The output map or unit that is in view."""
        inspection = self._inspection
        return inspection.channel if inspection.stop.is_maps else inspection.cell[0]

    def _show_effect(self) -> None:
        effect = self._editing.effect()
        if effect is None:
            self.effect.set_texts("Change a number: the copy here follows at once.")
        else:
            before, after = (format_percent(p) for p in effect.probability)
            loss = (
                "" if effect.loss is None else f", loss {' → '.join(number(x, False) for x in effect.loss)}"
            )
            turned = (
                "" if effect.predicted[0] == effect.predicted[1] else f", now read as {effect.predicted[1]}"
            )
            text = f"{plural(effect.count, 'number')} changed: class {effect.class_name} {before} → {after}"
            self.effect.set_texts(text + loss + turned)
        self.effect.setToolTip(self.effect.left)
        self.restore_button.setEnabled(self._editing.edited)
        self.apply_button.setEnabled(self._editing.can_apply)
        self.apply_button.setToolTip(
            (self._editing.edited and self._editing.hindrance) or "Let the network go on from these numbers"
        )

    def _choose_by_fields(self) -> None:
        if not self._showing:
            weight = self._editing.parameter("weight")
            fields = (self.row_field, self.column_field)[
                : 2 if weight is not None and weight.ndim == 4 else 1
            ]
            self.choose(tuple(field.value() for field in fields))

    def _set_weight(self, value: float) -> None:
        place = self.weight_place
        if not self._showing and place is not None:
            self._editing.set_value("weight", place, value)

    def _set_bias(self, value: float) -> None:
        if not self._showing:
            self._editing.set_value("bias", (self._output,), value)

    def _set_preset(self, index: int) -> None:
        if index > 0:
            place = (self._inspection.channel, self._inspection.source)
            self._editing.set_preset(PRESETS[index - 1], place)
            self.presets.setCurrentIndex(0)

    def nudge(self, tap: tuple[int, ...], steps: float) -> None:
        """Change a weight by some steps, as the wheel does over its cell."""
        self.choose(tap)
        self.weight_field.setValue(self.weight_field.value() + steps * STEP)
