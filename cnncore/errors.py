"""The engine's exceptions: one small family, each with a sentence that says what would have been right."""

import math


class CnnError(Exception):
    """Base of everything the engine raises on purpose."""


class ShapeError(CnnError, ValueError):
    """An array or a layer does not fit where it was put; the message names both shapes and what would fit."""


class ArgumentError(CnnError, ValueError):
    """An argument has a value that makes no sense, such as a negative learning rate."""


class SpecError(CnnError, ValueError):
    """A description of a model is not one, or describes a network that cannot be built."""


class DataError(CnnError, ValueError):
    """A data file is damaged or is not what it should be."""


class CheckpointError(CnnError):
    """A checkpoint cannot be written, read, or does not belong to this model."""


class NonFiniteLossError(CnnError):
    """The loss or its gradient became NaN or infinite. The parameters are still those of the step before.

    Attributes
    ----------
    step : int
        The step, counted from 1, at which it happened.
    loss : float
        The value of the loss: NaN or infinite, or a plain number when only its gradient is not one.
    """

    def __init__(self, step: int, loss: float) -> None:
        what = "the gradient overflowed" if math.isfinite(loss) else f"the loss became {loss}"
        super().__init__(f"{what} at step {step}; a smaller learning rate usually helps")
        self.step = step
        self.loss = loss
