"""Hatching as plain lines: it keeps its rhythm across cells, and files hold it as it is seen."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

Rect = tuple[float, float, float, float]
"""Left, top, width, height."""
Line = tuple[float, float, float, float]


def mask_rects(mask: np.ndarray, left: float, top: float, width: float, height: float) -> list[Rect]:
    """Cover the true cells of a mask (H, W) with as few rectangles as rows and runs allow.

    Parameters
    ----------
    left, top : float
        Where the grid begins.
    width, height : float
        Of one cell.
    """
    open_runs: dict[tuple[int, int], int] = {}
    rects: list[Rect] = []

    def close(run: tuple[int, int], first: int, last: int) -> None:
        start, stop = run
        rects.append(
            (left + start * width, top + first * height, (stop - start) * width, (last - first) * height)
        )

    for y in range(mask.shape[0] + 1):
        runs = set(_runs(mask[y])) if y < mask.shape[0] else set()
        for run in [run for run in open_runs if run not in runs]:
            close(run, open_runs.pop(run), y)
        for run in runs:
            open_runs.setdefault(run, y)
    return sorted(rects)


def _runs(row: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(np.int8), [0]))))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def hatch_rects(rects: Iterable[Rect], spacing: float, falling: bool) -> list[Line]:
    """Return diagonal lines that fill rectangles, `spacing` apart along x.

    Rising lines (``falling=False``) keep x + y constant, falling ones x − y; neighbouring rectangles share
    the same lines.
    """
    lines: list[Line] = []
    for left, top, width, height in rects:
        right, bottom = left + width, top + height
        low = left - bottom if falling else left + top
        for step in range(math.floor(low / spacing) + 1, math.ceil((low + width + height) / spacing)):
            c = step * spacing
            if falling:
                x1, x2 = max(left, c + top), min(right, c + bottom)
                lines.append((x1, x1 - c, x2, x2 - c))
            else:
                x1, x2 = max(left, c - bottom), min(right, c - top)
                lines.append((x1, c - x1, x2, c - x2))
    return lines
