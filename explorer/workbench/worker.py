"""What the training thread does: with each command, and between two of them one step after the other."""

from __future__ import annotations

import contextlib
import time
import traceback
from pathlib import Path

import numpy as np

from cnncore import CnnError, NonFiniteLossError, StepDone, evaluate, save_checkpoint

from .goal import Goal, Way
from .live_run import LiveRun
from .messages import (
    CheckpointTaken,
    Event,
    Failed,
    Finished,
    KeptBest,
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
from .outbox import Outbox
from .timeline import MomentSteps, capacity_for, on_the_way_for

# Seconds between two copies of the parameters. Drawing them 12 times a second looks live and leaves the
# training its speed; 20 a second cost it a quarter on two cores.
SNAPSHOT_INTERVAL = 1 / 12
CHECKPOINT_INTERVAL = 5.0  # seconds of training that a crash can cost at most, beside what a disk takes


class Worker:
    """The run, and where it is told to go. Only the training thread calls the methods."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._run: LiveRun | None = None
        self._run_id = 0
        self._way: Way | None = None
        self._order = 0
        self._ended = True
        self._published = 0.0
        self._checkpointed = 0.0
        self._moved = False  # since the last checkpoint
        self._moments = MomentSteps(0)
        self._pace: float | None = None
        self._due = 0.0

    @property
    def seconds_to_wait(self) -> float | None:
        """How long to wait for a command before the next step is due; None while the run rests."""
        return None if self._way is None else max(0.0, self._due - time.perf_counter())

    def guarded(self, action, *arguments) -> None:
        """Call `action`; whatever it raises ends the run as failed, never the thread."""
        try:
            action(*arguments)
        except NonFiniteLossError as error:
            self._fail(
                f"Training stopped at step {error.step:,}: the loss is no longer a number.",
                "The steps became so large that the numbers overflowed. The parameters from before that step "
                "are kept for you to look at. Choose a learning rate ten times smaller and press Reset.",
                overflowed=True,
            )
        except Exception as error:
            self._fail(f"Training stopped: {error}", traceback.format_exc())

    # Commands

    def begin(self, plan: RunPlan) -> None:
        """Stop the present run and make another one ready."""
        self.stop()
        self._run_id = plan.run_id
        self._run = None
        self._run = LiveRun(plan)
        self._ended = self._run.ended
        self._moved = False
        self._checkpointed = time.perf_counter()
        size = self._run.network.state_vector.nbytes
        self._moments = MomentSteps(capacity_for(size))
        self._outbox.expect_moments(on_the_way_for(size))
        self._publish()
        self._post(Ready(evaluate(self._run.network, plan.validation_set)))

    def extend(self, epochs: int) -> None:
        """Make more epochs ready for the run, which has ended."""
        if self._run is not None:
            self._run.extend(epochs)
            self._ended = False

    def go(self, goal: Goal, order: int) -> None:
        """Begin to go to `goal`."""
        self._order = order
        if self._run is None:
            self._fail("There is no network to train.", "Choose another model or press Reset.")
        elif not self._ended:
            self._way = Way(goal)
            self._due = 0.0

    def set_pace(self, steps_per_second: float | None) -> None:
        """Take at most so many steps a second, the next one at once."""
        self._pace = steps_per_second
        self._due = 0.0

    def keep_best(self, run_id: int) -> None:
        """End the run, if it is still this one, with the parameters of its best epoch."""
        run = self._run
        if run is None or run_id != self._run_id:
            return
        best = run.steps.best
        if best is None:
            self._post(KeptBest(None))
            return
        run.steps.close()
        run.network.load_state_dict(best.parameters)
        self._post(KeptBest(best, evaluate(run.network, run.plan.validation_set)))
        self._measure(again=True)
        self._moved = True
        if self._ended:
            self._publish()
            self._take_checkpoint()
        else:
            self._end(Finished())

    def set_learning_rate(self, value: float) -> None:
        """Use another base learning rate."""
        if self._run is not None:
            self._run.optimizer.lr = value
            self._moved = True
            self._post(RateChanged(self._run.step))

    def set_parameters(self, run_id: int, parameters: np.ndarray) -> None:
        """Go on from other parameters, if it is still this run."""
        if self._run is not None and run_id == self._run_id:
            self._run.network.set_parameter_vector(parameters)
            self._moved = True
            self._publish()
            self._measure(again=True)
            self._take_checkpoint()
        self._post(ParametersSet())

    def preview(self, run_id: int, request: int) -> None:
        """Work out the next step, if the run is at rest."""
        found = None
        if self._run is not None and run_id == self._run_id and self._way is None:
            with contextlib.suppress(NonFiniteLossError):  # then there is no such step
                found = self._run.preview(run_id, self._ended)
        self._post(Previewed(request, found))

    def pause(self) -> None:
        """Rest here."""
        if self._way is not None:
            self._way = None
            self._publish()
            self._measure()
            self._take_checkpoint()
            self._post(Paused(self._order))

    def stop(self) -> None:
        """End the run: another one or the end of the program follows."""
        if self._run is not None and not self._ended:
            self._run.steps.close()
            self._end(Stopped())

    def save(self, path: Path) -> None:
        """Write a checkpoint file."""
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

    # Steps

    def advance(self) -> None:
        """Pull one event. The last step of an epoch brings its evaluation along: they are seen together."""
        began = time.perf_counter()
        event = next(self._run.steps, None)
        if event is None:
            self._measure()
            self._end(Finished())
            return
        self._moved = True
        self._post(event)
        if self._pace is not None and isinstance(event, StepDone) and event.batch < event.batches:
            self._due = began + 1 / self._pace
        if self._way.is_reached(event) and not self._run.steps.has_ended:
            self.pause()
            return
        now = time.perf_counter()
        self._publish(
            show=not self._outbox.holds_snapshot and now - self._published >= SNAPSHOT_INTERVAL, keep=False
        )
        if now - self._checkpointed >= CHECKPOINT_INTERVAL:
            self._take_checkpoint()
        if self._run.probe.is_due:
            self._measure()

    def _post(self, event: Event) -> None:
        self._outbox.post(self._run_id, event)

    def _publish(self, show: bool = True, keep: bool = True) -> None:
        """Copy the parameters to be shown, or kept as a moment: where the run rests, or where one is due."""
        if self._run is None:
            return
        step = self._run.step
        due = self._moments.takes(step)
        if not (show or keep or due):
            return
        state = self._run.network.state_vector.copy()
        state.flags.writeable = False
        snapshot = Snapshot(self._run_id, step, state)
        if due:
            self._moments.add(step)
        if due or keep:
            self._outbox.keep(snapshot)
        if show:
            self._outbox.show(snapshot)
            self._published = time.perf_counter()

    def _measure(self, again: bool = False) -> None:
        found = self._run.probe.measure(self._run.step, again)
        if found is not None:
            self._post(found)

    def _take_checkpoint(self) -> None:
        if self._run is not None and self._moved:
            self._post(CheckpointTaken(self._run_id, self._run.checkpoint(self._ended)))
            self._moved = False
            self._checkpointed = time.perf_counter()

    def _end(self, event: Event) -> None:
        self._way = None
        finished = isinstance(event, Finished)
        self._moved |= finished
        # A run that is stopped for another one could go on: only one that has made its epochs has ended.
        self._ended = finished
        self._publish()
        if not isinstance(event, Failed):
            self._take_checkpoint()
        self._ended = True
        self._post(event)

    def _fail(self, title: str, detail: str, overflowed: bool = False) -> None:
        self._end(Failed(title, detail, overflowed))
