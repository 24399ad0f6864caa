"""What a comparison says, in words and numbers. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.numbers import format_count, format_number, format_percent
from explorer.workbench.contest import Contender

UNKNOWN = "–"
NEAR, FAR = 2, 4


@dataclass(frozen=True)
class Measure:
    """One property of both networks.

    Attributes
    ----------
    values : pair of float or None
        None where it is not known yet.
    texts : pair of str
        As they are written.
    full : float or None
        The value with a bar of full length; None for the larger of the two.
    """

    title: str
    values: tuple[float | None, float | None]
    texts: tuple[str, str]
    full: float | None = None

    def share(self, place: int) -> float:
        """Return how long a bar is, 0 to 1."""
        value = self.values[place]
        full = self.full or max((v for v in self.values if v is not None), default=0.0)
        return 0.0 if value is None or full <= 0 else min(value / full, 1.0)


Pair = tuple[Contender, Contender]


def accuracy_of(contender: Contender) -> float | None:
    """Return the accuracy after the last epoch."""
    return contender.accuracies[-1] if contender.accuracies else None


def moved_accuracy(contender: Contender, distance: int) -> float | None:
    """Return the mean accuracy over images moved so far, once all shifts are measured."""
    shift = contender.shift
    if shift is None or shift.done < shift.table.size:
        return None
    return float(shift.at_distance()[distance])


def measures(pair: Pair) -> tuple[Measure, ...]:
    """Return what is compared, in the order in which it is read."""
    return (
        _shares("Validation accuracy", tuple(accuracy_of(one) for one in pair)),
        _shares(f"Moved by {NEAR} pixels", tuple(moved_accuracy(one, NEAR) for one in pair)),
        _shares(f"Moved by {FAR} pixels", tuple(moved_accuracy(one, FAR) for one in pair)),
        _counts("Parameters", tuple(one.parameters for one in pair)),
        _counts("Multiply-adds an image", tuple(one.multiply_adds for one in pair)),
        _seconds("Time of the training steps", tuple(one.seconds if one.steps else None for one in pair)),
    )


def _shares(title: str, values: tuple[float | None, float | None]) -> Measure:
    return Measure(title, values, tuple(UNKNOWN if v is None else format_percent(v) for v in values), 1.0)


def _counts(title: str, values: tuple[int, int]) -> Measure:
    return Measure(title, values, tuple(map(format_count, values)))


def _seconds(title: str, values: tuple[float | None, float | None]) -> Measure:
    texts = tuple(UNKNOWN if v is None else f"{format_number(v, 2)} s" for v in values)
    return Measure(title, values, texts)


def progress(pair: Pair) -> tuple[int, int]:
    """Return how much of the work is done, and all of it; a shift counts as a step."""
    shifts = 2 * (2 * FAR + 1) ** 2
    done = sum(one.steps + one.shifts for one in pair)
    return done, sum(one.all_steps for one in pair) + shifts


def status(pair: Pair) -> str:
    """Say what is being done right now."""
    for one in pair:
        if one.steps < one.all_steps and not one.shifts:
            return f"{one.title}: step {format_count(one.steps)} of {format_count(one.all_steps)}"
    for one in pair:
        if one.shift is None or one.shift.done < one.shift.table.size:
            return f"{one.title}: {one.shifts} of {(2 * FAR + 1) ** 2} shifts of the validation images"
    return "Done"


def conclusion(pair: Pair, disturbed: bool) -> str:
    """Say what the comparison has shown, once it is complete."""
    first, second = pair
    own, other = (accuracy_of(one) or 0.0 for one in pair)
    near = [moved_accuracy(one, NEAR) or 0.0 for one in pair]
    parameters = _times(first.parameters, second.parameters)
    work = _times(first.multiply_adds, second.multiply_adds)
    parts = [
        f"{first.title} gets {format_percent(own)} of the validation images right, "
        f"{second.title.lower()} {format_percent(other)}, with {parameters} the parameters "
        f"and {work} the multiply-adds.",
        f"Moved by {NEAR} pixels, {format_percent(near[0])} and {format_percent(near[1])} are right.",
    ]
    if own > other and near[0] > near[1]:
        parts.append(
            "A kernel looks for the same thing everywhere and is learned from every place of every image; "
            "a dense layer has separate weights for each place."
        )
    else:
        parts.append("So far the convolutions do not pay here; more epochs or other settings may show it.")
    if disturbed:
        parts.append("Another run was trained meanwhile, so the times are longer than they need be.")
    return " ".join(parts)


def _times(a: int, b: int) -> str:
    ratio = a / max(b, 1)
    return f"{format_number(ratio, 1 if ratio >= 10 else 2)} times"


def rings(contender: Contender) -> str:
    """Write the mean accuracy at each distance."""
    values = [moved_accuracy(contender, distance) for distance in range(FAR + 1)]
    if any(value is None for value in values):
        return ""
    return "by 0, 1, 2, 3, 4 pixels: " + ", ".join(f"{format_number(100 * v, 0)}" for v in values) + " %"


def where(dy: int, dx: int) -> str:
    """Write a shift in words."""
    parts = []
    for by, ahead, back in ((dy, "down", "up"), (dx, "right", "left")):
        if by:
            parts.append(f"{abs(by)} {ahead if by > 0 else back}")
    return f"moved {', '.join(parts)}" if parts else "not moved"
