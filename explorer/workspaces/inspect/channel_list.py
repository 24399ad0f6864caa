"""One row for each channel that a convolution reads: its map with the window, its kernel, its sum."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from explorer import imaging
from explorer.theme import Theme

from .channel_rows import NARROW_WIDTH, ROOMY, TIGHT, WIDTH, ChannelRows
from .map_view import Frame
from .wording import number


class ChannelList(QScrollArea):
    """The rows in a view that scrolls when there are many. A click focuses a channel."""

    chosen = Signal(int)
    hovered = Signal(int)
    """The place, among those that are read, of the channel under the mouse."""
    cell_hovered = Signal(int, int, int)
    """The same, with row and column of the input cell under the mouse."""
    left = Signal()
    scrolled = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rows = ChannelRows(theme)
        self.setWidget(self.rows)
        self.setWidgetResizable(True)
        self.setObjectName("inspectChannels")
        self.setAccessibleName("Channels")
        self.setToolTip("Click a channel to see its numbers (keys 0 to 9, comma and full stop)")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.viewport().setAutoFillBackground(False)
        self.rows.setAutoFillBackground(False)
        self.setStyleSheet("QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }")
        for signal in ("chosen", "hovered", "cell_hovered", "left"):
            getattr(self.rows, signal).connect(getattr(self, signal))
        self.verticalScrollBar().valueChanged.connect(self._tell)

    def _tell(self) -> None:
        self.scrolled.emit()

    def set_compact(self, compact: bool) -> None:
        """Leave out the kernels, which the focused channel shows large."""
        self.rows.narrow = compact
        self.setFixedWidth(NARROW_WIDTH if compact else WIDTH)

    def set_channels(self, names: Sequence[int], maps: np.ndarray, r: float, kernels: np.ndarray) -> None:
        """Show input maps (C, H, W) and kernels (C, kh, kw); the kernels share their range."""
        rows = self.rows
        colours = (
            imaging.to_argb(maps, self._theme.pixels, 0.0, 1.0)
            if r < 0
            else imaging.to_argb_signed(maps, self._theme.signed, r)
        )
        rows.maps = imaging.image_from_argb(colours.reshape(-1, maps.shape[-1]))
        weights = imaging.to_argb_signed(kernels, self._theme.signed, imaging.symmetric_range(kernels))
        rows.kernels = imaging.image_from_argb(weights.reshape(-1, kernels.shape[-1]))
        rows.map_shape, rows.kernel_shape = maps.shape[1:], kernels.shape[1:]
        rows.names = tuple(names)
        self._fit()

    def set_cell(self, sums: np.ndarray, frame: Frame | None, focused: int) -> None:
        """Show the sums of a cell, where its window lies, and which channel is focused."""
        rows = self.rows
        moved = focused != rows.focused
        rows.sums, rows.frame, rows.focused = sums, frame, focused
        said = f"channel {rows.names[focused]}: {number(float(sums[focused]))}" if len(sums) else ""
        self.setAccessibleDescription(said)
        if moved:
            self.ensureVisible(0, round(rows.row_rect(focused).center().y()), 0, rows.row_height // 2)
        rows.update()

    def set_lit(self, place: int | None) -> None:
        """Frame the row whose partner is under the mouse, here or elsewhere."""
        if place != self.rows.lit:
            self.rows.lit = place
            self.rows.update()

    @property
    def lit(self) -> int | None:
        """The framed row."""
        return self.rows.lit

    def focused_rect(self) -> QRectF:
        """Return where the focused row is, in the list's own coordinates."""
        rect = self.rows.row_rect(self.rows.focused)
        return rect.translated(0, -self.verticalScrollBar().value())

    def _fit(self) -> None:
        """As high as fits without scrolling, between bounds."""
        count = max(len(self.rows.names), 1)
        self.rows.row_height = min(max(self.viewport().height() // count, TIGHT), ROOMY)
        self.rows.setFixedHeight(self.rows.row_height * count)
        self.rows.updateGeometry()
        self.rows.forget()

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._fit()
