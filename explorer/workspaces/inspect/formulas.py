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
_W = ("W", "kernel_text", "kernel")

FORMULAS: dict[str, Formula] = {
    "input": Formula(r"\X{X}_c[y,x] \in [0,1]", "the image", "each pixel is a number from 0 to 1", (_X,)),
    "standardised": Formula(
        r"\X{X}_c[y,x] = \frac{p_c[y,x]-\mu_c}{\sigma_c}",
        "standardised pixels",
        "each pixel less the mean of its channel, divided by the standard deviation",
        (_X,),
    ),
    "conv": Formula(
        r"\Z{z}_f[y,x] = \sum_c \sum_i \sum_j \W{W}_f[c,i,j] \cdot \X{X}_c[y+i,x+j] + b_f",
        "cross-correlation over the input channels, equation (20)",
        "z is the sum over channels, rows and columns of W times X, plus b",
        (_X, _W, _Z),
    ),
    "conv_general": Formula(
        r"\Z{z}_f[y,x] = \sum_{c,i,j} \W{W}_f[c,i,j] \cdot \X{X}_c[s\,y+d\,i-p,\;s\,x+d\,j-p] + b_f",
        "stride s, dilation d, padding p, equation (20)",
        "z is the sum over channels, rows and columns of W times X at the strided place, plus b",
        (_X, _W, _Z),
    ),
    "conv_groups": Formula(
        r"\Z{z}_f[y,x] = \sum_{c \in G_f} \sum_{i,j} \W{W}_f[c,i,j] \cdot"
        r" \X{X}_c[s\,y+d\,i-p,\;s\,x+d\,j-p] + b_f",
        "over the channels of the group of f, equation (20)",
        "z is the sum over the channels of the group, rows and columns of W times X, plus b",
        (_X, _W, _Z),
    ),
    "max_pool": Formula(
        r"\Z{z}[y,x] = \max_{i,j}\; \X{X}[s\,y+i-p,\;s\,x+j-p]",
        "the largest number under the window",
        "z is the largest X under the window",
        (_X, _Z),
    ),
    "average_pool": Formula(
        r"\Z{z}[y,x] = \frac{1}{n} \sum_i \sum_j \X{X}[s\,y+i-p,\;s\,x+j-p]",
        "the mean of the numbers under the window",
        "z is the mean of X under the window",
        (_X, _Z),
    ),
    "adaptive_pool": Formula(
        r"\Z{z}[y,x] = \frac{1}{n} \sum_{(i,j) \in R[y,x]} \X{X}[i,j]",
        "the mean over the region R of the cell",
        "z is the mean of X over the region of the cell",
        (_X, _Z),
    ),
    "ReLU": Formula(
        r"\Z{a} = \max(0, \X{z})",
        "equation (3)",
        "a is z where z is positive, else 0",
        (("z", _X[1], "before"),),
    ),
    "LeakyReLU": Formula(
        r"\Z{a} = \max(\X{z},\; \alpha\,\X{z})",
        "a small slope alpha below zero",
        "a is z where z is positive, else alpha times z",
        (("z", _X[1], "before"),),
    ),
    "Sigmoid": Formula(
        r"\Z{a} = \frac{1}{1+e^{-\X{z}}}", "equation (3)", "a is 1 divided by 1 plus e to the minus z", ()
    ),
    "Tanh": Formula(
        r"\Z{a} = \tanh \X{z} = \frac{e^{z}-e^{-z}}{e^{z}+e^{-z}}",
        "the hyperbolic tangent",
        "a is the hyperbolic tangent of z",
    ),
    "Arctan": Formula(r"\Z{a} = \arctan \X{z}", "equation (3)", "a is the arc tangent of z"),
    "batch_norm": Formula(
        r"\Z{y} = \W{\gamma}\, \frac{\X{x}-\mu}{\sqrt{\sigma^2+\varepsilon}} + \W{\beta}",
        "with the running mean and variance of the channel",
        "y is gamma times x less the mean, divided by the deviation, plus beta",
    ),
    "dropout": Formula(
        r"\Z{y} = \X{x} \; \mathrm{in\ use}, \quad \Z{y} = \frac{m\,\X{x}}{1-p} \; \mathrm{in\ training}",
        "m is 0 with probability p, else 1",
        "in use y is x; in training numbers are left out by chance and the others scaled up",
    ),
    "flatten": Formula(
        r"\Z{v}[(c\,H+y)\,W+x] = \X{X}_c[y,x]",
        "map by map, row by row",
        "cell c, y, x of the maps becomes number c times H plus y, times W, plus x of the vector",
    ),
    "linear": Formula(
        r"\Z{y}_k = \sum_i \W{W}_{k,i} \cdot \X{x}_i + b_k",
        "equations (1) and (2)",
        "y is the sum over all inputs of weight times input, plus b",
        (("x", _X[1], "input"), ("W", _W[1], "weights"), ("y", _Z[1], "output")),
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
