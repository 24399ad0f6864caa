"""The page: one button trains both networks, and what they can is shown side by side."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from explorer.numbers import format_count
from explorer.theme import Theme
from explorer.widgets.colour_scale import ColourScale
from explorer.widgets.controls import IconButton, SpinBox
from explorer.widgets.panel import Panel
from explorer.workbench import Workbench
from explorer.workbench.contest import MOST_EPOCHS, Contest, Plan, opponents

from .bars import TOKENS, MeasureBars
from .shift_map import ShiftMap
from .wording import conclusion, measures, progress, status

_MARGIN, _GAP = 10, 8
_NARROW, _LOW = 900, 720
_EPOCHS = 2


class VersusWorkspace(QWidget):
    """What convolution is good for, measured: the same images, the same seed, with it and without it."""

    key = "versus"
    title = "Versus"
    icon = "versus"
    hints = ((("Space",), "start / stop"),)
    hint = "One button trains a convolutional and a dense network on the same images"

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("versusWorkspace")
        self._workbench, self._theme = workbench, theme
        self.contest = Contest(workbench)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.setSpacing(_GAP)
        for panel in (self._make_head(), self._make_measures()):
            panel.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
            column.addWidget(panel)
        column.addWidget(self._make_shifts(), 1)
        self.contest.changed.connect(self.refresh)
        for signal in (workbench.spec_changed, workbench.dataset_changed, workbench.hyperparameters_changed):
            signal.connect(self.refresh)
        self.refresh()

    def _make_head(self) -> Panel:
        panel = Panel("Convolutional against dense network", self._theme)
        self.epochs = SpinBox(1, MOST_EPOCHS)
        self.epochs.setValue(_EPOCHS)
        self.epochs.setObjectName("versusEpochs")
        self.epochs.setAccessibleName("Epochs")
        self.epochs.setToolTip(f"How many epochs both are trained, 1 to {MOST_EPOCHS}")
        self.epochs.setMinimumWidth(56)
        label = QLabel("Epochs")
        label.setProperty("role", "label")
        label.setBuddy(self.epochs)
        self.start_button = IconButton("play", self._theme, "Train both", role="primary")
        self.start_button.setObjectName("versusStart")
        self.start_button.setAccessibleName("Train both networks")
        self.start_button.setToolTip("Train both on the same images, one after the other (Space)")
        self.start_button.clicked.connect(self.start)
        self.cancel_button = IconButton("close", self._theme)
        self.cancel_button.setObjectName("versusCancel")
        self.cancel_button.setAccessibleName("Stop the comparison")
        self.cancel_button.setToolTip("Stop; what is known so far stays (Space)")
        self.cancel_button.clicked.connect(self.contest.cancel)
        for widget in (label, self.epochs, self.start_button, self.cancel_button):
            panel.header.addWidget(widget)
        self.words = QLabel()
        self.words.setObjectName("versusWords")
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.words.setMinimumHeight(50)  # three lines: nothing moves when the words become more
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.progress = QProgressBar()
        self.progress.setObjectName("versusProgress")
        self.progress.setAccessibleName("Progress of the comparison")
        self.progress.setTextVisible(False)
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)
        panel.body.addWidget(self.words)
        panel.body.addWidget(self.progress)
        return panel

    def _make_measures(self) -> Panel:
        panel = Panel("Side by side", self._theme)
        self.bars = MeasureBars(self._workbench, self._theme)
        panel.body.addWidget(self.bars)
        return panel

    def _make_shifts(self) -> Panel:
        panel = Panel("Accuracy when the images are moved", self._theme)
        self.legend = QLabel("% right, by pixels moved down and to the right")
        self.legend.setProperty("role", "secondary")
        scale = ColourScale(self._theme)
        scale.set_range(100.0, "non_negative", 0)
        scale.setFixedWidth(120)
        panel.header.addWidget(self.legend)
        panel.header.addWidget(scale)
        row = QHBoxLayout()
        row.setSpacing(24)
        self.maps = tuple(
            ShiftMap(name, token, self._workbench, self._theme)
            for name, token in zip(("first", "second"), TOKENS, strict=True)
        )
        for shift_map in self.maps:
            row.addWidget(shift_map, 1)
        panel.body.addLayout(row, 1)
        return panel

    def start(self) -> None:
        """Train both, for as many epochs as are asked for."""
        if not self.contest.running:
            self.contest.start(self.epochs.value())

    def toggle_play(self) -> None:
        """Start, or stop what is under way: Space on this page."""
        if self.contest.running:
            self.contest.cancel()
        else:
            self.start()

    def refresh(self) -> None:
        """Show how the contest stands; before the first one, who would meet."""
        contest, bench = self.contest, self._workbench
        running = contest.running
        pair = contest.contenders
        if pair is None:
            plan = Plan(opponents(bench.spec), bench.hyperparameters, bench.train_set, bench.validation_set)
            pair = plan.contenders()
        titles = tuple(one.title for one in pair)
        self.start_button.setEnabled(not running)
        self.epochs.setEnabled(not running)
        self.cancel_button.setEnabled(running)
        self.progress.setVisible(running)
        done, total = progress(pair)
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        self.words.setText(self._words(pair))
        self.bars.show_measures(measures(pair), titles)
        for shift_map, contender in zip(self.maps, pair, strict=True):
            shift_map.show_contender(contender)

    def _words(self, pair: tuple) -> str:
        contest, bench = self.contest, self._workbench
        if contest.problem:
            return contest.problem
        if contest.complete:
            return conclusion(pair, contest.disturbed)
        if contest.running:
            return status(pair)
        return (
            f"{pair[0].title} and {pair[1].title.lower()} get the same {format_count(len(bench.train_set))} "
            f"images in the same order, from the same seed {bench.hyperparameters.seed}, and the same "
            "optimizer. Then all validation images are moved by up to 4 pixels each way."
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.legend.setVisible(self.width() >= _NARROW)
        self.bars.set_low(self.height() < _LOW)
