"""Numbers as coloured cells: what is drawn, and drawing it. Screen, pictures and files all use this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Literal

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap, QStaticText, QTextOption

from explorer import imaging
from explorer.numbers import format_number
from explorer.theme import Theme, make_font
from explorer.widgets.hatching import hatch_rects, mask_rects

Colours = Literal["signed", "non_negative", "pixels"]

PIXEL_STRENGTH = 0.46
"""How far pixels of a number grid go towards ink, so that the digits on them stay readable."""
SMALLEST_WITH_NUMBERS = 24.0
"""Below this many pixels a cell never shows a number."""
_MARGIN = 3.0


@dataclass(frozen=True, eq=False)
class Cells:
    """A grid of numbers and how it is to look.

    Attributes
    ----------
    values : (H, W) real
    colours : "signed", "non_negative" or "pixels"
    r : float, optional
        The value with the strongest colour (signed: −r the other end); without it, the largest magnitude.
    digits : int, optional
        Most decimals of the numbers; without it none where all are whole, else two. Narrow cells show fewer.
    sign : bool
        Whether positive numbers carry a plus.
    computed : (H, W) bool, optional
        False where there is no number yet: an empty cell.
    padding, unvisited : (H, W) bool, optional
        Cells hatched one way in grey, and the other way in the warning colour. Padding that
        is NaN has no number.
    numbers : bool
        Whether numbers are written at all.
    """

    values: np.ndarray
    colours: Colours = "signed"
    r: float | None = None
    digits: int | None = None
    sign: bool = False
    computed: np.ndarray | None = None
    padding: np.ndarray | None = None
    unvisited: np.ndarray | None = None
    numbers: bool = True

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.values.shape[0], self.values.shape[1]

    @property
    def decimals(self) -> int:
        """Most decimals that are wanted."""
        if self.digits is not None:
            return self.digits
        finite = self.values[np.isfinite(self.values)]
        return 0 if np.array_equal(finite, np.rint(finite)) else 2

    def argb(self, theme: Theme) -> np.ndarray:
        """Return the packed colours (H, W); cells that are padding or not computed are blank."""
        r = self.r if self.r is not None else imaging.symmetric_range(self.values)
        if self.colours == "signed":
            packed = imaging.to_argb_signed(self.values, theme.signed, r)
        elif self.colours == "non_negative":
            packed = imaging.to_argb(self.values, theme.non_negative, 0.0, r)
        else:
            packed = imaging.to_argb(self.values, theme.pixels, 0.0, r / PIXEL_STRENGTH)
        for mask in (self.padding, None if self.computed is None else ~self.computed):
            if mask is not None and mask.any():
                packed = np.where(mask, np.uint32(theme.color("panel2").rgb()), packed)
        return packed


def text_of(value: float, digits: int, sign: bool = False) -> str:
    """Write the number of a cell; exactly zero is "0", whatever the number of decimals."""
    return "0" if value == 0 else format_number(value, digits, sign)


def texts_of(cells: Cells, digits: int) -> dict[tuple[int, int], str]:
    """Return the numbers that are written, by (row, column): those of all cells that hold one."""
    computed = cells.computed
    if cells.padding is not None:
        known = ~(cells.padding & np.isnan(cells.values))
        computed = known if computed is None else computed & known
    return {
        (y, x): text_of(value, digits, cells.sign)
        for y, row in enumerate(cells.values.tolist())
        for x, value in enumerate(row)
        if computed is None or computed[y, x]
    }


def font_px(cell: float) -> int:
    """Return the size of the numbers in cells of so many pixels; 0 when they are too small for any."""
    if cell < SMALLEST_WITH_NUMBERS:
        return 0
    if cell < 30:
        return 9
    return 10 if cell < 36 else 12 if cell < 40 else 14


@lru_cache(maxsize=16)
def _metrics(px: int) -> QFontMetricsF:
    return QFontMetricsF(make_font(px, weight_of(px)))


_ALIKE = str.maketrans("123456789", "000000000")


@lru_cache(maxsize=256)
def _advance(text: str, px: int) -> float:
    """Return the width of a number; all its figures are equally wide, so it is asked for with zeros."""
    return _metrics(px).horizontalAdvance(text)


def weight_of(px: int) -> int:
    """Return the weight of a cell's number: larger ones are drawn bolder."""
    return 500 if px >= 12 else 400


def fitting(cells: Cells, cell: float, px: int | None = None) -> tuple[int, int] | None:
    """Return size of type and decimals with which every number fits into its cell, or None."""
    sizes = _sizes(font_px(cell) if px is None else px)
    if not sizes:
        return None
    values = cells.values[np.isfinite(cells.values)]
    ends = (float(values.min()), float(values.max())) if values.size else ()
    decimals = cells.decimals
    for size in sizes:
        for digits in range(decimals, -1, -1):
            if _widest(ends, digits, cells.sign, size) <= cell - _MARGIN:
                return size, digits
    return None


def _sizes(px: int) -> tuple[int, ...]:
    return tuple(size for size in (14, 12, 10, 9) if size <= px)


def _widest(ends: tuple[float, ...], digits: int, sign: bool, px: int) -> float:
    texts = [text_of(end, digits, sign) for end in ends] or ["nan"]
    return max(_advance(text.translate(_ALIKE), px) for text in texts)


@lru_cache(maxsize=4096)
def static_text(
    text: str, px: int, weight: int = 400, italic: bool = False
) -> tuple[QStaticText, float, float]:
    """Return a line of type that is drawn again and again, its width and its height."""
    static = QStaticText(text)
    static.setTextFormat(Qt.TextFormat.PlainText)
    static.setTextOption(QTextOption(Qt.AlignmentFlag.AlignLeft))
    static.prepare(font=make_font(px, weight, italic))
    size = static.size()
    return static, size.width(), size.height()


