"""The sums under the stage: how the size comes about, and how the present number does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.theme import Theme, make_font
from explorer.widgets.hatching import hatch_rects
from explorer.widgets.transport import Transport

from .compare import Comparison
from .formula_text import Piece, Row, describe, rows_of, size_rows
from .holder import LabHolder
from .lab_numbers import LabNumbers
from .notes import facts, sentence

_LABEL = 92.0
_SECOND_LABEL = 74.0
_MIDDLE, _REACH = 0.42, 10.0  # where a row's text stands in its height, and how far it goes up and down
_WORDS_FROM = 24.0
"""Rows that stand closer have no room for words below the symbols."""


@dataclass(frozen=True)
class FormulaStyle:
    """Sizes that depend on the room."""

    label: float
    px: int
    result_px: int


class FormulaView(QWidget):
    """Draws the rows of `formula_text` for the holder's numbers at the transport's position."""

    def __init__(
        self, holder: LabHolder, transport: Transport, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._holder, self._transport, self._theme = holder, transport, theme
        self._comparison: Comparison | None = None
        self.setObjectName("scanFormula")
        self.setAccessibleName("Formula")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        for signal in (
            holder.changed,
            holder.preview_changed,
            holder.channel_changed,
            theme.changed,
        ):
            signal.connect(self._redraw)
        transport.moved.connect(self._move)
        self._redraw()

    def _move(self) -> None:
        """Draw what depends on the position; the size's formulas above it do not."""
        self._describe()
        self.update(0, self._top_of_value(self._now()[0]), self.width(), self.height())

    def _top_of_value(self, numbers: LabNumbers) -> int:
        sizes = len(size_rows(numbers))
        return int((sizes + _MIDDLE) * self.height() / (sizes + 2) - _REACH)

    def _redraw(self) -> None:
        self._describe()
        self.update()

    def _describe(self) -> None:
        numbers, index = self._now()
        self.setAccessibleDescription(describe(numbers, index, self._holder.channel))

    def set_comparison(self, comparison: Comparison | None) -> None:
        """Follow the first scan of a comparison; None follows the holder again."""
        self._comparison = comparison
        self._redraw()

    def _now(self) -> tuple[LabNumbers, int]:
        if self._comparison is not None and not self._holder.previewing:
            return self._comparison.numbers[0], self._comparison.positions(self._transport.index)[0]
        numbers = self._holder.shown
        last = numbers.count - 1
        return numbers, last if self._holder.previewing else min(self._transport.index, last)

    def sizeHint(self) -> QSize:
        return QSize(804, 88)

    def minimumSizeHint(self) -> QSize:
        return QSize(280, 80)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._holder.problem is not None and not self._holder.previewing:
            painter.setOpacity(0.35)
        numbers, index = self._now()
        still = event.rect().top() < self._top_of_value(numbers)
        area = QRectF(self.rect())
        paint_formula(painter, self._theme, area, numbers, index, self._holder.channel, with_size=still)


