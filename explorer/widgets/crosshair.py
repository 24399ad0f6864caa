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


def draw_dot(painter: QPainter, x: float, y: float, color: QColor, theme: Theme) -> None:
    """Draw a dot in `color` with a casing of the panel's colour."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(QPen(theme.color("panel"), 1.5))
    painter.setBrush(color)
    painter.drawEllipse(QPointF(x, y), 4, 4)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def draw_tooltip(
    painter: QPainter, tip: Tooltip, x: float, scale: Scale, theme: Theme, right: float
) -> QRectF:
    """Draw the tooltip beside pixel column `x` and return its rectangle."""
    title_font, label_font, value_font = theme.font(11, 600), theme.font(11), theme.font(11, 600)
    titles, labels, values = QFontMetricsF(title_font), QFontMetricsF(label_font), QFontMetricsF(value_font)
    inner = max(
        titles.horizontalAdvance(tip.title),
        max((_SWATCH + labels.horizontalAdvance(r.label) for r in tip.rows), default=0.0)
        + 28
        + max((values.horizontalAdvance(r.value) for r in tip.rows), default=0.0),
    )
    width, height = inner + 2 * _PADDING, _ROW * (1 + len(tip.rows)) + _PADDING + 3
    box = QRectF(round(tooltip_left(x, width, 4, right)), scale.top + 14, round(width), height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 40))
    painter.drawRoundedRect(box.translated(0, 1.5), 6, 6)
    painter.setBrush(theme.color("tooltip"))
    painter.drawRoundedRect(box, 6, 6)
    ink = theme.color("tooltip_text")
    faint = QColor(ink)
    faint.setAlphaF(0.78)
    middle = Qt.AlignmentFlag.AlignVCenter
    line = QRectF(box.left() + _PADDING, box.top() + 5, box.width() - 2 * _PADDING, _ROW)
    painter.setPen(ink)
    painter.setFont(title_font)
    painter.drawText(line, middle | Qt.AlignmentFlag.AlignLeft, tip.title)
    for row in tip.rows:
        line.translate(0, _ROW)
        if row.token:
            painter.setPen(Qt.PenStyle.NoPen)
            # On the tooltip, dark in both themes, the accent is too dark to be told from it.
            painter.setBrush(
                theme.color(row.token).lighter(125) if not theme.dark else theme.color(row.token)
            )
            painter.drawRoundedRect(QRectF(line.left(), line.center().y() - 1.5, 9, 3), 1.5, 1.5)
        painter.setPen(faint)
        painter.setFont(label_font)
        painter.drawText(line.adjusted(_SWATCH, 0, 0, 0), middle | Qt.AlignmentFlag.AlignLeft, row.label)
        painter.setPen(ink)
        painter.setFont(value_font)
        painter.drawText(line, middle | Qt.AlignmentFlag.AlignRight, row.value)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    return box
