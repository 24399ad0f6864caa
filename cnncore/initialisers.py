"""Start values of weights: normal numbers whose spread keeps signals from dying out or growing.

A weight has the shape ``(O, ...)``, with what one output reads behind the first axis. Its *fan in* is how
many numbers one output is the sum of, its *fan out* to how many outputs one number goes.
"""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import numpy as np

from cnncore.checks import check_floats, check_generator
from cnncore.errors import ShapeError
from cnncore.windows import Array

Initialiser: TypeAlias = Callable[[np.random.Generator, Array], None]
"""``initialiser(rng, weight)`` fills a weight in place."""


def he(rng: np.random.Generator, weight: Array) -> None:
    """Variance ``2 / fan_in`` (He et al., 2015, equation 10).

    Half of the inputs of a layer behind a ReLU are zero. Twice the variance ``1 / fan_in`` makes up for that
    and keeps the size of the activations the same from layer to layer.
    """
    fan_in, _ = _fans(weight)
    _fill(rng, weight, 2 / fan_in)


def glorot(rng: np.random.Generator, weight: Array) -> None:
    """Variance ``2 / (fan_in + fan_out)``: between what suits forward and what suits backward.

    Glorot & Bengio, 2010, equation 12.
    """
    _fill(rng, weight, 2 / sum(_fans(weight)))


def lecun(rng: np.random.Generator, weight: Array) -> None:
    """Variance ``1 / fan_in``: sums are as large as what goes in (LeCun et al., 1998, equation 16)."""
    fan_in, _ = _fans(weight)
    _fill(rng, weight, 1 / fan_in)


def by_size(rng: np.random.Generator, weight: Array) -> None:
    """Standard normal numbers divided by ``sqrt(size)``, as in the reference document.

    The size is read as the number of all entries of the weight, ``weight.size`` in NumPy's words: for a
    convolution ``O * C * kh * kw``, for a dense layer ``O * I``. The variance is `lecun`'s divided by the
    number of outputs, so signals shrink from layer to layer; the program's own default is `he`.
    """
    fan_in, _ = _fans(weight)
    _fill(rng, weight, 1 / (len(weight) * fan_in))


def _fans(weight: Array) -> tuple[int, int]:
    """The fan in and the fan out of a weight."""
    check_floats(weight, "A weight")
    if weight.ndim < 2 or not weight.size:
        raise ShapeError(f"a weight has the shape (O, ...) and at least one number, got {weight.shape}")
    return weight[0].size, len(weight) * math.prod(weight.shape[2:])


def _fill(rng: np.random.Generator, weight: Array, variance: float) -> None:
    check_generator(rng)
    weight[...] = rng.normal(0.0, math.sqrt(variance), weight.shape)


INITIALISERS: Mapping[str, Initialiser] = MappingProxyType(
    {"he": he, "glorot": glorot, "lecun": lecun, "size": by_size}
)
"""The initialisers by the names that a `ModelSpec` uses."""
