"""All runs: what the screen lists, what the person does with them, and which of them the charts show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from ..jobs import sentence_of
from ..state import RunState
from .actions import KeptRunActions
from .entry import Entry, Offer, Row
from .files import Opened, RunFiles
from .naming import automatic_name, free_colour
from .record import GOING, STOPPED, RunRecord, clean_name, new_key
from .recorder import Recorder, mark_of

if TYPE_CHECKING:
    from ..workbench import Workbench


class Runs(KeptRunActions, QObject):
    """The list of runs. Those of earlier starts come with `changed` once the folder is read.

    Parameters
    ----------
    folder : Path, optional
        Where runs are kept; without it they are kept until the program ends.
    """

    changed = Signal()
    """Runs have come or gone, or have another name, state or colour."""
    counted = Signal()
    """The run of the workbench has made steps."""
    offer_changed = Signal()

    def __init__(self, workbench: Workbench, folder: Path | None = None) -> None:
        super().__init__(workbench)
        self._bench = workbench
        self._entries: dict[str, Entry] = {}
        self._deleted: list[tuple[Entry, ...]] = []
        self.offer: Offer | None = None
        self.files = RunFiles(folder, self)
        self._recorder = Recorder(
            workbench, self.files, self._new_record, self._list, self._tell, self.counted.emit
        )
        if folder is not None:
            self.files.open(self._on_opened, self._on_failed)

    # What can be read

    @property
    def current(self) -> str | None:
        """The key of the run of the workbench; None before its first step."""
        entry = self._recorder.entry
        return None if entry is None else entry.key

    @property
    def rows(self) -> tuple[Row, ...]:
        """The runs as they are listed: that of the workbench, then the others, the newest first."""
        current = self.current
        entries = sorted(self._entries.values(), key=lambda entry: entry.record.created, reverse=True)
        entries.sort(key=lambda entry: entry.key != current)
        return tuple(self.row(entry.key) for entry in entries)

    def row(self, key: str) -> Row:
        """Return a run as it is listed. Raises KeyError."""
        entry, is_current = self._entries[key], key == self.current
        running = is_current and self._bench.state is RunState.RUNNING
        return Row(entry.record, entry.results, is_current, running)

    @property
    def deleted(self) -> tuple[str, ...]:
        """The names of the runs that `undo_delete` brings back."""
        return tuple(entry.record.name for entry in self._deleted[-1]) if self._deleted else ()

    def entry(self, key: str) -> Entry:
        """Return what is known of a run. Raises KeyError."""
        return self._entries[key]

    # What the person changes

    def rename(self, key: str, name: str) -> None:
        """Give a run another name; one that is empty changes nothing."""
        name = clean_name(name)
        if name:
            self._edit(key, name=name)

    def set_notes(self, key: str, notes: str) -> None:
        """Write down something about a run. Raises RunError when it is too long."""
        self._edit(key, notes=notes)

    def set_colour(self, key: str, colour: str) -> None:
        """Draw a run in one of `COLOURS`. Raises RunError."""
        self._edit(key, colour=colour)

    def set_visible(self, key: str, visible: bool) -> None:
        """Show or hide a run in the charts; that of the workbench is always shown."""
        if key != self.current:
            self._edit(key, visible=visible)

    def _edit(self, key: str, **changes: Any) -> None:
        entry = self._entries[key]
        record = replace(entry.record, **changes)
        if record != entry.record:
            entry.record = record
            self._recorder.save_record(entry)
            self._tell()

    def can_delete(self, key: str) -> bool:
        """Return whether the run is not being trained just now."""
        return key != self.current or self._bench.state is not RunState.RUNNING

    def delete(self, keys: Iterable[str]) -> None:
        """Take runs away, until `undo_delete` or the end of the program."""
        entries = tuple(self._entries[key] for key in keys if key in self._entries and self.can_delete(key))
        if not entries:
            return
        for entry in entries:
            if entry.key == self.current:
                self._recorder.forget()
            entry.deleted = True
            del self._entries[entry.key]
        self._deleted.append(entries)
        gone = [entry.key for entry in entries]
        self.files.run(lambda store: store.delete(gone), failed=self._on_failed)
        if self.offer is not None and self.offer.key in gone:
            self._set_offer(None)
        self._tell()

    def undo_delete(self) -> None:
        """Bring back what was deleted last."""
        if not self._deleted:
            return
        entries = self._deleted.pop()
        for entry in entries:
            entry.deleted = False
            self._entries[entry.key] = entry
        keys = [entry.key for entry in entries]
        self.files.run(lambda store: store.restore(keys), failed=self._on_failed)
        self._tell()

    # A run begins, the folder is read

    def _new_record(self) -> RunRecord:
        bench, others = self._bench, [row.record for row in self.rows]
        now = datetime.now(UTC)
        return RunRecord(
            key=new_key(now),
            name=automatic_name(bench.spec, bench.hyperparameters, others),
            colour=free_colour(others),
            created=now,
            spec=bench.spec,
            hyperparameters=bench.hyperparameters,
            data=mark_of(bench.dataset_name, bench.train_set, bench.validation_set),
            batches=bench.history.steps_per_epoch,
        )

    def _list(self, entry: Entry) -> None:
        self._entries[entry.key] = entry
        self._set_offer(None)

    def _on_opened(self, opened: Opened) -> None:
        if opened.problem is not None:
            self._bench.failed.emit(*opened.problem)
        elif opened.damaged:
            count = len(opened.damaged)
            title = (
                "A run is damaged; the others are here."
                if count == 1
                else f"{count} runs are damaged; the others are here."
            )
            self._bench.failed.emit(title, "\n".join(opened.damaged))
        for stored in opened.runs:
            self._entries.setdefault(stored.record.key, Entry(stored.record, stored.results))
        self._look_for_unfinished()
        self._tell()

    def _look_for_unfinished(self) -> None:
        """Offer to resume the latest run that was cut off; the ones before it count as stopped."""
        going = [row for row in self.rows if row.record.state == GOING and not row.is_current]
        for place, row in enumerate(going):
            entry = self._entries[row.record.key]
            if place or row.results.saved is None or self.current is not None:
                self._stop(entry)
            else:
                self.files.run(
                    lambda store, key=entry.key: store.resume_point(key),
                    partial(self._offer, entry),
                    partial(self._cannot_be_resumed, entry),
                )

    def _stop(self, entry: Entry) -> None:
        entry.record = replace(entry.record, state=STOPPED)
        self._recorder.save_record(entry)

    # The charts

    def _tell(self) -> None:
        """Announce a change, and see to it that the charts show the right runs."""
        current = self.current
        shown = []
        for row in self.rows:
            entry = self._entries[row.record.key]
            if entry.key == current:
                continue
            if not entry.record.visible:
                if entry.saved_step >= entry.results.steps:
                    entry.history = None  # it can be read again
            elif entry.history is None:
                self._load(entry)
            elif entry.overlay is not None:
                shown.append(entry.overlay)
        self._bench.set_overlays(shown)
        self.changed.emit()

    def _load(self, entry: Entry) -> None:
        if entry.loading or not entry.results.steps:
            return
        entry.loading = True
        self.files.run(
            lambda store, record=entry.record: store.load_history(record),
            partial(self._on_history, entry),
            partial(self._on_damaged, entry),
        )

    def _on_history(self, entry: Entry, history: Any) -> None:
        entry.loading = False
        if entry.key != self.current:
            entry.history, entry.saved_step = history, entry.results.steps
            self._tell()

    def _on_damaged(self, entry: Entry, error: Exception) -> None:
        """A run whose curves cannot be read is set aside."""
        if entry.deleted:
            return
        self._entries.pop(entry.key, None)
        self._tell()
        self.files.run(
            lambda store: store.set_aside(entry.key, sentence_of(error)),
            lambda sentence: self._bench.failed.emit(f"The run {entry.record.name} is damaged.", sentence),
            self._on_failed,
        )

    def _on_failed(self, error: Exception) -> None:
        self._bench.failed.emit("The runs could not be read or written.", sentence_of(error))

    def close(self, seconds: float) -> bool:
        """Write what is left; return whether that took no longer than `seconds`."""
        self._recorder.finish()
        return self.files.close(seconds)
