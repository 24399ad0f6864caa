"""Messages over the page: what went wrong or was done, and why. They never block."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from explorer.theme import Theme
from explorer.tokens import RADIUS_PANEL
from explorer.widgets.controls import IconButton
from explorer.workbench import RunState, Workbench

MARGIN = 10
WIDEST = 560
NARROWEST = 280
DETAILS_HEIGHT = 180  # at most; longer details scroll
LONGEST_REASON = 300  # characters; what is longer waits behind "Details"
DONE_MS = 5000
STRIPE = 4


def is_reason(detail: str) -> bool:
    """Return whether `detail` is meant for everybody: a sentence or two, and no traceback."""
    return 0 < len(detail) <= LONGEST_REASON and "Traceback" not in detail


class MessageBanner(QFrame):
    """A card at the foot of the page with the latest message, as wide as its text needs.

    A short reason stands under the title; a long one, or a traceback, is one click away. A failure stays
    until it is dismissed, training goes on or a run begins; a word of success leaves by itself.

    Parameters
    ----------
    area : QWidget
        The widget over whose lower edge the card lies.
    """

    def __init__(self, workbench: Workbench, theme: Theme, area: QWidget) -> None:
        super().__init__(area)
        self._workbench = workbench
        self._theme = theme
        self._token = "warn"
        self.setObjectName("message")
        self.setProperty("role", "panel")
        self._detail = ""
        self.title_label = _label("message_title", "strong")
        self.reason_label = _label("message_reason", "secondary")
        self.details_button = QPushButton("Details")
        self.details_button.setObjectName("message_details")
        self.details_button.setAccessibleName("Details of the message")
        self.details_button.setToolTip("Show or hide the details")
        self.details_button.setCheckable(True)
        self.details_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.dismiss_button = IconButton("close", theme, role="flat")
        self.dismiss_button.setObjectName("message_dismiss")
        self.dismiss_button.setAccessibleName("Dismiss the message")
        self.dismiss_button.setToolTip("Dismiss (Esc)")
        self.details_label = _label("scrollContent", "secondary")
        self.details_label.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._box = QFrame()
        self._box.setProperty("role", "inset")
        self._lay_out()
        self._leave = QTimer(self, singleShot=True, interval=DONE_MS)
        self._leave.timeout.connect(self.dismiss)
        self.details_button.toggled.connect(self._show_details)
        self.dismiss_button.clicked.connect(self.dismiss)
        workbench.failed.connect(self.show_failure)
        workbench.succeeded.connect(self.show_success)
        workbench.state_changed.connect(self._on_state)
        workbench.reading_changed.connect(self._on_reading)
        area.installEventFilter(self)
        self.hide()

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setContentsMargins(0, 3, 0, 3)
        texts.setSpacing(3)
        texts.addWidget(self.title_label)
        texts.addWidget(self.reason_label)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addLayout(texts, 1)
        row.addWidget(self.details_button, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.dismiss_button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(12 + STRIPE, 8, 8, 8)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self._box)
        scroll = QScrollArea()
        scroll.setObjectName("message_text")
        scroll.setAccessibleName("Details")
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.details_label)
        inner = QVBoxLayout(self._box)
        inner.setContentsMargins(10, 8, 4, 8)
        inner.addWidget(scroll)

    def show_failure(self, title: str, detail: str = "") -> None:
        """Say what went wrong. The same message again changes nothing, so that a repeated one can be read."""
        if self.isVisible() and (self.title_label.text(), self._detail) == (title, detail):
            return
        self._leave.stop()
        self._show(title, detail, "warn")

    def show_success(self, text: str) -> None:
        """Say that something was done, for some seconds."""
        self._show(text, "", "ok")
        self._leave.start()

    def dismiss(self) -> None:
        """Take the message away."""
        self._leave.stop()
        self.hide()

    def _show(self, title: str, detail: str, token: str) -> None:
        self._token, self._detail = token, detail
        reason = detail if is_reason(detail) else ""
        self.title_label.setText(title)
        self.reason_label.setText(reason)
        self.reason_label.setVisible(bool(reason))
        self.details_label.setText("" if reason else detail)
        self.details_button.setVisible(bool(detail) and not reason)
        self.details_button.setChecked(False)
        self._show_details(False)
        self.setAccessibleName(title)
        self.setAccessibleDescription(reason)
        self.show()
        self.raise_()
        self._place()

    def _show_details(self, shown: bool) -> None:
        self._box.setVisible(shown)
        self._place()

    def _on_state(self) -> None:
        if self._workbench.state in (RunState.RUNNING, RunState.READY) and self._token == "warn":
            self.dismiss()

    def _on_reading(self) -> None:
        if self._workbench.reading is not None and self._token == "warn":
            self.dismiss()  # why another folder could not be read is of no use any more

    def _wanted_width(self) -> int:
        """Return the width at which nothing wraps, within limits; details take all they can get."""
        if self.details_button.isChecked():
            return WIDEST
        texts = [label for label in (self.title_label, self.reason_label) if label.text()]
        lines = [(label, line) for label in texts for line in label.text().splitlines()]
        widest = max((label.fontMetrics().horizontalAdvance(line) for label, line in lines), default=0)
        beside = 12 + STRIPE + 8 + self.dismiss_button.sizeHint().width() + 8
        if not self.details_button.isHidden():
            beside += self.details_button.sizeHint().width() + 8
        return min(max(widest + 4 + beside, NARROWEST), WIDEST)

    def _place(self) -> None:
        self.ensurePolished()
        area = self.parentWidget().rect()
        width = min(self._wanted_width(), area.width() - 2 * MARGIN)
        text_width = width - (12 + STRIPE + 8 + 10 + 4 + 16)
        text_height = self.details_label.heightForWidth(text_width)
        self._box.setFixedHeight(min(DETAILS_HEIGHT, text_height + 20))
        self.layout().activate()
        height = self.layout().totalHeightForWidth(width)
        left, top = (area.width() - width) // 2, area.height() - MARGIN - height
        self.setGeometry(QRect(left, top, width, height))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep in place when the page's size changes."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave on Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QEvent) -> None:
        """Draw the card and a stripe that tells failure from success."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(self._token))
        painter.setClipRect(QRectF(0, 0, STRIPE, self.height()))
        painter.drawRoundedRect(QRectF(self.rect()), RADIUS_PANEL, RADIUS_PANEL)


def _label(name: str, role: str) -> QLabel:
    """Return a label for the words of others: shown as they are, and to be copied."""
    label = QLabel()
    label.setObjectName(name)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setWordWrap(True)
    return label
