"""The sums under the stage: how the size comes about, and how the present number does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.theme import Theme, make_font
from explorer.widgets.cells import static_text
from explorer.widgets.hatching import hatch_rects
from explorer.widgets.transport import Transport

from .compare import Comparison
from .formula_text import Piece, Row, describe, size_rows, value_row
from .holder import LabHolder
from .lab_numbers import LabNumbers
from .notes import facts, sentence
from .stage_cache import PictureCache
from .stage_parts import draw_text

_LABEL = 92.0
_SECOND_LABEL = 86.0
_MIDDLE, _REACH = 0.42, 10.0  # where a row's text stands in its height, and how far it goes up and down
_LINE = 13.0
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
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._cache = PictureCache()
        for signal in (holder.changed, holder.preview_changed, holder.channel_changed, theme.changed):
            signal.connect(self._redraw)
        transport.moved.connect(self._move)
        transport.playing_changed.connect(self._describe)
        self._redraw()

    def _move(self) -> None:
        """Draw what depends on the position; the size's formulas above it do not."""
        if not self._transport.playing:  # the words are for a reader, whom 60 of them a second tell nothing
            self._describe()
        self.update(0, self.top_of_value, self.width(), self.height())

    @property
    def top_of_value(self) -> int:
        """Where the part begins that depends on the position."""
        sizes = len(size_rows(self._now()[0]))
        return int((sizes + _MIDDLE) * self.height() / (sizes + 2) - _REACH)

    def _redraw(self) -> None:
        self._cache.kept.clear()
        self._describe()
        self.update()

    def _describe(self) -> None:
        numbers, index = self._now()
        said = sentence(numbers, index)
        self.setAccessibleDescription(f"{describe(numbers, index, self._holder.channel)}. {said}")
        self.setToolTip(said)  # where the page is narrow, its end is cut off

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
            painter.fillRect(event.rect(), self._theme.color("panel"))
            painter.setOpacity(0.35)
        numbers, index = self._now()
        area, channel, theme = QRectF(self.rect()), self._holder.channel, self._theme
        self._cache.ratio, self._cache.ground = self.devicePixelRatioF(), theme.color("panel")
        still = self._cache.picture(
            "still", (id(numbers),), area.size(), lambda p: paint_sizes(p, theme, area, numbers)
        )
        shown = QRectF(event.rect())
        ratio = self._cache.ratio
        painter.drawPixmap(shown, still, QRectF(shown.topLeft() * ratio, shown.size() * ratio))
        paint_value(painter, theme, area, numbers, index, channel)


def paint_formula(
    painter: QPainter, theme: Theme, area: QRectF, numbers: LabNumbers, index: int, channel: int
) -> None:
    """Draw the size's formulas, the present sum, and a sentence with the scan's counts."""
    paint_sizes(painter, theme, area, numbers)
    paint_value(painter, theme, area, numbers, index, channel)


def paint_sizes(painter: QPainter, theme: Theme, area: QRectF, numbers: LabNumbers) -> None:
    """Draw what stays while the scan goes on: the size's formulas and the scan's counts."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    style, rows = _style(area), size_rows(numbers)
    step = area.height() / (len(rows) + 2)
    for place, row in enumerate(rows):
        middle = area.top() + (place + _MIDDLE) * step
        shown = row
        if len(rows) > 1:
            if step < _WORDS_FROM:
                shown = Row(row.label, row.forms[-1:])
            else:
                middle += (-2, 2)[place]  # the words stand between the two
        _paint_row(painter, theme, area, middle, shown, style)
    _paint_badges(painter, theme, area, numbers, area.top() + (len(rows) + 1.52) * step)
    painter.restore()


def paint_value(
    painter: QPainter, theme: Theme, area: QRectF, numbers: LabNumbers, index: int, channel: int
) -> None:
    """Draw what depends on the position: the present sum and the sentence."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    style, sizes = _style(area), len(size_rows(numbers))
    step = area.height() / (sizes + 2)
    row = value_row(numbers, index, min(channel, numbers.state.channels - 1))
    _paint_row(painter, theme, area, area.top() + (sizes + _MIDDLE) * step, row, style)
    left = area.left() + (style.label if _is_wide(area) else 0)
    right = area.right() - sum(width for _, width in _badges(numbers, _is_wide(area)))
    lines = _wrapped(sentence(numbers, index), max(0, int(right - left - 6)))
    top = area.top() + (sizes + 1.52) * step - (len(lines) - 1) * _LINE / 2
    for place, line in enumerate(lines):
        draw_text(painter, theme, left, top + place * _LINE, line)
    painter.restore()


