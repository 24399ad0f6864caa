"""Bring an image in from a file or the clipboard without holding up the screen."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue

import numpy as np
from PIL import Image
from PySide6.QtCore import QMimeData, QObject, QTimer, Signal
from PySide6.QtGui import QImage

from explorer.digits import ImageError, digit_from_image_file, digit_from_pil
from explorer.image_files import check_sides

PASTED = "pasted image"
_POLL_MS = 10


class ImageLoader(QObject):
    """Makes digits of images on a thread of their own; the latest request wins."""

    loaded = Signal(object, str)
    """A digit (28, 28) float32 in [0, 1], and its name."""

    failed = Signal(str)
    """Why there is none, in a sentence."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._request = 0
        # The thread touches no QObject: a late result of a closed window lies in a queue that nobody reads.
        self._results: SimpleQueue[tuple[int, np.ndarray | None, str]] = SimpleQueue()
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._collect)

    @property
    def busy(self) -> bool:
        """Whether a request is under way."""
        return self._timer.isActive()

    def cancel(self) -> None:
        """Forget the request under way: nothing comes of it any more."""
        self._request += 1
        self._timer.stop()

    def load_file(self, path: Path) -> None:
        """Read an image file."""
        self._start(partial(digit_from_image_file, path), path.name)

    def load_image(self, image: QImage) -> None:
        """Convert an image from the clipboard."""
        try:
            if image.isNull():
                raise ImageError("The clipboard's image cannot be read.")
            check_sides(image.width(), image.height())
        except ImageError as error:
            self.failed.emit(str(error))
        else:
            self._start(partial(digit_from_pil, to_pil(image)), PASTED)

    def load_mime(self, mime: QMimeData | None) -> bool:
        """Load what was pasted or dropped; return whether there is anything that could be an image."""
        files = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()] if mime is not None else []
        if files:
            self.load_file(Path(files[0]))
        elif mime is not None and mime.hasImage():
            self.load_image(QImage(mime.imageData()))
        return bool(files) or (mime is not None and mime.hasImage())

    def _start(self, make: Callable[[], np.ndarray], name: str) -> None:
        self._request += 1
        job = (self._request, make, name, self._results)
        threading.Thread(target=_work, args=job, name="image", daemon=True).start()
        self._timer.start()

    def _collect(self) -> None:
        request = None
        while request != self._request:
            try:
                request, digit, text = self._results.get_nowait()
            except Empty:
                return
        self._timer.stop()
        if digit is None:
            self.failed.emit(text)
        else:
            self.loaded.emit(digit, text)


def _work(request: int, make: Callable[[], np.ndarray], name: str, results: SimpleQueue) -> None:
    try:
        results.put((request, make(), name))
    except ImageError as error:
        results.put((request, None, str(error)))
    except Exception:
        logging.getLogger(__name__).exception("An image could not be prepared.")
        results.put((request, None, f"“{name}” could not be read as an image."))


def to_pil(image: QImage) -> Image.Image:
    """Copy a QImage into a Pillow image (RGBA)."""
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    size = (image.width(), image.height())
    return Image.frombytes("RGBA", size, bytes(image.constBits()), "raw", "RGBA", image.bytesPerLine())
