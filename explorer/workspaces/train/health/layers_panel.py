"""Gradients and changes of each layer, and histograms of one of them over time."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStackedLayout, QWidget

from explorer.numbers import format_count, format_percent, format_short
from explorer.theme import Theme
from explorer.widgets.panel import Panel
from explorer.workbench import Focus, Hover, RunState, Workbench
from explorer.workspaces.train.health import heat
from explorer.workspaces.train.health.heat_picture import HeatPicture
from explorer.workspaces.train.health.rows import SparkRow, norm_rows, update_rows
from explorer.workspaces.train.health.spark_list import SparkList
from explorer.workspaces.train.keyed_choice import KeyedChoice

SECONDS = 1 / 3
"""Between two pictures while training runs: a curve over a whole run moves slowly, and drawing costs time."""

VIEWS = (
    ("norms", "Gradient norm"),
    ("updates", "Update ratio"),
    ("weights", "Weights"),
    ("outputs", "Outputs"),
    ("gradients", "Gradients"),
)
_SYMBOLS = {"norms": "‖∂L/∂W‖", "updates": "‖ΔW‖ / ‖W‖"}
_ROOM_FOR_SYMBOL = 236
_MEANINGS = {
    "norms": "Length of the gradient of each layer's parameters, ‖∂L/∂W‖, logarithmic: small means the layer "
    "hardly learns",
    "updates": "Length of a step's change against the length of the parameters, ‖ΔW‖ / ‖W‖, logarithmic: "
    "about 0.001 is usual",
}


class LayersPanel(Panel):
    """One of five views; what is not in view is not worked out."""

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", theme, parent)
        self.setObjectName("layersPanel")
        self.setAccessibleName("Gradients, updates and histograms of the layers")
        self.setMinimumSize(180, 200)
        self._workbench = workbench
        self._told = False
        self._shown_at = -math.inf
        self.choice = KeyedChoice("layersView", "What is shown of the layers", VIEWS)
        self.header.insertWidget(0, self.choice)
        self.unit = QLabel()
        self.unit.setProperty("role", "secondary")
        # Its words follow the panel's width and must not have a say in it.
        self.unit.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.unit.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.header.addWidget(self.unit, 100)
        self.layer_choice = KeyedChoice("histogramLayer", "Whose histograms are shown", ())
        self.header.addWidget(self.layer_choice)
        self.sparks = SparkList(theme, "Curves of the layers")
        self.sparks.setObjectName("layerCurves")
        self.heat = HeatPicture(theme)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.sparks.in_scroll_area())
        self._stack.addWidget(self.heat)
        self.body.addLayout(self._stack, 1)
        self.layout().setContentsMargins(10, 8, 10, 8)
        self.choice.chosen.connect(self._change_view)
        self.layer_choice.chosen.connect(lambda layer: self._look_at(int(layer)))
        self.sparks.chosen.connect(self._look_at)
        self.sparks.hovered.connect(self._tell_curve)
        self.heat.hovered.connect(self._tell_bin)
        workbench.health_changed.connect(self._on_health)
        workbench.focus_changed.connect(self._update)
        workbench.spec_changed.connect(self._change_view)
        self._change_view()

    @property
    def _shows_curves(self) -> bool:
        return self.choice.value in _MEANINGS

    def _change_view(self) -> None:
        kind = self.choice.value
        self.layer_choice.setVisible(not self._shows_curves)
        self._stack.setCurrentIndex(0 if self._shows_curves else 1)
        self.unit.setVisible(self._shows_curves)
        if self._shows_curves:
            for widget in (self.sparks, self.unit):
                widget.setToolTip(_MEANINGS[kind])
            self._show_unit()
        else:
            layers = self._workbench.spec.layers
            with QSignalBlocker(self.layer_choice):
                self.layer_choice.clear()
                for index in heat.layers_with(self._workbench.spec, kind):
                    self.layer_choice.addItem(layers[index].name, str(index))
        self._workbench.set_hover(None)
        self._shown = None
        self._update()

    def _show_unit(self) -> None:
        symbol = _SYMBOLS.get(self.choice.value, "")
        self.unit.setText(f"{symbol}, log" if self.width() >= _ROOM_FOR_SYMBOL else "log")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_unit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._update()

    def _update(self) -> None:
        if not self.isVisible():
            return
        self._shown_at = time.monotonic()
        if self._shows_curves:
            self.sparks.set_rows(self._rows(), self._workbench.focus.layer)
            self._tell_curve(*self.sparks.hover)
        else:
            self._show_heat()

    def _on_health(self) -> None:
        running = self._workbench.state is RunState.RUNNING
        if not running or time.monotonic() - self._shown_at >= SECONDS:
            self._update()

    def _rows(self) -> list[SparkRow]:
        rows = norm_rows if self.choice.value == "norms" else update_rows
        return rows(self._workbench.health, self._workbench.spec)

    def _show_heat(self) -> None:
        bench, kind = self._workbench, self.choice.value
        layer = _nearest(heat.layers_with(bench.spec, kind), bench.focus.layer)
        if layer is None:
            self.heat.set_heat(None)
            return
        # Measured about once a second, told of ten times: the picture is made for what is new only.
        shown = bench.health, bench.health.latest, layer, kind
        if shown != self._shown:
            self._shown = shown
            self.layer_choice.show_value(str(layer))
            self.heat.set_heat(heat.heat_of(bench.health, layer, kind))

    def _look_at(self, layer: int) -> None:
        self._workbench.set_focus(Focus(layer))

    # What is under the cursor

    def _tell_curve(self, place: int | None, along: float | None) -> None:
        if place is None:
            if self._told:
                self._told = False
                self._workbench.set_hover(None)
            return
        self._told = True
        row: SparkRow = self.sparks.rows[place]
        title = f"{row.name} · {'gradient' if self.choice.value == 'norms' else 'update'}"
        where = f"{dict(VIEWS)[self.choice.value]} of {row.name}"
        self._workbench.set_hover(Hover(title, self._figures(row, along), where))

    def _figures(self, row: SparkRow, along: float | None) -> tuple[tuple[str, str], ...]:
        if not row.spans:
            return (("no step yet", "–"),)
        place = len(row.spans) - 1 if along is None else self.sparks.span_at(row, along)
        span = row.spans[place]
        if span.count == 1:
            return ((f"step {format_count(span.step)}", format_short(span.mean[row.column], 4)),)
        start = row.spans[place - 1].step + 1 if place else 1
        return (
            ("steps", f"{format_count(start)} to {format_count(span.step)}"),
            ("mean", format_short(span.mean[row.column], 4)),
            ("least", format_short(span.low[row.column], 4)),
            ("most", format_short(span.high[row.column], 4)),
        )

    def _tell_bin(self, cell: tuple[int, int] | None) -> None:
        found, kind = self.heat.heat, self.choice.value
        if cell is None or found is None:
            self._workbench.set_hover(None)
            return
        row, column = cell
        name = self.layer_choice.currentText()
        rows = (
            ("step", format_count(found.steps[column])),
            ("values", found.value_text(row)),
            (f"of the {heat.KINDS[kind][0]}", format_percent(float(found.shares[row, column]))),
        )
        title = f"{name} · {dict(VIEWS)[kind].lower()}"
        self._workbench.set_hover(Hover(title, rows, f"Histogram of {name}"))


def _nearest(layers: list[int], wanted: int | None) -> int | None:
    """Return the layer that is looked at, or else the last one before it, or the first."""
    before = [layer for layer in layers if wanted is not None and layer <= wanted]
    return before[-1] if before else layers[0] if layers else None
