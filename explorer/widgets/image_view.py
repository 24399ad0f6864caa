"""One image, pixel by pixel."""

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer import imaging
from explorer.theme import Theme
from explorer.widgets.cell_mouse import CellMouse


class ImageView(CellMouse, QWidget):
    """Shows a 2-D array as an image scaled by a whole factor, centred, with a frame.

    Values run from 0 (paper) to 1 (ink). An array of another kind goes through `set_argb`.
    """

    hovered = Signal(int, int)
    """Row and column of the pixel under the mouse."""
    left = Signal()
    """The mouse has left the image."""
    clicked = Signal(int, int)
    """Row and column of a pixel that was clicked with the left button."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, name: str = "Input image") -> None:
        super().__init__(parent)
        self._theme = theme
        self._array: np.ndarray | None = None
        self._argb: np.ndarray | None = None
        self._image = QImage()
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self._recolour)

    def set_array(self, array: np.ndarray | None, description: str = "") -> None:
        """Show pixels (H, W) in 0 … 1, or (C, H, W) with one or three channels; None clears the view.

        Raises
        ------
        ValueError
            When the array has another number of axes or channels.
        """
        if array is not None and array.ndim == 3 and array.shape[0] == 1:
            array = array[0]
        if array is not None and not (array.ndim == 2 or (array.ndim == 3 and array.shape[0] == 3)):
            raise ValueError(f"An image has the shape (H, W), (1, H, W) or (3, H, W), not {array.shape}.")
        self._array, self._argb = array, None
        self._show(description)

    def set_argb(self, packed: np.ndarray, description: str = "") -> None:
        """Show packed colours (H, W) uint32, for example from `imaging.to_argb_signed`."""
        self._array, self._argb = None, packed
        self._show(description)

    @property
    def array(self) -> np.ndarray | None:
        """The pixels on view."""
        return self._array

    @property
    def image(self) -> QImage:
        """The picture, one pixel a value."""
        return self._image

    def _show(self, description: str) -> None:
        self.setAccessibleDescription(description)
        self._recolour()
        self.updateGeometry()
        self.put_mouse(self._under if self._under and self._inside(*self._under) else None)

    def _recolour(self) -> None:
        if self._argb is not None:
            self._image = imaging.image_from_argb(self._argb)
        elif self._array is None:
            self._image = QImage()
        elif self._array.ndim == 3:
            self._image = imaging.image_from_argb(imaging.pack_rgb(self._array))
        else:
            self._image = imaging.colour(self._array, self._theme.pixels, 0.0, 1.0)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(226, 226)

    def minimumSizeHint(self) -> QSize:
        return QSize(max(28, self._image.width()) + 2, max(28, self._image.height()) + 2)

    def hasHeightForWidth(self) -> bool:
        return False

    def image_rect(self) -> QRect:
        """Return where the pixels are drawn: a whole number of device independent pixels each, centred."""
        if self._image.isNull():
            side = max(1, min(self.width(), self.height()) - 2)
            return QRect((self.width() - side) // 2, (self.height() - side) // 2, side, side)
        wide, high = self._image.width(), self._image.height()
        factor = max(1, min((self.width() - 2) // wide, (self.height() - 2) // high))
        left, top = (self.width() - wide * factor) // 2, (self.height() - high * factor) // 2
        return QRect(left, top, wide * factor, high * factor)

    def cell_rect(self, y: int, x: int) -> QRectF:
        """Return where pixel (y, x) is drawn, to lay marks over it."""
        area = self.image_rect()
        factor = area.width() / max(1, self._image.width())
        return QRectF(area.left() + x * factor, area.top() + y * factor, factor, factor)

    def cell_at(self, position: QPointF) -> tuple[int, int] | None:
        """Return (y, x) of the pixel at a place in the widget, or None beside the image."""
        area = self.image_rect()
        if self._image.isNull() or not QRectF(area).contains(position):
            return None
        factor = area.width() // self._image.width()
        y, x = int(position.y() - area.top()) // factor, int(position.x() - area.left()) // factor
        return (y, x) if self._inside(y, x) else None

    def _inside(self, y: int, x: int) -> bool:
        return 0 <= y < self._image.height() and 0 <= x < self._image.width()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        area = self.image_rect()
        if self._image.isNull():
            painter.fillRect(area, self._theme.color("panel2"))
        else:
            painter.drawImage(area, self._image)
        painter.setPen(QPen(self._theme.color("line2"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area.adjusted(-1, -1, 0, 0))

    def enter_cell(self, y: int, x: int) -> None:
        self.hovered.emit(y, x)

    def leave_cells(self) -> None:
        self.left.emit()
