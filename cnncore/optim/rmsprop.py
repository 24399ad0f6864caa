"""RMSprop: each parameter's steps in units of its own gradient's usual size."""

from collections.abc import Mapping

import numpy as np

from cnncore import buffers
from cnncore.optim.base import BLOCK, Optimizer, check_eps, check_share
from cnncore.windows import Array


class RMSprop(Optimizer):
    """``s = alpha * s + (1 - alpha) * g^2``, then ``p -= lr * g / (sqrt(s) + eps)`` (Hinton, 2012).

    Parameters
    ----------
    parameters, lr, weight_decay
        As for `Optimizer`.
    alpha : float
        Decay of the running mean of the squared gradient.
    eps : float
        Keeps the quotient finite where gradients vanish.
    momentum : float
        As in `SGD`, of the quotient.
    """

    def __init__(
        self,
        parameters: Mapping[str, Array],
        lr: float = 0.01,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr, weight_decay)
        self.alpha = check_share(alpha, "alpha")
        self.eps = check_eps(eps)
        self.momentum = check_share(momentum, "momentum")
        self._square = np.zeros(self._count, self._dtype)
        self._velocity = np.zeros(self._count, self._dtype)

    def _update(self, gradient: Array, lr: float) -> None:
        work, room = (buffers.empty((BLOCK,), self._dtype) for _ in range(2))
        for parameters, where in self._blocks:
            square, velocity, change = self._square[where], self._velocity[where], work[: parameters.size]
            g = self._decayed(parameters, gradient[where], room)
            np.multiply(g, g, out=change)
            change *= 1 - self.alpha
            square *= self.alpha
            square += change
            np.sqrt(square, out=change)
            change += self.eps
            np.divide(g, change, out=change)
            velocity *= self.momentum
            velocity += change
            np.multiply(velocity, lr, out=change)
            np.subtract(parameters, change, out=parameters)

    def state_dict(self) -> dict[str, Array]:
        return super().state_dict() | {"square": self._square.copy(), "velocity": self._velocity.copy()}

    def load_state_dict(self, state: Mapping[str, Array]) -> None:
        super().load_state_dict(state)
        self._square[...] = state["square"]
        self._velocity[...] = state["velocity"]
