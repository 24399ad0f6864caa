"""Numbers and places in words. Pure: no widget."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from explorer.numbers import format_number, format_shape

DIGITS = 3
LARGE = 1e4
"""From here on numbers are written with a power of ten: a run that diverges has some of thirty figures."""
_MOST_LISTED = 5


def number(x: float, sign: bool = True, digits: int = DIGITS) -> str:
    """Write a number as everywhere on the page: three decimals, and a large one as "1.250e7"."""
    x = float(x)
    if abs(x) < LARGE or not math.isfinite(x):
        return format_number(x, digits, sign=sign)
    power = math.floor(math.log10(abs(x)))
    mantissa = x / 10.0**power
    if abs(round(mantissa, digits)) >= 10:
        power, mantissa = power + 1, mantissa / 10
    return f"{format_number(mantissa, digits, sign=sign)}e{power}"


def equals(terms: Iterable[float], total: float, digits: int = DIGITS) -> str:
    """Return "=" where the terms, rounded as they are shown, add up to the rounded total; else "≈"."""
    terms = list(terms)
    if any(abs(x) >= LARGE for x in (*terms, total)):
        return "≈"
    shown = sum(round(float(term), digits) for term in terms)
    return "=" if abs(shown - round(float(total), digits)) < 0.5 * 10**-digits else "≈"


def span(places: Sequence[int] | np.ndarray, noun: str) -> str:
    """Write rows or columns: "rows 7–11", "row 4", "rows 1, 3, 5"; with "y" for a noun, "y 7–11"."""
    found = [int(place) for place in places]
    several = noun if len(noun) == 1 else f"{noun}s"
    if not found:
        return f"no {several}"
    first, last = format_number(found[0], 0), format_number(found[-1], 0)
    if len(found) == 1:
        return f"{noun} {first}"
    if found == list(range(found[0], found[-1] + 1)):
        return f"{several} {first}–{last}"
    if len(found) > _MOST_LISTED:
        return f"{len(found)} {several} in {first}–{last}"
    return f"{several} " + ", ".join(format_number(place, 0) for place in found)


def plural(count: int, noun: str) -> str:
    """Write "1 cell", "2 cells"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


COUNTS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def in_words(count: int) -> str:
    """Write small counts as words."""
    return COUNTS[count] if 0 <= count < len(COUNTS) else str(count)


def shape_text(shape: Sequence[int]) -> str:
    """Write a shape as "8×20×20"."""
    return format_shape(shape)


def place_text(cell: tuple[int, ...]) -> str:
    """Write a cell as "y 7, x 9", "unit 3" or nothing."""
    if len(cell) == 3:
        return f"y {cell[1]}, x {cell[2]}"
    return f"unit {cell[0]}" if cell else ""
