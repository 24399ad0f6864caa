"""How far a pixel reaches: small maps of the layers, with the cells that it can influence framed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnncore.explain_field import Field
from explorer import imaging
from explorer.numbers import format_count
from explorer.theme import Theme
from explorer.widgets.marks import paint_frame

from .field_view import field_rects
from .inspection import Inspection
from .ranges import range_of
from .stops import Stop, Stops
from .texts import draw_text, elided, text_width

_ALONE = frozenset({"activation", "batch_norm", "dropout"})
"""Layers that treat each number by itself: what reaches one of them is what reached the layer before."""
_MOST_FRAMES = 64
_PITCH, _WORDS, _GAP, _STRIP = 128, 16, 6, 12


@dataclass(frozen=True, eq=False)
class Reach:
    """What a pixel reaches in a layer, and in those after it that treat each number by itself."""

    first: Stop
    last: Stop
    field: Field

    @property
    def name(self) -> str:
        """The layers: "conv1", or "conv1 to relu1"."""
        return self.first.name if self.first is self.last else f"{self.first.name} – {self.last.name}"

    @property
    def text(self) -> str:
        """How many cells are reached, in each of the layers."""
        count = int(np.prod([axis.sum() for axis in self.field]))
        return f"{format_count(count)} of {format_count(int(np.prod(self.first.shape)))}"

    @property
    def channel(self) -> int:
        """The map that is drawn: the first that is reached."""
        return int(np.argmax(self.field[0]))


def reaches_of(stops: Stops, fields: dict[int, Field]) -> list[Reach]:
    """Put layers together that are reached at the same places."""
    found: list[Reach] = []
    for index, field in fields.items():
        stop = stops.at(index)
        if found and stop.kind in _ALONE and found[-1].last.index == index - 1:
            found[-1] = Reach(found[-1].first, stop, found[-1].field)
        else:
            found.append(Reach(stop, stop, field))
    return found


class ReachView(QWidget):
    """One small map for each layer that moves numbers, with the cells that the pixel can influence framed."""

    def __init__(self, inspection: Inspection, theme: Theme) -> None:
        super().__init__()
        self._inspection, self._theme = inspection, theme
        self.reaches: list[Reach] = []
        self._still: tuple[tuple, QPixmap] | None = None
        self.setObjectName("inspectReach")
        self.setAccessibleName("How far the pixel reaches")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.forget)

    def forget(self) -> None:
        """The maps have changed, or their colours."""
        self._still = None
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(3 * _PITCH, 2 * _PITCH + 60)

    def set_fields(self, fields: dict[int, Field]) -> None:
        """Show what is reached in each layer."""
        self.reaches = reaches_of(self._inspection.stops, fields)
        self.setAccessibleDescription("; ".join(self.texts()))
        self.update()

    def texts(self) -> list[str]:
        """Say for each map how many cells are reached."""
        return [f"{reach.name}: {reach.text}" for reach in self.reaches]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._kept_maps())
        for reach, room in zip(self.reaches, self._rooms(), strict=True):
            head = QRectF(room.left(), room.top() - _WORDS, room.width(), 14)
            name = elided(f"{reach.name}:", room.width() - text_width(f" {reach.text}", 10), 10, 400)
            text = f"{name} {reach.text}"
            draw_text(painter, self._theme, head, text, "text2", 10)
            self._paint_field(painter, reach, room)

    def _rooms(self) -> list[QRectF]:
        """Return where the maps are drawn, below their words."""
        count = max(len(self.reaches), 1)
        wanted = max((text_width(text, 10) for text in self.texts()), default=0.0) + 2 * _GAP
        columns = max(int(self.width() // max(_PITCH, wanted)), 1)
        wide, high = self.width() / columns, min(self.height() / -(-count // columns), 1.2 * _PITCH)
        return [
            QRectF(
                place % columns * wide,
                place // columns * high + _WORDS,
                wide - _GAP,
                high - _WORDS - _GAP,
            )
            for place in range(len(self.reaches))
        ]

    def _kept_maps(self) -> QPixmap:
        """Return the maps, which are the same for every pixel of a channel, drawn once."""
        ratio = self.devicePixelRatioF()
        key = (*(reach.channel for reach in self.reaches), self.width(), self.height(), ratio)
        if self._still is None or self._still[0] != key:
            picture = QPixmap(self.size() * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            painter.setOpacity(0.5)
            for reach, room in zip(self.reaches, self._rooms(), strict=True):
                self._paint_map(painter, reach, room)
            painter.end()
            self._still = key, picture
        return self._still[1]

    def _values_of(self, reach: Reach) -> np.ndarray:
        values = self._inspection.output_of(reach.first.index)
        return values[reach.channel] if reach.first.is_maps else values.reshape(1, -1)

    def _box(self, reach: Reach, room: QRectF) -> tuple[QRectF, float, float]:
        """Return where a map is drawn, and the width and height of its cells."""
        rows, columns = reach.first.shape[1:] if reach.first.is_maps else (1, reach.first.count)
        scale = min(room.width() / columns, room.height() / rows)
        high = rows * scale if reach.first.is_maps else min(room.height(), _STRIP)
        return QRectF(room.left() + 1, room.top(), columns * scale, high), scale, high / rows

    def _paint_map(self, painter: QPainter, reach: Reach, room: QRectF) -> None:
        r = range_of(self._inspection, reach.first.index)
        packed = imaging.to_argb_signed(self._values_of(reach), self._theme.signed, r)
        painter.drawImage(self._box(reach, room)[0], imaging.image_from_argb(packed))

    def _paint_field(self, painter: QPainter, reach: Reach, room: QRectF) -> None:
        box, wide, high = self._box(reach, room)
        axes = reach.field[1:] if reach.first.is_maps else (np.ones(1, bool), reach.field[0])
        for x, y, across, down in field_rects(*axes)[:_MOST_FRAMES]:
            part = QRectF(box.left() + x * wide, box.top() + y * high, across * wide, down * high)
            paint_frame(painter, part, self._theme, "output", 1.5)
