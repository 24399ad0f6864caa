"""Clipping: gradients that are too long are shortened, and keep their direction."""

import math
from collections.abc import Mapping

import numpy as np

from cnncore.checks import check_floats, is_number, show
from cnncore.errors import ArgumentError
from cnncore.network import NamedVector
from cnncore.windows import Array


def clip_grad_norm(grads: Mapping[str, Array], max_norm: float) -> float:
    """Shorten all gradients together, in place, so that their common length is at most `max_norm`.

    In a training run: ``train(..., clip=lambda grads: clip_grad_norm(grads, 1.0))``.

    Parameters
    ----------
    grads : dict of str to array
        From ``network.backward``; seen as one vector.
    max_norm : float
        More than 0.

    Returns
    -------
    norm : float
        The length before: the root of the sum of all squares.

    Raises
    ------
    ArgumentError
        When `max_norm` is no such number, or the gradients' length is not finite. Nothing has changed then.
    """
    if not is_number(max_norm) or not 0 < max_norm < math.inf:
        raise ArgumentError(f"max_norm must be more than 0, got {show(max_norm)}")
    if not isinstance(grads, Mapping):
        raise ArgumentError("what is shortened is a dict of gradients, such as network.backward gives")
    for name, array in grads.items():
        check_floats(array, f"The gradient of {name}")
    arrays = [grads.vector] if isinstance(grads, NamedVector) else list(grads.values())
    flat = (array.ravel(order="K") for array in arrays)
    with np.errstate(over="ignore", invalid="ignore"):  # seen below
        norm = math.sqrt(sum(float(values @ values) for values in flat))
    if not math.isfinite(norm):
        raise ArgumentError("gradients that are not finite, or too long to measure, cannot be shortened")
    # PyTorch adds as much, so that a length of zero divides.
    factor = max_norm / (norm + 1e-6)
    if factor < 1:
        for array in arrays:
            np.multiply(array, factor, out=array)
    return norm
