"""What all views of a layer have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from cnncore.explain import Explanation
from explorer.theme import Theme
from explorer.workbench import Hover

from .inspection import NO_LINK, Inspection, Link


@dataclass(frozen=True, eq=False)
class Table:
    """Numbers of a view, to be copied: a name, an array of one or two axes, and how a picture shows it."""

    name: str
    values: np.ndarray
    colours: str = "signed"


class LayerView(QWidget):
    """One kind of layer taken apart. The page calls the methods below when something has changed.

    `refresh` follows a new trace, layer, map or theme; `show_cell` a step to another cell and `show_link`
    what is under the mouse. A view that is not in front is not called.
    """

    hovered = Signal(object)
    """What is under the mouse, as a `Hover`, or None."""

    weight_chosen = Signal(tuple)
    """A weight was clicked: its place in the kernel, or the input it belongs to."""
    weight_turned = Signal(tuple, float)
    """The wheel was turned over a weight, by so many steps."""

    def __init__(self, inspection: Inspection, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.inspection, self.theme = inspection, theme
        # It fills its own ground, so that a step to another cell does not paint the window below it, too.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the ground with the colour of the panel that the view lies on."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), self.theme.color("panel"))
        painter.end()

    def refresh(self) -> None:
        """Show the present layer anew."""
        raise NotImplementedError

    def show_cell(self) -> None:
        """Show the present cell."""
        raise NotImplementedError

    def refresh_steps(self) -> tuple[Callable[[], object], ...]:
        """Return what `refresh` does for a new trace, in steps that are short each."""
        return (self.refresh,)

    def follow_cell(self) -> None:
        """Show where a fast scan is, and leave the numbers, which nobody could read, for later."""
        output = getattr(self, "output", None)
        if output is None:
            self.show_cell()
        else:
            output.follow_cell()

    def show_source(self) -> None:
        """Show another channel of those that are read."""

    def show_link(self) -> None:
        """Light the partners of what is under the mouse."""

    def show_numbers(self) -> None:
        """Show or hide the numbers in cells."""

    def set_compact(self, compact: bool) -> None:
        """Take less room, in a small window."""

    def set_editing(self, shown: bool) -> None:
        """Show that weights can be changed, or no longer."""

    def tables(self) -> list[Table]:
        """Return what can be copied, the most telling first."""
        return []

    def sentence(self) -> str:
        """Say in words what the present cell is and where its number comes from."""
        return ""

    def point_at(self, link: Link, hover: Hover | None) -> None:
        """Tell everybody what is under the mouse."""
        self.inspection.set_link(link)
        self.hovered.emit(hover)

    def point_by_key(self, down: int, across: int) -> None:
        """Point at the next number of a sum as the mouse would, from the one that is lit."""

    def point_away(self) -> None:
        """The mouse is over nothing."""
        self.point_at(NO_LINK, None)

    @property
    def terms(self) -> Explanation:
        """The terms of the present cell."""
        terms = self.inspection.terms
        assert terms is not None
        return terms
