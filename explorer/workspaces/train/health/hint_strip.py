"""One line about the run's health: the first hint and what may help, or that there is none."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMessageBox, QPushButton, QSizePolicy, QWidget

from explorer.numbers import format_count
from explorer.theme import Theme, make_font
from explorer.widgets.controls import IconButton
from explorer.widgets.icons import icon_pixmap
from explorer.workbench import Workbench
from explorer.workbench.health.hint import Remedy
from explorer.workspaces.train.health.hint_cards import HintCards, remedy_tip

_HEIGHT = 34
_WELL = "No hint: gradients, units, learning rate and validation loss look healthy."
_NOTHING_YET = "Hints about the run's health appear here once it trains."


class Sentence(QLabel):
    """A text in one line, or smaller in two; if that is not enough, the whole of it is the tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setToolTip(text)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text, side = self.text(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        if self.fontMetrics().horizontalAdvance(text) <= self.width():
            painter.setFont(self.font())
            painter.drawText(self.rect(), side, text)
            return
        small = make_font(11)
        painter.setFont(small)
        # A line break leaves some room free at the end of the first line.
        room = int(1.88 * self.width())
        text = QFontMetrics(small).elidedText(text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(self.rect(), side | Qt.TextFlag.TextWordWrap, text)


class HintStrip(QFrame):
    """Always there and always as high, so that nothing moves when a hint comes."""

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._theme = theme
        self.question: QMessageBox | None = None
        self.setObjectName("hintStrip")
        self.setAccessibleName("Health of the run")
        self.setProperty("role", "panel")
        self.setFixedHeight(_HEIGHT)
        self._sign = QLabel()
        self.sentence = Sentence()
        self.sentence.setObjectName("hintSentence")
        self.remedy_button = self._make_button("hintRemedy", "What may help")
        self.undo_button = self._make_button("hintUndo", "Take the change of the learning rate back")
        self.more_button = IconButton("chevron-up", theme, "Hints", icon_size=12)
        self.more_button.setObjectName("hintMore")
        self.more_button.setToolTip("Show all hints with their numbers, and everything that may help")
        self.cards = HintCards(theme, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 5, 0)
        row.setSpacing(8)
        for widget, stretch in (
            (self._sign, 0),
            (self.sentence, 1),
            (self.undo_button, 0),
            (self.remedy_button, 0),
            (self.more_button, 0),
        ):
            row.addWidget(widget, stretch)
        advisor = workbench.advisor
        self.remedy_button.clicked.connect(lambda: self.choose(advisor.hints[0].remedies[0]))
        self.undo_button.clicked.connect(advisor.undo)
        self.more_button.clicked.connect(self.open_cards)
        self.cards.chosen.connect(self.choose)
        advisor.hints_changed.connect(self._update)
        advisor.undo_changed.connect(self._update)
        workbench.state_changed.connect(self._update)
        workbench.history_changed.connect(self._on_history)
        theme.changed.connect(self._update)
        self._had_steps = False
        self._update()

    def _make_button(self, name: str, words: str) -> QPushButton:
        button = QPushButton()
        button.setObjectName(name)
        button.setAccessibleName(words)
        button.setToolTip(words)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _on_history(self) -> None:
        if (len(self._workbench.history) > 0) != self._had_steps:
            self._update()

    def _update(self) -> None:
        advisor = self._workbench.advisor
        hints, undo = advisor.hints, advisor.undo_text
        self._had_steps = len(self._workbench.history) > 0
        well = ("ok", "check") if self._had_steps else ("text3", "info")
        token, name = ("warn", "warning") if hints else well
        self._sign.setPixmap(icon_pixmap(name, self._theme.color(token), 16, self.devicePixelRatioF()))
        text = hints[0].sentence if hints else _WELL if self._had_steps else _NOTHING_YET
        self.sentence.setText(text)
        self.setAccessibleDescription(text)
        first = hints[0].remedies[0] if hints and hints[0].remedies else None
        self.remedy_button.setVisible(first is not None)
        if first is not None:
            self._label(self.remedy_button, first.label)
            self.remedy_button.setToolTip(remedy_tip(first))
        self.undo_button.setVisible(bool(undo))
        if undo:
            self._label(self.undo_button, undo)
        self.more_button.setVisible(bool(hints))
        self._label(self.more_button, f"{len(hints)} hint{'s' * (len(hints) != 1)}")
        self.cards.set_hints(hints)
        self._fit()

    def _label(self, button: QPushButton, text: str) -> None:
        button.setText(text)
        button.setAccessibleName(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """In a narrow strip the sentence comes before the remedy, which the list of hints has too."""
        if self._workbench.advisor.hints:
            self.remedy_button.setVisible(self.width() >= 560)

    def open_cards(self) -> None:
        """Show all hints."""
        corner = self.more_button.mapToGlobal(QPoint(self.more_button.width(), -6))
        self.cards.open_above(corner)

    def choose(self, remedy: Remedy) -> None:
        """Carry a remedy out, after a question where steps of training would be lost."""
        advisor = self._workbench.advisor
        if not advisor.would_lose(remedy):
            advisor.apply(remedy)
            return
        step = format_count(self._workbench.progress.step)
        box = QMessageBox(self)
        box.setObjectName("hintRestart")
        box.setIcon(QMessageBox.Icon.Question)
        box.setText(f"{remedy.label}?")
        box.setInformativeText(f"The training begins again. Steps that will be lost: {step}.")
        use = box.addButton("Begin again", QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        use.clicked.connect(lambda: advisor.apply(remedy))
        box.finished.connect(box.deleteLater)
        self.question = box
        box.open()
