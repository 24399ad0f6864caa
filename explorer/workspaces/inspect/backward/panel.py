"""The layer in view on the way back: the view of its kind, the formula, the update, the choices."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from explorer.theme import Theme
from explorer.widgets.controls import IconButton

from ..gradual import Step
from ..keeping import ask_for_path, copy_table, save_view
from ..parts import Elided, label
from .base import BackwardView
from .batch_panel import BatchPanel
from .choices import MapChoice, NumberChoice, UnitChoice
from .conv_view import ConvBackwardView
from .derivatives import BATCH
from .elementwise_view import ElementwiseBackwardView
from .flatten_view import FlattenBackwardView
from .linear_view import LinearBackwardView
from .loss_view import LossBackwardView
from .model import Backward
from .pool_view import PoolBackwardView
from .sensitivity_view import SensitivityView

_BATCH_WIDTH, _COMPACT_BATCH_WIDTH = 232, 190

SOFTMAX_LAYER = "softmax_layer"

VIEWS: dict[str, Callable[[Backward, Theme], BackwardView]] = {
    "input": SensitivityView,
    "conv": ConvBackwardView,
    "max_pool": PoolBackwardView,
    "average_pool": PoolBackwardView,
    "activation": ElementwiseBackwardView,
    "batch_norm": ElementwiseBackwardView,
    "dropout": ElementwiseBackwardView,
    "flatten": FlattenBackwardView,
    "linear": LinearBackwardView,
    SOFTMAX_LAYER: ElementwiseBackwardView,
    "softmax": LossBackwardView,
    "loss": LossBackwardView,
}
"""The view for each kind of stop; made when it is first needed."""


def kind_of(backward: Backward) -> str:
    """Return the kind of the stop in view; a softmax layer is another than the last softmax."""
    kind = backward.stop.kind
    return SOFTMAX_LAYER if kind == "softmax" and backward.is_layer else kind


class ViewCard(QFrame):
    """A view in a panel, with a heading and the choice of map or unit."""

    def __init__(self, view: BackwardView, keep_button: QWidget) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self.view = view
        backward = view.backward
        kind = kind_of(backward)
        self.title = label("", "title")
        self.subtitle = Elided("secondary")
        self.choices: list[NumberChoice] = []
        if kind == "linear":
            self.choices.append(UnitChoice(backward))
        elif kind not in ("input", "loss"):
            self.choices.append(MapChoice(backward, f"backwardMapOf_{kind}"))
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(self.subtitle, 1)
        for choice in self.choices:
            head.addWidget(choice)
        head.addWidget(keep_button)
        self._compact = False
        self._row = QHBoxLayout()
        self._row.setSpacing(12)
        self._row.addWidget(view, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 10)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(self._row, 1)
        self._batch: BatchPanel | None = None

    def _show_batch(self) -> None:
        """In scope "batch" the samples' derivatives by the weight in view stand at the right."""
        backward = self.view.backward
        shown = backward.scope == BATCH and backward.parameter is not None
        if shown and self._batch is None:
            self._batch = BatchPanel(backward, self.view.theme)
            self._row.addWidget(self._batch)
        if self._batch is not None:
            self._batch.set_compact(self._compact)
            self._batch.setFixedWidth(_COMPACT_BATCH_WIDTH if self._compact else _BATCH_WIDTH)
            self._batch.setVisible(shown)

    def set_compact(self, compact: bool) -> None:
        """Take less room, in a small window."""
        self._compact = compact
        self.view.set_compact(compact)

    def refresh(self) -> None:
        """Show the present layer."""
        title, words = self.view.heading()
        self.title.setText(title)
        backward = self.view.backward
        if backward.scope == BATCH and backward.parameter is None:
            self.subtitle.set_whole(f"of this sample, as there are no weights: {words}", "of this sample")
        else:
            self.subtitle.set_whole(words)
        for choice in self.choices:
            choice.refresh()
        self._show_batch()
        self.view.refresh()


class BackwardPanel(QWidget):
    """All that stands between the row of layers and the transport. The page tells it what has changed."""

    hovered = Signal(object)

    def __init__(self, backward: Backward, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("backwardPanel")
        self._backward, self._theme = backward, theme
        self._compact = False
        self._views: dict[str, BackwardView] = {}
        self._frames: dict[str, ViewCard | ConvBackwardView] = {}
        self.stack = QStackedWidget()
        self._page = QVBoxLayout(self)
        self._page.setContentsMargins(0, 0, 0, 0)
        self._page.addWidget(self.stack, 1)

    @property
    def view(self) -> BackwardView:
        """The view in front."""
        return self._view_of(kind_of(self._backward))

    def prepare(self) -> None:
        """Make the view of the present stop already, so that it opens at once."""
        self._view_of(kind_of(self._backward))

    def _view_of(self, kind: str) -> BackwardView:
        """Return the view of a kind of stop, made on the first call."""
        if kind not in self._views:
            view = VIEWS[kind](self._backward, self._theme)
            view.setObjectName(f"backward_{kind}")
            view.hovered.connect(self.hovered)
            self._views[kind] = view
            self._frames[kind] = self._frame(view)
            self._frames[kind].set_compact(self._compact)
            self.stack.addWidget(self._frames[kind])
        return self._views[kind]

    def _frame(self, view: BackwardView) -> ViewCard | ConvBackwardView:
        """Put a view into a panel with a heading, unless it is made of panels."""
        button = self._keep_button()
        if isinstance(view, ConvBackwardView):
            view.corner.addWidget(button)
            return view
        return ViewCard(view, button)

    def set_compact(self, compact: bool) -> None:
        """Arrange for a small window."""
        self._page.setSpacing(6 if compact else 8)
        if compact != self._compact:
            self._compact = compact
            for frame in self._frames.values():
                frame.set_compact(compact)

    def refresh(self) -> None:
        """Show the present layer."""
        self.prepare()
        frame = self._frames[kind_of(self._backward)]
        frame.refresh()
        self.stack.setCurrentWidget(frame)

    def refresh_steps(self) -> tuple[Step, ...]:
        """Return how to show other derivatives of the same layer, in steps that are short each."""
        return self.view.refresh_steps()

    def show_cell(self) -> None:
        """Show the present cell."""
        self.view.show_cell()

    def follow_cell(self) -> None:
        """Show where a fast scan is."""
        self.view.follow_cell()

    def show_link(self) -> None:
        """Light the partners of what is under the mouse."""
        self.view.show_link()

    # Keeping

    def _keep_button(self) -> IconButton:
        button = IconButton("download", self._theme)
        button.setObjectName("backwardKeep")
        button.setAccessibleName("Copy numbers or save the picture")
        button.setToolTip("Copy numbers or save the picture (Ctrl+C, Ctrl+S)")
        button.clicked.connect(lambda: self._offer_to_keep(button))
        return button

    def copy_first(self) -> None:
        """Copy the view's first table."""
        tables = self.view.tables()
        if tables:
            copy_table(tables[0], self._theme)

    def save_picture(self) -> None:
        """Ask where, and save the view as it is."""
        path = ask_for_path(self, f"{self._backward.stop.name}-backward")
        if path is None:
            return
        bench = self._backward.inspection.workbench
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

    def _offer_to_keep(self, button: QWidget) -> None:
        menu = self.keep_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))
