"""What all optimizers share: the parameters, the learning rate, and the walk over both."""

import math
from collections.abc import Mapping

import numpy as np

from cnncore.checks import check_floats, check_number, check_numbers, is_number, show
from cnncore.errors import ArgumentError, ShapeError
from cnncore.network import NamedVector
from cnncore.windows import Array

LARGEST_RATE = 10.0
LARGEST = 1e6

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
        self.weight_decay = check_number(weight_decay, "weight_decay", 0, LARGEST)
        if not isinstance(parameters, Mapping):
            raise ArgumentError("an optimizer takes a dict of arrays, such as network.parameters()")
        for name, array in parameters.items():
            check_floats(array, f"The parameter {name}")
        whole = [parameters.vector] if isinstance(parameters, NamedVector) else list(parameters.values())
        if len({array.dtype for array in whole}) > 1:
            raise ArgumentError("the parameters of an optimizer are all float32 or all float64")
        if not whole or any(not array.flags.c_contiguous or not array.flags.writeable for array in whole):
            raise ArgumentError(
                "an optimizer takes a dict of contiguous arrays that can change, such as network.parameters()"
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
        if not is_number(value) or not 0 < value <= LARGEST_RATE:
            raise ArgumentError(
                f"the learning rate must be more than 0 and at most {LARGEST_RATE:g}, got {show(value)}"
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
        ShapeError, ArgumentError
            When a gradient is missing, is no array of real numbers, or has the wrong shape, or the factor is
            negative or not finite. Nothing has changed then.
        """
        check_number(lr_scale, "The factor of the learning rate", 0, LARGEST)
        if not isinstance(grads, Mapping):
            raise ArgumentError("a step takes a dict of gradients, such as network.backward gives")
        if grads.keys() != self._parameters.keys():
            raise ShapeError(
                f"gradients for {', '.join(self._parameters)} are needed, got {', '.join(grads)}"
            )
        for name, array in self._parameters.items():
            if check_numbers(grads[name], f"The gradient of {name}").shape != array.shape:
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
        if not isinstance(state, Mapping):
            raise ShapeError(f"{type(self).__name__} needs a dict with {', '.join(own)}")
        for name, array in own.items():
            if name not in state or np.shape(state[name]) != array.shape:
                got = f"shape {np.shape(state[name])}" if name in state else "nothing"
                raise ShapeError(f"{type(self).__name__} needs {name} of shape {array.shape}, got {got}")
            check_numbers(np.asarray(state[name]), f"{name} of {type(self).__name__}")
        self.lr = float(state["lr"])


def check_share(value: float, what: str) -> float:
    """Return a factor by which something fades if it is at least 0 and less than 1."""
    if not is_number(value) or not 0 <= value < 1:
        raise ArgumentError(f"{what} must be at least 0 and less than 1, got {show(value)}")
    return float(value)


def check_eps(value: float) -> float:
    """Return what keeps a quotient finite if it does: a number above 0."""
    if not is_number(value) or not 0 < value < math.inf:
        raise ArgumentError(f"eps must be more than 0, got {show(value)}")
    return float(value)
