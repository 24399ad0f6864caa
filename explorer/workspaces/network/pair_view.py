"""The comparison of two runs: who they are, and their maps below."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from explorer.theme import Theme
from explorer.widgets.rules import rule
from explorer.workbench import Workbench

from .pair_canvas import LETTERS, PairCanvas
from .rival import Rival

_LEGEND_HEIGHT = 34


class PairView(QWidget):
    """Is in view while a run is compared."""

    def __init__(
        self, workbench: Workbench, theme: Theme, rival: Rival, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._rival = theme, rival
        self.setObjectName("networkComparison")
        self.canvas = PairCanvas(workbench, theme, rival)
        self._marks = [QLabel(letter) for letter in LETTERS]
        self.labels = [QLabel(), QLabel()]
        for letter, label in zip(LETTERS, self.labels, strict=True):
            label.setObjectName(f"comparedRun{letter}")
            label.setProperty("role", "secondary")
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.area = QScrollArea()
        self.area.setObjectName("networkPairsArea")
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(self.canvas)
        self.area.viewport().installEventFilter(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._make_legend())
        column.addWidget(rule())
        column.addWidget(self.area, 1)
        self.setFocusProxy(self.canvas)
        rival.changed.connect(self._write)
        workbench.numbers_changed.connect(self._write)
        workbench.focus_changed.connect(self._reveal)
        theme.changed.connect(self._dress)
        self._dress()

    def _make_legend(self) -> QFrame:
        legend = QFrame()
        legend.setProperty("role", "plain")
        legend.setFixedHeight(_LEGEND_HEIGHT)
        row = QHBoxLayout(legend)
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(8)
        for mark, label in zip(self._marks, self.labels, strict=True):
            mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
            mark.setFixedSize(18, 18)
            row.addWidget(mark)
            row.addWidget(label, 1)
        return legend

    def _dress(self) -> None:
        """Give each letter the colour of its run."""
        row = self._rival.row
        tokens = self._theme.tokens
        for mark, token in zip(self._marks, ("accent", row.colour if row else "text2"), strict=True):
            mark.setStyleSheet(
                f"background: {getattr(tokens, token)}; color: {tokens.panel}; border-radius: 4px;"
                " font-size: 11px; font-weight: 600;"
            )

    def _write(self) -> None:
        self._dress()
        if self._rival.row is None:
            return
        for label, text in zip(self.labels, self.canvas.legend, strict=True):
            room = max(label.width(), 1)
            label.setText(label.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room))
            label.setToolTip(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.layout().activate()
        self._write()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.layout().activate()
        self._write()

    def _reveal(self) -> None:
        selected = self.canvas.selection
        column = None if selected is None else self.canvas.pair_layout.column(selected[0])
        if column is not None and self.isVisible():
            box = column.pair(selected[1])
            self.area.ensureVisible(round(box.cx), round(box.cy), round(box.w / 2) + 8, round(box.h / 2) + 8)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Lay the maps out anew when the page has another width."""
        if event.type() == QEvent.Type.Resize:
            self.canvas.fit(self.area.viewport().size())
        return super().eventFilter(watched, event)
