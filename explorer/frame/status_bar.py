"""The line at the bottom: state of the run, a hint, the page's keys, the engine."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from explorer.numbers import format_count, format_number
from explorer.theme import Theme
from explorer.tokens import RADIUS_BADGE
from explorer.workbench import History, RunState, Workbench

STATUS_HEIGHT = 24
_STEP = 12
STATE_WORDS = {
    RunState.READY: "Ready",
    RunState.RUNNING: "Training",
    RunState.PAUSED: "Paused",
    RunState.FINISHED: "Finished",
    RunState.FAILED: "Stopped by an error",
}
STATE_TOKENS = {
    RunState.READY: "text3",
    RunState.RUNNING: "accent",
    RunState.PAUSED: "text3",
    RunState.FINISHED: "ok",
    RunState.FAILED: "warn",
}

Hints = Sequence[tuple[Sequence[str], str]]


def state_text(state: RunState, history: History) -> str:
    """Say where the run stands: "Training · step 584 · train loss 0.051"."""
    parts = [STATE_WORDS[state]]
    if len(history.steps):
        parts.append(f"step {format_count(history.steps[-1])}")
        parts.append(f"train loss {format_number(history.losses[-1])}")
    return " · ".join(parts)


def engine_text(threads: int) -> str:
    """Say what computes: "NumPy · 1 thread"."""
    return f"NumPy · {format_count(threads)} thread{'s' * (threads != 1)}"


class ElidedLabel(QLabel):
    """One line of text that gives way to its neighbours: what does not fit ends in "…"."""

    def __init__(self, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._whole = ""

    @property
    def whole_text(self) -> str:
        """The text, however much of it fits."""
        return self._whole

    def set_text(self, text: str) -> None:
        """Show `text`, or as much of it as fits."""
        if text != self._whole:
            self._whole = text
            self.setAccessibleName(text)
            self.updateGeometry()
            self._elide()

    def sizeHint(self) -> QSize:
        """Return the size of the whole text."""
        return QSize(self.fontMetrics().horizontalAdvance(self._whole) + 2, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return a size of no width: any part of the text may go."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the text anew."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width())
        self.setText(shown)
        self.setToolTip(self._whole if shown != self._whole else "")


class Dot(QWidget):
    """A round mark in the colour of a token."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._token = "text3"
        self.setFixedSize(8, 8)
        theme.changed.connect(self.update)

    def set_token(self, token: str) -> None:
        """Take the colour of `token`."""
        if token != self._token:
            self._token = token
            self.update()

    def paintEvent(self, event: QEvent) -> None:
        """Draw the mark."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(self._token))
        painter.drawEllipse(QRectF(self.rect()))


class KeyHints(QWidget):
    """Key caps, each followed by what the key does. What does not fit is left out, from the end."""

    CAP_HEIGHT = 16
    CAP_PADDING = 5
    CAP_GAP = 5
    HINT_GAP = 14

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._hints: Hints = ()
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        theme.changed.connect(self.update)

    def set_hints(self, hints: Hints) -> None:
        """Show `hints`: the keys' names and what they do."""
        self._hints = tuple(hints)
        self.setAccessibleName(", ".join(f"{'+'.join(keys)}: {text}" for keys, text in self._hints))
        self.updateGeometry()
        self.update()

    def _width_of(self, keys: Sequence[str], text: str) -> float:
        caps = QFontMetricsF(self._theme.font(10))
        width = sum(max(self.CAP_HEIGHT, caps.horizontalAdvance(key) + 2 * self.CAP_PADDING) for key in keys)
        width += len(keys) * self.CAP_GAP
        return width + QFontMetricsF(self._theme.font(11)).horizontalAdvance(text)

    def _visible(self, width: float) -> list[tuple[Sequence[str], str]]:
        visible = []
        used = 0.0
        for keys, text in self._hints:
            used += self._width_of(keys, text) + (self.HINT_GAP if visible else 0)
            if used > width + 0.5:
                break
            visible.append((keys, text))
        return visible

    def sizeHint(self) -> QSize:
        """Return the room for all hints."""
        widths = [self._width_of(keys, text) for keys, text in self._hints]
        gaps = self.HINT_GAP * max(0, len(widths) - 1)
        return QSize(int(sum(widths) + gaps + 1), STATUS_HEIGHT - 1)

    def minimumSizeHint(self) -> QSize:
        """Return a size of no width: every hint may go."""
        return QSize(0, self.CAP_HEIGHT)

    def paintEvent(self, event: QEvent) -> None:
        """Draw the hints that fit, flush right."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        visible = self._visible(self.width())
        widths = [self._width_of(keys, text) for keys, text in visible]
        x = self.width() - sum(widths) - self.HINT_GAP * max(0, len(widths) - 1)
        for (keys, text), width in zip(visible, widths, strict=True):
            self._paint_hint(painter, x, keys, text)
            x += width + self.HINT_GAP

    def _paint_hint(self, painter: QPainter, x: float, keys: Sequence[str], text: str) -> None:
        theme = self._theme
        caps = QFontMetricsF(theme.font(10))
        top = (self.height() - self.CAP_HEIGHT) / 2
        for key in keys:
            width = max(self.CAP_HEIGHT, caps.horizontalAdvance(key) + 2 * self.CAP_PADDING)
            cap = QRectF(x, top, width, self.CAP_HEIGHT)
            painter.setPen(QPen(theme.color("ctlline"), 1))
            painter.setBrush(theme.color("ctl"))
            painter.drawRoundedRect(cap.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_BADGE - 1, RADIUS_BADGE - 1)
            painter.setPen(theme.color("text2"))
            painter.setFont(theme.font(10))
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)
            x += width + self.CAP_GAP
        painter.setPen(theme.color("text2"))
        painter.setFont(theme.font(11))
        row = QRectF(x, 0, self.width() - x + 2, self.height())
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


class StatusBar(QFrame):
    """State of the run at the left, one line of help in the middle, keys and engine at the right.

    While something is under the cursor, the middle says where it is instead.
    """

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self.setObjectName("status_bar")
        self.setProperty("role", "foot")
        self.setAccessibleName("Status")
        self.setFixedHeight(STATUS_HEIGHT)
        self.dot = Dot(theme)
        self.state_label = QLabel()
        self.state_label.setProperty("role", "secondary")
        self.state_label.setObjectName("status_state")
        self.hint_label = ElidedLabel("secondary")
        self.hint_label.setObjectName("status_hint")
        self.keys = KeyHints(theme)
        self.engine_label = QLabel(engine_text(workbench.threads))
        self.engine_label.setProperty("role", "secondary")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(0)
        row.addWidget(self.dot)
        row.addSpacing(7)
        row.addWidget(self.state_label)
        row.addStretch(1)
        row.addSpacing(12)
        row.addWidget(self.hint_label)
        row.addSpacing(12)
        row.addStretch(1)
        row.addWidget(self.keys)
        row.addSpacing(14)
        row.addWidget(self.engine_label)
        for signal in (workbench.state_changed, workbench.progress_changed):
            signal.connect(self._show_state)
        for signal in (workbench.hint_changed, workbench.hover_changed):
            signal.connect(self._show_hint)
        self._show_state()
        self._show_hint()

    def set_hints(self, hints: Hints) -> None:
        """Show the keys of the page in view."""
        self.keys.set_hints(hints)

    def _show_state(self) -> None:
        state = self._workbench.state
        self.dot.set_token(STATE_TOKENS[state])
        text = state_text(state, self._workbench.history)
        # In steps of a fixed size: a label that measured itself would lay out the window with each number.
        self.state_label.ensurePolished()
        wide = self.state_label.fontMetrics().horizontalAdvance(text)
        self.state_label.setFixedSize((wide // _STEP + 1) * _STEP, STATUS_HEIGHT - 1)
        self.state_label.setText(text)

    def _show_hint(self) -> None:
        hover = self._workbench.hover
        self.hint_label.set_text(hover.where if hover is not None and hover.where else self._workbench.hint)
