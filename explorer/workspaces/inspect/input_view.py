"""The input: its pixels, what the first layer sees of them, and how far each pixel reaches."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from cnncore.explain_field import Field, forward
from explorer import imaging
from explorer.numbers import format_count
from explorer.theme import Theme
from explorer.widgets.cells import PIXEL_STRENGTH, SMALLEST_WITH_NUMBERS
from explorer.widgets.marks import paint_frame
from explorer.workbench import Hover

from .field_view import field_rects
from .inspection import Inspection, Link
from .layer_view import LayerView, Table
from .map_view import MapView
from .parts import Captioned, Paragraph, label
from .ranges import range_of
from .texts import draw_text
from .wording import number

_MOST_FRAMES = 64


class ReachView(QWidget):
    """One small map for each layer, with the cells that the pixel can influence framed."""

    _PITCH = 128

    def __init__(self, inspection: Inspection, theme: Theme) -> None:
        super().__init__()
        self._inspection, self._theme = inspection, theme
        self._fields: dict[int, Field] = {}
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
        return QSize(3 * self._PITCH, 2 * self._PITCH + 60)

    def set_fields(self, fields: dict[int, Field]) -> None:
        """Show what is reached in each layer."""
        self._fields = fields
        self.setAccessibleDescription("; ".join(self.texts()))
        self.update()

    def texts(self) -> list[str]:
        """Say for each layer how many cells are reached."""
        found = []
        for index, field in self._fields.items():
            stop = self._inspection.stops.at(index)
            count = int(np.prod([axis.sum() for axis in field]))
            total = int(np.prod(stop.shape))
            found.append(f"{stop.name}: {format_count(count)} of {format_count(total)}")
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._kept_maps())
        for (index, place), text in zip(self._rooms(), self.texts(), strict=True):
            head = QRectF(place.left(), place.top() - 16, self._PITCH - 4, 14)
            draw_text(painter, self._theme, head, text, "text2", 10)
            self._paint_field(painter, index, place)

    def _rooms(self) -> list[tuple[int, QRectF]]:
        """Return the layers and where their maps are drawn, below their words."""
        columns = max(self.width() // self._PITCH, 1)
        rows = -(-max(len(self._fields), 1) // columns)
        high = min(self.height() / rows, self._PITCH)
        return [
            (
                index,
                QRectF(
                    place % columns * self._PITCH, place // columns * high + 16, self._PITCH - 16, high - 22
                ),
            )
            for place, index in enumerate(self._fields)
        ]

    def _kept_maps(self) -> QPixmap:
        """Return the maps, which are the same for every pixel, drawn once."""
        ratio = self.devicePixelRatioF()
        key = (*self._fields, self.width(), self.height(), ratio)
        if self._still is None or self._still[0] != key:
            picture = QPixmap(self.size() * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            painter.setOpacity(0.5)
            for index, room in self._rooms():
                self._paint_map(painter, index, room)
            painter.end()
            self._still = key, picture
        return self._still[1]

    def _values_of(self, index: int) -> np.ndarray:
        values = self._inspection.output_of(index)
        return values[0] if self._inspection.stops.at(index).is_maps else values.reshape(1, -1)

    def _box(self, index: int, room: QRectF) -> tuple[QRectF, float]:
        """Return where a map is drawn, and the width of its cells."""
        stop = self._inspection.stops.at(index)
        rows, columns = self._values_of(index).shape
        scale = min(room.width() / columns, room.height() / rows)
        high = rows * scale if stop.is_maps else min(room.height(), 12.0)
        return QRectF(room.left() + 1, room.top(), columns * scale, high), scale

    def _paint_map(self, painter: QPainter, index: int, room: QRectF) -> None:
        r = range_of(self._inspection, index)
        packed = imaging.to_argb_signed(self._values_of(index), self._theme.signed, r)
        painter.drawImage(self._box(index, room)[0], imaging.image_from_argb(packed))

    def _paint_field(self, painter: QPainter, index: int, room: QRectF) -> None:
        field, stop = self._fields[index], self._inspection.stops.at(index)
        box, scale = self._box(index, room)
        tall_of = box.height() / self._values_of(index).shape[0]
        axes = field[1:] if stop.is_maps else (np.ones(1, bool), field[0])
        for x, y, wide, tall in field_rects(*axes)[:_MOST_FRAMES]:
            part = QRectF(
                box.left() + x * scale,
                box.top() + y * tall_of,
                wide * scale,
                tall * tall_of,
            )
            paint_frame(painter, part, self._theme, "output", 1.5)


class InputView(LayerView):
    """The image as numbers; a pixel is chosen as any cell is, and lights what it reaches."""

    def __init__(self, inspection: Inspection, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(inspection, theme, parent)
        self.image = MapView(theme, "pixels", most=448)
        self.image.setObjectName("inspectPixels")
        self.image.set_cell_size(12, 28)
        self._framed = Captioned(theme, "pixels", "window_text", self.image)
        self.reach = ReachView(inspection, theme)
        self._heading = label("What this pixel can influence", "strong")
        self.words = Paragraph(theme, 3)
        side = QVBoxLayout()
        side.setSpacing(6)
        side.addWidget(self._heading)
        side.addWidget(self.words)
        side.addWidget(self.reach, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(20)
        row.addWidget(self._framed, 1)
        row.addLayout(side, 1)
        self.image.clicked.connect(lambda y, x: inspection.transport.seek(y * inspection.stop.row + x))
        self.image.cell_hovered.connect(self._hover)
        self.image.left.connect(self.point_away)

    def refresh(self) -> None:
        found, channel = self.inspection.trace, self.inspection.channel
        self._show_pixels()
        self.reach.forget()
        self._framed.head.set_left("pixels" if len(found.input) == 1 else f"pixels, channel {channel}")
        self._framed.head.set_right(self.inspection.stop.shape_text)
        self.show_cell()

    def _show_pixels(self) -> None:
        """With numbers on them, pixels are drawn paler."""
        written = self.inspection.numbers_shown and self.image.cell_size >= SMALLEST_WITH_NUMBERS
        r = 1.0 if written else PIXEL_STRENGTH
        self.image.set_values(self.inspection.trace.input[self.inspection.channel], "pixels", r, 1)

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._show_pixels()

    def show_cell(self) -> None:
        inspection = self.inspection
        channel, y, x = inspection.cell
        self.image.set_selected((y, x))
        value = float(inspection.trace.input[channel, y, x])
        self._framed.foot.set_left(f"y {y}, x {x}: {number(value, sign=False)}")
        shapes = [stop.shape for stop in inspection.stops[:-2]]
        fields = forward(inspection.network.layers, shapes, -1, inspection.cell)
        self.reach.set_fields(fields)
        first = next(iter(fields.values()), None)
        windows = int(first[1].sum() * first[2].sum()) if first is not None and len(first) == 3 else 0
        self.words.set_text(
            f"{windows} windows of the first layer read it. Further on it reaches more and more, "
            "and after the first dense layer every number."
            if windows
            else "Every unit of the next dense layer reads it."
        )
        self.setAccessibleDescription(self.sentence())

    def _hover(self, y: int, x: int) -> None:
        inspection = self.inspection
        if not inspection.transport.playing:
            inspection.transport.seek(y * inspection.stop.row + x)
        channel = inspection.channel
        rows = [
            ("position", f"y {y}, x {x}"),
            ("value", number(float(inspection.trace.input[channel, y, x]), False)),
        ]
        if inspection.trace.normalised is not inspection.trace.input:
            rows.append(("standardised", number(float(inspection.trace.normalised[channel, y, x]))))
        self.point_at(Link(), Hover("input image", tuple(rows), f"input image · y {y}, x {x}"))

    def show_numbers(self) -> None:
        self.image.set_numbers_shown(self.inspection.numbers_shown)
        self._show_pixels()

    def sentence(self) -> str:
        channel, y, x = self.inspection.cell
        value = float(self.inspection.trace.input[channel, y, x])
        reached = "; ".join(self.reach.texts())
        return f"Pixel row {y}, column {x} is {number(value, sign=False)}. It reaches {reached}."

    def tables(self) -> list[Table]:
        found, channel = self.inspection.trace, self.inspection.channel
        return [
            Table("pixels", found.input[channel]),
            Table("as the first layer sees them", found.normalised[channel]),
        ]
