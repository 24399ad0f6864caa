"""Small controls over the stage: which channel is watched, and the zoom of the input."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from explorer.theme import Theme
from explorer.widgets.controls import Segmented

from .canvas import ScanCanvas
from .holder import LabHolder
from .stage_layout import SMALL, ZOOMS


class StageTools(QWidget):
    """Stands above the input; each part shows only where it has a use."""

    def __init__(self, canvas: ScanCanvas, holder: LabHolder, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._canvas, self._holder = canvas, holder
        self.channel = Segmented(
            [(str(n), str(n + 1), f"Watch channel {n + 1}") for n in range(3)], "Channel"
        )
        self.zoom_out = self._button("−", "first", "scanZoomOut", "Show more of the input (−)")
        self.zoom_in = self._button("+", "last", "scanZoomIn", "Show fewer, larger cells of the input (+)")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.zoom_out)
        row.addWidget(self.zoom_in)
        row.addSpacing(8)
        row.addWidget(self.channel)
        for n in range(3):
            self.channel.button(str(n)).setMinimumWidth(24)
        self.zoom_out.clicked.connect(lambda: canvas.zoom_by(-1))
        self.zoom_in.clicked.connect(lambda: canvas.zoom_by(1))
        self.channel.changed.connect(lambda n: holder.set_channel(int(n)))
        holder.changed.connect(self._show)
        holder.channel_changed.connect(self._show)
        canvas.zoom_changed.connect(self._show)
        self._show()

    @staticmethod
    def _button(text: str, place: str, name: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("role", "segment")
        button.setProperty("segment", place)
        button.setObjectName(name)
        button.setAccessibleName(tip.split(" (")[0])
        button.setToolTip(tip)
        button.setFixedWidth(26)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _show(self) -> None:
        channels = self._holder.numbers.state.channels
        self.channel.setVisible(channels > 1)
        for n in range(3):
            self.channel.button(str(n)).setVisible(n < channels)
        self.channel.set_value(str(min(self._holder.channel, 2)))
        small = max(self._holder.numbers.padded.shape[1:]) > SMALL
        for button, enabled in (
            (self.zoom_out, self._canvas.zoom > ZOOMS[0]),
            (self.zoom_in, self._canvas.zoom < ZOOMS[-1]),
        ):
            button.setVisible(small)
            button.setEnabled(enabled)
        self.place()

    def place(self) -> None:
        """Stand at the parent's upper edge, between the titles of input and kernel."""
        self.adjustSize()
        right = self._canvas.layout_now.kernel.x + 2
        self.move(max(0, round(right - self.width())), 9)
        self.raise_()
