"""Moments of a run: copies of its parameters along the way, denser early than late, in a bounded memory.

At the beginning a network changes most, so that is where moments are closest: the distance between two grows
with the step to the power of two thirds. When the memory is full, all distances grow, and what does not fit
any more is let go.
"""

from __future__ import annotations

import numpy as np

BUDGET_BYTES = 200_000_000
MOST_MOMENTS = 2000
"""More than a scrubber has places for, or a person patience."""

_ON_THE_WAY = 64  # at most so many moments wait for the screen to take them; they count as memory, too
_FINEST = 2.0**12  # up to step 2^18 every step would be kept if there were room
_PER_DOUBLING = 4  # levels of coarseness until all distances are twice as long


def capacity_for(state_bytes: int) -> int:
    """Return how many moments of a network's state of this size are kept; 0 where not even two have room."""
    room = min(MOST_MOMENTS, BUDGET_BYTES // max(state_bytes, 1))
    capacity = room - on_the_way_for(state_bytes)
    return capacity if capacity >= 2 else 0


def on_the_way_for(state_bytes: int) -> int:
    """Return how many moments may wait between the two threads, beside those that are kept."""
    return min(max(BUDGET_BYTES // max(state_bytes, 1) // 16, 1), _ON_THE_WAY)


def distances(steps: np.ndarray, coarseness: int) -> np.ndarray:
    """Return how many steps lie between the moments around each of `steps`, powers of two: (n,) -> (n,).

    With a greater coarseness each is a multiple of what it was, so that moments are only ever let go.
    """
    wanted = 2.0 ** (coarseness / _PER_DOUBLING) * np.maximum(steps, 1) ** (2 / 3) / _FINEST
    return 2 ** np.floor(np.log2(np.maximum(wanted, 1.0))).astype(np.int64)


class MomentSteps:
    """Which steps of a run are kept.

    Attributes
    ----------
    capacity : int
        The most moments.
    steps : array
        Those kept, rising: (n,). The first and the last that came are always among them.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.coarseness = 0
        self.steps = np.empty(0, np.int64)
        self._next = 0

    def takes(self, step: int) -> bool:
        """Whether a step later than those before would be kept for good, as things stand."""
        if not self.capacity or step < self._next:
            return False
        return len(self.steps) == 0 or step % self._distance(step) == 0

    def add(self, step: int) -> None:
        """Keep a step, which is at least as late as all before, and let go what has no more room."""
        if not self.capacity or (len(self.steps) and step == self.steps[-1]):
            return
        if len(self.steps) and step < self.steps[-1]:
            raise ValueError(f"Step {step} comes before step {self.steps[-1]}, which is already kept.")
        self._let_go(np.append(self.steps, step))
        while len(self.steps) > self.capacity:
            self.coarseness += 1
            self._let_go(self.steps)

    def _let_go(self, steps: np.ndarray) -> None:
        keep = steps % distances(steps, self.coarseness) == 0
        keep[[0, -1]] = True
        self.steps = steps[keep]
        last = int(self.steps[-1])
        distance = self._distance(last)
        self._next = (last // distance + 1) * distance  # distances only grow, so there is none before

    def _distance(self, step: int) -> int:
        return int(distances(np.array([step]), self.coarseness)[0])


class Timeline:
    """The moments of one run.

    Parameters
    ----------
    state_bytes : int
        Size of one state of its network.
    """

    def __init__(self, state_bytes: int) -> None:
        self.state_bytes = state_bytes
        self._kept = MomentSteps(capacity_for(state_bytes))
        self._states: dict[int, np.ndarray] = {}

    def __len__(self) -> int:
        return len(self._states)

    @property
    def fits(self) -> bool:
        """Whether there is room for moments of this network at all."""
        return self._kept.capacity > 0

    @property
    def steps(self) -> np.ndarray:
        """The steps that are kept, rising: (n,)."""
        return self._kept.steps

    @property
    def used_bytes(self) -> int:
        """Memory that the moments take."""
        return len(self._states) * self.state_bytes

    def add(self, step: int, state: np.ndarray) -> None:
        """Keep the state after `step` steps, which nobody may change. For one step, the newest counts."""
        if not self.fits or (len(self.steps) and step < self.steps[-1]):
            return
        self._kept.add(step)
        self._states[step] = state
        if len(self._states) > len(self.steps):
            self._states = {int(kept): self._states[int(kept)] for kept in self.steps}

    def nearest(self, step: float) -> int:
        """Return the kept step that is nearest to `step`. Raises LookupError when nothing is kept."""
        if not len(self.steps):
            raise LookupError("No moment is kept.")
        place = int(np.searchsorted(self.steps, step))
        around = self.steps[max(0, place - 1) : place + 1]
        return int(around[np.argmin(np.abs(around - step))])

    def place_of(self, step: float) -> int:
        """Return the place of the nearest kept step among all that are kept, from 0."""
        return int(np.searchsorted(self.steps, self.nearest(step)))

    def state_at(self, step: int) -> np.ndarray:
        """Return the state of a kept step. Raises KeyError."""
        return self._states[step]
