"""How steep a layer is that takes each number by itself. Pure: no widget."""

from __future__ import annotations

import numpy as np

from cnncore.trace import LayerTrace


def slopes_of(step: LayerTrace) -> np.ndarray:
    """Return the derivative of each output by its own input, as the layer's own way back gives it.

    For activations, dropout in use and normalisation with running statistics; the gradient that they hand
    back is the one that they get times this.
    """
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        _, cache = step.layer.forward(step.input[np.newaxis])
        slopes, _ = step.layer.backward(np.ones_like(step.output)[np.newaxis], cache)
    return slopes[0]
