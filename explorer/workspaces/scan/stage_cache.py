"""Pictures of the stage's parts, kept until they are others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

Painted = Callable[[QPainter], None]


@dataclass
class PictureCache:
    """Keeps parts of the picture that do not depend on the position.

    `ratio` is device pixels per pixel, `ground` what the parts stand on: an opaque picture is copied, where
    a transparent one must be blended. A part is painted anew when its key is another one.
    """

    ratio: float = 1.0
    ground: QColor = field(default_factory=lambda: QColor(Qt.GlobalColor.transparent))
    kept: dict[str, tuple[tuple, QPixmap]] = field(default_factory=dict)

    def picture(self, name: str, key: tuple, size: QSizeF, paint: Painted) -> QPixmap:
        """Return the part called `name`, painted by `paint` with its corner at (0, 0)."""
        old = self.kept.get(name)
        key = (*key, size.width(), size.height(), self.ratio, self.ground.rgba())
        if old is not None and old[0] == key:
            return old[1]
        pixmap = QPixmap(max(1, round(size.width() * self.ratio)), max(1, round(size.height() * self.ratio)))
        pixmap.setDevicePixelRatio(self.ratio)
        pixmap.fill(self.ground)
        painter = QPainter(pixmap)
        paint(painter)
        painter.end()
        self.kept[name] = (key, pixmap)
        return pixmap
