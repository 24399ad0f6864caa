"""Bins for numbers of any sign and size: equally wide in their logarithm on both sides of zero."""

from dataclasses import dataclass
from functools import cached_property
from math import gcd

import numpy as np
from numpy.typing import NDArray

from cnncore.windows import Array

PER_DECADE = 4
"""Bins for a factor of ten; each edge is 1.78 times the one before."""
SAMPLE = 4096
"""Numbers that are counted of a larger array: enough for some 50 bins."""


@dataclass(frozen=True)
class LogBins:
    """Bins from ``-10**high`` to ``10**high``; one in the middle holds all that is smaller than ``10**low``.

    The bins at both ends also take what lies beyond them, the infinities too.

    Attributes
    ----------
    low, high : int
        Powers of ten.
    """

    low: int
    high: int

    def __len__(self) -> int:
        return 2 * PER_DECADE * (self.high - self.low) + 1

    @cached_property
    def edges(self) -> NDArray[np.float64]:
        """The borders, ascending: (bins + 1,). Each belongs to the bin above it."""
        steps = np.arange(PER_DECADE * (self.high - self.low) + 1)
        positive = 10.0 ** (self.low + steps / PER_DECADE)
        edges = np.concatenate([-positive[::-1], positive])
        edges.flags.writeable = False
        return edges

    def shares(self, values: Array) -> NDArray[np.float32]:
        """Return which part of the numbers lies in each bin, in all 1: (bins,), read-only.

        Of a large array an evenly spread sample of about 4,096 numbers is counted, always the same one. NaN
        is in no bin; without any number all parts are 0.
        """
        found = spread_sample(values)
        found = found[~np.isnan(found)]
        places = np.searchsorted(self.edges[1:-1], found, side="right")
        counts = np.bincount(places, minlength=len(self))
        shares = (counts / max(len(found), 1)).astype(np.float32)
        shares.flags.writeable = False
        return shares


def spread_sample(values: Array, most: int = SAMPLE) -> Array:
    """Return about `most` numbers of an array, spread evenly over all its axes; a smaller array in full."""
    flat = values.ravel(order="K")
    if flat.size <= most:
        return flat
    step = flat.size // most
    # A step that shares a factor with the size of an axis would always meet the same places of it.
    while gcd(step, flat.size) > 1:
        step += 1
    return flat[::step]
