"""The numbers of one derivative as lines of arithmetic, for each kind of layer. Pure: no widget."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnncore.explain_gradient import (
    ActivationInputTerms,
    AveragePoolInputTerms,
    BatchNormInputTerms,
    BatchNormWeightTerms,
    BiasTerms,
    DropoutInputTerms,
    FlattenInputTerms,
    LinearInputTerms,
    LinearWeightTerms,
    MaxPoolInputTerms,
    SoftmaxInputTerms,
)

from ..lines import Line, Term
from ..wording import in_words, number, plural
from .arithmetic import by_sign, gradient, note, plain, product_line, result, total_line
from .gradient_lines_dense import linear_input, linear_weight, loss_lines, softmax
from .model import WEIGHT, Backward
from .scale import Scale


def lines_of(backward: Backward, scale: Scale, most: int) -> list[Line]:
    """Write the present derivative in lines, sums in at most `most` terms."""
    if not backward.is_layer:
        return loss_lines(backward, scale, most)
    terms = backward.terms(backward.target)
    lines = _WRITERS[type(terms)](backward, terms, scale, most)
    bias = backward.bias_terms()
    if isinstance(bias, BiasTerms) and (backward.target == WEIGHT or backward.stop.kind == "batch_norm"):
        lines.append(_bias(backward, bias, scale))
    return lines


def _bias(backward: Backward, terms: BiasTerms, scale: Scale) -> Line:
    (f,) = terms.cell
    if backward.stop.kind == "linear":
        equal = Term("=", "text2")
        return Line(
            f"db[{f}]",
            (
                gradient(scale, terms.total, "text", f"dy[{f}]"),
                equal,
                result(scale, terms.total, "kernel_text"),
                note("the bias is added with factor 1"),
            ),
        )
    label = f"dβ[{f}]" if backward.stop.kind == "batch_norm" else f"db[{f}]"
    return by_sign(label, terms.upstream, terms.total, scale, "kernel_text", "cell")


def _max_pool(backward: Backward, terms: MaxPoolInputTerms, scale: Scale, most: int) -> list[Line]:
    names = [f"{y}, {x}" for y, x in terms.windows]
    count, won = len(names), int(terms.winner.sum())
    if not count:
        return [Line("windows", (note("no window reads this cell, so its gradient is 0"),))]
    lines = [total_line("windows", terms.products, names, terms.total, scale, most)]
    _, y, x = terms.cell
    if won:
        whose = "the window" if count == 1 else f"{in_words(won)} of the {in_words(count)} windows"
        text = f"y {y}, x {x} won {whose}: upstream is handed on"
    else:
        text = f"y {y}, x {x} won none of its {plural(count, 'window')}: nothing is handed on"
    lines.append(Line("winner", (note(text),)))
    if won < count:
        lost = ~terms.winner
        others = [f"{a}, {b}" for a, b in terms.winners[lost][:4]]
        text = f"{'…, ' if lost.sum() > 4 else ''}won by y, x = {'; '.join(others)}"
        lines.append(Line("the others", (note(text),)))
    return lines


def _average_pool(backward: Backward, terms: AveragePoolInputTerms, scale: Scale, most: int) -> list[Line]:
    if not len(terms.windows):
        return [Line("windows", (note("no window reads this cell, so its gradient is 0"),))]
    term = backward.link.term
    t = term if term is not None and term < len(terms.windows) else int(np.abs(terms.products).argmax())
    y, x = terms.windows[t]
    value = scale.shown(float(terms.upstream[t]))
    divisor = int(terms.divisors[t])
    shown = round(value, scale.digits) / divisor
    same = abs(shown - round(scale.shown(float(terms.products[t])), scale.digits)) < 0.5 * 10**-scale.digits
    share = Line(
        "one share",
        (
            gradient(scale, float(terms.upstream[t]), "text", f"dZ[{y}, {x}]"),
            Term("/", "text2"),
            Term(str(divisor), "text", "cells"),
            Term("=" if same else "≈", "text2"),
            gradient(scale, float(terms.products[t])),
        ),
    )
    names = [f"{y}, {x}" for y, x in terms.windows]
    return [share, total_line("windows", terms.products, names, terms.total, scale, most)]


def _activation(backward: Backward, terms: ActivationInputTerms, scale: Scale, most: int) -> list[Line]:
    factors = (
        gradient(scale, terms.upstream, "text", "dZ"),
        plain(terms.slope, "window_text", "slope"),
    )
    here = product_line("this cell", factors, terms.total, scale, "output_text")
    value = Line(
        "slope", (Term(number(terms.slope, sign=False), "window_text"), note(_slope_text(backward, terms)))
    )
    return [here, value]


def _slope_text(backward: Backward, terms: ActivationInputTerms) -> str:
    name = type(backward.step.layer).__name__
    at = number(terms.value, sign=False)
    if name == "ReLU":
        return (
            f"z = {at} is above 0: the gate is open"
            if terms.slope
            else f"z = {at} is not above 0: the gate is shut"
        )
    return f"the slope at z = {at}: a small change of z changes the output by so much of it"


def _dropout(backward: Backward, terms: DropoutInputTerms, scale: Scale, most: int) -> list[Line]:
    factors = (gradient(scale, terms.upstream, "text", "dZ"), plain(terms.factor, "text", "in use"))
    here = product_line("this cell", factors, terms.total, scale, "output_text")
    scaled = plain(terms.learning_scale, "text", f"1 / (1 − {terms.probability:g})")
    training = Line(
        "in training",
        (
            gradient(scale, terms.upstream, "text", "dZ"),
            Term("×", "text2"),
            scaled,
            note(f"or 0, with probability {terms.probability:g}"),
        ),
    )
    return [here, training]


def _batch_norm(backward: Backward, terms: BatchNormInputTerms, scale: Scale, most: int) -> list[Line]:
    factors = (
        gradient(scale, terms.upstream, "text", "dZ"),
        plain(terms.scale, "kernel_text", "γ / √(σ² + ε)"),
    )
    lines = [product_line("this cell", factors, terms.total, scale, "output_text")]
    if WEIGHT in backward.step.gradients:
        gamma = backward.terms(WEIGHT)
        assert isinstance(gamma, BatchNormWeightTerms)
        label = f"dγ[{gamma.cell[0]}]"
        lines.append(by_sign(label, gamma.products, gamma.total, scale, "kernel_text", "product"))
    return lines


def _flatten(backward: Backward, terms: FlattenInputTerms, scale: Scale, most: int) -> list[Line]:
    channel, y, x = terms.cell
    _, height, width = terms.shape
    place = Line(
        "index",
        (
            Term(f"({channel} × {height} + {y}) × {width} + {x}", "text", "map, rows, y, columns, x"),
            Term("=", "text2"),
            Term(str(terms.place), "text", "", "pill"),
        ),
    )
    value = Line(
        "value",
        (
            gradient(scale, terms.upstream, "text", f"dv[{terms.place}]"),
            Term("=", "text2"),
            result(scale, terms.total, "output_text"),
            note("the number itself does not change"),
        ),
    )
    return [place, value]


_WRITERS: dict[type, Callable[..., list[Line]]] = {
    LinearWeightTerms: linear_weight,
    LinearInputTerms: linear_input,
    SoftmaxInputTerms: softmax,
    MaxPoolInputTerms: _max_pool,
    AveragePoolInputTerms: _average_pool,
    ActivationInputTerms: _activation,
    DropoutInputTerms: _dropout,
    BatchNormInputTerms: _batch_norm,
    FlattenInputTerms: _flatten,
}
