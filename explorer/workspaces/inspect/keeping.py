"""Numbers and pictures to take away: the clipboard as image and table, a view as PNG or SVG."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QMimeData, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QWidget

from explorer import imaging
from explorer.theme import Theme

from .layer_view import Table

_EDGE = 12
_LONGEST = 1200
_FILTERS = "PNG image (*.png);;SVG drawing (*.svg)"


def as_tsv(values: np.ndarray) -> str:
    """Write numbers as lines of columns that a spreadsheet reads; float32 in as many digits as it has."""
    rows = np.atleast_2d(values) if values.ndim < 2 else values
    if values.ndim == 1:
        rows = values.reshape(-1, 1)
    return "\n".join("\t".join(f"{float(x):.9g}" for x in row) for row in rows) + "\n"


def as_image(values: np.ndarray, theme: Theme) -> QImage:
    """Draw numbers in the signed colours, with cells of some pixels."""
    rows = values.reshape(-1, 1) if values.ndim == 1 else values
    finite = np.where(np.isfinite(rows), rows, 0)
    packed = imaging.to_argb_signed(finite, theme.signed, imaging.symmetric_range(finite))
    image = imaging.image_from_argb(packed)
    edge = max(1, min(_EDGE, _LONGEST // max(rows.shape)))
    return image.scaled(image.width() * edge, image.height() * edge, Qt.AspectRatioMode.IgnoreAspectRatio)


def copy_table(table: Table, theme: Theme) -> None:
    """Put a table on the clipboard, as text and as an image."""
    data = QMimeData()
    data.setText(as_tsv(table.values))
    data.setImageData(as_image(table.values, theme))
    QGuiApplication.clipboard().setMimeData(data)


def save_view(widget: QWidget, path: Path) -> None:
    """Write what a widget shows as PNG, twice as fine as the screen, or as SVG by the file's ending.

    Raises
    ------
    OSError
        When the file cannot be written.
    """
    if path.suffix.lower() == ".svg":
        _save_svg(widget, path)
        return
    image = QImage(widget.size() * 2, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(2.0)
    widget.render(image)
    if not image.save(str(path)):
        raise OSError(f"{path.name} cannot be written.")


def _save_svg(widget: QWidget, path: Path) -> None:
    # Qt tells nobody when it cannot write an SVG; opening the file does.
    path.open("wb").close()
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setSize(QSize(widget.width(), widget.height()))
    generator.setViewBox(QRect(0, 0, widget.width(), widget.height()))
    generator.setTitle(widget.accessibleName() or "CNN Explorer")
    painter = QPainter(generator)
    try:
        widget.render(painter, QPoint())
    finally:
        painter.end()


def ask_for_path(parent: QWidget, name: str) -> Path | None:
    """Ask where to save; None when the person gives up."""
    text, chosen = QFileDialog.getSaveFileName(parent, "Save view", f"{name}.png", _FILTERS)
    if not text:
        return None
    path = Path(text)
    if path.suffix.lower() not in (".png", ".svg"):
        path = path.with_name(path.name + (".svg" if "svg" in chosen else ".png"))
    return path
