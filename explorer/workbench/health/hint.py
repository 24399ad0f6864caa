"""What a hint is, and what it is drawn from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from cnncore import ModelSpec

from ..history import EpochSummary
from ..state import Hyperparameters
from .record import HealthRecord

LARGE_UPDATE = 0.05
"""A step's change of a layer against its size. Healthy runs stay under 0.03, the first steps of RMSprop
apart; rates that ruin a run begin at 0.08."""


class Illness(Enum):
    """What can be wrong with a run; the value is a title for the screen."""

    OVERFLOW = "Numbers overflowed"
    NORMALISATION = "Input not normalised"
    DEAD = "Dead ReLUs"
    SATURATED = "Saturated units"
    EXPLODING = "Exploding gradients"
    VANISHING = "Vanishing gradients"
    RATE_HIGH = "Learning rate too high"
    RATE_LOW = "Learning rate too low"
    OVERFITTING = "Overfitting"


@dataclass(frozen=True)
class Remedy:
    """A change that may help, as data; exactly one of the last four is given.

    Attributes
    ----------
    label : str
        What a button says.
    learning_rate : float
        From the next batch on; nothing is lost.
    hyperparameters, spec
        The run begins again with these.
    standardise : bool
        The run begins again, with the mean and deviation of the training images taken out of them.
    """

    label: str
    learning_rate: float | None = None
    hyperparameters: Hyperparameters | None = None
    spec: ModelSpec | None = None
    standardise: bool = False

    @property
    def restarts(self) -> bool:
        """Whether what has been learnt would be lost."""
        return self.learning_rate is None


@dataclass(frozen=True)
class Hint:
    """Something that is wrong, with the numbers that show it.

    Attributes
    ----------
    illness : Illness
    layer : int or None
        The layer it is about, None for the whole run.
    sentence : str
        What was seen, and what it means.
    remedies : tuple of Remedy
        What may help, the best first.
    """

    illness: Illness
    layer: int | None
    sentence: str
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True, eq=False)
class Evidence:
    """All that hints are drawn from.

    Attributes
    ----------
    record : HealthRecord
    epochs : sequence of EpochSummary
        Each epoch's losses and accuracies so far.
    spec, hyperparameters
        What is trained, and how.
    """

    record: HealthRecord
    epochs: tuple[EpochSummary, ...]
    spec: ModelSpec
    hyperparameters: Hyperparameters

    def name(self, layer: int) -> str:
        """Return what a layer is called."""
        return self.spec.layers[layer].name

    @property
    def chance_loss(self) -> float:
        """Cross-entropy of a network that thinks all classes equally likely: ln K."""
        return math.log(len(self.spec.class_names))
