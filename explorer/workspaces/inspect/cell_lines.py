"""The numbers of one cell as lines of arithmetic, for each kind of layer. Pure: no widget."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnncore.explain_cells import ActivationTerms, BatchNormTerms, DropoutTerms, FlattenTerms
from cnncore.explain_dense import LinearTerms, LossTerms, SoftmaxTerms
from cnncore.explain_window import AveragePoolTerms, ConvTerms, MaxPoolTerms
from explorer.numbers import format_count, format_number

from .dense_lines import linear_lines, loss_lines, softmax_lines
from .inspection import Inspection
from .lines import Line, Term, sum_line
from .wording import equals, in_words, number, plural

_EQUALS = Term("=", "text2")


def _result(x: float) -> Term:
    return Term(number(x), "output_text", "", "result")


def _note(text: str) -> Term:
    return Term(text, "text2", "", "note")


def lines_of(inspection: Inspection, most: int) -> list[Line]:
    """Write the present cell in lines of at most `most` terms."""
    terms = inspection.terms
    if terms is None:
        return _without_terms(inspection)
    return _WRITERS[type(terms)](inspection, terms, most)


def _without_terms(inspection: Inspection) -> list[Line]:
    if inspection.index >= 0:
        return [Line("loss", (_note("This sample has no label, so there is no loss."),))]
    found = inspection.trace
    cell = inspection.cell
    raw, seen = float(found.input[cell]), float(found.normalised[cell])
    lines = [Line("pixel", (Term(number(raw, sign=False), "window_text", f"y {cell[1]}, x {cell[2]}"),))]
    if found.normalised is not found.input:
        standard = inspection.workbench.spec.standardisation
        mean, std = standard.mean[cell[0]], standard.std[cell[0]]
        terms = (
            Term(f"({number(raw, sign=False)}", "window_text"),
            Term(f"− {number(mean, sign=False)})", "text", "mean"),
            Term(f"/ {number(std, sign=False)}", "text", "deviation"),
            Term(equals((round(raw, 3) - round(mean, 3),), seen * std), "text2"),
            _result(seen),
        )
        lines.append(Line("standardised", terms))
    else:
        lines.append(Line("", (_note("The first layer reads it as it is; 0 is paper, 1 is ink."),)))
    return lines


def _conv(inspection: Inspection, terms: ConvTerms, most: int) -> list[Line]:
    source = inspection.source
    channel = int(terms.channels[source])
    lines = [_tap_line(inspection, terms)]
    products = terms.products[source]
    positive, negative = float(products[products > 0].sum()), float(products[products < 0].sum())
    total = float(terms.partial_sums[source])
    zero = int((products == 0).sum())
    lines.append(
        Line(
            f"channel {channel}",
            (
                Term(number(positive, sign=False), "text", f"{int((products > 0).sum())} positive"),
                Term("−", "text2"),
                Term(number(-negative, sign=False), "text", f"{int((products < 0).sum())} negative"),
                Term(equals((positive, negative), total), "text2"),
                Term(number(total), "accent_ink", "", "pill"),
                _note(
                    f"{products.size} products, {in_words(zero)} of them zero"
                    if zero
                    else f"{products.size} products"
                ),
            ),
        )
    )
    bias = () if terms.bias is None else (terms.bias,)
    values = [*(float(s) for s in terms.partial_sums), *bias]
    captions = [str(int(c)) for c in terms.channels] + ["bias"] * len(bias)
    label = "with bias" if bias else "no bias"
    if len(terms.channels) > 1:
        label = "all channels" if len(terms.channels) == inspection.stop.source[0] else "its group"
    lines.append(sum_line(label, values, captions, terms.total, most=most, focused=source))
    return lines


def _tap_line(inspection: Inspection, terms: ConvTerms) -> Line:
    """The hovered place of the window, or its middle."""
    tap = inspection.link.tap
    _, kh, kw = terms.kernel.shape
    source, i, j = (
        tap if tap is not None and tap[1] < kh and tap[2] < kw else (inspection.source, kh // 2, kw // 2)
    )
    source = min(source, len(terms.channels) - 1)
    channel = int(terms.channels[source])
    x, w = float(terms.patch[source, i, j]), float(terms.kernel[source, i, j])
    product = float(terms.products[source, i, j])
    y, column = int(terms.window.source_rows[i]), int(terms.window.source_columns[j])
    at = f"X[{channel}, {y}, {column}]" if min(y, column) >= 0 else "padding"
    same = abs(round(x, 3) * round(w, 3) - round(product, 3)) < 0.0005
    return Line(
        "hovered cell" if tap is not None else "middle cell",
        (
            Term(number(x, sign=False), "window_text", at),
            Term("×", "text2"),
            Term(number(w, sign=False), "kernel_text", f"W[{inspection.channel}, {source}, {i}, {j}]"),
            Term("=" if same else "≈", "text2"),
            Term(number(product)),
        ),
    )


def _max_pool(inspection: Inspection, terms: MaxPoolTerms, most: int) -> list[Line]:
    inside = terms.values[terms.window.inside]
    names = [
        f"{int(terms.window.rows[i])}, {int(terms.window.columns[j])}"
        for i, j in np.argwhere(terms.window.inside)
    ]
    shown = list(zip(inside, names, strict=True))[:most]
    pieces: list[Term] = [Term("max(", "text2")]
    for place, (value, name) in enumerate(shown):
        won = float(value) == terms.total
        comma = "," if place < len(shown) - 1 else ""
        pieces.append(
            Term(number(float(value)) + comma, "accent_ink" if won else "text", name, "pill" if won else "")
        )
    if len(shown) < len(inside):
        pieces.append(_note(f"… {len(inside) - len(shown)} more"))
    pieces += [Term(")", "text2"), _EQUALS, _result(terms.total)]
    i, j = terms.winner
    count = int(terms.ties.sum())
    y, x = int(terms.window.rows[i]), int(terms.window.columns[j])
    note = f"the cell y {y}, x {x} of the map wins"
    if count > 1:
        note = f"{in_words(count)} cells are equally large; the first of them, y {y}, x {x}, is the winner"
    lines = [Line("largest", tuple(pieces)), Line("winner", (_note(note),))]
    outside = int((~terms.window.inside).sum())
    if outside:
        lines.append(
            Line("padding", (_note(f"{plural(outside, 'cell')} of the window lie outside and never win"),))
        )
    return lines


def _average_pool(inspection: Inspection, terms: AveragePoolTerms, most: int) -> list[Line]:
    values = [float(v) for v in terms.values[terms.window.inside]]
    names = [
        f"{int(terms.window.rows[i])}, {int(terms.window.columns[j])}"
        for i, j in np.argwhere(terms.window.inside)
    ]
    lines = [sum_line("sum", values, names, terms.sum, most=most, token="text")]
    sign = "=" if abs(round(terms.sum, 3) / terms.divisor - round(terms.total, 3)) < 0.0005 else "≈"
    lines.append(
        Line(
            "mean",
            (
                Term(number(terms.sum), "text", "sum"),
                Term("/", "text2"),
                Term(str(terms.divisor), "text", "cells"),
                Term(sign, "text2"),
                _result(terms.total),
            ),
        )
    )
    return lines


def _activation(inspection: Inspection, terms: ActivationTerms, most: int) -> list[Line]:
    name = type(inspection.network.layers[inspection.index]).__name__
    before = Term(number(terms.before), "window_text", "before")
    if name == "LeakyReLU":
        return [_leaky(inspection, terms, before), _slope(terms), _zeros(inspection)]
    function = {"ReLU": "max(0,", "Arctan": "arctan(", "Tanh": "tanh("}.get(name, f"{name.lower()}(")
    here = Line(
        "this cell", (Term(function, "text2"), before, Term(")", "text2"), _EQUALS, _result(terms.total))
    )
    return [here, _slope(terms), _zeros(inspection)]


def _leaky(inspection: Inspection, terms: ActivationTerms, before: Term) -> Line:
    """Above zero a number stays as it is; below, it is multiplied."""
    if terms.before >= 0:
        return Line(
            "this cell", (before, _EQUALS, _result(terms.total), _note("not below zero, so it stays"))
        )
    alpha = float(inspection.network.layers[inspection.index].negative_slope)
    same = abs(round(alpha, 3) * round(terms.before, 3) - round(terms.total, 3)) < 0.0005
    pieces = (
        Term(number(alpha, sign=False), "text", "alpha"),
        Term("×", "text2"),
        Term(f"({number(terms.before)})", "window_text", "before"),
        Term("=" if same else "≈", "text2"),
        _result(terms.total),
    )
    return Line("this cell", pieces)


def _slope(terms: ActivationTerms) -> Line:
    slope = Term(number(terms.slope, sign=False), "text")
    return Line("slope", (slope, _note("by so much a small change is passed on")))


def _zeros(inspection: Inspection) -> Line:
    stop = inspection.stop
    output = inspection.output_of(inspection.index)
    here = output[inspection.channel] if stop.is_maps else output
    zeros = int((here == 0).sum())
    where = f"map {inspection.channel}" if stop.is_maps else "the vector"
    share = f"{format_count(zeros)} of {format_count(here.size)} cells of {where} are zero"
    return Line("zeros", (Term(f"{format_number(100 * zeros / here.size, 1)} %", "text"), _note(share)))


def _flatten(inspection: Inspection, terms: FlattenTerms, most: int) -> list[Line]:
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
        _EQUALS,
        Term(str(terms.cell[0]), "output_text", "", "result"),
    )
    size = height * width
    back = (
        Term(f"{terms.cell[0]} = {channel} × {size} + {y} × {width} + {x}", "text"),
        _note(f"map {channel}, row {y}, column {x}"),
    )
    value = (
        Term(number(terms.total), "output_text", "", "result"),
        _note("the number itself does not change"),
    )
    return [Line("index", forward), Line("and back", back), Line("value", value)]


def _batch_norm(inspection: Inspection, terms: BatchNormTerms, most: int) -> list[Line]:
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
    second = Line(
        "scale",
        (
            Term(number(centred), "text"),
            Term("/", "text2"),
            Term(number(terms.deviation, sign=False), "text", "√(variance + ε)"),
            Term("≈", "text2"),
            Term(number(terms.normalised)),
        ),
    )
    third = Line(
        "shift",
        (
            Term(number(terms.scale, sign=False), "kernel_text", "gamma"),
            Term("×", "text2"),
            Term(f"({number(terms.normalised)})", "text"),
            Term("+", "text2"),
            Term(f"({number(terms.shift)})", "kernel_text", "beta"),
            Term("≈", "text2"),
            _result(terms.total),
        ),
    )
    return [first, second, third]


def _dropout(inspection: Inspection, terms: DropoutTerms, most: int) -> list[Line]:
    use = Line("in use", (Term(number(terms.before), "window_text", "before"), _EQUALS, _result(terms.total)))
    learning = Line(
        "in training",
        (
            Term(number(terms.before), "window_text"),
            Term("×", "text2"),
            Term(number(terms.learning_scale, sign=False), "text", f"1 / (1 − {terms.probability:g})"),
            _note(f"or 0, with probability {terms.probability:g}"),
        ),
    )
    return [use, learning]


_WRITERS: dict[type, Callable[..., list[Line]]] = {
    ConvTerms: _conv,
    MaxPoolTerms: _max_pool,
    AveragePoolTerms: _average_pool,
    ActivationTerms: _activation,
    FlattenTerms: _flatten,
    LinearTerms: linear_lines,
    SoftmaxTerms: softmax_lines,
    LossTerms: loss_lines,
    BatchNormTerms: _batch_norm,
    DropoutTerms: _dropout,
}
