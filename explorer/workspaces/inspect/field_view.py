"""The input image with exactly those pixels that can influence the current cell."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from cnncore.explain_field import back
from explorer import imaging
from explorer.theme import Theme
from explorer.widgets.hatching import mask_rects
from explorer.widgets.marks import paint_frame

from .inspection import Inspection
from .parts import TextLine
from .wording import plural, span

_EDGE, _SMALL_EDGE = 84, 56
_MOST_KNOWN = 4096


def field_rects(rows: np.ndarray, columns: np.ndarray) -> list[tuple[float, float, float, float]]:
    """Return the rectangles (left, top, width, height) in which marked rows and columns cross, in cells."""
    across, down = (list(mask_rects(axis[None, :], 0, 0, 1, 1)) for axis in (columns, rows))
    return [(left, top, wide, high) for top, _, high, _ in down for left, _, wide, _ in across]


class FieldImage(QWidget):
    """The image, faint but for the pixels of the receptive field, which are framed."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._image: np.ndarray | None = None
        self._mask: tuple[np.ndarray, np.ndarray] | None = None
        self._edge = _EDGE
        self._pictures: tuple[QImage, QPixmap] | None = None
        self.set_edge(_EDGE)
        self.setAccessibleName("Receptive field on the input image")
        theme.changed.connect(self._forget)

    def show_field(self, image: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> None:
        """Show an image (C, H, W) and those rows (H,) and columns (W,) of it that count."""
        if image is not self._image:
            self._pictures = None
        elif self._mask is not None and rows is self._mask[0] and columns is self._mask[1]:
            return
        self._image, self._mask = image, (rows, columns)
        self.update()

    def _forget(self) -> None:
        self._pictures = None
        self.update()

    def set_edge(self, edge: int) -> None:
        """Draw the image in a square of so many pixels."""
        self._edge = edge
        self.setFixedSize(edge + 4, edge + 4)
        self._forget()

    def sizeHint(self) -> QSize:
        return QSize(self._edge + 4, self._edge + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image is None or self._mask is None:
            return
        painter = QPainter(self)
        factor, area = self._place()
        picture, faint = self._kept_pictures()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawPixmap(0, 0, faint)
        for left, top, wide, high in field_rects(*self._mask):
            part = QRectF(
                area.left() + left * factor, area.top() + top * factor, wide * factor, high * factor
            )
            painter.drawImage(part, picture, QRectF(left, top, wide, high))
            paint_frame(painter, part, self._theme, "window", 1.5)

    def _place(self) -> tuple[float, QRectF]:
        """Return the edge of a pixel of the image, and where the image is drawn."""
        _, height, width = self._image.shape
        factor: float = self._edge / max(height, width)
        if factor >= 1:
            factor = int(factor)
        return factor, QRectF(2, 2, width * factor, height * factor)

    def _kept_pictures(self) -> tuple[QImage, QPixmap]:
        """Return the image, and what lies below the field: the image drawn faint, with a line round it."""
        ratio = self.devicePixelRatioF()
        if self._pictures is None or self._pictures[1].devicePixelRatio() != ratio:
            if len(self._image) == 3:
                packed = imaging.pack_rgb(self._image)
            else:
                packed = imaging.to_argb(self._image[0], self._theme.pixels, 0.0, 1.0)
            picture, area = imaging.image_from_argb(packed), self._place()[1]
            faint = QPixmap(self.size() * ratio)
            faint.setDevicePixelRatio(ratio)
            faint.fill(Qt.GlobalColor.transparent)
            painter = QPainter(faint)
            painter.setOpacity(0.4)
            painter.drawImage(area, picture)
            painter.setOpacity(1.0)
            painter.setPen(self._theme.color("line2"))
            painter.drawRect(area)
            painter.end()
            self._pictures = picture, faint
        return self._pictures


class FieldView(QWidget):
    """The receptive field as a picture and in words."""

    def __init__(self, inspection: Inspection, theme: Theme) -> None:
        super().__init__()
        self._inspection = inspection
        self._compact = False
        self._known: dict[tuple, tuple[np.ndarray, np.ndarray]] = {}
        self.image = FieldImage(theme)
        self.title = TextLine(theme, "sees of the input", left_style=("text", 12, 600))
        self.rows, self.columns, self.count = (TextLine(theme) for _ in range(3))
        words = QVBoxLayout()
        words.setSpacing(1)
        for widget in (self.title, self.rows, self.columns, self.count):
            words.addWidget(widget)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.image)
        row.addLayout(words, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_compact(self, compact: bool) -> None:
        """A smaller image, and fewer words."""
        self._compact = compact
        self.image.set_edge(_SMALL_EDGE if compact else _EDGE)
        self.title.set_left("sees" if compact else "sees of the input")

    def show_cell(self) -> None:
        """Follow the present cell back to the image."""
        rows, columns = self._field()
        self.image.show_field(self._inspection.trace.input, rows, columns)
        found = np.flatnonzero(rows), np.flatnonzero(columns)
        words = ("y", "x") if self._compact else ("row", "column")
        self.rows.set_left(span(found[0], words[0]))
        self.columns.set_left(span(found[1], words[1]))
        self.count.set_left(plural(len(found[0]) * len(found[1]), "pixel"))
        self.image.setAccessibleDescription(f"{self.rows.left}, {self.columns.left}")

    def _field(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the image's rows and columns that count; after a dense layer all cells have the same."""
        inspection = self._inspection
        stops = inspection.stops
        layers = stops[1:-2]
        index = min(inspection.index, len(layers) - 1)
        after_dense = any(stop.kind == "linear" for stop in layers[: index + 1])
        cell = inspection.cell
        place = (stops, index, () if after_dense else cell[1:] if len(cell) == 3 else cell)
        if place not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            shapes = [stop.shape for stop in (stops.at(-1), *layers)]
            self._known[place] = back(inspection.network.layers, shapes, index, cell)[-1][1:]
        return self._known[place]
