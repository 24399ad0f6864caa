"""What the arrows of a number field do: to the next value that a person would think of. No widgets."""

from __future__ import annotations

import math
from collections.abc import Callable

Step = Callable[[float, int], float]
"""``step(value, direction)`` returns the value one arrow up (+1) or down (-1)."""


def by(amount: float) -> Step:
    """Step by the same amount, and not past 0."""

    def step(value: float, direction: int) -> float:
        to = round(value + amount * direction, 6)
        return 0.0 if to < 0 < value else to

    return step


def count(value: float, direction: int) -> float:
    """Step by one."""
    return int(value) + direction


def power_of_two(value: float, direction: int) -> float:
    """Step to the next power of two."""
    power = math.log2(value)
    return 2 ** ((math.floor(power) if direction > 0 else math.ceil(power)) + direction)


def one_two_five(value: float, direction: int) -> float:
    """Return the next of 1, 2, 5 times a power of ten."""
    decade = math.floor(math.log10(value))
    stations = [float(f"{m}e{d}") for d in range(decade - 1, decade + 2) for m in (1, 2, 5)]
    if direction > 0:
        return next(s for s in stations if s > value * (1 + 1e-9))
    return next(s for s in reversed(stations) if s < value * (1 - 1e-9))


def from_off(least: float) -> Step:
    """Go through 1, 2, 5 times powers of ten; below the least of them comes 0."""

    def step(value: float, direction: int) -> float:
        if value < least or (value == least and direction < 0):
            return least if direction > 0 else (0.0 if value else -1.0)
        return one_two_five(value, direction)

    return step


def forgetting(value: float, direction: int) -> float:
    """Step what is forgotten: 0.9, 0.95, 0.98, 0.99, 0.995 …"""
    forgets = 1 - value
    if forgets > 0.5 or (forgets == 0.5 and direction < 0):
        return round(value + 0.1 * direction, 6)
    if direction > 0 and forgets < 2e-6:  # six digits are written
        return 1.0
    return round(1 - one_two_five(max(round(forgets, 9), 1e-6), -direction), 9)
