"""Inputs for a scan: patterns of small numbers, the selected image, feature maps. Pure arrays."""

from __future__ import annotations

from typing import Literal

import numpy as np

Pattern = Literal["random", "ramp", "checkerboard", "point", "edges", "own"]
PATTERNS: dict[Pattern, str] = {
    "random": "Random numbers",
    "ramp": "Ramp",
    "checkerboard": "Checkerboard",
    "point": "Single point",
    "edges": "Edges",
    "own": "My own numbers",
}
TOP = 9
"""Small numbers run from 0 to this."""
WRITTEN_UP_TO = 16
"""Up to so many rows and columns an image is shown as small whole numbers."""
_CROP_MARGIN = 1


def pattern(kind: Pattern, height: int, width: int, channels: int, seed: int) -> np.ndarray:
    """Return a pattern (channels, height, width) of whole numbers; each channel is another variant of it."""
    if kind == "random":
        rng = np.random.default_rng(seed)
        return rng.integers(0, TOP + 1, (channels, height, width)).astype(float)
    y, x = np.mgrid[:height, :width]
    makers = {"ramp": _ramp, "checkerboard": _checkerboard, "point": _point, "edges": _edges}
    return np.stack([makers[kind](y, x, height, width, channel) for channel in range(channels)]).astype(float)


def _ramp(y, x, height, width, channel):
    along, size = ((x, width), (y, height), (x + y, height + width - 1))[channel]
    return np.rint(TOP * along / max(1, size - 1))


def _checkerboard(y, x, height, width, channel):
    return TOP * ((y // (channel + 1) + x // (channel + 1)) % 2)


def _point(y, x, height, width, channel):
    row = (height // 2, height // 4, height - 1 - height // 4)[channel]
    return TOP * ((y == row) & (x == width // 2))


def _edges(y, x, height, width, channel):
    sides = (x >= width // 2, y >= height // 2, x + y >= (height + width) // 2)
    return TOP * sides[channel]


def own_numbers(cells: tuple | None, height: int, width: int, channels: int) -> np.ndarray:
    """Return typed numbers at another size: what fits stays in the top left corner, the rest is 0."""
    result = np.zeros((channels, height, width))
    if cells is not None:
        given = np.asarray(cells, dtype=float)
        c, h, w = (min(a, b) for a, b in zip(result.shape, given.shape, strict=True))
        result[:c, :h, :w] = given[:c, :h, :w]
    return result


def from_image(image: np.ndarray, height: int, width: int, channels: int) -> np.ndarray:
    """Return an image (C, H, W) in 0 … 1 at the asked size.

    A small one is cropped to what is drawn on it and written in whole numbers 0 to 9. Where the image has
    fewer channels than are asked for, its negative and its mirror image follow.
    """
    if max(height, width) <= WRITTEN_UP_TO:
        small = resample(crop(image), height, width)
        values = np.rint(TOP * small / max(float(small.max()), 1e-9))
    else:
        values = TOP * resample(image, height, width)
    return _fill_channels(values, channels)


def _fill_channels(values: np.ndarray, channels: int) -> np.ndarray:
    if len(values) >= channels:
        return values[:channels]
    first = values[0]
    return np.stack([first, TOP - first, first[:, ::-1]][:channels])


def crop(image: np.ndarray) -> np.ndarray:
    """Cut an image (C, H, W) to a square round what differs from nothing, with a small margin."""
    drawn = (image > 0.1).any(axis=0)
    if not drawn.any():
        return image
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    top, bottom = rows[0] - _CROP_MARGIN, rows[-1] + _CROP_MARGIN + 1
    left, right = columns[0] - _CROP_MARGIN, columns[-1] + _CROP_MARGIN + 1
    side = max(bottom - top, right - left)
    top -= (side - (bottom - top)) // 2
    left -= (side - (right - left)) // 2
    _, height, width = image.shape
    margins = (
        (0, 0),
        (max(0, -top), max(0, top + side - height)),
        (max(0, -left), max(0, left + side - width)),
    )
    padded = np.pad(image, margins)
    top, left = max(0, top), max(0, left)
    return padded[:, top : top + side, left : left + side]


def resample(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """Return maps (C, h, w) at another size: each new cell is the mean of the area that it covers."""
    rows = _weights(image.shape[1], height)
    columns = _weights(image.shape[2], width)
    return rows @ image.astype(float) @ columns.T


def _weights(size: int, target: int) -> np.ndarray:
    """How much each of `size` cells counts for each of `target` cells: (target, size), rows add up to 1."""
    edges = np.linspace(0, size, target + 1)
    low, high = edges[:-1, None], edges[1:, None]
    cells = np.arange(size)
    overlap = np.clip(np.minimum(high, cells + 1) - np.maximum(low, cells), 0, None)
    return overlap / overlap.sum(axis=1, keepdims=True)


def from_maps(maps: np.ndarray, first: int, height: int, width: int, channels: int) -> np.ndarray:
    """Return feature maps (C, h, w) from `first` on, at the asked size; after the last the first follows."""
    chosen = maps[(first + np.arange(channels)) % len(maps)]
    return resample(chosen, height, width)
