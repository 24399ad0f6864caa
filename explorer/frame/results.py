"""True label, prediction and verdict."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.theme import Theme
from explorer.widgets.choice_box import ChoiceBox

UNKNOWN = "—"


class TokenLabel(QLabel):
    """A label in the colour of a token."""

    def __init__(self, theme: Theme, token: str, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._token = token
        self.setProperty("role", role)
        theme.changed.connect(self._dress)
        self._dress()

    @property
    def token(self) -> str:
        """The token whose colour the text has."""
        return self._token

    def set(self, text: str, token: str) -> None:
        """Show `text` in the colour of `token`."""
        self.setText(text)
        if token != self._token:
            self._token = token
            self._dress()

    def _dress(self) -> None:
        self.setStyleSheet(f"color: {getattr(self._theme.tokens, self._token)};")


class Results(QWidget):
    """True label, prediction and verdict, in a row or in a column.

    An own image has no label of its own: there it can be chosen, so that the loss can be known.
    """

    label_chosen = Signal(object)
    """The class that was chosen as true, or None."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.true_label = TokenLabel(theme, "text", "big")
        self.predicted = TokenLabel(theme, "accent", "big")
        self.verdict = TokenLabel(theme, "text3", "strong")
        for name in ("true_label", "predicted", "verdict"):
            getattr(self, name).setObjectName(name)
        self.label_choice = ChoiceBox()
        self.label_choice.setObjectName("label_choice")
        self.label_choice.setAccessibleName("True label")
        self.label_choice.setToolTip("Say which class this is, to see the loss")
        self.label_choice.setFixedWidth(58)
        self.label_choice.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.label_choice.activated.connect(lambda row: self.label_chosen.emit(row - 1 if row else None))
        self.label_choice.hide()
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(4)
        self._captions: list[QLabel] = []
        self._cells = [
            self._cell("True label", self.true_label, self.label_choice),
            self._cell("Predicted", self.predicted),
            self._cell("Verdict", self.verdict),
        ]
        for cell in self._cells:
            self._box.addWidget(cell, 1)

    def _cell(self, caption: str, *values: QWidget) -> QWidget:
        cell = QWidget()
        column = QVBoxLayout(cell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        title = QLabel(caption)
        title.setProperty("role", "secondary")
        title.setFixedHeight(15)
        self._captions.append(title)
        column.addWidget(title)
        for value in values:
            value.setFixedHeight(24)
            column.addWidget(value)
        return cell

    def set_vertical(self, vertical: bool) -> None:
        """Put the three below one another, or beside one another."""
        direction = QBoxLayout.Direction
        self._box.setDirection(direction.TopToBottom if vertical else direction.LeftToRight)
        side = Qt.AlignmentFlag.AlignLeft if vertical else Qt.AlignmentFlag.AlignRight
        for label in (self._captions[-1], self.verdict):
            label.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)

    def show_values(self, names: tuple[str, ...], label: int | None, predicted: int, own: bool) -> None:
        """Show class numbers by their names; `own` tells whether the label may be chosen."""
        self.true_label.set(UNKNOWN if label is None else names[label], "text")
        self.true_label.setVisible(not own)
        self.label_choice.setVisible(own)
        if own:
            self._fill_choice(names, label)
        self.predicted.set(names[predicted], "accent")
        if label is None:
            self.verdict.set(UNKNOWN, "text3")
        elif label == predicted:
            self.verdict.set("✓ correct", "ok")
        else:
            self.verdict.set("✗ wrong", "warn")

    def _fill_choice(self, names: tuple[str, ...], label: int | None) -> None:
        with QSignalBlocker(self.label_choice):
            if self.label_choice.count() != len(names) + 1 or self.label_choice.itemText(1) != names[0]:
                self.label_choice.clear()
                self.label_choice.addItems([UNKNOWN, *names])
            self.label_choice.setCurrentIndex(0 if label is None else label + 1)