@lru_cache(maxsize=4096)
def ink_on(packed: int) -> str:
    """Return the ink with more contrast on a packed colour."""
    return imaging.text_on(packed)


def paint_cells(
    painter: QPainter,
    area: QRectF,
    cells: Cells,
    theme: Theme,
    px: int | None = None,
    skip: Callable[[int, int], bool] | None = None,
) -> None:
    """Draw a grid: colours, hatching, lines between the cells, numbers.

    Parameters
    ----------
    px : int, optional
        Size of the numbers; without it, what suits the cells.
    skip : callable, optional
        ``skip(y, x)`` is true where the caller draws the number itself.
    """
    rows, columns = cells.shape
    width, height = area.width() / columns, area.height() / rows
    packed = cells.argb(theme)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.drawImage(area, imaging.image_from_argb(packed))
    paint_lines(painter, area, rows, columns, theme)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    for mask, token, falling in ((cells.padding, "hatch", False), (cells.unvisited, "warn", True)):
        if mask is not None and mask.any():
            rects = mask_rects(mask, area.left(), area.top(), width, height)
            spacing = max(4.0, min(6.0, width / 6))
            painter.setPen(QPen(theme.color(token), 1.0 if width >= 8 else 0.7))
            painter.drawLines([QLineF(*line) for line in hatch_rects(rects, spacing, falling)])
    if cells.computed is not None:
        _paint_empty(painter, area, cells.computed, theme)
    fit = fitting(cells, min(width, height), px) if cells.numbers else None
    if fit is not None:
        _paint_numbers(painter, area, cells, packed, theme, fit, skip)
    painter.restore()


def paint_lines(painter: QPainter, area: QRectF, rows: int, columns: int, theme: Theme) -> None:
    """Draw the lines between the cells; with cells of a few pixels there is no room for them."""
    width, height = area.width() / columns, area.height() / rows
    if min(width, height) < 6:
        return
    color = theme.color("panel") if not theme.dark else theme.color("app")
    if min(width, height) < 12:
        color.setAlphaF(0.5)
        device = painter.device()
        if isinstance(device, QPixmap):
            # Qt blends upright translucent bars forty times slower than it fills: they are drawn once.
            ratio = device.devicePixelRatioF()
            place = (area.left() % 1, area.top() % 1, area.width(), area.height())
            lines = _lines_picture(place, rows, columns, color.rgba(), ratio)
            painter.drawPixmap(QPointF(area.left() - place[0], area.top() - place[1]), lines)
            return
    _fill_lines(painter, area, rows, columns, color)


@lru_cache(maxsize=12)
def _lines_picture(
    place: tuple[float, float, float, float], rows: int, columns: int, packed: int, ratio: float
) -> QPixmap:
    """Return the lines between cells as a picture of their own."""
    area = QRectF(*place)
    picture = QPixmap(ceil(area.right() * ratio), ceil(area.bottom() * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    _fill_lines(painter, area, rows, columns, QColor.fromRgba(packed))
    painter.end()
    return picture


def _fill_lines(painter: QPainter, area: QRectF, rows: int, columns: int, color: QColor) -> None:
    width, height = area.width() / columns, area.height() / rows
    for x in range(1, columns):
        painter.fillRect(QRectF(area.left() + x * width - 0.5, area.top(), 1, area.height()), color)
    for y in range(1, rows):
        painter.fillRect(QRectF(area.left(), area.top() + y * height - 0.5, area.width(), 1), color)


def _paint_empty(painter: QPainter, area: QRectF, computed: np.ndarray, theme: Theme) -> None:
    """Draw cells that wait for their number: an empty grid, with a dot where there is room for it."""
    rows, columns = computed.shape
    width, height = area.width() / columns, area.height() / rows
    if min(width, height) < 4:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(theme.color("grid"), 1))
    for left, top, wide, high in mask_rects(~computed, area.left(), area.top(), width, height):
        lines = [QLineF(x, top, x, top + high) for x in np.arange(left, left + wide + 1, width)]
        lines += [QLineF(left, y, left + wide, y) for y in np.arange(top, top + high + 1, height)]
        painter.drawLines(lines)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    if min(width, height) >= SMALLEST_WITH_NUMBERS:
        painter.setPen(QPen(theme.color("hatch"), 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        places = [
            (area.left() + (x + 0.5) * width, area.top() + (y + 0.5) * height)
            for y, x in np.argwhere(~computed)
        ]
        painter.drawPoints([QPointF(*place) for place in places])


def _paint_numbers(
    painter: QPainter,
    area: QRectF,
    cells: Cells,
    packed: np.ndarray,
    theme: Theme,
    fit: tuple[int, int],
    skip: Callable[[int, int], bool] | None,
) -> None:
    rows, columns = cells.shape
    width, height = area.width() / columns, area.height() / rows
    px, digits = fit
    weight = weight_of(px)
    painter.setFont(theme.font(px, weight))
    inks: dict[str, list[tuple[QPointF, QStaticText]]] = {}
    faint = theme.tokens.text3
    for (y, x), text in texts_of(cells, digits).items():
        if skip is not None and skip(y, x):
            continue
        blank = cells.padding is not None and cells.padding[y, x]
        ink = faint if blank else ink_on(int(packed[y, x]))
        static, text_width, text_height = static_text(text, px, weight)
        left = area.left() + x * width + (width - text_width) / 2
        top = area.top() + y * height + (height - text_height) / 2
        inks.setdefault(ink, []).append((QPointF(left, top), static))
    for ink, texts in inks.items():
        painter.setPen(ink)
        for place, static in texts:
            painter.drawStaticText(place, static)
