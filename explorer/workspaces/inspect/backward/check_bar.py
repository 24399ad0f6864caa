"""A derivative held against a central difference of the loss, at the press of a button."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from cnncore.explain_gradient import gradient_targets
from cnncore.gradient_check import GradientCheck, check_gradient
from explorer.numbers import format_rate
from explorer.theme import Theme

from ..parts import TextLine
from ..wording import plural
from .model import BIAS, WEIGHT, Backward
from .update_model import letter, precise

_WAITS = "Check it compares the derivative with what the loss does when the number is moved a little"
_WAITS_SHORTER = (
    ("compares with what the loss does when the number moves a little", ""),
    ("compares with a small move of the number", ""),
)


class CheckBar(QFrame):
    """The button, both numbers, the step and the error; and a word where the loss has a corner in between."""

    def __init__(self, backward: Backward, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._backward = backward
        self.found: GradientCheck | None = None
        self._compact = False
        self._target = WEIGHT
        self.setObjectName("checkBar")
        self.setAccessibleName("Check of the derivative")
        self.button = QPushButton("Check it")
        self.button.setObjectName("checkGradient")
        self.button.setAccessibleName("Check the derivative")
        self.button.clicked.connect(lambda _=False: self.check())
        self.line = TextLine(theme, "", "", ("text2", 11, 400), ("text", 11.5, 600))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.button)
        self.beside = {target: self._beside(target) for target in (WEIGHT, BIAS)}
        for button in self.beside.values():
            row.addWidget(button)
        row.addWidget(self.line, 1)
        for signal in (
            backward.cell_changed,
            backward.target_changed,
            backward.stop_changed,
            backward.trace_changed,
            backward.scope_changed,
        ):
            signal.connect(self.refresh)
        self.refresh()

    def _beside(self, target: str) -> QPushButton:
        """Make the button of a derivative that is shown beside the scan: a bias, or a weight of a norm."""
        button = QPushButton()
        button.setObjectName(f"checkGradient_{target}")
        button.clicked.connect(lambda: self.check(target))
        return button

    def _offer(self) -> None:
        targets = gradient_targets(self._backward.step.layer) if self._backward.is_layer else ()
        for target, button in self.beside.items():
            shown = target in targets and target not in self._backward.targets
            if shown:
                name = f"d{letter(self._backward.stop.kind, target)}"
                button.setText(f"Check {name}")
                button.setAccessibleName(f"Check {name}")
                button.setToolTip(f"Move {name[1:]} up and down a little and see what the loss does")
            button.setVisible(shown)

    def refresh(self) -> None:
        """Forget the check of another derivative, or of other parameters."""
        if self.found is not None or self.line.left != _WAITS:
            self.found = None
            self._say(_WAITS, "", "text", *_WAITS_SHORTER)
        self._offer()
        possible = self._backward.is_layer
        if possible != self.button.isEnabled() or not self.button.toolTip():
            self.button.setEnabled(possible)
            self.button.setToolTip(
                "Move the number up and down a little and see what the loss does, in float64"
                if possible
                else "There is no layer here whose numbers could be moved"
            )

    def show_cell(self) -> None:
        """Follow the cell."""
        self.refresh()

    def set_compact(self, compact: bool) -> None:
        """Write only what counts, in a small window."""
        self._compact = compact
        if self.found is not None:
            self._show(self.found)

    def check(self, target: str | None = None) -> None:
        """Compare a displayed derivative of this sample's loss, by default that in view."""
        backward = self._backward
        if not backward.is_layer:
            return
        self._target = target or backward.target
        place = backward.beside if target else backward.cell(self._target)
        inspection, trace = backward.inspection, backward.trace
        self.found = check_gradient(
            inspection.network,
            trace.input,
            trace.label,
            inspection.index,
            self._target,
            place,
        )
        self._show(self.found)

    def _show(self, found: GradientCheck) -> None:
        what = f"d{letter(self._backward.stop.kind, self._target)}"
        own, other = precise(found.analytic, True), precise(found.numeric, True)
        numbers = (
            f"{own} and {other}" if self._compact else f"backward {own}   (L(+h) − L(−h)) / 2h = {other}"
        )
        step = f"h = {format_rate(found.step)}"
        verdict, token = f"error {format_rate(found.error)}", "text"
        if found.agrees:
            verdict, token = f"they agree, error {format_rate(found.error)}", "ok"
        elif found.kinks:
            verdict, token = f"{_kinks(found)} within the step: they may differ", "warn"
        elif found.error > 0:
            verdict, token = f"they differ by {format_rate(found.error)}", "warn"
        if found.kinks and found.agrees:
            verdict += f", though {_kinks(found)} within the step"
        self._say(
            f"{what} of this sample:  {numbers}   {step}", verdict, token, (f"{what}: {numbers}", verdict)
        )

    def _say(self, left: str, right: str, token: str, *shorter: tuple[str, str]) -> None:
        self.line.set_right_style((token, 11.5, 600))
        self.line.set_texts(left, right, *shorter)


def _kinks(found: GradientCheck) -> str:
    parts = []
    for kink in found.kinks:
        verb = "change the winner" if "Pool" in kink.text else "cross zero"
        if kink.cells == 1:
            verb = verb.replace("change", "changes").replace("cross", "crosses")
        parts.append(f"{plural(kink.cells, 'cell')} of {kink.text.split('(')[0]} {verb}")
    return f"a kink ({', '.join(parts)})"
