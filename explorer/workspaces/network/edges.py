"""The lines between columns. Painted once and kept until the selection, the zoom or the page changes."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from explorer.widgets.rectangle import Rectangle

from .geometry import Column, Kind
from .scene import FAINT, Scene, left_of, right_of
from .stages import Link, Stage

MOST_CURVES = 256
"""With more edges between two layers, a band stands for them."""
THINNEST, THICKEST = 1.2, 4.0


def norm_widths(weight: np.ndarray, channel: int) -> tuple[float, ...]:
    """Return the width of each edge into map `channel`, from its kernel's norm, in steps of a quarter pixel.

    Parameters
    ----------
    weight : (out, in, kh, kw)
    """
    norms = np.sqrt((weight[channel].astype(np.float64) ** 2).sum(axis=(1, 2)))
    largest = norms.max() if np.isfinite(norms).all() else 0.0
    shares = norms / largest if largest > 0 else np.zeros_like(norms)
    return tuple(np.round((THINNEST + (THICKEST - THINNEST) * shares) * 4) / 4)


def paint_edges(painter: QPainter, scene: Scene, widths: tuple[float, ...]) -> None:
    """Draw all edges. `widths` are those of the edges into the selected map, one for each input map."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for stage in scene.layout.stages[1:]:
        before, after = scene.layout.column(stage.index - 1), scene.layout.column(stage.index)
        if stage.link is Link.CONVOLUTION:
            _convolution(painter, scene, stage, before, after, widths)
        elif stage.is_maps:
            _pairs(painter, scene, stage, before, after)
        elif stage.link is Link.FLATTEN:
            _funnels(painter, scene, stage, before, after)
        else:
            _band(painter, scene, before, after)
    softmax = scene.layout.softmax
    if softmax is not None:
        _to_softmax(painter, scene, scene.layout.column(softmax.layer - 1), softmax)


def curve(path: QPainterPath, start: QPointF, end: QPointF) -> None:
    """Add an S-shaped line that leaves and arrives level."""
    path.moveTo(start)
    if abs(start.y() - end.y()) < 0.5:
        path.lineTo(end)
        return
    middle = (start.x() + end.x()) / 2
    path.cubicTo(QPointF(middle, start.y()), QPointF(middle, end.y()), end)


def _line_color(scene: Scene, opacity: float = 1.0) -> QColor:
    color = scene.theme.color("line2")
    color.setAlphaF(opacity * (FAINT if scene.marks is not None else 1.0))
    return color


def _ends(scene: Scene, column: Column, channel: int) -> Rectangle:
    return scene.box(column.box_of(channel))


def _convolution(
    painter: QPainter, scene: Scene, stage: Stage, before: Column, after: Column, widths: tuple[float, ...]
) -> None:
    kernels = scene.kernels_of(stage.index)
    blocks = kernels is not None and not scene.on_edges(kernels)
    faint, count = QPainterPath(), 0
    sources = stage.kernels[1] if stage.kernels else 0
    if sources * stage.count > MOST_CURVES:
        _band(painter, scene, before, after)
    else:
        for target in range(stage.count):
            entry = _ends(scene, after, target)
            if blocks and kernels is not None:
                block = scene.box(kernels.grid.box(target))
                faint.moveTo(right_of(block))
                faint.lineTo(left_of(entry))
                entry = block
            for source in scene.layout.stages.sources_of(stage.index, target):
                curve(faint, right_of(_ends(scene, before, source)), left_of(entry))
                count += 1
        # Many crossing lines add up to a grey cloud unless each is lighter.
        painter.strokePath(faint, QPen(_line_color(scene, 1.0 if count <= 16 else 0.45), 1.0))
    if scene.selected is not None and scene.selected[0] == stage.index:
        _incoming(painter, scene, before, after, widths)


