"""Two set-ups on one transport. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from cnncore.scan_setup import ScanSetup
from explorer.numbers import format_count, format_number

from .lab_numbers import LabNumbers, compute
from .lab_state import LabState, cube
from .what_if import Variant, comparisons

SWAPPED = "input and kernel swapped"


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two scans, and what they differ in."""

    titles: tuple[str, str]
    numbers: tuple[LabNumbers, LabNumbers]
    verdict: str

    @property
    def count(self) -> int:
        """Positions of the longer scan, which leads."""
        return max(numbers.count for numbers in self.numbers)

    @property
    def row(self) -> int:
        """Positions in a row of the longer scan."""
        return self._leader.row

    @property
    def _leader(self) -> LabNumbers:
        return max(self.numbers, key=lambda numbers: numbers.count)

    def positions(self, index: int) -> tuple[int, int]:
        """Where both scans stand: the shorter one at the same share of rows and columns."""
        rows, columns = self._leader.plan.output_size
        y, x = divmod(min(index, self.count - 1), columns)
        result = []
        for numbers in self.numbers:
            height, width = numbers.plan.output_size
            result.append(numbers.plan.index(y * height // rows, x * width // columns))
        return result[0], result[1]


def choices(state: LabState) -> tuple[str, ...]:
    """Return what a state can be compared with."""
    names = [variant.title for variant in comparisons(state)]
    return (*names, SWAPPED) if state.setup.operation in ("correlation", "convolution") else tuple(names)


def compare(
    state: LabState, numbers: LabNumbers, choice: str, numbers_of: Callable[[LabState], LabNumbers]
) -> Comparison:
    """Compare a state with one of its `choices`."""
    if choice == SWAPPED:
        return _swap(numbers)
    variants = comparisons(state)
    other = next((variant for variant in variants if variant.title == choice), variants[0])
    return _against(numbers, other, numbers_of(other.state))


def _against(numbers: LabNumbers, variant: Variant, other: LabNumbers) -> Comparison:
    return Comparison(("As set", variant.title), (numbers, other), _work(numbers, other, variant.title))


def _work(numbers: LabNumbers, other: LabNumbers, title: str) -> str:
    """Say what is saved and what is lost."""
    channels = numbers.state.channels
    mine, its = (n.plan.multiply_adds(channels) for n in (numbers, other))
    parts = []
    if mine != its:
        factor = format_number(max(mine, its) / min(mine, its), 1).removesuffix(".0")
        parts.append(f"{title} takes {factor} times {'as much' if its > mine else 'less'} work")
    else:
        parts.append(f"{title} takes as much work")
    cells = other.result.outputs[0].size - numbers.result.outputs[0].size
    if cells:
        parts.append(f"gives {format_count(abs(cells))} {'more' if cells > 0 else 'fewer'} numbers")
    if not numbers.transposed:
        missed = int(other.plan.unvisited.sum()) - int(numbers.plan.unvisited.sum())
        if missed:
            parts.append(
                f"leaves {format_count(abs(missed))} {'more' if missed > 0 else 'fewer'} inputs unread"
            )
    return ", ".join(parts) + "."


def _swap(numbers: LabNumbers) -> Comparison:
    """Scan the input with the kernel and the kernel with the input, wherever they meet."""
    one = _full(numbers, numbers.x, numbers.state.weights)
    other = _full(numbers, numbers.state.weights, numbers.x)
    a, b = one.result.sums[0], other.result.sums[0]
    if np.allclose(a, b):
        verdict = "Both outputs are equal: input and kernel may change places."
    elif np.allclose(a, b[::-1, ::-1]):
        verdict = "Each output is the other turned by 180°: cross-correlation does not commute."
    else:
        verdict = "The outputs differ."
    if numbers.setup.operation == "convolution":
        verdict = verdict.replace("Both outputs are equal:", "Both outputs are equal, convolution commutes:")
    return Comparison(("Input ∗ kernel", "Kernel ∗ input"), (one, other), verdict)


def _full(numbers: LabNumbers, x: np.ndarray, kernel: np.ndarray) -> LabNumbers:
    plain = ScanSetup(x.shape[1:], kernel.shape[1:], operation=numbers.setup.operation)
    state = replace(
        numbers.state,
        setup=replace(plain, padding=plain.full),
        kernel=cube(kernel),
        bias=0.0,
        activation="none",
    )
    return compute(state, x)
