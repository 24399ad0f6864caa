"""A rectangle as plain numbers, for layouts that are worked out without Qt. In logical pixels."""

from __future__ import annotations

from typing import NamedTuple


class Rectangle(NamedTuple):
    """Left, top, width, height: what QRectF takes, unpacked."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """The bottom edge."""
        return self.y + self.h

    @property
    def cx(self) -> float:
        """The middle across."""
        return self.x + self.w / 2

    @property
    def cy(self) -> float:
        """The middle down."""
        return self.y + self.h / 2

    def contains(self, x: float, y: float) -> bool:
        """Whether a point lies inside; the right and bottom edges belong to the neighbours."""
        return self.x <= x < self.right and self.y <= y < self.bottom

    def grown(self, by: float) -> Rectangle:
        """Return it larger by so much on each side."""
        return Rectangle(self.x - by, self.y - by, self.w + 2 * by, self.h + 2 * by)

    def cell(self, y: int, x: int, rows: int, columns: int, high: int = 1, wide: int = 1) -> Rectangle:
        """Return where `high` by `wide` cells from cell (y, x) on lie, of an image drawn in it."""
        cell_w, cell_h = self.w / columns, self.h / rows
        return Rectangle(self.x + x * cell_w, self.y + y * cell_h, wide * cell_w, high * cell_h)
