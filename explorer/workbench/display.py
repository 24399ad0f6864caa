"""The screen's copy of the network: as it is now, or as it was at a moment that was kept."""

from __future__ import annotations

import numpy as np

from cnncore import Sequential

from .messages import Snapshot
from .timeline import Timeline


class Display:
    """A network for the screen, and the moments of its run.

    Attributes
    ----------
    network : Sequential
        Has the parameters after `step` steps.
    shown : int or None
        The step of the past moment that is shown; None while the network is as it is now.
    timeline : Timeline
        The moments.
    """

    def __init__(self, network: Sequential, step: int) -> None:
        self.network = network
        self.step = step
        self.shown: int | None = None
        self.timeline = Timeline(network.state_vector.nbytes)
        self._now: tuple[int, np.ndarray] = step, network.state_vector.copy()
        self.timeline.add(*self._now)

    def take(self, snapshot: Snapshot) -> bool:
        """Take newer parameters; return whether they are shown."""
        self._now = snapshot.step, snapshot.state
        if self.shown is None:
            self._put(*self._now)
        return self.shown is None

    def keep(self, moment: Snapshot) -> None:
        """Keep parameters as a moment."""
        self.timeline.add(moment.step, moment.state)

    def show(self, step: int | None) -> bool:
        """Show the kept moment nearest to `step`, or now; return whether it is another one than before.

        Raises LookupError when no moment is kept.
        """
        shown = None if step is None else self.timeline.nearest(step)
        if shown == self.shown:
            return False
        self.shown = shown
        self._put(*(self._now if shown is None else (shown, self.timeline.state_at(shown))))
        return True

    def _put(self, step: int, state: np.ndarray) -> None:
        self.step = step
        self.network.set_state_vector(state)
