"""The numbers of a cell that comes from a single one, as lines of arithmetic. Pure: no widget."""

from __future__ import annotations

import math

from cnncore.explain_cells import ActivationTerms, BatchNormTerms, DropoutTerms, FlattenTerms
from explorer.numbers import format_count, format_number

from .inspection import Inspection
from .lines import ABOUT, EQUALS, Line, Term, note, result
from .wording import equals, number


def activation_lines(inspection: Inspection, terms: ActivationTerms, most: int) -> list[Line]:
    name = type(inspection.network.layers[inspection.index]).__name__
    before = Term(number(terms.before), "window_text", "before")
    if name == "LeakyReLU":
        return [_leaky(inspection, terms, before), _slope(terms), _zeros(inspection)]
    function = "max(0," if name == "ReLU" else f"{name.lower()}("
    relation = EQUALS if name == "ReLU" else ABOUT
    here = Line(
        "this cell", (Term(function, "text2"), before, Term(")", "text2"), relation, result(terms.total))
    )
    return [here, _slope(terms), _zeros(inspection)]


def _leaky(inspection: Inspection, terms: ActivationTerms, before: Term) -> Line:
    """Above zero a number stays as it is; below, it is multiplied."""
    if terms.before >= 0:
        return Line("this cell", (before, EQUALS, result(terms.total), note("not below zero, so it stays")))
    alpha = float(inspection.network.layers[inspection.index].negative_slope)
    pieces = (
        Term(number(alpha, sign=False), "text", "alpha"),
        Term("×", "text2"),
        Term(f"({number(terms.before)})", "window_text", "before"),
        Term(equals((round(alpha, 3) * round(terms.before, 3),), terms.total), "text2"),
        result(terms.total),
    )
    return Line("this cell", pieces)


def _slope(terms: ActivationTerms) -> Line:
    slope = Term(number(terms.slope, sign=False), "text")
    return Line("slope", (slope, note("by so much a small change is passed on")))


def _zeros(inspection: Inspection) -> Line:
    stop = inspection.stop
    output = inspection.output_of(inspection.index)
    here = output[inspection.channel] if stop.is_maps else output
    zeros = int((here == 0).sum())
    where = f"map {inspection.channel}" if stop.is_maps else "the vector"
    share = f"{format_count(zeros)} of {format_count(here.size)} cells of {where} are zero"
    return Line("zeros", (Term(f"{format_number(100 * zeros / here.size, 1)} %", "text"), note(share)))


def flatten_lines(inspection: Inspection, terms: FlattenTerms, most: int) -> list[Line]:
    channel, y, x = terms.source
    _, height, width = terms.shape
    forward = (
        Term("(", "text2"),
        Term(str(channel), "window_text", "map"),
        Term("×", "text2"),
        Term(str(height), "text", "rows"),
        Term("+", "text2"),
        Term(str(y), "window_text", "y"),
        Term(") ×", "text2"),
        Term(str(width), "text", "columns"),
        Term("+", "text2"),
        Term(str(x), "window_text", "x"),
        EQUALS,
        Term(str(terms.cell[0]), "output_text", "", "result"),
    )
    size = height * width
    back = (
        Term(f"{terms.cell[0]} = {channel} × {size} + {y} × {width} + {x}", "text"),
        note(f"map {channel}, row {y}, column {x}"),
    )
    value = (
        Term(number(terms.total), "output_text", "", "result"),
        note("the number itself does not change"),
    )
    return [Line("index", forward), Line("and back", back), Line("value", value)]


def batch_norm_lines(inspection: Inspection, terms: BatchNormTerms, most: int) -> list[Line]:
    centred = terms.before - terms.mean
    first = Line(
        "centre",
        (
            Term(number(terms.before), "window_text", "before"),
            Term("−", "text2"),
            Term(
                f"({number(terms.mean)})" if terms.mean < 0 else number(terms.mean, sign=False),
                "text",
                "mean",
            ),
            Term(equals((round(terms.before, 3), -round(terms.mean, 3)), centred), "text2"),
            Term(number(centred)),
        ),
    )
    deviation = round(terms.deviation, 3)
    shown = round(centred, 3) / deviation if deviation else math.nan
    second = Line(
        "scale",
        (
            Term(number(centred), "text"),
            Term("/", "text2"),
            Term(number(terms.deviation, sign=False), "text", "√(variance + ε)"),
            Term(equals((shown,), terms.normalised), "text2"),
            Term(number(terms.normalised)),
        ),
    )
    scaled = round(terms.scale, 3) * round(terms.normalised, 3)
    third = Line(
        "shift",
        (
            Term(number(terms.scale, sign=False), "kernel_text", "gamma"),
            Term("×", "text2"),
            Term(f"({number(terms.normalised)})", "text"),
            Term("+", "text2"),
            Term(f"({number(terms.shift)})", "kernel_text", "beta"),
            Term(equals((scaled, terms.shift), terms.total), "text2"),
            result(terms.total),
        ),
    )
    return [first, second, third]


def dropout_lines(inspection: Inspection, terms: DropoutTerms, most: int) -> list[Line]:
    use = Line("in use", (Term(number(terms.before), "window_text", "before"), EQUALS, result(terms.total)))
    learning = Line(
        "in training",
        (
            Term(number(terms.before), "window_text"),
            Term("×", "text2"),
            Term(number(terms.learning_scale, sign=False), "text", f"1 / (1 − {terms.probability:g})"),
            note(f"or 0, with probability {terms.probability:g}"),
        ),
    )
    return [use, learning]
