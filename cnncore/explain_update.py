"""One step of an optimizer for one parameter, taken apart into the numbers it computes on the way."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np

from cnncore.checks import check_cell, check_number
from cnncore.errors import ArgumentError
from cnncore.optim import SGD, Adam, AdamW, Optimizer, RMSprop

Number: TypeAlias = np.floating[Any]
"""One number in the precision of the network: what is done to it rounds as in the engine's arrays."""


@dataclass(frozen=True)
class UpdateTerms:
    """What one step of an optimizer does to one parameter.

    Attributes
    ----------
    optimizer : str
        "SGD", "RMSprop", "Adam" or "AdamW".
    name : str
        Name of the parameter, such as "0.weight".
    place : tuple of int
        Index of the number in it.
    step : int or None
        The number of the step, from 1; None where the optimizer does not count, as only Adam has to.
    learning_rate : float
        With a schedule's factor.
    weight, gradient : float
        The parameter before the step and its derivative.
    quantities : mapping of str to float
        What is computed, in this order; `explain_update` names them.
    weight_after : float
        The parameter after the step, bit for bit as the engine would leave it.
    options : mapping of str to float
        The optimizer's other settings, such as "momentum", "beta1" and "eps".
    """

    optimizer: str
    name: str
    place: tuple[int, ...]
    step: int | None
    learning_rate: float
    weight: float
    gradient: float
    quantities: Mapping[str, float]
    weight_after: float
    options: Mapping[str, float]

    @property
    def change(self) -> float:
        """What is taken off the parameter; after its decay, with AdamW."""
        return self.quantities["change"]


@dataclass
class _Work:
    """A step under way: the weight so far, and what has been computed."""

    weight: Number
    gradient: Number
    state: Mapping[str, Number]
    rate: float
    found: dict[str, float]

    def keep(self, **numbers: Number | float) -> None:
        self.found |= {name: float(value) for name, value in numbers.items()}

    def take_off(self, change: Number) -> None:
        self.keep(change=change)
        self.weight = self.weight - change


def explain_update(
    optimizer: Optimizer, name: str, place: tuple[int, ...], gradient: float, *, lr_scale: float = 1.0
) -> UpdateTerms:
    """Work out what the next step of an optimizer does to one parameter. Nothing is changed.

    The quantities, in order; those in brackets only where the option is used:

    - SGD: [decayed_gradient,] [velocity_before, velocity,] [ahead, of Nesterov's step,] change
    - RMSprop: [decayed_gradient,] square_before, square, root (of square), quotient,
      [velocity_before, velocity,] change
    - Adam: [decayed_gradient,] m_before, v_before, m, v, m_correction, v_correction, m_hat, v_hat, change
    - AdamW: [decayed_weight,] and then as Adam

    All are the engine's numbers, save the corrections ``1 - beta^t`` and the moments m_hat and v_hat freed by
    them from their bias: the engine writes its quotient without these, so they are given in float64, and
    ``learning_rate * m_hat / (sqrt(v_hat) + eps)`` is the change but for rounding.

    Parameters
    ----------
    optimizer : SGD, RMSprop, Adam or AdamW
    name : str
        A parameter, such as "0.weight".
    place : tuple of int
        Index in it.
    gradient : float
        The derivative of the loss with respect to it.
    lr_scale : float
        As for ``optimizer.step``.

    Raises
    ------
    ArgumentError
        When there is no such parameter or place, or nothing is known of such an optimizer.
    """
    index = _index(optimizer, name, place)
    array = optimizer.parameters[name]
    scale = check_number(lr_scale, "The factor of the learning rate", 0, math.inf)
    state: dict[str, Number] = {
        key: values.reshape(-1)[index if values.ndim else 0] for key, values in optimizer.state_dict().items()
    }
    work = _Work(array[place], array.dtype.type(gradient), state, optimizer.lr * scale, {})
    kind, method = _method(optimizer)
    before, derivative = float(work.weight), float(work.gradient)
    # Parameters of a run that is about to diverge still make numbers, not a warning.
    with np.errstate(all="ignore"):
        options = method(optimizer, work)
    return UpdateTerms(
        kind,
        name,
        tuple(int(number) for number in place),
        int(state["step"]) + 1 if "step" in state else None,
        float(work.rate),
        before,
        derivative,
        MappingProxyType(work.found),
        float(work.weight),
        MappingProxyType({key: float(value) for key, value in options.items()}),
    )


