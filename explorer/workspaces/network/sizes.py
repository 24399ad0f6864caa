"""How large things are drawn: whole factors for images, folds for long vectors, blocks for kernels. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

MAP_GAP = 4
"""Least distance between two maps of a column, in pixels."""

LEAST_PITCH, COMFORTABLE_PITCH = 24, 34
"""With rows closer than this, maps go into several columns: always, or where they would be tiny."""

MOST_COLUMNS = 8
CELL_WIDTH = 4
STRIP_WIDTH = 14
MOST_STRIP_WIDTH = 64
TILE = (36.0, 26.0)
LEAST_TILE_PITCH = 11


def whole_factor(size: float, limit: float) -> float:
    """Return the largest whole factor that keeps `size` within `limit`; a fraction where 1 is too much."""
    factor = math.floor(limit / size)
    return float(factor) if factor >= 1 else limit / size


@dataclass(frozen=True)
class MapSizes:
    """How the maps of one layer are drawn: `factor` pixels a cell, in `columns` columns and `rows` rows."""

    factor: float
    columns: int
    rows: int
    size: tuple[float, float]
    pitch: tuple[float, float]

    @property
    def width(self) -> float:
        return (self.columns - 1) * self.pitch[0] + self.size[0]


def map_sizes(
    count: int, shape: tuple[int, int], height: float, limit: float, crowd_limit: float | None = None
) -> MapSizes:
    """Choose the size of `count` maps of `shape` (rows, columns), in `height`, each at most `limit`.

    In several columns, which ask for much width as it is, each is at most `crowd_limit`; without one, half
    the limit.
    """
    h, w = shape

    def crowded(columns: int) -> bool:
        pitch = height / math.ceil(count / columns)
        return pitch < LEAST_PITCH or (pitch < COMFORTABLE_PITCH and pitch - MAP_GAP < 2 * h)

    columns = 1
    while columns < MOST_COLUMNS and crowded(columns):
        columns += 1
    rows = math.ceil(count / columns)
    pitch = height / rows
    factor = min(whole_factor(h, min(pitch - MAP_GAP, limit)), whole_factor(w, limit))
    if columns > 1:
        factor = min(factor, whole_factor(w, max(limit / 2, 12) if crowd_limit is None else crowd_limit))
    size = (w * factor, h * factor)
    return MapSizes(factor, columns, rows, size, (size[0] + MAP_GAP, pitch))


def fold(count: int, segment: int, height: float) -> int:
    """Return how many cells of a vector share a row, so that each row is at least 2 pixels high.

    Where possible a row does not mix two segments (the cells of two maps).
    """
    needed = max(1, math.ceil(2 * count / height))
    if needed == 1:
        return 1
    aligned = [n for n in range(needed, 2 * needed + 1) if segment % n == 0]
    return aligned[0] if aligned else needed


@dataclass(frozen=True)
class StripSizes:
    """How a vector is drawn: `rows` rows of `fold` cells."""

    rows: int
    fold: int
    size: tuple[float, float]


def strip_sizes(count: int, segment: int, height: float, widen: float = 1.0) -> StripSizes:
    """Choose the size of a strip of `count` cells; whole pixels for each cell where that fits."""
    across = fold(count, segment, height)
    rows = math.ceil(count / across)
    cell_height = min(24.0, math.floor(height / rows)) if rows <= height else height / rows
    width = STRIP_WIDTH * widen if across == 1 else min(across * round(CELL_WIDTH * widen), MOST_STRIP_WIDTH)
    return StripSizes(rows, across, (float(round(width)), rows * cell_height))


@dataclass(frozen=True)
class KernelSizes:
    """How kernels are drawn: on edges with `edge` pixels a cell, in blocks with `block` pixels a cell."""

    edge: float
    block: float
    block_shape: tuple[int, int]


def kernel_sizes(
    inputs: int, shape: tuple[int, int], source_pitch: float, target_pitch: float, limit: float
) -> KernelSizes:
    """Choose the size of kernels of `shape` (kh, kw).

    Parameters
    ----------
    inputs : int
        Kernels of one output map.
    source_pitch, target_pitch : float
        Distance between the rows of maps on the left and on the right.
    limit : float
        What one map may measure; kernels stay well below.
    """
    kh, kw = shape
    columns = math.ceil(math.sqrt(inputs))
    rows = math.ceil(inputs / columns)
    high, wide = rows * (kh + 1) - 1, columns * (kw + 1) - 1
    one = min(max(0.45 * limit, 12.0), 34.0)
    edge = whole_factor(max(kh, kw), min(one, source_pitch - 8))
    room = one if inputs == 1 else min(max(0.75 * limit, 16.0), 54.0)
    block = min(whole_factor(high, min(room, target_pitch - 6)), whole_factor(wide, room))
    return KernelSizes(edge, block, (rows, columns))
