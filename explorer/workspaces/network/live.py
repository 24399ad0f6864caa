"""The parts of the picture that change with every number: images, tiles, bars and lines."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from cnncore import Trace

from .backdrop import selection_frame
from .colours import Pictures
from .geometry import Column, KernelColumn, Kind
from .output import Numbers, Texts, paint_caption, paint_softmax, paint_terms, paint_tiles
from .relations import Terms
from .scene import FAINT, Scene


def paint_live(
    painter: QPainter,
    scene: Scene,
    pictures: Pictures,
    trace: Trace,
    numbers: Numbers,
    terms: Terms | None,
    class_names: tuple[str, ...],
    texts: Texts,
) -> None:
    """Draw everything that a new trace changes, over the backdrop."""
    painter.setClipRect(QRectF(0, scene.header, scene.view.width, scene.view.height))
    if terms is not None:
        paint_terms(painter, scene, terms)
    for column in scene.layout.columns:
        if not scene.visible(column):
            continue
        if isinstance(column, KernelColumn):
            if scene.kernels_shown:
                _paint_kernels(painter, scene, column, pictures)
        elif column.kind is Kind.TILES:
            paint_tiles(painter, scene, column, pictures.tiles, numbers, trace.predicted, texts)
        elif column.kind is Kind.SOFTMAX:
            paint_softmax(painter, scene, column, trace.probabilities, numbers, class_names, texts)
        elif column.kind is Kind.STRIP:
            _paint_strip(painter, scene, column, pictures)
        else:
            _paint_maps(painter, scene, column, pictures)
    if terms is not None and scene.layout.softmax is not None:
        paint_caption(painter, scene, terms, class_names)
    _paint_selection(painter, scene)


def _paint_maps(painter: QPainter, scene: Scene, column: Column, pictures: Pictures) -> None:
    image = pictures.stages[column.layer]
    rows, columns = column.cells
    faint = scene.has_faint(column.layer)
    for channel, rect in enumerate(scene.rects(column.grid)):
        if faint:
            painter.setOpacity(FAINT if scene.is_faint(column.layer, channel) else 1.0)
        painter.drawImage(rect, image, QRectF(0, channel * rows, columns, rows))
    painter.setOpacity(1.0)


def _paint_strip(painter: QPainter, scene: Scene, column: Column, pictures: Pictures) -> None:
    image = pictures.stages[column.layer]
    box = scene.rect(column.grid.box(0))
    faint = scene.has_faint(column.layer)
    painter.setOpacity(FAINT if faint else 1.0)
    painter.drawImage(box, image)
    painter.setOpacity(1.0)
    if faint and scene.marks is not None:
        marked = np.flatnonzero(scene.marks[column.layer])
        run = column.run_of(int(marked[0]), len(marked))
        fold = column.cells[1]
        top = int(marked[0]) // fold
        high = int(marked[-1]) // fold - top + 1
        left, wide = (int(marked[0]) % fold, len(marked)) if high == 1 else (0, fold)
        painter.drawImage(scene.rect(run), image, QRectF(left, top, wide, high))


def _paint_kernels(painter: QPainter, scene: Scene, column: KernelColumn, pictures: Pictures) -> None:
    kh, kw = column.cells
    if scene.on_edges(column) and pictures.selected_kernels is not None:
        first = column.first_read(scene.selected[1])
        for source, rect in enumerate(scene.rects(column.edges)[first : first + column.inputs]):
            painter.drawImage(rect, pictures.selected_kernels, QRectF(0, source * kh, kw, kh))
        return
    image = pictures.kernels[column.layer]
    high, wide = column.block_cells
    faint = scene.has_faint(column.layer)
    for target, rect in enumerate(scene.rects(column.grid)):
        if faint:
            painter.setOpacity(FAINT if scene.is_faint(column.layer, target) else 1.0)
        painter.drawImage(rect, image, QRectF(0, target * high, wide, high))
    painter.setOpacity(1.0)


def _paint_selection(painter: QPainter, scene: Scene) -> None:
    """Frame the selected map or unit, and its cells where it has been flattened."""
    if scene.selected is None or scene.marks is None:
        return
    layer, channel = scene.selected
    accent, casing = scene.theme.color("accent"), scene.theme.color("panel")
    casing.setAlphaF(0.9)
    selection_frame(painter, scene.box(scene.layout.column(layer).box_of(channel)), accent, casing)
    for other in scene.layout.columns:
        if other.kind is Kind.STRIP and other.layer != layer and scene.has_faint(other.layer):
            marked = np.flatnonzero(scene.marks[other.layer])
            run = other.run_of(int(marked[0]), len(marked))
            selection_frame(painter, scene.box(run), accent, casing)
