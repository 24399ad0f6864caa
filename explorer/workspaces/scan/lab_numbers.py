"""All numbers of one set-up, computed once by the engine, and what each position of the scan shows. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from cnncore.scan import ScanPlan, Window, pad
from cnncore.scan_run import ScanResult, run_scan, sliding_kernel
from cnncore.scan_setup import ScanSetup

from .lab_state import LabState


@dataclass(frozen=True)
class Term:
    """One product of a sum."""

    weight: float
    value: float
    padding: bool

    @property
    def product(self) -> float:
        """Weight times value."""
        return self.weight * self.value


@dataclass(frozen=True, eq=False)
class LabNumbers:
    """A set-up that can be, with its input and everything the scan computes.

    Attributes
    ----------
    x : (C, H, W)
        The input.
    result : ScanResult
        Sums and outputs of the whole scan.
    """

    state: LabState
    x: np.ndarray
    result: ScanResult

    @property
    def setup(self) -> ScanSetup:
        """The scan's settings."""
        return self.state.setup

    @property
    def plan(self) -> ScanPlan:
        """The scan; for a transposed convolution, the scan over its output."""
        return self.setup.plan

    @property
    def transposed(self) -> bool:
        """Whether input cells write windows."""
        return self.setup.transposed

    @property
    def pooling(self) -> bool:
        """Whether there are no weights."""
        return not self.state.uses_kernel

    @property
    def count(self) -> int:
        """How many positions the scan has."""
        return self.plan.count

    @property
    def row(self) -> int:
        """How many positions make a row."""
        return self.plan.output_size[1]

    @cached_property
    def padded(self) -> np.ndarray:
        """The input with its padding: (C, H', W'); a transposed convolution pads nothing."""
        if self.transposed:
            return self.x
        return pad(self.x, self.setup.padding, self.setup.mode)

    @cached_property
    def padding_mask(self) -> np.ndarray:
        """Which cells of `padded` are padding: (H', W')."""
        mask = np.ones(self.padded.shape[1:], bool)
        top, left = self.origin
        height, width = self.setup.input_size
        mask[top : top + height, left : left + width] = False
        return mask

    @property
    def origin(self) -> tuple[int, int]:
        """Where the input begins in `padded`."""
        return (0, 0) if self.transposed else (self.setup.padding[0], self.setup.padding[2])

    @cached_property
    def unvisited(self) -> np.ndarray:
        """Which cells of `padded` belong to the input and are never read: (H', W')."""
        mask = np.zeros(self.padded.shape[1:], bool)
        if not self.transposed:
            top, left = self.origin
            height, width = self.setup.input_size
            mask[top : top + height, left : left + width] = self.plan.unvisited
        return mask

    @cached_property
    def kernel(self) -> np.ndarray:
        """The weights as they lie over the input: (C, kh, kw)."""
        return np.asarray(sliding_kernel(self.setup, self.state.weights))

    @cached_property
    def range(self) -> float:
        """The largest magnitude of the outputs, for their colours."""
        finite = np.abs(self.result.outputs[np.isfinite(self.result.outputs)])
        return float(finite.max()) if finite.size and finite.max() > 0 else 1.0

    def output_map(self, channel: int) -> np.ndarray:
        """The output on view: (out_h, out_w). Pooling has one for each channel."""
        return self.result.outputs[channel if self.pooling else 0]

    def sum_map(self, channel: int) -> np.ndarray:
        """The sums before the activation."""
        return self.result.sums[channel if self.pooling else 0]

    # One position

    def window(self, index: int) -> Window:
        """What position `index` reads, or, transposed, writes."""
        return _window(self, index)

    def patch(self, index: int, channel: int) -> np.ndarray:
        """The numbers under the window: (kh, kw); transposed, the one number that stamps, everywhere."""
        return _patch(self, index, channel)

    def patch_padding(self, index: int) -> np.ndarray:
        """Which cells of the patch are padding, or, transposed, are cut off: (kh, kw)."""
        return _patch_padding(self, index)

    def products(self, index: int, channel: int) -> np.ndarray:
        """Weights times numbers under the window: (kh, kw); pooling has the numbers themselves."""
        return _products(self, index, channel)

    def terms(self, index: int, channel: int) -> list[Term]:
        """The products of one channel, in reading order."""
        patch, padding = self.patch(index, channel), self.patch_padding(index)
        weights = np.ones_like(patch) if self.pooling else self.kernel[channel]
        cells = zip(weights.ravel().tolist(), patch.ravel().tolist(), padding.ravel().tolist(), strict=True)
        return [Term(*cell) for cell in cells]

    def winner(self, index: int, channel: int) -> tuple[int, int] | None:
        """Row and column in the window of the number that max pooling takes; None for other operations."""
        if self.setup.operation != "max_pool":
            return None
        patch = self.patch(index, channel)
        if self.setup.mode == "zeros":
            patch = np.where(self.patch_padding(index), -np.inf, patch)
        y, x = np.unravel_index(int(patch.argmax()), patch.shape)
        return int(y), int(x)

    def channel_sum(self, index: int, channel: int) -> float:
        """What one channel adds to the sum."""
        return float(self.products(index, channel).sum())

    def value(self, index: int, channel: int) -> float:
        """The output that position `index` writes."""
        return float(self.output_map(channel).flat[index])

    def output_after(self, index: int, channel: int) -> tuple[np.ndarray, np.ndarray]:
        """The output (out_h, out_w) when position `index` is done, and which of its cells are written."""
        if not self.transposed:
            values = self.output_map(channel)
            return values, np.arange(values.size).reshape(values.shape) <= index
        return _stamped(self, index), self._stamped_cells(index)

    def _stamped_cells(self, index: int) -> np.ndarray:
        height, width = self.setup.result_size
        y, x = self.plan.cell(index)
        columns, rows = self.plan.column_map, self.plan.row_map
        done = np.zeros((height, width), bool)
        full, part = _touched(rows[:y], height), _touched(rows[y : y + 1], height)
        done |= np.logical_and.outer(full, _touched(columns, width))
        done |= np.logical_and.outer(part, _touched(columns[: x + 1], width))
        return done


