"""What is done with a whole draft: using it, and carrying it out and in as JSON."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from cnncore import CnnError, ModelSpec, SpecError
from explorer.numbers import format_count
from explorer.workbench.building import Draft, has_learned, kept_layers
from explorer.workbench.building.files import read_model, write_model
from explorer.workbench.jobs import sentence_of

from .model import BuildModel

_FILTER = "Network (*.json)"


class BuildActions(QObject):
    """Each action tells by the workbench's messages how it went."""

    def __init__(self, model: BuildModel, page: QWidget) -> None:
        super().__init__(page)
        self._model, self._page = model, page
        self._bench = model.workbench
        self.question: QMessageBox | None = None
        model.refused.connect(lambda why: self._bench.failed.emit("The network stays as it is.", why))

    # Using it

    def use(self) -> None:
        """Train this network; where training would be lost, ask first."""
        spec = self._model.spec
        if spec is None:
            self._bench.failed.emit("This is no network yet.", self._model.report.problem)
        elif spec == self._bench.spec:
            self._bench.succeeded.emit("This network is in use already.")
        elif has_learned(self._bench):
            self._ask(spec)
        else:
            self._use(spec, keep=False)

    def _ask(self, spec: ModelSpec) -> None:
        kept = kept_layers(self._bench.spec, spec)
        steps = self._bench.progress.step
        lost = f"Steps of training that will be lost: {format_count(steps)}. " if steps else ""
        box = QMessageBox(self._page)
        box.setObjectName("useNetwork")
        box.setIcon(QMessageBox.Icon.Question)
        box.setText("Use this network and begin the training again?")
        role = QMessageBox.ButtonRole.AcceptRole
        if kept:
            names = ", ".join(kept)
            box.setInformativeText(
                f"{lost}Unchanged, so that the trained weights can be kept: {names}. All others begin anew."
            )
            self._answer(box, "Keep these weights", "keepWeights", role, partial(self._use, spec, True))
            self._answer(box, "Begin anew", "freshWeights", role, partial(self._use, spec, False))
        else:
            box.setInformativeText(f"{lost}No layer can keep its weights.")
            self._answer(box, "Use and begin anew", "freshWeights", role, partial(self._use, spec, False))
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.finished.connect(box.deleteLater)
        self.question = box
        box.open()

    def _answer(self, box: QMessageBox, text: str, name: str, role: QMessageBox.ButtonRole, action) -> None:
        button = box.addButton(text, role)
        button.setObjectName(name)
        button.clicked.connect(lambda _=False: action())

    def _use(self, spec: ModelSpec, keep: bool) -> None:
        try:
            self._bench.set_spec(spec, keep_weights=keep)
        except CnnError as error:
            self._bench.failed.emit("The network cannot be used here.", str(error))
            return
        self._bench.succeeded.emit(f"{spec.title} is in use; training begins again.")

    # JSON

    def copy(self) -> None:
        """Put the network on the clipboard as JSON."""
        if (spec := self._whole("copied")) is not None:
            QGuiApplication.clipboard().setText(spec.to_json())
            self._bench.succeeded.emit("The network was copied as text.")

    def paste(self) -> None:
        """Go on with the network on the clipboard."""
        try:
            spec = ModelSpec.from_json(QGuiApplication.clipboard().text())
        except SpecError as error:
            self._bench.failed.emit("There is no network to paste.", str(error))
            return
        self.take(spec)

    def ask_open(self) -> None:
        """Ask for a file and go on with its network."""
        name, _ = QFileDialog.getOpenFileName(self._page, "Open a network", "", _FILTER)
        if name:
            self.open_file(Path(name))

    def open_file(self, path: Path) -> None:
        """Read a network in the background and go on with it."""

        def give_up(error: Exception) -> None:
            self._bench.failed.emit(f"The network in {path.name} could not be opened.", sentence_of(error))

        self._bench.in_background(partial(read_model, path), self.take, give_up)

    def ask_save(self) -> None:
        """Ask for a file and write the network."""
        if (spec := self._whole("saved")) is None:
            return
        name, _ = QFileDialog.getSaveFileName(self._page, "Save the network", f"{spec.name}.json", _FILTER)
        if name:
            self.save_file(Path(name))

    def save_file(self, path: Path) -> None:
        """Write the network in the background; ".json" is put behind any other ending."""
        if (spec := self._whole("saved")) is None:
            return
        if path.suffix.lower() != ".json":
            path = path.with_name(f"{path.name}.json")

        def give_up(error: Exception) -> None:
            self._bench.failed.emit(f"The network could not be saved as {path.name}.", sentence_of(error))

        def done(_: object) -> None:
            self._bench.succeeded.emit(f"The network was saved as {path.name}.")

        self._bench.in_background(partial(write_model, path, spec), done, give_up)

    def take(self, spec: ModelSpec) -> None:
        """Go on with a network from elsewhere, made to fit the present images and classes."""
        present = self._bench.spec
        draft = Draft.of(spec)
        if (spec.input_shape, spec.class_names) != (present.input_shape, present.class_names):
            draft = draft.for_images(present.input_shape, present.class_names)
            self._bench.succeeded.emit("The network was fitted to the present images and classes.")
        self._model.replace(draft)

    def _whole(self, what: str) -> ModelSpec | None:
        if self._model.spec is None:
            self._bench.failed.emit(f"Only a network that fits can be {what}.", self._model.report.problem)
        return self._model.spec
