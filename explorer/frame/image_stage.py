"""The image on the right: its pixels, or the pad in their place, with messages over it."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from explorer.frame.draw_pad import DrawPad
from explorer.numbers import format_count, format_number, format_shape
from explorer.theme import Theme
from explorer.widgets.image_view import ImageView
from explorer.workbench import Hover, Workbench


class ImageStage(QWidget):
    """Shows the workbench's sample and reads its pixels out; `pad` lies in the same place."""

    def __init__(self, workbench: Workbench, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._theme = theme
        self._cell: tuple[int, int] | None = None
        self.view = ImageView(theme, self)
        self.view.setObjectName("input_image")
        self.pad = DrawPad(theme, self)
        self.pad.hide()
        self._drop = QLabel("Drop the image\nto open it", self)
        self._drop.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._drop.hide()
        self.view.hovered.connect(self._hover)
        self.view.left.connect(self._leave)
        workbench.sample_changed.connect(self._show_sample)
        theme.changed.connect(self._dress)
        self._dress()
        self._show_sample()

    def set_drawing(self, drawing: bool) -> None:
        """Bring the pad or the image to view."""
        if not drawing:
            self.pad.clearFocus()
        self.pad.setVisible(drawing)
        self.view.setVisible(not drawing)
        if drawing:
            self._leave()
            self.pad.setFocus()

    def set_dropping(self, dropping: bool) -> None:
        """Say that an image can be dropped."""
        self._drop.setVisible(dropping)
        self._drop.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give image, pad and message the whole place."""
        area = QRect(0, 0, self.width(), self.height())
        for child in (self.view, self.pad, self._drop):
            child.setGeometry(area)

    def _show_sample(self) -> None:
        sample = self._workbench.sample
        image = sample.image
        shown = image if image.shape[0] in (1, 3) else image.mean(axis=0)
        self.view.set_array(shown, f"{sample.name}, {format_shape(image.shape[1:])} pixels")
        if self._cell is not None:
            self._hover(*self._cell)

    def _hover(self, y: int, x: int) -> None:
        image = self._workbench.sample.image
        if not (y < image.shape[1] and x < image.shape[2]):
            self._leave()
            return
        self._cell = (y, x)
        values = image[:, y, x]
        rows = [("position", f"y {y}, x {x}")]
        if len(values) == 1:
            rows.append(("value", format_number(values[0])))
            rows.append(("of 255", format_count(round(float(values[0]) * 255))))
        else:
            rows += [(f"channel {k}", format_number(value)) for k, value in enumerate(values)]
        self._workbench.set_hover(Hover("input image", tuple(rows), f"input image, y {y}, x {x}"))

    def _leave(self) -> None:
        if self._cell is not None:
            self._cell = None
            self._workbench.set_hover(None)

    def _dress(self) -> None:
        tokens = self._theme.tokens
        self._drop.setStyleSheet(
            f"background: {tokens.accent_soft}; color: {tokens.accent_ink};"
            f"border: 2px solid {tokens.accent}; font-size: 12px; font-weight: 600;"
        )
