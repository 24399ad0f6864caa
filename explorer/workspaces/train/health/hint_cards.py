"""All hints about the run, one below the other, each with what may help."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from explorer.theme import Theme
from explorer.widgets.icons import icon_pixmap
from explorer.workbench.health.hint import Hint, Remedy

_WIDTH, _MOST_HEIGHT = 400, 420


class HintCards(QFrame):
    """A popup; a click beside it or Escape closes it."""

    chosen = Signal(object)
    """The remedy of a button that was pressed."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._theme = theme
        self.setObjectName("hintCards")
        self.setAccessibleName("Hints about the run")
        self.setProperty("role", "panel")
        self.setFixedWidth(_WIDTH)
        self._content = QWidget()
        self._content.setObjectName("scrollContent")
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(10, 10, 10, 10)
        self._column.setSpacing(8)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(self._content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.addWidget(self._area)
        self.buttons: list[QPushButton] = []

    def set_hints(self, hints: Sequence[Hint]) -> None:
        """Show these; without any the popup closes."""
        while self._column.count():
            card = self._column.takeAt(0).widget()
            card.hide()
            card.deleteLater()
        self.buttons.clear()
        for hint in hints:
            self._column.addWidget(self._card(hint))
        if not hints:
            self.hide()

    def open_above(self, place: QPoint) -> None:
        """Show the popup with its lower right corner at a place of the screen."""
        self._content.layout().activate()
        height = self._column.heightForWidth(_WIDTH - 12) + 4
        self.setFixedHeight(min(height, _MOST_HEIGHT))
        self.move(place.x() - self.width(), place.y() - self.height())
        self.show()
        if self.buttons:
            self.buttons[0].setFocus(Qt.FocusReason.PopupFocusReason)

    def _card(self, hint: Hint) -> QFrame:
        card = QFrame()
        card.setProperty("role", "inset")
        card.setAccessibleName(hint.illness.value)
        card.setAccessibleDescription(hint.sentence)
        column = QVBoxLayout(card)
        column.setContentsMargins(10, 8, 10, 10)
        column.setSpacing(5)
        head = QHBoxLayout()
        head.setSpacing(6)
        sign, title, sentence = QLabel(), QLabel(hint.illness.value), QLabel(hint.sentence)
        dpr = self.devicePixelRatioF()
        sign.setPixmap(icon_pixmap("warning", self._theme.color("warn"), 16, dpr))
        title.setProperty("role", "strong")
        sentence.setProperty("role", "label")
        sentence.setWordWrap(True)
        sentence.setTextFormat(Qt.TextFormat.PlainText)
        head.addWidget(sign)
        head.addWidget(title, 1)
        column.addLayout(head)
        column.addWidget(sentence)
        for remedy in hint.remedies:
            column.addWidget(self._button(remedy), 0, Qt.AlignmentFlag.AlignLeft)
        return card

    def _button(self, remedy: Remedy) -> QPushButton:
        button = QPushButton(remedy.label)
        button.setObjectName(f"remedy{len(self.buttons)}")
        button.setAccessibleName(remedy.label)
        button.setToolTip(remedy_tip(remedy))
        button.clicked.connect(lambda: self._choose(remedy))
        self.buttons.append(button)
        return button

    def _choose(self, remedy: Remedy) -> None:
        self.hide()
        self.chosen.emit(remedy)


def remedy_tip(remedy: Remedy) -> str:
    """Return what pressing a remedy's button does."""
    if remedy.restarts:
        return "Begin the training again with this change; you are asked before steps are lost"
    return "Takes effect at the next batch, and can be taken back"
