"""The one way in which numbers are written on screen."""

import math
from collections.abc import Iterable

MINUS = "\u2212"


def format_number(x: float, digits: int = 3, sign: bool = False) -> str:
    """Write `x` with `digits` decimals and a true minus sign.

    Parameters
    ----------
    x : float
        Any number. NaN reads "nan" and the infinities "∞" and "−∞".
    digits : int
        Decimals to keep; the last one is rounded to nearest.
    sign : bool
        Write "+" before positive numbers too. A number that rounds to zero never has a sign.
    """
    x = float(x)
    if math.isnan(x):
        return "nan"
    if math.isinf(x):
        text = "∞"
    else:
        text = f"{abs(x):.{digits}f}"
        if not text.strip("0."):
            return text
    if x < 0:
        return MINUS + text
    return "+" + text if sign else text


def format_percent(p: float, digits: int = 1) -> str:
    """Write the fraction `p` (1 is the whole) as "95.3 %"."""
    return f"{format_number(p * 100, digits)} %"


def format_count(n: int) -> str:
    """Write a whole number in groups of three: "105,634"."""
    text = f"{abs(int(n)):,}"
    return MINUS + text if n < 0 else text


def format_shape(shape: Iterable[int]) -> str:
    """Write the sizes of an array: "8×24×24"."""
    return "×".join(map(str, shape))


def format_rate(x: float) -> str:
    """Write a setting such as a learning rate in as few digits as it needs: "0.001", "3e−4" below that."""
    x = float(x)
    if x != 0 and (abs(x) < 1e-3 or abs(x) >= 1e5) and math.isfinite(x):
        mantissa, exponent = f"{x:.2e}".split("e")
        return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}".replace("-", MINUS)
    return f"{x:.6g}".replace("-", MINUS)


def format_short(x: float, digits: int = 3) -> str:
    """Write a measured number with `digits` significant digits: "0.484", "12.3", "167,096", "4.8e−4"."""
    x = float(x)
    if x == 0 or not math.isfinite(x):
        return format_number(x, 0)
    size = math.floor(math.log10(abs(x)))
    if size >= digits:
        return format_count(round(x))
    if size < -3:
        return f"{x:.{max(digits - 2, 0)}e}".replace("e-0", "e-").replace("-", MINUS)
    return format_number(x, digits - 1 - size)


def format_duration(seconds: float) -> str:
    """Write a time as "0:04", "12:30" or "1:02:03", rounded to whole seconds; "–" when it is not known."""
    if not math.isfinite(seconds):
        return "–"
    total = max(0, round(seconds))
    hours, rest = divmod(total, 3600)
    minutes, rest = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
