"""The input image with a map of numbers laid over it."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QPainter, QPaintEvent

from explorer import imaging
from explorer.theme import Theme
from explorer.widgets.image_view import ImageView
from explorer.widgets.marks import paint_frame, paint_ring


def blend(below: np.ndarray, above: np.ndarray, strength: float) -> np.ndarray:
    """Mix packed colours (H, W): 0 shows what is below alone, 1 what is above alone."""
    result = np.full(below.shape, 0xFF000000, np.uint32)
    for shift in (0, 8, 16):
        low, high = ((array >> shift & 0xFF).astype(np.float32) for array in (below, above))
        result |= np.rint(low + strength * (high - low)).astype(np.uint32) << np.uint32(shift)
    return result


class SensitivityImage(ImageView):
    """Mixes image and map, frames the current pixel, and rings the one whose partner is under the mouse."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, name="Sensitivity over the image")
        self.setObjectName("sensitivityImage")
        self._tokens = theme
        self._pixels: np.ndarray | None = None
        self._values: np.ndarray | None = None
        self._r, self._signed, self.strength = 1.0, True, 1.0
        self.selected: tuple[int, int] | None = None
        self.ringed: tuple[int, int] | None = None
        theme.changed.connect(self._mix)

    def show_map(self, pixels: np.ndarray, values: np.ndarray | None, r: float, signed: bool) -> None:
        """Lay values (H, W), whose strongest colour is r, over pixels (H, W) or (3, H, W); None: no map."""
        self._pixels, self._values, self._r, self._signed = pixels, values, r, signed
        self._mix()

    def set_strength(self, strength: float) -> None:
        """Show the map more or less strongly, 0 to 1."""
        if strength != self.strength:
            self.strength = strength
            self._mix()

    def _mix(self) -> None:
        if self._pixels is None:
            return
        theme = self._tokens
        if self._pixels.ndim == 3:
            packed = imaging.pack_rgb(self._pixels)
        else:
            packed = imaging.to_argb(self._pixels, theme.pixels, 0.0, 1.0)
        if self._values is not None:
            if self._signed:
                over = imaging.to_argb_signed(self._values, theme.signed, self._r)
            else:
                over = imaging.to_argb(self._values, theme.non_negative, 0.0, self._r)
            packed = blend(packed, over, self.strength)
        self.set_argb(packed, self.accessibleDescription())

    def select(self, y: int, x: int) -> None:
        """Frame a pixel."""
        if (y, x) != self.selected:
            self.selected = (y, x)
            self.update()

    def ring(self, pixel: tuple[int, int] | None) -> None:
        """Ring a pixel."""
        if pixel != self.ringed:
            self.ringed = pixel
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        if self.selected is not None and self._inside(*self.selected):
            paint_frame(painter, self.cell_rect(*self.selected), self._tokens, "output")
        if self.ringed is not None and self._inside(*self.ringed):
            paint_ring(painter, self.cell_rect(*self.ringed), self._tokens)
