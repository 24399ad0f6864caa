"""What all backward views of a layer have in common."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from explorer.theme import Theme
from explorer.workbench import Hover

from ..gradual import Step
from ..layer_view import Table
from .model import NO_LINK, Backward, Link


class BackwardView(QWidget):
    """The derivatives of one kind of layer. The page calls the methods below when something has changed.

    `refresh` follows new derivatives, another layer, map, unit or channel, and the theme; `show_cell` a step
    to another cell or target and `show_link` what is under the mouse. While cells play faster than can be
    read, `follow_cell` takes the place of `show_cell` most of the time, and `refresh_steps` that of
    `refresh`. A view that is not in front is not called.
    """

    hovered = Signal(object)
    """What is under the mouse, as a `Hover`, or None."""

    def __init__(self, backward: Backward, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.backward, self.theme = backward, theme

    def refresh(self) -> None:
        """Show the present layer anew."""
        raise NotImplementedError

    def refresh_steps(self) -> tuple[Step, ...]:
        """Return how to show other derivatives of the same layer, in steps that are short each."""
        return (self.refresh,)

    def show_cell(self) -> None:
        """Show the present cell."""
        raise NotImplementedError

    def follow_cell(self) -> None:
        """Show where a fast scan is, and leave the numbers, which nobody could read, for later."""
        self.show_cell()

    def show_link(self) -> None:
        """Light the partners of what is under the mouse."""

    def set_compact(self, compact: bool) -> None:
        """Take less room, in a small window."""

    def heading(self) -> tuple[str, str]:
        """Return a title and a line below or beside it that says what is done here."""
        raise NotImplementedError

    def tables(self) -> list[Table]:
        """Return what can be copied, the most telling first."""
        return []

    def sentence(self) -> str:
        """Say in words what the present cell is and where its derivative comes from."""
        return ""

    def point_at(self, link: Link, hover: Hover | None) -> None:
        """Tell everybody what is under the mouse."""
        self.backward.set_link(link)
        self.hovered.emit(hover)

    def point_away(self) -> None:
        """The mouse is over nothing."""
        self.point_at(NO_LINK, None)
