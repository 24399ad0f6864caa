"""A smooth surface through numbers on a grid, with its gradient."""

import math

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
        self._rows: list[list[float]] = padded.tolist()

    def at(self, x: float, y: float) -> tuple[float, float, float]:
        """Value and slopes along x and y at one point, in a fraction of the time that arrays take."""
        (i, tx), (j, ty) = (self._place(axis, at) for axis, at in enumerate((x, y)))
        if math.isnan(tx + ty):
            return math.nan, math.nan, math.nan
        across, down = (_weights(tx), _slopes(tx)), (_weights(ty), _slopes(ty))
        lines = [row[i : i + 4] for row in self._rows[j : j + 4]]
        values = [_dot(across[0], line) for line in lines]
        slopes = [_dot(across[1], line) for line in lines]
        step_x, step_y = (step for _, step, _ in self._axes)
        return _dot(down[0], values), _dot(down[0], slopes) / step_x, _dot(down[1], values) / step_y

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


def _dot(weights: list[float], numbers: list[float]) -> float:
    return sum(w * n for w, n in zip(weights, numbers, strict=True))


def _weights(t: float) -> list[float]:
    """How much the four neighbours along an axis count at `t`, 0 to 1 between the middle two."""
    return [
        t * (-0.5 + t * (1 - 0.5 * t)),
        1 + t * t * (1.5 * t - 2.5),
        t * (0.5 + t * (2 - 1.5 * t)),
        t * t * (0.5 * t - 0.5),
    ]


def _slopes(t: float) -> list[float]:
    """The derivatives of `_weights`."""
    return [
        -0.5 + t * (2 - 1.5 * t),
        t * (4.5 * t - 5),
        0.5 + t * (4 - 4.5 * t),
        t * (1.5 * t - 1),
    ]
