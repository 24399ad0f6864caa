"""The Train page: what is trained, how, and how well it goes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from explorer.theme import Theme
from explorer.widgets.panel_deck import PanelDeck
from explorer.widgets.rules import rule
from explorer.workbench import Workbench
from explorer.workspaces.train.accuracy_panel import AccuracyPanel
from explorer.workspaces.train.chart_link import ChartLink
from explorer.workspaces.train.confusion_panel import ConfusionPanel
from explorer.workspaces.train.health.activity_panel import ActivityPanel
from explorer.workspaces.train.health.hint_strip import HintStrip
from explorer.workspaces.train.health.layers_panel import LayersPanel
from explorer.workspaces.train.loss_panel import LossPanel
from explorer.workspaces.train.mistakes_panel import MistakesPanel
from explorer.workspaces.train.network_panel import NetworkPanel
from explorer.workspaces.train.runs_panel import RunsPanel
from explorer.workspaces.train.timeline_bar import TimelineBar
from explorer.workspaces.train.training_panel import TrainingPanel

_MARGIN = 10
_GAP = 8
_WIDE_COLUMN, _NARROW_COLUMN = 288, 252
_NARROW, _LOW = 900, 700
"""Below this width the column is narrower; below this height all panels but the loss share one deck."""

_HINT = "Hover a chart to read every value at that step"


class TrainWorkspace(QWidget):
    """Network and training settings at the left; the loss and two decks of panels beside them.

    The charts come with `populate`, to be called after the first paint: the window is there before pyqtgraph
    is loaded, and nothing moves when the charts come.
    """

    film_requested = Signal(float)
    """The training is to be saved as a film, at so many moments a second."""

    key = "train"
    title = "Train"
    icon = "train"
    hints = ((("Space",), "train / pause"), (("N",), "next batch"), (("Shift", "N"), "next epoch"))
    hint = _HINT

    page_requested = Signal(str)

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainWorkspace")
        self._workbench = workbench
        self.link = ChartLink(workbench, self)
        self.network_panel = NetworkPanel(workbench, theme)
        self.network_panel.edit_requested.connect(lambda: self.page_requested.emit("build"))
        self.training_panel = TrainingPanel(workbench, theme)
        self.loss_panel = LossPanel(workbench, theme, self.link)
        self.timeline_bar = TimelineBar(workbench, theme)
        self.timeline_bar.film_requested.connect(self._request_film)
        self.loss_panel.foot.addWidget(self.timeline_bar)
        self.accuracy_panel = AccuracyPanel(workbench, theme, self.link)
        self.layers_panel = LayersPanel(workbench, theme)
        self.activity_panel = ActivityPanel(workbench, theme)
        self.hint_strip = HintStrip(workbench, theme)
        self.confusion_panel = ConfusionPanel(workbench, theme)
        self.runs_panel = RunsPanel(workbench, theme)
        self.mistakes_panel = MistakesPanel(workbench, theme)
        self.confusion_panel.matrix.chosen.connect(self.mistakes_panel.set_cell)
        self.mistakes_panel.cell_left.connect(lambda: self.confusion_panel.matrix.choose(None))
        self.upper_deck, self.lower_deck = PanelDeck("Runs and charts"), PanelDeck("Results")
        self.upper_deck.add(self.accuracy_panel, "charts", "Charts", 18)
        self.upper_deck.add(self.runs_panel, "runs", "Runs", 11)
        self.lower_deck.add(self.layers_panel, "layers", "Layers", 21)
        self.lower_deck.add(self.activity_panel, "units", "Units", 18)
        self.lower_deck.add(self.confusion_panel, "confusion", "Confusion", 19)
        self.lower_deck.add(self.mistakes_panel, "mistakes", "Mistakes", 16)
        # Its panels need more, but a page that is too low for that lends them to the upper deck.
        self.lower_deck.setMinimumHeight(150)
        self._column = self._make_column()
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        row.setSpacing(_GAP)
        row.addWidget(self._column)
        row.addLayout(self._make_centre(), 1)

    def _make_column(self) -> QFrame:
        """Put both settings panels into one frame; in a low window the list of layers scrolls."""
        column = QFrame()
        column.setProperty("role", "panel")
        column.setFixedWidth(_WIDE_COLUMN)
        stack = QVBoxLayout(column)
        stack.setContentsMargins(0, 0, 0, 1)
        stack.setSpacing(0)
        stack.addWidget(self.network_panel)
        stack.addWidget(rule())
        stack.addWidget(self.training_panel, 1)
        return column

    def _make_centre(self) -> QVBoxLayout:
        centre = QVBoxLayout()
        centre.setSpacing(_GAP)
        centre.addWidget(self.loss_panel, 282)
        centre.addWidget(self.upper_deck, 194)
        centre.addWidget(self.lower_deck, 277)  # three rows of mistakes at the reference size
        centre.addWidget(self.hint_strip)
        return centre

    def populate(self) -> None:
        """Load the charts; a second call does nothing."""
        if self.loss_panel.chart is not None:
            return
        self.loss_panel.populate()
        self.accuracy_panel.populate()
        loss, accuracy = self.loss_panel, self.accuracy_panel
        loss.zoomed.connect(lambda: accuracy.follow_range(loss.chart))
        accuracy.zoomed.connect(lambda: loss.follow_range(accuracy.chart))

    def _request_film(self) -> None:
        transport = self.timeline_bar.player.transport
        transport.pause()
        self.film_requested.emit(transport.speed)

    def toggle_play(self) -> None:
        """Train or pause: Space on this page."""
        self._workbench.toggle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc frees the marked region."""
        if event.key() == Qt.Key.Key_Escape and self.link.region is not None:
            self.link.mark(None)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < _NARROW
        self._column.setFixedWidth(_NARROW_COLUMN if narrow else _WIDE_COLUMN)
        self.lower_deck.lend_to(self.upper_deck if self.height() < _LOW else None)
