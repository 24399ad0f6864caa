"""Choose format, speed and size of the animation; write it with progress, and a way to stop."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.numbers import format_count, format_number
from explorer.theme import Theme
from explorer.widgets.choice_box import ChoiceBox
from explorer.widgets.controls import SpinBox

from .film import Film
from .job import FASTEST, FORMATS, SUFFIXES, AnimationJob, AnimationPlan

_SIZES = (("small", 0.75), ("medium", 1.0), ("large", 1.5))


class ExportDialog(QDialog):
    """Saves a film as an animated picture."""

    saved = Signal(str)
    """The file's name."""

    def __init__(
        self,
        film: Film,
        speed: float,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._film, self._theme = film, theme
        self.job: AnimationJob | None = None
        self.setObjectName(f"{film.key}Export")
        self.setWindowTitle("Save the animation")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMinimumWidth(360)
        self._make_fields(speed)
        self._lay_out()
        self._describe()

    def _make_fields(self, speed: float) -> None:
        what = f"{self._film.what}s"
        self.format = ChoiceBox()
        self._name(self.format, "Format", "Format", "Kind of file")
        for key, text in FORMATS.items():
            self.format.addItem(text, key)
        self.size_choice = ChoiceBox()
        self._name(self.size_choice, "Size", "Size", "Size of the picture")
        for text, scale in _SIZES:
            width, height = self._film.size_at(scale)
            self.size_choice.addItem(f"{text}, {width}×{height}", scale)
        self.size_choice.setCurrentIndex(1)
        self.speed = SpinBox(1, int(max(FASTEST.values())))
        self._name(self.speed, "Speed", f"Speed in {what} a second", f"{what.capitalize()} a second")
        self.speed.setValue(round(min(speed, self.speed.maximum())))
        self.speed.setSuffix(f" {what}/s")
        for signal in (
            self.format.currentIndexChanged,
            self.size_choice.currentIndexChanged,
            self.speed.valueChanged,
        ):
            signal.connect(self._describe)

    def _name(self, widget: QWidget, name: str, accessible: str, tip: str) -> None:
        widget.setObjectName(f"{self.objectName()}{name}")
        widget.setAccessibleName(accessible)
        widget.setToolTip(tip)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setSpacing(8)
        for text, field in (("Format", self.format), ("Speed", self.speed), ("Size", self.size_choice)):
            form.addRow(text, field)
        self.text = QLabel()
        self.text.setProperty("role", "secondary")
        self.text.setWordWrap(True)
        self.progress = QProgressBar()
        self.progress.setAccessibleName("Frames written")
        self.progress.setRange(0, self._film.count)
        self.progress.setTextVisible(False)
        self.save_button, self.cancel_button = QPushButton("Save as…"), QPushButton("Cancel")
        self._name(self.save_button, "Save", "Save as", "Choose a file and write it")
        self._name(self.cancel_button, "Cancel", "Cancel", "Stop; no file is left (Esc)")
        self.save_button.setProperty("role", "primary")
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self._ask)
        self.cancel_button.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.cancel_button)
        row.addWidget(self.save_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 14)
        column.setSpacing(12)
        column.addLayout(form)
        column.addWidget(self.text)
        column.addWidget(self.progress)
        column.addLayout(row)

    @property
    def plan(self) -> AnimationPlan:
        """What the fields say."""
        return AnimationPlan(
            self.format.currentData(), float(self.speed.value()), self.size_choice.currentData()
        )

    def _describe(self) -> None:
        plan, count = self.plan, self._film.count
        seconds = sum(plan.durations(count)) / 1000
        text = f"{format_count(count)} frames{self._film.which}, {format_number(seconds, 1)} s"
        if plan.speed > FASTEST[plan.format]:
            most = f"{FASTEST[plan.format]:g} {self._film.what}s a second"
            text += f"; a {FORMATS[plan.format]} plays at most {most}"
        self.text.setText(text + ".")

    def _ask(self) -> None:
        kind = self.plan.format
        name, _ = QFileDialog.getSaveFileName(
            self,
            "Save the animation",
            f"{self._film.key}{SUFFIXES[kind]}",
            f"{FORMATS[kind]} (*{SUFFIXES[kind]})",
        )
        if name:
            self.start(Path(name))

    def start(self, path: Path) -> None:
        """Write the animation."""
        if self.job is not None:
            return
        if not path.suffix:
            path = path.with_suffix(SUFFIXES[self.plan.format])
        self._set_busy(True)
        self.job = AnimationJob(path, self.plan, self._film, self._theme)
        self.job.progressed.connect(self.progress.setValue)
        self.job.finished.connect(lambda: self._done(path.name))
        self.job.failed.connect(self._fail)
        self.job.start()

    def _set_busy(self, busy: bool) -> None:
        for widget in (self.format, self.speed, self.size_choice, self.save_button):
            widget.setEnabled(not busy)

    def _done(self, name: str) -> None:
        self.job = None
        self.saved.emit(name)
        self.accept()

    def _fail(self, reason: str) -> None:
        self.job = None
        self._set_busy(False)
        self.progress.setValue(0)
        self.text.setText(reason)

    def reject(self) -> None:
        """Stop writing, if that is going on, and close."""
        if self.job is not None:
            if not self.job.cancel():
                return  # it is written, and says so in a moment
            self.job = None
        super().reject()
