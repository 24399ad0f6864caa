"""Numbers and pictures to take away: the clipboard as image and table, a view as PNG or SVG."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice, QMimeData, QPoint, QRect, QSize, Qt
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


def as_image(table: Table, theme: Theme) -> QImage:
    """Draw numbers in the colours that they have on the page, with cells of some pixels."""
    rows = table.values.reshape(-1, 1) if table.values.ndim == 1 else table.values
    finite = np.where(np.isfinite(rows), rows, 0)
    if table.colours == "pixels":
        packed = imaging.to_argb(finite, theme.pixels, 0.0, 1.0)
    else:
        packed = imaging.to_argb_signed(finite, theme.signed, imaging.symmetric_range(finite))
    image = imaging.image_from_argb(packed)
    edge = max(1, min(_EDGE, _LONGEST // max(rows.shape)))
    return image.scaled(image.width() * edge, image.height() * edge, Qt.AspectRatioMode.IgnoreAspectRatio)


def copy_table(table: Table, theme: Theme) -> None:
    """Put a table on the clipboard, as text and as an image."""
    data = QMimeData()
    data.setText(as_tsv(table.values))
    data.setImageData(as_image(table, theme))
    QGuiApplication.clipboard().setMimeData(data)


def save_view(widget: QWidget, path: Path) -> None:
    """Write what a widget shows as PNG, twice as fine as the screen, or as SVG by the file's ending.

    An older file stays until the new one is complete.

    Raises
    ------
    OSError
        When the file cannot be written.
    """
    picture = QBuffer()
    picture.open(QIODevice.OpenModeFlag.WriteOnly)
    if path.suffix.lower() == ".svg":
        _paint_svg(widget, picture)
    else:
        image = QImage(widget.size() * 2, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(2.0)
        widget.render(image)
        image.save(picture, "PNG")
    part = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            file.write(picture.data().data())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _paint_svg(widget: QWidget, device: QIODevice) -> None:
    generator = QSvgGenerator()
    generator.setOutputDevice(device)
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
