"""A surface as a picture: colours for the loss, and contour lines, drawn once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QImage

from cnncore.descent import Surface
from explorer.imaging import image_from_argb
from explorer.theme import Theme

from .view import View

CONTOURS = 16
_STRENGTH = 0.62
"""Share of the colour map, the rest is the paper: paths stand out from it."""

_FLOOR = 0.004
_COARSE = 41


@dataclass(frozen=True)
class Shades:
    """Losses to colours, 0 to 1, finer where the loss is low: by the logarithm of its height over the lowest.

    Attributes
    ----------
    low, high : float
        The range within the surface's bounds.
    """

    low: float
    high: float

    @classmethod
    def of(cls, surface: Surface) -> Shades:
        """Measure a surface's range."""
        x_low, x_high, y_low, y_high = surface.bounds
        grid = surface.grid(np.linspace(x_low, x_high, _COARSE), np.linspace(y_low, y_high, _COARSE))
        lowest = [float(surface.value(*at)) for at in surface.minima]
        return cls(min(float(grid.min()), *lowest), float(grid.max()))

    @property
    def _floor(self) -> float:
        return max((self.high - self.low) * _FLOOR, 1e-12)

    def shade(self, losses: np.ndarray) -> np.ndarray:
        """Return the place of losses between lowest and highest; beyond 1 where they are higher."""
        above = np.maximum(losses - self.low, 0.0)
        return np.log1p(above / self._floor) / np.log1p((self.high - self.low) / self._floor)

    def loss(self, shade: float) -> float:
        """Return the loss at a place."""
        return self.low + self._floor * float(
            np.expm1(shade * np.log1p((self.high - self.low) / self._floor))
        )


def lut_of(theme: Theme) -> np.ndarray:
    """Return the map's colours (256, 3), 0 to 255, lightened."""
    packed = theme.non_negative
    colours = np.stack([packed >> shift & 0xFF for shift in (16, 8, 0)], axis=-1).astype(np.float32)
    return colours[0] + _STRENGTH * (colours - colours[0])


def surface_picture(surface: Surface, view: View, shades: Shades, theme: Theme, ratio: float) -> QImage:
    """Draw what lies in view, one sample a pixel of the screen."""
    columns, rows = max(round(view.width * ratio), 2), max(round(view.height * ratio), 2)
    x_low, x_high, y_low, y_high = view.bounds
    xs = x_low + (np.arange(columns) + 0.5) * ((x_high - x_low) / columns)
    ys = y_high - (np.arange(rows) + 0.5) * ((y_high - y_low) / rows)
    shade = shades.shade(surface.grid(xs, ys)).astype(np.float32)
    lut = lut_of(theme)
    colours = lut[(np.clip(shade, 0, 1) * 255).astype(np.uint8)]
    ink = np.array(theme.color("text2").getRgb()[:3], np.float32)
    cover = (contour_cover(shade * CONTOURS) * 0.4)[..., np.newaxis]
    colours += cover * (ink - colours)
    red, green, blue = np.moveaxis((colours + 0.5).astype(np.uint32), -1, 0)
    return image_from_argb(np.uint32(0xFF000000) | (red << 16) | (green << 8) | blue)


def contour_cover(levels: np.ndarray) -> np.ndarray:
    """Return how much of each pixel a line covers that runs where `levels` is a whole number."""
    down, across = np.gradient(levels)
    steep = np.hypot(down, across)
    distance = np.abs(levels - np.rint(levels)) / np.maximum(steep, 1e-9)
    cover = np.clip(1.1 - distance, 0.0, 1.0)
    cover[steep > 0.45] = 0.0  # lines so close to one another would be a grey area
    cover[np.rint(levels) < 1] = 0.0
    return cover
