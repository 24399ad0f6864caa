"""What goes between the screen and the training thread: frozen values only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnncore import Best, Checkpoint, Dataset, EpochDone, Evaluation, Health, ModelSpec, StepDone

from .preview import StepPreview
from .state import Hyperparameters


@dataclass(frozen=True, eq=False)
class RunPlan:
    """All that a run starts from. That of a checkpoint with `training` goes on as if it had never stopped."""

    run_id: int
    spec: ModelSpec
    hyperparameters: Hyperparameters
    train_set: Dataset
    validation_set: Dataset
    checkpoint: Checkpoint | None = None


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A copy of the network's state after `step` steps: all parameters, then the running statistics."""

    run_id: int
    step: int
    state: np.ndarray


@dataclass(frozen=True)
class Ready:
    """The network is built and was evaluated once."""

    evaluation: Evaluation


@dataclass(frozen=True)
class Paused:
    """The run waits; `order` is the number of the last order to go that it had got."""

    order: int


@dataclass(frozen=True)
class RateChanged:
    """The base learning rate is another one for the steps after `step`."""

    step: int


@dataclass(frozen=True, eq=False)
class Previewed:
    """The next step, worked out; None where there is none. `request` is the number of what was asked."""

    request: int
    preview: StepPreview | None


@dataclass(frozen=True, eq=False)
class KeptBest:
    """The network has the parameters of its best epoch, the one with the lowest validation loss.

    `best` and `evaluation` are None where no epoch is done.
    """

    best: Best | None
    evaluation: Evaluation | None = None


@dataclass(frozen=True)
class ParametersSet:
    """The network has the parameters that the screen sent."""


@dataclass(frozen=True, eq=False)
class CheckpointTaken:
    """A copy of all that a run needs to go on bit for bit, as it stands after the steps told before."""

    run_id: int
    checkpoint: Checkpoint


@dataclass(frozen=True, eq=False)
class HealthMeasured:
    """The network was measured after `step` steps."""

    step: int
    health: Health


@dataclass(frozen=True)
class Finished:
    """The run made all its epochs."""


@dataclass(frozen=True)
class Stopped:
    """The run was ended by a new one or by the end of the program."""


@dataclass(frozen=True)
class Failed:
    """The run ended by an error; `detail` is for those who want to know more.

    `overflowed` tells that a loss or a gradient was no finite number.
    """

    title: str
    detail: str
    overflowed: bool = False


@dataclass(frozen=True)
class Saved:
    """A checkpoint was written, or not: `error` says why."""

    path: Path
    error: str | None = None


Event = (
    StepDone
    | EpochDone
    | Ready
    | RateChanged
    | ParametersSet
    | KeptBest
    | Previewed
    | Paused
    | CheckpointTaken
    | HealthMeasured
    | Finished
    | Stopped
    | Failed
    | Saved
)
