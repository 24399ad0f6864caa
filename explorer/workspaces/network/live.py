"""The parts of the picture that change with every number: images, tiles, bars, terms and highlights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from cnncore import Trace
from cnncore.receptive import Region
from explorer.imaging import text_on
from explorer.numbers import format_number, format_percent

from .backdrop import selection_frame
from .colours import Pictures
from .edges import curve
from .geometry import Box, Column, KernelColumn, Kind
from .hovering import Highlights
from .relations import Terms
from .scene import FAINT, Scene, left_of, right_of

LEAST_TEXT_HEIGHT = 13


@dataclass(frozen=True)
class Numbers:
    """The numbers written on tiles and beside bars; they change less often than the pictures."""

    logits: np.ndarray
    probabilities: np.ndarray


def paint_live(
    painter: QPainter,
    scene: Scene,
    pictures: Pictures,
    trace: Trace,
    numbers: Numbers,
    terms: Terms | None,
    class_names: tuple[str, ...],
) -> None:
    """Draw everything that a new trace changes, over the backdrop."""
    painter.setClipRect(QRectF(0, scene.header, scene.view.width, scene.view.height))
    if terms is not None:
        _paint_terms(painter, scene, terms)
    for column in scene.layout.columns:
        if not scene.visible(column):
            continue
        if isinstance(column, KernelColumn):
            if scene.kernels_shown:
                _paint_kernels(painter, scene, column, pictures)
        elif column.kind is Kind.TILES:
            _paint_tiles(painter, scene, column, pictures.tiles, numbers, trace.predicted)
        elif column.kind is Kind.SOFTMAX:
            _paint_softmax(painter, scene, column, trace, numbers, class_names)
        else:
            _paint_images(painter, scene, column, pictures)
    if terms is not None and scene.layout.softmax is not None:
        _paint_caption(painter, scene, terms, class_names)
    _paint_selection(painter, scene)


def _paint_images(painter: QPainter, scene: Scene, column: Column, pictures: Pictures) -> None:
    image = pictures.stages[column.layer]
    if column.kind is Kind.STRIP:
        _paint_strip(painter, scene, column, pictures)
        return
    rows, columns = column.cells
    for channel in range(column.grid.count):
        painter.setOpacity(FAINT if scene.is_faint(column.layer, channel) else 1.0)
        source = QRectF(0, channel * rows, columns, rows)
        painter.drawImage(scene.rect(column.grid.box(channel)), image, source)
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
        for source in range(column.inputs):
            part = QRectF(0, source * kh, kw, kh)
            painter.drawImage(scene.rect(column.edges.box(source)), pictures.selected_kernels, part)
        return
    image = pictures.kernels[column.layer]
    high, wide = column.block_cells
    for target in range(column.grid.count):
        painter.setOpacity(FAINT if scene.is_faint(column.layer, target) else 1.0)
        painter.drawImage(scene.rect(column.grid.box(target)), image, QRectF(0, target * high, wide, high))
    painter.setOpacity(1.0)


def _paint_tiles(
    painter: QPainter, scene: Scene, column: Column, tiles: np.ndarray, numbers: Numbers, predicted: int
) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(scene.theme.font(11, 500))
    border = scene.theme.color("line2")
    accent = scene.theme.color("accent")
    for unit, packed in enumerate(tiles.tolist()):
        painter.setOpacity(FAINT if scene.is_faint(column.layer, unit) else 1.0)
        rect = scene.rect(column.grid.box(unit))
        chosen = unit == predicted
        painter.setPen(QPen(accent, 2.0) if chosen else QPen(border, 1.0))
        painter.setBrush(QColor.fromRgb(packed))
        inset = 0.0 if chosen else 0.5
        painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), 3, 3)
        if rect.height() >= LEAST_TEXT_HEIGHT:
            painter.setPen(QColor(text_on(packed)))
            text = format_number(float(numbers.logits[unit]), 1)
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
    painter.setOpacity(1.0)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


@dataclass(frozen=True)
class _Row:
    """Where the parts of a softmax row are, from the row's left edge."""

    label: float
    bar: float
    percent: float


def _row_parts(width: float, names: tuple[str, ...], metrics: QFontMetricsF) -> _Row:
    label = min(max(metrics.horizontalAdvance(name) for name in names) + 10, 0.42 * width)
    percent = 44.0
    return _Row(label, max(width - label - percent, 8.0), percent)


