"""The panel with the layer in view: its heading, the choice of the map, and the view of its kind."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from explorer.theme import Theme
from explorer.widgets.controls import IconButton, Segmented, SpinBox, Switch

from .activation_view import ActivationView
from .conv_view import ConvView
from .edit_bar import EditBar
from .editing import Editing
from .flatten_view import FlattenView
from .heading import heading_of
from .input_view import InputView
from .inspection import Inspection
from .keeping import ask_for_path, copy_table, save_view
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
    editing_toggled = Signal()

    def __init__(self, inspection: Inspection, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inspection, self._theme = inspection, theme
        self._compact = False
        self._views: dict[str, LayerView] = {}
        self._choice: Segmented | SpinBox | None = None
        self._choice_of = (0, False, "")
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
        self.editing = Editing(inspection)
        self.edit_bar = EditBar(inspection, self.editing, theme)
        self.edit_bar.hide()
        self.edit_button = self._button("pencil", "inspectEdit", "Change weights of a copy (E)")
        self.edit_button.setCheckable(True)
        self.edit_button.toggled.connect(self._show_edit_bar)
        self.keep_button = self._button(
            "download", "inspectKeep", "Copy numbers or save the picture (Ctrl+C, Ctrl+S)"
        )
        self.keep_button.clicked.connect(self._offer_to_keep)
        self.stack = QStackedWidget()
        self._lay_out()

    def _button(self, icon: str, name: str, tip: str) -> IconButton:
        button = IconButton(icon, self._theme)
        button.setObjectName(name)
        button.setAccessibleName(tip.split(" (")[0])
        button.setToolTip(tip)
        return button

    def _lay_out(self) -> None:
        self._head = QHBoxLayout()
        self._head.setSpacing(8)
        self._head.addWidget(self.title)
        self._head.addWidget(self.subtitle, 1)
        self._head.addWidget(self._choice_label)
        self._head.addSpacing(10)
        self._head.addWidget(self.numbers_switch)
        self._head.addSpacing(4)
        self._head.addWidget(self.edit_button)
        self._head.addWidget(self.keep_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 10)
        column.setSpacing(8)
        column.addLayout(self._head)
        column.addWidget(self.stack, 1)
        column.addWidget(self.edit_bar)

    @property
    def view(self) -> LayerView:
        """The view in front, made on the first call for its kind."""
        kind = self._inspection.stop.kind
        if kind not in self._views:
            view = VIEWS[kind](self._inspection, self._theme)
            view.setObjectName(f"inspect_{kind}")
            view.set_compact(self._compact)
            view.hovered.connect(self.hovered)
            view.weight_chosen.connect(self._choose_weight)
            view.weight_turned.connect(self._turn_weight)
            view.show_numbers()
            self._views[kind] = view
            self.stack.addWidget(view)
        return self._views[kind]

    def set_compact(self, compact: bool) -> None:
        """Arrange for a small window."""
        if compact != self._compact:
            self._compact = compact
            self.edit_bar.set_compact(compact)
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
        self._offer_editing()

    def refresh_steps(self) -> tuple[Callable[[], object], ...]:
        """Return how to show other numbers of the same layer, in steps that are short each."""
        return (*self.view.refresh_steps(), self.edit_bar.refresh)

    def show_cell(self) -> None:
        self.view.show_cell()

    def follow_cell(self) -> None:
        self.view.follow_cell()

    def show_source(self) -> None:
        self.view.show_source()

    def show_link(self) -> None:
        self.view.show_link()

    def show_numbers(self) -> None:
        self.numbers_switch.setChecked(self._inspection.numbers_shown)
        for view in self._views.values():
            view.show_numbers()

    # Editing

    @property
    def editing_shown(self) -> bool:
        """Whether numbers can be changed now."""
        return not self.edit_bar.isHidden()

    def _offer_editing(self) -> None:
        """Layers without parameters have nothing to change."""
        has = self.editing.parameter("weight") is not None or self.editing.parameter("bias") is not None
        self.edit_button.setEnabled(has)
        shown = has and self.edit_button.isChecked()
        self.view.set_editing(shown)
        self.edit_bar.setVisible(shown)
        self.edit_bar.refresh()
        self.editing_toggled.emit()

    def _show_edit_bar(self, shown: bool) -> None:
        self._offer_editing()

    def _choose_weight(self, tap: tuple) -> None:
        if self.editing_shown:
            self.edit_bar.choose(tap)

    def _turn_weight(self, tap: tuple, steps: float) -> None:
        if self.editing_shown:
            self.edit_bar.nudge(tap, steps)

    # Keeping

    def copy_first(self) -> None:
        """Copy the view's first table."""
        tables = self.view.tables()
        if tables:
            copy_table(tables[0], self._theme)

    def save_picture(self) -> None:
        """Ask where, and save the view as it is."""
        path = ask_for_path(self, f"{self._inspection.stop.name}")
        if path is None:
            return
        bench = self._inspection.workbench
        try:
            save_view(self, path)
        except OSError as error:
            bench.failed.emit(f"The view could not be saved as {path.name}.", str(error))
        else:
            bench.succeeded.emit(f"The view was saved as {path.name}.")

    def keep_menu(self) -> QMenu:
        """Return a menu of what can be taken away."""
        menu = QMenu(self)
        for table in self.view.tables():
            action = menu.addAction(f"Copy {table.name}")
            action.triggered.connect(lambda _=False, table=table: copy_table(table, self._theme))
        menu.addSeparator()
        menu.addAction("Save view as PNG or SVG…").triggered.connect(self.save_picture)
        return menu

    def _offer_to_keep(self) -> None:
        menu = self.keep_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.keep_button.mapToGlobal(self.keep_button.rect().bottomLeft()))

    def _offer_maps(self) -> None:
        """Offer the layer's maps: side by side where there are few and room, else by number."""
        stop = self._inspection.stop
        count = stop.channels if stop.is_maps else 1
        segments = count <= _MOST_SEGMENTS and not self._compact
        if (count, segments, self._noun) != self._choice_of:
            self._choice_of = (count, segments, self._noun)
            if self._choice is not None:
                self._head.removeWidget(self._choice)
                self._choice.hide()
                self._choice.deleteLater()
            self._choice = self._make_choice(count, segments) if count > 1 else None
            if self._choice is not None:
                self._head.insertWidget(3, self._choice, 0, Qt.AlignmentFlag.AlignVCenter)
        self._choice_label.setText(self._noun)
        self._choice_label.setVisible(self._choice is not None)
        if isinstance(self._choice, Segmented):
            self._choice.set_value(str(self._inspection.channel))
        elif self._choice is not None:
            self._choice.setValue(self._inspection.channel)

    @property
    def _noun(self) -> str:
        """What is chosen: an image has channels, a layer output maps."""
        return "Channel" if self._inspection.stop.kind == "input" else "Output map"

    def _make_choice(self, count: int, segments: bool) -> Segmented | SpinBox:
        if segments:
            options = [(str(n), str(n), f"{self._noun} {n} (Page Up, Page Down)") for n in range(count)]
            choice = Segmented(options, self._noun)
            choice.changed.connect(lambda key: self._inspection.set_channel(int(key)))
            return choice
        box = SpinBox(0, count - 1)
        box.setObjectName("outputMap")
        box.setAccessibleName(self._noun)
        box.setToolTip(f"{self._noun}, 0 to {count - 1} (Page Up, Page Down)")
        box.valueChanged.connect(self._inspection.set_channel)
        return box
