"""The slice of the network's loss: what kind, make it, give it up, and what there is."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QSizePolicy

from cnncore.loss_slice import SIZE
from explorer.numbers import format_count
from explorer.theme import Theme
from explorer.widgets.controls import IconButton, Segmented, SpinBox

from .fields import CAPTION, Section, small_text
from .slicing import Slicing

_KINDS = (
    ("random", "Random", "Both directions are random, filter by filter as long as the weights"),
    ("gradient", "Gradient", "The first direction is the negative gradient, the second a random one"),
)
_EMPTY = "Two directions span a plane through all parameters. Over a plane the true loss can be drawn."


class SliceSection(Section):
    """Asks `slicing` for a slice and shows how it gets on."""

    def __init__(self, slicing: Slicing, theme: Theme) -> None:
        super().__init__("Slice of this network’s loss")
        self._slicing = slicing
        self.kind = Segmented(_KINDS, "Descent directions")
        self.seed = SpinBox(0, 9999)
        self.seed.setObjectName("descentSeed")
        self.seed.setAccessibleName("Seed of the random directions")
        self.seed.setToolTip("Seed of the random directions: another one gives another slice")
        self.seed.setMinimumWidth(52)
        self.start_button = IconButton("network", theme, "Measure a slice")
        self.start_button.setObjectName("descentSlice")
        self.start_button.setAccessibleName("Slice of this network")
        count = format_count(SIZE[0] * SIZE[1])
        self.start_button.setToolTip(
            f"Measure this network’s loss at {count} points of a plane; takes some seconds, in the background"
        )
        self.cancel_button = IconButton("close", theme)
        self.cancel_button.setObjectName("descentSliceCancel")
        self.cancel_button.setAccessibleName("Cancel the slice")
        self.cancel_button.setToolTip("Stop measuring; the last slice stays")
        self.progress = QProgressBar()
        self.progress.setAccessibleName("Points measured")
        self.progress.setTextVisible(False)
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)
        self.status = small_text(_EMPTY)
        self.status.setMinimumHeight(44)
        self.kind.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for button in self.kind.findChildren(QPushButton):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.body.addWidget(self.kind)
        self.add_pair(("Seed", self.seed), caption_width=CAPTION)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.start_button, 1)
        row.addWidget(self.cancel_button)
        self.body.addLayout(row)
        self.body.addWidget(self.progress)
        self.body.addWidget(self.status)
        self.start_button.clicked.connect(self.start)
        self.cancel_button.clicked.connect(slicing.cancel)
        slicing.changed.connect(self.refresh)
        slicing.stale_changed.connect(self.refresh)
        self.refresh()

    def start(self) -> None:
        """Measure a slice of the chosen kind."""
        self._slicing.start(self.kind.value, self.seed.value())

    def refresh(self) -> None:
        """Show how the work gets on."""
        slicing = self._slicing
        self.start_button.setEnabled(not slicing.running)
        self.cancel_button.setEnabled(slicing.running)
        self.progress.setVisible(slicing.running)
        self.progress.setMaximum(slicing.progress.total)
        self.progress.setValue(slicing.progress.done)
        self.status.setText(self._words())

    def _words(self) -> str:
        slicing = self._slicing
        if slicing.running:
            progress = slicing.progress
            if progress.total == 1:
                return "Beginning…"
            return f"{format_count(progress.done)} of {format_count(progress.total)} points measured"
        if slicing.problem:
            return slicing.problem
        if slicing.result is None:
            return _EMPTY
        words = f"Measured at step {format_count(slicing.step)} of training."
        return f"{words} Since then the network has changed." if slicing.stale else words
