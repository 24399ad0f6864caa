"""How derivatives are written: decimals enough for the small ones, and a common power of ten. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from explorer.numbers import MINUS, format_number

_PLAIN = (1e-3, 1e4)
"""Layers whose largest derivative lies in between are written as they are."""
_FEWEST, _MOST = 4, 6
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Scale:
    """Writes numbers in units of ten to the `exponent`, with so many decimals."""

    digits: int = 4
    exponent: int = 0

    def shown(self, value: float) -> float:
        """Return a number in the scale's units, as it is written but not rounded."""
        return float(value) * 10.0**-self.exponent if self.exponent else float(value)

    def array(self, values: np.ndarray) -> np.ndarray:
        """Return numbers in the scale's units."""
        return values.astype(np.float64) * 10.0**-self.exponent if self.exponent else values

    def write(self, value: float, sign: bool = True) -> str:
        """Write a number."""
        return format_number(self.shown(value), self.digits, sign)

    def adds_up(self, terms: Iterable[float], total: float) -> bool:
        """Whether terms, rounded as they are written, add up to the total as it is written."""
        summed = sum(round(self.shown(term), self.digits) for term in terms)
        return abs(summed - round(self.shown(total), self.digits)) < 0.5 * 10**-self.digits

    def finer(self, values: np.ndarray) -> Scale:
        """Return a scale with decimals enough for the largest of numbers that are read by themselves."""
        size = self.shown(_largest(values))
        digits = 2 - math.floor(math.log10(size)) if size > 0 else 0
        return Scale(min(max(digits, self.digits), _MOST), self.exponent)

    @property
    def unit(self) -> str:
        """ "× 10⁻⁶", or nothing."""
        return f"× {self._power}" if self.exponent else ""

    @property
    def note(self) -> str:
        """ ", in units of 10⁻⁶", or nothing: for a heading over many numbers."""
        return f", in units of {self._power}" if self.exponent else ""

    @property
    def brief(self) -> str:
        """ ", in 10⁻⁶", or nothing: the note where there is little room."""
        return f", in {self._power}" if self.exponent else ""

    @property
    def _power(self) -> str:
        return f"10{str(self.exponent).translate(_SUPERSCRIPTS)}"

    def with_unit(self, value: float, sign: bool = True) -> str:
        """Write a number with its power of ten, where it stands alone."""
        text = self.write(value, sign)
        return f"{text} {self.unit}" if self.exponent and text.lstrip(f"+{MINUS}0.") else text


def scale_for(arrays: Iterable[np.ndarray]) -> Scale:
    """Return how to write arrays that are read together: the largest of each with three digits or more."""
    sizes = [size for size in (_largest(array) for array in arrays) if size > 0]
    if not sizes:
        return Scale()
    high, low = max(sizes), min(sizes)
    exponent = 0 if _PLAIN[0] <= high < _PLAIN[1] else math.floor(math.log10(high))
    digits = 2 - math.floor(math.log10(low)) + exponent
    return Scale(min(max(digits, _FEWEST), _MOST), exponent)


def scale_for_differences(values: np.ndarray) -> Scale:
    """Return how to write differences beside what they are the differences of: without a power of ten."""
    size = _largest(values)
    digits = 2 - math.floor(math.log10(size)) if size > 0 else _FEWEST
    return Scale(min(max(digits, _FEWEST), _MOST + 2))


def _largest(array: np.ndarray) -> float:
    if array.size == 0:
        return 0.0
    size = max(float(array.max()), -float(array.min()))
    if not math.isfinite(size):
        size = float(np.abs(array[np.isfinite(array)]).max(initial=0.0))
    return size
