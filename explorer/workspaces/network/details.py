"""The bar below the picture: the selected map or unit in detail, and the legend of the colours."""

from __future__ import annotations

import time

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from explorer.imaging import image_from_argb, symmetric_range, to_argb, to_argb_signed
from explorer.theme import Theme
from explorer.widgets.colour_scale import ColourScale
from explorer.workbench import Workbench

from .canvas import NetworkCanvas
from .histogram import Histogram
from .sizes import whole_factor
from .summary import Summary, summarise

HEIGHT = 88
NARROW = 900
NUMBERS_SECONDS = 0.1
_NOTHING = "Click a map or a unit to see what it is made of"
_NOTHING_MORE = "Its incoming edges, their kernels and the way onwards stay; all else fades."


class Thumbnail(QWidget):
    """A small picture of the selection, by a whole factor where it is small enough."""

    SIDE = 62

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._image = QImage()
        self.setFixedSize(self.SIDE, self.SIDE)
        self.setAccessibleName("Selected map")

    def set_argb(self, packed: np.ndarray) -> None:
        """Show packed colours (H, W)."""
        self._image = image_from_argb(packed)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.SIDE, self.SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image.isNull():
            return
        room = self.SIDE - 2
        factor = whole_factor(max(self._image.width(), self._image.height()), room)
        w, h = self._image.width() * factor, self._image.height() * factor
        box = QRectF(round((self.SIDE - w) / 2), round((self.SIDE - h) / 2), w, h)
        painter = QPainter(self)
        painter.fillRect(box.adjusted(-1, -1, 1, 1), self._theme.color("line2"))
        painter.drawImage(box, self._image)
        painter.end()


