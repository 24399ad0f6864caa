"""Gradient descent, with momentum."""

from collections.abc import Mapping

import numpy as np

from cnncore import buffers
from cnncore.checks import check_flag
from cnncore.errors import ArgumentError
from cnncore.optim.base import BLOCK, Optimizer, check_share
from cnncore.windows import Array


class SGD(Optimizer):
    """Gradient descent on batches: ``v = momentum * v + g``, then ``p -= lr * v``, as in PyTorch.

    Parameters
    ----------
    parameters, lr, weight_decay
        As for `Optimizer`.
    momentum : float
        How much of the last movement goes on, 0 (none) up to but not including 1.
    nesterov : bool
        Whether a step looks ahead to where the momentum leads: ``p -= lr * (g + momentum * v)``.
    """

    def __init__(
        self,
        parameters: Mapping[str, Array],
        lr: float,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        super().__init__(parameters, lr, weight_decay)
        self.momentum = check_share(momentum, "momentum")
        self.nesterov = check_flag(nesterov, "nesterov")
        if self.nesterov and not momentum:
            raise ArgumentError("Nesterov's step looks ahead along a momentum, which must be more than 0")
        self._velocity = np.zeros(self._count, self._dtype)

    def _update(self, gradient: Array, lr: float) -> None:
        work, room = (buffers.empty((BLOCK,), self._dtype) for _ in range(2))
        for parameters, where in self._blocks:
            velocity, change = self._velocity[where], work[: parameters.size]
            g = self._decayed(parameters, gradient[where], room)
            velocity *= self.momentum
            velocity += g
            if self.nesterov:
                np.multiply(velocity, self.momentum, out=change)
                change += g
                change *= lr
            else:
                np.multiply(velocity, lr, out=change)
            np.subtract(parameters, change, out=parameters)

    def state_dict(self) -> dict[str, Array]:
        return super().state_dict() | {"velocity": self._velocity.copy()}

    def load_state_dict(self, state: Mapping[str, Array]) -> None:
        super().load_state_dict(state)
        self._velocity[...] = state["velocity"]
