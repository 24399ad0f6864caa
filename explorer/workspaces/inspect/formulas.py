"""The textbook form of each layer, and the same with the numbers of one cell. Pure: no widget."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Formula:
    """A formula in LaTeX, what it is called, and one sentence of plain words.

    In the LaTeX, ``\\W{...}``, ``\\X{...}`` and ``\\Z{...}`` stand for symbols in the colours of kernel,
    window and output. `spoken` is the formula for screen readers; `legend` explains the symbols.
    """

    latex: str
    title: str
    spoken: str
    legend: tuple[tuple[str, str, str], ...] = ()
    """(symbol, token, meaning)"""


_X = ("X", "window_text", "input")
_Z = ("z", "output_text", "output")
_BEFORE_AFTER = (("z", _X[1], "before"), ("a", _Z[1], "after"))

FORMULAS: dict[str, Formula] = {
    "input": Formula(r"\X{X}_c[y,x] \in [0,1]", "the image", "each pixel is a number from 0 to 1", (_X,)),
    "standardised": Formula(
        r"\X{X}_c[y,x] = \frac{p_c[y,x]-\mu_c}{\sigma_c}",
        "standardised pixels",
        "each pixel less the mean of its channel, divided by the standard deviation",
        (_X, ("p", "text", "pixel"), ("μ, σ", "text", "mean and deviation of the channel")),
    ),
    "ReLU": Formula(
        r"\Z{a} = \max(0, \X{z})", "equation (3)", "a is z where z is positive, else 0", _BEFORE_AFTER
    ),
    "Sigmoid": Formula(
        r"\Z{a} = \frac{1}{1+e^{-\X{z}}}",
        "equation (3)",
        "a is 1 divided by 1 plus e to the minus z",
        _BEFORE_AFTER,
    ),
    "Tanh": Formula(
        r"\Z{a} = \tanh \X{z} = \frac{e^{z}-e^{-z}}{e^{z}+e^{-z}}",
        "the hyperbolic tangent",
        "a is the hyperbolic tangent of z",
        _BEFORE_AFTER,
    ),
    "Arctan": Formula(r"\Z{a} = \arctan \X{z}", "equation (3)", "a is the arc tangent of z", _BEFORE_AFTER),
    "flatten": Formula(
        r"\Z{v}[(c\,H+y)\,W+x] = \X{X}_c[y,x]",
        "map by map, row by row",
        "cell c, y, x of the maps becomes number c times H plus y, times W, plus x of the vector",
        (("v", _Z[1], "vector"), ("X", _X[1], "maps"), ("H, W", "text", "rows and columns of a map")),
    ),
    "softmax": Formula(
        r"\Z{p}_k = \frac{e^{\X{z}_k-m}}{\sum_j e^{\X{z}_j-m}}, \quad m=\max_j \X{z}_j",
        "equation (4)",
        "p is e to the z less the largest z, divided by the sum of all of these",
        (("z", _X[1], "logits"), ("p", _Z[1], "probability")),
    ),
    "loss": Formula(
        r"\Z{L} = -\ln \X{p}_t",
        "negative log-likelihood, equation (5)",
        "the loss is minus the logarithm of the probability of the true class",
        (("p", _X[1], "probability"), ("t", "text", "true class"), ("L", _Z[1], "loss")),
    ),
}

_ROLES = {"W": "kernel", "X": "window", "Z": "output"}


def in_colours(latex: str, colours: dict[str, str]) -> str:
    """Write the symbols of the three roles bold and in their colours, as hex strings by role."""
    for letter, role in _ROLES.items():
        start = f"\\{letter}{{"
        while start in latex:
            before, rest = latex.split(start, 1)
            symbol, after = rest.split("}", 1)
            latex = f"{before}{{\\color{{{colours[role]}}} \\boldsymbol{{{symbol}}}}}{after}"
    return latex
