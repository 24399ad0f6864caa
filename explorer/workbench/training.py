"""The training thread: it owns the live network and pulls the run's generator.

Commands come in through a mailbox that is looked at between two steps. Every event goes out, none is dropped;
parameters go out as copies, the latest only. Nothing mutable is shared, so a busy screen can neither slow nor
reorder a run. The thread knows nothing of Qt.
"""

from __future__ import annotations

import queue
import threading
from pathlib import Path

import numpy as np

from .goal import Goal
from .messages import Event, RunPlan, Snapshot
from .outbox import Outbox
from .worker import Worker


class Trainer:
    """The thread and its mailbox. The methods may be called from any other thread; each returns at once.

    `drain`, `take_snapshot` and `take_moments` hand over what has happened since the last call.
    """

    def __init__(self) -> None:
        self._thread = threading.Thread(target=self._work, name="training", daemon=True)
        self._mailbox: queue.SimpleQueue = queue.SimpleQueue()
        self._outbox = Outbox()
        self._worker = Worker(self._outbox)
        self._thread.start()

    def begin(self, plan: RunPlan) -> None:
        """Stop the present run and make the one that `plan` describes ready to go."""
        self._mailbox.put((self._worker.begin, (plan,)))

    def extend(self, epochs: int) -> None:
        """Make `epochs` epochs more ready for the present run, which has ended."""
        self._mailbox.put((self._worker.extend, (epochs,)))

    def go(self, goal: Goal, order: int) -> None:
        """Run until `goal`. `order` comes back with `Paused`."""
        self._mailbox.put((self._worker.go, (goal, order)))

    def pause(self) -> None:
        """Wait after the present step."""
        self._mailbox.put((self._worker.pause, ()))

    def set_pace(self, steps_per_second: float | None) -> None:
        """Take at most so many steps a second, None for as many as can be."""
        self._mailbox.put((self._worker.set_pace, (steps_per_second,)))

    def keep_best(self, run_id: int) -> None:
        """End the run, if it is still this one, with its best epoch's parameters; `KeptBest` tells of it."""
        self._mailbox.put((self._worker.keep_best, (run_id,)))

    def set_learning_rate(self, value: float) -> None:
        """Use `value` from the next step on."""
        self._mailbox.put((self._worker.set_learning_rate, (value,)))

    def set_parameters(self, run_id: int, parameters: np.ndarray) -> None:
        """Go on from these parameters, if it is still this run; `ParametersSet` tells of it."""
        self._mailbox.put((self._worker.set_parameters, (run_id, parameters)))

    def preview(self, run_id: int, request: int) -> None:
        """Work out the next step without taking it; `Previewed` brings it, with the number of the request."""
        self._mailbox.put((self._worker.preview, (run_id, request)))

    def save(self, path: Path) -> None:
        """Write a checkpoint of the network and optimizer as they are between two steps."""
        self._mailbox.put((self._worker.save, (path,)))

    def close(self, seconds: float) -> bool:
        """End the thread after the present step; return whether it ended within `seconds`."""
        self._mailbox.put(None)
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def drain(self) -> list[tuple[int, Event]]:
        """Return the events since the last call, each with the id of its run."""
        return self._outbox.drain()

    def next_event(self, timeout: float) -> tuple[int, Event]:
        """Wait for one event, at most `timeout` seconds; for use without a screen. Raises queue.Empty."""
        return self._outbox.next_event(timeout)

    def take_snapshot(self) -> Snapshot | None:
        """Return the latest parameters, or None when there are no newer ones."""
        return self._outbox.take_snapshot()

    def take_moments(self) -> list[Snapshot]:
        """Return the parameters to be kept in the timeline since the last call."""
        return self._outbox.take_moments()

    def _work(self) -> None:
        """Carry out commands, and steps when they are due, until told to close."""
        worker = self._worker
        while True:
            wait = worker.seconds_to_wait
            try:
                command = self._mailbox.get(block=wait != 0, timeout=wait)
            except queue.Empty:
                worker.guarded(worker.advance)
                continue
            if command is None:
                break
            action, arguments = command
            worker.guarded(action, *arguments)
        worker.stop()
