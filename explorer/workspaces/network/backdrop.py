"""The parts of the picture that stay: headers, edges, frames and labels. Kept as a pixmap by the canvas."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from explorer.widgets.rectangle import Rectangle

from .edges import paint_edges
from .geometry import Column, KernelColumn, Kind
from .headers import KERNEL, Label, headers_of, place_headers
from .scene import FAINT, LINE_HEIGHT, Scene, TextWidths
from .stages import Link

_ROLES = {"selected": "accent_ink", "kernel": "kernel_text"}


def paint_static(painter: QPainter, scene: Scene, widths: tuple[float, ...], measure: TextWidths) -> None:
    """Draw all that does not change with the numbers, on a page that is already filled."""
    page = QRectF(0, scene.header, scene.view.width, scene.view.height)
    painter.save()
    painter.setClipRect(page)
    paint_edges(painter, scene, widths)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for column in scene.layout.columns:
        if scene.visible(column):
            _frames(painter, scene, column)
    _map_numbers(painter, scene)
    painter.restore()
    _paint_headers(painter, scene, measure)


def frame(painter: QPainter, box: Rectangle, color: QColor, width: float, ratio: float) -> None:
    """Draw a frame of `width` just outside a box, as filled bars on whole device pixels."""
    width = max(round(width * ratio), 1) / ratio
    outer = box.grown(width)
    bars = (
        QRectF(outer.x, outer.y, outer.w, width),
        QRectF(outer.x, box.bottom, outer.w, width),
        QRectF(outer.x, box.y, width, box.h),
        QRectF(box.right, box.y, width, box.h),
    )
    for bar in bars:
        painter.fillRect(bar, color)


def _frames(painter: QPainter, scene: Scene, column: Column) -> None:
    line = scene.theme.color("line2")
    if isinstance(column, KernelColumn):
        if scene.kernels_shown:
            _kernel_frames(painter, scene, column)
    elif column.kind is Kind.MAPS:
        for channel in range(column.grid.count):
            painter.setOpacity(FAINT if scene.is_faint(column.layer, channel) else 1.0)
            frame(painter, scene.box(column.grid.box(channel)), line, 1.0, scene.ratio)
    elif column.kind is Kind.STRIP:
        frame(painter, scene.box(column.grid.box(0)), line, 1.0, scene.ratio)
    painter.setOpacity(1.0)


def _kernel_frames(painter: QPainter, scene: Scene, column: KernelColumn) -> None:
    color = scene.theme.color("kernel")
    if scene.on_edges(column):
        for source in range(column.inputs):
            frame(
                painter, scene.box(column.kernel_on_edge(scene.selected[1], source)), color, 1.3, scene.ratio
            )
        return
    selected = scene.selected is not None and scene.selected[0] == column.layer
    for target in range(column.grid.count):
        chosen = selected and scene.selected == (column.layer, target)
        painter.setOpacity(1.0 if chosen else 0.2 if scene.is_faint(column.layer, target) else 0.55)
        frame(painter, scene.box(column.grid.box(target)), color, 1.3 if chosen else 1.0, scene.ratio)


def _map_numbers(painter: QPainter, scene: Scene) -> None:
    """Write the number of each map right of the last column of a group, above its line."""
    painter.setFont(scene.theme.font(11))
    painter.setPen(scene.theme.color("text2"))
    panel = scene.theme.color("panel")
    panel.setAlphaF(0.8)
    columns = [c for c in scene.layout.columns if c.kind is not Kind.KERNELS]
    for column, after in pairwise(columns):
        if column.kind is not Kind.MAPS or column.layer < 0 or column.grid.columns > 1:
            continue
        following = scene.layout.stages.at(after.layer) if after.kind is Kind.MAPS else None
        if following is None or following.link is not Link.CONVOLUTION:
            continue
        kernels = scene.kernels_of(following.index)
        if scene.view.box(kernels.box if kernels else after.box).x - scene.view.box(column.box).right < 22:
            continue
        for channel in range(column.grid.count):
            box = scene.box(column.grid.box(channel))
            room = QRectF(box.right + 5, box.cy - 15, 7 * len(str(channel)), 13)
            painter.fillRect(room.adjusted(-1, 0, 1, 0), panel)
            painter.setOpacity(0.6 if scene.is_faint(column.layer, channel) else 1.0)
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, str(channel))
    painter.setOpacity(1.0)


def _paint_headers(painter: QPainter, scene: Scene, measure: TextWidths) -> None:
    page = QRectF(0, 0, scene.view.width, scene.header)
    painter.fillRect(page, scene.theme.color("panel"))
    if scene.view.y < -0.5:
        painter.fillRect(QRectF(0, scene.header - 1, page.width(), 1), scene.theme.color("line"))
    view = scene.view
    headers = [
        header.at(header.x * view.zoom + view.x) for header in headers_of(scene.layout, scene.selected)
    ]
    for label in place_headers(headers, view.width, measure, scene.layout.turns):
        _paint_label(painter, scene, label)


def _paint_label(painter: QPainter, scene: Scene, label: Label) -> None:
    bold = label.bold
    font = scene.theme.font(12, 600) if bold else scene.theme.font(11)
    plain = "text" if bold else "text2"
    painter.setFont(font)
    role = label.role if bold or label.role == KERNEL else ""
    painter.setPen(scene.theme.color(_ROLES.get(role, plain)))
    metrics = QFontMetricsF(font)
    text = metrics.elidedText(label.text, Qt.TextElideMode.ElideRight, label.width + 0.5)
    baseline = 22 + label.line * LINE_HEIGHT
    painter.drawText(QPointF(label.x, baseline), text)


def selection_frame(painter: QPainter, box: Rectangle, color: QColor, casing: QColor) -> None:
    """Draw the rounded frame of a selected thing, with a casing that parts it from what lies beneath."""
    outer = QRectF(*box.grown(2.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for pen in (QPen(casing, 4.0), QPen(color, 2.0)):
        painter.setPen(pen)
        painter.drawRoundedRect(outer, 3, 3)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
