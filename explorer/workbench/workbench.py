"""The observable state of the program; widgets read it and ask it, and never talk to one another."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal
from threadpoolctl import threadpool_limits

from cnncore import (
    MODELS,
    Checkpoint,
    CheckpointError,
    Evaluation,
    ModelSpec,
    Sequential,
    Trace,
    load_mnist_5k,
    trace,
)

from .building.keeping import state_with_kept
from .file_actions import BUILT_IN, FileActions
from .fit import check_fit, check_same_model
from .health.advisor import Advisor
from .health.record import HealthRecord
from .history import History
from .jobs import Jobs
from .overlay import OverlayRun
from .own_networks import with_own
from .pending import PendingSettings
from .preview import StepPreview
from .run import Run
from .run_actions import RunActions
from .runs import Runs
from .sample_actions import SampleActions
from .samples import SampleFilter
from .state import Focus, Hover, Hyperparameters, Progress, RunState, Sample, check_learning_rate

CLOSE_SECONDS = 2.0
NUMBERS_SECONDS = 0.1


class Workbench(FileActions, RunActions, SampleActions, QObject):
    """Model, data, hyperparameters, run, sample and focus, each with a signal that tells of a real change.

    The constructor loads the built-in data, builds the network and starts the training thread, which waits.
    Whoever makes a workbench calls `close` in the end.

    Parameters
    ----------
    spec : ModelSpec, optional
        The network to begin with, one for the built-in data; the reference network by default.
    hyperparameters : Hyperparameters, optional
        What to train it with.
    runs_folder : Path, optional
        Where runs are kept; without it they are kept until the workbench is closed.
    """

    spec_changed = Signal()
    own_models_changed = Signal()
    dataset_changed = Signal()
    hyperparameters_changed = Signal()
    state_changed = Signal()
    history_changed = Signal()
    overlays_changed = Signal()
    evaluation_changed = Signal()
    sample_changed = Signal()
    filter_changed = Signal()
    trace_changed = Signal()
    numbers_changed = Signal()
    focus_changed = Signal()
    hover_changed = Signal()
    progress_changed = Signal()
    preview_changed = Signal()
    checkpoint_taken = Signal(object)
    timeline_changed = Signal()
    moment_changed = Signal()
    pace_changed = Signal()
    health_changed = Signal()
    hint_changed = Signal()
    reading_changed = Signal()
    failed = Signal(str, str)
    succeeded = Signal(str)

    def __init__(
        self,
        spec: ModelSpec | None = None,
        hyperparameters: Hyperparameters | None = None,
        parent: QObject | None = None,
        runs_folder: Path | None = None,
    ) -> None:
        super().__init__(parent)
        # With a window repainting beside it, training is faster and the window smoother on one BLAS thread.
        self.threads = 1
        self._blas_limit = threadpool_limits(self.threads, user_api="blas")
        self.dataset_name = BUILT_IN
        self._built_in = load_mnist_5k()
        self.train_set, self.validation_set = self._built_in
        self.spec = spec or MODELS["reference"]()
        self.own_models: tuple[ModelSpec, ...] = ()
        self.hyperparameters = hyperparameters or Hyperparameters()
        self.focus = Focus()
        self.hover: Hover | None = None
        self.overlays: tuple[OverlayRun, ...] = ()
        self.hint = ""
        self.reading: str | None = None
        self._trace: Trace | None = None
        self._numbers: Trace | None = None
        self._numbers_at = -math.inf
        self._filter = SampleFilter()
        self._filter_matches = True
        self._sample_rng = np.random.default_rng()
        self._jobs = Jobs(self)
        self._run = Run(self)
        self._connect_run()
        self._use_dataset(self.dataset_name, self.train_set, self.validation_set)
        self.pending = PendingSettings(self)
        self.runs = Runs(self, runs_folder)
        self.advisor = Advisor(self)

    def _connect_run(self) -> None:
        run = self._run
        own = ("state_changed", "history_changed", "progress_changed", "preview_changed")
        more = ("checkpoint_taken", "timeline_changed", "moment_changed")
        for name in (*own, *more, "failed", "succeeded"):
            getattr(run, name).connect(getattr(self, name))
        run.parameters_changed.connect(self._forget_trace)
        run.moment_changed.connect(self._renew_numbers)
        run.evaluation_changed.connect(self._on_evaluation)
        run.health.changed.connect(self.health_changed)

    # What can be read

    @property
    def state(self) -> RunState:
        """Where the run stands."""
        return self._run.state

    @property
    def history(self) -> History:
        """The record of the run."""
        return self._run.history

    @property
    def run_id(self) -> int:
        """Which run it is, as `CheckpointTaken` names it: another number for every new run."""
        return self._run.run_id

    @property
    def health(self) -> HealthRecord:
        """How the layers have been in this run."""
        return self._run.health.record

    @property
    def evaluation(self) -> Evaluation | None:
        """The latest evaluation of the validation set."""
        return self._run.evaluation

    @property
    def progress(self) -> Progress:
        """How far the run is."""
        return self._run.progress

    @property
    def preview(self) -> StepPreview | None:
        """What the next step will do, once `request_preview` was asked; None when the run has moved on."""
        return self._run.preview

    @property
    def network(self) -> Sequential:
        """The network with the latest parameters from the training thread; a copy, to be read only."""
        return self._run.display.network

    @property
    def snapshot_step(self) -> int:
        """After how many steps the parameters of `network` were copied."""
        return self._run.display.step

    @property
    def trace(self) -> Trace:
        """The sample's way forward through `network`, and its loss where the label is known."""
        if self._trace is None:
            self._trace = trace(self.network, self.sample.image, self.sample.label, backward=False)
        return self._trace

    @property
    def numbers(self) -> Trace:
        """The trace whose numbers are to be written: the same for everybody, and long enough to be read."""
        if self._numbers is None:
            self._numbers = self.trace
        return self._numbers

    # The run

    def reset(self) -> None:
        """Begin again with the same seed: the same curve, exactly."""
        self._begin_run()

    def set_learning_rate(self, value: float) -> None:
        """Use `value` from the next batch on. Raises ArgumentError."""
        value = check_learning_rate(value)
        if value != self.hyperparameters.learning_rate:
            self.hyperparameters = replace(self.hyperparameters, learning_rate=value)
            self._run.set_learning_rate(value)
            self.hyperparameters_changed.emit()

    def set_hyperparameters(self, hyperparameters: Hyperparameters) -> None:
        """Use these. All but the learning rate belong to the whole run, so the run begins again."""
        rate = hyperparameters.learning_rate
        if replace(self.hyperparameters, learning_rate=rate) == hyperparameters:
            self.set_learning_rate(rate)
        else:
            self.hyperparameters = hyperparameters
            self._begin_run(self.hyperparameters_changed)

    def set_spec(self, spec: ModelSpec, keep_weights: bool = False) -> None:
        """Train this network from the beginning. Raises ShapeError when it does not take the images.

        With `keep_weights`, layers that the present network has as well begin with its weights, and with what
        they have measured.
        """
        if spec != self.spec:
            check_fit(spec, self.train_set)
            checkpoint = self._checkpoint_for(spec) if keep_weights else None
            self.spec = spec
            self.focus = Focus()
            self._begin_run(self.spec_changed, self.focus_changed, checkpoint=checkpoint)

    def keep_own_models(self, *specs: ModelSpec) -> None:
        """Remember networks that a person built, to choose them again."""
        known = self.own_models
        for spec in specs:
            known = with_own(known, spec)
        if known != self.own_models:
            self.own_models = known
            self.own_models_changed.emit()

    def _checkpoint_for(self, spec: ModelSpec) -> Checkpoint:
        self.show_moment(None)  # the weights of now are kept
        fresh = spec.build(self.hyperparameters.rng("initialisation"))
        state = state_with_kept(self.spec, spec, self.network, fresh)
        return Checkpoint(spec, state, "", {}, {})

    def resume(
        self, spec: ModelSpec, hyperparameters: Hyperparameters, checkpoint: Checkpoint, history: History
    ) -> None:
        """Go on with the run of a checkpoint that has `training`, as if it had never stopped.

        The data must be those of that run; `history` is its record up to the checkpoint's step. The learning
        rate is the checkpoint's.

        Raises
        ------
        CheckpointError, ShapeError, DataError, ArgumentError
            When the run cannot go on from there exactly. Nothing has changed then.
        """
        if checkpoint.training is None:
            raise CheckpointError("The checkpoint does not tell where its run stands.")
        check_fit(spec, self.train_set)
        check_same_model(spec, checkpoint.spec)
        self._run.prepare(
            spec, hyperparameters, self.train_set, self.validation_set, checkpoint=checkpoint, history=history
        )
        self.spec, self.hyperparameters, self.focus = spec, self._run.hyperparameters, Focus()
        self._tell_of_run(self.spec_changed, self.focus_changed, self.hyperparameters_changed)

    def begin(
        self, spec: ModelSpec, hyperparameters: Hyperparameters, checkpoint: Checkpoint | None = None
    ) -> None:
        """Make a run of this network with these settings ready, from a checkpoint's parameters if given.

        Raises
        ------
        ShapeError, DataError
            When the network does not take the images. Nothing has changed then.
        """
        check_fit(spec, self.train_set)
        self.spec, self.hyperparameters, self.focus = spec, hyperparameters, Focus()
        self._begin_run(
            self.spec_changed, self.focus_changed, self.hyperparameters_changed, checkpoint=checkpoint
        )

    def _begin_run(self, *announcements, checkpoint: Checkpoint | None = None) -> None:
        """Make a new run ready; signals follow when everything is consistent again."""
        self._run.prepare(
            self.spec, self.hyperparameters, self.train_set, self.validation_set, checkpoint=checkpoint
        )
        self._tell_of_run(*announcements)

    def _tell_of_run(self, *announcements) -> None:
        self._trace = self._numbers = None
        self.keep_own_models(self.spec)
        for signal in announcements:
            signal.emit()
        self._run.announce()

    # The sample, the focus, the cursor

    def _set_sample(self, sample: Sample) -> None:
        self.sample = sample
        self._trace = self._numbers = None
        self._numbers_at = -math.inf
        self.sample_changed.emit()
        self._announce_trace()

    def set_focus(self, focus: Focus) -> None:
        """Look at this place."""
        if focus != self.focus:
            self.focus = focus
            self.focus_changed.emit()

    def set_hover(self, hover: Hover | None) -> None:
        """Tell what is under the cursor."""
        if hover != self.hover:
            self.hover = hover
            self.hover_changed.emit()

    def set_overlays(self, runs: Iterable[OverlayRun]) -> None:
        """Draw these runs over the present one in every chart."""
        runs = tuple(runs)
        if runs != self.overlays:
            self.overlays = runs
            self.overlays_changed.emit()

    def set_hint(self, hint: str) -> None:
        """Show a line of help for the present page."""
        if hint != self.hint:
            self.hint = hint
            self.hint_changed.emit()

    def _forget_trace(self) -> None:
        self._trace = None
        self._announce_trace()

    def _renew_numbers(self) -> None:
        """Another moment is looked at, perhaps for long: its numbers are written at once."""
        self._numbers_at = -math.inf

    def _announce_trace(self) -> None:
        """Tell of a new trace: pictures at once, numbers at most 10 times a second, to be readable."""
        self.trace_changed.emit()
        now = time.monotonic()
        if self.state is not RunState.RUNNING or now - self._numbers_at >= NUMBERS_SECONDS:
            self._numbers_at = now
            self._numbers = None
            self.numbers_changed.emit()

    def close(self) -> bool:
        """End the threads; return whether all ended within 2 s."""
        deadline = time.monotonic() + CLOSE_SECONDS
        self.pending.close()
        ended = self._run.close(CLOSE_SECONDS)
        for part in (self.runs, self._jobs):
            ended &= part.close(max(0.0, deadline - time.monotonic()))
        return ended
