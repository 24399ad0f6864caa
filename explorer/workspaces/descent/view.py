"""The part of a surface in view, and its place on the screen. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from cnncore.descent import Surface


@dataclass(frozen=True)
class View:
    """A rectangle of pixels and the rectangle of x and y drawn in it, at one scale both ways.

    With one scale a negative gradient stands at right angles to the contour lines, as it should.
    """

    left: float
    top: float
    width: float
    height: float
    bounds: tuple[float, float, float, float]

    @classmethod
    def of(cls, surface: Surface, left: float, top: float, width: float, height: float) -> View:
        """Fit a surface into a place; where more is known there than its bounds, more is shown."""
        x_low, x_high, y_low, y_high = surface.bounds
        scale = min(width / (x_high - x_low), height / (y_high - y_low))
        x, y = (x_low + x_high) / 2, (y_low + y_high) / 2
        if surface.measured:
            wide, high = scale * (x_high - x_low), scale * (y_high - y_low)
            return cls(left + (width - wide) / 2, top + (height - high) / 2, wide, high, surface.bounds)
        half_x, half_y = width / scale / 2, height / scale / 2
        return cls(left, top, width, height, (x - half_x, x + half_x, y - half_y, y + half_y))

    @property
    def scale(self) -> float:
        """Pixels for one unit of x or y."""
        return self.width / (self.bounds[1] - self.bounds[0])

    def px(self, x):
        """Return the pixel column of x, a number or an array."""
        return self.left + (x - self.bounds[0]) * self.scale

    def py(self, y):
        """Return the pixel row of y, a number or an array; y grows upwards."""
        return self.top + (self.bounds[3] - y) * self.scale

    def at(self, px: float, py: float) -> tuple[float, float]:
        """Return x and y of a pixel."""
        return self.bounds[0] + (px - self.left) / self.scale, self.bounds[3] - (py - self.top) / self.scale

    def clamp(self, x: float, y: float) -> tuple[float, float]:
        """Return the nearest point in view."""
        x_low, x_high, y_low, y_high = self.bounds
        return min(max(x, x_low), x_high), min(max(y, y_low), y_high)

    def holds(self, px: float, py: float) -> bool:
        """Whether a pixel lies in the view."""
        return 0 <= px - self.left <= self.width and 0 <= py - self.top <= self.height
