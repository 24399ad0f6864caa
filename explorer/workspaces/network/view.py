"""Which part of the picture's world is seen, and how large: zoom and pan. Pure arithmetic, no Qt."""

from __future__ import annotations

from explorer.widgets.rectangle import Rectangle

LEVELS = (0.25, 0.33, 0.5, 0.67, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
LEAST, MOST = LEVELS[0], LEVELS[-1]


class View:
    """A window of `width` by `height` on a world; a world point p is drawn at ``p * zoom + (x, y)``.

    A world that is smaller than the window is centred; a larger one cannot be pushed out of it.
    """

    def __init__(self) -> None:
        self.width, self.height = 1.0, 1.0
        self.world = (1.0, 1.0)
        self.zoom = 1.0
        self.x, self.y = 0.0, 0.0
        self.fitted = True

    @property
    def fit_zoom(self) -> float:
        """The largest zoom, up to 1, that shows everything."""
        return max(LEAST, min(1.0, self.width / self.world[0], self.height / self.world[1]))

    def resize(self, width: float, height: float, world: tuple[float, float]) -> None:
        """Take a new window and a new world. What was fitted stays so; else the centre stays in place."""
        share = self._world_of(self.width / 2, self.height / 2)
        share = share[0] / self.world[0], share[1] / self.world[1]
        self.width, self.height, self.world = max(width, 1.0), max(height, 1.0), world
        if self.fitted:
            self.fit()
        else:
            self.x = self.width / 2 - share[0] * world[0] * self.zoom
            self.y = self.height / 2 - share[1] * world[1] * self.zoom
            self._clamp()

    def fit(self) -> None:
        """Show everything."""
        self.zoom, self.fitted = self.fit_zoom, True
        self._clamp()

    def zoom_to(self, zoom: float, x: float, y: float) -> None:
        """Zoom so that the world point under window point (x, y) stays under it."""
        wx, wy = self._world_of(x, y)
        self.zoom = min(max(zoom, LEAST), MOST)
        self.x, self.y = x - wx * self.zoom, y - wy * self.zoom
        self.fitted = abs(self.zoom - self.fit_zoom) < 1e-9
        self._clamp()

    def step(self, direction: int) -> float:
        """Return the next zoom level up (+1) or down (-1)."""
        if direction > 0:
            return next((level for level in LEVELS if level > self.zoom * 1.001), MOST)
        return next((level for level in reversed(LEVELS) if level < self.zoom * 0.999), LEAST)

    def pan(self, dx: float, dy: float) -> None:
        """Move the picture by this many pixels."""
        self.x, self.y = self.x + dx, self.y + dy
        self._clamp()

    def reveal(self, box: Rectangle) -> None:
        """Pan just as far as needed to see a box of the world, and a little round it."""
        seen = self.box(box).grown(12.0)
        if seen.w < self.width:
            self.x += max(0.0, -seen.x) + min(0.0, self.width - seen.right)
        if seen.h < self.height:
            self.y += max(0.0, -seen.y) + min(0.0, self.height - seen.bottom)
        self._clamp()

    def box(self, box: Rectangle) -> Rectangle:
        """Return where a box of the world is drawn."""
        z = self.zoom
        return Rectangle(box.x * z + self.x, box.y * z + self.y, box.w * z, box.h * z)

    def world_at(self, x: float, y: float) -> tuple[float, float]:
        """Return the world point at a window point."""
        return self._world_of(x, y)

    def _world_of(self, x: float, y: float) -> tuple[float, float]:
        return (x - self.x) / self.zoom, (y - self.y) / self.zoom

    def _clamp(self) -> None:
        self.x = self._clamped(self.x, self.width, self.world[0] * self.zoom)
        self.y = self._clamped(self.y, self.height, self.world[1] * self.zoom)

    @staticmethod
    def _clamped(offset: float, window: float, size: float) -> float:
        if size <= window + 0.5:
            return float(round((window - size) / 2))
        return min(max(offset, window - size), 0.0)
