"""The settings that are typed as numbers: how each is read, written, stepped and found wrong. No widgets."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from cnncore import ArgumentError
from explorer.numbers import format_count, format_rate
from explorer.widgets.number_field import number_from
from explorer.widgets.number_steps import (
    Step,
    by,
    count,
    forgetting,
    from_off,
    one_two_five,
    power_of_two,
)
from explorer.workbench import Hyperparameters
from explorer.workbench.augmentation import STRENGTH_LIMITS
from explorer.workbench.state import (
    BATCH_SIZE_RANGE,
    EPOCHS_RANGE,
    LEARNING_RATE_RANGE,
    NUMBER_RANGES,
    PATIENCE_RANGE,
    SEED_RANGE,
)

USUAL_DECAY = 0.01
"""The weight decay that AdamW begins with, as in PyTorch."""


@dataclass(frozen=True)
class FieldKind:
    """One setting that is typed as a number.

    Attributes
    ----------
    key, title, name : str
        The attribute of `Hyperparameters` ("augmentation.shift" for one of a part), the word beside the
        field, and the words in a sentence.
    limits : (number, number)
        The least and the largest value, for the sentence; `Hyperparameters` checks them.
    step : callable
        What an arrow does.
    whole : bool
        Whether it counts something.
    below_one : bool
        Whether it is a share that must be less than 1.
    """

    key: str
    title: str
    name: str
    limits: tuple[float, float]
    tooltip: str
    step: Step
    whole: bool = False
    below_one: bool = False

    def value(self, settings: Hyperparameters) -> float:
        """Return the value."""
        found: object = settings
        for part in self.key.split("."):
            found = getattr(found, part)
        return found  # type: ignore[return-value]

    def with_value(self, settings: Hyperparameters, value: float) -> Hyperparameters:
        """Return settings with another value. Raises ArgumentError."""
        whole, _, part = self.key.partition(".")
        if part:
            return replace(settings, **{whole: replace(getattr(settings, whole), **{part: value})})
        return replace(settings, **{whole: value})

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
            return self.with_value(base, number)
        except ArgumentError:
            raise ArgumentError(f"The {self.name} must be {self._allowed()}.") from None

    def _allowed(self) -> str:
        low, high = self.limits
        if self.whole:
            return f"a whole number from {format_count(int(low))} to {format_count(int(high))}"
        if self.below_one:
            return "at least 0 and below 1"
        return f"from {format_rate(low)} to {format_rate(high)}"

    def stepped(self, text: str, direction: int, base: Hyperparameters) -> str | None:
        """Return the text one arrow further, None where that would not be allowed."""
        try:
            value = self.value(self.read(text, base))
            step = self.step(value, direction)
            return self.text(self.value(self.with_value(base, step)))
        except ArgumentError:
            return None


def with_optimizer(settings: Hyperparameters, name: str) -> Hyperparameters:
    """Choose an optimizer; AdamW comes, and goes, with its usual weight decay unless another was chosen."""
    decay = settings.weight_decay
    if name == "AdamW" and decay == 0:
        decay = USUAL_DECAY
    elif settings.optimizer == "AdamW" and name != "AdamW" and decay == USUAL_DECAY:
        decay = 0.0
    return replace(settings, optimizer=name, weight_decay=decay)


LEARNING_RATE = FieldKind(
    "learning_rate",
    "Learning rate",
    "learning rate",
    LEARNING_RATE_RANGE,
    "How far each step goes; used from the next batch on",
    one_two_five,
)
MOMENTUM = FieldKind(
    "momentum",
    "Momentum",
    "momentum",
    (0, 1),
    "Share of the last step that is carried into the next, for SGD",
    by(0.05),
    below_one=True,
)
BATCH_SIZE = FieldKind(
    "batch_size",
    "Batch size",
    "batch size",
    BATCH_SIZE_RANGE,
    "Images that each step learns from",
    power_of_two,
    whole=True,
)
EPOCHS = FieldKind(
    "epochs",
    "Epochs",
    "number of epochs",
    EPOCHS_RANGE,
    "Passes over all training images",
    count,
    whole=True,
)
SEED = FieldKind(
    "seed",
    "Seed",
    "seed",
    SEED_RANGE,
    "Start of the random numbers: the same seed gives the same run again",
    count,
    whole=True,
)
BETA1 = FieldKind(
    "beta1",
    "β₁, mean",
    "first beta",
    (0, 1),
    "How slowly Adam's running mean of the gradient forgets",
    forgetting,
    below_one=True,
)
BETA2 = FieldKind(
    "beta2",
    "β₂, square",
    "second beta",
    (0, 1),
    "How slowly Adam's running mean of the squared gradient forgets",
    forgetting,
    below_one=True,
)
ALPHA = FieldKind(
    "alpha",
    "α, square",
    "alpha",
    (0, 1),
    "How slowly RMSprop's running mean of the squared gradient forgets",
    forgetting,
    below_one=True,
)
PATIENCE = FieldKind(
    "patience",
    "Patience",
    "patience",
    PATIENCE_RANGE,
    "The run ends after so many epochs without a lower validation loss; 0 never ends it early",
    count,
    whole=True,
)
WEIGHT_DECAY = FieldKind(
    "weight_decay",
    "Weight decay",
    "weight decay",
    NUMBER_RANGES["weight_decay"],
    "Pulls all parameters towards zero at every step; 0 is off",
    from_off(1e-6),
)
LABEL_SMOOTHING = FieldKind(
    "label_smoothing",
    "Label smoothing",
    "label smoothing",
    NUMBER_RANGES["label_smoothing"],
    "This share of each target is spread over all classes, so that no probability is driven to 1; 0 is off",
    by(0.05),
)
CLIP_NORM = FieldKind(
    "clip_norm",
    "Longest gradient",
    "longest gradient",
    NUMBER_RANGES["clip_norm"],
    "Longer gradients are shortened to this length and keep their direction; 0 is off",
    from_off(0.1),
)

_CHANGES = (
    ("shift", "Shift", "Pixels that an image is moved by at most, in any direction", 0.5),
    ("rotate", "Rotate", "Degrees that an image is turned by at most, either way", 5),
    ("scale", "Scale", "How much larger or smaller an image becomes at most: 0.1 is a tenth", 0.05),
    ("elastic", "Elastic", "Pixels by which an image is bent, as if drawn on rubber", 0.1),
    ("noise", "Noise", "Standard deviation of what is added to each pixel; from black to white is 1", 0.05),
    ("flip", "Flip", "How often left and right are exchanged: a mirrored digit is none any more", 0.1),
)
AUGMENTATION = tuple(
    FieldKind(f"augmentation.{key}", title, f"strength of {key}", (0, STRENGTH_LIMITS[key]), tip, by(step))
    for key, title, tip, step in _CHANGES
)

FIELDS = {
    kind.key: kind
    for kind in (
        LEARNING_RATE,
        MOMENTUM,
        BATCH_SIZE,
        EPOCHS,
        SEED,
        BETA1,
        BETA2,
        ALPHA,
        PATIENCE,
        WEIGHT_DECAY,
        LABEL_SMOOTHING,
        CLIP_NORM,
        *AUGMENTATION,
    )
}
"""All of them by key."""


def also_in_use(settings: Hyperparameters, keys: Collection[str]) -> str:
    """Name the settings other than `keys` that make a difference: "weight decay 0.01, augmentation"."""
    usual = Hyperparameters()
    only_with = {"beta1": "Adam", "beta2": "Adam", "alpha": "RMSprop"}
    found = []
    for key, kind in FIELDS.items():
        if key in keys or key.startswith("augmentation.") or kind.value(settings) == kind.value(usual):
            continue
        if settings.optimizer.startswith(only_with.get(key, "")):
            found.append(f"{kind.name} {kind.text(kind.value(settings))}")
    if settings.nesterov and settings.optimizer == "SGD":
        found.append("Nesterov’s step")
    if not settings.augmentation.is_none:
        found.append("augmentation")
    return ", ".join(found)
