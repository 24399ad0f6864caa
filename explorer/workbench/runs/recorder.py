"""Keeps the run of the workbench: its record from the first step on, its curves, its checkpoints."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject

from cnncore import Checkpoint, Dataset

from ..history import History
from ..messages import CheckpointTaken
from ..state import RunState
from .entry import Entry
from .files import RunFiles
from .record import FAILED, FINISHED, GOING, STOPPED, DataMark, Results, RunRecord
from .store import RunStore
from .stored import Progress

if TYPE_CHECKING:
    from ..workbench import Workbench

_LOOKED_AT = 256  # images; all the labels count as well
_STATES = {
    RunState.RUNNING: GOING,
    RunState.PAUSED: GOING,
    RunState.FINISHED: FINISHED,
    RunState.FAILED: FAILED,
}


def mark_of(name: str, *datasets: Dataset) -> DataMark:
    """Return what tells these data from others: made of all labels and the first images, in a millisecond."""
    check = 0
    for dataset in datasets:
        for part in (dataset.labels, dataset.images[:_LOOKED_AT]):
            check = zlib.crc32(np.ascontiguousarray(part).tobytes(), check)
    return DataMark(name[:500], check)


class Recorder(QObject):
    """Watches the workbench.

    Parameters
    ----------
    make : callable
        ``make()`` returns the record of a new run.
    listed, changed, counted : callable
        ``listed(entry)`` hears of a new run, ``changed()`` of another run or state, ``counted()`` of steps.
    """

    def __init__(
        self,
        workbench: Workbench,
        files: RunFiles,
        make: Callable[[], RunRecord],
        listed: Callable[[Entry], None],
        changed: Callable[[], None],
        counted: Callable[[], None],
    ) -> None:
        super().__init__(workbench)
        self._bench, self._files = workbench, files
        self._make, self._listed, self._changed, self._counted = make, listed, changed, counted
        self.entry: Entry | None = None
        self._next: Entry | None = None
        self._run_id = workbench.run_id
        self._replaced: dict[int, Entry] = {}
        self._in_trouble = False
        self._floor = 0  # steps of a run that was deleted
        workbench.history_changed.connect(self._on_history)
        workbench.state_changed.connect(self._on_state)
        workbench.checkpoint_taken.connect(self._on_checkpoint)

    def expect(self, entry: Entry | None) -> None:
        """The next run of the workbench is that of `entry`: it is resumed."""
        self._next = entry

    def forget(self) -> None:
        """The run of the workbench was deleted; if it goes on, it is a new one."""
        self.entry = None
        self._floor = len(self._bench.history)

    def _sync(self) -> None:
        """Notice that the workbench has begun another run."""
        if self._bench.run_id == self._run_id:
            return
        old, self.entry, self._next = self.entry, self._next, None
        if old is not None:
            self._replaced[self._run_id] = old
            if old.record.state == GOING and old is not self.entry:
                self._set_state(old, STOPPED)
            self._save(old)
        self._run_id, self._floor = self._bench.run_id, 0
        if self.entry is not None:
            self.entry.history = self._bench.history
        self._changed()

    def _on_history(self) -> None:
        self._sync()
        if self.entry is None:
            if len(self._bench.history) > self._floor:
                self._create()
        else:
            self._count(self.entry)
            self._counted()

    def _create(self) -> None:
        record = self._make()
        entry = self.entry = Entry(record, history=self._bench.history)
        self._count(entry)
        self._listed(entry)
        self._save(entry)
        self._changed()

    @staticmethod
    def _count(entry: Entry) -> None:
        history = entry.history
        if history is not None and len(history):
            steps, seconds = int(history.steps[-1]), float(history.elapsed[-1])
            entry.results = Results.of(steps, seconds, history.epochs, entry.results.saved)

    def _on_state(self) -> None:
        self._sync()
        state = _STATES.get(self._bench.state)
        if self.entry is not None and state is not None and state != self.entry.record.state:
            self._set_state(self.entry, state)
        self._changed()

    def _set_state(self, entry: Entry, state: str) -> None:
        entry.record = replace(entry.record, state=state)
        self.save_record(entry)

    def _on_checkpoint(self, event: CheckpointTaken) -> None:
        self._on_history()
        entry = self.entry if event.run_id == self._run_id else self._replaced.get(event.run_id)
        if entry is not None and not entry.deleted:
            self._count(entry)
            self._save(entry, event.checkpoint)
        self._replaced = {other: kept for other, kept in self._replaced.items() if other >= event.run_id}

    # Writing

    def save_record(self, entry: Entry) -> None:
        """Write what is known of a run, in the background."""
        self._files.run(
            lambda store, record=entry.record: store.save_record(record), self._went_well, self._failed
        )

    def _save(self, entry: Entry, checkpoint: Checkpoint | None = None) -> None:
        history = entry.history
        if history is None or entry.deleted or (checkpoint is None and not len(history)):
            return
        progress = Progress.since(history, entry.saved_step)
        job = partial(_keep, record=entry.record, progress=progress, checkpoint=checkpoint)
        self._files.run(job, partial(self._saved, entry, checkpoint is not None, history), self._failed)

    def _saved(self, entry: Entry, with_parameters: bool, history: History, step: int) -> None:
        self._went_well(None)
        if entry.history is history:
            entry.saved_step = max(entry.saved_step, step)
        if with_parameters:
            entry.results = replace(entry.results, saved=datetime.now(UTC))
            self._changed()

    def _went_well(self, result: object) -> None:
        self._in_trouble = False

    def _failed(self, error: Exception) -> None:
        """Say it once; each later attempt writes all that is missing."""
        if not self._in_trouble:
            self._in_trouble = True
            self._bench.failed.emit(
                "The run is not being kept. Training goes on.",
                f"{error} What is missing is written as soon as that is possible again.",
            )

    def finish(self) -> None:
        """Write what is left; the program ends."""
        if self.entry is not None:
            self._save(self.entry)


def _keep(store: RunStore, record: RunRecord, progress: Progress, checkpoint: Checkpoint | None) -> int:
    store.keep(record, progress, checkpoint)
    return int(progress.rows[-1, 0]) if len(progress.rows) else 0
