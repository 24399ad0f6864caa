"""What of the stage stays while the scan goes on: titles, input, kernel, legend."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QSizeF, Qt
from PySide6.QtGui import QPainter, QPen

from explorer.theme import Theme
from explorer.widgets.cells import Cells, Colours, paint_cells

from . import stage_parts as parts
from .lab_numbers import LabNumbers
from .presets import title_of
from .stage_cache import PictureCache
from .stage_layout import StageLayout


class StillStage:
    """The parts that do not depend on the position.

    Parameters
    ----------
    cache : PictureCache, optional
        With it these parts are painted once; without it always, as files want it.
    title : str
        What the input is called.
    """

    def __init__(
        self,
        layout: StageLayout,
        numbers: LabNumbers,
        theme: Theme,
        channel: int = 0,
        cache: PictureCache | None = None,
        title: str = "Input",
    ) -> None:
        self.layout, self.numbers, self.theme = layout, numbers, theme
        self.channel = min(channel, numbers.state.channels - 1)
        self._cache = cache
        self._title = title

    @property
    def key(self) -> tuple:
        """What the picture of these parts depends on."""
        return id(self.numbers), self.channel, self.layout, self.theme.dark, self._title

    def paint_still(self, painter: QPainter) -> None:
        """Draw titles, input, kernel and legend."""
        if self._cache is None:
            self._paint_still(painter)
            return
        size = QSizeF(self.layout.width, self.layout.height)
        painter.drawPixmap(0, 0, self._cache.picture("still", self.key, size, self._paint_still))

    @property
    def input_look(self) -> tuple[Colours, float]:
        """How the input's numbers are coloured, and the value with the strongest colour."""
        return _look(self.numbers, self.channel)

    def input_cells(self) -> Cells:
        """The input as it is drawn, the part in view."""
        numbers, box = self.numbers, self.layout.input
        view = np.ix_(
            range(numbers.padded.shape[1])[box.whole_rows], range(numbers.padded.shape[2])[box.whole_columns]
        )
        blank = numbers.setup.mode == "zeros"
        return Cells(
            numbers.padded[self.channel][view],
            *self.input_look,
            padding=numbers.padding_mask[view] if blank or numbers.padding_mask.any() else None,
            unvisited=numbers.unvisited[view],
        )

    def _paint_still(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, layout, numbers = self.theme, self.layout, self.numbers
        self._paint_titles(painter)
        area = parts.qrect(layout.input.rect)
        paint_cells(painter, area, self.input_cells(), theme)
        painter.setPen(QPen(theme.color("line2"), 1))
        painter.drawRect(area)
        self._frame_input(painter)
        if layout.legend is not None:
            parts.paint_legend(painter, theme, layout.legend, self._legend_rows())
        if numbers.pooling:
            return
        turned = numbers.setup.operation == "convolution"
        first = (layout.kernel.rows - 1, layout.kernel.columns - 1) if turned else (0, 0)
        parts.paint_kernel(painter, theme, layout.kernel, numbers.kernel[self.channel], first)
        sign = "×" if numbers.transposed else "∗"
        parts.draw_text(
            painter, theme, *layout.star, sign, px=20, align=Qt.AlignmentFlag.AlignHCenter, width=40
        )
        parts.draw_text(
            painter, theme, *layout.equals, "=", px=20, align=Qt.AlignmentFlag.AlignHCenter, width=40
        )

    def _frame_input(self, painter: QPainter) -> None:
        """Draw the border between input and padding."""
        numbers, box = self.numbers, self.layout.input
        if not numbers.padding_mask.any():
            return
        top, left = numbers.origin
        height, width = numbers.setup.input_size
        painter.save()
        painter.setClipRect(parts.qrect(box.rect).adjusted(-1, -1, 1, 1))
        painter.setPen(QPen(self.theme.color("text3"), 1.6))
        painter.drawRect(parts.qrect(box.cell_rect(top, left, height, width)))
        painter.restore()

    def _paint_titles(self, painter: QPainter) -> None:
        numbers, layout, state = self.numbers, self.layout, self.numbers.state
        (height, width), padded = numbers.setup.input_size, numbers.padded.shape[1:]
        sizes = f"{height}×{width}"
        # Where it is narrow, hatching and the buttons beside the title tell of these.
        if padded != (height, width) and layout.wide:
            sizes += f", padded to {padded[0]}×{padded[1]}"
        if state.channels > 1 and layout.wide:
            sizes += f" · channel {self.channel + 1} of {state.channels}"
        self._title_at(painter, 0.0, 12.0, self._title, sizes)
        kernel_x = layout.kernel.x if layout.kernel.x > 60 else 0.0
        if not numbers.pooling:
            turned = numbers.setup.operation == "convolution"
            what = "turned by 180°" if turned else title_of(state.preset)
            self._title_at(painter, kernel_x - 2, 12.0, "Kernel", what if layout.wide else "")
        else:
            self._title_at(painter, kernel_x - 2, 12.0, "Window", "")
        out_h, out_w = numbers.setup.result_size
        output_y = 12.0 if layout.wide else layout.output.y - 28
        output_x = layout.output.x if layout.wide else layout.output.x - 18
        self._title_at(painter, output_x, output_y, "Output", f"{out_h}×{out_w}")
        self._title_at(
            painter,
            layout.products.x,
            layout.products.y - 16 if layout.wide else 12.0,
            *self._products_title(),
        )

    def _products_title(self) -> tuple[str, str]:
        if self.numbers.transposed:
            return "Stamp", ""
        return ("", "") if self.numbers.pooling else ("Products", "")

    def _title_at(self, painter: QPainter, x: float, y: float, title: str, more: str) -> None:
        end = parts.draw_text(painter, self.theme, x, y, title, px=13, weight=600, token="text")
        if more:
            parts.draw_text(painter, self.theme, end + 10, y, more)

    def _legend_rows(self) -> list[tuple[str, str]]:
        numbers = self.numbers
        if numbers.transposed:
            return [
                ("window", "input cell that stamps"),
                ("kernel", "kernel weights"),
                ("output", "where it stamps"),
            ]
        rows = [("window", "window on the input"), ("kernel", "kernel weights")]
        if numbers.pooling:
            rows = rows[:1]
        if numbers.setup.operation == "max_pool":
            rows.append(("maximum", "the maximum"))
        rows.append(("output", "output cell being computed"))
        what = ", value 0" if numbers.setup.mode == "zeros" else f", {numbers.setup.mode}"
        rows.append(("padding", f"padding{what}" if numbers.padding_mask.any() else "padding: none here"))
        missed = int(numbers.plan.unvisited.sum())
        rows.append(("unvisited", f"never visited: {missed or 'none here'}"))
        return rows


@lru_cache(maxsize=8)
def _look(numbers: LabNumbers, channel: int) -> tuple[Colours, float]:
    finite = numbers.padded[channel][np.isfinite(numbers.padded[channel])]
    largest = max(float(np.abs(finite).max(initial=0.0)), 1e-9)
    return "signed" if bool((finite < 0).any()) else "pixels", largest
