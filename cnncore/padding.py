"""What lies around an image: zeros, or copies of its own pixels."""

from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from cnncore.checks import check_option
from cnncore.errors import ArgumentError
from cnncore.shapes import Padding4

PaddingMode: TypeAlias = Literal["zeros", "reflect", "replicate", "circular"]
PADDING_MODES: tuple[PaddingMode, ...] = ("zeros", "reflect", "replicate", "circular")

NOWHERE = -1
"""Stands in an index map for padding that is no copy of any input."""

Index: TypeAlias = npt.NDArray[np.intp]


def padding_map(size: int, before: int, after: int, mode: PaddingMode) -> Index:
    """Return which input each cell of a padded axis shows: (before + size + after,).

    ``zeros`` shows `NOWHERE` outside of the input; ``replicate`` its edge, ``reflect`` its mirror image about
    the edge cell, which is not repeated, ``circular`` its other end.

    Raises
    ------
    ArgumentError
        When there is no such mode, or the input is too small to be reflected or to go round so far.
    """
    check_option(mode, "padding_mode", PADDING_MODES)
    most = most_padding(size, mode)
    if most is not None and max(before, after) > most:
        raise ArgumentError(f"{mode} padding of {size} cells can be at most {most}, got {(before, after)}")
    places = np.arange(-before, size + after)
    if mode == "replicate":
        return np.clip(places, 0, size - 1)
    if mode == "circular":
        return places % size
    if mode == "reflect":
        return np.asarray((size - 1) - np.abs((size - 1) - np.abs(places)))
    return np.where((places >= 0) & (places < size), places, NOWHERE)


def most_padding(size: int, mode: PaddingMode) -> int | None:
    """Return how much padding a mode can make of `size` cells on either side; None where there is no end."""
    return {"reflect": size - 1, "circular": size}.get(mode)


def pad(
    x: npt.NDArray[np.floating], padding: Padding4, mode: PaddingMode = "zeros", fill: float = 0.0
) -> npt.NDArray[np.floating]:
    """Pad the last two axes of an array; what is no copy of the input is `fill`. Raises ArgumentError."""
    top, bottom, left, right = padding
    rows = padding_map(x.shape[-2], top, bottom, mode)
    columns = padding_map(x.shape[-1], left, right, mode)
    padded = x[..., rows[:, None], columns[None, :]]
    outside = np.logical_or.outer(rows == NOWHERE, columns == NOWHERE)
    padded[..., outside] = fill
    return padded


def fold(padded: npt.NDArray[Any], axis: int, before: int, after: int, mode: PaddingMode) -> npt.NDArray[Any]:
    """Take padding of one axis off again and add each of its numbers to the one it was a copy of.

    The way back for gradients: what a copy would change, its original does. The result is a view of `padded`,
    which changes.
    """
    size = padded.shape[axis] - before - after
    sources = padding_map(size, before, after, mode)
    rows = np.moveaxis(padded, axis, 0)
    inner = rows[before : before + size]
    for place in (*range(before), *range(before + size, len(rows))):
        if sources[place] != NOWHERE:
            inner[sources[place]] += rows[place]
    return np.moveaxis(inner, 0, axis)
