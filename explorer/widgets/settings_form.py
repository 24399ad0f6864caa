"""Rows of training settings: words at the left, controls at the right, and what is wrong beneath."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QWidget

from cnncore import ArgumentError
from explorer.theme import Theme
from explorer.widgets.choice_box import ChoiceBox
from explorer.widgets.controls import IconButton, LogSlider, Slider, Switch
from explorer.widgets.number_field import NumberField
from explorer.widgets.settings_fields import FIELDS, LEARNING_RATE, SEED, FieldKind, with_optimizer
from explorer.workbench import Hyperparameters
from explorer.workbench.pending import PendingSettings
from explorer.workbench.state import OPTIMIZERS, SCHEDULES

_CHOICES = {
    "optimizer": ("Optimizer", OPTIMIZERS, "How gradients become steps"),
    "schedule": (
        "Schedule",
        SCHEDULES,
        "How the learning rate goes on during the run: falling along a cosine, or staying as it is",
    ),
}
_FLAGS = {"nesterov": ("Nesterov", "Look ahead to where the momentum leads, for SGD")}
_ONLY_WITH = {
    "momentum": ("SGD",),
    "nesterov": ("SGD",),
    "beta1": ("Adam", "AdamW"),
    "beta2": ("Adam", "AdamW"),
    "alpha": ("RMSprop",),
}
_FIELD_WIDTH = 66
_SLIDER_STEPS = 100


class SettingsForm(QWidget):
    """Shows and changes some of the pending settings. A wrong value is marked, explained, and never used.

    Parameters
    ----------
    pending : PendingSettings
        What is shown, and told of each right value.
    keys : sequence of str
        The rows, in this order.
    prefix : str
        Begins the object names, where the same setting is on several pages.
    """

    validity_changed = Signal()
    """A field has become wrong, or right again."""

    def __init__(
        self,
        pending: PendingSettings,
        theme: Theme,
        keys: Sequence[str],
        prefix: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._pending, self._theme, self._prefix = pending, theme, prefix
        self._fields: dict[str, NumberField] = {}
        self._errors: dict[str, QLabel] = {}
        self._rows: dict[str, list[QWidget]] = {}
        self._combos: dict[str, QComboBox] = {}
        self._switches: dict[str, Switch] = {}
        self._sliders: dict[str, Slider] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 2, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        for key in keys:
            self._add_row(key)
        pending.changed.connect(self._show)
        pending.collecting.connect(self.commit)
        self._show()

    # Rows

    def _add_row(self, key: str) -> None:
        if key in _CHOICES:
            self._add_choice(key)
        elif key in _FLAGS:
            self._add_flag(key)
        elif key == LEARNING_RATE.key:
            self._add_rate()
        elif key == SEED.key:
            self._add_field(SEED, right=self._make_dice())
        elif key.startswith("augmentation."):
            self._add_field(FIELDS[key], left=self._make_slider(FIELDS[key]))
        else:
            self._add_field(FIELDS[key])

    def _label_for(self, title: str, control: QWidget) -> QLabel:
        label = QLabel(title)
        label.setProperty("role", "label")
        label.setBuddy(control)
        return label

    def _name(self, control: QWidget, name: str, title: str, tip: str) -> None:
        name = name.replace(".", "_")
        control.setObjectName(f"{self._prefix}{name[:1].upper()}{name[1:]}" if self._prefix else name)
        control.setAccessibleName(title)
        control.setToolTip(tip)

    def _put(self, key: str, label: QWidget, *controls: QWidget) -> None:
        """Lay a row out; the first control takes the room that is left."""
        row = self._grid.rowCount()
        line = QHBoxLayout()
        line.setSpacing(6)
        for place, control in enumerate(controls):
            line.addWidget(control, int(place == 0))
        self._grid.addWidget(label, row, 0)
        self._grid.addLayout(line, row, 1)
        if key in self._errors:
            self._grid.addWidget(self._errors[key], row + 1, 0, 1, 2)
        self._rows[key] = [label, *controls]

    def _add_choice(self, key: str) -> None:
        title, values, tip = _CHOICES[key]
        combo = ChoiceBox()
        self._name(combo, key, title, tip)
        combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for value in values:
            combo.addItem(value[:1].upper() + value[1:], value)
        combo.activated.connect(lambda _: self._choose(key, combo.currentData()))
        self._combos[key] = combo
        self._put(key, self._label_for(title, combo), combo)

    def _choose(self, key: str, value: str) -> None:
        wanted = self._pending.wanted
        chosen = with_optimizer(wanted, value) if key == "optimizer" else replace(wanted, **{key: value})
        self._pending.want(chosen)

    def _add_flag(self, key: str) -> None:
        title, tip = _FLAGS[key]
        switch = Switch()
        self._name(switch, key, title, tip)
        switch.clicked.connect(
            lambda: self._pending.want(replace(self._pending.wanted, **{key: switch.isChecked()}))
        )
        self._switches[key] = switch
        room = QWidget()
        room.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._put(key, self._label_for(title, switch), room, switch)

    def _make_field(self, kind: FieldKind) -> NumberField:
        field = NumberField(
            kind.title,
            self._theme,
            lambda text, way: kind.stepped(text, way, self._pending.wanted),
            parent=self,
        )
        self._name(field, kind.key, kind.title, f"{kind.tooltip}. Up and Down change it.")
        field.committed.connect(partial(self._typed, kind))
        error = QLabel()
        error.setObjectName(f"{field.objectName()}Error")
        error.setProperty("role", "error")
        error.setWordWrap(True)
        error.hide()
        self._fields[kind.key], self._errors[kind.key] = field, error
        return field

    def _add_field(self, kind: FieldKind, left: QWidget | None = None, right: QWidget | None = None) -> None:
        field = self._make_field(kind)
        if left is not None:
            field.setFixedWidth(_FIELD_WIDTH)
        controls = [control for control in (left, field, right) if control is not None]
        self._put(kind.key, self._label_for(kind.title, field), *controls)

    def _make_dice(self) -> IconButton:
        self.dice_button = IconButton("dice", self._theme)
        self._name(self.dice_button, "randomSeed", "Random seed", "Throw a new seed")
        self.dice_button.clicked.connect(lambda: self._typed(SEED, str(random.randrange(10_000))))
        return self.dice_button

    def _make_slider(self, kind: FieldKind) -> Slider:
        slider = Slider(0, _SLIDER_STEPS)
        slider.setMinimumWidth(40)
        slider.setPageStep(_SLIDER_STEPS // 10)
        self._name(slider, f"{kind.key}Slider", f"{kind.title}, slider", kind.tooltip)
        slider.valueChanged.connect(
            lambda place: self._slide(kind, round(kind.limits[1] * place / _SLIDER_STEPS, 4))
        )
        self._sliders[kind.key] = slider
        return slider

    def _add_rate(self) -> None:
        field = self._make_field(LEARNING_RATE)
        field.setFixedWidth(_FIELD_WIDTH)
        self.live_badge = badge = QLabel("live")
        badge.setProperty("role", "badge")
        badge.setToolTip("A change takes effect at the next batch, also while training runs")
        self.rate_slider = LogSlider(1e-5, 1.0)
        self._name(
            self.rate_slider, "learningRateSlider", "Learning rate, logarithmic", LEARNING_RATE.tooltip
        )
        self.rate_slider.setMinimumWidth(40)
        self.rate_slider.number_changed.connect(partial(self._slide, LEARNING_RATE))
        heading = QWidget()
        name = QHBoxLayout(heading)
        name.setContentsMargins(0, 0, 0, 0)
        name.setSpacing(6)
        name.addWidget(self._label_for(LEARNING_RATE.title, field))
        name.addWidget(badge)
        name.addStretch(1)
        self._put(LEARNING_RATE.key, heading, self.rate_slider, field)

    # From the person

    def field(self, key: str) -> NumberField:
        """Return the number field of a setting."""
        return self._fields[key]

    def error(self, key: str) -> str:
        """Return the sentence beneath a field, empty when all is well."""
        return self._errors[key].text()

    @property
    def invalid(self) -> bool:
        """Whether a field holds something that cannot be used."""
        return any(field.invalid for field in self._fields.values())

    def commit(self) -> None:
        """Hand over what was typed without Enter."""
        for field in self._fields.values():
            field.commit()

    def _typed(self, kind: FieldKind, text: str) -> None:
        try:
            wanted = kind.read(text, self._pending.wanted)
        except ArgumentError as error:
            self._mark(kind.key, str(error))
            return
        self._mark(kind.key, "")
        self._pending.want(wanted)

    def _mark(self, key: str, message: str) -> None:
        self._fields[key].set_invalid(bool(message))
        self._errors[key].setText(message)
        self._errors[key].setVisible(bool(message))
        self.validity_changed.emit()

    def _slide(self, kind: FieldKind, value: float) -> None:
        self._mark(kind.key, "")
        live = kind is LEARNING_RATE
        use = self._pending.want if live else self._pending.want_soon
        use(kind.with_value(self._pending.wanted, value))

    # From the pending settings

    def _show(self) -> None:
        wanted = self._pending.wanted
        for key, combo in self._combos.items():
            combo.setCurrentIndex(combo.findData(getattr(wanted, key)))
        for key, switch in self._switches.items():
            switch.setChecked(getattr(wanted, key))
        for key, field in self._fields.items():
            if not self.error(key):
                field.show_value(FIELDS[key].text(FIELDS[key].value(wanted)))
        for key, slider in self._sliders.items():
            share = FIELDS[key].value(wanted) / FIELDS[key].limits[1]
            self._quietly(slider, slider.setValue, round(share * _SLIDER_STEPS))
        if LEARNING_RATE.key in self._fields:
            self._quietly(self.rate_slider, self.rate_slider.set_number, wanted.learning_rate)
        self._show_used(wanted)

    def _show_used(self, wanted: Hyperparameters) -> None:
        """Show the rows that this optimizer has a use for."""
        for key in _ONLY_WITH.keys() & self._rows.keys():
            used = wanted.optimizer in _ONLY_WITH[key]
            for widget in self._rows[key]:
                widget.setVisible(used)
            if not used and key in self._fields:
                self._mark(key, "")

    @staticmethod
    def _quietly(control: QWidget, put: Callable[[float], None], value: float) -> None:
        blocked = control.blockSignals(True)
        put(value)
        control.blockSignals(blocked)
