"""Gradient descent on surfaces over two parameters, with the optimizers that train networks.

A surface is a loss that depends on two numbers only, so that all of it can be seen. `descend` lets an
optimizer of `cnncore.optim` walk on it and keeps every step.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnncore.checks import check_count, check_number, check_option
from cnncore.errors import ArgumentError
from cnncore.optim import SGD, Adam, AdamW, Optimizer, RMSprop

Values = NDArray[np.float64]
Point = tuple[float, float]

MOST_STEPS = 1000
FAR = 10.0
"""A path that is this many widths of its surface away from the middle has diverged."""

OPTIMIZERS: Mapping[str, tuple[type[Optimizer], Mapping[str, Any]]] = MappingProxyType(
    {
        "SGD": (SGD, {}),
        "Momentum": (SGD, {"momentum": 0.9}),
        "RMSprop": (RMSprop, {"alpha": 0.9}),
        "Adam": (Adam, {}),
        "AdamW": (AdamW, {}),
    }
)
"""By name: the engine's class, and the options that are set where the caller does not say otherwise."""


@dataclass(frozen=True, eq=False)
class Surface:
    """A loss over two parameters, x and y.

    Attributes
    ----------
    key, title : str
        A short name for programs, and one for people.
    formula, text : str
        The loss written out, and what can be learned here, in plain sentences.
    value : callable
        Loss at ``(x, y)``: numbers or arrays of one shape, result shaped alike. NaN where it is not known.
    gradient : callable
        ``(dL/dx, dL/dy)`` at ``(x, y)``.
    bounds : (x_low, x_high, y_low, y_high)
        The part worth looking at.
    start : (x, y)
        A good place to begin.
    learning_rate : float
        A rate at which all the optimizers show what they are like.
    minima : tuple of (x, y)
        Where the loss is lowest, as far as that is known.
    measured : bool
        Whether the loss is known within the bounds only. A path ends where it leaves them.
    table : callable, optional
        A faster way to the values over a whole grid, see `grid`.
    """

    key: str
    title: str
    formula: str
    text: str
    value: Callable[[Any, Any], Any]
    gradient: Callable[[Any, Any], tuple[Any, Any]]
    bounds: tuple[float, float, float, float]
    start: Point
    learning_rate: float
    minima: tuple[Point, ...] = ()
    measured: bool = False
    table: Callable[[Values, Values], Values] | None = None

    def grid(self, xs: Values, ys: Values) -> Values:
        """The loss over a grid: (len(ys), len(xs))."""
        if self.table is not None:
            return self.table(xs, ys)
        return np.broadcast_to(self.value(xs, ys[:, np.newaxis]), (len(ys), len(xs)))

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies within the bounds."""
        x_low, x_high, y_low, y_high = self.bounds
        return x_low <= x <= x_high and y_low <= y <= y_high

    def is_far(self, x: float, y: float) -> bool:
        """Whether a point is not finite or `FAR` widths away: a path that comes here has diverged."""
        x_low, x_high, y_low, y_high = self.bounds
        across = abs(x - (x_low + x_high) / 2) <= FAR * (x_high - x_low)
        along = abs(y - (y_low + y_high) / 2) <= FAR * (y_high - y_low)
        return not (across and along)


@dataclass(frozen=True, eq=False)
class Path:
    """What an optimizer did on a surface in up to n steps; every array is read-only.

    Attributes
    ----------
    points : (n + 1, 2) array of float64
        The start, and where each step led to.
    values : (n + 1,) array
        The loss at each point.
    gradients : (n + 1, 2) array
        Its gradient at each point.
    diverged : int or None
        The number of the step that led out of all bounds; that place, `beyond`, is none of the points.
    left : int or None
        The number of the step that left a measured surface, likewise.
    beyond : (x, y) or None
        Where that last step led to.
    """

    points: Values
    values: Values
    gradients: Values
    diverged: int | None = None
    left: int | None = None
    beyond: Point | None = None

    @property
    def steps(self) -> int:
        """How many steps led from a point to a point."""
        return len(self.points) - 1

    @property
    def lengths(self) -> Values:
        """The length of each step: (n,)."""
        moves: Values = np.diff(self.points, axis=0)
        return _lengths(moves)

    @property
    def gradient_norms(self) -> Values:
        """The length of the gradient at each point: (n + 1,)."""
        return _lengths(self.gradients)

    @property
    def rises(self) -> NDArray[np.bool_]:
        """Which steps made the loss larger, by more than rounding: (n,). They went too far."""
        before, after = self.values[:-1], self.values[1:]
        return after > before + 1e-12 * np.maximum(1.0, np.abs(before))


def make_optimizer(
    name: str, parameters: Mapping[str, NDArray[Any]], lr: float, options: Mapping[str, Any] | None = None
) -> Optimizer:
    """The engine's optimizer of a name of `OPTIMIZERS`, with some of its options.

    Raises
    ------
    ArgumentError
        When there is no such optimizer or option, or a value is not allowed.
    """
    check_option(name, "The optimizer", OPTIMIZERS)
    kind, defaults = OPTIMIZERS[name]
    try:
        return kind(parameters, lr=lr, **{**defaults, **(options or {})})
    except TypeError:
        given = ", ".join(options or {})
        raise ArgumentError(f"{name} has no option of all these: {given}.") from None


def descend(
    surface: Surface,
    name: str,
    start: Point,
    steps: int = 100,
    *,
    lr: float | None = None,
    options: Mapping[str, Any] | None = None,
) -> Path:
    """Let an optimizer walk on a surface.

    The optimizer is the engine's own; its parameters are the two coordinates, in float64.

    Parameters
    ----------
    name : str
        One of `OPTIMIZERS`.
    steps : int
        How many to make, 1 to 1000; fewer are made where the path leaves what is known.
    lr : float, optional
        The learning rate; the surface's own without it.
    options : dict, optional
        More of the optimizer's arguments, such as ``{"momentum": 0.5}``.

    Raises
    ------
    ArgumentError
        When an argument is not allowed, or the start is not on the surface.
    """
    check_count(steps, "The number of steps", 1, MOST_STEPS)
    point = np.array([check_number(value, "The start", -1e9, 1e9) for value in start])
    optimizer = make_optimizer(name, {"point": point}, surface.learning_rate if lr is None else lr, options)
    if surface.is_far(*point) or (surface.measured and not surface.holds(*point)):
        raise ArgumentError("The start does not lie on the surface.")
    gradient = np.empty(2)
    diverged = left = beyond = None
    with np.errstate(over="ignore", invalid="ignore"):
        rows = [_look(surface, point)]
        if not np.isfinite(rows[0]).all():
            raise ArgumentError("At the start, the loss or its gradient is not finite.")
        for step in range(1, steps + 1):
            gradient[:] = rows[-1][3:]
            optimizer.step({"point": gradient})
            there = float(point[0]), float(point[1])
            row = None if surface.is_far(*there) else _look(surface, point)
            if surface.measured and not surface.holds(*there):
                left, beyond = step, there
                break
            if row is None or not np.isfinite(row).all():
                diverged, beyond = step, there
                break
            rows.append(row)
    table = np.array(rows)
    table.flags.writeable = False
    return Path(table[:, :2], table[:, 2], table[:, 3:], diverged, left, beyond)


def _look(surface: Surface, point: Values) -> tuple[float, float, float, float, float]:
    """x, y, loss, and the loss's gradient at a point."""
    x, y = point
    along, across = surface.gradient(x, y)
    return float(x), float(y), float(surface.value(x, y)), float(along), float(across)


def _lengths(vectors: Values) -> Values:
    lengths: Values = np.hypot(vectors[:, 0], vectors[:, 1])
    return lengths
