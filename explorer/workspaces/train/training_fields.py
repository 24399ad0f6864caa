"""The numbers of the training panel: how each is read, written, stepped and found wrong. No widgets."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from cnncore import ArgumentError
from explorer.numbers import format_count, format_rate
from explorer.workbench import Hyperparameters
from explorer.workbench.state import BATCH_SIZE_RANGE, EPOCHS_RANGE, LEARNING_RATE_RANGE, SEED_RANGE
from explorer.workspaces.train.number_field import number_from


@dataclass(frozen=True)
class FieldKind:
    """One hyperparameter that is typed as a number.

    Attributes
    ----------
    key, title, name : str
        The attribute of `Hyperparameters`, the word beside the field, and the words in a sentence.
    whole : bool
        Whether it counts something.
    limits : (number, number)
        The least and the largest value, for the sentence; `Hyperparameters` checks them.
    """

    key: str
    title: str
    name: str
    whole: bool
    limits: tuple[float, float]
    tooltip: str

    def text(self, value: float) -> str:
        """Write a value as it stands in the field."""
        return str(int(value)) if self.whole else format_rate(value)

    def read(self, text: str, base: Hyperparameters) -> Hyperparameters:
        """Return `base` with this value. Raises ArgumentError with a sentence for the person."""
        try:
            number = number_from(text)
        except ValueError:
            raise ArgumentError(f"The {self.name} must be a number, not “{text.strip()[:20]}”.") from None
        if self.whole and number.is_integer():
            number = int(number)
        try:
            return replace(base, **{self.key: number})
        except ArgumentError:
            raise ArgumentError(f"The {self.name} must be {self._allowed()}.") from None

    def _allowed(self) -> str:
        low, high = self.limits
        if self.whole:
            return f"a whole number from {format_count(int(low))} to {format_count(int(high))}"
        if self.key == "momentum":
            return "at least 0 and below 1"
        return f"from {format_rate(low)} to {format_rate(high)}"

    def stepped(self, text: str, direction: int, base: Hyperparameters) -> str | None:
        """Return the text one arrow further, None where that would not be allowed."""
        try:
            value = getattr(self.read(text, base), self.key)
            step = self._next(value, direction)
            return self.text(getattr(replace(base, **{self.key: step}), self.key))
        except ArgumentError:
            return None

    def _next(self, value: float, direction: int) -> float:
        if self.key == "learning_rate":
            return _next_rate(value, direction)
        if self.key == "batch_size":
            power = math.log2(value)
            return 2 ** ((math.floor(power) if direction > 0 else math.ceil(power)) + direction)
        if self.key == "momentum":
            return round(value + 0.05 * direction, 2)
        return int(value) + direction


def _next_rate(value: float, direction: int) -> float:
    """Return the next of 1, 2, 5 times a power of ten."""
    decade = math.floor(math.log10(value))
    stations = [float(f"{m}e{d}") for d in range(decade - 1, decade + 2) for m in (1, 2, 5)]
    if direction > 0:
        return next(s for s in stations if s > value * (1 + 1e-9))
    return next(s for s in reversed(stations) if s < value * (1 - 1e-9))


LEARNING_RATE = FieldKind(
    "learning_rate",
    "Learning rate",
    "learning rate",
    False,
    LEARNING_RATE_RANGE,
    "How far each step goes; used from the next batch on",
)
MOMENTUM = FieldKind(
    "momentum",
    "Momentum",
    "momentum",
    False,
    (0, 1),
    "Share of the last step that is carried into the next, for SGD",
)
BATCH_SIZE = FieldKind(
    "batch_size", "Batch size", "batch size", True, BATCH_SIZE_RANGE, "Images that each step learns from"
)
EPOCHS = FieldKind(
    "epochs", "Epochs", "number of epochs", True, EPOCHS_RANGE, "Passes over all training images"
)
SEED = FieldKind(
    "seed",
    "Seed",
    "seed",
    True,
    SEED_RANGE,
    "Start of the random numbers: the same seed gives the same run again",
)
FIELDS = (LEARNING_RATE, MOMENTUM, BATCH_SIZE, EPOCHS, SEED)
