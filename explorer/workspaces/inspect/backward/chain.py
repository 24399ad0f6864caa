"""The chain rule at one stop, in one line with the present shapes. Pure: no widget."""

from __future__ import annotations

from ..wording import shape_text
from .model import WEIGHT, Backward

_ELEMENTWISE = {"dropout": "⊙ 1, in use nothing is dropped", "batch_norm": "⊙ γ ∕ √(σ² + ε)"}


def chain_lines(backward: Backward) -> tuple[str, ...]:
    """Return what the present layer makes of the derivative from the right, and what says less of it."""
    stop = backward.stop
    stops = backward.inspection.stops
    if stop.kind == "input":
        shape = shape_text(stop.shape)
        return (f"∂L/∂X ({shape}): all steps from the loss back to the image, one after another",)
    if stop.index == stops.loss:
        return ("∂L/∂L = 1: the way back begins here; ∂L/∂p is −1/p for the true class, else 0",)
    if stop.index == stops.softmax:
        classes = stop.source[0]
        return (f"∂L/∂z ({classes}) = p − y ({classes}): softmax and cross-entropy in one step",)
    if WEIGHT not in backward.targets:
        return (_of_input(backward, shape_text(stop.source), shape_text(stop.shape)),)
    by_input, by_weight = _with_weights(backward, shape_text(stop.source), shape_text(stop.shape))
    return f"{by_input},   {by_weight}", by_weight if backward.target == WEIGHT else by_input


def _with_weights(backward: Backward, source: str, shape: str) -> tuple[str, str]:
    """Return the derivatives by the input and by the weights."""
    layer = backward.step.layer
    weight = layer.parameters["weight"].shape
    if backward.stop.kind == "conv":
        weights = shape_text(weight)
        stride = "spread " if layer.stride != (1, 1) else ""
        return (
            f"∂L/∂X ({source}) = {stride}∂L/∂Z ({shape}) ∗ flipped W ({weights})",
            f"∂L/∂W ({weights}) = X ({source}) ⋆ {stride}∂L/∂Z ({shape})",
        )
    rows, columns = weight
    return (
        f"∂L/∂x ({source}) = Wᵀ ({columns}×{rows}) · ∂L/∂z ({shape})",
        f"∂L/∂W ({rows}×{columns}) = ∂L/∂z ({shape}) · xᵀ ({source})",
    )


def _of_input(backward: Backward, source: str, shape: str) -> str:
    stop, layer = backward.stop, backward.step.layer
    if stop.kind == "activation":
        return f"∂L/∂z ({source}) = ∂L/∂a ({shape}) ⊙ {type(layer).__name__}′(z) ({source})"
    if stop.kind == "max_pool":
        return f"∂L/∂X ({source}) = ∂L/∂Y ({shape}), each number handed to the winner of its window"
    if stop.kind == "average_pool":
        return f"∂L/∂X ({source}) = ∂L/∂Y ({shape}), each number shared out evenly over its window"
    if stop.kind == "flatten":
        return f"∂L/∂X ({source}) = ∂L/∂y ({shape}) put back into its old shape"
    if stop.kind == "softmax":
        return f"∂L/∂z ({source}) = Jᵀ · ∂L/∂p ({shape}) with J = diag(p) − p pᵀ"
    return f"∂L/∂X ({source}) = ∂L/∂Y ({shape}) {_ELEMENTWISE[stop.kind]}"
