"""The layer in view on the way back: the view of its kind, the formula, the update, the choices."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from explorer.theme import Theme
from explorer.widgets.controls import IconButton

from ..keeping import ask_for_path, copy_table, save_view
from ..parts import Elided, label
from .base import BackwardView
from .choices import MapChoice, NumberChoice, UnitChoice
from .conv_view import ConvBackwardView
from .elementwise_view import ElementwiseBackwardView
from .flatten_view import FlattenBackwardView
from .linear_view import LinearBackwardView
from .loss_view import LossBackwardView
from .model import Backward
from .pool_view import PoolBackwardView

VIEWS: dict[str, Callable[[Backward, Theme], BackwardView]] = {
    "conv": ConvBackwardView,
    "max_pool": PoolBackwardView,
    "average_pool": PoolBackwardView,
    "activation": ElementwiseBackwardView,
    "batch_norm": ElementwiseBackwardView,
    "dropout": ElementwiseBackwardView,
    "flatten": FlattenBackwardView,
    "linear": LinearBackwardView,
    "softmax": LossBackwardView,
    "loss": LossBackwardView,
}
"""The view for each kind of stop; made when it is first needed."""


class ViewCard(QFrame):
    """A view in a panel, with a heading and the choice of map or unit."""

    def __init__(self, view: BackwardView, keep_button: QWidget) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self.view = view
        backward = view.backward
        kind = backward.stop.kind
        self.title = label("", "title")
        self.subtitle = Elided("secondary")
        self.choices: list[NumberChoice] = []
        if kind == "linear":
            self.choices.append(UnitChoice(backward))
        elif kind != "loss":
            self.choices.append(MapChoice(backward, f"backwardMapOf_{kind}"))
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(self.subtitle, 1)
        for choice in self.choices:
            head.addWidget(choice)
        head.addWidget(keep_button)
        self._row = QHBoxLayout()
        self._row.setSpacing(12)
        self._row.addWidget(view, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 10)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(self._row, 1)
        self._aside: QWidget | None = None

    def set_aside(self, panel: QWidget | None) -> None:
        """Show a panel at the right of the view, or none."""
        if panel is self._aside:
            return
        if self._aside is not None:
            self._row.removeWidget(self._aside)
            self._aside.hide()
        self._aside = panel
        if panel is not None:
            self._row.addWidget(panel)
            panel.show()

    def refresh(self) -> None:
        """Show the present layer."""
        title, words = self.view.heading()
        self.title.setText(title)
        self.subtitle.set_whole(words)
        for choice in self.choices:
            choice.refresh()
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
        self._frames: dict[str, QWidget] = {}
        self.stack = QStackedWidget()
        self._page = QVBoxLayout(self)
        self._page.setContentsMargins(0, 0, 0, 0)
        self._page.addWidget(self.stack, 1)

    @property
    def view(self) -> BackwardView:
        """The view in front."""
        return self._view_of(self._backward.stop.kind)

    def _view_of(self, kind: str) -> BackwardView:
        """Return the view of a kind of stop, made on the first call."""
        if kind not in self._views:
            view = VIEWS[kind](self._backward, self._theme)
            view.setObjectName(f"backward_{kind}")
            view.set_compact(self._compact)
            view.hovered.connect(self.hovered)
            self._views[kind] = view
            self._frames[kind] = self._frame(view)
            self.stack.addWidget(self._frames[kind])
        return self._views[kind]

    def _frame(self, view: BackwardView) -> QWidget:
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
            for view in self._views.values():
                view.set_compact(compact)

    def refresh(self) -> None:
        """Show the present layer."""
        kind = self._backward.stop.kind
        self._view_of(kind)
        frame = self._frames[kind]
        frame.refresh()
        self.stack.setCurrentWidget(frame)

    def show_cell(self) -> None:
        """Show the present cell."""
        self.view.show_cell()

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