def _index(optimizer: Optimizer, name: str, place: tuple[int, ...]) -> int:
    """Where the number lies in the vector of all parameters, end to end."""
    start = 0
    for other, array in optimizer.parameters.items():
        if other == name:
            check_cell(place, array.shape, name)
            return start + int(np.ravel_multi_index(place, array.shape))
        start += array.size
    raise ArgumentError(f"The parameters are {', '.join(optimizer.parameters)}; {name} is none of them.")


_Method: TypeAlias = Callable[[Any, _Work], Mapping[str, float]]


def _method(optimizer: Optimizer) -> tuple[str, _Method]:
    for kind, method in _METHODS.items():
        if isinstance(optimizer, kind):
            return kind.__name__, method
    raise ArgumentError(f"Nothing is known of how {type(optimizer).__name__} works inside.")


def _decayed(optimizer: Optimizer, work: _Work) -> Number:
    if not optimizer.weight_decay:
        return work.gradient
    decayed: Number = work.weight * optimizer.weight_decay + work.gradient
    work.keep(decayed_gradient=decayed)
    return decayed


def _sgd(optimizer: SGD, work: _Work) -> Mapping[str, float]:
    g = _decayed(optimizer, work)
    velocity = work.state["velocity"] * optimizer.momentum + g
    if optimizer.momentum:
        work.keep(velocity_before=work.state["velocity"], velocity=velocity)
    ahead = velocity
    if optimizer.nesterov:
        ahead = velocity * optimizer.momentum + g
        work.keep(ahead=ahead)
    work.take_off(ahead * work.rate)
    return {
        "momentum": optimizer.momentum,
        "nesterov": optimizer.nesterov,
        "weight_decay": optimizer.weight_decay,
    }


def _rmsprop(optimizer: RMSprop, work: _Work) -> Mapping[str, float]:
    g = _decayed(optimizer, work)
    square = work.state["square"] * optimizer.alpha + g * g * (1 - optimizer.alpha)
    root = np.sqrt(square)
    quotient = g / (root + optimizer.eps)
    velocity = work.state["velocity"] * optimizer.momentum + quotient
    work.keep(square_before=work.state["square"], square=square, root=root, quotient=quotient)
    if optimizer.momentum:
        work.keep(velocity_before=work.state["velocity"], velocity=velocity)
    work.take_off(velocity * work.rate)
    return {
        "alpha": optimizer.alpha,
        "eps": optimizer.eps,
        "momentum": optimizer.momentum,
        "weight_decay": optimizer.weight_decay,
    }


def _adam(optimizer: Adam, work: _Work) -> Mapping[str, float]:
    if not isinstance(optimizer, AdamW):
        g = _decayed(optimizer, work)
    else:
        g = work.gradient
        if optimizer.weight_decay:
            work.weight = work.weight * (1 - work.rate * optimizer.weight_decay)
            work.keep(decayed_weight=work.weight)
    (beta1, beta2), steps = optimizer.betas, int(work.state["step"]) + 1
    mean, square = work.state["mean"], work.state["square"]
    m = mean + (g - mean) * (1 - beta1)
    v = square * beta2 + g * g * (1 - beta2)
    m_correction, v_correction = 1 - beta1**steps, 1 - beta2**steps
    work.keep(m_before=mean, v_before=square, m=m, v=v)
    work.keep(m_correction=m_correction, v_correction=v_correction)
    work.keep(m_hat=float(m) / m_correction, v_hat=float(v) / v_correction)
    # As the engine has it: with m_hat = m / m_correction and v_hat likewise, the quotient is expanded.
    root = math.sqrt(v_correction)
    work.take_off(m / (np.sqrt(v) + optimizer.eps * root) * (work.rate * root / m_correction))
    return {"beta1": beta1, "beta2": beta2, "eps": optimizer.eps, "weight_decay": optimizer.weight_decay}


_METHODS: Mapping[type[Optimizer], _Method] = {AdamW: _adam, Adam: _adam, RMSprop: _rmsprop, SGD: _sgd}
