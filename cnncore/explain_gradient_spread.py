"""The input gradient of a convolution as a picture: the upstream gradient spread out, the kernel flipped."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncore.errors import ArgumentError
from cnncore.explain_gradient_reads import AxisReads, axis_reads
from cnncore.explain_gradient_window import first_channel
from cnncore.explain_window import Indices, Mask
from cnncore.layers import Conv2d
from cnncore.trace import LayerTrace
from cnncore.windows import Array


@dataclass(frozen=True, eq=False)
class SpreadGradient:
    """The upstream gradient of one output map, ready for the full correlation of equation (10).

    Between its cells stand stride - 1 zeros, around them so many that the flipped kernel, sliding over it
    one cell at a time, gives as many numbers as the input has: what this map adds to the derivative by each.

    Attributes
    ----------
    f : int
        The output map.
    values : (H + (kh - 1) * dilation, W + (kw - 1) * dilation) array
        In the engine's precision.
    rows, columns : of int, one for each row and column of `values`
        Row and column of the upstream gradient that stands there; -1 where zeros do.
    offset : (int, int)
        Where cell (0, 0) of the upstream gradient stands: (kernel - 1) * dilation - padding. Negative where
        padding wider than the kernel needs cuts its edge off, as those windows read nothing but padding.
    dilation : (int, int)
        From one cell under the flipped kernel to the next.
    channels : (C,) of int
        The input channels that the map reads.
    flipped : (C, kh, kw) array
        The kernel of each of them, turned by 180°.
    folded : (H, W) of bool
        The input cells that are also read as copies in the padding. They get more than the correlation
        says; without padding that copies there are none.
    """

    f: int
    values: Array
    rows: Indices
    columns: Indices
    offset: tuple[int, int]
    dilation: tuple[int, int]
    channels: Indices
    flipped: Array
    folded: Mask

    @property
    def real(self) -> Mask:
        """Which of the values are cells of the upstream gradient; all others are zeros."""
        mask: Mask = (self.rows >= 0)[:, np.newaxis] & (self.columns >= 0)
        return mask

    @property
    def inserted(self) -> Mask:
        """Which of the zeros stand between cells of the upstream gradient, not around them."""
        mask: Mask = _between(self.rows)[:, np.newaxis] & _between(self.columns) & ~self.real
        return mask

    def window(self, y: int, x: int) -> tuple[Indices, Indices]:
        """Return which rows (kh,) and columns (kw,) of `values` the kernel covers for input cell (y, x)."""
        kernel = self.flipped.shape[1:]
        rows, columns = (
            place + step * np.arange(taps)
            for place, step, taps in zip((y, x), self.dilation, kernel, strict=True)
        )
        return rows, columns

    def correlate(self, channel: int) -> Array:
        """Return what the map adds to the derivative by each cell of an input channel: (H, W) float64.

        Raises
        ------
        ArgumentError
            When the map does not read the channel.
        """
        if channel not in self.channels:
            raise ArgumentError(f"Output map {self.f} does not read channel {channel}.")
        kernel = self.flipped[channel - self.channels[0]].astype(np.float64)
        height, width = self.folded.shape
        result = np.zeros((height, width))
        with np.errstate(over="ignore", invalid="ignore"):
            for i, j in np.ndindex(kernel.shape):
                top, left = i * self.dilation[0], j * self.dilation[1]
                result += kernel[i, j] * self.values[top : top + height, left : left + width]
        return result


def spread_gradient(step: LayerTrace, f: int) -> SpreadGradient:
    """Spread the upstream gradient of output map f of a convolution out for the full correlation.

    Raises
    ------
    ArgumentError
        When the layer is no convolution, has no such map, or nothing ran backward through it.
    """
    layer = step.layer
    if not isinstance(layer, Conv2d):
        raise ArgumentError(f"{layer!r} has no kernel to be flipped.")
    if step.d_output is None:
        raise ArgumentError("A sample without a label has no gradient.")
    if not 0 <= f < len(step.output):
        raise ArgumentError(f"There is no output map {f} among {len(step.output)}.")
    (rows, top), (columns, left) = _spread_axis(step, 0), _spread_axis(step, 1)
    values = step.d_output[f][rows[:, np.newaxis], columns]
    values[(rows < 0)[:, np.newaxis] | (columns < 0)] = 0
    first = first_channel(step, f)
    kernel = layer.parameters["weight"][f]
    return SpreadGradient(
        f,
        values,
        rows,
        columns,
        (top, left),
        layer.dilation,
        np.arange(first, first + len(kernel)),
        kernel[:, ::-1, ::-1].copy(),
        _folded(step),
    )


def _spread_axis(step: LayerTrace, axis: int) -> tuple[Indices, int]:
    """Which output stands at each place along an axis, -1 where none does; and where the first would."""
    options: Any = step.layer
    reach = (options.kernel_size[axis] - 1) * options.dilation[axis]
    offset = reach - options.padding[2 * axis]
    places = np.arange(step.input.shape[1 + axis] + reach) - offset
    outputs, rest = np.divmod(places, options.stride[axis])
    there = (rest == 0) & (outputs >= 0) & (outputs < step.output.shape[1 + axis])
    return np.where(there, outputs, -1), int(offset)


def _between(outputs: Indices) -> Mask:
    there = np.flatnonzero(outputs >= 0)
    mask = np.zeros(len(outputs), bool)
    if len(there):
        mask[there[0] : there[-1] + 1] = True
    return mask


def _folded(step: LayerTrace) -> Mask:
    reads = axis_reads(step, 0), axis_reads(step, 1)
    sizes = step.input.shape[1:]
    (rows, row_copies), (columns, column_copies) = (
        _sources(axis, size) for axis, size in zip(reads, sizes, strict=True)
    )
    mask: Mask = (row_copies[:, np.newaxis] & columns) | (rows[:, np.newaxis] & column_copies)
    return mask


def _sources(reads: AxisReads, size: int) -> tuple[Mask, Mask]:
    """Which inputs along an axis are read at all, and which as copies."""
    read, copied = np.zeros(size, bool), np.zeros(size, bool)
    read[reads.sources[reads.sources >= 0]] = True
    copied[reads.sources[(reads.sources >= 0) & (reads.sources != reads.places)]] = True
    return read, copied
