"""One output number of any layer, taken apart into the terms it is made of.

How a total is stated: `total` is the engine's own output, as it left the layer, in the engine's precision.
The terms are float64. A product of two float32 numbers is exact in float64, so the terms carry no rounding of
their own; added up (`exact`), they differ from `total` only by what the engine's float32 additions round off,
a few parts in 10^7 of the sum of the terms' sizes. What a screen shows to some decimals therefore adds up to
the total it shows, within the rounding of those decimals.
"""

from collections.abc import Callable
from typing import TypeAlias

from cnncore.checks import check_cell
from cnncore.errors import ArgumentError
from cnncore.explain_cells import (
    ActivationTerms,
    BatchNormTerms,
    DropoutTerms,
    FlattenTerms,
    explain_activation,
    explain_batch_norm,
    explain_dropout,
    explain_flatten,
)
from cnncore.explain_dense import (
    LinearTerms,
    LossTerms,
    SoftmaxTerms,
    explain_linear,
    explain_loss,
    explain_softmax,
    explain_softmax_layer,
)
from cnncore.explain_window import (
    AveragePoolTerms,
    ConvTerms,
    MaxPoolTerms,
    explain_average_pool,
    explain_conv,
    explain_max_pool,
)
from cnncore.layers import Layer
from cnncore.layers.activations import Activation
from cnncore.trace import LayerTrace

__all__ = ["Explanation", "explain", "explain_loss", "explain_softmax", "kind_of"]

Explanation: TypeAlias = (
    ConvTerms
    | MaxPoolTerms
    | AveragePoolTerms
    | ActivationTerms
    | BatchNormTerms
    | DropoutTerms
    | FlattenTerms
    | LinearTerms
    | SoftmaxTerms
    | LossTerms
)

_EXPLAINERS: dict[str, tuple[str, Callable[[LayerTrace, tuple[int, ...]], Explanation]]] = {
    "Conv2d": ("conv", explain_conv),
    "MaxPool2d": ("max_pool", explain_max_pool),
    "AvgPool2d": ("average_pool", explain_average_pool),
    "AdaptiveAvgPool2d": ("average_pool", explain_average_pool),
    "BatchNorm2d": ("batch_norm", explain_batch_norm),
    "Dropout": ("dropout", explain_dropout),
    "Flatten": ("flatten", explain_flatten),
    "Linear": ("linear", explain_linear),
    "Softmax": ("softmax", explain_softmax_layer),
}


def kind_of(layer: Layer) -> str:
    """Return how a layer is explained: "conv", "max_pool", "average_pool", "activation", "batch_norm",
    "dropout", "flatten", "linear" or "softmax".

    Raises
    ------
    ArgumentError
        When nothing is known of such a layer.
    """
    return _find(layer)[0]


def explain(step: LayerTrace, cell: tuple[int, ...]) -> Explanation:
    """Take one output number of a layer apart.

    Parameters
    ----------
    step : LayerTrace
        The layer with what went in and came out, from `cnncore.trace`. Its parameters must still be those of
        the trace.
    cell : tuple of int
        (map, row, column), or (unit,) where the output is a vector.

    Raises
    ------
    ArgumentError
        When the layer's output has no such cell, or nothing is known of such a layer.
    """
    check_cell(cell, step.output.shape, "an output")
    return _find(step.layer)[1](step, cell)


def _find(layer: Layer) -> tuple[str, Callable[[LayerTrace, tuple[int, ...]], Explanation]]:
    if isinstance(layer, Activation):
        return "activation", explain_activation
    for kind in type(layer).__mro__:
        if kind.__name__ in _EXPLAINERS:
            return _EXPLAINERS[kind.__name__]
    raise ArgumentError(f"Nothing is known of how {layer!r} works inside.")