# A position is drawn, summed up and described by several parts at once: its numbers are kept for them. Two of
# them, because two scans may be compared.


@lru_cache(maxsize=4)
def _window(numbers: LabNumbers, index: int) -> Window:
    return numbers.plan.window(index)


@lru_cache(maxsize=4)
def _patch(numbers: LabNumbers, index: int, channel: int) -> np.ndarray:
    if numbers.transposed:
        y, x = numbers.plan.cell(index)
        return _kept(np.full(numbers.setup.kernel_size, numbers.x[channel, y, x]))
    window, (top, left) = numbers.window(index), numbers.origin
    rows, columns = np.array(window.rows) + top, np.array(window.columns) + left
    return _kept(numbers.padded[channel][np.ix_(rows, columns)])


@lru_cache(maxsize=4)
def _patch_padding(numbers: LabNumbers, index: int) -> np.ndarray:
    window, (height, width) = numbers.window(index), numbers.plan.input_size
    rows = np.array([not 0 <= y < height for y in window.rows])
    columns = np.array([not 0 <= x < width for x in window.columns])
    return _kept(np.logical_or.outer(rows, columns))


@lru_cache(maxsize=4)
def _products(numbers: LabNumbers, index: int, channel: int) -> np.ndarray:
    patch = numbers.patch(index, channel)
    return patch if numbers.pooling else _kept(patch * numbers.kernel[channel])


def _kept(values: np.ndarray) -> np.ndarray:
    values.flags.writeable = False
    return values


def _touched(axis_map: np.ndarray, size: int) -> np.ndarray:
    touched = np.zeros(size, bool)
    touched[axis_map[(axis_map >= 0) & (axis_map < size)]] = True
    return touched


@lru_cache(maxsize=4)
def _stamped(numbers: LabNumbers, index: int) -> np.ndarray:
    """The output of a transposed convolution of the first cells alone, as the engine computes it."""
    seen = np.arange(numbers.count).reshape(numbers.x.shape[1:]) <= index
    state = numbers.state
    return run_scan(state.setup, numbers.x * seen, state.weights, state.bias, state.activation).outputs[0]


def compute(state: LabState, x: np.ndarray) -> LabNumbers:
    """Scan an input (C, H, W) with a state whose settings can be."""
    result = run_scan(state.setup, x, state.weights, state.bias, state.activation)
    return LabNumbers(state, x, result)
