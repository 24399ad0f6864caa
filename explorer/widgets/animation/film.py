"""What an animated picture is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image
from PySide6.QtGui import QImage


@dataclass(frozen=True, eq=False)
class Film:
    """So many pictures of one size.

    Attributes
    ----------
    key : str
        Names the file, as long as the person gives it no other name, and the parts of the dialog: "scan".
    what : str
        What each picture shows: "cell" is counted in "cells/s".
    count : int
        How many pictures there are.
    size : (int, int)
        Width and height of a picture in pixels of its own.
    draw : callable
        ``draw(index, scale)`` returns a picture, drawn in `scale` pixels for each of its own. It is called on
        the screen's thread, for some pictures more than once.
    which : str
        Said behind the number of frames: which ones they are.
    """

    key: str
    what: str
    count: int
    size: tuple[int, int]
    draw: Callable[[int, float], QImage]
    which: str = ""

    def size_at(self, scale: float) -> tuple[int, int]:
        """Return width and height of the file in pixels."""
        return round(self.size[0] * scale), round(self.size[1] * scale)


def to_pillow(image: QImage) -> Image.Image:
    """Copy a QImage into a Pillow image."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    data = bytes(rgb.constBits())
    return Image.frombuffer(
        "RGB", (rgb.width(), rgb.height()), data, "raw", "RGB", rgb.bytesPerLine(), 1
    ).copy()
