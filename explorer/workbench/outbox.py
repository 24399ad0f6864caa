"""What the training thread has to tell, until the screen takes it."""

from __future__ import annotations

import queue
from collections import deque

from .messages import Event, Snapshot


class Outbox:
    """All events in order, and of the parameters the latest copy only. Filled by one thread, read by one."""

    def __init__(self) -> None:
        self._events: queue.SimpleQueue[tuple[int, Event]] = queue.SimpleQueue()
        self._snapshots: deque[Snapshot] = deque(maxlen=1)

    def post(self, run_id: int, event: Event) -> None:
        """Tell of an event of run `run_id`."""
        self._events.put((run_id, event))

    def show(self, snapshot: Snapshot) -> None:
        """Put newer parameters in the place of the older."""
        self._snapshots.append(snapshot)

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
