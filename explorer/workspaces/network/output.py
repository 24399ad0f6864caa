"""The end of the network: logits as tiles, probabilities as bars, and the largest terms as lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QStaticText, QTransform

from explorer.imaging import text_on
from explorer.numbers import format_number, format_percent, format_rate

from .edges import curve
from .geometry import Column
from .relations import Terms
from .scene import FAINT, Scene, left_of, right_of

LEAST_TEXT_HEIGHT = 13
TILE_PADDING = 3.0
"""Room left free at each side of a tile's number."""


@dataclass(frozen=True)
class Numbers:
    """The numbers written on tiles and beside bars; they change less often than the pictures."""

    logits: np.ndarray
    probabilities: np.ndarray


class Texts:
    """Short texts, laid out once; numbers on screen come back again and again."""

    _MOST = 2000

    def __init__(self) -> None:
        self._known: dict[tuple[str, int, int], tuple[QStaticText, float, float]] = {}

    def draw(self, painter: QPainter, font: QFont, text: str, room: QRectF, align: float) -> None:
        """Write a text at the middle height of a room; `align` is 0 for left, 0.5 centred, 1 for right."""
        key = (text, int(font.weight()), font.pixelSize())
        if key not in self._known:
            if len(self._known) >= self._MOST:
                self._known.clear()
            static = QStaticText(text)
            static.setTextFormat(Qt.TextFormat.PlainText)
            static.prepare(QTransform(), font)
            size = static.size()
            self._known[key] = static, size.width(), size.height()
        static, width, height = self._known[key]
        painter.setFont(font)
        x = room.x() + align * (room.width() - width)
        painter.drawStaticText(QPointF(x, room.y() + (room.height() - height) / 2), static)


def _tenths(number: float) -> str:
    return format_number(number, 1)


def _whole(number: float) -> str:
    return format_number(number, 0)


def _power(number: float) -> str:
    return format_rate(float(f"{number:.0e}"))


_WAYS = ((_tenths, 11), (_tenths, 10), (_whole, 11), (_whole, 10), (_power, 10), (_power, 9))
"""How numbers are written on tiles, and the size of the type: the first way that fits is taken."""


def fitting(
    numbers: list[float], width: float, measure: Callable[[str, int], float]
) -> tuple[list[str], int] | None:
    """Write numbers so that each fits into `width`: their texts and one size of type; None where they cannot.

    ``measure(text, size)`` is the width of a text.
    """
    for write, size in _WAYS:
        texts = [write(number) for number in numbers]
        if max(measure(text, size) for text in texts) <= width:
            return texts, size
    return None


