"""The part of the workbench that commands the run, and looks back at its moments."""

from __future__ import annotations

import numpy as np

from cnncore import ArgumentError, ShapeError

from .goal import END, NEXT_BATCH, NEXT_EPOCH, Goal, check_goal
from .state import RunState
from .timeline import Timeline

PACE_RANGE = (0.1, 100.0)  # steps a second in slow motion


class RunActions:
    """Methods of `Workbench`. Each returns at once; signals tell what came of it."""

    pace: float | None = None

    def start(self) -> None:
        """Train to the end of the planned epochs; a finished run gets as many again."""
        self._run.go(END)

    def pause(self) -> None:
        """Wait after the present step."""
        self._run.pause()

    def toggle(self) -> None:
        """Pause when running, else start."""
        self.pause() if self._run.is_going else self.start()

    def step_batch(self) -> None:
        """Train on one batch; nothing happens while the run is going."""
        self._run.go(NEXT_BATCH)

    def step_epoch(self) -> None:
        """Train to the end of the epoch; nothing happens while the run is going."""
        self._run.go(NEXT_EPOCH)

    def run_until(self, goal: Goal) -> None:
        """Run until `goal`, also when the run is going to another one. Raises ArgumentError."""
        if self.state is not RunState.FAILED:  # of which `go` says what there is to say
            more = self._run.hyperparameters.epochs if self.state is RunState.FINISHED else 0
            check_goal(goal, self.progress, more, self.evaluation)
        self._run.go(goal)

    @property
    def goal(self) -> Goal:
        """Until when the run goes, or went."""
        return self._run.goal

    def set_pace(self, steps_per_second: float | None) -> None:
        """Slow motion: take at most so many steps a second, None for full speed. Raises ArgumentError."""
        if steps_per_second is not None:
            low, high = PACE_RANGE
            if not low <= steps_per_second <= high:
                raise ArgumentError(f"Slow motion takes from {low:g} to {high:g} steps a second.")
        if steps_per_second != self.pace:
            self.pace = steps_per_second
            self._run.set_pace(steps_per_second)
            self.pace_changed.emit()

    def keep_best(self) -> None:
        """End the run with the parameters of its best epoch; `succeeded` tells which, `failed` why not."""
        self._run.show_moment(None)
        self._run.keep_best()

    def request_preview(self) -> None:
        """Have the next step worked out, in the background; nothing happens unless the run is at rest."""
        self._run.request_preview()

    def apply_parameters(self, parameters: np.ndarray) -> None:
        """Let the run go on from these parameters, laid out as the network's.

        Only while the run is at rest; the optimizer keeps what it has gathered. Raises ArgumentError and
        ShapeError.
        """
        if self.state is RunState.RUNNING:
            raise ArgumentError("Training is going on. Pause it first.")
        if self.shown_moment is not None:
            raise ArgumentError(
                f"A past moment is shown, that of step {self.shown_moment:,}. Go back to now first."
            )
        if parameters.shape != self.network.parameter_vector.shape:
            raise ShapeError(
                f"The network has {self.network.parameter_count} parameters, not {parameters.shape}."
            )
        self._run.set_parameters(parameters)

    # Moments

    @property
    def timeline(self) -> Timeline:
        """The moments of the run that are kept, to be read only."""
        return self._run.display.timeline

    @property
    def shown_moment(self) -> int | None:
        """The step of the past moment that all pages show; None while they follow the run."""
        return self._run.display.shown

    def show_moment(self, step: int | None) -> None:
        """Show the kept moment that is nearest to `step` on all pages, or now again. Training goes on.

        Raises LookupError when no moment is kept.
        """
        self._run.show_moment(step)
