"""How the network is trained: optimizer, learning rate, schedule, batch size, epochs, seed."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial

import numpy as np
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from cnncore import ArgumentError
from explorer.theme import Theme
from explorer.widgets.choice_box import ChoiceBox
from explorer.widgets.controls import IconButton, LogSlider
from explorer.widgets.panel import Panel
from explorer.workbench import Hyperparameters, Workbench
from explorer.workbench.state import OPTIMIZERS, SCHEDULES
from explorer.workspaces.train.number_field import NumberField
from explorer.workspaces.train.training_fields import (
    BATCH_SIZE,
    EPOCHS,
    FIELDS,
    LEARNING_RATE,
    MOMENTUM,
    SEED,
    FieldKind,
)

_NOTE = "The learning rate takes effect at the next batch. Any other change restarts the run."
_ROOM_FOR_BADGE = 270
_CHOICES = {"optimizer": OPTIMIZERS, "schedule": SCHEDULES}
_CHOICE_TIPS = {
    "optimizer": "How gradients become steps",
    "schedule": "How the learning rate goes on during the run: falling along a cosine, or staying as it is",
}


class TrainingPanel(Panel):
    """Shows and changes the workbench's hyperparameters.

    As long as nothing is lost by it, each right value is used at once. After the first step, or after a
    checkpoint was loaded, all but the learning rate wait for "Apply & restart"; a run that begins anew for
    another reason (Reset, another model, other data) uses them too. A wrong value is marked, explained
    beneath the field, and never used.
    """

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Training", theme, parent, role="section")
        self.setObjectName("trainingPanel")
        self._workbench = workbench
        self._wanted = workbench.hyperparameters
        self._history = workbench.history
        self._fields: dict[str, NumberField] = {}
        self._errors: dict[str, QLabel] = {}
        self._labels: dict[str, QLabel] = {}
        self._combos: dict[str, QComboBox] = {}
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 2, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        self.body.addLayout(self._grid)
        self._add_rows()
        self._note = QLabel(_NOTE)
        self._note.setProperty("role", "secondary")
        self._note.setWordWrap(True)
        self.body.addSpacing(6)
        self.body.addWidget(self._note)
        self.apply_button = QPushButton("Apply && restart")
        self.apply_button.setObjectName("applyAndRestart")
        self.apply_button.setAccessibleName("Apply and restart")
        self.apply_button.setToolTip("Start the run again with the changed settings")
        self.apply_button.clicked.connect(self._apply)
        self.body.addSpacing(4)
        self.body.addWidget(self.apply_button)
        self.body.addStretch(1)
        workbench.hyperparameters_changed.connect(self._follow)
        workbench.history_changed.connect(self._follow_run)
        self._follow()

    def _add_rows(self) -> None:
        self._add_choice("optimizer", "Optimizer")
        self._add_field(MOMENTUM)
        self._add_rate()
        self._add_choice("schedule", "Schedule")
        for kind in (BATCH_SIZE, EPOCHS):
            self._add_field(kind)
        self.dice_button = IconButton("dice", self.theme)
        self.dice_button.setObjectName("randomSeed")
        self.dice_button.setAccessibleName("Random seed")
        self.dice_button.setToolTip("Throw a new seed")
        self.dice_button.clicked.connect(self._throw)
        self._add_field(SEED, self.dice_button)

    def _label_for(self, key: str, text: str, control: QWidget) -> QLabel:
        label = QLabel(text)
        label.setProperty("role", "label")
        label.setBuddy(control)
        self._labels[key] = label
        return label

    def _add_choice(self, key: str, title: str) -> None:
        combo = ChoiceBox()
        combo.setObjectName(key)
        combo.setAccessibleName(title)
        combo.setToolTip(_CHOICE_TIPS[key])
        combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for value in _CHOICES[key]:
            combo.addItem(value[:1].upper() + value[1:], value)
        combo.activated.connect(lambda _: self._want(replace(self._wanted, **{key: combo.currentData()})))
        row = self._grid.rowCount()
        self._grid.addWidget(self._label_for(key, title, combo), row, 0)
        self._grid.addWidget(combo, row, 1)
        self._combos[key] = combo

    def _make_field(self, kind: FieldKind) -> NumberField:
        field = NumberField(
            kind.title, self.theme, lambda text, way: kind.stepped(text, way, self._wanted), parent=self
        )
        field.setObjectName(kind.key)
        field.setToolTip(f"{kind.tooltip}. Up and Down change it.")
        field.committed.connect(partial(self._typed, kind))
        error = QLabel()
        error.setObjectName(f"{kind.key}Error")
        error.setProperty("role", "error")
        error.setWordWrap(True)
        error.hide()
        self._fields[kind.key], self._errors[kind.key] = field, error
        return field

    def _add_field(self, kind: FieldKind, extra: QWidget | None = None) -> None:
        field = self._make_field(kind)
        row = self._grid.rowCount()
        self._grid.addWidget(self._label_for(kind.key, kind.title, field), row, 0)
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(field, 1)
        if extra is not None:
            line.addWidget(extra)
        self._grid.addLayout(line, row, 1)
        self._grid.addWidget(self._errors[kind.key], row + 1, 0, 1, 2)

    def _add_rate(self) -> None:
        field = self._make_field(LEARNING_RATE)
        field.setFixedWidth(66)
        self._badge = badge = QLabel("live")
        badge.setProperty("role", "badge")
        badge.setToolTip("A change takes effect at the next batch, also while training runs")
        self.rate_slider = LogSlider(1e-5, 1.0)
        self.rate_slider.setObjectName("learningRateSlider")
        self.rate_slider.setAccessibleName("Learning rate, logarithmic")
        self.rate_slider.setToolTip(LEARNING_RATE.tooltip)
        self.rate_slider.setMinimumWidth(40)
        self.rate_slider.number_changed.connect(self._slide)
        row = self._grid.rowCount()
        name, line = QHBoxLayout(), QHBoxLayout()
        name.setSpacing(6)
        name.addWidget(self._label_for("learning_rate", LEARNING_RATE.title, field))
        name.addWidget(badge)
        line.setSpacing(6)
        line.addWidget(self.rate_slider, 1)
        line.addWidget(field)
        self._grid.addLayout(name, row, 0)
        self._grid.addLayout(line, row, 1)
        self._grid.addWidget(self._errors["learning_rate"], row + 1, 0, 1, 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._badge.setVisible(self.width() >= _ROOM_FOR_BADGE)

    # From the person

    def field(self, key: str) -> NumberField:
        """Return the number field of a hyperparameter."""
        return self._fields[key]

    def error(self, key: str) -> str:
        """Return the sentence beneath a field, empty when all is well."""
        return self._errors[key].text()

    @property
    def wanted(self) -> Hyperparameters:
        """What the panel shows: the hyperparameters in use, with the changes that wait."""
        return self._wanted

    def _typed(self, kind: FieldKind, text: str) -> None:
        try:
            wanted = kind.read(text, self._wanted)
        except ArgumentError as error:
            self._mark(kind.key, str(error))
            self._update_button()
            return
        self._mark(kind.key, "")
        self._want(wanted)

    def _mark(self, key: str, message: str) -> None:
        self._fields[key].set_invalid(bool(message))
        self._errors[key].setText(message)
        self._errors[key].setVisible(bool(message))

    def _slide(self, rate: float) -> None:
        self._mark("learning_rate", "")
        self._want(replace(self._wanted, learning_rate=rate))

    def _throw(self) -> None:
        self._typed(SEED, str(random.randrange(10_000)))

    def _want(self, wanted: Hyperparameters) -> None:
        rate = wanted.learning_rate
        self._wanted = wanted
        if self._is_fresh():
            self._workbench.set_hyperparameters(wanted)
        elif rate != self._workbench.hyperparameters.learning_rate:
            self._workbench.set_learning_rate(rate)
        self._show()

    def _apply(self) -> None:
        self._workbench.set_hyperparameters(self._wanted)
        self._show()

    # From the workbench

    def _is_fresh(self) -> bool:
        """Return whether the run has only what its seed gave it, so that beginning again loses nothing."""
        bench = self._workbench
        if len(bench.history):
            return False
        begun = bench.spec.build(bench.hyperparameters.rng("initialisation"))
        return np.array_equal(begun.parameter_vector, bench.network.parameter_vector)

    def _follow(self) -> None:
        """Take over what is in use; where only the learning rate changed, changes that wait stay."""
        used = self._workbench.hyperparameters
        if self._workbench.history is self._history:
            used = replace(self._wanted, learning_rate=used.learning_rate)
        self._wanted = used
        self._show()

    def _follow_run(self) -> None:
        if self._workbench.history is not self._history:
            self._history = self._workbench.history
            self._use_waiting()
        self._update_button()

    def _use_waiting(self) -> None:
        """Let a run that has begun anew use what waits, and what was typed without Enter."""
        if not self._is_fresh():
            return
        for field in self._fields.values():
            field.commit()
        if self._wanted != self._workbench.hyperparameters:
            self._apply()

    def _show(self) -> None:
        wanted = self._wanted
        for key, combo in self._combos.items():
            combo.setCurrentIndex(combo.findData(getattr(wanted, key)))
        for kind in FIELDS:
            if not self.error(kind.key):
                self._fields[kind.key].show_value(kind.text(getattr(wanted, kind.key)))
        blocked = self.rate_slider.blockSignals(True)
        self.rate_slider.set_number(wanted.learning_rate)
        self.rate_slider.blockSignals(blocked)
        uses_momentum = wanted.optimizer == "SGD"
        for widget in (self._fields["momentum"], self._labels["momentum"]):
            widget.setVisible(uses_momentum)
        if not uses_momentum:
            self._mark("momentum", "")
        self._update_button()

    def _update_button(self) -> None:
        wrong = any(field.invalid for field in self._fields.values())
        self.apply_button.setEnabled(self._wanted != self._workbench.hyperparameters and not wrong)
