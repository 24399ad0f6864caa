"""A marked piece of a chart's x axis, and the table of what the curves are like there."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from explorer.theme import Theme
from explorer.widgets.chart_axes import Extent, Scale

_ROW = 16.0
_PADDING = 9.0
_SWATCH = 15.0
_MOST_NAME = 88.0
_LEAST_NAME = 40.0
_BETWEEN = 10.0


@dataclass(frozen=True)
class RegionRow:
    """One curve: its name, its values as texts, and the token of its colour, empty for none."""

    label: str
    values: tuple[str, ...]
    token: str = ""


@dataclass(frozen=True)
class RegionTable:
    """What the curves are like in a region: a title, headings of the values, and a row a curve."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[RegionRow, ...]

    def sentence(self) -> str:
        """Write it as text."""
        rows = (
            f"{row.label}: " + ", ".join(f"{h} {v}" for h, v in zip(self.headings, row.values, strict=True))
            for row in self.rows
        )
        return "; ".join((self.title, *rows)) + "."


def draw_band(painter: QPainter, region: Extent, scale: Scale, theme: Theme) -> None:
    """Tint the region and draw a line at each of its ends that is in view."""
    left, right = (float(scale.px(x)) for x in region)
    inside = max(left, scale.left), min(right, scale.right)
    if inside[0] > inside[1]:
        return
    color = theme.color("accent")
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(color, 1))
    for column in (left, right):
        if scale.left - 1 <= column <= scale.right + 1:
            painter.drawLine(QLineF(round(column), scale.top, round(column), scale.bottom))
    color.setAlphaF(0.10)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRect(QRectF(inside[0], scale.top, inside[1] - inside[0], scale.height))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def draw_table(
    painter: QPainter, table: RegionTable, region: Extent, scale: Scale, theme: Theme, edge: float
) -> None:
    """Draw the table at the upper edge, on the side where the region is not, in a chart `edge` wide."""
    names, columns = _widths(table, theme)
    taken = 2 * _PADDING + _SWATCH + sum(columns) + _BETWEEN * len(columns)
    names = max(min(names, edge - 4 - taken), _LEAST_NAME)
    width = taken + names
    height = _ROW * (len(table.rows) + 2) + _PADDING
    middle = float(scale.px(0.5 * (region[0] + region[1])))
    at_right = middle < scale.left + scale.width / 2
    left = scale.right - width - 4 if at_right else scale.left + 4
    box = QRectF(round(max(left, 2.0)), scale.top + 4, round(width), height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(QPen(theme.color("ctlline"), 1))
    painter.setBrush(theme.color("panel"))
    painter.drawRoundedRect(box.translated(0.5, 0.5), 6, 6)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    line = QRectF(box.left() + _PADDING, box.top() + 4, box.width() - 2 * _PADDING, _ROW)
    _write(painter, line, theme.font(11, 600), theme.color("text"), table.title)
    line.translate(0, _ROW)
    _values(painter, line, columns, table.headings, theme.font(10.5), theme.color("text3"))
    for row in table.rows:
        line.translate(0, _ROW)
        if row.token:
            painter.setPen(QPen(theme.color(row.token), 3))
            painter.drawLine(QLineF(line.left() + 1, line.center().y(), line.left() + 8, line.center().y()))
        name = QFontMetricsF(theme.font(11)).elidedText(row.label, Qt.TextElideMode.ElideRight, names + 1)
        _write(painter, line.adjusted(_SWATCH, 0, 0, 0), theme.font(11), theme.color("text2"), name)
        _values(painter, line, columns, row.values, theme.font(11, 500), theme.color("text"))


def _widths(table: RegionTable, theme: Theme) -> tuple[float, list[float]]:
    """Return the width of the names, and of each column of values."""
    plain, strong = QFontMetricsF(theme.font(11)), QFontMetricsF(theme.font(11, 500))
    names = max((plain.horizontalAdvance(row.label) for row in table.rows), default=0.0)
    columns = [
        max(
            plain.horizontalAdvance(heading),
            *(strong.horizontalAdvance(row.values[place]) for row in table.rows),
        )
        for place, heading in enumerate(table.headings)
    ]
    title = QFontMetricsF(theme.font(11, 600)).horizontalAdvance(table.title)
    taken = _SWATCH + sum(columns) + _BETWEEN * len(columns)
    return max(min(names, _MOST_NAME), title - taken), columns


def _write(painter: QPainter, box: QRectF, font, color: QColor, text: str, right: bool = False) -> None:
    painter.setFont(font)
    painter.setPen(color)
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, text)


def _values(
    painter: QPainter, line: QRectF, columns: Sequence[float], texts: Sequence[str], font, color: QColor
) -> None:
    """Write texts in columns that end at the right edge of the line."""
    right = line.right()
    for width, text in zip(reversed(columns), reversed(texts), strict=True):
        _write(painter, QRectF(right - width - 8, line.top(), width + 8, _ROW), font, color, text, right=True)
        right -= width + _BETWEEN
