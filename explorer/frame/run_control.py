"""The card beside Train: until when to run, how fast, and how to end with the best epoch."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cnncore import ArgumentError
from explorer.numbers import format_count, format_number, format_percent
from explorer.theme import Theme
from explorer.widgets.controls import DoubleSpinBox, IconButton, Segmented, SpinBox
from explorer.widgets.rules import rule
from explorer.workbench import Goal, Workbench

WIDTH = 308
PACES = (("full", "Full", None), ("10", "10", 10.0), ("5", "5", 5.0), ("2", "2", 2.0), ("1", "1", 1.0))
_FIELD_WIDTH = 92
_MOST = 2**31 - 1
_STEPS_AHEAD = 100
_ACCURACIES = (90.0, 95.0, 97.0, 98.0, 99.0, 99.5, 100.0)


class RunControl(QFrame):
    """Opens under its button; Esc or a click beside it closes it.

    What cannot be done is said in the card, in a sentence.
    """

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._workbench = workbench
        self.setObjectName("run_control")
        self.setProperty("role", "card")
        self.setAccessibleName("Run until, speed and best epoch")
        self.setFixedWidth(WIDTH)
        self.epoch_field, self.step_field = SpinBox(1, _MOST), SpinBox(1, _MOST)
        self.step_field.setGroupSeparatorShown(True)
        self.accuracy_field = DoubleSpinBox(0.1, 100.0)
        self.accuracy_field.setDecimals(1)
        self.accuracy_field.setSuffix(" %")
        self.problem = _label("", "error")
        self.problem.setObjectName("run_problem")
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.pace_choice = Segmented(
            [(key, text, _pace_tip(pace)) for key, text, pace in PACES], "Slow motion"
        )
        self.best_button = IconButton("check", theme, "Stop and keep best")
        self.best_button.setObjectName("keep_best")
        self.best_button.setToolTip(
            "End the run with the parameters of the epoch with the lowest validation loss"
        )
        self.best_label = _label("", "secondary")
        self.best_label.setWordWrap(True)
        self._lay_out()
        self.pace_choice.changed.connect(lambda key: workbench.set_pace(_pace_of(key)))
        self.best_button.clicked.connect(self._keep_best)
        workbench.pace_changed.connect(self._show_pace)
        workbench.history_changed.connect(self._show_best)
        self._show_pace()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 12)
        column.setSpacing(8)
        column.addWidget(_label("Run until", "title"))
        column.addLayout(self._make_goals())
        column.addWidget(self.problem)
        column.addWidget(rule())
        pace = QHBoxLayout()
        pace.addWidget(_label("Slow motion, steps/s", "label"), 1)
        pace.addWidget(self.pace_choice)
        column.addLayout(pace)
        column.addWidget(rule())
        best = QHBoxLayout()
        best.setSpacing(10)
        best.addWidget(self.best_button)
        best.addWidget(self.best_label, 1)
        column.addLayout(best)

    def _make_goals(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        rows = (
            ("epoch", "End of epoch", self.epoch_field, lambda value: Goal(epoch=value)),
            ("step", "Step", self.step_field, lambda value: Goal(step=value)),
            (
                "accuracy",
                "Validation accuracy",
                self.accuracy_field,
                lambda value: Goal(accuracy=value / 100),
            ),
        )
        self.run_buttons: dict[str, QPushButton] = {}
        for row, (name, text, field, goal) in enumerate(rows):
            caption = _label(text, "label")
            caption.setBuddy(field)
            field.setObjectName(f"until_{name}")
            field.setAccessibleName(f"Run until: {text.lower()}")
            field.setToolTip(f"Run until: {text.lower()} (Enter runs)")
            field.setFixedWidth(_FIELD_WIDTH)
            button = self.run_buttons[name] = QPushButton("Run")
            button.setObjectName(f"run_until_{name}")
            button.setAccessibleName(f"Run until this {text.lower()}")
            button.setToolTip(f"Train until this {text.lower()}, then pause")
            button.clicked.connect(lambda _checked=False, field=field, goal=goal: self._run(field, goal))
            field.lineEdit().returnPressed.connect(button.click)
            for place, widget in enumerate((caption, field, button)):
                grid.addWidget(widget, row, place)
        return grid

    def open_under(self, button: QWidget) -> None:
        """Show the card with goals that lie ahead."""
        progress, evaluation = self._workbench.progress, self._workbench.evaluation
        self.epoch_field.setValue(progress.epoch + (progress.batch == progress.batches))
        self.step_field.setValue(progress.step + _STEPS_AHEAD)
        reached = 0.0 if evaluation is None else 100 * evaluation.accuracy
        self.accuracy_field.setValue(next((a for a in _ACCURACIES if a > reached), 100.0))
        self._say("")
        self.adjustSize()
        self.move(button.mapToGlobal(QPoint(0, button.height() + 5)))
        self.show()
        self._show_best()
        self.epoch_field.setFocus(Qt.FocusReason.PopupFocusReason)
        self.epoch_field.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes the card."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _run(self, field: SpinBox | DoubleSpinBox, goal: Callable[[float], Goal]) -> None:
        field.interpretText()
        try:
            self._workbench.run_until(goal(field.value()))
        except ArgumentError as error:
            self._say(str(error))
        else:
            self.hide()

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.adjustSize()

    def _keep_best(self) -> None:
        self.hide()
        self._workbench.keep_best()

    def _show_pace(self) -> None:
        keys = {pace: key for key, _, pace in PACES}
        if self._workbench.pace in keys:
            self.pace_choice.set_value(keys[self._workbench.pace])

    def _show_best(self) -> None:
        if not self.isVisible():
            return
        epochs = self._workbench.history.epochs
        self.best_button.setEnabled(bool(epochs))
        if not epochs:
            self.best_label.setText("No epoch is done yet.")
            return
        best = min(epochs, key=lambda epoch: epoch.validation_loss)
        self.best_label.setText(
            f"Epoch {format_count(best.epoch)}: loss {format_number(best.validation_loss)}, "
            f"{format_percent(best.validation_accuracy)}"
        )


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    return label


def _pace_tip(pace: float | None) -> str:
    if pace is None:
        return "As many steps a second as the computer can take"
    return f"At most {pace:g} step{'s' * (pace != 1)} a second"


def _pace_of(key: str) -> float | None:
    return next(pace for other, _, pace in PACES if other == key)