def _paint_softmax(
    painter: QPainter,
    scene: Scene,
    column: Column,
    trace: Trace,
    numbers: Numbers,
    class_names: tuple[str, ...],
) -> None:
    fonts = {False: scene.theme.font(11), True: scene.theme.font(11, 600)}
    metrics = QFontMetricsF(fonts[True])
    # Text does not grow with the zoom, so the row's right part gets what is left.
    parts = _row_parts(scene.box(column.grid.box(0)).w, class_names, metrics)
    trough, bar = scene.theme.color("grid"), scene.theme.color("text3")
    accent, text, text2 = (scene.theme.color(token) for token in ("accent", "text", "text2"))
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    for unit, share in enumerate(trace.probabilities.tolist()):
        box = scene.box(column.grid.box(unit))
        chosen = unit == trace.predicted
        thick = min(12.0, 0.6 * box.h)
        track = QRectF(box.x + parts.label, box.cy - thick / 2, parts.bar, thick)
        painter.fillRect(track, trough)
        length = max(share * track.width(), 1.0) if share == share else 0.0
        painter.fillRect(QRectF(track.x(), track.y(), length, thick), accent if chosen else bar)
        if box.h < LEAST_TEXT_HEIGHT:
            continue
        painter.setFont(fonts[chosen])
        painter.setPen(text)
        name = metrics.elidedText(class_names[unit], Qt.TextElideMode.ElideRight, parts.label - 8)
        painter.drawText(QRectF(box.x, box.y, parts.label - 6, box.h), right, name)
        painter.setPen(accent if chosen else text2)
        place = QRectF(track.right(), box.y, parts.percent, box.h)
        painter.drawText(place, right, format_percent(float(numbers.probabilities[unit])))


def _paint_terms(painter: QPainter, scene: Scene, terms: Terms) -> None:
    source, target = scene.layout.column(terms.layer - 1), scene.layout.column(terms.layer)
    end = left_of(scene.box(target.box_of(terms.unit)))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    lut = scene.theme.signed
    for positive in (False, True):
        path = QPainterPath()
        for unit in terms.sources[(terms.products > 0) == positive].tolist():
            curve(path, right_of(scene.box(source.box_of(unit))), end)
        painter.strokePath(path, QPen(QColor.fromRgb(int(lut[208 if positive else 48])), 1.5))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _paint_caption(painter: QPainter, scene: Scene, terms: Terms, class_names: tuple[str, ...]) -> None:
    layout = scene.layout
    if terms.layer == layout.stages.last.index:
        what = f"logit {class_names[terms.unit]}"
    else:
        what = layout.stages.at(terms.layer).title(terms.unit)
    count = len(terms.sources)
    text = f"lines: the {count} largest terms of {what}" if count else f"all terms of {what} are 0"
    last = layout.column(layout.stages.last.index)
    below = scene.box(last.box)
    right = scene.view.width - 6
    softmax = scene.box(layout.columns[-1].box)
    left = below.x
    room = QRectF(
        left, max(below.bottom, softmax.bottom) + 8, max(min(right, softmax.right + 8) - left, 60), 32
    )
    painter.setFont(scene.theme.font(11))
    painter.setPen(scene.theme.color("text2"))
    painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, text)


def _paint_selection(painter: QPainter, scene: Scene) -> None:
    if scene.selected is None or scene.marks is None:
        return
    layer, channel = scene.selected
    accent, casing = scene.theme.color("accent"), scene.theme.color("panel")
    casing.setAlphaF(0.9)
    column = scene.layout.column(layer)
    box = scene.box(column.box_of(channel))
    selection_frame(painter, box, accent, casing)
    for other in scene.layout.columns:
        if other.kind is Kind.STRIP and other.layer != layer and scene.has_faint(other.layer):
            marked = np.flatnonzero(scene.marks[other.layer])
            selection_frame(painter, scene.box(other.run_of(int(marked[0]), len(marked))), accent, casing)


def paint_highlights(
    painter: QPainter, scene: Scene, highlights: Highlights, channels: dict[int, np.ndarray]
) -> None:
    """Ring the cells that a hovered cell reads, and the cell itself.

    Parameters
    ----------
    channels : dict of int to (count,) bool
        The maps on each layer that have to do with the hovered one.
    """
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
            for channel in np.flatnonzero(channels[layer]).tolist():
                _ring(painter, scene, column, channel, region, color, casing, width)
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


def _outline(painter: QPainter, box: Box, color: QColor, width: float) -> None:
    pen = QPen(color, width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(*box))
