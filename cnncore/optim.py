"""Optimizers: how far, and in which direction, a gradient moves the parameters."""

import math
from collections.abc import Mapping

import numpy as np

from cnncore import buffers
from cnncore.errors import ArgumentError, ShapeError
from cnncore.network import NamedVector
from cnncore.windows import Array

LARGEST_RATE = 10.0

BLOCK = 65536
"""Numbers worked on at a time, so that of a large network not all of them pass through memory many times."""


class Optimizer:
    """What SGD and Adam share: the parameters, the learning rate, and the walk over both.

    Parameters
    ----------
    parameters : dict of str to array
        ``network.parameters()``; they change in place.
    lr : float
        The learning rate, more than 0 and at most 10. It may be set between any two steps.
    """

    def __init__(self, parameters: Mapping[str, Array], lr: float) -> None:
        self._parameters = parameters
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
        raise NotImplementedError

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


class SGD(Optimizer):
    """Gradient descent on batches: ``v = momentum * v + g``, then ``p -= lr * v``, as in PyTorch.

    Parameters
    ----------
    parameters, lr
        As for `Optimizer`.
    momentum : float
        How much of the last movement goes on, 0 (none) up to but not including 1.
    """

    def __init__(self, parameters: Mapping[str, Array], lr: float, momentum: float = 0.0) -> None:
        super().__init__(parameters, lr)
        if not 0 <= momentum < 1:
            raise ArgumentError(f"momentum must be at least 0 and less than 1, got {momentum}")
        self.momentum = momentum
        self._velocity = np.zeros(self._count, self._dtype)

    def _update(self, gradient: Array, lr: float) -> None:
        work = buffers.empty((BLOCK,), self._dtype)
        for parameters, where in self._blocks:
            velocity, change = self._velocity[where], work[: parameters.size]
            velocity *= self.momentum
            velocity += gradient[where]
            np.multiply(velocity, lr, out=change)
            np.subtract(parameters, change, out=parameters)

    def state_dict(self) -> dict[str, Array]:
        return super().state_dict() | {"velocity": self._velocity.copy()}

    def load_state_dict(self, state: Mapping[str, Array]) -> None:
        super().load_state_dict(state)
        self._velocity[...] = state["velocity"]


class Adam(Optimizer):
    """Adaptive moments: steps in units of each gradient's usual size (Kingma & Ba, 2015, algorithm 1).

    Parameters
    ----------
    parameters, lr
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
    ) -> None:
        super().__init__(parameters, lr)
        if not (0 <= betas[0] < 1 and 0 <= betas[1] < 1):
            raise ArgumentError(f"betas must be at least 0 and less than 1, got {betas}")
        if not (math.isfinite(eps) and eps > 0):
            raise ArgumentError(f"eps must be more than 0, got {eps}")
        self.betas = betas
        self.eps = eps
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
        work = buffers.empty((BLOCK,), self._dtype)
        for parameters, where in self._blocks:
            g, mean, square, change = (
                gradient[where],
                self._mean[where],
                self._square[where],
                work[: parameters.size],
            )
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
