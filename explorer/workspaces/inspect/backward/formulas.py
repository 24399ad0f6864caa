"""The textbook form of each derivative on the way back. Pure: no widget."""

from __future__ import annotations

from ..formulas import Formula
from .model import Backward

_DZ = r"\boldsymbol{dZ}"
_DY = r"\boldsymbol{dy}"
_X = ("X", "window_text", "input")
_W = ("W", "kernel_text", "weights")
_DW = ("dW", "kernel_text", "∂L/∂W")
_DX = ("dX", "output_text", "∂L/∂X")
_UP = ("dZ", "text", "upstream ∂L/∂Z")


def _slope(latex: str, title: str, spoken: str, symbol: str, meaning: str) -> Formula:
    legend = (_DX, (symbol, "window_text", meaning), _UP)
    return Formula(rf"\Z{{dX}} = {_DZ} \odot {latex}", title, spoken, legend)


FORMULAS: dict[str, Formula] = {
    "loss": Formula(
        r"\Z{dz}_j = \left(-\frac{1}{p_t}\right) \cdot p_t \, (y_j - \X{p}_j) = \X{p}_j - y_j",
        "loss and softmax in one step, t is the true class",
        "the derivative by z of class j is minus one by p of the true class, times p of the true class times "
        "y less p, which is p less y",
        (
            ("p", "window_text", "probability"),
            ("y", "text", "1 for t, else 0"),
            ("dz", "output_text", "∂L/∂z"),
        ),
    ),
    "linear_weight": Formula(
        rf"\W{{dW}}_{{k,j}} = {_DY}_k \cdot \X{{x}}_j, \quad db_k = {_DY}_k",
        "an outer product, equations (11) and (12)",
        "d W of unit k and input j is d y of k times x of j; d b is d y",
        (_DW, ("x", "window_text", "input"), ("dy", "text", "upstream ∂L/∂y")),
    ),
    "linear_input": Formula(
        rf"\Z{{dx}}_j = \sum_k \W{{W}}_{{k,j}} \cdot {_DY}_k, \quad \Z{{dx}} = \W{{W}}^{{\top}} {_DY}",
        "W transposed times upstream, equation (10)",
        "d x of j is the sum over all units of W times d y",
        (("dx", "output_text", "∂L/∂x"), _W, ("dy", "text", "upstream ∂L/∂y")),
    ),
    "flatten": Formula(
        r"\Z{dX}_c[y,x] = \boldsymbol{dv}[(c\,H+y)\,W+x]",
        "the same numbers, folded back",
        "d X at c, y, x is number c times H plus y, times W, plus x of the vector's gradient",
        (_DX, ("dv", "text", "upstream, of the vector")),
    ),
    "max_pool": Formula(
        rf"\Z{{dX}}[y,x] = \sum_{{w \,:\, (y,x) = \mathrm{{winner}}(w)}} {_DZ}[w]",
        "over the windows w that the cell won",
        "d X is the sum of d Z over the windows that the cell won",
        (_DX, _UP),
    ),
    "average_pool": Formula(
        rf"\Z{{dX}}[y,x] = \sum_{{w \,\ni\, (y,x)}} \frac{{1}}{{n_w}} {_DZ}[w]",
        "over the windows w that read the cell, of n cells each",
        "d X is the sum over the windows that read the cell of d Z divided by the number of cells",
        (_DX, _UP),
    ),
    "ReLU": _slope(
        r"\X{[z > 0]}",
        "a gate: 1 where z is positive, else 0",
        "d X is d Z where z is positive, else 0",
        "[z > 0]",
        "the gate",
    ),
    "LeakyReLU": _slope(
        r"\X{\varphi'(z)}, \quad \X{\varphi'} = 1 \;\mathrm{or}\; \alpha",
        "1 where z is positive, else α",
        "d X is d Z where z is positive, else alpha times d Z",
        "φ′",
        "slope",
    ),
    "Sigmoid": _slope(
        r"\X{a}\,(1-\X{a})", "the slope from the output a", "d X is d Z times a times 1 less a", "a", "output"
    ),
    "Tanh": _slope(
        r"(1-\X{a}^2)", "the slope from the output a", "d X is d Z times 1 less a squared", "a", "output"
    ),
    "Arctan": _slope(
        r"\frac{1}{1+\X{z}^2}", "the slope at z", "d X is d Z divided by 1 plus z squared", "z", "input"
    ),
    "dropout": Formula(
        rf"\Z{{dX}} = {_DZ} \;\mathrm{{in\ use}}, \quad "
        rf"\Z{{dX}} = \frac{{m}}{{1-p}}\,{_DZ} \;\mathrm{{in\ training}}",
        "m is 0 with probability p, else 1",
        "in use d X is d Z; in training it is left out where the number was, and scaled up elsewhere",
        (_DX, _UP),
    ),
    "batch_norm": Formula(
        rf"\Z{{dX}} = \frac{{\W{{\gamma}}}}{{\sqrt{{\sigma^2+\varepsilon}}}}\,{_DZ}, \quad "
        rf"\W{{d\gamma}} = \sum {_DZ}\,\X{{\hat x}}, \quad \W{{d\beta}} = \sum {_DZ}",
        "in use, with running mean and variance",
        "d X is gamma by the deviation times d Z; d gamma is the sum of d Z times x hat, d beta that of d Z",
        (_DX, ("γ", "kernel_text", "scale"), ("σ²", "text", "variance"), ("x̂", "window_text", "normalised")),
    ),
    "softmax": Formula(
        r"\Z{dz}_j = \sum_k \W{J}_{kj} \cdot \boldsymbol{dp}_k, \quad "
        r"\W{J}_{kj} = \X{p}_k\,(\delta_{kj} - \X{p}_j)",
        "δ is 1 for k = j, else 0",
        "d z of j is the sum over k of the derivative of p k by z j times d p of k",
        (
            ("dz", "output_text", "∂L/∂z"),
            ("J", "kernel_text", "∂p/∂z"),
            ("p", "window_text", "output"),
            ("dp", "text", "upstream"),
        ),
    ),
}


def formula_of(backward: Backward) -> Formula:
    """Return the textbook form of what the transport moves over; a convolution's view holds its own."""
    if not backward.is_layer:
        return FORMULAS["loss"]
    kind = backward.stop.kind
    if kind == "activation":
        return FORMULAS.get(type(backward.step.layer).__name__, FORMULAS["ReLU"])
    if kind == "linear":
        return FORMULAS[f"linear_{backward.target}"]
    return FORMULAS[kind]
