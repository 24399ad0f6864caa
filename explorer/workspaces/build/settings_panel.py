"""The right of the page: everything that a run is trained with."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.theme import Theme
from explorer.widgets.panel import Panel
from explorer.widgets.rules import rule
from explorer.widgets.scroll_column import ScrollColumn
from explorer.widgets.settings_form import SettingsForm
from explorer.workbench import Workbench

from .augmentation_section import AugmentationSection
from .model import BuildModel
from .rate_chart import RateChart
from .start_section import StartSection

_TWO_COLUMNS = 500
_NOTE = "The learning rate is used at once; once training has begun, other changes wait."


class SettingsPanel(QFrame):
    """Sections in one column or two, and the button that begins the run again with what waits."""

    def __init__(
        self, model: BuildModel, workbench: Workbench, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model, self._theme = model, theme
        self._workbench, self._pending = workbench, workbench.pending
        self.setProperty("role", "panel")
        self.setObjectName("buildSettings")
        self.setAccessibleName("Training settings")
        self.forms: list[SettingsForm] = []
        self.rate_chart = RateChart(workbench, theme)
        self.augmentation = AugmentationSection(workbench, theme)
        self.start = StartSection(model, theme)
        self.forms.append(self.augmentation.form)
        self._make_columns()
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 10)
        column.setSpacing(6)
        column.addWidget(self._make_scroll(), 1)
        column.addWidget(rule())
        column.addLayout(self._make_foot())
        self._pending.changed.connect(self._show)
        for form in self.forms:
            form.validity_changed.connect(self._show)
        model.changed.connect(self._show)
        self._show()

    def _section(self, title: str, *keys: str) -> Panel:
        panel = Panel(title, self._theme, role="section")
        form = SettingsForm(self._pending, self._theme, keys, "build")
        panel.body.addWidget(form)
        self.forms.append(form)
        return panel

    def _make_columns(self) -> None:
        optimizer = self._section("Optimizer", "optimizer", "momentum", "nesterov", "beta1", "beta2", "alpha")
        rate = self._section("Learning rate", "learning_rate", "schedule")
        rate.body.addWidget(self.rate_chart)
        run = self._section("Run", "batch_size", "epochs", "patience", "seed")
        run.body.addWidget(
            _words("Patience ends a run after so many epochs without a lower validation loss.")
        )
        regular = self._section("Regularisation", "weight_decay", "label_smoothing", "clip_norm")
        self._add_dropout(regular)
        self._columns = [_column(optimizer, rate, run), _column(self.augmentation, regular, self.start)]

    def _add_dropout(self, panel: Panel) -> None:
        self.dropout_button = QPushButton("Add dropout")
        self.dropout_button.setObjectName("addDropout")
        self.dropout_button.setAccessibleName("Add dropout before the last dense layer")
        self.dropout_button.setToolTip(
            "Dropout is a layer: put one before the last dense layer, where it leaves out half of the numbers"
        )
        self.dropout_button.clicked.connect(self._insert_dropout)
        row = QHBoxLayout()
        row.addWidget(_words("Dropout is a layer of the network."), 1)
        row.addWidget(self.dropout_button)
        panel.body.addLayout(row)

    def _dropout_place(self) -> int | None:
        """Return where dropout would go, None where it stands already or no dense layer is."""
        layers = self._model.draft.layers
        dense = [place for place, layer in enumerate(layers) if layer.kind == "linear"]
        if not dense or (dense[-1] and layers[dense[-1] - 1].kind == "dropout"):
            return None
        return dense[-1]

    def _insert_dropout(self) -> None:
        place = self._dropout_place()
        if place is not None:
            self._model.edit(lambda: self._model.draft.inserted(place, "dropout"), place)

    def _make_scroll(self) -> ScrollColumn:
        content = QWidget()
        content.setObjectName("buildSettingsContent")
        self._grid = QGridLayout(content)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(0)
        self._wide: bool | None = None
        self._place(False)
        return ScrollColumn(content, "buildSettingsScroll", "Training settings")

    def _place(self, wide: bool) -> None:
        if wide == self._wide:
            return
        self._wide = wide
        for place, column in enumerate(self._columns):
            self._grid.removeWidget(column)
            self._grid.addWidget(column, 0 if wide else place, place if wide else 0)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, int(wide))

    def _make_foot(self) -> QHBoxLayout:
        self.note = _words(_NOTE)
        self.apply_button = QPushButton("Apply && restart")
        self.apply_button.setObjectName("buildApply")
        self.apply_button.setAccessibleName("Apply and restart")
        self.apply_button.setToolTip("Start the run again with the changed settings")
        self.apply_button.clicked.connect(self._pending.apply)
        row = QHBoxLayout()
        row.setContentsMargins(13, 2, 13, 0)
        row.setSpacing(8)
        row.addWidget(self.note, 1)
        row.addWidget(self.apply_button)
        return row

    def populate(self) -> None:
        """Load the chart; a second call does nothing."""
        self.rate_chart.populate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(self.width() >= _TWO_COLUMNS)

    def _show(self) -> None:
        invalid = any(form.invalid for form in self.forms)
        self.apply_button.setEnabled(self._pending.waits and not invalid)
        self.dropout_button.setEnabled(self._dropout_place() is not None)


def _column(*panels: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for place, panel in enumerate(panels):
        if place:
            column.addWidget(rule())
        column.addWidget(panel)
    column.addStretch(1)
    return holder


def _words(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "secondary")
    label.setWordWrap(True)
    return label
