"""The training thread: it owns the live network and pulls the run's generator.

Commands come in through a mailbox that is looked at between two steps. Every event goes out, none is dropped;
parameters go out as copies, the latest only. Nothing mutable is shared, so a busy screen can neither slow nor
reorder a run. The thread knows nothing of Qt.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
import traceback
from collections import deque
from pathlib import Path

import numpy as np

from cnncore import CnnError, NonFiniteLossError, StepDone, evaluate, save_checkpoint

from .live_run import LiveRun
from .messages import (
    Event,
    Failed,
    Finished,
    ParametersSet,
    Paused,
    Previewed,
    RateChanged,
    Ready,
    RunPlan,
    Saved,
    Snapshot,
    Stopped,
)

# Seconds between two copies of the parameters. Drawing them 12 times a second looks live and leaves the
# training its speed; 20 a second cost it a quarter on two cores.
SNAPSHOT_INTERVAL = 1 / 12


class Trainer:
    """The thread and its mailbox. The methods may be called from any other thread; each returns at once.

    `drain` and `take_snapshot` hand over what has happened since the last call.
    """

    def __init__(self) -> None:
        self._thread = threading.Thread(target=self._work, name="training", daemon=True)
        self._mailbox: queue.SimpleQueue = queue.SimpleQueue()
        self._events: queue.SimpleQueue[tuple[int, Event]] = queue.SimpleQueue()
        self._snapshots: deque[Snapshot] = deque(maxlen=1)
        self._run: LiveRun | None = None
        self._run_id = 0
        self._goal: str | None = None
        self._order = 0
        self._ended = True
        self._published = 0.0
        self._thread.start()

    # Called by others

    def begin(self, plan: RunPlan) -> None:
        """Stop the present run and make the one that `plan` describes ready to go."""
        self._mailbox.put((self._begin, (plan,)))

    def extend(self, run_id: int, epochs: int) -> None:
        """Make `epochs` epochs more ready for the present network, whose run has ended, as run `run_id`."""
        self._mailbox.put((self._extend, (run_id, epochs)))

    def go(self, goal: str, order: int) -> None:
        """Run until `goal`: "batch", "epoch" or "end". `order` comes back with `Paused`."""
        self._mailbox.put((self._set_goal, (goal, order)))

    def pause(self) -> None:
        """Wait after the present step."""
        self._mailbox.put((self._pause, ()))

    def set_learning_rate(self, value: float) -> None:
        """Use `value` from the next step on."""
        self._mailbox.put((self._set_learning_rate, (value,)))

    def set_parameters(self, run_id: int, parameters: np.ndarray) -> None:
        """Go on from these parameters, if it is still this run; `ParametersSet` tells of it."""
        self._mailbox.put((self._set_parameters, (run_id, parameters)))

    def preview(self, run_id: int, request: int) -> None:
        """Work out the next step without taking it; `Previewed` brings it, with the number of the request."""
        self._mailbox.put((self._preview, (run_id, request)))

    def save(self, path: Path) -> None:
        """Write a checkpoint of the network and optimizer as they are between two steps."""
        self._mailbox.put((self._save, (path,)))

    def close(self, seconds: float) -> bool:
        """End the thread after the present step; return whether it ended within `seconds`."""
        self._mailbox.put(None)
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def drain(self) -> list[tuple[int, Event]]:
        """Return the events since the last call, each with the id of its run."""
        events = []
        while True:
            try:
                events.append(self._events.get_nowait())
            except queue.Empty:
                return events

    def next_event(self, timeout: float) -> tuple[int, Event]:
        """Wait for one event, at most `timeout` seconds; for use without a screen. Raises queue.Empty."""
        return self._events.get(timeout=timeout)

    def take_snapshot(self) -> Snapshot | None:
        """Return the latest parameters, or None when there are no newer ones."""
        try:
            return self._snapshots.popleft()
        except IndexError:
            return None

    # On the thread itself

    def _work(self) -> None:
        """Carry out commands, and steps between them, until told to close."""
        while True:
            try:
                command = self._mailbox.get(block=self._goal is None)
            except queue.Empty:
                self._guarded(self._advance)
                continue
            if command is None:
                break
            action, arguments = command
            self._guarded(action, *arguments)
        self._stop()

    def _guarded(self, action, *arguments) -> None:
        """Call `action`; whatever it raises ends the run as failed, never the thread."""
        try:
            action(*arguments)
        except NonFiniteLossError as error:
            self._fail(
                f"Training stopped at step {error.step:,}: the loss is no longer a number.",
                "The steps became so large that the numbers overflowed. The parameters from before that step "
                "are kept for you to look at. Choose a learning rate ten times smaller and press Reset.",
            )
        except Exception as error:
            self._fail(f"Training stopped: {error}", traceback.format_exc())

    def _post(self, event: Event) -> None:
        self._events.put((self._run_id, event))

    def _publish(self) -> None:
        if self._run is not None:
            state = self._run.network.state_vector.copy()
            state.flags.writeable = False
            self._snapshots.append(Snapshot(self._run_id, self._run.step, state))
            self._published = time.perf_counter()

    def _begin(self, plan: RunPlan) -> None:
        self._stop()
        self._run_id = plan.run_id
        self._run = None
        self._run = LiveRun(plan)
        self._ended = False
        self._publish()
        self._post(Ready(evaluate(self._run.network, plan.validation_set)))

    def _extend(self, run_id: int, epochs: int) -> None:
        self._run_id = run_id
        if self._run is not None:
            self._run.begin(epochs)
            self._ended = False

    def _set_goal(self, goal: str, order: int) -> None:
        self._order = order
        if self._run is None:
            self._fail("There is no network to train.", "Choose another model or press Reset.")
        elif not self._ended:
            self._goal = goal

    def _set_learning_rate(self, value: float) -> None:
        if self._run is not None:
            self._run.optimizer.lr = value
            self._post(RateChanged(self._run.step))

    def _set_parameters(self, run_id: int, parameters: np.ndarray) -> None:
        if self._run is not None and run_id == self._run_id:
            self._run.network.set_parameter_vector(parameters)
            self._publish()
        self._post(ParametersSet())

    def _preview(self, run_id: int, request: int) -> None:
        found = None
        if self._run is not None and run_id == self._run_id and self._goal is None:
            with contextlib.suppress(NonFiniteLossError):  # then there is no such step
                found = self._run.preview(run_id)
        self._post(Previewed(request, found))

    def _pause(self) -> None:
        if self._goal is not None:
            self._goal = None
            self._publish()
            self._post(Paused(self._order))

    def _advance(self) -> None:
        """Pull one event. The last step of an epoch brings its evaluation along: they are seen together."""
        run = self._run
        event = next(run.steps, None)
        if event is None:
            self._end(Finished())
            return
        self._post(event)
        if isinstance(event, StepDone):
            run.step = event.step
            reached = self._goal == "batch" and event.batch < event.batches
        else:
            run.epoch = event.epoch
            reached = self._goal != "end" and event.epoch < run.last_epoch
        if reached:
            self._pause()
        elif not self._snapshots and time.perf_counter() - self._published >= SNAPSHOT_INTERVAL:
            self._publish()

    def _end(self, event: Event) -> None:
        self._goal = None
        self._ended = True
        self._publish()
        self._post(event)

    def _fail(self, title: str, detail: str) -> None:
        self._end(Failed(title, detail))

    def _stop(self) -> None:
        if self._run is not None and not self._ended:
            self._run.steps.close()
            self._end(Stopped())

    def _save(self, path: Path) -> None:
        if self._run is None:
            self._post(Saved(path, "There is no network to save."))
            return
        try:
            save_checkpoint(
                path,
                spec=self._run.plan.spec,
                network=self._run.network,
                optimizer=self._run.optimizer,
                meta={"step": self._run.step, "epoch": self._run.epoch},
            )
        except (OSError, CnnError) as error:
            self._post(Saved(path, str(error)))
        else:
            self._post(Saved(path))
