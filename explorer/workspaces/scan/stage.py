"""The stage: input, window, kernel, products and output, drawn as a function of numbers and position."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from explorer.numbers import format_count
from explorer.theme import Theme
from explorer.widgets.cells import Cells, paint_cells
from explorer.widgets.marks import paint_frame, paint_ring

from . import stage_parts as parts
from .lab_numbers import LabNumbers
from .stage_cache import PictureCache
from .stage_layout import GridBox, StageLayout
from .stage_still import StillStage
from .wording import sum_text, work_text


@dataclass(frozen=True)
class Marks:
    """What the mouse points at.

    Attributes
    ----------
    outputs : tuple of (y, x)
        Output cells to ring: those that read the input cell under the mouse.
    ghosts : tuple of int
        Positions whose windows are outlined.
    partners : tuple of (i, j)
        Cells of window, kernel and products to ring.
    """

    outputs: tuple[tuple[int, int], ...] = ()
    ghosts: tuple[int, ...] = ()
    partners: tuple[tuple[int, int], ...] = ()


class Stage(StillStage):
    """One picture of the scan. Everything it shows follows from the arguments.

    Parameters
    ----------
    index : int
        The position of the scan.
    marks : Marks, optional
        What the mouse points at.
    """

    def __init__(
        self,
        layout: StageLayout,
        numbers: LabNumbers,
        index: int,
        theme: Theme,
        channel: int = 0,
        marks: Marks | None = None,
        cache: PictureCache | None = None,
        title: str = "Input",
    ) -> None:
        super().__init__(layout, numbers, theme, channel, cache, title)
        self.index = index
        self.marks = marks or Marks()

    def paint(self, painter: QPainter) -> None:
        """Draw the picture with its corner at (0, 0)."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_still(painter)
        self._paint_output(painter)
        self._paint_reading(painter)
        self._paint_products(painter)
        self._paint_marks(painter)

    def _paint_output(self, painter: QPainter) -> None:
        numbers, box, theme = self.numbers, self.layout.output, self.theme
        area = parts.qrect(box.rect)
        if self._cache is None or numbers.transposed:
            values, done = numbers.output_after(self.index, self.channel)
            paint_cells(painter, area, self._output_cells(values, done), theme)
        else:
            self._paint_kept_output(painter, area)
        painter.setPen(QPen(theme.color("line2"), 1))
        painter.drawRect(area)
        current = numbers.plan.cell(self.index)
        if numbers.transposed:
            self._paint_stamp_frame(painter)
        else:
            parts.paint_labels(painter, theme, box, current)
            paint_frame(
                painter, parts.qrect(box.cell_rect(*current)), theme, "output", 3.0 if box.cell > 24 else 2.0
            )
        what = "stamped" if numbers.transposed else "computed"
        lines = [f"{format_count(self.index + 1)} of {format_count(numbers.count)} {what}"]
        if not numbers.pooling:
            lines.append(work_text(numbers.plan.multiply_adds(numbers.state.channels)))
        right = Qt.AlignmentFlag.AlignRight
        for place, text in enumerate(lines):
            y = area.bottom() + 14 + 16 * place
            # What is wider than the output begins at its left edge, away from the input.
            edge = max(area.right() + 1, min(area.left() + parts.text_width(text), self.layout.width))
            parts.draw_text(painter, theme, edge, y, text, align=right, width=200)

    def _output_cells(self, values: np.ndarray, computed: np.ndarray | None = None) -> Cells:
        numbers = self.numbers
        non_negative = numbers.state.activation in ("relu", "sigmoid") or bool(
            numbers.pooling and (values >= 0).all()
        )
        return Cells(values, "non_negative" if non_negative else "signed", numbers.range, computed=computed)

    def _paint_kept_output(self, painter: QPainter, area: QRectF) -> None:
        """Show the part of the finished output that is computed, and the empty grid below it."""
        values = self.numbers.output_map(self.channel)
        at_zero = QRectF(0, 0, area.width(), area.height())
        key = (id(self.numbers), self.channel, self.layout.output, self.theme.dark)
        pictures = [
            self._cache.picture(
                name,
                key,
                at_zero.size(),
                lambda p, c=computed: paint_cells(p, at_zero, self._output_cells(values, c), self.theme),
            )
            for name, computed in (("empty", np.zeros(values.shape, bool)), ("full", None))
        ]
        painter.drawPixmap(area.topLeft(), pictures[0])
        box = self.layout.output
        y, x = self.numbers.plan.cell(self.index)
        ratio = self._cache.ratio
        for top, left, rows, columns in ((0, 0, y, box.columns), (y, 0, 1, x + 1)):
            if rows:
                part = QRectF(left * box.cell, top * box.cell, columns * box.cell, rows * box.cell)
                source = QRectF(part.topLeft() * ratio, part.size() * ratio)
                painter.drawPixmap(part.translated(area.topLeft()), pictures[1], source)

    def _paint_stamp_frame(self, painter: QPainter) -> None:
        box = self.layout.output
        top, left, rows, columns = self.numbers.window(self.index).box
        painter.save()
        painter.setClipRect(parts.qrect(box.rect).adjusted(-3, -3, 3, 3))
        paint_frame(painter, parts.qrect(box.cell_rect(top, left, rows, columns)), self.theme, "output", 3.0)
        painter.restore()

    def _paint_reading(self, painter: QPainter) -> None:
        """Draw the window over the input, with the weights laid over it, and the brackets."""
        numbers, box, theme = self.numbers, self.layout.input, self.theme
        if numbers.transposed:
            current = box.cell_rect(*numbers.plan.cell(self.index))
            paint_frame(painter, parts.qrect(current), theme, "window", 3.0 if box.cell > 20 else 2.0)
            return
        window, (top, left) = numbers.window(self.index), numbers.origin
        rows, columns = [y + top for y in window.rows], [x + left for x in window.columns]
        painter.save()
        painter.setClipRect(parts.qrect(box.rect).adjusted(-4, -4, 4, 4))
        self._paint_window(painter, box, rows, columns)
        painter.restore()
        self._paint_brackets(painter)

    def _paint_window(self, painter: QPainter, box: GridBox, rows: list[int], columns: list[int]) -> None:
        numbers, theme = self.numbers, self.theme
        values = numbers.patch(self.index, self.channel)
        padding = numbers.patch_padding(self.index)
        patch = Cells(values, *self.input_look)
        weights = None if numbers.pooling else numbers.kernel[self.channel]
        parts.paint_window_cells(painter, theme, box, rows, columns, patch, padding, weights)
        width = 3.0 if box.cell >= 20 else 2.0
        frame = box.cell_rect(rows[0], columns[0], rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1)
        dilated = max(numbers.setup.dilation) > 1
        if dilated and box.cell >= 5:
            for row in rows:
                for column in columns:
                    painter.setPen(QPen(theme.color("window"), 1.6))
                    painter.drawRect(parts.qrect(box.cell_rect(row, column)).adjusted(1, 1, -1, -1))
        paint_frame(painter, parts.qrect(frame), theme, "window", width)

    def _paint_brackets(self, painter: QPainter) -> None:
        numbers, box = self.numbers, self.layout.input
        y, x = numbers.plan.cell(self.index)
        span_y, span_x = numbers.plan.span
        top, left = numbers.origin
        for axis, first, span, offset, current in (
            (0, numbers.plan.row_map[:, 0], span_y, top, y),
            (1, numbers.plan.column_map[:, 0], span_x, left, x),
        ):
            spans = [(int(start) + offset, span) for start in first]
            levels = parts.bracket_levels(spans, box.cell)
            if not self.layout.wide:
                levels = min(levels, 1) if len(spans) < 2 or spans[1][0] - spans[0][0] >= span else 0
            parts.paint_brackets(painter, self.theme, box, axis, spans, current, levels)

    def _paint_products(self, painter: QPainter) -> None:
        numbers, theme = self.numbers, self.theme
        box = self.layout.kernel if numbers.pooling else self.layout.products
        products = numbers.products(self.index, self.channel)
        look = self.input_look if numbers.pooling else ()
        cells = Cells(products, *look, padding=numbers.patch_padding(self.index))
        area = parts.qrect(box.rect)
        paint_cells(painter, area, cells, theme)
        painter.setPen(QPen(theme.color("line2"), 1))
        painter.drawRect(area)
        if numbers.pooling:
            paint_frame(painter, area, theme, "window", 2.0)
        winner = numbers.winner(self.index, self.channel)
        if winner is not None:
            paint_ring(painter, parts.qrect(box.cell_rect(*winner)), theme)
            top, left = numbers.origin
            window = numbers.window(self.index)
            cell = self.layout.input.cell_rect(window.rows[winner[0]] + top, window.columns[winner[1]] + left)
            if self.layout.input.cell >= 8:
                paint_ring(painter, parts.qrect(cell), theme)
        if not numbers.transposed:
            self._paint_sum(painter, box)

    def _paint_sum(self, painter: QPainter, box: GridBox) -> None:
        """Write what becomes of the products, below them."""
        numbers, theme = self.numbers, self.theme
        name = {"max_pool": "maximum", "average_pool": "mean"}.get(numbers.setup.operation, "sum")
        state = numbers.state
        plain = numbers.pooling or (state.channels == 1 and not state.bias and state.activation == "none")
        value = (
            numbers.value(self.index, self.channel)
            if plain
            else numbers.channel_sum(self.index, self.channel)
        )
        if state.channels > 1 and not numbers.pooling:
            name = f"channel {self.channel + 1}"
        room = parts.text_width(f"{name} = ") + 2 + parts.text_width(sum_text(value), 13, 600)
        left, y = max(0.0, min(box.x, self.layout.width - room)), box.rect.bottom + 16
        end = parts.draw_text(painter, theme, left, y, f"{name} = ")
        token = "output_text" if plain else "text"
        parts.draw_text(painter, theme, end + 2, y, sum_text(value), px=13, weight=600, token=token)

    def _paint_marks(self, painter: QPainter) -> None:
        numbers, layout, theme = self.numbers, self.layout, self.theme
        painter.save()
        pen = QPen(theme.color("window"), 1.4, Qt.PenStyle.DashLine)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        top, left = numbers.origin
        painter.setClipRect(parts.qrect(layout.input.rect).adjusted(-3, -3, 3, 3))
        for ghost in self.marks.ghosts:
            if not numbers.transposed and ghost < numbers.count:
                y, x, rows, columns = numbers.window(ghost).box
                painter.setPen(pen)
                painter.drawRect(parts.qrect(layout.input.cell_rect(y + top, x + left, rows, columns)))
        painter.restore()
        for cell in self.marks.outputs:
            paint_ring(painter, parts.qrect(layout.output.cell_rect(*cell)), theme)
        for cell in self.marks.partners:
            boxes = (layout.kernel,) if numbers.pooling else (layout.kernel, layout.products)
            for box in boxes:
                if box.cell >= 6:
                    paint_ring(painter, parts.qrect(box.cell_rect(*cell)), theme)
