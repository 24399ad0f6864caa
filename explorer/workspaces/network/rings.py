"""Rings round the cells that belong to the one under the pointer."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from cnncore.receptive import Region
from explorer.widgets.rectangle import Rectangle

from .geometry import Column, Kind, Place
from .hovering import Highlights
from .scene import Scene


def paint_highlights(painter: QPainter, scene: Scene, place: Place, highlights: Highlights) -> None:
    """Ring the cells that a hovered cell reads, and the cell itself."""
    painter.setClipRect(QRectF(0, scene.header, scene.view.width, scene.view.height))
    casing = scene.theme.color("panel")
    casing.setAlphaF(0.9)
    for regions, token, width in (
        (highlights.read, "window", 2.0),
        (highlights.written, "output", 2.4),
    ):
        color = scene.theme.color(token)
        for layer, region in regions.items():
            column = scene.layout.column(layer)
            if region.empty or not scene.visible(column):
                continue
            for channel in np.flatnonzero(highlights.channels[layer]).tolist():
                _ring(painter, scene, column, channel, region, color, casing, width)
    if place.kind in (Kind.STRIP, Kind.TILES):
        box = scene.box(scene.layout.column(place.layer).box_of(place.channel)).grown(1.5)
        _outline(painter, box, casing, 4.0)
        _outline(painter, box, scene.theme.color("output"), 2.0)
    painter.setClipping(False)


def _ring(
    painter: QPainter,
    scene: Scene,
    column: Column,
    channel: int,
    region: Region,
    color: QColor,
    casing: QColor,
    width: float,
) -> None:
    rows, columns = column.cells
    cells = column.grid.box(channel).cell(region.top, region.left, rows, columns, region.rows, region.columns)
    box = scene.box(cells)
    small = min(scene.box(column.grid.box(channel)).w, box.w * 3) < 40
    width = 1.5 if small else width
    _outline(painter, box.grown(width / 2 + (0 if box.w > 8 else 0.5)), casing, width + 2)
    _outline(painter, box.grown(width / 2 + (0 if box.w > 8 else 0.5)), color, width)


def _outline(painter: QPainter, box: Rectangle, color: QColor, width: float) -> None:
    pen = QPen(color, width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(*box))
