"""Adam: steps in units of each gradient's usual size, along its usual direction."""

import math
from collections.abc import Mapping

import numpy as np

from cnncore import buffers
from cnncore.errors import ArgumentError
from cnncore.optim.base import BLOCK, Optimizer, check_eps, check_share
from cnncore.windows import Array


class Adam(Optimizer):
    """Adaptive moments: steps in units of each gradient's usual size (Kingma & Ba, 2015, algorithm 1).

    Parameters
    ----------
    parameters, lr, weight_decay
        As for `Optimizer`.
    betas : two floats
        Decay of the running means of the gradient and of its square.
    eps : float
        Keeps the quotient finite where gradients vanish.
    """

    def __init__(
        self,
        parameters: Mapping[str, Array],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr, weight_decay)
        if not isinstance(betas, tuple | list) or len(betas) != 2:
            raise ArgumentError("betas are two numbers, of the mean and of the mean square")
        self.betas = check_share(betas[0], "each of betas"), check_share(betas[1], "each of betas")
        self.eps = check_eps(eps)
        self._steps = 0
        self._mean = np.zeros(self._count, self._dtype)
        self._square = np.zeros(self._count, self._dtype)

    def _update(self, gradient: Array, lr: float) -> None:
        """``p -= lr * m' / (sqrt(v') + eps)`` with the moments m', v' freed from their bias towards zero."""
        self._steps += 1
        beta1, beta2 = self.betas
        root = math.sqrt(1 - beta2**self._steps)
        # With m' = m / (1 - beta1^t) and sqrt(v') = sqrt(v) / root, the quotient is expanded by root.
        rate, eps = lr * root / (1 - beta1**self._steps), self.eps * root
        work, room = (buffers.empty((BLOCK,), self._dtype) for _ in range(2))
        for parameters, where in self._blocks:
            mean, square, change = self._mean[where], self._square[where], work[: parameters.size]
            g = self._decayed(parameters, gradient[where], room)
            np.subtract(g, mean, out=change)
            change *= 1 - beta1
            mean += change
            np.multiply(g, g, out=change)
            change *= 1 - beta2
            square *= beta2
            square += change
            np.sqrt(square, out=change)
            change += eps
            np.divide(mean, change, out=change)
            change *= rate
            np.subtract(parameters, change, out=parameters)

    def state_dict(self) -> dict[str, Array]:
        return super().state_dict() | {
            "step": np.array(self._steps),
            "mean": self._mean.copy(),
            "square": self._square.copy(),
        }

    def load_state_dict(self, state: Mapping[str, Array]) -> None:
        super().load_state_dict(state)
        self._steps = int(state["step"])
        self._mean[...] = state["mean"]
        self._square[...] = state["square"]


class AdamW(Adam):
    """Adam whose weight decay stays out of the moments: ``p -= lr * weight_decay * p`` before each step.

    So the decay is the same for all parameters, however large their gradients are (Loshchilov & Hutter, 2019,
    algorithm 2).

    Parameters
    ----------
    parameters, lr, betas, eps
        As for `Adam`.
    weight_decay : float
        As above; 0.01 by default.
    """

    def __init__(
        self,
        parameters: Mapping[str, Array],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(parameters, lr, betas, eps, weight_decay)

    def _update(self, gradient: Array, lr: float) -> None:
        for parameters, _ in self._blocks:
            np.multiply(parameters, 1 - lr * self.weight_decay, out=parameters)
        super()._update(gradient, lr)

    def _decayed(self, parameters: Array, gradient: Array, room: Array) -> Array:
        return gradient
