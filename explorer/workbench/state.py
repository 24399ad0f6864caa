"""The values a workbench holds: small, frozen, checked when they are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from types import MappingProxyType
from typing import Any

import numpy as np

from cnncore import ArgumentError, Dataset
from cnncore.checks import check_count, check_flag, check_number, check_option, is_number, show

from .augmentation import Augmentation
from .json_fields import known_fields

OPTIMIZERS = ("Adam", "AdamW", "RMSprop", "SGD")
SCHEDULES = ("cosine", "constant", "step", "warm-up", "one-cycle")
LEARNING_RATE_RANGE = (1e-6, 10.0)
BATCH_SIZE_RANGE = (1, 1024)
EPOCHS_RANGE = (1, 1000)
SEED_RANGE = (0, 2**31 - 1)
PATIENCE_RANGE = (0, 1000)
NUMBER_RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"weight_decay": (0.0, 1.0), "label_smoothing": (0.0, 0.9), "clip_norm": (0.0, 1000.0)}
)


class RunState(Enum):
    """Where the run stands. Finished and failed runs can be trained on from where they are."""

    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    FAILED = "failed"


def check_learning_rate(value: float) -> float:
    """Return `value` as a float, or raise ArgumentError with a sentence that says what is allowed."""
    return check_number(value, "The learning rate", *LEARNING_RATE_RANGE)


def _check_share(name: str, value: float) -> None:
    if not is_number(value) or not 0.0 <= value < 1.0:
        raise ArgumentError(f"The {name} must be at least 0 and below 1, not {show(value)}.")


@dataclass(frozen=True)
class Hyperparameters:
    """What a run is trained with.

    Attributes
    ----------
    momentum, nesterov
        For SGD: the share of the last movement that goes on, and whether the gradient looks ahead along it.
    beta1, beta2
        For Adam and AdamW: how slowly the means of the gradient and of its square forget.
    alpha : float
        For RMSprop: how slowly the mean of the squared gradient forgets.
    weight_decay, label_smoothing : float
        As the optimizers and `cnncore.cross_entropy` take them; 0 is off.
    clip_norm : float
        The longest gradient that a step uses; longer ones are shortened to it. 0 is off.
    patience : int
        The run ends after so many epochs without a lower validation loss; 0 is off.

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
    weight_decay: float = 0.0
    nesterov: bool = False
    beta1: float = 0.9
    beta2: float = 0.999
    alpha: float = 0.99
    label_smoothing: float = 0.0
    clip_norm: float = 0.0
    patience: int = 0
    augmentation: Augmentation = field(default_factory=Augmentation)

    def __post_init__(self) -> None:
        check_option(self.optimizer, "The optimizer", OPTIMIZERS)
        check_option(self.schedule, "The schedule", SCHEDULES)
        check_learning_rate(self.learning_rate)
        for name in ("momentum", "beta1", "beta2", "alpha"):
            _check_share(name, getattr(self, name))
        for name, (low, high) in NUMBER_RANGES.items():
            check_number(getattr(self, name), f"The {name.replace('_', ' ')}", low, high)
        check_count(self.batch_size, "The batch size", *BATCH_SIZE_RANGE)
        check_count(self.epochs, "The number of epochs", *EPOCHS_RANGE)
        check_count(self.seed, "The seed", *SEED_RANGE)
        check_count(self.patience, "The patience", *PATIENCE_RANGE)
        check_flag(self.nesterov, "Nesterov's step")
        if not isinstance(self.augmentation, Augmentation):
            raise ArgumentError(f"The augmentation must be its strengths, not {show(self.augmentation)}.")

    def to_json(self) -> dict[str, Any]:
        """Return all values by name, as JSON can hold them."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return values | {"augmentation": self.augmentation.to_json()}

    @classmethod
    def from_json(cls, data: Any) -> Hyperparameters:
        """Read what `to_json` wrote; what is missing takes its default. Raises ArgumentError."""
        values = known_fields(cls, data, "hyperparameters")
        if "augmentation" in values:
            values["augmentation"] = Augmentation.from_json(values["augmentation"])
        return cls(**values)

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
    """The place looked at: `layer` counts spec.layers, -1 is the input image, None is nothing.

    After the last layer comes the softmax. `source` is the place, among the maps that a convolution's map
    reads, of the one that is looked at.
    """

    layer: int | None = None
    channel: int | None = None
    y: int | None = None
    x: int | None = None
    source: int | None = None


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
