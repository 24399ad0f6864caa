"""The loss, with the controls that all charts of the page follow."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpacerItem, QWidget

from explorer.numbers import format_number
from explorer.theme import Theme
from explorer.widgets.controls import IconButton, Segmented, Slider, Switch
from explorer.workbench import Workbench
from explorer.workspaces.train.chart_export import ExportButton
from explorer.workspaces.train.chart_link import ChartLink
from explorer.workspaces.train.history_panel import HistoryPanel
from explorer.workspaces.train.legend import Legend
from explorer.workspaces.train.loss_view import LossView
from explorer.workspaces.train.run_axis import MODES

_GAPS, _NARROW_GAPS = (16, 10), (5, 8)
"""Space before and after the switch for the axis, in one row with the title and in a row of their own."""


class LossPanel(HistoryPanel):
    """Loss over steps, epochs or time, with what is needed to read it."""

    def __init__(
        self, workbench: Workbench, theme: Theme, link: ChartLink, parent: QWidget | None = None
    ) -> None:
        super().__init__("Loss", LossView(), workbench, theme, link, parent)
        self.setObjectName("lossPanel")
        self.setMinimumSize(300, 210)
        legend = Legend(theme, self.view.legend())
        self.header.insertWidget(1, legend)
        self._make_controls(theme)
        self._second_row = QHBoxLayout()
        self.body.insertLayout(0, self._second_row)
        self.header.addWidget(self._controls)
        self.export_button = ExportButton(self, workbench)
        for button in (self.export_button, self.fit_button):
            self.header.addWidget(button)
        self._narrow = False
        self._one_row_width = self.layout().minimumSize().width()

    def _make_controls(self, theme: Theme) -> None:
        self._controls = QWidget()
        row = QHBoxLayout(self._controls)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        caption = QLabel("Smoothing")
        caption.setProperty("role", "label")
        self.smoothing_slider = slider = Slider(0, 99)
        slider.setObjectName("smoothing")
        slider.setAccessibleName("Smoothing")
        slider.setToolTip("Weight of the past in the smoothed curve: 0 shows each batch, 0.99 hardly moves")
        slider.setMinimumWidth(38)
        slider.setMaximumWidth(58)
        slider.setValue(round(self._link.smoothing * 100))
        slider.valueChanged.connect(lambda value: self._link.set_smoothing(value / 100))
        self._smoothing_value = QLabel()
        self._smoothing_value.setProperty("role", "number")
        self._smoothing_value.setFixedWidth(28)
        self._link.smoothing_changed.connect(self._show_smoothing)
        self._show_smoothing()
        self.log_switch = Switch("Log y")
        self.log_switch.setObjectName("logY")
        self.log_switch.setAccessibleName("Logarithmic loss axis")
        self.log_switch.setToolTip(
            "Draw the loss on a logarithmic axis, where small losses can be told apart"
        )
        self.log_switch.setChecked(True)
        self.log_switch.toggled.connect(self._set_log)
        self.axis_choice = Segmented(MODES, "Horizontal axis")
        self.axis_choice.changed.connect(self._link.set_mode)
        self._gaps = (QSpacerItem(0, 0), QSpacerItem(0, 0))
        for widget in (caption, slider):
            row.addWidget(widget)
            row.addSpacing(6)
        row.addWidget(self._smoothing_value)
        row.addItem(self._gaps[0])
        row.addWidget(self.log_switch)
        row.addItem(self._gaps[1])
        row.addStretch(1)
        row.addWidget(self.axis_choice)
        self._part_controls(_GAPS)
        self.fit_button = IconButton("fit", theme)
        self.fit_button.setObjectName("fitCharts")
        self.fit_button.setAccessibleName("Show the whole run")
        self.fit_button.setToolTip("Show the whole run (double click in a chart)")
        self.fit_button.clicked.connect(self.fit)

    def _part_controls(self, gaps: tuple[int, int]) -> None:
        for spacer, gap in zip(self._gaps, gaps, strict=True):
            spacer.changeSize(gap, 0)
        self._controls.layout().invalidate()

    def _show_smoothing(self) -> None:
        self._smoothing_value.setText(format_number(self._link.smoothing, 2))

    def _set_log(self, on: bool) -> None:
        self.view.log_y = on
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < self._one_row_width
        if narrow == self._narrow:
            return
        self._narrow = narrow
        self._part_controls(_NARROW_GAPS if narrow else _GAPS)
        if narrow:
            self._second_row.addWidget(self._controls)
        else:
            self.header.insertWidget(self.header.count() - 2, self._controls)
