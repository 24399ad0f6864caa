"""The curves of a chart: their data, and thinning it to what a screen can show."""

from dataclasses import dataclass, field

import numpy as np
from PySide6.QtGui import QColor

from explorer.theme import Theme

_NOTHING = np.empty(0)


def envelope(x: np.ndarray, y: np.ndarray, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Thin a curve to the lowest and highest value in each pixel column, so that no spike is lost.

    Parameters
    ----------
    x, y : (n,)
        The curve; `x` never falls.
    edges : (columns + 1,)
        Borders of the pixel columns, rising.

    Returns
    -------
    xs, ys : (m,)
        The points themselves when there are at most two a column, else two points a column that is not empty.
        One point beyond each side is kept, so that the line goes on to the border.
    """
    starts = np.searchsorted(x, edges)
    first, last = int(starts[0]), int(starts[-1])
    before, after = max(first - 1, 0), min(last + 1, len(x))
    columns = len(edges) - 1
    if last - first <= 2 * columns:
        return x[before:after], y[before:after]
    filled = starts[:-1] < starts[1:]
    begins = starts[:-1][filled]
    lows = np.minimum.reduceat(y[:last], begins)
    highs = np.maximum.reduceat(y[:last], begins)
    centres = 0.5 * (edges[:-1] + edges[1:])[filled]
    pairs = np.stack([lows, highs], axis=1)
    # Every other column runs downwards: the joining pieces then follow the outline and add no ink inside it.
    pairs[1::2] = pairs[1::2, ::-1]
    ys = np.concatenate([y[before:first], pairs.ravel(), y[last:after]])
    xs = np.concatenate([x[before:first], np.repeat(centres, 2), x[last:after]])
    return xs, ys


@dataclass
class Curve:
    """One curve: data and looks.

    Attributes
    ----------
    label : str
        Its name in the tooltip.
    token : str
        Colour token.
    width : float
        Line width in pixels; 0 draws no line.
    strength : float
        Share of the colour, the rest is the panel's. Mixed instead of drawn translucent, which Qt does many
        times more slowly.
    marks : bool
        Circle at each point.
    x, y : (n,)
        The data, exactly as given.
    """

    label: str
    token: str = "accent"
    width: float = 2.0
    strength: float = 1.0
    marks: bool = False
    x: np.ndarray = field(default_factory=lambda: _NOTHING)
    y: np.ndarray = field(default_factory=lambda: _NOTHING)

    def color(self, theme: Theme) -> QColor:
        """Return the colour as it is drawn on a panel."""
        return mix(theme.color(self.token), theme.color("panel"), self.strength)


def mix(color: QColor, ground: QColor, share: float) -> QColor:
    """Return `share` of `color` over `ground`."""
    parts = zip(color.getRgb()[:3], ground.getRgb()[:3], strict=True)
    return QColor(*(round(share * c + (1 - share) * g) for c, g in parts))
