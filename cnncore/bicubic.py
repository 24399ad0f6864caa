"""A smooth surface through numbers on a grid, with its gradient."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnncore.errors import ShapeError

Values = NDArray[np.float64]


class Bicubic:
    """Bicubic interpolation with Catmull and Rom's cubics: exact on the grid, with a continuous gradient.

    Beyond the edge the grid is continued in a straight line, which only the outermost cells feel.

    Parameters
    ----------
    xs, ys : (nx,) and (ny,) arrays
        Evenly spaced and growing, at least 2 of each.
    values : (ny, nx) array
    """

    def __init__(self, xs: Values, ys: Values, values: Values) -> None:
        if values.shape != (len(ys), len(xs)) or min(values.shape) < 2:
            raise ShapeError(f"{len(xs)} x and {len(ys)} y values do not fit numbers of shape {values.shape}")
        self._axes = [
            (float(a[0]), (float(a[-1]) - float(a[0])) / (len(a) - 1), len(a) - 1) for a in (xs, ys)
        ]
        padded = np.pad(np.asarray(values, np.float64), 1)
        padded[0], padded[-1] = 2 * padded[1] - padded[2], 2 * padded[-2] - padded[-3]
        padded[:, 0] = 2 * padded[:, 1] - padded[:, 2]
        padded[:, -1] = 2 * padded[:, -2] - padded[:, -3]
        self._padded = padded
        # Each cell's own cubic in both directions: (ny - 1, nx - 1, 4, 4), by powers of y and of x.
        around = np.lib.stride_tricks.sliding_window_view(padded, (4, 4))
        self._cells: list[Any] = (_POWERS @ around @ _POWERS.T).tolist()

    def at(self, x: float, y: float) -> tuple[float, float, float]:
        """Value and slopes along x and y at one point, in a fraction of the time that arrays take."""
        (i, t), (j, u) = (self._place(axis, at) for axis, at in enumerate((x, y)))
        if math.isnan(t + u):
            return math.nan, math.nan, math.nan
        lines = self._cells[j][i]
        v0, v1, v2, v3 = (((d * t + c) * t + b) * t + a for a, b, c, d in lines)
        s0, s1, s2, s3 = ((3 * d * t + 2 * c) * t + b for _, b, c, d in lines)
        (_, step_x, _), (_, step_y, _) = self._axes
        return (
            ((v3 * u + v2) * u + v1) * u + v0,
            (((s3 * u + s2) * u + s1) * u + s0) / step_x,
            ((3 * v3 * u + 2 * v2) * u + v1) / step_y,
        )

    def grid(self, xs: Values, ys: Values) -> Values:
        """The surface over a whole grid: (len(ys), len(xs)); NaN beyond the numbers."""
        down, across = self._matrix(1, ys), self._matrix(0, xs)
        values: Values = down @ self._padded @ across.T
        return values

    def _place(self, axis: int, at: float) -> tuple[int, float]:
        """The cell that a coordinate lies in, and where in it, 0 to 1; NaN beyond the grid."""
        low, step, cells = self._axes[axis]
        scaled = (at - low) / step
        if not -1e-12 <= scaled <= cells + 1e-12:
            return 0, math.nan
        cell = min(max(int(scaled), 0), cells - 1)
        return cell, scaled - cell

    def _matrix(self, axis: int, coordinates: Values) -> Values:
        """Each row holds what one coordinate's value takes of the padded numbers along an axis."""
        matrix = np.zeros((len(coordinates), self._padded.shape[1 - axis]))
        for row, at in zip(matrix, coordinates.tolist(), strict=True):
            cell, t = self._place(axis, at)
            if math.isnan(t):
                row[:] = np.nan
            else:
                row[cell : cell + 4] = _weights(t)
        return matrix


_POWERS = np.array(
    [[0.0, 1.0, 0.0, 0.0], [-0.5, 0.0, 0.5, 0.0], [1.0, -2.5, 2.0, -0.5], [-0.5, 1.5, -1.5, 0.5]]
)
"""Catmull and Rom's cubic: from four neighbours to the factors of 1, t, t² and t³ between the middle two."""


def _weights(t: float) -> Values:
    """How much the four neighbours along an axis count at `t`, 0 to 1 between the middle two."""
    weights: Values = np.array([1.0, t, t * t, t**3]) @ _POWERS
    return weights
