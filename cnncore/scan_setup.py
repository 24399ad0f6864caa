"""A scan's settings, why some cannot be, and which ones nearby can."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from cnncore.padding import PaddingMode, most_padding
from cnncore.scan import ScanPlan, transposed_size
from cnncore.shapes import Padding4, Pair, same_padding

Operation: TypeAlias = Literal["correlation", "convolution", "max_pool", "average_pool", "transposed"]
OPERATIONS: tuple[Operation, ...] = (
    "correlation",
    "convolution",
    "max_pool",
    "average_pool",
    "transposed",
)

LIMITS = MappingProxyType(
    {"input_size": (1, 64), "kernel_size": (1, 11), "stride": (1, 8), "padding": (0, 50), "dilation": (1, 5)}
)
"""Smallest and largest number of each setting."""
MOST_SUGGESTIONS = 5


@dataclass(frozen=True)
class ScanSetup:
    """The settings of a scan, possible or not.

    Attributes
    ----------
    padding : (top, bottom, left, right)
        What is added round the input; cut off from the output by a transposed convolution.
    """

    input_size: Pair = (7, 7)
    kernel_size: Pair = (3, 3)
    stride: Pair = (1, 1)
    padding: Padding4 = (0, 0, 0, 0)
    dilation: Pair = (1, 1)
    mode: PaddingMode = "zeros"
    operation: Operation = "correlation"

    @property
    def transposed(self) -> bool:
        """Whether each input cell writes a window, instead of each output cell reading one."""
        return self.operation == "transposed"

    @cached_property
    def plan(self) -> ScanPlan:
        """The plan of the scan; for a transposed convolution, of the scan over its output.

        Raises
        ------
        ShapeError, ArgumentError
            When there is none; `diagnose` says why.
        """
        return ScanPlan(self.scanned_size, self.kernel_size, self.stride, self.padding, self.dilation)

    @property
    def scanned_size(self) -> Pair:
        """Rows and columns of what the window moves over: the input, or what a transposed one writes."""
        if not self.transposed:
            return self.input_size
        return transposed_size(self.input_size, self.kernel_size, self.stride, self.padding, self.dilation)

    @property
    def result_size(self) -> Pair:
        """Rows and columns of the result. Raises ShapeError, ArgumentError."""
        return self.scanned_size if self.transposed else self.plan.output_size

    @property
    def same(self) -> Padding4:
        """The padding that keeps the size at stride 1; an odd total goes to bottom and right."""
        (top, bottom), (left, right) = map(same_padding, self.kernel_size, self.dilation)
        return top, bottom, left, right

    @property
    def full(self) -> Padding4:
        """The padding with which the window reads every cell as often as it has weights."""
        y, x = (gap * (k - 1) for k, gap in zip(self.kernel_size, self.dilation, strict=True))
        return y, y, x, x


@dataclass(frozen=True)
class Suggestion:
    """Settings that work, and what they change: "a kernel of 3×3"."""

    text: str
    setup: ScanSetup


@dataclass(frozen=True)
class Problem:
    """Why settings cannot be.

    Attributes
    ----------
    reason : str
        A sentence.
    culprit : str
        The name of the setting that is to blame.
    suggestions : tuple of Suggestion
        At least one, nearest first; each of them works.
    """

    reason: str
    culprit: str
    suggestions: tuple[Suggestion, ...] = field(default=())


def diagnose(setup: ScanSetup) -> Problem | None:
    """Say why settings cannot be and what nearby can; None when they can."""
    found = _fault(setup)
    if found is None:
        return None
    reason, culprit = found
    return Problem(reason, culprit, _suggestions(setup))


def _fault(setup: ScanSetup) -> tuple[str, str] | None:
    """Return reason and culprit of what is wrong first."""
    if setup.transposed:
        return _crop_fault(setup)
    return _span_fault(setup) or _mode_fault(setup) or _pool_fault(setup)


def _crop_fault(setup: ScanSetup) -> tuple[str, str] | None:
    if min(setup.scanned_size) >= 1:
        return None
    axis = 0 if setup.scanned_size[0] < 1 else 1
    cut = sum(setup.padding[2 * axis : 2 * axis + 2])
    return (
        f"The stamps cover {_some(setup.scanned_size[axis] + cut, axis)}, and the padding cuts off {cut}: "
        "nothing is left.",
        "padding",
    )


def _some(count: int, axis: int) -> str:
    return f"{count} {('row', 'column')[axis]}{'' if count == 1 else 's'}"


def _span_fault(setup: ScanSetup) -> tuple[str, str] | None:
    for axis in (0, 1):
        room = setup.input_size[axis] + sum(setup.padding[2 * axis : 2 * axis + 2])
        taps, gap = setup.kernel_size[axis], setup.dilation[axis]
        span = gap * (taps - 1) + 1
        if span <= room:
            continue
        culprit = "dilation" if taps <= room else "kernel_size"
        who = "The kernel with dilation" if gap > 1 else "The kernel"
        padded = "padded input" if room > setup.input_size[axis] else "input"
        return f"{who} spans {_some(span, axis)}, the {padded} has {room}.", culprit
    return None


def _mode_fault(setup: ScanSetup) -> tuple[str, str] | None:
    for axis in (0, 1):
        size, widest = setup.input_size[axis], max(setup.padding[2 * axis : 2 * axis + 2])
        most = most_padding(size, setup.mode)
        if most is None or widest <= most:
            continue
        verb = "Reflecting" if setup.mode == "reflect" else "Going round"
        return (
            f"{verb} an input of {_some(size, axis)} gives at most {most} of padding, "
            f"and {widest} are asked for.",
            "padding",
        )
    return None


def _pool_fault(setup: ScanSetup) -> tuple[str, str] | None:
    if setup.operation == "max_pool" and setup.mode == "zeros" and setup.plan.only_padding.any():
        return "A window sees nothing but padding, and padding never is the maximum.", "padding"
    return None


# Suggestions: one setting is changed as little as it takes, on both axes where both need it.


def _suggestions(setup: ScanSetup) -> tuple[Suggestion, ...]:
    found: dict[ScanSetup, str] = {}
    for text, candidate in _candidates(setup):
        if candidate != setup and _within_limits(candidate) and _fault(candidate) is None:
            found.setdefault(candidate, text)
    if not found:
        plain = replace(setup, kernel_size=(1, 1), dilation=(1, 1), padding=(0, 0, 0, 0), mode="zeros")
        found[plain] = "a 1×1 kernel without padding"
    nearest = sorted(found, key=lambda other: _distance(setup, other))
    return tuple(Suggestion(found[other], other) for other in nearest[:MOST_SUGGESTIONS])


def _candidates(setup: ScanSetup) -> Iterator[tuple[str, ScanSetup]]:
    for name in ("kernel_size", "dilation", "input_size"):
        up = name == "input_size" or setup.transposed
        changed = setup
        for axis in (0, 1):
            changed = _moved(changed, name, axis, LIMITS[name][up])
        if changed == setup:
            continue
        yield _words(name, changed), changed
        # Where the padding does not suit its mode either, zeros always do.
        yield f"{_words(name, changed)}, padded with zeros", replace(changed, mode="zeros")
    for end in LIMITS["padding"]:
        changed = _padded(_padded(setup, 0, end), 1, end)
        yield _words("padding", changed), changed
    yield "padding with zeros", replace(setup, mode="zeros")
    yield "padding with the edge repeated", replace(setup, mode="replicate")


def _moved(setup: ScanSetup, name: str, axis: int, end: int) -> ScanSetup:
    """Move one number towards `end` until its axis is in order; leave it when that never comes."""
    pair = getattr(setup, name)
    step = 1 if end > pair[axis] else -1
    for value in range(pair[axis], end + step, step):
        numbers = (value, pair[1]) if axis == 0 else (pair[0], value)
        changes: dict[str, Any] = {name: numbers}
        changed = replace(setup, **changes)
        if _axis_in_order(changed, axis):
            return changed
    return setup


def _padded(setup: ScanSetup, axis: int, end: int) -> ScanSetup:
    """The same with the padding of an axis: level it up or down, the less on either side first."""
    pair = setup.padding[2 * axis : 2 * axis + 2]
    start, step, level = (min(pair), 1, max) if end > 0 else (max(pair), -1, min)
    for value in range(start, end + step, step):
        before, after = level(pair[0], value), level(pair[1], value)
        top, bottom, left, right = setup.padding
        padding = (before, after, left, right) if axis == 0 else (top, bottom, before, after)
        changed = replace(setup, padding=padding)
        if _axis_in_order(changed, axis):
            return changed
    return setup


def _axis_in_order(setup: ScanSetup, axis: int) -> bool:
    """Whether nothing is wrong when both axes are like this one."""
    before, after = setup.padding[2 * axis : 2 * axis + 2]
    names = ("input_size", "kernel_size", "stride", "dilation")
    changes: dict[str, Any] = {name: (getattr(setup, name)[axis],) * 2 for name in names}
    return _fault(replace(setup, padding=(before, after, before, after), **changes)) is None


def _words(name: str, setup: ScanSetup) -> str:
    if name == "padding":
        top, bottom, left, right = setup.padding
        if setup.padding == (0, 0, 0, 0):
            return "no padding"
        if top == bottom == left == right:
            return f"padding {top}"
        return f"padding {top}, {bottom}, {left}, {right}"
    y, x = getattr(setup, name)
    if name == "dilation":
        return "no dilation" if y == x == 1 else f"dilation {y}" if y == x else f"dilation {y}, {x}"
    return f"{'a kernel' if name == 'kernel_size' else 'an input'} of {y}×{x}"


def _within_limits(setup: ScanSetup) -> bool:
    return all(
        low <= number <= high for name, (low, high) in LIMITS.items() for number in getattr(setup, name)
    )


def _distance(setup: ScanSetup, other: ScanSetup) -> float:
    total: float = sum(
        abs(a - b) for name in LIMITS for a, b in zip(getattr(setup, name), getattr(other, name), strict=True)
    )
    return total + (0.5 if setup.mode != other.mode else 0.0)