def _incoming(
    painter: QPainter, scene: Scene, before: Column, after: Column, widths: tuple[float, ...]
) -> None:
    """The edges into the selected map, through its kernels."""
    layer, channel = scene.selected or (0, 0)
    end = left_of(_ends(scene, after, channel).grown(2.0))
    kernels = scene.kernels_of(layer)
    color = scene.theme.color("accent")
    across, first = before.grid.columns, scene.layout.stages.sources_of(layer, channel).start
    strengths = dict(enumerate(widths, first))
    if across > 1:  # one line for each row of maps, as wide as its strongest
        rows: dict[int, float] = {}
        for source, width in strengths.items():
            last = min(source // across * across + across, before.grid.count) - 1
            rows[last] = max(rows.get(last, 0.0), 0.6 * width)
        strengths = rows
    for source, width in strengths.items():
        path = QPainterPath()
        start = right_of(_ends(scene, before, source))
        if kernels is None:
            curve(path, start, end)
        else:
            alone = kernels.inputs == 1
            kernel = scene.box(kernels.grid.box(channel) if alone else kernels.edges.box(source))
            if across == 1:
                curve(path, start, left_of(kernel))
            curve(path, right_of(kernel), end)
        pen = QPen(color, width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.strokePath(path, pen)


def _pairs(painter: QPainter, scene: Scene, stage: Stage, before: Column, after: Column) -> None:
    if before.grid.columns > 1 or after.grid.columns > 1:
        return
    for strong in (False, True):
        path = QPainterPath()
        for channel in range(stage.count):
            marked = scene.marks is not None and bool(scene.marks[stage.index][channel])
            if marked is strong:
                start = right_of(_ends(scene, before, channel))
                curve(path, start, left_of(_ends(scene, after, channel)))
        accented = strong and scene.has_faint(stage.index)
        color = scene.theme.color("accent") if accented else _line_color(scene)
        painter.strokePath(path, QPen(color, 1.6 if accented else 1.0))


def _funnels(painter: QPainter, scene: Scene, stage: Stage, before: Column, after: Column) -> None:
    """From each map to its stretch of the flattened vector."""
    cells = stage.count // before.grid.count
    painter.setPen(Qt.PenStyle.NoPen)
    for channel in range(before.grid.count):
        if (channel + 1) % before.grid.columns and channel + 1 < before.grid.count:
            continue  # only the rightmost map of a row
        first = channel - channel % before.grid.columns
        source = _ends(scene, before, channel)
        target = scene.box(after.run_of(first * cells, cells * (channel - first + 1)))
        strong = scene.has_faint(before.layer) and not scene.is_faint(before.layer, channel)
        share = 0.22 if strong else (0.75 if scene.marks is None else 0.45)
        painter.setBrush(scene.tint("accent" if strong else "grid", share))
        painter.drawPolygon(_trapezium(source, target))


def _band(painter: QPainter, scene: Scene, before: Column, after: Column) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(scene.tint("grid", 0.6))
    painter.drawPolygon(_trapezium(scene.box(_extent(before)), scene.box(_extent(after))))


def _extent(column: Column) -> Rectangle:
    """The box round everything in a column."""
    first, last = column.grid.box(0), column.grid.box(column.grid.count - 1)
    right = column.grid.box(min(column.grid.columns, column.grid.count) - 1).right
    return Rectangle(first.x, first.y, right - first.x, last.bottom - first.y)


def _trapezium(left: Rectangle, right: Rectangle) -> QPolygonF:
    return QPolygonF(
        [
            QPointF(left.right, left.y),
            QPointF(right.x, right.y),
            QPointF(right.x, right.bottom),
            QPointF(left.right, left.bottom),
        ]
    )


def _to_softmax(painter: QPainter, scene: Scene, logits: Column, softmax: Column) -> None:
    if logits.kind is not Kind.TILES:
        _band(painter, scene, logits, softmax)
        return
    path = QPainterPath()
    for channel in range(softmax.grid.count):
        start = right_of(_ends(scene, logits, channel))
        path.moveTo(start)
        path.lineTo(QPointF(_ends(scene, softmax, channel).x - 1, start.y()))
    painter.strokePath(path, QPen(scene.theme.color("line2"), 1.0))
