"""A chart as a picture of its own: title and legend above it, as pixels or as lines and text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QPointF, QRect, QSize
from PySide6.QtGui import QFontMetricsF, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from explorer.theme import Theme
from explorer.workspaces.train.chart_view import ChartView
from explorer.workspaces.train.legend import paint_legend

if TYPE_CHECKING:
    from explorer.widgets.chart import Chart

_MARGIN, _HEADER = 14, 40
_SCALE = 2


def picture_size(chart: Chart) -> QSize:
    """Return the size of the picture: the chart as it is on screen, and room around it."""
    return QSize(chart.width() + 2 * _MARGIN, chart.height() + _HEADER + _MARGIN)


def paint_picture(painter: QPainter, chart: Chart, view: ChartView, theme: Theme) -> None:
    """Draw the picture from the painter's origin on."""
    size = picture_size(chart)
    painter.fillRect(QRect(0, 0, size.width(), size.height()), theme.color("panel"))
    painter.setFont(theme.font(13, 600))
    painter.setPen(theme.color("text"))
    painter.drawText(QPointF(_MARGIN, 25), view.title)
    left = _MARGIN + QFontMetricsF(painter.font()).horizontalAdvance(view.title) + 16
    paint_legend(painter, view.legend(), QPointF(left, 20.5), theme)
    painter.translate(_MARGIN, _HEADER)
    chart.paint_on(painter, chart.width(), chart.height())


def render(chart: Chart, view: ChartView, theme: Theme) -> QImage:
    """Return the picture at twice its size."""
    image = QImage(picture_size(chart) * _SCALE, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.scale(_SCALE, _SCALE)
    paint_picture(painter, chart, view, theme)
    painter.end()
    return image


def to_png(image: QImage) -> bytes:
    """Return the image as the content of a PNG file; may be called on any thread."""
    buffer = _open_buffer()
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())


def to_svg(chart: Chart, view: ChartView, theme: Theme) -> bytes:
    """Return the picture as the content of an SVG file: lines, circles and text."""
    size, buffer = picture_size(chart), _open_buffer()
    # The older kind of SVG is the one with clipping.
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    generator.setResolution(96)
    generator.setSize(size)
    generator.setViewBox(QRect(0, 0, size.width(), size.height()))
    generator.setTitle(f"CNN Explorer: {view.title}")
    painter = QPainter(generator)
    paint_picture(painter, chart, view, theme)
    painter.end()
    return bytes(buffer.data().data())


def _open_buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer
