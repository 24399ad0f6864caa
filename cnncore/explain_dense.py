"""The dense layer, softmax and the loss: sums over a whole vector, term by term."""

from dataclasses import dataclass

import numpy as np

from cnncore.errors import ArgumentError
from cnncore.trace import LayerTrace, Trace
from cnncore.windows import Array


@dataclass(frozen=True, eq=False)
class LinearTerms:
    """One output number of a dense layer, equations (1) and (2).

    Attributes
    ----------
    cell : (int,)
    inputs, weights : (K,) arrays
        In the engine's precision.
    contributions : (K,) float64
        Weight times input; exact.
    order : (K,) of int
        Inputs by the size of their contribution, the largest first.
    bias : float or None
    total : float
        The engine's own output.
    """

    cell: tuple[int, ...]
    inputs: Array
    weights: Array
    contributions: Array
    order: Array
    bias: float | None
    total: float

    @property
    def exact(self) -> float:
        """The terms added up in float64."""
        return float(self.contributions.sum()) + (self.bias or 0.0)

    @property
    def positive(self) -> float:
        """The sum of the positive contributions."""
        return float(self.contributions[self.contributions > 0].sum())

    @property
    def negative(self) -> float:
        """The sum of the negative contributions."""
        return float(self.contributions[self.contributions < 0].sum())

    def rest(self, shown: int) -> float:
        """The sum of all contributions but the `shown` largest."""
        return float(self.contributions[self.order[shown:]].sum())

    def folded(self, shape: tuple[int, ...]) -> Array:
        """The contributions in the shape of the maps that were flattened."""
        return self.contributions.reshape(shape)


@dataclass(frozen=True, eq=False)
class SoftmaxTerms:
    """One probability, equation (4): ``exp(z - max) / sum of exp(z - max)``.

    Attributes
    ----------
    cell : (int,)
        The class.
    logits : (K,) array
    shift : float
        The largest logit. Taking it off changes nothing in the quotient and keeps exp from overflowing.
    shifted, exponentials : (K,) float64
    divisor : float
        The sum of the exponentials.
    quotients : (K,) float64
        All exponentials divided by their sum.
    total : float
        The engine's own probability.
    """

    cell: tuple[int, ...]
    logits: Array
    shift: float
    shifted: Array
    exponentials: Array
    divisor: float
    quotients: Array
    total: float

    @property
    def exact(self) -> float:
        """The probability in float64."""
        return float(self.quotients[self.cell[0]])


@dataclass(frozen=True)
class LossTerms:
    """The loss of one sample, equation (5): ``-ln p`` of the true class.

    Attributes
    ----------
    label : int
        The true class.
    probability : float
        The engine's own, of the true class.
    log_probability : float
        ``z - max - ln(sum)`` in float64: exact also where the probability rounds to zero.
    total : float
        The engine's own loss.
    """

    label: int
    probability: float
    log_probability: float
    total: float

    @property
    def exact(self) -> float:
        """The loss in float64."""
        return -self.log_probability


def explain_linear(step: LayerTrace, cell: tuple[int, ...]) -> LinearTerms:
    """Take one unit of a dense layer apart."""
    parameters = step.layer.parameters
    weights = parameters["weight"][cell[0]].copy()
    with np.errstate(over="ignore", invalid="ignore"):
        contributions = step.input.astype(np.float64) * weights
    bias = parameters.get("bias")
    return LinearTerms(
        cell,
        step.input,
        weights,
        contributions,
        np.argsort(-np.abs(contributions), kind="stable"),
        None if bias is None else float(bias[cell[0]]),
        float(step.output[cell]),
    )


def softmax_terms(logits: Array, cell: tuple[int, ...], total: float) -> SoftmaxTerms:
    """Take the softmax of `logits` apart, whose number `cell` the engine gave as `total`."""
    exact = logits.astype(np.float64)
    shift = float(exact.max())
    with np.errstate(over="ignore", invalid="ignore"):
        shifted = exact - shift
        exponentials = np.exp(shifted)
        divisor = float(exponentials.sum())
        quotients = exponentials / divisor
    return SoftmaxTerms(cell, logits, shift, shifted, exponentials, divisor, quotients, total)


def explain_softmax(found: Trace, index: int) -> SoftmaxTerms:
    """Take the probability of one class apart."""
    return softmax_terms(found.logits, (index,), float(found.probabilities[index]))


def explain_softmax_layer(step: LayerTrace, cell: tuple[int, ...]) -> SoftmaxTerms:
    """Take one number of a softmax layer apart; on maps, classes are channels."""
    logits = step.input.reshape(len(step.input), -1)
    place = int(np.ravel_multi_index(cell[1:], step.input.shape[1:])) if len(cell) > 1 else 0
    return softmax_terms(logits[:, place], cell, float(step.output[cell]))


def explain_loss(found: Trace) -> LossTerms:
    """Take the loss of a sample apart.

    Raises
    ------
    ArgumentError
        When the sample has no label and hence no loss.
    """
    if found.label is None or found.loss is None:
        raise ArgumentError("A sample without a label has no loss.")
    terms = explain_softmax(found, found.label)
    with np.errstate(divide="ignore"):
        log_probability = float(terms.shifted[found.label] - np.log(terms.divisor))
    return LossTerms(found.label, terms.total, log_probability, found.loss)


def loss_curve(count: int = 201) -> tuple[Array, Array]:
    """Sample the loss over the probability of the true class, from 0.5 % to 1: (count,) of p and of -ln p."""
    p = np.linspace(0.005, 1.0, count)
    return p, -np.log(p)