def paint_formula(
    painter: QPainter,
    theme: Theme,
    area: QRectF,
    numbers: LabNumbers,
    index: int,
    channel: int,
    with_size: bool = True,
) -> None:
    """Draw the size's formulas, the present sum, and a sentence with the scan's counts."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    wide = area.width() >= 640
    style = FormulaStyle(_LABEL if wide else _SECOND_LABEL, 14 if wide else 12, 16 if wide else 13)
    rows = rows_of(numbers, index, min(channel, numbers.state.channels - 1))
    step = area.height() / (len(rows) + 1)
    width = area.width() - style.label
    for place, row in enumerate(rows):
        if place < len(rows) - 1 and not with_size:
            continue
        middle = area.top() + (place + _MIDDLE) * step
        shown = row
        if len(rows) > 2 and place < 2:
            if step < _WORDS_FROM:
                shown = Row(row.label, row.forms[-1:])
            else:
                middle += (-2, 2)[place]  # the words stand between the two
        painter.setFont(theme.font(11))
        painter.setPen(theme.color("text2"))
        painter.drawText(QRectF(area.left(), middle - 12, style.label, 24), _VCENTRE, row.label)
        _paint_row(painter, theme, area.left() + style.label, middle, width, shown, style)
    _paint_foot(painter, theme, area, numbers, index, style, area.top() + (len(rows) + 0.52) * step)
    painter.restore()


_VCENTRE = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


def _paint_row(
    painter: QPainter, theme: Theme, left: float, middle: float, room: float, row: Row, style: FormulaStyle
) -> None:
    pieces = _fitting(row, room, style)
    x = left
    for piece in pieces:
        text_width, width = _widths(piece, style)
        left_in = x + (width - text_width) / 2
        if piece.hatched:
            _paint_hatch(painter, theme, QRectF(x - 2, middle - 9, width + 4, 18))
        painter.setFont(theme.font(*_shape(piece, style)))
        painter.setPen(theme.color(piece.token))
        painter.drawText(QRectF(left_in, middle - 14, text_width + 4, 28), _VCENTRE, piece.text)
        if piece.below:
            painter.setFont(theme.font(9))
            painter.setPen(theme.color("text2"))
            below = painter.fontMetrics().horizontalAdvance(piece.below) + 4
            area = QRectF(x + width / 2 - below / 2, middle + 6, below, 14)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, piece.below)
        x += width


def _paint_hatch(painter: QPainter, theme: Theme, area: QRectF) -> None:
    painter.setPen(QPen(theme.color("hatch"), 1))
    rect = (area.left(), area.top(), area.width(), area.height())
    painter.drawLines([QLineF(*line) for line in hatch_rects([rect], 5.0, False)])


@lru_cache(maxsize=4096)
def _text_width(text: str, px: int, weight: int, italic: bool) -> float:
    return QFontMetricsF(make_font(px, weight, italic)).horizontalAdvance(text)


def _shape(piece: Piece, style: FormulaStyle) -> tuple[int, int, bool]:
    """Size, weight and slant of a piece's type."""
    return style.result_px if piece.result else style.px, 600 if piece.strong else 400, piece.italic


def _widths(piece: Piece, style: FormulaStyle) -> tuple[float, float]:
    """Return the width of a piece's text, and that with the word below it."""
    below = _text_width(piece.below, 9, 400, False) + 5.0 if piece.below else 0.0
    width = _text_width(piece.text, *_shape(piece, style))
    return width, max(width, below)


def _fitting(row: Row, room: float, style: FormulaStyle) -> Sequence[Piece]:
    """Return the longest form of a row that fits; the last one is taken in any case."""
    for pieces in row.forms:
        if sum(_widths(piece, style)[1] for piece in pieces) <= room:
            return pieces
    return row.forms[-1]


def _paint_foot(
    painter: QPainter,
    theme: Theme,
    area: QRectF,
    numbers: LabNumbers,
    index: int,
    style: FormulaStyle,
    middle: float,
) -> None:
    """Badges at the right, the sentence in the room that they leave."""
    right = area.right()
    painter.setFont(theme.font(10))
    remainder = not numbers.transposed and max(numbers.plan.remainder) > 0
    wide = area.width() >= 640
    for text in reversed(facts(numbers) if wide else facts(numbers)[-1:]):
        warn = remainder and text.startswith("remainder")
        width = painter.fontMetrics().horizontalAdvance(text) + 11
        badge = QRectF(right - width, middle - 9, width - 1, 18)
        painter.setPen(QPen(theme.color("warn" if warn else "line"), 1))
        painter.setBrush(theme.color("panel2"))
        painter.drawRoundedRect(badge, 4, 4)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(theme.color("warn" if warn else "text2"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
        right -= width + 6
    left = area.left() + (style.label if wide else 0)
    painter.setPen(theme.color("text2"))
    painter.setFont(theme.font(11))
    text = painter.fontMetrics().elidedText(
        sentence(numbers, index), Qt.TextElideMode.ElideRight, max(0, int(right - left - 6))
    )
    painter.drawText(QRectF(left, middle - 12, max(0.0, right - left), 24), _VCENTRE, text)
