"""The chart's crosshair: a dashed line, a dot on each curve and a tooltip that turns away from the edge."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from explorer.theme import Theme
from explorer.widgets.chart_axes import Scale

_ROW = 17.0
_PADDING = 9.0
_OFFSET = 14.0
_SWATCH = 16.0
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class TooltipRow:
    """One line of the tooltip; `token` names the swatch's colour, empty for none."""

    label: str
    value: str
    token: str = ""


@dataclass(frozen=True)
class Tooltip:
    """What the tooltip says."""

    title: str
    rows: tuple[TooltipRow, ...]

    def lines(self) -> tuple[tuple[str, str], ...]:
        """Return names and values only."""
        return tuple((row.label, row.value) for row in self.rows)


def tooltip_left(x: float, width: float, left: float, right: float) -> float:
    """Return where the tooltip begins: right of `x`, left of it where that would pass the right edge."""
    begin = x + _OFFSET
    if begin + width > right:
        begin = x - _OFFSET - width
    return max(begin, left)


def draw_line(painter: QPainter, x: float, scale: Scale, theme: Theme) -> None:
    """Draw the dashed vertical line at pixel column `x`."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    pen = QPen(theme.color("text2"), 1)
    pen.setDashPattern([3, 3])
    painter.setPen(pen)
    painter.drawLine(QPointF(round(x), scale.top), QPointF(round(x), scale.bottom))


def draw_mark(painter: QPainter, x: float, text: str, scale: Scale, theme: Theme) -> None:
    """Draw a firm line at pixel column `x` with a tag at its foot: the place that is looked at."""
    ink = theme.color("accent")
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(ink, 2))
    painter.drawLine(QPointF(round(x), scale.top), QPointF(round(x), scale.bottom))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    width = QFontMetricsF(theme.font(10, 600)).horizontalAdvance(text) + 10
    left = min(max(x - width / 2, scale.left), scale.right - width)
    tag = QRectF(round(left), scale.bottom - 16, round(width), 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawRoundedRect(tag, 4, 4)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(theme.color("accent_text"))
    painter.setFont(theme.font(10, 600))
    painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, text)


def draw_dot(painter: QPainter, x: float, y: float, color: QColor, theme: Theme) -> None:
    """Draw a dot in `color` with a casing of the panel's colour."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(QPen(theme.color("panel"), 1.5))
    painter.setBrush(color)
    painter.drawEllipse(QPointF(x, y), 4, 4)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def draw_tooltip(painter: QPainter, tip: Tooltip, x: float, scale: Scale, theme: Theme, right: float) -> None:
    """Draw the tooltip beside pixel column `x`, between the chart's left edge and `right`."""
    width = _inner_width(tip, theme) + 2 * _PADDING
    left = round(tooltip_left(x, width, 4, right))
    box = QRectF(left, scale.top + 14, round(width), _ROW * (1 + len(tip.rows)) + _PADDING + 3)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 40))
    painter.drawRoundedRect(box.translated(0, 1.5), 6, 6)
    painter.setBrush(theme.color("tooltip"))
    painter.drawRoundedRect(box, 6, 6)
    line = QRectF(box.left() + _PADDING, box.top() + 5, box.width() - 2 * _PADDING, _ROW)
    painter.setPen(theme.color("tooltip_text"))
    painter.setFont(theme.font(11, 600))
    painter.drawText(line, _MIDDLE | Qt.AlignmentFlag.AlignLeft, tip.title)
    for row in tip.rows:
        line.translate(0, _ROW)
        _draw_row(painter, row, line, theme)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _inner_width(tip: Tooltip, theme: Theme) -> float:
    plain, strong = QFontMetricsF(theme.font(11)), QFontMetricsF(theme.font(11, 600))
    labels = max((plain.horizontalAdvance(row.label) for row in tip.rows), default=0.0)
    values = max((strong.horizontalAdvance(row.value) for row in tip.rows), default=0.0)
    return max(strong.horizontalAdvance(tip.title), _SWATCH + labels + 28 + values)


def _draw_row(painter: QPainter, row: TooltipRow, line: QRectF, theme: Theme) -> None:
    if row.token:
        painter.setPen(Qt.PenStyle.NoPen)
        # The tooltip is dark in both themes, and the light theme's accent too dark to be told from it.
        color = theme.color(row.token)
        painter.setBrush(color if theme.dark else color.lighter(125))
        painter.drawRoundedRect(QRectF(line.left(), line.center().y() - 1.5, 9, 3), 1.5, 1.5)
    ink = theme.color("tooltip_text")
    faint = QColor(ink)
    faint.setAlphaF(0.78)
    painter.setPen(faint)
    painter.setFont(theme.font(11))
    painter.drawText(line.adjusted(_SWATCH, 0, 0, 0), _MIDDLE | Qt.AlignmentFlag.AlignLeft, row.label)
    painter.setPen(ink)
    painter.setFont(theme.font(11, 600))
    painter.drawText(line, _MIDDLE | Qt.AlignmentFlag.AlignRight, row.value)
