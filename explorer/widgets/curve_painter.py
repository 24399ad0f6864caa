"""Draws curves, quickly: a chart is drawn up to 30 times a second beside the training thread."""

import numpy as np
from pyqtgraph.Qt import internals
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainter, QPen

from explorer.theme import Theme
from explorer.widgets.chart_axes import Scale
from explorer.widgets.chart_curves import Curve

_JOINED_POINTS = 160
"""Up to this many points a line is stroked whole, with round joins; beyond, in pieces: ten times faster."""

_CLOSEST_CIRCLES = 7.0
"""Least average distance of circles in pixels."""


class CurvePainter:
    """Draws thinned curves; keeps its arrays of line pieces and points, so that a frame allocates little."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._pieces = internals.PrimitiveArray(QLineF, 4)
        self._points = internals.PrimitiveArray(QPointF, 2)

    def draw(
        self,
        painter: QPainter,
        curve: Curve,
        points: tuple[np.ndarray, np.ndarray],
        scale: Scale,
        whole: bool = False,
    ) -> None:
        """Draw `points` of `curve`, which `envelope` gave; `whole` draws even a long line in one piece."""
        xs, ys = points
        if not len(xs):
            return
        px, py = scale.px(xs), scale.py(ys)
        if curve.width > 0 and len(px) > 1:
            self._line(painter, curve, px, py, whole)
        if curve.marks:
            self._circles(painter, curve, px, py)

    def _line(self, painter: QPainter, curve: Curve, px: np.ndarray, py: np.ndarray, whole: bool) -> None:
        pen = QPen(curve.color(self._theme), curve.width)
        thick = curve.width > 1
        few = whole or len(px) <= _JOINED_POINTS
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, thick or few)
        if few:
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.drawPolyline([QPointF(x, y) for x, y in zip(px.tolist(), py.tolist(), strict=True)])
            return
        pen.setCapStyle(Qt.PenCapStyle.SquareCap if thick else Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        self._pieces.resize(len(px) - 1)
        pieces = self._pieces.ndarray()
        pieces[:, 0], pieces[:, 1] = px[:-1], py[:-1]
        pieces[:, 2], pieces[:, 3] = px[1:], py[1:]
        painter.drawLines(*self._pieces.drawargs())

    def _circles(self, painter: QPainter, curve: Curve, px: np.ndarray, py: np.ndarray) -> None:
        """Draw a circle at each point; where they would run into each other, a dot."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        color = curve.color(self._theme)
        if len(px) > 2 and (px[-1] - px[0]) / (len(px) - 1) < _CLOSEST_CIRCLES:
            pen = QPen(color, 3)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            self._points.resize(len(px))
            points = self._points.ndarray()
            points[:, 0], points[:, 1] = px, py
            painter.drawPoints(*self._points.drawargs())
            return
        painter.setPen(QPen(color, 1.5))
        painter.setBrush(self._theme.color("panel"))
        for x, y in zip(px.tolist(), py.tolist(), strict=True):
            painter.drawEllipse(QPointF(x, y), 3.1, 3.1)
        painter.setBrush(Qt.BrushStyle.NoBrush)