def _is_wide(area: QRectF) -> bool:
    return area.width() >= 640


def _style(area: QRectF) -> FormulaStyle:
    return FormulaStyle(_LABEL, 14, 16) if _is_wide(area) else FormulaStyle(_SECOND_LABEL, 12, 13)


def _paint_row(
    painter: QPainter, theme: Theme, area: QRectF, middle: float, row: Row, style: FormulaStyle
) -> None:
    draw_text(painter, theme, area.left(), middle, row.label)
    x = area.left() + style.label
    texts: dict[tuple, list[tuple[float, Piece]]] = {}
    for piece in _fitting(row, area.width() - style.label, style):
        text_width, width = _widths(piece, style)
        if piece.hatched:
            _paint_hatch(painter, theme, QRectF(x - 2, middle - 9, width + 4, 18))
        # Pieces of one look are drawn together: changing pen and type takes longer than the text.
        look = (*_shape(piece, style), piece.token)
        texts.setdefault(look, []).append((x + (width - text_width) / 2, piece))
        if piece.below:
            draw_text(
                painter, theme, x + width / 2, middle + 13, piece.below, px=9,
                align=Qt.AlignmentFlag.AlignHCenter,
            )  # fmt: skip
        x += width
    for (px, weight, italic, token), pieces in texts.items():
        painter.setFont(theme.font(px, weight, italic))
        painter.setPen(theme.color(token))
        for left, piece in pieces:
            static, _, height = static_text(piece.text, px, weight, italic)
            painter.drawStaticText(QPointF(left, middle - height / 2), static)


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
    """Return the longest form of a row that fits, or else what comes out."""
    for pieces in row.forms:
        if sum(_widths(piece, style)[1] for piece in pieces) <= room:
            return pieces
    return row.forms[-1][-2:]


def _badges(numbers: LabNumbers, wide: bool) -> list[tuple[str, float]]:
    """Return the scan's counts and how much room each takes, from the right."""
    texts = facts(numbers)
    if not wide:  # one has room: the first that warns, else the last
        texts = next(((text,) for text in texts if _warns(text)), texts[-1:])
    return [(text, _text_width(text, 10, 400, False) + 17.0) for text in reversed(texts)]


def _warns(fact: str) -> bool:
    return fact.startswith("remainder") and not fact.endswith("= 0")


def _paint_badges(painter: QPainter, theme: Theme, area: QRectF, numbers: LabNumbers, middle: float) -> None:
    right = area.right()
    painter.setFont(theme.font(10))
    for text, width in _badges(numbers, _is_wide(area)):
        warn = _warns(text)
        badge = QRectF(right - width + 6, middle - 9, width - 7, 18)
        painter.setPen(QPen(theme.color("warn" if warn else "line"), 1))
        painter.setBrush(theme.color("panel2"))
        painter.drawRoundedRect(badge, 4, 4)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(theme.color("warn" if warn else "text2"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
        right -= width


@lru_cache(maxsize=64)
def _wrapped(text: str, width: int) -> tuple[str, ...]:
    """Break a sentence that is too long for one line in two; what even these have no room for is cut."""
    metrics = QFontMetricsF(make_font(11))
    first, rest = text, ""
    while metrics.horizontalAdvance(first) > width and " " in first:
        first, _, word = first.rpartition(" ")
        rest = f"{word} {rest}".rstrip()
    lines = (first, rest) if rest else (first,)
    return tuple(metrics.elidedText(line, Qt.TextElideMode.ElideRight, width) for line in lines)
