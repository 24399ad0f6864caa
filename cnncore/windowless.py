"""A training run without a window: its settings, its data and model, its files, and how it is stopped."""

import signal
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from cnncore.augment import Compose, Elastic, Rotate, Scale, Shift
from cnncore.checkpoint import Checkpoint, save_checkpoint
from cnncore.checks import check_count, check_number, check_option
from cnncore.coloured_shapes import load_shapes
from cnncore.data import Dataset, load_idx_folder, load_mnist_5k
from cnncore.errors import ArgumentError, CheckpointError, DataError
from cnncore.events import StepDone
from cnncore.models import ALL_MODELS
from cnncore.network import Sequential
from cnncore.optim import LARGEST_RATE, Adam
from cnncore.report import MetricsFile, Report
from cnncore.schedules import SCHEDULES
from cnncore.spec import ModelSpec
from cnncore.standardisation import Standardisation
from cnncore.train import train
from cnncore.training_run import TrainingRun

BUILT_IN = {"digits": load_mnist_5k, "shapes": load_shapes}


@dataclass(frozen=True)
class Settings:
    """What decides the numbers of a run, apart from the data.

    Attributes
    ----------
    model, schedule : str
        Names in `ALL_MODELS` and `SCHEDULES`.
    epochs, batch_size, seed, train_images : int
        How long, in what portions, from which random numbers, and on how many of the training images at most.
    lr : float
        Base learning rate of Adam.
    standardise : bool
        Whether the model standardises its input with the mean and deviation of the training images.
    augment : bool
        Whether each image is turned, scaled, bent and shifted a little, anew each time; see `augmentation`.

    Raises
    ------
    ArgumentError
        When a value is out of range.
    """

    model: str = "reference"
    epochs: int = 2
    batch_size: int = 32
    lr: float = 2e-3
    schedule: str = "cosine"
    seed: int = 3
    train_images: int = 50_000
    standardise: bool = False
    augment: bool = False

    def __post_init__(self) -> None:
        check_option(self.model, "The model", ALL_MODELS)
        check_option(self.schedule, "The schedule", SCHEDULES)
        check_count(self.epochs, "The number of epochs", 1, 10_000)
        check_count(self.batch_size, "The batch size", 1, 100_000)
        check_count(self.seed, "The seed", 0, 2**63 - 1)
        check_count(self.train_images, "The number of training images", 1, 10**9)
        check_number(self.lr, "The learning rate", 1e-9, LARGEST_RATE)
        for name in ("standardise", "augment"):
            if not isinstance(getattr(self, name), bool):
                raise ArgumentError(f"The setting {name} must be true or false.")

    @classmethod
    def of(cls, checkpoint: Checkpoint) -> "Settings":
        """Return the settings of the run that a checkpoint holds.

        Raises
        ------
        CheckpointError
            When it holds none, as one that was saved by the window.
        """
        saved = checkpoint.meta.get("settings")
        names = {field.name for field in fields(cls)}
        # Runs from before there was augmentation do not name it.
        if checkpoint.training is None or not isinstance(saved, dict) or set(saved) | {"augment"} != names:
            raise CheckpointError("The checkpoint holds no run that can go on here, only a model.")
        return cls(**saved)


def load_data(name: str, train_images: int) -> tuple[Dataset, Dataset]:
    """Load a built-in data set by its name, or a folder of IDX files; the first so many training images."""
    if name in BUILT_IN:
        train_set, test_set = BUILT_IN[name]()
    elif Path(name).is_dir():
        train_set, test_set = load_idx_folder(name)
    else:
        raise DataError(f"There is no folder {name}; built in are {' and '.join(BUILT_IN)}.")
    first = slice(min(train_images, len(train_set)))
    # A view: the full set of digits takes 47 MB already.
    part = Dataset(train_set.images[first], train_set.labels[first], train_set.class_names, train_set.name)
    return part, test_set


def augmentation(image_shape: tuple[int, int, int]) -> Compose:
    """Return small changes after which a person still sees the same digit, or the same shape.

    Around a digit lies background; a picture in colour goes on as its edge does.
    """
    fill = "zeros" if image_shape[0] == 1 else "nearest"
    return Compose([Rotate(fill=fill), Scale(fill=fill), Elastic(fill=fill), Shift(fill=fill)])


