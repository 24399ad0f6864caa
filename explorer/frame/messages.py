"""Messages over the page: what went wrong or was done, with the details one click away. They never block."""

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
WIDEST = 720
DETAILS_HEIGHT = 180  # at most; longer details scroll
DONE_MS = 5000
STRIPE = 4


class MessageBanner(QFrame):
    """A card at the top of the page with the latest message.

    A failure stays until it is dismissed or training goes on; a word of success leaves by itself.

    Parameters
    ----------
    area : QWidget
        The widget over whose upper edge the card lies.
    """

    def __init__(self, workbench: Workbench, theme: Theme, area: QWidget) -> None:
        super().__init__(area)
        self._workbench = workbench
        self._theme = theme
        self._token = "warn"
        self.setObjectName("message")
        self.setProperty("role", "panel")
        self.title_label = QLabel()
        self.title_label.setObjectName("message_title")
        self.title_label.setProperty("role", "strong")
        self.title_label.setTextFormat(Qt.TextFormat.PlainText)
        self.title_label.setWordWrap(True)
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
        self.details_label = QLabel()
        self.details_label.setObjectName("scrollContent")
        self.details_label.setProperty("role", "secondary")
        self.details_label.setTextFormat(Qt.TextFormat.PlainText)
        self.details_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.details_label.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.details_label.setWordWrap(True)
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
        area.installEventFilter(self)
        self.hide()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.title_label, 1)
        row.addWidget(self.details_button)
        row.addWidget(self.dismiss_button)
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
        if self.isVisible() and (self.title_label.text(), self.details_label.text()) == (title, detail):
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
        self._token = token
        self.title_label.setText(title)
        self.details_label.setText(detail)
        self.details_button.setVisible(bool(detail))
        self.details_button.setChecked(False)
        self._show_details(False)
        self.setAccessibleName(title)
        self.show()
        self.raise_()
        self._place()

    def _show_details(self, shown: bool) -> None:
        self._box.setVisible(shown)
        self._place()

    def _on_state(self) -> None:
        if self._workbench.state is RunState.RUNNING and self._token == "warn":
            self.dismiss()

    def _place(self) -> None:
        area = self.parentWidget().rect()
        width = min(WIDEST, area.width() - 2 * MARGIN)
        text_width = width - (12 + STRIPE + 8 + 10 + 4 + 16)
        text_height = self.details_label.heightForWidth(text_width)
        self._box.setFixedHeight(min(DETAILS_HEIGHT, text_height + 20))
        self.layout().activate()
        height = self.layout().totalHeightForWidth(width)
        self.setGeometry(QRect((area.width() - width) // 2, MARGIN, width, height))

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
