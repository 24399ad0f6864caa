"""The present picture for files: stage and formulas together, at a size of its own."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMarginsF, QRect, QRectF, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from explorer.theme import Theme
from explorer.widgets.animation.film import Film

from .formula import paint_formula
from .lab_numbers import LabNumbers
from .stage import Stage
from .stage_layout import lay_out

WIDTH, HEIGHT = 840, 580
_MARGIN = 18.0
_FORMULA = 96.0


def paint_picture(painter: QPainter, numbers: LabNumbers, index: int, channel: int, theme: Theme) -> None:
    """Draw the picture of a position, `WIDTH` by `HEIGHT`."""
    area = QRectF(0, 0, WIDTH, HEIGHT)
    painter.fillRect(area, theme.color("panel"))
    inner = area.marginsRemoved(QMarginsF(_MARGIN, _MARGIN - 6, _MARGIN, _MARGIN - 6))
    painter.save()
    painter.translate(inner.topLeft())
    layout = lay_out(inner.width(), inner.height() - _FORMULA - 12, numbers)
    Stage(layout, numbers, index, theme, channel).paint(painter)
    painter.restore()
    bottom = QRectF(inner.left(), inner.bottom() - _FORMULA, inner.width(), _FORMULA)
    painter.fillRect(QRectF(inner.left(), bottom.top() - 6, inner.width(), 1), theme.color("line"))
    paint_formula(painter, theme, bottom, numbers, index, channel)


def render(numbers: LabNumbers, index: int, channel: int, theme: Theme, scale: float = 1.0) -> QImage:
    """Return the picture as an image, `scale` pixels for each of its own."""
    image = QImage(round(WIDTH * scale), round(HEIGHT * scale), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.scale(image.width() / WIDTH, image.height() / HEIGHT)
    paint_picture(painter, numbers, index, channel, theme)
    painter.end()
    return image


def film_of(numbers: LabNumbers, channel: int, theme: Theme, which: str = "") -> Film:
    """Return the whole scan, a picture a cell; `which` says which scan it is."""

    def draw(index: int, scale: float) -> QImage:
        return render(numbers, index, channel, theme, scale)

    return Film("scan", "cell", numbers.count, (WIDTH, HEIGHT), draw, which)


def write_png(path: Path, numbers: LabNumbers, index: int, channel: int, theme: Theme) -> None:
    """Write the picture at twice its size. Raises OSError."""
    if not render(numbers, index, channel, theme, 2.0).save(str(path), "PNG"):
        raise OSError(f"The picture cannot be written to {path.name}.")


def write_svg(path: Path, numbers: LabNumbers, index: int, channel: int, theme: Theme) -> None:
    """Write the picture as lines and text. Raises OSError."""
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setSize(QSize(WIDTH, HEIGHT))
    generator.setViewBox(QRect(0, 0, WIDTH, HEIGHT))
    generator.setTitle("CNN Explorer: Scan Lab")
    painter = QPainter()
    if not painter.begin(generator):
        raise OSError(f"The picture cannot be written to {path.name}.")
    paint_picture(painter, numbers, index, channel, theme)
    painter.end()
