"""Short explanations: standing notes for each setting, and a sentence on what is seen right now."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from cnncore.scan import stacked_view
from cnncore.scan_setup import ScanSetup

from .lab_numbers import LabNumbers

NOTES = {
    "operation": (
        "A CNN's “convolution” is a cross-correlation: the kernel lies over the input as it is written. "
        "A true convolution turns it by 180° first. Only then may input and kernel change places."
    ),
    "kernel": (
        "The kernel's size is what one output cell sees. Its weights say what it responds to: a cell is "
        "large where the input under the window looks like the kernel."
    ),
    "stride": (
        "A larger stride computes fewer cells: twice the stride is a quarter of the work. What it costs is "
        "place: the output no longer says exactly where something was."
    ),
    "padding": (
        "Without padding the output shrinks with every layer, and cells at the border are read less often. "
        "“Same” keeps the size at stride 1; with an even kernel one side needs a cell more, by custom the "
        "bottom and the right. Zeros are not neutral: a bright border beside them looks like an edge."
    ),
    "dilation": (
        "Dilation spreads the weights out: the window sees further with as many weights and as much work. "
        "What lies between the weights is not read."
    ),
}


def stacked_sentence(setup: ScanSetup) -> str:
    """Say what one cell sees of the input when two or three such layers are stacked."""
    sizes = []
    for layers in (1, 2, 3):
        y, x = (
            stacked_view(setup.kernel_size[a], setup.stride[a], setup.dilation[a], layers) for a in (0, 1)
        )
        sizes.append(f"{y}×{x}")
    return f"One such layer sees {sizes[0]} cells, two stacked {sizes[1]}, three {sizes[2]}."


@lru_cache(maxsize=4)
def facts(numbers: LabNumbers) -> tuple[str, ...]:
    """The counts of a scan, short."""
    setup, plan = numbers.setup, numbers.plan
    result = [f"width: same formula, {setup.result_size[1]}"] if axes_alike(setup) else []
    if not numbers.transposed:
        for axis, name in ((0, ""), (1, " across")):
            room, span = plan.padded_size[axis] - plan.span[axis], plan.stride[axis]
            if axis == 0 or plan.remainder[0] != plan.remainder[1]:
                result.append(f"remainder{name} {room} mod {span} = {plan.remainder[axis]}")
    return tuple(result)


def axes_alike(setup: ScanSetup) -> bool:
    """Whether height and width come about with the same numbers."""
    return (
        all(
            pair[0] == pair[1]
            for pair in (
                setup.input_size,
                setup.kernel_size,
                setup.stride,
                setup.dilation,
                setup.padding[::2],
            )
        )
        and setup.padding[:2] == setup.padding[2:]
    )


def sentence(numbers: LabNumbers, index: int) -> str:
    """Say what is worth noticing at a position of the scan."""
    if numbers.transposed:
        return _stamp_sentence(numbers, index)
    padding = numbers.patch_padding(index)
    if padding.any():
        return _padding_sentence(numbers, index, padding)
    unvisited = int(numbers.plan.unvisited.sum())
    if unvisited:
        why = _why_unread(numbers)
        return f"{unvisited:,} of {numbers.plan.visits.size:,} input cells are never read: {why}."
    if numbers.setup.operation == "convolution":
        return "The kernel is turned by 180° before it slides, so its last weight meets the first cell."
    if numbers.setup.operation == "max_pool":
        return "Only the largest number goes on, and where it stood is forgotten."
    if numbers.setup.operation == "average_pool":
        return f"Every cell counts the same: the sum divided by {padding.size}."
    reads = int(numbers.plan.visits.max())
    if reads == 1:
        return "No two windows share a cell of the input."
    return f"A cell in the middle is read by up to {reads} windows, each time with another weight."


def _why_unread(numbers: LabNumbers) -> str:
    """Name what keeps cells from being read: gaps inside, what is left over at the rim, or both."""
    last, missed, setup = numbers.window(numbers.count - 1), numbers.plan.unvisited, numbers.setup
    bottom, right = max(last.rows[-1] + 1, 0), max(last.columns[-1] + 1, 0)
    causes = []
    if missed[:bottom, :right].any():
        pairs = list(zip(setup.dilation, setup.kernel_size, setup.stride, strict=True))
        if any(gap > 1 and k > 1 for gap, k, _ in pairs):
            causes.append("between the weights")
        if any(step > gap * (k - 1) + 1 for gap, k, step in pairs):
            causes.append("between the windows")
    if missed[bottom:].any() or missed[:, right:].any():
        causes.append("at the rim" if causes else "at the rim, where no further window fits")
    return f"they lie {' and '.join(causes)}"


def _padding_sentence(numbers: LabNumbers, index: int, padding: np.ndarray) -> str:
    if numbers.setup.mode != "zeros":
        how = {"reflect": "mirrors", "replicate": "repeats", "circular": "continues at the other end of"}
        return f"The hatched cells lie outside: there the padding {how[numbers.setup.mode]} the input."
    if numbers.setup.operation == "max_pool":
        return "The hatched cells are padding, which never is the maximum."
    if numbers.setup.operation == "average_pool":
        return f"The hatched zeros count in the mean: the sum is divided by {padding.size} all the same."
    part = _part(padding)
    balanced = abs(float(numbers.kernel.sum())) < 1e-9
    if balanced and abs(numbers.value(index, 0)) > _usual_response(numbers):
        return f"{part} is padding: this strong response is an edge that the zeros create."
    return f"{part} is padding: its zeros add nothing to the sum."


@lru_cache(maxsize=4)
def _usual_response(numbers: LabNumbers) -> float:
    """The median of the outputs' magnitudes, away from the padding."""
    inner = ~numbers.plan.touches_padding
    return float(np.median(np.abs(numbers.sum_map(0))[inner])) if inner.any() else 0.0


def _part(padding: np.ndarray) -> str:
    rows, columns = padding.all(axis=1), padding.all(axis=0)
    names = [
        (rows.sum() == 1 and not columns.any() and rows[0], "The top row"),
        (rows.sum() == 1 and not columns.any() and rows[-1], "The bottom row"),
        (columns.sum() == 1 and not rows.any() and columns[0], "The left column"),
        (columns.sum() == 1 and not rows.any() and columns[-1], "The right column"),
    ]
    return next((name for holds, name in names if holds), "The hatched part")


def _stamp_sentence(numbers: LabNumbers, index: int) -> str:
    sizes = zip(numbers.setup.kernel_size, numbers.setup.stride, numbers.setup.dilation, strict=True)
    overlaps = any(gap * (k - 1) + 1 > step for k, step, gap in sizes)
    if numbers.patch_padding(index).any():
        return "Padding cuts off the hatched part of this stamp."
    if overlaps:
        return "Stamps overlap, and where they do their numbers add."
    return "With this stride the stamps stand side by side and do not overlap."
