"""Pieces of the lines that write a derivative: products and sums that add up as they are shown. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.numbers import MINUS

from ..lines import Line, Term, sum_line
from ..wording import DIGITS, number, plural
from .scale import Scale


@dataclass(frozen=True)
class Factor(Term):
    """A term that is multiplied: it also knows its value, rounded as it is written."""

    shown: float = 0.0


def note(text: str) -> Term:
    """Write words into a line."""
    return Term(text, "text2", "", "note")


def gradient(scale: Scale, value: float, token: str = "text", caption: str = "") -> Factor:
    """Write a derivative, in the units of the scale."""
    shown = round(scale.shown(value), scale.digits)
    return Factor(scale.write(value, sign=False), token, caption, "", shown)


def plain(value: float, token: str = "text", caption: str = "") -> Factor:
    """Write a weight, an input or a slope: a number of the way forward."""
    return Factor(number(value, sign=False), token, caption, "", round(float(value), DIGITS))


def result(scale: Scale, value: float, token: str) -> Term:
    """Write the derivative that a line ends in."""
    return Term(scale.write(value), token, "", "result")


def product_line(
    label: str, factors: Sequence[Factor], total: float, scale: Scale, token: str | None = None
) -> Line:
    """Write a product, "=" where the rounded factors give the rounded result; `token` if it is the end."""
    pieces: list[Term] = []
    for factor in factors:
        pieces += [Term("×", "text2"), factor]
    found = math.prod(factor.shown for factor in factors)
    same = abs(found - round(scale.shown(total), scale.digits)) < 0.5 * 10**-scale.digits
    end = gradient(scale, total) if token is None else result(scale, total, token)
    return Line(label, (*pieces[1:], Term("=" if same else "≈", "text2"), end))


def total_line(
    label: str,
    values: Sequence[float] | np.ndarray,
    captions: Sequence[str],
    total: float,
    scale: Scale,
    most: int,
    focused: int | None = None,
    token: str = "output_text",
) -> Line:
    """Write a sum of derivatives in at most `most` terms, in the units of the scale."""
    shown = [scale.shown(float(value)) for value in values]
    return sum_line(
        label,
        shown,
        captions,
        scale.shown(total),
        most=most,
        focused=focused,
        token=token,
        digits=scale.digits,
    )


def by_sign(
    label: str,
    values: np.ndarray,
    total: float,
    scale: Scale,
    token: str = "text",
    noun: str = "product",
    role: str = "result",
) -> Line:
    """Write a long sum as its positive terms less its negative ones."""
    above, below = values[values > 0], values[values < 0]
    positive, negative = float(above.sum(dtype=np.float64)), float(below.sum(dtype=np.float64))
    same = scale.adds_up((positive, negative), total)
    zeros = values.size - len(above) - len(below)
    words = plural(values.size, noun) + (f", {zeros} of them zero" if zeros else "")
    return Line(
        label,
        (
            gradient(scale, positive, "text", f"{len(above)} positive"),
            Term(MINUS, "text2"),
            gradient(scale, -negative, "text", f"{len(below)} negative"),
            Term("=" if same else "≈", "text2"),
            Term(scale.write(total), token, "", role),
            note(words),
        ),
    )
