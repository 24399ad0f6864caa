"""The part of a chart that the mouse zooms, pans and marks."""

from collections.abc import Callable

import pyqtgraph as pg
from PySide6.QtCore import Qt


class ChartBox(pg.ViewBox):
    """pyqtgraph's box without menu and right drag.

    The wheel zooms x, a left drag pans, with Shift it marks (from, to), two clicks fit.
    """

    def __init__(self, fit: Callable[[], None], mark: Callable[[float, float], None]) -> None:
        super().__init__(enableMenu=False, defaultPadding=0.0)
        self._fit, self._mark = fit, mark
        self.setMouseEnabled(x=True, y=False)
        self.disableAutoRange()

    def mouseDragEvent(self, ev, axis=None) -> None:
        if ev.button() != Qt.MouseButton.LeftButton:
            ev.ignore()
        elif ev.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            ev.accept()
            self._mark(*(self.mapToView(place).x() for place in (ev.buttonDownPos(), ev.pos())))
        else:
            super().mouseDragEvent(ev, axis)

    def mouseClickEvent(self, ev) -> None:
        if ev.button() == Qt.MouseButton.LeftButton and ev.double():
            self._fit()
            ev.accept()