class Numbers(QWidget):
    """Up to four named numbers, in a row or, where there is little room, two by two."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(4)
        self._cells: list[QWidget] = []
        self._labels: list[tuple[QLabel, QLabel]] = []
        for _ in range(4):
            cell = QWidget()
            stack = QVBoxLayout(cell)
            stack.setContentsMargins(0, 0, 0, 0)
            stack.setSpacing(1)
            name, value = QLabel(), QLabel()
            name.setProperty("role", "secondary")
            value.setProperty("role", "value")
            stack.addWidget(name)
            stack.addWidget(value)
            self._cells.append(cell)
            self._labels.append((name, value))
        self._columns = 0
        self.set_columns(4)

    def set_columns(self, columns: int) -> None:
        """Arrange the numbers in 4 or 2 columns."""
        if columns == self._columns:
            return
        self._columns = columns
        for index, cell in enumerate(self._cells):
            self._grid.addWidget(cell, *divmod(index, columns))
        self._grid.setHorizontalSpacing(24 if columns == 4 else 16)

    def set_numbers(self, numbers: tuple[tuple[str, str], ...]) -> None:
        """Show these names and values."""
        for index, (name, value) in enumerate(self._labels):
            shown = index < len(numbers)
            self._cells[index].setVisible(shown)
            if shown:
                name.setText(numbers[index][0])
                value.setText(numbers[index][1])

    @property
    def shown(self) -> dict[str, str]:
        """The names and values on show."""
        pairs = zip(self._cells, self._labels, strict=True)
        return {name.text(): value.text() for cell, (name, value) in pairs if not cell.isHidden()}


class DetailsBar(QFrame):
    """Follows the selection and, while training goes on, its numbers at most ten times a second."""

    def __init__(self, workbench: Workbench, theme: Theme, canvas: NetworkCanvas) -> None:
        super().__init__()
        self._workbench, self._theme, self._canvas = workbench, theme, canvas
        self._written_at = 0.0
        self.setObjectName("networkDetails")
        self.setAccessibleName("Selection")
        self.setProperty("role", "plain")
        self.setFixedHeight(HEIGHT)
        self.thumbnail = Thumbnail(theme)
        self.name, self.first, self.second = QLabel(), QLabel(), QLabel()
        self.histogram = Histogram(theme)
        self.numbers = Numbers()
        self.scale_of = QLabel()
        self.scale = ColourScale(theme)
        self.scale.setObjectName("networkColourScale")
        self._lay_out()
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._write)
        canvas.drawn.connect(self._follow)
        canvas.hovered.connect(self._write_scale)
        workbench.focus_changed.connect(self._write)
        workbench.spec_changed.connect(self._write)

    def _lay_out(self) -> None:
        self.name.setProperty("role", "title")
        for label in (self.first, self.second, self.scale_of):
            label.setProperty("role", "secondary")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        for label in (self.name, self.first, self.second):
            words.addWidget(label)
        words.addStretch(1)
        title = QLabel("Colour scale")
        title.setProperty("role", "strong")
        heading = QHBoxLayout()
        heading.setSpacing(8)
        heading.addWidget(title)
        heading.addWidget(self.scale_of)
        heading.addStretch(1)
        legend = QVBoxLayout()
        legend.setSpacing(5)
        legend.addStretch(1)
        legend.addLayout(heading)
        legend.addWidget(self.scale)
        legend.addStretch(1)
        self._legend = QWidget()
        self._legend.setLayout(legend)
        legend.setContentsMargins(0, 0, 0, 0)
        self._legend.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 22, 8)
        row.setSpacing(14)
        row.addWidget(self.thumbnail, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words)
        row.addSpacing(8)
        row.addWidget(self.histogram, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addSpacing(8)
        row.addWidget(self.numbers, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        row.addWidget(self._legend, 0, Qt.AlignmentFlag.AlignVCenter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        narrow = self.width() < NARROW
        self.numbers.set_columns(2 if narrow else 4)
        self._legend.setFixedWidth(164 if narrow else 240)
        self.histogram.setFixedWidth(126 if narrow else 162)
        self.layout().setSpacing(8 if narrow else 14)
        super().resizeEvent(event)

    def _follow(self) -> None:
        rest = self._written_at + NUMBERS_SECONDS - time.monotonic()
        if rest <= 0:
            self._write()
        elif not self._timer.isActive():
            self._timer.start(int(rest * 1000) + 1)

    def _write(self) -> None:
        if not self.isVisible():
            return
        self._written_at = time.monotonic()
        selected = self._canvas.selection
        for widget in (self.thumbnail, self.histogram, self.numbers, self.second):
            widget.setVisible(selected is not None)
        if selected is None:
            self.name.setText(_NOTHING)
            self.first.setText(_NOTHING_MORE)
        else:
            bench, stages = self._workbench, self._canvas.stages
            self._show(summarise(*selected, stages, bench.network, bench.trace), selected)
        self._write_scale()

    def _show(self, summary: Summary, selected: tuple[int, int]) -> None:
        self.name.setText(summary.title)
        self.first.setText(summary.lines[0])
        self.second.setText(summary.lines[1] if len(summary.lines) > 1 else "")
        self.numbers.set_numbers(summary.numbers)
        self.thumbnail.setAccessibleName(summary.title)
        if summary.what == "pixels":
            self.thumbnail.set_argb(to_argb(summary.picture, self._theme.pixels, 0.0, 1.0))
            self.histogram.set_values(summary.values, 1.0, summary.counted, signed=False)
            return
        r = symmetric_range(summary.values)
        if summary.what == "values":
            r = self._canvas.ranges.of_map(*selected)
        self.thumbnail.set_argb(to_argb_signed(summary.picture, self._theme.signed, r))
        self.histogram.set_values(summary.values, r, summary.counted)

    def _write_scale(self) -> None:
        """The legend is that of the hovered column, else of the selected one, else of the first layer."""
        if not self.isVisible():
            return
        canvas = self._canvas
        layer = canvas.hovered_layer
        channel = canvas.hovered_channel
        if layer is None and canvas.selection is not None:
            layer, channel = canvas.selection
        if layer is None:
            layer = 0
        name = canvas.stages.at(layer).name
        if layer < 0:
            self.scale.set_range(1.0, "pixels", 1)
            self.scale_of.setText("input pixels")
            return
        own = canvas.scope == "unit" and channel is not None and canvas.stages.at(layer).is_maps
        r = (
            canvas.ranges.of_map(layer, channel)
            if own and channel is not None
            else canvas.ranges.of_layer(layer)
        )
        self.scale.set_range(r)
        if canvas.scope == "global":
            text = "shared by all layers"
        elif own:
            text = canvas.stages.at(layer).title(channel or 0)
        else:
            text = f"{name}, shared by the layer"
        self.scale_of.setText(text)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._write()
