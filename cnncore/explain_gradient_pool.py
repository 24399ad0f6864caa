"""The gradients of pooling: how much of what arrives at the windows goes to one number under them."""

from dataclasses import dataclass

import numpy as np

from cnncore.explain_gradient_reads import axis_reads, divisors, pairs
from cnncore.explain_gradient_terms import SumOfProducts
from cnncore.explain_window import Indices, Mask
from cnncore.trace import LayerTrace
from cnncore.windows import Array


@dataclass(frozen=True, eq=False)
class MaxPoolInputTerms(SumOfProducts):
    """The derivative of the loss by one number under max pooling: the gradients of the windows it won.

    Attributes
    ----------
    cell : (int, int, int)
        Map, row and column of the input.
    windows : (T, 2) of int
        Row and column of each output cell whose window reads the number, in reading order.
    winners : (T, 2) of int
        Row and column of the input cell that won each of these windows; -1 where a NaN left none.
    winner : (T,) of bool
        Which of the windows the number itself won.
    upstream : (T,) array
        Derivative by these output cells, in the engine's precision.
    products : (T,) float64
        Upstream where it won, 0 elsewhere.
    total : float
        The engine's own gradient.
    """

    cell: tuple[int, int, int]
    windows: Indices
    winners: Indices
    winner: Mask
    upstream: Array
    products: Array
    total: float


@dataclass(frozen=True, eq=False)
class AveragePoolInputTerms(SumOfProducts):
    """The derivative of the loss by one number under average pooling: its share of each window's gradient.

    Attributes
    ----------
    cell : (int, int, int)
        Map, row and column of the input.
    windows : (T, 2) of int
        Row and column of each output cell whose window reads the number, in reading order.
    divisors : (T,) of int
        By how many the sum under each window was divided.
    upstream : (T,) array
        Derivative by these output cells, in the engine's precision.
    products : (T,) float64
        Upstream divided by the divisor.
    total : float
        The engine's own gradient.
    """

    cell: tuple[int, int, int]
    windows: Indices
    divisors: Indices
    upstream: Array
    products: Array
    total: float


def explain_max_pool_input(
    step: LayerTrace, upstream: Array, d_input: Array, cell: tuple[int, ...]
) -> MaxPoolInputTerms:
    """Find which windows input number (map, y, x) won, as the engine hands gradients back."""
    channel, row, column = cell
    y, x = axis_reads(step, 0), axis_reads(step, 1)
    windows = pairs(y.readers(row)[0], x.readers(column)[0])
    rows, columns = y.sources[windows[:, 0]], x.sources[windows[:, 1]]
    inside = (rows >= 0)[:, :, np.newaxis] & (columns >= 0)[:, np.newaxis]
    values = step.input[channel][rows[:, :, np.newaxis], columns[:, np.newaxis]]
    largest = step.output[channel][windows[:, 0], windows[:, 1]]
    wins = inside & (values == largest[:, np.newaxis, np.newaxis])
    wins = wins.reshape(len(windows), rows.shape[1] * columns.shape[1])
    # The first of the largest in reading order takes it all.
    tap_y, tap_x = np.divmod(wins.argmax(axis=1), columns.shape[1])
    each = np.arange(len(windows))
    winners = np.stack([rows[each, tap_y], columns[each, tap_x]], axis=1)
    winners[~wins.any(axis=1)] = -1
    won: Mask = (winners == (row, column)).all(axis=1)
    arriving = upstream[channel][windows[:, 0], windows[:, 1]]
    products = np.where(won, arriving.astype(np.float64), 0.0)
    total = float(d_input[cell])
    return MaxPoolInputTerms((channel, row, column), windows, winners, won, arriving, products, total)


def explain_average_pool_input(
    step: LayerTrace, upstream: Array, d_input: Array, cell: tuple[int, ...]
) -> AveragePoolInputTerms:
    """Find the share of input number (map, y, x) in the gradient of each window that reads it."""
    channel, row, column = cell
    y, x = axis_reads(step, 0), axis_reads(step, 1)
    rows, columns = y.readers(row)[0], x.readers(column)[0]
    windows = pairs(rows, columns)
    _, height, width = step.input.shape
    counts = np.outer(
        divisors(step.layer, y, height, 0)[rows], divisors(step.layer, x, width, 1)[columns]
    ).reshape(-1)
    arriving = upstream[channel][windows[:, 0], windows[:, 1]]
    products = arriving.astype(np.float64) / counts
    total = float(d_input[cell])
    return AveragePoolInputTerms((channel, row, column), windows, counts, arriving, products, total)
