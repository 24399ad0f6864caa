"""The gradients of the dense layer, of softmax, and of softmax and loss together."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncore.errors import ArgumentError
from cnncore.explain_gradient_terms import SumOfProducts
from cnncore.trace import LayerTrace, Trace
from cnncore.windows import Array


@dataclass(frozen=True)
class LinearWeightTerms:
    """The derivative of the loss by one weight of a dense layer: a cell of the outer product, equation (11).

    Attributes
    ----------
    cell : (int, int)
        Output unit and input.
    weight : float
        The weight itself.
    input : float
        The number that the weight reads.
    upstream : float
        Derivative by the output unit.
    product : float
        Of the two; exact in float64.
    total : float
        The engine's own gradient.
    """

    cell: tuple[int, int]
    weight: float
    input: float
    upstream: float
    product: float
    total: float

    @property
    def exact(self) -> float:
        """The product in float64."""
        return self.product


@dataclass(frozen=True, eq=False)
class LinearInputTerms(SumOfProducts):
    """The derivative of the loss by one input of a dense layer, equation (10): a row of W^T times upstream.

    Attributes
    ----------
    cell : (int,)
    weights, upstream : (K,) arrays
        The weight through which each output unit reads the input, and the derivative by that unit, in the
        engine's precision.
    products : (K,) float64
        Weight times upstream; exact.
    total : float
        The engine's own gradient.
    """

    cell: tuple[int]
    weights: Array
    upstream: Array
    products: Array
    total: float


@dataclass(frozen=True, eq=False)
class SoftmaxInputTerms(SumOfProducts):
    """The derivative of the loss by one input of a softmax layer: a row of its Jacobian times upstream.

    Attributes
    ----------
    cell : tuple of int
        The class; on maps channel, row and column.
    probabilities : (K,) array
        The engine's own, of all classes.
    jacobian : (K,) float64
        Derivative of each probability by the input: ``p_k * (1 - p_j)`` for k = j, ``-p_k * p_j`` for others.
    upstream : (K,) array
        Derivative by each probability.
    products : (K,) float64
        Jacobian times upstream.
    total : float
        The engine's own gradient.
    """

    cell: tuple[int, ...]
    probabilities: Array
    jacobian: Array
    upstream: Array
    products: Array
    total: float


@dataclass(frozen=True)
class LossGradientTerms:
    """The derivative of the loss by one logit, through softmax and cross-entropy together: ``p - y``.

    ``L = -z_y + ln(sum of exp z)``, so the derivative by z_j is ``exp z_j / sum`` less 1 for the true class.

    Attributes
    ----------
    cell : (int,)
        The class.
    probability : float
        The engine's own.
    target : int
        1 for the true class, 0 for all others.
    total : float
        The engine's own gradient.
    """

    cell: tuple[int]
    probability: float
    target: int
    total: float

    @property
    def exact(self) -> float:
        """The difference in float64."""
        return self.probability - self.target


def explain_linear_weight(step: LayerTrace, upstream: Array, cell: tuple[int, ...]) -> LinearWeightTerms:
    """Take the derivative by weight (unit, input) of a dense layer apart."""
    k, j = cell
    value, arriving = float(step.input[j]), float(upstream[k])
    weight = float(step.layer.parameters["weight"][cell])
    return LinearWeightTerms(
        (k, j), weight, value, arriving, value * arriving, float(step.gradients["weight"][cell])
    )


def explain_linear_input(
    step: LayerTrace, upstream: Array, d_input: Array, cell: tuple[int, ...]
) -> LinearInputTerms:
    """Take the derivative by one input of a dense layer apart."""
    (j,) = cell
    weights = step.layer.parameters["weight"][:, j].copy()
    with np.errstate(over="ignore", invalid="ignore"):
        products = weights.astype(np.float64) * upstream
    return LinearInputTerms((j,), weights, upstream, products, float(d_input[j]))


def explain_softmax_input(
    step: LayerTrace, upstream: Array, d_input: Array, cell: tuple[int, ...]
) -> SoftmaxInputTerms:
    """Take the derivative by one input of a softmax layer apart; on maps, classes are channels."""
    column: tuple[Any, ...] = (slice(None), *cell[1:])
    probabilities = step.output[column]
    with np.errstate(over="ignore", invalid="ignore"):
        exact = probabilities.astype(np.float64)
        jacobian = -exact * exact[cell[0]]
        jacobian[cell[0]] += exact[cell[0]]
        products = jacobian * upstream[column]
    return SoftmaxInputTerms(cell, probabilities, jacobian, upstream[column], products, float(d_input[cell]))


def explain_loss_gradient(found: Trace, index: int) -> LossGradientTerms:
    """Take the derivative of the loss by the logit of one class apart.

    Raises
    ------
    ArgumentError
        When nothing ran backward, or there is no such class.
    """
    d_logits = found.layers[-1].d_output if found.layers else None
    if found.label is None or d_logits is None:
        raise ArgumentError("A sample without a label has no gradient.")
    if not 0 <= index < len(found.logits):
        raise ArgumentError(f"There is no class {index} among {len(found.logits)}.")
    target = int(index == found.label)
    return LossGradientTerms((index,), float(found.probabilities[index]), target, float(d_logits[index]))
