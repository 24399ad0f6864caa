"""The values a workbench holds: small, frozen, checked when they are made."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np

from cnncore import ArgumentError, Dataset

OPTIMIZERS = ("Adam", "AdamW", "RMSprop", "SGD")
SCHEDULES = ("cosine", "constant", "step", "warm-up", "one-cycle")
LEARNING_RATE_RANGE = (1e-6, 10.0)
BATCH_SIZE_RANGE = (1, 1024)
EPOCHS_RANGE = (1, 1000)
SEED_RANGE = (0, 2**31 - 1)


class RunState(Enum):
    """Where the run stands. Finished and failed runs can be trained on from where they are."""

    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    FAILED = "failed"


def check_learning_rate(value: float) -> float:
    """Return `value` as a float, or raise ArgumentError with a sentence that says what is allowed."""
    low, high = LEARNING_RATE_RANGE
    number = float(value)
    if not math.isfinite(number) or not low <= number <= high:
        raise ArgumentError(f"The learning rate must be between {low:g} and {high:g}; it is {number:g}.")
    return number


def _check_integer(name: str, value: int, limits: tuple[int, int]) -> None:
    low, high = limits
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ArgumentError(f"The {name} must be a whole number from {low:,} to {high:,}; it is {value!r}.")


@dataclass(frozen=True)
class Hyperparameters:
    """What a run is trained with.

    Raises
    ------
    ArgumentError
        A value lies outside its range; the message is a sentence for the screen.
    """

    optimizer: str = "Adam"
    learning_rate: float = 1e-3
    momentum: float = 0.9
    schedule: str = "cosine"
    batch_size: int = 32
    epochs: int = 5
    seed: int = 3

    def __post_init__(self) -> None:
        if self.optimizer not in OPTIMIZERS:
            raise ArgumentError(f"The optimizer must be one of {', '.join(OPTIMIZERS)}.")
        if self.schedule not in SCHEDULES:
            raise ArgumentError(f"The schedule must be one of {', '.join(SCHEDULES)}.")
        check_learning_rate(self.learning_rate)
        if not 0.0 <= self.momentum < 1.0:
            raise ArgumentError(f"The momentum must be at least 0 and below 1; it is {self.momentum:g}.")
        _check_integer("batch size", self.batch_size, BATCH_SIZE_RANGE)
        _check_integer("number of epochs", self.epochs, EPOCHS_RANGE)
        _check_integer("seed", self.seed, SEED_RANGE)

    def rng(self, purpose: str) -> np.random.Generator:
        """Return this run's generator for `purpose`: "initialisation" or "shuffling"."""
        return np.random.default_rng([self.seed, ("initialisation", "shuffling").index(purpose)])


@dataclass(frozen=True, eq=False)
class Sample:
    """The image on the right: pixels (C, H, W) in [0, 1], read-only.

    `label` is None where nobody knows it; `index` is the place in the validation set, None for an own image.
    """

    image: np.ndarray
    label: int | None
    name: str
    index: int | None

    @classmethod
    def from_validation_set(cls, dataset: Dataset, index: int) -> Sample:
        """Return sample `index` of the validation set."""
        image = np.ascontiguousarray(dataset.pixels(np.array([index]))[0])
        image.flags.writeable = False
        return cls(image, int(dataset.labels[index]), f"validation #{index}", index)


@dataclass(frozen=True)
class Focus:
    """The place looked at: `layer` counts spec.layers, -1 is the input image, None is nothing."""

    layer: int | None = None
    channel: int | None = None
    y: int | None = None
    x: int | None = None


@dataclass(frozen=True)
class Hover:
    """What is under the cursor: a title and rows of name and value, as they are to be read."""

    title: str
    rows: tuple[tuple[str, str], ...]
    where: str = ""


@dataclass(frozen=True)
class Progress:
    """How far the run is. Epochs, batches and steps count what is done; times are in seconds."""

    epoch: int
    epochs: int
    batch: int
    batches: int
    step: int
    steps: int
    images_per_second: float
    seconds_left: float | None
