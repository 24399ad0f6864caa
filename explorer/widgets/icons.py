"""Line icons, drawn in any colour and for any screen density."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from explorer.assets import asset

STROKE = 1.45
"""Width of the lines in an icon's own 20 x 20 units."""


@lru_cache(maxsize=64)
def _master(name: str) -> str:
    return asset("icons", f"{name}.svg").read_text(encoding="utf-8")


def recolour(name: str, color: QColor | str, stroke: float = STROKE) -> str:
    """Return the SVG text of an icon with its ``currentColor`` and its stroke width replaced."""
    text = _master(name).replace("currentColor", QColor(color).name())
    return text.replace(f'stroke-width="{STROKE}"', f'stroke-width="{stroke}"')


@lru_cache(maxsize=512)
def _render(name: str, color: str, opacity: float, size: int, dpr: float, gap: int) -> QPixmap:
    renderer = QSvgRenderer(QByteArray(recolour(name, color).encode()))
    pixels = max(1, round(size * dpr))
    pixmap = QPixmap(pixels + round(gap * dpr), pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setOpacity(opacity)
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    pixmap.setDevicePixelRatio(dpr)
    return pixmap


def icon_pixmap(name: str, color: QColor | str, size: int = 20, dpr: float = 1.0, gap: int = 0) -> QPixmap:
    """Draw an icon as a pixmap of `size` device independent pixels, with `gap` empty ones on its right."""
    color = QColor(color)
    return _render(name, color.name(), color.alphaF(), size, dpr, gap)


def icon(
    name: str,
    color: QColor | str,
    size: int = 20,
    dpr: float = 1.0,
    disabled_color: QColor | str | None = None,
    gap: int = 0,
) -> QIcon:
    """Draw an icon of ``assets/icons`` in `color`.

    Parameters
    ----------
    name : str
        File name without ending, for example ``"step-batch"``.
    size : int
        Edge in device independent pixels.
    dpr : float
        Device pixels per device independent pixel of the window that shows it.
    disabled_color : QColor or str, optional
        Colour while the control is disabled; without it, `color` at 45 %.
    gap : int
        Empty pixels on the right, towards a label that follows.

    Raises
    ------
    FileNotFoundError
        When there is no icon of that name.
    """
    result = QIcon()
    drawn = icon_pixmap(name, color, size, dpr, gap)
    # Without pixmaps of their own the style would tint these modes with the palette's grey and highlight.
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Active, QIcon.Mode.Selected):
        result.addPixmap(drawn, mode)
    if disabled_color is None:
        disabled_color = QColor(color)
        disabled_color.setAlphaF(0.45)
    result.addPixmap(icon_pixmap(name, disabled_color, size, dpr, gap), QIcon.Mode.Disabled)
    return result