def paint_tiles(
    painter: QPainter,
    scene: Scene,
    column: Column,
    tiles: np.ndarray,
    numbers: Numbers,
    predicted: int,
    texts: Texts,
) -> None:
    """Draw the logits: a tile each in its colour, the predicted class framed."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rects = scene.rects(column.grid)
    fonts = {size: scene.theme.font(size, 500) for _, size in _WAYS}
    written = None
    if rects[0].height() >= LEAST_TEXT_HEIGHT:
        metrics = {size: QFontMetricsF(font) for size, font in fonts.items()}
        width = rects[0].width() - 2 * TILE_PADDING
        written = fitting(numbers.logits.tolist(), width, lambda t, size: metrics[size].horizontalAdvance(t))
    border, accent = QPen(scene.theme.color("line2"), 1.0), QPen(scene.theme.color("accent"), 2.0)
    for unit, (packed, rect) in enumerate(zip(tiles.tolist(), rects, strict=True)):
        painter.setOpacity(FAINT if scene.is_faint(column.layer, unit) else 1.0)
        chosen = unit == predicted
        painter.setPen(accent if chosen else border)
        painter.setBrush(QColor.fromRgb(packed))
        inset = 0.0 if chosen else 0.5
        painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), 3, 3)
        if written is not None:
            painter.setPen(QColor(text_on(packed)))
            texts.draw(painter, fonts[written[1]], written[0][unit], rect, 0.5)
    painter.setOpacity(1.0)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


PERCENT_WIDTH = 44.0
LEAST_BAR = 8.0
PERCENT_GAP = 6.0


def _label_width(width: float, names: tuple[str, ...], metrics: QFontMetricsF) -> float:
    return min(max(metrics.horizontalAdvance(name) for name in names) + 10, 0.42 * width)


def paint_softmax(
    painter: QPainter,
    scene: Scene,
    column: Column,
    probabilities: np.ndarray,
    numbers: Numbers,
    class_names: tuple[str, ...],
    texts: Texts,
) -> None:
    """Draw a row for each class: its name, a bar and the probability."""
    fonts = {False: scene.theme.font(11), True: scene.theme.font(11, 600)}
    metrics = QFontMetricsF(fonts[True])
    rects = scene.rects(column.grid)
    label = _label_width(rects[0].width(), class_names, metrics)
    # Text does not grow with the zoom, so the bar gets what is left.
    length = rects[0].width() - label - PERCENT_WIDTH - PERCENT_GAP
    thick = min(12.0, 0.6 * rects[0].height())
    trough, bar = scene.theme.color("grid"), scene.theme.color("text3")
    accent, text, text2 = (scene.theme.color(token) for token in ("accent", "text", "text2"))
    predicted = int(probabilities.argmax())
    written = max(rect.height() for rect in rects) >= LEAST_TEXT_HEIGHT  # on whole pixels they differ by one
    for unit, (share, rect) in enumerate(zip(probabilities.tolist(), rects, strict=True)):
        chosen = unit == predicted
        track = QRectF(rect.x() + label, rect.center().y() - thick / 2, max(length, LEAST_BAR), thick)
        has_room = length >= LEAST_BAR or not written
        if has_room:
            painter.fillRect(track, trough)
        if has_room and share == share:  # not NaN, of a run that has diverged
            track.setWidth(max(share * track.width(), 1.0))
            painter.fillRect(track, accent if chosen else bar)
        if not written:
            continue
        painter.setPen(text)
        name = metrics.elidedText(class_names[unit], Qt.TextElideMode.ElideRight, label - 8)
        texts.draw(painter, fonts[chosen], name, QRectF(rect.x(), rect.y(), label - 6, rect.height()), 1.0)
        painter.setPen(accent if chosen else text2)
        place = QRectF(rect.right() - PERCENT_WIDTH, rect.y(), PERCENT_WIDTH, rect.height())
        texts.draw(painter, fonts[chosen], format_percent(float(numbers.probabilities[unit])), place, 1.0)


def paint_terms(painter: QPainter, scene: Scene, terms: Terms) -> None:
    """Draw a line from each of the inputs that add or take most, in the colour of the sign."""
    source, target = scene.layout.column(terms.layer - 1), scene.layout.column(terms.layer)
    end = left_of(scene.box(target.box_of(terms.unit)))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    lut = scene.theme.signed
    for positive in (False, True):
        path = QPainterPath()
        for unit in terms.sources[(terms.products > 0) == positive].tolist():
            curve(path, right_of(scene.box(source.box_of(unit))), end)
        pen = QPen(QColor.fromRgb(int(lut[208 if positive else 48])), 1.0)
        # Two lines of one pixel, half a pixel apart: a quarter of the time that one wider line takes.
        for shift in (-0.25, 0.5):
            painter.translate(0.0, shift)
            painter.strokePath(path, pen)
        painter.translate(0.0, -0.25)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def paint_caption(painter: QPainter, scene: Scene, terms: Terms, class_names: tuple[str, ...]) -> None:
    """Say below the tiles which terms the lines are."""
    layout = scene.layout
    if terms.layer == layout.stages.last.index:
        what = f"logit {class_names[terms.unit]}"
    else:
        what = layout.stages.at(terms.layer).title(terms.unit)
    count = len(terms.sources)
    text = f"lines: the {count} largest terms of {what}" if count else f"all terms of {what} are 0"
    tiles = scene.box(layout.column(layout.stages.last.index).box)
    softmax = scene.box(layout.columns[-1].box)
    right = min(scene.view.width - 6, softmax.right + 8)
    room = QRectF(tiles.x, max(tiles.bottom, softmax.bottom) + 8, max(right - tiles.x, 60), 64)
    painter.setFont(scene.theme.font(11))
    painter.setPen(scene.theme.color("text2"))
    painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, text)
