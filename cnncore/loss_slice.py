"""A slice through a network's loss: its value on a plane through the present parameters.

A network has too many parameters for its loss to be drawn. Two directions in the space of parameters span a
plane, and over a plane it can be. What the slice shows is true, and only a slice: the way of training leads
out of the plane at once.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnncore.bicubic import Bicubic
from cnncore.checks import check_count, check_number, check_option
from cnncore.descent import Point, Surface, Values
from cnncore.errors import ArgumentError, ShapeError
from cnncore.loss import cross_entropy
from cnncore.network import NamedVector, Sequential
from cnncore.windows import Array

KINDS = ("random", "gradient")
SIZE = (25, 17)
REACH = (1.5, 1.0)
IMAGES = 256
SMALLEST = 1e-12
"""Losses below this are drawn as this much: their logarithm is interpolated."""

ALONG = 0.1
"""Length of the negative gradient in a slice, in lengths of the weights; along it the loss changes fast."""


@dataclass(frozen=True)
class SliceProgress:
    """How many points of a slice are measured."""

    done: int
    total: int


@dataclass(frozen=True, eq=False)
class LossSlice:
    """Losses of a network on a plane through its parameters; every array is read-only.

    Attributes
    ----------
    losses : (ny, nx) array of float64
        Mean cross-entropy of the images at ``centre + x * directions[0] + y * directions[1]``.
    xs, ys : (nx,) and (ny,) arrays
        The coordinates of the measured points, evenly spaced about 0.
    centre : (P,) array
        The parameters that the slice was made of.
    directions : (2, P) array
    kind : str
        "random" or "gradient", see `slice_directions`.
    images : int
        On how many images each loss is the mean.
    """

    losses: NDArray[np.float64]
    xs: NDArray[np.float64]
    ys: NDArray[np.float64]
    centre: Array
    directions: Array
    kind: str
    images: int

    def is_of(self, parameters: Array) -> bool:
        """Whether a network with these parameters still is what the slice was made of."""
        return np.array_equal(self.centre, parameters)

    def surface(self) -> Surface:
        """The slice to descend on, with the gradient that belongs to it.

        Between the measured points, the logarithm of the loss is interpolated: so it stays positive.
        """
        between = _Between(Bicubic(self.xs, self.ys, np.log(np.maximum(self.losses, SMALLEST))))
        x_end, y_end = float(self.xs[-1]), float(self.ys[-1])
        row, column = divmod(int(self.losses.argmin()), len(self.xs))
        # Down the gradient from where the network is, unless it is at the bottom already.
        high = between.value(0.0, 0.0) > 1.05 * self.losses.min()
        start = (0.0, 0.0) if high and self.kind == "gradient" else (-0.75 * x_end, 0.7 * y_end)
        return Surface(
            "slice",
            "Slice of the network’s loss",
            "L(θ + x·d₁ + y·d₂)",
            f"The true loss on {self.images} training images, measured at {self.losses.size} points of a "
            f"plane through the network’s {self.centre.size:,} parameters θ, a smooth surface between them. "
            f"{_WORDS[self.kind]} The paths walk in this plane only; training is not bound to it.",
            between.value,
            between.gradient,
            (-x_end, x_end, -y_end, y_end),
            start,
            between.rate(start, 2 * x_end),
            ((float(self.xs[column]), float(self.ys[row])),),
            measured=True,
            table=between.table,
        )


_WORDS = {
    "random": "d₁ and d₂ are random, filter by filter as long as the weights.",
    "gradient": "d₁ is the negative gradient, a tenth as long as the weights; d₂ is random, as long as they.",
}


class _Between:
    """The surface whose logarithm a `Bicubic` holds."""

    def __init__(self, logarithm: Bicubic) -> None:
        self._logarithm = logarithm
        self._latest: tuple[Point, tuple[float, float, float]] = ((math.nan, math.nan), (math.nan,) * 3)

    def _at(self, x: float, y: float) -> tuple[float, float, float]:
        """Loss and slopes; a path asks for both at each of its points."""
        if (x, y) != self._latest[0]:
            logarithm, along, across = self._logarithm.at(x, y)
            loss = math.exp(logarithm)
            self._latest = (x, y), (loss, loss * along, loss * across)
        return self._latest[1]

    def value(self, x: Any, y: Any) -> Any:
        if np.ndim(x) == np.ndim(y) == 0:
            return self._at(float(x), float(y))[0]
        return np.vectorize(self.value)(x, y)

    def gradient(self, x: Any, y: Any) -> tuple[Any, Any]:
        if np.ndim(x) == np.ndim(y) == 0:
            return self._at(float(x), float(y))[1:]
        along, across = np.vectorize(self.gradient)(x, y)
        return along, across

    def table(self, xs: Values, ys: Values) -> Values:
        values: Values = np.exp(self._logarithm.grid(xs, ys))
        return values

    def rate(self, start: Point, width: float) -> float:
        """A learning rate for descent from `start`, in one digit.

        The first step is at most a twentieth of the width, and shorter than where the slope would turn.
        """
        slope = math.hypot(*self.gradient(*start))
        bend = max(abs(self._bend(start, axis, width / 50)) for axis in (0, 1))
        rate = min(width / 20 / max(slope, 1e-9), 1 / max(bend, 1e-9))
        return min(max(float(f"{rate:.0e}"), 1e-4), 1.0)

    def _bend(self, at: Point, axis: int, h: float) -> float:
        """The second derivative along an axis, by a difference of slopes."""
        x, y = at
        dx, dy = (h, 0.0) if axis == 0 else (0.0, h)
        after, before = self.gradient(x + dx, y + dy)[axis], self.gradient(x - dx, y - dy)[axis]
        return float((after - before) / (2 * h))


def random_direction(network: Sequential, rng: np.random.Generator) -> Array:
    """A random direction (P,), filter by filter as long as the weights (Li et al., 2018, section 4).

    Rescaling the weights of a layer therefore does not change how sharp the loss looks. Biases and other
    parameters with one axis stay where they are, as in that work.
    """
    direction = NamedVector(
        {name: array.shape for name, array in network.parameters().items()},
        np.zeros(network.parameter_count, network.dtype),
    )
    for name, weight in network.parameters().items():
        if weight.ndim < 2:
            continue
        drawn = rng.standard_normal(weight.shape).reshape(len(weight), -1)
        own = np.linalg.norm(weight.reshape(len(weight), -1).astype(float), axis=1, keepdims=True)
        drawn *= own / np.maximum(np.linalg.norm(drawn, axis=1, keepdims=True), 1e-12)
        direction[name][...] = drawn.reshape(weight.shape)
    return direction.vector


def slice_directions(
    network: Sequential, images: Array, labels: NDArray[np.integer], kind: str, rng: np.random.Generator
) -> Array:
    """Two directions (2, P) that span a slice.

    Parameters
    ----------
    kind : str
        "random": both as `random_direction`. "gradient": the first is the negative gradient of the loss on
        these images, a tenth as long as the second, which is random and made perpendicular to it.

    Raises
    ------
    ArgumentError
        When there is no such kind.
    """
    check_option(kind, "The kind of slice", KINDS)
    second = random_direction(network, rng)
    if kind == "random":
        return np.stack([random_direction(network, rng), second])
    logits, caches = network.forward(images)
    _, dlogits = cross_entropy(logits, labels)
    _, grads = network.backward(dlogits, caches, need_dx=False)
    length = float(np.linalg.norm(second.astype(float)))
    first = -grads.vector.copy()
    steepness = float(np.linalg.norm(first.astype(float)))
    if not (np.isfinite(steepness) and steepness > 0):
        # Where the loss is flat no direction is the steepest.
        return np.stack([random_direction(network, rng), second])
    first /= steepness
    second -= float(second @ first) * first
    return np.stack([first * (length * ALONG), second * (length / float(np.linalg.norm(second)))])


def loss_slice(
    make: Callable[[], Sequential],
    images: Array,
    labels: NDArray[np.integer],
    *,
    kind: str = "random",
    seed: int = 0,
    size: tuple[int, int] = SIZE,
    reach: tuple[float, float] = REACH,
) -> Iterator[SliceProgress | LossSlice]:
    """Measure a slice, point by point: a generator of `SliceProgress`, with the `LossSlice` as its last item.

    Closing it ends the work. All of the work is done in `next`, so it may run in another thread.

    Parameters
    ----------
    make : callable
        Gives the network, one of the generator's own: its parameters are changed.
    images : (N, C, H, W)
    labels : (N,) of int
    seed : int
        Of the random directions.
    size : (nx, ny)
        How many points to measure; odd numbers have the present parameters among them.
    reach : (x, y)
        How far to go each way, in lengths of the directions.

    Raises
    ------
    ShapeError, ArgumentError
        With the first item, when arguments do not fit.
    """
    columns, rows = (check_count(n, "The size of a slice", 4, 201) for n in size)
    reach_x, reach_y = (check_number(r, "The reach of a slice", 1e-6, 1e6) for r in reach)
    if not len(images) or len(images) != len(labels):
        raise ShapeError(f"a slice takes images and as many labels, got {len(images)} and {len(labels)}")
    network = make()
    centre = network.parameter_vector.copy()
    rng = np.random.default_rng(seed)
    directions = slice_directions(network, images, labels, kind, rng)
    xs, ys = _places(columns, reach_x), _places(rows, reach_y)
    losses = np.empty((rows, columns))
    total = losses.size
    yield SliceProgress(0, total)
    for index, (row, column) in enumerate(np.ndindex(rows, columns), start=1):
        step = xs[column] * directions[0] + ys[row] * directions[1]
        network.set_parameter_vector(centre + step.astype(centre.dtype))
        with np.errstate(over="ignore", invalid="ignore"):
            loss = cross_entropy(network(images), labels)[0]
        if not math.isfinite(loss):
            raise ArgumentError("The network’s loss is not finite everywhere in this plane.")
        losses[row, column] = loss
        yield SliceProgress(index, total)
    for array in (losses, xs, ys, centre, directions):
        array.flags.writeable = False
    yield LossSlice(losses, xs, ys, centre, directions, kind, len(images))


def _places(count: int, reach: float) -> Values:
    """Evenly spaced coordinates from -reach to +reach; an odd count has exactly 0 in it."""
    steps = np.arange(count, dtype=np.float64) - (count - 1) / 2
    return steps * (2 * reach / (count - 1))
