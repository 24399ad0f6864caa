"""The numbers of a convolution's or pooling's cell as lines of arithmetic. Pure: no widget."""

from __future__ import annotations

import numpy as np

from cnncore.explain_window import AveragePoolTerms, ConvTerms, MaxPoolTerms

from .inspection import Inspection
from .lines import EQUALS, Line, Term, note, result, sum_line
from .wording import equals, in_words, number, plural


def conv_lines(inspection: Inspection, terms: ConvTerms, most: int) -> list[Line]:
    hovered = inspection.link.term
    is_channel = hovered is not None and hovered < len(terms.channels)
    source = hovered if is_channel else inspection.source
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
                note(
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
    focused = source if hovered is None or hovered >= len(values) else hovered
    lines.append(sum_line(label, values, captions, terms.total, most=most, focused=focused))
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
    return Line(
        "hovered cell" if tap is not None else "middle cell",
        (
            Term(number(x, sign=False), "window_text", at),
            Term("×", "text2"),
            Term(number(w, sign=False), "kernel_text", f"W[{inspection.channel}, {source}, {i}, {j}]"),
            Term(equals((round(x, 3) * round(w, 3),), product), "text2"),
            Term(number(product)),
        ),
    )


def max_pool_lines(inspection: Inspection, terms: MaxPoolTerms, most: int) -> list[Line]:
    inside = terms.values[terms.window.inside]
    names = [
        f"{int(terms.window.rows[i])}, {int(terms.window.columns[j])}"
        for i, j in np.argwhere(terms.window.inside)
    ]
    shown = list(zip(inside, names, strict=True))
    if len(shown) > most:  # the winner is among those that stay
        first = int(np.argmax(inside == terms.total))
        shown = [*shown[: most - 1], shown[max(first, most - 1)]]
    pieces: list[Term] = [Term("max(", "text2")]
    for place, (value, name) in enumerate(shown):
        won = float(value) == terms.total
        comma = "," if place < len(shown) - 1 else ""
        pieces.append(
            Term(number(float(value)) + comma, "accent_ink" if won else "text", name, "pill" if won else "")
        )
    if len(shown) < len(inside):
        pieces.append(note(f"… {len(inside) - len(shown)} more"))
    pieces += [Term(")", "text2"), EQUALS, result(terms.total)]
    i, j = terms.winner
    count = int(terms.ties.sum())
    y, x = int(terms.window.rows[i]), int(terms.window.columns[j])
    words = f"the cell y {y}, x {x} of the map wins"
    if count > 1:
        words = f"{in_words(count)} cells are equally large; the first of them, y {y}, x {x}, is the winner"
    lines = [Line("largest", tuple(pieces)), Line("winner", (note(words),))]
    outside = int((~terms.window.inside).sum())
    if outside:
        lines.append(
            Line("padding", (note(f"{plural(outside, 'cell')} of the window lie outside and never win"),))
        )
    return lines


def average_pool_lines(inspection: Inspection, terms: AveragePoolTerms, most: int) -> list[Line]:
    values = [float(v) for v in terms.values[terms.window.inside]]
    names = [
        f"{int(terms.window.rows[i])}, {int(terms.window.columns[j])}"
        for i, j in np.argwhere(terms.window.inside)
    ]
    lines = [sum_line("sum", values, names, terms.sum, most=most, token="text")]
    lines.append(
        Line(
            "mean",
            (
                Term(number(terms.sum), "text", "sum"),
                Term("/", "text2"),
                Term(str(terms.divisor), "text", "cells"),
                Term(equals((round(terms.sum, 3) / terms.divisor,), terms.total), "text2"),
                result(terms.total),
            ),
        )
    )
    return lines
