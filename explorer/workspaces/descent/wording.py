"""How numbers of the laboratory are written."""

from __future__ import annotations

import math

from explorer.numbers import format_number, format_rate


def short(x: float) -> str:
    """Write a number in four significant digits, or two and a power of ten: "0.1234", "12.34", "3.1e−7"."""
    if x == 0:
        return "0"
    if not math.isfinite(x):
        return format_number(x)
    size = math.floor(math.log10(abs(x)))
    if size < -3 or size > 4:
        return format_rate(float(f"{x:.1e}"))
    return format_number(x, min(max(3 - size, 0), 4))


def coordinate(x: float) -> str:
    """Write a coordinate: three decimals, fewer where it is large."""
    return format_number(x, 3) if abs(x) < 10 else short(x)
