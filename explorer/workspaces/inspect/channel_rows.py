"""The rows of the channels that a convolution reads, painted: map with the window, kernel, sum."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.theme import Theme

from .map_view import Frame, quick_frame
from .texts import CENTRE, RIGHT, draw_text, paint_lit, text_width
from .wording import number

ROOMY, TIGHT = 50, 30
WIDTH, NARROW_WIDTH = 198, 114


class ChannelRows(QWidget):
    """The rows themselves, painted; only those in view cost anything."""

    chosen = Signal(int)
    hovered = Signal(int)
    cell_hovered = Signal(int, int, int)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.row_height = ROOMY
        self.narrow = False
        self.maps: QImage = QImage()
        self.kernels: QImage = QImage()
        self.map_shape, self.kernel_shape = (1, 1), (1, 1)
        self.names: Sequence[int] = ()
        self.sums: np.ndarray = np.zeros(0)
        self.frame: Frame | None = None
        self.focused = 0
        self.lit: int | None = None
        self._under: tuple[int, ...] | None = None
        self._pictures: dict[tuple[int, bool], QPixmap] = {}
        self._window: tuple[tuple, QPixmap] | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.forget)

    def sizeHint(self) -> QSize:
        return QSize(NARROW_WIDTH if self.narrow else WIDTH, self.row_height * len(self.names))

    def row_at(self, y: float) -> int | None:
        """Return the row at a height."""
        row = int(y // self.row_height)
        return row if 0 <= row < len(self.names) else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position().y())
        if row is not None:
            self.chosen.emit(row)

    def cell_at(self, place: QPointF) -> tuple[int, int, int] | None:
        """Return (row, y, x) of the input cell at a place; None beside the maps."""
        row = self.row_at(place.y())
        if row is None:
            return None
        box, (rows, columns) = self._map_box(row), self.map_shape
        x = floor((place.x() - box.left()) / box.width() * columns)
        y = floor((place.y() - box.top()) / box.height() * rows)
        return (row, y, x) if 0 <= y < rows and 0 <= x < columns else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        row, cell = self.row_at(event.position().y()), self.cell_at(event.position())
        under = cell if cell is not None else None if row is None else (row,)
        if under == self._under:
            return
        self._under = under
        if cell is not None:
            self.cell_hovered.emit(*cell)
        elif row is not None:
            self.hovered.emit(row)
        else:
            self.left.emit()

    def leaveEvent(self, event: QEvent) -> None:
        self._under = None
        self.left.emit()
        super().leaveEvent(event)

    def row_rect(self, row: int) -> QRectF:
        """Return the place of a row."""
        return QRectF(0, row * self.row_height, self.width(), self.row_height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        first = max(event.rect().top() // self.row_height, 0)
        last = min(event.rect().bottom() // self.row_height, len(self.names) - 1)
        for row in range(first, last + 1):
            self._paint_row(painter, row)

    def columns(self) -> tuple[float, float, float, float]:
        """Return the left edges of number, map and kernel, and the edge of the map."""
        edge = min(self.row_height - 4, 34 if self.narrow else self.row_height)
        left = 4.0 if self.narrow else 8.0
        return left, 26.0 if not self.narrow else 22.0, 26.0 + edge + (22 if not self.narrow else 6), edge

    def _paint_row(self, painter: QPainter, row: int) -> None:
        """Draw what stays from a kept picture, then the window and the sum of the present cell."""
        area, chosen = self.row_rect(row), row == self.focused
        painter.drawPixmap(area.topLeft(), self._kept(row, chosen))
        if row == self.lit:
            paint_lit(painter, self._theme, area)
        if self.frame is not None:
            self._paint_window(painter, self._map_box(row))
        weight = 600 if chosen else 400
        text = number(float(self.sums[row]))
        left = self._map_box(row).right() if self.narrow else self.columns()[2] + self.columns()[3]
        fits = text_width(text, 12, weight) <= area.right() - 8 - left
        size = 12 if fits else 10
        draw_text(painter, self._theme, area.adjusted(0, 0, -8, 0), text, "text", size, weight, RIGHT)

    def forget(self) -> None:
        """Draw everything anew."""
        self._pictures.clear()
        self._window = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._pictures.clear()
        super().resizeEvent(event)

    def _kept(self, row: int, chosen: bool) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = self._pictures.get((row, chosen))
        if picture is None or picture.devicePixelRatio() != ratio:
            area = self.row_rect(row)
            picture = QPixmap((area.size() * ratio).toSize())
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            painter.translate(-area.topLeft())
            self._paint_still(painter, row, area, chosen)
            painter.end()
            self._pictures[row, chosen] = picture
        return picture

    def _paint_still(self, painter: QPainter, row: int, area: QRectF, chosen: bool) -> None:
        """Draw what is the same at every cell: number, map and kernel."""
        theme = self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent_soft"))
            painter.drawRoundedRect(area, 6, 6)
        left, _, kernel_left, edge = self.columns()
        number_room = QRectF(left, area.top(), 20, area.height())
        token = "accent_ink" if chosen else "text2"
        draw_text(painter, theme, number_room, str(self.names[row]), token, 12, 600 if chosen else 400)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        box = self._map_box(row)
        self._paint_image(painter, self.maps, self.map_shape, row, box)
        if not self.narrow:
            self._paint_kernel(painter, row, area, box, kernel_left, edge)

    def _map_box(self, row: int) -> QRectF:
        _, left, _, edge = self.columns()
        return self._box(self.map_shape, left, self.row_rect(row).center().y(), edge)

    def _paint_kernel(
        self, painter: QPainter, row: int, area: QRectF, box: QRectF, left: float, edge: float
    ) -> None:
        middle = area.center().y()
        size = max(edge * 0.72, 18)
        kernel = self._box(self.kernel_shape, left, middle, size)
        self._paint_image(painter, self.kernels, self.kernel_shape, row, kernel)
        quick_frame(painter, kernel, self._theme, "kernel", 1.3)
        between = QRectF(box.right(), area.top(), kernel.left() - box.right(), area.height())
        draw_text(painter, self._theme, between, "∗", "text3", 12, 400, CENTRE)
        behind = QRectF(kernel.right(), area.top(), 20, area.height())
        draw_text(painter, self._theme, behind, "=", "text3", 12, 400, CENTRE)

    @staticmethod
    def _box(shape: tuple[int, int], x: float, y: float, edge: float) -> QRectF:
        rows, columns = shape
        scale = edge / max(rows, columns)
        left = x + (edge - columns * scale) / 2
        return QRectF(left, round(y - rows * scale / 2), columns * scale, rows * scale)

    def _paint_image(
        self, painter: QPainter, image: QImage, shape: tuple[int, int], row: int, box: QRectF
    ) -> None:
        rows, columns = shape
        painter.fillRect(box.adjusted(-1, -1, 1, 1), self._theme.color("line2"))
        painter.drawImage(box, image, QRectF(0, row * rows, columns, rows))

    def _paint_window(self, painter: QPainter, box: QRectF) -> None:
        frame = self.frame
        rows, columns = self.map_shape
        scale = QPointF(box.width() / columns, box.height() / rows)
        left, top = box.left() + frame.left * scale.x(), box.top() + frame.top * scale.y()
        size = frame.columns * scale.x(), frame.rows * scale.y()
        painter.drawPixmap(QPointF(floor(left) - 2, floor(top) - 2), self._window_picture(left, top, size))

    def _window_picture(self, left: float, top: float, size: tuple[float, float]) -> QPixmap:
        """Return the frame of a window, the same for all channels, drawn once."""
        key = (round(left % 1, 3), round(top % 1, 3), *size, self.devicePixelRatioF())
        if self._window is None or self._window[0] != key:
            ratio = key[-1]
            picture = QPixmap(*(ceil((edge + 6) * ratio) for edge in size))
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            quick_frame(painter, QRectF(2 + key[0], 2 + key[1], *size), self._theme, "window", 1.5)
            painter.end()
            self._window = key, picture
        return self._window[1]