def make_model(settings: Settings, train_set: Dataset) -> ModelSpec:
    """Return the model of the settings, made to take the images and tell the classes apart."""
    spec = ALL_MODELS[settings.model]()
    if (spec.input_shape, spec.class_names) != (train_set.image_shape, train_set.class_names):
        spec = spec.adapted(train_set.image_shape, train_set.class_names)
    return replace(spec, standardisation=Standardisation.of(train_set)) if settings.standardise else spec


class WindowlessRun:
    """A network, its optimizer and the run that trains it, from the beginning or from a checkpoint.

    Parameters
    ----------
    settings : Settings
        Those of the checkpoint where there is one.
    train_set, test_set : Dataset
        The data.
    checkpoint : Checkpoint, optional
        What to go on from.

    Raises
    ------
    CnnError
        When the model does not fit the data, or the data are not those of the checkpoint.
    """

    def __init__(
        self, settings: Settings, train_set: Dataset, test_set: Dataset, checkpoint: Checkpoint | None = None
    ) -> None:
        self.settings = settings
        self.train_set = train_set
        self.spec = make_model(settings, train_set) if checkpoint is None else checkpoint.spec
        self._meta: Mapping[str, Any] = {"settings": asdict(settings), "data": _fingerprint(train_set)}
        if checkpoint is not None and checkpoint.meta.get("data") != self._meta["data"]:
            raise DataError("These are not the data that the run of the checkpoint was trained with.")
        self.network: Sequential = self.spec.build(np.random.default_rng([settings.seed, 0]))
        self._optimizer = Adam(self.network.parameters(), lr=settings.lr)
        if checkpoint is not None:
            checkpoint.restore(self.network, self._optimizer)
        self.run: TrainingRun = train(
            self.network,
            train_set,
            test_set,
            self._optimizer,
            epochs=settings.epochs,
            batch_size=settings.batch_size,
            rng=np.random.default_rng([settings.seed, 1]),
            schedule=SCHEDULES[settings.schedule],
            augment=augmentation(train_set.image_shape) if settings.augment else None,
            resume=None if checkpoint is None else checkpoint.training,
        )

    def save(self, path: Path) -> None:
        """Write a checkpoint from which the run can go on."""
        save_checkpoint(
            path,
            spec=self.spec,
            network=self.network,
            optimizer=self._optimizer,
            meta=self._meta,
            training=self.run.state,
        )

    def follow(self, report: Report, metrics: MetricsFile | None, path: Path | None) -> bool:
        """Train to the end, or until the person interrupts; report and save on the way.

        Parameters
        ----------
        report : Report
            Is told of every event.
        metrics : MetricsFile, optional
            Takes the figures of each step.
        path : Path, optional
            Where a checkpoint is written after each epoch and at the end.

        Returns
        -------
        finished : bool
            False when the person interrupted.
        """
        with _interruption() as interrupted:
            for event in self.run:
                report.tell(event)
                if metrics is not None:
                    metrics.add(event)
                if isinstance(event, StepDone):
                    # An epoch whose steps are done is measured first: that belongs to its last step.
                    if interrupted and event.batch < event.batches:
                        break
                    continue
                self._write(metrics, path)
                if interrupted:
                    break
            self._write(metrics, path)
        return not interrupted

    def _write(self, metrics: MetricsFile | None, path: Path | None) -> None:
        if metrics is not None:
            metrics.write()
        if path is not None:
            self.save(path)


def _fingerprint(dataset: Dataset) -> dict[str, int]:
    images = np.ascontiguousarray(dataset.images)
    return {"images": len(dataset), "check": zlib.crc32(dataset.labels.data, zlib.crc32(images.data))}


@contextmanager
def _interruption() -> Iterator[list[float]]:
    """Give a list that is empty until Ctrl+C is pressed; pressed once more, it interrupts at once."""
    pressed: list[float] = []

    def on_signal(number: int, frame: object) -> None:
        pressed.append(time.monotonic())
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, on_signal)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)
