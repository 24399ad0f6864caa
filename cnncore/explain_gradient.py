"""One derivative of the loss, by any parameter or any layer's input, taken apart into its terms.

The way back of `cnncore.explain`. Each layer gets the derivative of the loss by its output, the upstream
gradient, and makes of it the derivatives by its parameters and by its input; the latter is the upstream
gradient of the layer before. `total` is the engine's own number in the engine's precision, the terms are
float64 and add up to `exact`, which differs from `total` only by what the engine's additions round off.
"""

from collections.abc import Callable
from typing import TypeAlias

from cnncore.errors import ArgumentError
from cnncore.explain import kind_of
from cnncore.explain_gradient_cells import (
    ActivationInputTerms,
    BatchNormInputTerms,
    BatchNormWeightTerms,
    BiasTerms,
    DropoutInputTerms,
    FlattenInputTerms,
    explain_activation_input,
    explain_batch_norm_input,
    explain_batch_norm_weight,
    explain_bias,
    explain_dropout_input,
    explain_flatten_input,
)
from cnncore.explain_gradient_dense import (
    LinearInputTerms,
    LinearWeightTerms,
    LossGradientTerms,
    SoftmaxInputTerms,
    explain_linear_input,
    explain_linear_weight,
    explain_loss_gradient,
    explain_softmax_input,
)
from cnncore.explain_gradient_pool import (
    AveragePoolInputTerms,
    MaxPoolInputTerms,
    explain_average_pool_input,
    explain_max_pool_input,
)
from cnncore.explain_gradient_spread import SpreadGradient, spread_gradient
from cnncore.explain_gradient_window import (
    ConvInputTerms,
    ConvWeightTerms,
    explain_conv_input,
    explain_conv_weight,
)
from cnncore.layers import Layer
from cnncore.trace import LayerTrace
from cnncore.windows import Array

__all__ = [
    "ActivationInputTerms",
    "AveragePoolInputTerms",
    "BatchNormInputTerms",
    "BatchNormWeightTerms",
    "BiasTerms",
    "ConvInputTerms",
    "ConvWeightTerms",
    "DropoutInputTerms",
    "FlattenInputTerms",
    "GradientTerms",
    "LinearInputTerms",
    "LinearWeightTerms",
    "LossGradientTerms",
    "MaxPoolInputTerms",
    "SoftmaxInputTerms",
    "SpreadGradient",
    "explain_gradient",
    "explain_loss_gradient",
    "gradient_targets",
    "spread_gradient",
]

GradientTerms: TypeAlias = (
    ConvWeightTerms
    | ConvInputTerms
    | BiasTerms
    | MaxPoolInputTerms
    | AveragePoolInputTerms
    | ActivationInputTerms
    | BatchNormWeightTerms
    | BatchNormInputTerms
    | DropoutInputTerms
    | FlattenInputTerms
    | LinearWeightTerms
    | LinearInputTerms
    | SoftmaxInputTerms
)

_OfInput: TypeAlias = Callable[[LayerTrace, Array, Array, tuple[int, ...]], GradientTerms]
_OfParameter: TypeAlias = Callable[[LayerTrace, Array, tuple[int, ...]], GradientTerms]

_INPUTS: dict[str, _OfInput] = {
    "conv": explain_conv_input,
    "max_pool": explain_max_pool_input,
    "average_pool": explain_average_pool_input,
    "activation": explain_activation_input,
    "batch_norm": explain_batch_norm_input,
    "dropout": explain_dropout_input,
    "flatten": explain_flatten_input,
    "linear": explain_linear_input,
    "softmax": explain_softmax_input,
}

_WEIGHTS: dict[str, _OfParameter] = {
    "conv": explain_conv_weight,
    "batch_norm": explain_batch_norm_weight,
    "linear": explain_linear_weight,
}


def gradient_targets(layer: Layer) -> tuple[str, ...]:
    """Return by what the loss can be derived in a layer: "weight" and "bias" where it has them, "input".

    Raises
    ------
    ArgumentError
        When nothing is known of such a layer.
    """
    kind_of(layer)
    return (*(name for name in ("weight", "bias") if name in layer.parameters), "input")


def explain_gradient(step: LayerTrace, target: str, cell: tuple[int, ...]) -> GradientTerms:
    """Take one derivative of the loss apart.

    Parameters
    ----------
    step : LayerTrace
        The layer with its gradients, from `cnncore.trace` with a label. Its parameters must still be those
        of the trace.
    target : str
        "input", "weight" or "bias": see `gradient_targets`.
    cell : tuple of int
        Place in the layer's input or in the parameter.

    Raises
    ------
    ArgumentError
        When the layer has no such target, the target no such cell, or the sample had no label.
    """
    if target not in (targets := gradient_targets(step.layer)):
        raise ArgumentError(f"{step.layer!r} has gradients of {', '.join(targets)}, not of {target}.")
    if step.d_output is None or step.d_input is None:
        raise ArgumentError("A sample without a label has no gradient.")
    shape = step.input.shape if target == "input" else step.gradients[target].shape
    cell = tuple(int(place) for place in cell)
    if len(cell) != len(shape) or not all(0 <= place < size for place, size in zip(cell, shape, strict=True)):
        raise ArgumentError(f"There is no cell {cell} in the {target}, which has the shape {shape}.")
    if target == "input":
        return _INPUTS[kind_of(step.layer)](step, step.d_output, step.d_input, cell)
    if target == "bias":
        return explain_bias(step, step.d_output, cell)
    return _WEIGHTS[kind_of(step.layer)](step, step.d_output, cell)
