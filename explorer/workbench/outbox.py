"""What the training thread has to tell, until the screen takes it."""

from __future__ import annotations

import queue
from collections import deque

from .messages import Event, Snapshot


class Outbox:
    """Filled by one thread, emptied by another.

    All events are here in order; of the parameters the latest copy, and the copies to be kept as moments.
    """

    def __init__(self) -> None:
        self._events: queue.SimpleQueue[tuple[int, Event]] = queue.SimpleQueue()
        self._snapshots: deque[Snapshot] = deque(maxlen=1)
        self._moments: deque[Snapshot] = deque(maxlen=1)

    def post(self, run_id: int, event: Event) -> None:
        """Tell of an event of run `run_id`."""
        self._events.put((run_id, event))

    def show(self, snapshot: Snapshot) -> None:
        """Put newer parameters in the place of the older."""
        self._snapshots.append(snapshot)

    def expect_moments(self, most: int) -> None:
        """Let at most so many moments wait here; while the screen is too busy, the oldest are lost."""
        self._moments = deque(maxlen=most)

    def keep(self, moment: Snapshot) -> None:
        """Hand over parameters that are to be kept."""
        self._moments.append(moment)

    @property
    def holds_snapshot(self) -> bool:
        """Whether the parameters that were put here last are still to be taken."""
        return bool(self._snapshots)

    def drain(self) -> list[tuple[int, Event]]:
        """Return the events since the last call, each with the id of its run."""
        events = []
        while True:
            try:
                events.append(self._events.get_nowait())
            except queue.Empty:
                return events

    def next_event(self, timeout: float) -> tuple[int, Event]:
        """Wait for one event, at most `timeout` seconds. Raises queue.Empty."""
        return self._events.get(timeout=timeout)

    def take_snapshot(self) -> Snapshot | None:
        """Return the latest parameters, or None when there are no newer ones."""
        try:
            return self._snapshots.popleft()
        except IndexError:
            return None

    def take_moments(self) -> list[Snapshot]:
        """Return the parameters to be kept since the last call, in their order."""
        moments, waiting = [], self._moments
        while waiting:
            moments.append(waiting.popleft())
        return moments
