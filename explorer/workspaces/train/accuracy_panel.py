"""The second chart of the page: accuracy, learning rate or seconds a step."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from explorer.theme import Theme
from explorer.workbench import Workbench
from explorer.workspaces.train.accuracy_view import AccuracyView
from explorer.workspaces.train.chart_link import ChartLink
from explorer.workspaces.train.history_panel import HistoryPanel
from explorer.workspaces.train.legend import Legend


class AccuracyPanel(HistoryPanel):
    """A chart on the same axis as the loss."""

    def __init__(
        self, workbench: Workbench, theme: Theme, link: ChartLink, parent: QWidget | None = None
    ) -> None:
        super().__init__("Accuracy", AccuracyView(workbench), workbench, theme, link, parent)
        self.setObjectName("accuracyPanel")
        self.setMinimumSize(300, 140)
        self._legend = Legend(theme, self.view.legend())
        self.header.insertWidget(1, self._legend)
        workbench.dataset_changed.connect(lambda: self._legend.set_items(self.view.legend()))
