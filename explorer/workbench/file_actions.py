"""The part of the workbench that reads and writes files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from cnncore import Checkpoint, CnnError, Dataset, load_checkpoint, load_idx_folder

from .fit import check_fit, check_same_model
from .jobs import sentence_of
from .samples import SampleFilter
from .state import Sample
from .whole_file import write_whole

BUILT_IN = "MNIST 5k (built in)"


class FileActions:
    """Methods of `Workbench`. Files are read and written off the screen's thread; signals tell of it."""

    def use_built_in_data(self) -> None:
        """Train on the data that the program ships."""
        title = "The built-in data does not fit the model."
        self._attempt(title, self._use_dataset, BUILT_IN, *self._built_in)

    def open_data_folder(self, path: Path) -> None:
        """Read a folder of IDX files in the background and train on it; `failed` tells why not."""
        name = path.name or str(path)
        self._set_reading(name)

        def use(sets: tuple[Dataset, Dataset]) -> None:
            self._use_dataset(name, *sets)

        title = f"The data in {name} could not be opened."
        self._in_background(title, partial(load_idx_folder, path), use, lambda: self._set_reading(None))

    def _set_reading(self, name: str | None) -> None:
        self.reading = name
        self.reading_changed.emit()

    def _use_dataset(self, name: str, train_set: Dataset, validation_set: Dataset) -> None:
        for dataset in (train_set, validation_set):
            check_fit(self.spec, dataset)
        self.dataset_name, self.train_set, self.validation_set = name, train_set, validation_set
        self._filter = SampleFilter()
        self.sample = Sample.from_validation_set(validation_set, 0)
        self._begin_run(self.dataset_changed, self.filter_changed, self.sample_changed)

    def save_checkpoint(self, path: Path) -> None:
        """Write the network and the optimizer's state; `succeeded` or `failed` tells of it."""
        self._run.save(path)

    def load_checkpoint(self, path: Path) -> None:
        """Begin a new run from the parameters in a file; `failed` tells why not."""
        title = f"The checkpoint {path.name} could not be loaded."
        self._in_background(title, partial(load_checkpoint, path), self._use_checkpoint)

    def _use_checkpoint(self, checkpoint: Checkpoint) -> None:
        check_same_model(self.spec, checkpoint.spec)
        self._begin_run(checkpoint=replace(checkpoint, training=None))
        self.succeeded.emit("A new run begins from the checkpoint's parameters.")

    def export_metrics(self, path: Path) -> None:
        """Write the run's metrics as CSV in the background; `succeeded` or `failed` tells of it."""
        self._in_background(
            f"The metrics could not be saved as {path.name}.",
            partial(self.history.copy().write_csv, path),
            lambda _: self.succeeded.emit(f"The metrics were saved as {path.name}."),
        )

    def save_file(self, path: Path, make: Callable[[], bytes], what: str) -> None:
        """Write what `make` gives, both in the background; `succeeded` or `failed` tells of it."""
        self._in_background(
            f"The {what} could not be saved as {path.name}.",
            lambda: write_whole(path, make()),
            lambda _: self.succeeded.emit(f"The {what} was saved as {path.name}."),
        )

    def in_background(
        self, job: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[Exception], None]
    ) -> None:
        """Call `job` off the screen's thread, then `done` with its result or `failed` with its error."""
        self._jobs.run(job, done, failed)

    def _in_background(
        self, title: str, job: Callable[[], Any], use: Callable, ended: Callable[[], None] = lambda: None
    ) -> None:
        """Do `job`, then `ended` and `use` with its result; `failed` tells of a problem under `title`."""

        def done(result: Any) -> None:
            ended()
            self._attempt(title, use, result)

        def give_up(error: Exception) -> None:
            ended()
            self.failed.emit(title, sentence_of(error))

        self._jobs.run(job, done, give_up)

    def _attempt(self, title: str, action: Callable, *arguments: Any) -> None:
        try:
            action(*arguments)
        except CnnError as error:
            self.failed.emit(title, str(error))
