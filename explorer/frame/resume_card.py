"""The offer to go on with a run that was cut off: a card at the head of the page that never blocks."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.theme import Theme
from explorer.tokens import RADIUS_PANEL
from explorer.widgets.runs.columns import steps_text, when
from explorer.workbench import Workbench

_MARGIN, _STRIPE, _WIDEST = 10, 4, 470


class ResumeCard(QFrame):
    """Says which run it is, how far it had come and when; leaves when the person has decided.

    Parameters
    ----------
    area : QWidget
        The widget over whose upper edge the card lies.
    """

    def __init__(self, workbench: Workbench, theme: Theme, area: QWidget) -> None:
        super().__init__(area)
        self._runs, self._theme = workbench.runs, theme
        self.setObjectName("resumeOffer")
        self.setProperty("role", "panel")
        self.title = QLabel()
        self.title.setProperty("role", "strong")
        self.detail = QLabel()
        self.detail.setProperty("role", "secondary")
        for label in (self.title, self.detail):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.resume_button = self._button("Resume", "Go on with the run from exactly there", "primary")
        self.resume_button.clicked.connect(self._runs.accept_offer)
        self.leave_button = self._button(
            "Leave it", "Keep the run as it is; the list of runs can go on with it later", ""
        )
        self.leave_button.clicked.connect(self._runs.decline_offer)
        self._lay_out()
        self._runs.offer_changed.connect(self._update)
        area.installEventFilter(self)
        self._update()

    @staticmethod
    def _button(text: str, tip: str, role: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(f"resumeOffer_{text.split()[0].lower()}")
        button.setAccessibleName(f"{text}: {tip}")
        button.setToolTip(tip)
        button.setProperty("role", role)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(3)
        texts.addWidget(self.title)
        texts.addWidget(self.detail)
        row = QHBoxLayout(self)
        row.setContentsMargins(12 + _STRIPE, 9, 12, 9)
        row.setSpacing(8)
        row.addLayout(texts, 1)
        row.addWidget(self.resume_button, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.leave_button, 0, Qt.AlignmentFlag.AlignVCenter)

    def _update(self) -> None:
        offer = self._runs.offer
        if offer is None:
            self.hide()
            return
        self.title.setText(f"The run {offer.name} is not finished.")
        saved = when(offer.saved, datetime.now().astimezone())
        self.detail.setText(f"It was kept after {steps_text(offer.step)}, {saved}.")
        self.setAccessibleName(self.title.text())
        self.setAccessibleDescription(self.detail.text())
        self.show()
        self.raise_()
        self._place()

    def _place(self) -> None:
        self.ensurePolished()
        area = self.parentWidget().rect()
        width = min(_WIDEST, area.width() - 2 * _MARGIN)
        self.layout().activate()
        height = max(self.layout().totalHeightForWidth(width), 52)
        self.setGeometry((area.width() - width) // 2, _MARGIN, width, height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep in place when the page's size changes."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QEvent) -> None:
        """Draw the card and a stripe in the interface's accent."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("accent"))
        painter.setClipRect(QRectF(0, 0, _STRIPE, self.height()))
        painter.drawRoundedRect(QRectF(self.rect()), RADIUS_PANEL, RADIUS_PANEL)
