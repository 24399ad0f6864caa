"""Sizes of gradients, and grids of numbers that are all small, in figures. Pure: no widget."""

from __future__ import annotations

import math

import numpy as np

from explorer.imaging import symmetric_range
from explorer.numbers import format_number

_PLAIN = (1.0, 1000.0)
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def norm_text(x: float) -> str:
    """Write a size in two figures or more: "1.016", "0.276", "0.0031", "4.1·10⁻⁵"."""
    if not math.isfinite(x):
        return format_number(x)
    if x == 0:
        return "0"
    if x >= 1e4 or x < 9.5e-4:
        exponent = math.floor(math.log10(x))
        mantissa = f"{x / 10.0**exponent:.1f}"
        return f"{mantissa}·{power(exponent)}" if mantissa != "10.0" else f"1.0·{power(exponent + 1)}"
    return format_number(x, 4 if x < 9.5e-3 else 3 if x < 10 else 1 if x < 1000 else 0)


def power(exponent: int) -> str:
    """Write a power of ten: "10⁻³"."""
    return f"10{str(exponent).translate(_RAISED)}"


def in_units(values: np.ndarray) -> tuple[np.ndarray, int]:
    """Return a grid's numbers so that small cells show two figures of them, and in which power of ten."""
    r = symmetric_range(values)
    if _PLAIN[0] <= r < _PLAIN[1]:
        return values, 0
    exponent = math.floor(math.log10(r)) - 1
    return values.astype(np.float64) * 10.0**-exponent, exponent
