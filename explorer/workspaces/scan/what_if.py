"""Neighbouring settings, each with what it would change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cnncore.scan_setup import LIMITS, ScanSetup, diagnose

from .lab_state import LabState

CARDS = 4


@dataclass(frozen=True)
class Variant:
    """A neighbouring state, by name."""

    title: str
    state: LabState


def variants(state: LabState, count: int = CARDS) -> tuple[Variant, ...]:
    """Return so many neighbours of a state that work and differ from it, the most telling first."""
    found: dict[ScanSetup, Variant] = {}
    for title, changed in _candidates(state):
        setup = changed.setup
        if setup != state.setup and setup not in found and diagnose(setup) is None:
            found[setup] = Variant(title, changed)
        if len(found) == count:
            break
    return tuple(found.values())


def _candidates(state: LabState) -> Iterator[tuple[str, LabState]]:
    setup = state.setup
    (sy, sx), (dy, dx) = setup.stride, setup.dilation
    top, _, left, _ = setup.padding
    if any(setup.padding):
        yield "No padding", state.with_setup(padding=(0, 0, 0, 0))
        if top and left and setup.padding != (top, 0, left, 0):
            yield "Pad top, left", state.with_setup(padding=(top, 0, left, 0))
    else:
        yield "Same padding", state.with_setup(padding=setup.same)
    stride = LIMITS["stride"][1]
    yield f"Stride {min(sy + 1, stride)}", state.with_setup(stride=(min(sy + 1, stride), min(sx + 1, stride)))
    gap = LIMITS["dilation"][1]
    kept = setup.padding
    wider = (min(dy + 1, gap), min(dx + 1, gap))
    yield f"Dilation {wider[0]}", state.with_setup(dilation=wider, padding=kept)
    if (sy, sx) != (1, 1):
        yield "Stride 1", state.with_setup(stride=(1, 1))
    if (dy, dx) != (1, 1):
        yield "No dilation", state.with_setup(dilation=(1, 1), padding=kept)
    yield "Full padding", state.with_padding_kind("full")
    for change in (2, -2, 1, -1):
        kh, kw = (k + change for k in setup.kernel_size)
        low, high = LIMITS["kernel_size"]
        if low <= min(kh, kw) and max(kh, kw) <= high:
            yield f"Kernel {kh}×{kw}", state.with_setup(kernel_size=(kh, kw), padding=kept)


def comparisons(state: LabState) -> tuple[Variant, ...]:
    """Return what a state can be compared with, stride first: that is where most is lost and saved."""
    stride = state.setup.stride
    other = "Stride 1" if stride != (1, 1) else "Stride 2"
    step = (1, 1) if stride != (1, 1) else (2, 2)
    first = Variant(other, state.with_setup(stride=step))
    rest = [v for v in variants(state, 12) if v.state.setup != first.state.setup]
    works = diagnose(first.state.setup) is None
    return tuple(([first] if works else []) + rest)


def size_formula(setup: ScanSetup, axis: int) -> str:
    """Write how a size comes about, as on the cards: "⌊(8 − 3) / 2⌋ + 1"."""
    span = setup.dilation[axis] * (setup.kernel_size[axis] - 1) + 1
    step, size = setup.stride[axis], setup.input_size[axis]
    cut = sum(setup.padding[2 * axis : 2 * axis + 2])
    if setup.transposed:
        text = f"({size} − 1) · {step} + {span}"
        return f"{text} − {cut}" if cut else text
    room = size + cut
    inner = f"({room} − {span}) / {step}"
    return f"⌊{inner}⌋ + 1" if (room - span) % step else f"{inner} + 1"
