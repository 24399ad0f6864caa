"""What belongs to the network and not to its layers: how weights begin, and what is done to the pixels."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget
from shiboken6 import isValid

from cnncore import Standardisation
from explorer.numbers import format_number
from explorer.theme import Theme
from explorer.widgets.choice_box import ChoiceBox
from explorer.widgets.controls import Switch
from explorer.widgets.panel import Panel
from explorer.workbench.building.options import INITIALISER_WORDS

from .model import BuildModel

_OFF = "Pixels go in as they are, from 0 to 1."


class StartSection(Panel):
    """Edits of the draft: they are used with the network, and undone with it."""

    def __init__(self, model: BuildModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Start values", theme, parent, role="section")
        self.setObjectName("startSection")
        self._model = model
        self.initialiser = ChoiceBox()
        self.initialiser.setObjectName("initialiser")
        self.initialiser.setAccessibleName("Initialiser")
        self.initialiser.setToolTip("How the weights get their start values")
        self.initialiser.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for key, (title, _) in INITIALISER_WORDS.items():
            self.initialiser.addItem(title, key)
        self.initialiser.activated.connect(self._choose)
        self.standardise = Switch()
        self.standardise.setObjectName("standardise")
        self.standardise.setAccessibleName("Standardise the pixels")
        self.standardise.setToolTip("Give the pixels of the training images mean 0 and deviation 1")
        self.standardise.clicked.connect(self._switch)
        note = _words()
        note.setText("part of the network")
        note.setToolTip("Both belong to the network: “Use this network” applies them")
        note.setWordWrap(False)
        self.header.addWidget(note)
        self.initialiser_words, self.standardise_words = _words(), _words()
        self._row("Initialiser", self.initialiser)
        self.body.addWidget(self.initialiser_words)
        self._row("Standardise pixels", self.standardise)
        self.body.addWidget(self.standardise_words)
        model.changed.connect(self.refresh)
        self.refresh()

    def _row(self, title: str, control: QWidget) -> None:
        label = QLabel(title)
        label.setProperty("role", "label")
        label.setBuddy(control)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label)
        row.addWidget(control, 1) if control is self.initialiser else row.addStretch(1)
        if control is not self.initialiser:
            row.addWidget(control)
        self.body.addLayout(row)

    def _choose(self) -> None:
        name = self.initialiser.currentData()
        self._model.edit(lambda: self._model.draft.with_initialiser(name))

    def _switch(self) -> None:
        bench = self._model.workbench
        if not self.standardise.isChecked():
            self._model.replace(self._model.draft.with_standardisation(None))
            return

        def give_up(error: Exception) -> None:
            bench.failed.emit("The training images could not be measured.", str(error))
            self.refresh()

        bench.in_background(partial(Standardisation.of, bench.train_set), self._standardise, give_up)

    def _standardise(self, found: Standardisation) -> None:
        if isValid(self):
            self._model.replace(self._model.draft.with_standardisation(found))
            self.refresh()

    def refresh(self) -> None:
        """Follow the draft."""
        draft = self._model.draft
        self.initialiser.setCurrentIndex(self.initialiser.findData(draft.initialiser))
        self.initialiser_words.setText(INITIALISER_WORDS[draft.initialiser][1])
        found = draft.standardisation
        self.standardise.setChecked(found is not None)
        if found is None:
            self.standardise_words.setText(_OFF)
            return
        mean, std = (", ".join(format_number(x) for x in values[:3]) for values in (found.mean, found.std))
        self.standardise_words.setText(f"(pixel − {mean}) / {std}: mean 0, deviation 1 over all images.")


def _words() -> QLabel:
    label = QLabel()
    label.setProperty("role", "secondary")
    label.setWordWrap(True)
    return label
