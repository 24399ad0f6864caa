"""The second chart of the page: accuracy, learning rate or time of a step."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from explorer.theme import Theme
from explorer.workbench import Workbench
from explorer.workspaces.train.accuracy_view import AccuracyView
from explorer.workspaces.train.chart_export import ExportButton
from explorer.workspaces.train.chart_link import ChartLink
from explorer.workspaces.train.chart_view import ChartView
from explorer.workspaces.train.history_panel import HistoryPanel
from explorer.workspaces.train.keyed_choice import KeyedChoice
from explorer.workspaces.train.legend import Legend
from explorer.workspaces.train.pace_view import PaceView
from explorer.workspaces.train.rate_view import RateView


class AccuracyPanel(HistoryPanel):
    """A chart on the same axis as the loss, of what the person chooses."""

    def __init__(
        self, workbench: Workbench, theme: Theme, link: ChartLink, parent: QWidget | None = None
    ) -> None:
        views = (AccuracyView(workbench), RateView(), PaceView())
        self._views: dict[str, ChartView] = {view.key: view for view in views}
        super().__init__("", views[0], workbench, theme, link, parent)
        self.setObjectName("accuracyPanel")
        self.setMinimumSize(300, 140)
        self.choice = KeyedChoice(
            "secondChart", "What the second chart shows", [(view.key, view.title) for view in views]
        )
        self.choice.chosen.connect(lambda key: self.show_view(self._views[key]))
        self._legend = Legend(theme, self.view.legend())
        self.header.insertWidget(0, self.choice)
        self.header.insertWidget(1, self._legend)
        self.export_button = ExportButton(self, workbench)
        self.header.addWidget(self.export_button)
        self._show_name()
        workbench.dataset_changed.connect(self._show_name)

    def show_view(self, view: ChartView) -> None:
        super().show_view(view)
        self._show_name()

    def _show_name(self) -> None:
        self.setAccessibleName(self.view.title)
        self._legend.set_items(self.view.legend())
