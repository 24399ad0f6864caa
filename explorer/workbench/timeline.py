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
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.coarseness = 0
        self._steps: list[int] = []
        self._array: np.ndarray | None = None
        self._distance_at_last, self._next = 1, 0

    @property
    def last(self) -> int:
        """The last step; -1 where there is none."""
        return self._steps[-1] if self._steps else -1

    @property
    def steps(self) -> np.ndarray:
        """Those kept, rising: (n,). The first and the last that came are always among them."""
        if self._array is None:
            self._array = np.array(self._steps, np.int64)
        return self._array

    def takes(self, step: int) -> bool:
        """Whether a step later than those before would be kept for good, as things stand."""
        if not self.capacity or step < self._next:
            return False
        return not self._steps or step % self._distance(step) == 0

    def add(self, step: int) -> list[int]:
        """Keep a step, which is at least as late as all before, and return what is let go for it."""
        last = self.last
        if not self.capacity or step == last:
            return []
        if step < last:
            raise ValueError(f"Step {step} comes before step {last}, which is already kept.")
        only_as_last = len(self._steps) > 1 and last % self._distance_at_last
        left = [self._steps.pop()] if only_as_last else []
        self._steps.append(step)
        while len(self._steps) > self.capacity:
            self.coarseness += 1
            steps = np.array(self._steps)
            keep = steps % distances(steps, self.coarseness) == 0
            keep[[0, -1]] = True
            self._steps = steps[keep].tolist()
            left += steps[~keep].tolist()
        self._array = None
        self._distance_at_last = distance = self._distance(step)
        self._next = (step // distance + 1) * distance  # distances only grow, so there is none before
        return left

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
        if not self.fits or step < self._kept.last:
            return
        self._states[step] = state
        for left in self._kept.add(step):
            del self._states[left]

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
