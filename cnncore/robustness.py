"""How well a network still knows images that are moved by some pixels."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnncore.checks import check_count
from cnncore.data import Dataset
from cnncore.metrics import evaluate
from cnncore.network import Sequential

REACH = 4


@dataclass(frozen=True, eq=False)
class ShiftAccuracy:
    """Accuracy over moved images, as far as it is measured.

    Attributes
    ----------
    table : (2 r + 1, 2 r + 1) array of float64
        ``table[r + dy, r + dx]`` is the part of the images, 0 to 1, that is classified correctly when all
        are moved by ``dy`` pixels down and ``dx`` to the right; NaN where it is not measured yet. Read-only.
    images : int
        How many images each number is about.
    """

    table: NDArray[np.float64]
    images: int

    @property
    def reach(self) -> int:
        """The furthest shift r along each axis, in pixels."""
        return len(self.table) // 2

    @property
    def done(self) -> int:
        """How many of the shifts are measured."""
        return int(np.isfinite(self.table).sum())

    def at_distance(self) -> NDArray[np.float64]:
        """Return the mean accuracy at each distance max(|dy|, |dx|) from 0 to r, shape (r + 1,)."""
        steps = np.abs(np.arange(-self.reach, self.reach + 1))
        distance = np.maximum.outer(steps, steps)
        return np.array([self.table[distance == d].mean() for d in range(self.reach + 1)])


def shifted(images: NDArray[np.uint8], dy: int, dx: int) -> NDArray[np.uint8]:
    """Move images ``dy`` pixels down and ``dx`` to the right; what comes in from outside is 0, background.

    Parameters
    ----------
    images : (N, C, H, W) array
    dy, dx : int
        Negative ones move up and to the left.

    Returns
    -------
    moved : (N, C, H, W) array
    """
    height, width = images.shape[2:]
    moved = np.zeros_like(images)
    rows, columns = max(height - abs(dy), 0), max(width - abs(dx), 0)
    to_y, to_x, from_y, from_x = max(dy, 0), max(dx, 0), max(-dy, 0), max(-dx, 0)
    moved[:, :, to_y : to_y + rows, to_x : to_x + columns] = images[
        :, :, from_y : from_y + rows, from_x : from_x + columns
    ]
    return moved


def shift_accuracy(network: Sequential, dataset: Dataset, reach: int = REACH) -> Iterator[ShiftAccuracy]:
    """Classify a data set under every shift of up to ``reach`` pixels along each axis.

    Convolution and pooling treat all places alike, a dense layer has weights of its own for each place; how
    much that helps is what these numbers show.

    Parameters
    ----------
    network : Sequential
        The network; it is not changed.
    dataset : Dataset
        At least one image, of the shape the network takes.
    reach : int
        At least 0.

    Yields
    ------
    accuracy : ShiftAccuracy
        After each shift all that is known so far; the last one is complete.

    Raises
    ------
    ArgumentError, ShapeError
        When the reach is no such number, or the images do not fit the network.
    """
    check_count(reach, "The reach of the shifts", 0, 1000)
    steps = range(-reach, reach + 1)
    table = np.full((len(steps), len(steps)), np.nan)
    for dy in steps:
        for dx in steps:
            moved = shifted(dataset.images, dy, dx)
            data = Dataset(moved, dataset.labels, dataset.class_names, dataset.name)
            table[reach + dy, reach + dx] = evaluate(network, data).accuracy
            known = table.copy()
            known.flags.writeable = False
            yield ShiftAccuracy(known, len(dataset))
