"""The panel with the layer in view: its heading, the choice of the map, and the view of its kind."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from explorer.theme import Theme
from explorer.widgets.controls import Segmented, SpinBox, Switch

from .activation_view import ActivationView
from .conv_view import ConvView
from .flatten_view import FlattenView
from .heading import heading_of
from .input_view import InputView
from .inspection import Inspection
from .layer_view import LayerView
from .linear_view import LinearView
from .loss_view import LossView
from .parts import Elided, label
from .pool_view import PoolView
from .softmax_view import SoftmaxView

_MOST_SEGMENTS = 10

VIEWS: dict[str, Callable[[Inspection, Theme], LayerView]] = {
    "input": InputView,
    "conv": ConvView,
    "max_pool": PoolView,
    "average_pool": PoolView,
    "activation": ActivationView,
    "batch_norm": ActivationView,
    "dropout": ActivationView,
    "flatten": FlattenView,
    "linear": LinearView,
    "softmax": SoftmaxView,
    "loss": LossView,
}
"""The view for each kind of stop; made when it is first needed."""


class ViewPanel(QFrame):
    """Shows the view of the present layer. The page tells it what has changed."""

    hovered = Signal(object)

    def __init__(self, inspection: Inspection, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inspection, self._theme = inspection, theme
        self._compact = False
        self._views: dict[str, LayerView] = {}
        self._choice: Segmented | SpinBox | None = None
        self._choice_of = (0, False)
        self.setProperty("role", "panel")
        self.setObjectName("inspectView")
        self.title = label("", "title")
        self.subtitle = Elided("secondary")
        self._choice_label = label("Output map", "label")
        self.numbers_switch = Switch("Numbers")
        self.numbers_switch.setObjectName("inspectNumbers")
        self.numbers_switch.setToolTip("Write the numbers into the cells")
        self.numbers_switch.setChecked(True)
        self.numbers_switch.toggled.connect(inspection.set_numbers_shown)
        self.stack = QStackedWidget()
        self._head = QHBoxLayout()
        self._head.setSpacing(8)
        self._head.addWidget(self.title)
        self._head.addWidget(self.subtitle, 1)
        self._head.addWidget(self._choice_label)
        self._head.addSpacing(10)
        self._head.addWidget(self.numbers_switch)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 10)
        column.setSpacing(8)
        column.addLayout(self._head)
        column.addWidget(self.stack, 1)

    @property
    def view(self) -> LayerView:
        """The view in front, made on the first call for its kind."""
        kind = self._inspection.stop.kind
        if kind not in self._views:
            view = VIEWS[kind](self._inspection, self._theme)
            view.setObjectName(f"inspect_{kind}")
            view.set_compact(self._compact)
            view.hovered.connect(self.hovered)
            view.show_numbers()
            self._views[kind] = view
            self.stack.addWidget(view)
        return self._views[kind]

    def set_compact(self, compact: bool) -> None:
        """Arrange for a small window."""
        if compact != self._compact:
            self._compact = compact
            for view in self._views.values():
                view.set_compact(compact)
            if self._views:
                self.refresh()

    def refresh(self) -> None:
        """Show the present layer."""
        view = self.view
        title, words = heading_of(self._inspection)
        self.title.setText(title)
        self.subtitle.set_whole(words)
        self._offer_maps()
        view.refresh()
        self.stack.setCurrentWidget(view)

    def show_cell(self) -> None:
        self.view.show_cell()

    def show_source(self) -> None:
        self.view.show_source()

    def show_link(self) -> None:
        self.view.show_link()

    def show_numbers(self) -> None:
        self.numbers_switch.setChecked(self._inspection.numbers_shown)
        for view in self._views.values():
            view.show_numbers()

    def _offer_maps(self) -> None:
        """Offer the layer's maps: side by side where there are few and room, else by number."""
        stop = self._inspection.stop
        count = stop.channels if stop.is_maps else 1
        segments = count <= _MOST_SEGMENTS and not self._compact
        if (count, segments) != self._choice_of:
            self._choice_of = (count, segments)
            if self._choice is not None:
                self._head.removeWidget(self._choice)
                self._choice.hide()
                self._choice.deleteLater()
            self._choice = self._make_choice(count, segments) if count > 1 else None
            if self._choice is not None:
                self._head.insertWidget(3, self._choice, 0, Qt.AlignmentFlag.AlignVCenter)
        self._choice_label.setVisible(self._choice is not None)
        if isinstance(self._choice, Segmented):
            self._choice.set_value(str(self._inspection.channel))
        elif self._choice is not None:
            self._choice.setValue(self._inspection.channel)

    def _make_choice(self, count: int, segments: bool) -> Segmented | SpinBox:
        if segments:
            options = [(str(n), str(n), f"Output map {n} (Page Up, Page Down)") for n in range(count)]
            choice = Segmented(options, "Output map")
            choice.changed.connect(lambda key: self._inspection.set_channel(int(key)))
            return choice
        box = SpinBox(0, count - 1)
        box.setObjectName("outputMap")
        box.setAccessibleName("Output map")
        box.setToolTip(f"Output map, 0 to {count - 1} (Page Up, Page Down)")
        box.valueChanged.connect(self._inspection.set_channel)
        return box
