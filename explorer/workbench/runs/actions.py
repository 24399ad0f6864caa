"""What can be done with a run that was made: go on with it, try it otherwise, take it elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from cnncore import Checkpoint, CheckpointError, CnnError

from ..history import History
from ..jobs import sentence_of
from .entry import Entry, Offer
from .export import export_folder, write_csv
from .record import FINISHED, STOPPED, RunRecord
from .recorder import mark_of
from .store import RunStore


class KeptRunActions:
    """Methods of `Runs`. Files are read and written off the screen's thread; the workbench tells of it."""

    def resume(self, key: str) -> None:
        """Make a run that of the workbench again; from where it was kept last it goes on bit for bit."""
        entry = self._entries[key]
        if key == self.current:
            return
        title = f"The run {entry.record.name} cannot be resumed."
        bench = self._bench
        if mark_of("", bench.train_set, bench.validation_set).check != entry.record.data.check:
            reason = f"It was trained on the data “{entry.record.data.name}”. Open these data first."
            bench.failed.emit(title, reason)
            return
        self.files.run(
            partial(_resume_point, record=entry.record),
            lambda found: self._attempt(title, self._go_on, entry, *found),
            lambda error: bench.failed.emit(title, sentence_of(error)),
        )

    def _go_on(self, entry: Entry, checkpoint: Checkpoint, history: History) -> None:
        self._recorder.expect(entry)
        try:
            self._bench.resume(entry.record.spec, entry.record.hyperparameters, checkpoint, history)
        except CnnError:
            self._recorder.expect(None)
            raise
        training = checkpoint.training
        entry.saved_step = training.step
        self.files.run(
            lambda store: store.cut(entry.key, training.step, training.epoch - 1), failed=self._on_failed
        )
        self._set_offer(None)
        self._bench.succeeded.emit(f"{entry.record.name} goes on from step {training.step:,}.")

    def duplicate(self, key: str) -> None:
        """Make a new run with a run's network and settings ready, to be changed before it is started."""
        record = self._entries[key].record
        self._begin(record, f"{record.name} cannot be tried again.")

    def open_best(self, key: str) -> None:
        """Make a new run ready that begins with the best parameters of another one."""
        record = self._entries[key].record
        title = f"The best parameters of {record.name} cannot be opened."

        def use(checkpoint: Checkpoint) -> None:
            if self._begin(record, title, replace(checkpoint, training=None)):
                self._bench.succeeded.emit(f"The network has the best parameters of {record.name}.")

        self.best_of(key, use, lambda error: self._bench.failed.emit(title, sentence_of(error)))

    def _begin(self, record: RunRecord, title: str, checkpoint: Checkpoint | None = None) -> bool:
        return self._attempt(title, self._bench.begin, record.spec, record.hyperparameters, checkpoint)

    def _attempt(self, title: str, action: Callable, *arguments: Any) -> bool:
        try:
            action(*arguments)
        except CnnError as error:
            self._bench.failed.emit(title, str(error))
            return False
        return True

    def best_of(
        self, key: str, done: Callable[[Checkpoint], None], failed: Callable[[Exception], None]
    ) -> None:
        """Read the best parameters of a run; where no epoch was done, the latest."""
        self._read(RunStore.load_best, key, done, failed)

    def latest_of(
        self, key: str, done: Callable[[Checkpoint], None], failed: Callable[[Exception], None]
    ) -> None:
        """Read the parameters of a run that were kept last."""
        self._read(RunStore.load_checkpoint, key, done, failed)

    def _read(
        self,
        load: Callable[[RunStore, str], Checkpoint],
        key: str,
        done: Callable[[Checkpoint], None],
        failed: Callable[[Exception], None],
    ) -> None:
        spec = self._entries[key].record.spec

        def read(store: RunStore) -> Checkpoint:
            checkpoint = load(store, key)
            if checkpoint.spec != spec:
                raise CheckpointError("The parameters belong to another network than the run.")
            return checkpoint

        self.files.run(read, done, failed)

    # The offer to resume

    def _offer(self, entry: Entry, found: tuple[int, bool]) -> None:
        step, ended = found
        if ended:
            entry.record = replace(entry.record, state=FINISHED)
            self._recorder.save_record(entry)
            self._tell()
        elif self.current is None and entry.key in self._entries and entry.results.saved is not None:
            self._set_offer(Offer(entry.key, entry.record.name, step, entry.results.saved))

    def _cannot_be_resumed(self, entry: Entry, error: Exception) -> None:
        self._stop(entry)
        self._bench.failed.emit(
            f"The run {entry.record.name} was cut off and cannot be resumed. Its curves are kept.",
            sentence_of(error),
        )

    def _set_offer(self, offer: Offer | None) -> None:
        if offer != self.offer:
            self.offer = offer
            self.offer_changed.emit()

    def accept_offer(self) -> None:
        """Resume the run that was cut off."""
        if self.offer is not None:
            self.resume(self.offer.key)

    def decline_offer(self) -> None:
        """Leave the run as it is; it can still be resumed from the list of runs."""
        if self.offer is not None:
            entry = self._entries.get(self.offer.key)
            if entry is not None:
                entry.record = replace(entry.record, state=STOPPED)
                self._recorder.save_record(entry)
            self._set_offer(None)
            self._tell()

    # Export

    def export_csv(self, keys: Iterable[str], path: Path) -> None:
        """Write the curves of some runs into one table."""
        wanted = [self._with_curves(key) for key in keys if key in self._entries]

        def job(store: RunStore) -> None:
            write_csv(path, [(record, history or store.load_history(record)) for record, history in wanted])

        runs = "1 run" if len(wanted) == 1 else f"{len(wanted)} runs"
        self._export(
            job, f"The curves of {runs} were saved as {path.name}.", f"{path.name} could not be written."
        )

    def export_folder(self, key: str, parent: Path) -> None:
        """Write all that is kept of a run into a new folder."""
        record, history = self._with_curves(key)

        def job(store: RunStore) -> str:
            return export_folder(store, record, history or store.load_history(record), parent).name

        title = f"The run {record.name} could not be exported."
        self._export(job, f"The run {record.name} was exported as the folder {{}}.", title)

    def _with_curves(self, key: str) -> tuple[RunRecord, History | None]:
        entry = self._entries[key]
        return entry.record, None if entry.history is None else entry.history.copy()

    def _export(self, job: Callable[[RunStore], Any], success: str, title: str) -> None:
        self.files.run(
            job,
            lambda result: self._bench.succeeded.emit(success.replace("{}", str(result))),
            lambda error: self._bench.failed.emit(title, sentence_of(error)),
        )


def _resume_point(store: RunStore, record: RunRecord) -> tuple[Checkpoint, History]:
    checkpoint = store.load_checkpoint(record.key)
    if checkpoint.training is None:
        raise CheckpointError("Its checkpoint does not tell where it stood.")
    return checkpoint, store.load_history(record, checkpoint.training.step, checkpoint.training.epoch - 1)
