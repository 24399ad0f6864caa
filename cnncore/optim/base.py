"""What all optimizers share: the parameters, the learning rate, and the walk over both."""

import math
from collections.abc import Mapping

import numpy as np

from cnncore.errors import ArgumentError, ShapeError
from cnncore.network import NamedVector
from cnncore.windows import Array

LARGEST_RATE = 10.0

BLOCK = 65536
"""Numbers worked on at a time, so that of a large network not all of them pass through memory many times."""


class Optimizer:
    """A way to turn gradients into steps. Subclasses say how, in `_update`.

    Parameters
    ----------
    parameters : dict of str to array
        ``network.parameters()``; they change in place.
    lr : float
        The learning rate, more than 0 and at most 10. It may be set between any two steps.
    weight_decay : float
        Pulls all parameters towards zero, 0 (not at all) or more: this times a parameter is added to its
        gradient, as for a cost of ``weight_decay / 2`` times the sum of the squared parameters.
    """

    def __init__(self, parameters: Mapping[str, Array], lr: float, weight_decay: float = 0.0) -> None:
        self._parameters = parameters
        if not (math.isfinite(weight_decay) and weight_decay >= 0):
            raise ArgumentError(f"weight_decay must be at least 0, got {weight_decay}")
        self.weight_decay = float(weight_decay)
        whole = [parameters.vector] if isinstance(parameters, NamedVector) else list(parameters.values())
        if not whole or any(not array.flags.c_contiguous for array in whole):
            raise ArgumentError(
                "an optimizer takes a dict of contiguous arrays, such as network.parameters()"
            )
        self._count = sum(array.size for array in whole)
        # The parameters block by block, and where each block lies in vectors of all parameters end to end.
        self._blocks: list[tuple[Array, slice]] = []
        end = 0
        for array in whole:
            for start in range(0, array.size, BLOCK):
                block = array.reshape(-1)[start : start + BLOCK]
                self._blocks.append((block, slice(end, end + block.size)))
                end += block.size
        self._dtype = whole[0].dtype
        self.lr = lr

    @property
    def parameters(self) -> Mapping[str, Array]:
        """What it moves, by name: the arrays themselves."""
        return self._parameters

    @property
    def lr(self) -> float:
        """The learning rate."""
        return self._lr

    @lr.setter
    def lr(self, value: float) -> None:
        if not (math.isfinite(value) and 0 < value <= LARGEST_RATE):
            raise ArgumentError(
                f"the learning rate must be more than 0 and at most {LARGEST_RATE:g}, got {value}"
            )
        self._lr = float(value)

    def step(self, grads: Mapping[str, Array], lr_scale: float = 1.0) -> None:
        """Move the parameters by one step against the gradient.

        Parameters
        ----------
        grads : dict of str to array
            With the names and shapes of the parameters.
        lr_scale : float
            Multiplies `lr` in this step; a schedule's factor.

        Raises
        ------
        ShapeError
            When a gradient is missing or has the wrong shape. Nothing has changed then.
        """
        if grads.keys() != self._parameters.keys():
            raise ShapeError(
                f"gradients for {', '.join(self._parameters)} are needed, got {', '.join(grads)}"
            )
        for name, array in self._parameters.items():
            if grads[name].shape != array.shape:
                raise ShapeError(
                    f"parameter {name} has shape {array.shape}, its gradient {grads[name].shape}"
                )
        if isinstance(grads, NamedVector):
            vector = grads.vector
        else:
            vector = np.concatenate([grads[name].reshape(-1) for name in self._parameters], dtype=self._dtype)
        self._update(vector, self._lr * lr_scale)

    def _update(self, gradient: Array, lr: float) -> None:
        """Move the parameters, block by block; `gradient` holds the gradients of all of them end to end."""
        raise NotImplementedError

    def _decayed(self, parameters: Array, gradient: Array, room: Array) -> Array:
        """The gradient of a block, with `weight_decay`; what has to be computed is written into `room`."""
        if not self.weight_decay:
            return gradient
        decayed = np.multiply(parameters, self.weight_decay, out=room[: parameters.size])
        decayed += gradient
        return decayed

    def state_dict(self) -> dict[str, Array]:
        """What the next step depends on, as copies: the learning rate, and vectors over all parameters."""
        return {"lr": np.array(self._lr)}

    def load_state_dict(self, state: Mapping[str, Array]) -> None:
        """Go on where another optimizer of the same kind stood.

        Raises
        ------
        ShapeError
            When the state belongs to another kind of optimizer or another network. Nothing has changed then.
        """
        own = self.state_dict()
        for name, array in own.items():
            if name not in state or np.shape(state[name]) != array.shape:
                got = f"shape {np.shape(state[name])}" if name in state else "nothing"
                raise ShapeError(f"{type(self).__name__} needs {name} of shape {array.shape}, got {got}")
        self.lr = float(state["lr"])


def check_share(value: float, what: str) -> float:
    """Return a factor by which something fades if it is at least 0 and less than 1."""
    if not 0 <= value < 1:
        raise ArgumentError(f"{what} must be at least 0 and less than 1, got {value}")
    return float(value)


def check_eps(value: float) -> float:
    """Return what keeps a quotient finite if it does: a number above 0."""
    if not (math.isfinite(value) and value > 0):
        raise ArgumentError(f"eps must be more than 0, got {value}")
    return float(value)
