"""The loss of one sample, and the formula it comes from."""

from __future__ import annotations

import math

from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from explorer.frame.results import UNKNOWN
from explorer.numbers import MINUS, format_number, format_rate

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class LossView(QWidget):
    """The sample's loss and how it comes about."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel("Loss of this sample")
        title.setProperty("role", "strong")
        self.value = QLabel()
        self.value.setObjectName("sample_loss")
        self.value.setProperty("role", "result")
        self.formula = QLabel()
        self.formula.setObjectName("loss_formula")
        self.formula.setProperty("role", "secondary")
        self.formula.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(title)
        row.addStretch(1)
        row.addWidget(self.value)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.formula)

    def show_loss(self, loss: float | None, probability: float, name: str) -> None:
        """Show the loss of a sample whose true class `name` has `probability`; None where it is not known."""
        if loss is None:
            self.value.setText(UNKNOWN)
            self.formula.setText("choose the true label to see it")
        else:
            self.value.setText(format_number(loss))
            self.formula.setText(loss_formula(loss, probability, name))


def loss_formula(loss: float, probability: float, name: str) -> str:
    """Write the loss as a logarithm, with as many digits as make the rounded numbers agree.

    Returns
    -------
    str
        Rich text, for example "cross-entropy = −ln p₇ = −ln 0.888"; "≈" where no short number agrees.
    """
    symbol = f"<i>p</i>{name.translate(_SUBSCRIPTS)}" if name.isdigit() else f"<i>p</i>({name})"
    sign, text = "≈", format_number(probability)
    if 0.0 < probability < 5e-4:
        text = format_rate(float(f"{probability:.2e}"))
    for digits in (3, 4, 5):
        rounded = round(probability, digits)
        if rounded > 0.0 and format_number(abs(math.log(rounded))) == format_number(loss):
            sign, text = "=", format_number(probability, digits)
            break
    return f"cross-entropy = {MINUS}ln {symbol} {sign} {MINUS}ln {text}"
