"""The screen's side of a run: sends the commands, gathers what the training thread tells, at display rate."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from cnncore import Checkpoint, Dataset, EpochDone, Evaluation, ModelSpec, StepDone

from . import sentences
from .course import Course
from .display import Display
from .goal import END, NEXT_BATCH, NEXT_EPOCH, Goal
from .health.monitor import HealthMonitor
from .history import History
from .messages import (
    CheckpointTaken,
    Event,
    Failed,
    Finished,
    HealthMeasured,
    KeptBest,
    ParametersSet,
    Paused,
    Previewed,
    Ready,
    RunPlan,
    Saved,
)
from .preview import StepPreview
from .previews import Previews
from .records import Records
from .start import start_of
from .state import Hyperparameters, RunState
from .training import Trainer
from .worker import SNAPSHOT_INTERVAL

TICK_MS = round(1000 * SNAPSHOT_INTERVAL)  # curves and maps are brought up to date as often
PROGRESS_SECONDS = 0.1  # numbers change at most 10 times a second, so that they can be read


class Run(QObject):
    """One run after the other, on one training thread.

    Attributes
    ----------
    state, history, evaluation, progress
        Where the run stands, its record, the latest evaluation of the validation set, how far it is.
    display : Display
        The screen's copy of the network, which follows the run or shows a moment; another network is trained.
    goal : Goal
        Until when the run goes, or went.
    health : HealthMonitor
        How its layers are.
    hyperparameters : Hyperparameters
        What it began with, or went on with.
    run_id : int
        Which run it is. The same for a run that goes on after its end, another for every new one.

    `checkpoint_taken` brings a `CheckpointTaken` as often as the training thread takes one, when the run's
    history has grown to its step. That of a run which a new one has replaced may come later; the history that
    was the old run's has got its last steps by then, too.
    """

    state_changed = Signal()
    history_changed = Signal()
    evaluation_changed = Signal()
    parameters_changed = Signal()
    progress_changed = Signal()
    preview_changed = Signal()
    checkpoint_taken = Signal(object)
    timeline_changed = Signal()
    moment_changed = Signal()
    failed = Signal(str, str)
    succeeded = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = RunState.READY
        self._records = Records()
        self.evaluation: Evaluation | None = None
        self.goal = END
        self.run_id = 0
        self._order = 0
        self._pausing = self._keeping = False
        self._saves = 0
        self._previews = Previews(self)
        self._previews.changed.connect(self.preview_changed)
        self._sent = 0  # parameters that the training thread has not taken over yet
        self._shown_at = 0.0
        self.health = HealthMonitor(self)
        self._handlers = {
            Ready: self._on_ready,
            StepDone: self._on_step,
            EpochDone: self._on_epoch,
            HealthMeasured: self.health.add,
            Paused: self._on_paused,
            Finished: self._on_finished,
            KeptBest: self._on_kept_best,
            Failed: self._on_failed,
        }
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._trainer = Trainer()

    def prepare(
        self,
        spec: ModelSpec,
        hyperparameters: Hyperparameters,
        train_set: Dataset,
        validation_set: Dataset,
        checkpoint: Checkpoint | None = None,
        history: History | None = None,
    ) -> None:
        """End the present run and make a new one ready; `announce` tells of it when all is consistent.

        A `checkpoint` without `training` gives the run the parameters to begin with. With `training` the run
        is that of the checkpoint and goes on as if it had never stopped; `history` is its record so far,
        which ends at the same step.

        Raises
        ------
        CheckpointError, ArgumentError
            When the run cannot go on from there exactly. Nothing has changed then.
        """
        history = History() if history is None else history
        start = start_of(spec, hyperparameters, train_set, checkpoint, history)
        self.run_id += 1
        self._records.begin(self.run_id, history)
        self._course: Course = start.course
        self.display = Display(start.network, start.course.step)
        self.hyperparameters = hyperparameters = start.hyperparameters
        self.state = start.state
        self.evaluation = None
        self.goal = END
        self._awaits_ready = True
        self._stepping = self._pausing = self._keeping = self._wants_preview = False
        self.health.begin(spec)
        self._update_progress()
        self._trainer.begin(
            RunPlan(self.run_id, spec, hyperparameters, train_set, validation_set, checkpoint)
        )
        self._timer.start()
        self._previews.forget()

    @property
    def preview(self) -> StepPreview | None:
        """The next step, once it was asked for; None as soon as the run has moved on."""
        return self._previews.preview

    @property
    def history(self) -> History:
        """The record of the run."""
        return self._records.history

    def show_moment(self, step: int | None) -> None:
        """Show the kept moment that is nearest, or now again. Raises LookupError when none is kept."""
        if self.display.show(step):
            self.moment_changed.emit()
            self.parameters_changed.emit()

    def announce(self) -> None:
        """Tell that a new run has taken the place of the old one."""
        for signal in (
            self.state_changed,
            self.history_changed,
            self.evaluation_changed,
            self.moment_changed,
            self.timeline_changed,
            self.parameters_changed,
            self.progress_changed,
            self.health.changed,
        ):
            signal.emit()

    @property
    def is_going(self) -> bool:
        """Whether the run goes on until it is told to pause, as far as has been asked for."""
        return self.state is RunState.RUNNING and not self._pausing

    def go(self, goal: Goal) -> None:
        """Run until `goal`. A finished run gets as many epochs again."""
        if self._stepping and goal in (NEXT_BATCH, NEXT_EPOCH):
            return
        if self.is_going and (goal in (NEXT_BATCH, NEXT_EPOCH) or goal == self.goal):
            return
        if self.state is RunState.FAILED:
            self.failed.emit("This run cannot go on.", "Press Reset to begin again.")
            return
        if self.state is RunState.FINISHED:
            self._course.extend(self.hyperparameters.epochs)
            self._trainer.extend(self.hyperparameters.epochs)
        self.goal = goal
        self._stepping = goal == NEXT_BATCH
        self._pausing = self._keeping = False
        self._course.depart()
        self._order += 1
        self._trainer.go(goal, self._order)
        self._timer.start()
        if not self._stepping:
            self._set_state(RunState.RUNNING)
        self._previews.forget()

    def set_pace(self, steps_per_second: float | None) -> None:
        """Take at most so many steps a second."""
        self._course.depart()
        self._trainer.set_pace(steps_per_second)

    def keep_best(self) -> None:
        """End the run with the parameters of its best epoch; `succeeded` or `failed` tells of it."""
        self._keeping = True
        self._trainer.keep_best(self.run_id)
        self._timer.start()
        self._previews.forget()

    def pause(self) -> None:
        """Wait after the present step."""
        if self.is_going:
            self._pausing = True
            self._trainer.pause()

    def set_learning_rate(self, value: float) -> None:
        """Use `value`, which has been checked, from the next batch on."""
        self._trainer.set_learning_rate(value)
        self._previews.forget()

    def set_parameters(self, parameters: np.ndarray) -> None:
        """Go on from these parameters. The run must be at rest."""
        self._sent += 1
        self._trainer.set_parameters(self.run_id, parameters.copy())
        self._timer.start()
        self._previews.forget()

    def request_preview(self) -> None:
        """Have the next step worked out, as `preview`; nothing happens while the run goes.

        The parameters after a single step may be seen before the run is known to rest: then it is asked.
        """
        self._wants_preview = self._stepping
        if self.state is not RunState.RUNNING and not self._stepping:
            self._previews.request(lambda request: self._trainer.preview(self.run_id, request))
            self._timer.start()

    def save(self, path: Path) -> None:
        """Write a checkpoint; `succeeded` or `failed` tells of it."""
        self._saves += 1
        self._trainer.save(path)
        self._timer.start()

    def close(self, seconds: float) -> bool:
        """End the training thread and tell of its last checkpoint; return whether it took no longer."""
        self._timer.stop()
        ended = self._trainer.close(seconds)
        for run_id, event in self._trainer.drain():
            self._tell(run_id, event)
        return ended

    # What the thread tells

    def _tick(self) -> None:
        steps_before = len(self.history)
        epochs_before = len(self.history.epochs)
        for run_id, event in self._trainer.drain():
            self._tell(run_id, event)
            if isinstance(event, Saved):
                self._on_saved(event)
            elif isinstance(event, ParametersSet):
                self._sent -= 1
            elif isinstance(event, Previewed):
                self._previews.take(event)
            elif run_id == self.run_id:
                self._handlers.get(type(event), _ignore)(event)
        self._take_parameters()
        if (len(self.history), len(self.history.epochs)) != (steps_before, epochs_before):
            self.history_changed.emit()
            self._update_progress()
        self.health.tell(at_once=self.state is not RunState.RUNNING)
        waits = self._awaits_ready or self._stepping or self._keeping or self._previews.awaited
        if self.state is not RunState.RUNNING and not waits and not self._saves and not self._sent:
            self._timer.stop()

    def _tell(self, run_id: int, event: Event) -> None:
        """Tell of what also belongs to a run that another one has replaced in full flight."""
        self._records.add(run_id, event)
        if isinstance(event, CheckpointTaken):
            self.checkpoint_taken.emit(event)

    def _take_parameters(self) -> None:
        moments = [moment for moment in self._trainer.take_moments() if moment.run_id == self.run_id]
        for moment in moments:
            self.display.keep(moment)
        snapshot = self._trainer.take_snapshot()
        is_new = snapshot is not None and snapshot.run_id == self.run_id
        if is_new and self.display.take(snapshot):
            self.parameters_changed.emit()
        if moments:
            self.timeline_changed.emit()

    def _on_ready(self, event: Ready) -> None:
        self._awaits_ready = False
        self._set_evaluation(event.evaluation)
        self.history_changed.emit()

    def _on_step(self, event: StepDone) -> None:
        self._course.add(event)
        self.health.add(event)

    def _on_epoch(self, event: EpochDone) -> None:
        self._set_evaluation(event.evaluation)

    def _on_paused(self, event: Paused) -> None:
        # A newer order to go may be on its way to the thread: then the run is not at rest.
        if event.order == self._order:
            self._on_halt(RunState.PAUSED)

    def _on_halt(self, state: RunState) -> None:
        self._stepping = self._pausing = False
        self._set_state(state)
        self._update_progress()
        if self._wants_preview:
            self.request_preview()

    def _on_finished(self, event: Finished) -> None:
        early = self._course.arrive()
        self._on_halt(RunState.FINISHED)
        patience = self.hyperparameters.patience
        kept, self._keeping = self._keeping, False
        if kept:
            return  # what there is to say is said
        if early and patience:
            self.succeeded.emit(sentences.ended_early(self._course.epoch, patience))
        elif self.goal.accuracy is not None and not self._has_reached_accuracy:
            self.succeeded.emit(sentences.not_reached(self.goal.accuracy))

    @property
    def _has_reached_accuracy(self) -> bool:
        return self.evaluation is not None and self.evaluation.accuracy >= self.goal.accuracy

    def _on_kept_best(self, event: KeptBest) -> None:
        if event.best is None or self.state in (RunState.FINISHED, RunState.FAILED):
            self._keeping = False  # else `Finished` follows
        if event.best is None:
            self.failed.emit(*sentences.NO_BEST)
            return
        self._set_evaluation(event.evaluation)
        self.succeeded.emit(sentences.kept_best(event.best))

    def _on_failed(self, event: Failed) -> None:
        self._awaits_ready = False
        self.health.record.overflowed = event.overflowed
        self._on_halt(RunState.FAILED)
        self.failed.emit(event.title, event.detail)

    def _on_saved(self, event: Saved) -> None:
        self._saves -= 1
        if event.error is None:
            self.succeeded.emit(f"The checkpoint was saved as {event.path.name}.")
        else:
            self.failed.emit(f"The checkpoint could not be saved as {event.path.name}.", event.error)

    def _set_state(self, state: RunState) -> None:
        if state is not self.state:
            self.state = state
            self.state_changed.emit()

    def _set_evaluation(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation
        self.evaluation_changed.emit()

    def _update_progress(self) -> None:
        """Work out the progress; tell of it at once when nothing runs, else at most 10 times a second."""
        running = self.state is RunState.RUNNING
        self.progress = self._course.progress(running)
        now = time.perf_counter()
        if not running or now - self._shown_at >= PROGRESS_SECONDS:
            self._shown_at = now
            self.progress_changed.emit()


def _ignore(event: Event) -> None:
    """Do nothing more about an event that was told of."""
