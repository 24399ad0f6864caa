"""Which outputs of a sliding window read which inputs, one axis at a time: what the way back is made of."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncore.explain_window import Indices
from cnncore.layers import Layer
from cnncore.padding import PaddingMode, padding_map
from cnncore.trace import LayerTrace


@dataclass(frozen=True, eq=False)
class AxisReads:
    """What a window reads along one axis, at each of its positions.

    Attributes
    ----------
    places : (outputs, taps) of int
        Input row or column under each tap, before the input or behind it where that is padding.
    sources : (outputs, taps) of int
        From where the number comes: the place itself on the input; in padding that holds copies the place
        that is copied; -1 where there is no input behind it.
    """

    places: Indices
    sources: Indices

    def readers(self, source: int) -> tuple[Indices, Indices]:
        """Return the outputs that read an input, in ascending order, and through which tap each does."""
        outputs, taps = np.nonzero(self.sources == source)
        return outputs, taps


def axis_reads(step: LayerTrace, axis: int) -> AxisReads:
    """Return what a convolution or pooling layer reads along y (axis 0) or x (axis 1)."""
    options: Any = step.layer
    size, outputs = step.input.shape[1 + axis], step.output.shape[1 + axis]
    if hasattr(options, "output_size"):
        return _adaptive(size, outputs)
    taps, stride = options.kernel_size[axis], options.stride[axis]
    before, after = options.padding[2 * axis : 2 * axis + 2]
    dilation = getattr(options, "dilation", (1, 1))[axis]
    cells = np.arange(outputs)[:, np.newaxis] * stride + np.arange(taps) * dilation
    # A last window that was rounded up reaches beyond the padding.
    after = max(after, int(cells[-1, -1]) + 1 - before - size)
    mode: PaddingMode = getattr(options, "padding_mode", "zeros")
    return AxisReads(cells - before, padding_map(size, before, after, mode)[cells])


def _adaptive(size: int, outputs: int) -> AxisReads:
    """Windows of differing sizes: what the smaller ones have less than the largest, counts as nothing."""
    start = np.arange(outputs)[:, np.newaxis] * size // outputs
    end = -(-(np.arange(outputs)[:, np.newaxis] + 1) * size // outputs)
    places = start + np.arange(int((end - start).max()))
    return AxisReads(places, np.where(places < end, places, -1))


def divisors(layer: Layer, reads: AxisReads, size: int, axis: int) -> Indices:
    """How many numbers along an axis count in each mean of average pooling: (outputs,)."""
    options: Any = layer
    if not getattr(options, "count_include_pad", False):
        return np.asarray((reads.sources >= 0).sum(axis=1))
    before, after = options.padding[2 * axis : 2 * axis + 2]
    counted = (reads.places >= -before) & (reads.places < size + after)
    return np.asarray(counted.sum(axis=1))


def pairs(rows: Indices, columns: Indices) -> Indices:
    """Combine each row with each column, in reading order: (len(rows) * len(columns), 2)."""
    return np.stack(np.meshgrid(rows, columns, indexing="ij"), axis=-1).reshape(-1, 2)
