"""The textbook form of the layer in view: only with those options that it has. Pure: no widget."""

from __future__ import annotations

from typing import Any

from cnncore.explain_cells import BatchNormTerms
from explorer.numbers import format_rate

from .formulas import FORMULAS, Formula
from .inspection import Inspection

Legend = tuple[tuple[str, str, str], ...]

_INPUT = ("X", "window_text", "input")
_KERNEL = ("W", "kernel_text", "kernel")
_OUTPUT = ("z", "output_text", "output")
_BEYOND = {
    "zeros": "",
    "reflect": ", mirrored",
    "replicate": ", edge repeated",
    "circular": ", wrapped round",
}


def formula_of(inspection: Inspection) -> Formula:
    """Return the form of the stop in view, with the options that its layer has."""
    stop = inspection.stop
    if stop.kind == "input":
        standard = inspection.trace.normalised is not inspection.trace.input
        return FORMULAS["standardised" if standard else "input"]
    writer = _WRITERS.get(stop.kind)
    if writer is not None:
        return writer(inspection)
    return FORMULAS[stop.kind]


def _places(layer: Any) -> tuple[str, str, Legend]:
    """Return row and column that place (i, j) of a window reads, and what their symbols stand for."""
    top, _, left, _ = layer.padding
    row, column, legend = ["y", "i"], ["x", "j"], []
    for symbol, name, (down, across), part in (
        ("s", "stride", layer.stride, 0),
        ("d", "dilation", getattr(layer, "dilation", (1, 1)), 1),
    ):
        if (down, across) == (1, 1):
            continue
        both = down == across
        row[part] = rf"{symbol if both else symbol + '_y'}\,{row[part]}"
        column[part] = rf"{symbol if both else symbol + '_x'}\,{column[part]}"
        legend.append((symbol, "text", f"{name} {down}" if both else f"{name} {down}, {across}"))
    if any(layer.padding):
        both = top == left
        row.append("p" if both else "p_y")
        column.append("p" if both else "p_x")
        beyond = _BEYOND[getattr(layer, "padding_mode", "zeros")]
        legend.append(("p", "text", f"padding {top}{beyond}" if both else f"padding {top}, {left}{beyond}"))
    return _index(row), _index(column), tuple(legend)


def _index(parts: list[str]) -> str:
    return "+".join(parts[:2]) + "".join(f"-{part}" for part in parts[2:])


def _conv(inspection: Inspection) -> Formula:
    layer: Any = inspection.network.layers[inspection.index]
    row, column, options = _places(layer)
    grouped, biased = layer.groups > 1, "bias" in layer.parameters
    sums = r"\sum_{c \in G_f} \sum_{i,j}" if grouped else r"\sum_c \sum_i \sum_j"
    if options and not grouped:
        sums = r"\sum_{c,i,j}"
    whom = "the channels of a group" if grouped else "the input channels"
    bias = (("b", "text", "bias"),) if biased else ()
    return Formula(
        rf"\Z{{z}}_f[y,x] = {sums} \W{{W}}_f[c,i,j] \cdot \X{{X}}_c[{row},\;{column}]"
        + (" + b_f" if biased else ""),
        f"{'' if grouped else 'cross-correlation '}over {whom}, equation (20)",
        f"z is the sum over {whom}, rows and columns of W times X" + (", plus b" if biased else ""),
        (_INPUT, _KERNEL, _OUTPUT, *bias, *options),
    )


def _max_pool(inspection: Inspection) -> Formula:
    row, column, options = _places(inspection.network.layers[inspection.index])
    return Formula(
        rf"\Z{{z}}[y,x] = \max_{{i,j}}\; \X{{X}}[{row},\;{column}]",
        "the largest number under the window",
        "z is the largest X under the window",
        (_INPUT, _OUTPUT, *options),
    )


def _average_pool(inspection: Inspection) -> Formula:
    layer = inspection.network.layers[inspection.index]
    count = (("n", "text", "cells that count"),)
    if hasattr(layer, "output_size"):
        return Formula(
            r"\Z{z}[y,x] = \frac{1}{n} \sum_{(i,j) \in R[y,x]} \X{X}[i,j]",
            "the mean over the region R of the cell",
            "z is the mean of X over the region of the cell",
            (_INPUT, _OUTPUT, *count),
        )
    row, column, options = _places(layer)
    return Formula(
        rf"\Z{{z}}[y,x] = \frac{{1}}{{n}} \sum_i \sum_j \X{{X}}[{row},\;{column}]",
        "the mean of the numbers under the window",
        "z is the mean of X under the window",
        (_INPUT, _OUTPUT, *count, *options),
    )


def _activation(inspection: Inspection) -> Formula:
    layer: Any = inspection.network.layers[inspection.index]
    if not hasattr(layer, "negative_slope"):
        return FORMULAS[type(layer).__name__]
    slope = format_rate(layer.negative_slope)
    return Formula(
        r"\Z{a} = \max(0, \X{z}) + \alpha \min(0, \X{z})",
        "another slope below zero",
        "a is z where z is positive, else alpha times z",
        (("z", "window_text", "before"), ("a", "output_text", "after"), ("α", "text", f"slope {slope}")),
    )


def _batch_norm(inspection: Inspection) -> Formula:
    terms = inspection.terms
    assert isinstance(terms, BatchNormTerms)
    learned = "weight" in inspection.network.layers[inspection.index].parameters
    quotient = r"\frac{\X{x}-\mu}{\sqrt{\sigma^2+\varepsilon}}"
    names = (("γ, β", "kernel_text", "learned scale and shift"),) if learned else ()
    return Formula(
        rf"\Z{{y}} = \W{{\gamma}}\, {quotient} + \W{{\beta}}" if learned else rf"\Z{{y}} = {quotient}",
        "with the running mean and variance of the channel",
        "y is x less the mean, divided by the deviation" + (", times gamma, plus beta" if learned else ""),
        (
            ("x", "window_text", "before"),
            ("y", "output_text", "after"),
            *names,
            ("μ, σ²", "text", "running mean and variance"),
            ("ε", "text", format_rate(terms.eps)),
        ),
    )


def _dropout(inspection: Inspection) -> Formula:
    p = format_rate(inspection.network.layers[inspection.index].p)
    return Formula(
        r"\Z{y} = \X{x} \; \mathrm{in\ use}, \quad \Z{y} = \frac{m\,\X{x}}{1-p} \; \mathrm{in\ training}",
        "m is 0 with probability p, else 1",
        "in use y is x; in training numbers are left out by chance and the others scaled up",
        (("x", "window_text", "before"), ("y", "output_text", "after"), ("p", "text", p)),
    )


def _linear(inspection: Inspection) -> Formula:
    biased = "bias" in inspection.network.layers[inspection.index].parameters
    bias = (("b", "text", "bias"),) if biased else ()
    return Formula(
        r"\Z{y}_k = \sum_i \W{W}_{k,i} \cdot \X{x}_i" + (" + b_k" if biased else ""),
        "equations (1) and (2)",
        "y is the sum over all inputs of weight times input" + (", plus b" if biased else ""),
        (
            ("x", "window_text", "input"),
            ("W", "kernel_text", "weights"),
            ("y", "output_text", "output"),
            *bias,
        ),
    )


_WRITERS = {
    "conv": _conv,
    "max_pool": _max_pool,
    "average_pool": _average_pool,
    "activation": _activation,
    "batch_norm": _batch_norm,
    "dropout": _dropout,
    "linear": _linear,
}
