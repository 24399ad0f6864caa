"""What stands between the upstream gradient and the result, for one kind of layer."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from explorer.theme import Theme
from explorer.workbench import Hover

from ..layer_view import Table
from .gradient_map import ResultMap, scale_at
from .model import INPUT, Backward
from .scale import Scale


class MiddlePart(QWidget):
    """One kind of factor. The view calls the methods when something has changed."""

    pointed = Signal(int)
    term_pointed = Signal(int)
    left = Signal()

    def __init__(self, backward: Backward, theme: Theme) -> None:
        super().__init__()
        self.backward, self.theme = backward, theme
        self.scale = Scale()
        self.setMinimumWidth(120)

    def refresh(self, scale: Scale) -> None:
        """Show the present layer, its derivatives written by a scale."""
        self.scale = scale

    def show_cell(self) -> None:
        """Show the present cell."""

    def show_link(self, places: list[int]) -> None:
        """Ring the cells at these places."""

    def set_compact(self, compact: bool) -> None:
        """Take less room."""

    def level_with(self, result: ResultMap) -> None:
        """Let a map stand level with the result's."""

    def heading(self) -> tuple[str, str]:
        """Return a title and what is done."""
        raise NotImplementedError

    def sentence(self) -> str:
        """Say where the present number comes from."""
        raise NotImplementedError

    def hover_of(self, term: int) -> Hover | None:
        """Describe a term under the mouse."""
        return None

    def write(self, value: float) -> str:
        """Write a derivative as finely as the present cell needs."""
        return scale_at(self.backward, INPUT, self.scale).with_unit(value)

    def tables(self) -> list[Table]:
        """Return what can be copied."""
        return []

    def here(self, values: np.ndarray) -> np.ndarray:
        """Return the map in view, or the whole vector."""
        return values[self.backward.source] if values.ndim == 3 else values
