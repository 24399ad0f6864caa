"""Two scans side by side."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.numbers import format_count, format_shape
from explorer.theme import Theme
from explorer.widgets.cells import Cells, paint_cells
from explorer.widgets.marks import paint_frame
from explorer.widgets.transport import Transport

from . import stage_parts as parts
from .compare import Comparison
from .lab_numbers import LabNumbers
from .miniature import fitted, paint_input, paint_reading
from .stage_cache import PictureCache
from .wording import work_text

_TITLE, _FACTS = 30.0, 42.0


class CompareView(QWidget):
    """Draws a `Comparison` at the transport's position."""

    def __init__(self, transport: Transport, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._transport, self._theme = transport, theme
        self._comparison: Comparison | None = None
        self._cache = PictureCache()
        self.setObjectName("scanCompare")
        self.setAccessibleName("Two set-ups side by side")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        transport.moved.connect(self.update)
        theme.changed.connect(self.update)

    @property
    def comparison(self) -> Comparison | None:
        """What is compared."""
        return self._comparison

    def set_comparison(self, comparison: Comparison | None) -> None:
        """Show another comparison."""
        self._comparison = comparison
        self._cache.kept.clear()
        if comparison is not None:
            self.setAccessibleDescription(
                f"{comparison.titles[0]} and {comparison.titles[1]}. {comparison.verdict}"
            )
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(280, 180)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._comparison is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        half = (self.width() - 24) / 2
        positions = self._comparison.positions(self._transport.index)
        foot = 24.0 if self.width() >= 560 else 34.0
        for place, (title, numbers, index) in enumerate(
            zip(self._comparison.titles, self._comparison.numbers, positions, strict=True)
        ):
            area = QRectF(place * (half + 24), 0, half, self.height() - foot)
            self._paint_half(painter, area, title, numbers, index)
        painter.setPen(QPen(self._theme.color("line"), 1))
        painter.drawLine(round(half + 12), 4, round(half + 12), round(self.height() - foot - 8))
        painter.setFont(self._theme.font(12 if self.width() >= 560 else 11, 600))
        painter.setPen(self._theme.color("text"))
        area = QRectF(0, self.height() - foot, self.width(), foot)
        wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(area, wrapped, self._comparison.verdict)

    def _paint_half(
        self, painter: QPainter, area: QRectF, title: str, numbers: LabNumbers, index: int
    ) -> None:
        """Draw one scan: input with window, output, and the counts below."""
        setup, theme = numbers.setup, self._theme
        end = parts.draw_text(painter, theme, area.left(), 12, title, px=13, weight=600, token="text")
        sizes = f"{format_shape(setup.input_size)} → {format_shape(setup.result_size)}"
        parts.draw_text(painter, theme, end + 10, 12, sizes)
        room = area.height() - _TITLE - _FACTS
        if area.width() >= 300:
            left = QRectF(area.left(), _TITLE, area.width() * 0.56, room)
            right = QRectF(left.right() + 14, _TITLE, area.width() * 0.44 - 14, room)
        else:  # the output goes below the input
            left = QRectF(area.left(), _TITLE, area.width(), room * 0.58)
            right = QRectF(area.left(), left.bottom() + 8, area.width(), room * 0.42 - 8)
        grids = (
            self._paint_input(painter, left, title, numbers, index),
            _paint_output(painter, right, numbers, index, theme),
        )
        _paint_facts(painter, area, max(grid.bottom() for grid in grids) + 16, numbers, index, theme)

    def _paint_input(
        self, painter: QPainter, area: QRectF, title: str, numbers: LabNumbers, index: int
    ) -> QRectF:
        grid = fitted(area, *numbers.padded.shape[1:], top=True)
        room = grid.adjusted(-1, -1, 1, 1)
        at_zero = QRectF(1, 1, grid.width(), grid.height())
        self._cache.ratio = self.devicePixelRatioF()
        key = (id(numbers), grid.width(), self._theme.dark, self._cache.ratio)
        picture = self._cache.picture(
            title, key, room.size(), lambda p: paint_input(p, at_zero, numbers, self._theme, True)
        )
        painter.drawPixmap(room.topLeft(), picture)
        paint_reading(painter, grid, numbers, index, self._theme)
        return grid


def _paint_output(painter: QPainter, area: QRectF, numbers: LabNumbers, index: int, theme: Theme) -> QRectF:
    values, done = numbers.output_after(index, 0)
    rows, columns = values.shape
    grid = fitted(area, rows, columns, top=True)
    cell = grid.width() / columns
    paint_cells(painter, grid, Cells(values, r=numbers.range, computed=done), theme)
    painter.setPen(QPen(theme.color("line2"), 1))
    painter.drawRect(grid)
    if numbers.transposed:
        top, left, height, width = numbers.window(index).box
    else:
        (top, left), height, width = numbers.plan.cell(index), 1, 1
    box = QRectF(grid.left() + left * cell, grid.top() + top * cell, width * cell, height * cell)
    paint_frame(painter, box & grid, theme, "output", 2.6 if cell > 12 else 2.0)
    return grid


def _paint_facts(
    painter: QPainter, area: QRectF, top: float, numbers: LabNumbers, index: int, theme: Theme
) -> None:
    words = [f"position {format_count(index + 1)} of {format_count(numbers.count)}"]
    if not numbers.pooling:
        words.append(work_text(numbers.plan.multiply_adds(numbers.state.channels)))
    parts.draw_text(painter, theme, area.left(), top, " · ".join(words), width=area.width())
    if numbers.transposed:
        return
    missed = int(numbers.plan.unvisited.sum())
    text = f"{missed} of {numbers.plan.visits.size} inputs never read" if missed else "every input is read"
    parts.draw_text(
        painter, theme, area.left(), top + 17, text, token="warn" if missed else "text2", width=area.width()
    )
