"""The gradients of a convolution: one weight, or one number of its input, taken apart."""

from dataclasses import dataclass

import numpy as np

from cnncore.explain_gradient_reads import axis_reads, pairs
from cnncore.explain_gradient_terms import SumOfProducts
from cnncore.explain_window import Indices, Mask, Window
from cnncore.trace import LayerTrace
from cnncore.windows import Array


@dataclass(frozen=True, eq=False)
class ConvWeightTerms(SumOfProducts):
    """The derivative of the loss by one weight of a convolution, equation (11).

    The sum, over all positions of the window, of what the weight read there and the gradient that arrives
    there from above: the input correlated with the upstream gradient.

    Attributes
    ----------
    cell : (int, int, int, int)
        Output map, channel inside of the group, row and column of the weight.
    channel : int
        The input channel that the weight reads.
    weight : float
        The weight itself.
    inputs : (Ho, Wo) array
        What the weight read at each position; in the padding what that holds.
    inside : (Ho, Wo) of bool
        False where padding was read.
    rows, columns : (Ho,), (Wo,) of int
        Input rows and columns read; outside of the input it is padding.
    upstream : (Ho, Wo) array
        Derivative by the output map, in the engine's precision.
    products : (Ho, Wo) float64
        Input times upstream; exact.
    total : float
        The engine's own gradient.
    """

    cell: tuple[int, int, int, int]
    channel: int
    weight: float
    inputs: Array
    inside: Mask
    rows: Indices
    columns: Indices
    upstream: Array
    products: Array
    total: float


@dataclass(frozen=True, eq=False)
class ConvInputTerms(SumOfProducts):
    """The derivative of the loss by one number of a convolution's input, equation (10).

    Each output cell whose window reads the number hands its gradient back through the weight that read it.
    The terms stand in the reading order of the output cells, which is that of the flipped kernel.

    Attributes
    ----------
    cell : (int, int, int)
        Input channel, row and column.
    maps : (F,) of int
        The output maps that read the channel: all, or those of its group.
    taps : (T, 2) of int
        Row and column in the kernel through which the number is read.
    places : (T, 2) of int
        Row and column of the output cell that reads it there.
    reads : (T, 2) of int
        Row and column under the tap: the cell itself, or a copy of it outside of the input.
    weights, upstream : (F, T) arrays
        In the engine's precision.
    products : (F, T) float64
        Weight times upstream; exact.
    partial_sums : (F,) float64
        The sum of the products of each map.
    total : float
        The engine's own gradient.
    """

    cell: tuple[int, int, int]
    maps: Indices
    taps: Indices
    places: Indices
    reads: Indices
    weights: Array
    upstream: Array
    products: Array
    partial_sums: Array
    total: float

    @property
    def copied(self) -> Mask:
        """(T,): where the number was read as a copy in the padding."""
        mask: Mask = (self.reads != np.array(self.cell[1:])).any(axis=1)
        return mask


def explain_conv_weight(step: LayerTrace, upstream: Array, cell: tuple[int, ...]) -> ConvWeightTerms:
    """Take the derivative by weight (map, channel, i, j) of a convolution apart."""
    f, c, i, j = cell
    weight = step.layer.parameters["weight"]
    channel = first_channel(step, f) + c
    y, x = axis_reads(step, 0), axis_reads(step, 1)
    rows, columns = y.places[:, i], x.places[:, j]
    height, width = step.input.shape[1:]
    inside = ((rows >= 0) & (rows < height))[:, np.newaxis] & ((columns >= 0) & (columns < width))
    inputs = Window(rows, columns, y.sources[:, i], x.sources[:, j], inside).read(step.input[channel])
    with np.errstate(over="ignore", invalid="ignore"):
        products = inputs.astype(np.float64) * upstream[f]
    total = float(step.gradients["weight"][cell])
    value = float(weight[cell])
    return ConvWeightTerms(
        (f, c, i, j), channel, value, inputs, inside, rows, columns, upstream[f], products, total
    )


def explain_conv_input(
    step: LayerTrace, upstream: Array, d_input: Array, cell: tuple[int, ...]
) -> ConvInputTerms:
    """Take the derivative by input number (channel, y, x) of a convolution apart."""
    channel, row, column = cell
    weight = step.layer.parameters["weight"]
    group, c = divmod(channel, weight.shape[1])
    per_group = len(weight) * weight.shape[1] // step.input.shape[0]
    maps = np.arange(group * per_group, (group + 1) * per_group)
    y, x = axis_reads(step, 0), axis_reads(step, 1)
    (rows, taps_y), (columns, taps_x) = y.readers(row), x.readers(column)
    taps, places = pairs(taps_y, taps_x), pairs(rows, columns)
    reads = pairs(y.places[rows, taps_y], x.places[columns, taps_x])
    own = slice(group * per_group, (group + 1) * per_group)
    weights = weight[own, c, taps[:, 0], taps[:, 1]]
    arriving = upstream[own, places[:, 0], places[:, 1]]
    with np.errstate(over="ignore", invalid="ignore"):
        products = weights.astype(np.float64) * arriving
        sums = products.sum(axis=1)
    total = float(d_input[cell])
    return ConvInputTerms(
        (channel, row, column), maps, taps, places, reads, weights, arriving, products, sums, total
    )


def first_channel(step: LayerTrace, f: int) -> int:
    """The first of the input channels that output map f of a convolution reads."""
    weight = step.layer.parameters["weight"]
    per_group = len(weight) * weight.shape[1] // step.input.shape[0]
    return int(f // per_group * weight.shape[1])
