"""A film as an animated picture, encoded beside the screen's thread."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image
from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from explorer.theme import Theme

from .apng import write_apng
from .film import Film, to_pillow
from .gif_palette import GifPalette

Format = Literal["GIF", "WEBP", "PNG"]
FORMATS: dict[Format, str] = {"GIF": "GIF", "WEBP": "WebP", "PNG": "animated PNG"}
SUFFIXES: dict[Format, str] = {"GIF": ".gif", "WEBP": ".webp", "PNG": ".png"}
FASTEST: dict[Format, float] = {"GIF": 50.0, "WEBP": 100.0, "PNG": 100.0}
"""Pictures a second. Viewers slow a GIF down when its frames are shorter than 20 ms."""
_OPTIONS: dict[str, dict] = {"GIF": {"disposal": 1}, "WEBP": {"lossless": True, "method": 0}}
HOLD_MS = 1000
"""How long the last frame stays."""
_AHEAD = 4
_SAMPLES, _SAMPLE_SCALE = 8, 0.5  # pictures from which a GIF's colours are chosen
_PATIENCE = 5.0
_RUNNING: set[AnimationJob] = set()
"""Jobs whose threads have not ended: a cancelled one outlives the dialog that began it."""


class CancelledError(Exception):
    """The person does not want the file any more."""


@dataclass(frozen=True)
class AnimationPlan:
    """What is to be written.

    Attributes
    ----------
    speed : float
        Pictures a second; a format's own limit holds.
    scale : float
        Pixels of the file for each pixel of the picture.
    """

    format: Format
    speed: float
    scale: float

    def durations(self, count: int) -> list[int]:
        """Milliseconds of each frame; the last one is held. A GIF counts in hundredths of a second."""
        speed = min(self.speed, FASTEST[self.format])
        step = 10 if self.format == "GIF" else 1
        frame = max(step, round(1000 / speed / step) * step)
        return [frame] * (count - 1) + [frame + HOLD_MS]


def encode(
    path: Path,
    frames: Iterator[Image.Image],
    durations: list[int],
    kind: Format,
    put: Callable[[Path, Path], None] = os.replace,
) -> None:
    """Write frames as an animated picture that loops; nothing is left where that fails.

    At the end `put` gives the unfinished file its name, or raises.

    Raises
    ------
    OSError
        When the file cannot be written.
    """
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with unfinished.open("wb") as file:
            if kind == "PNG":
                write_apng(file, frames, durations)
            else:
                options = _OPTIONS[kind] | {"append_images": frames, "duration": durations}
                next(frames).save(file, kind, save_all=True, loop=0, **options)
        put(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


class AnimationJob(QObject):
    """Draws frames on the screen's thread, a few at a time, while another thread encodes them.

    Exactly one of `finished`, `failed` and `cancelled` is emitted.
    """

    progressed = Signal(int)
    """How many frames are drawn."""
    finished = Signal()
    failed = Signal(str)
    cancelled = Signal()
    _ended = Signal()

    def __init__(
        self,
        path: Path,
        plan: AnimationPlan,
        film: Film,
        theme: Theme,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._path, self._plan, self._film = path, plan, film
        self._drawn = 0
        self._samples: list[Image.Image] = []
        self._tokens = theme.tokens
        self._frames: queue.Queue[Image.Image | None] = queue.Queue(_AHEAD)
        self._stop = threading.Event()
        self._putting, self._put = threading.Lock(), False
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._encode, name="animation", daemon=True)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._draw)
        self._ended.connect(self._report)

    @property
    def count(self) -> int:
        """How many frames there will be."""
        return self._film.count

    @property
    def running(self) -> bool:
        """Whether the end is still to come."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin."""
        if self._plan.format == "GIF":
            places = {round(k * (self.count - 1) / (_SAMPLES - 1)) for k in range(_SAMPLES)}
            self._samples = [self._render(place, _SAMPLE_SCALE) for place in sorted(places)]
        _RUNNING.add(self)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self._close)
        self._thread.start()
        self._timer.start(0)

    def _render(self, index: int, scale: float) -> Image.Image:
        return to_pillow(self._film.draw(index, scale))

    def cancel(self) -> bool:
        """Stop and leave no file, without waiting. Return False when the file is there already."""
        with self._putting:
            if self._put:
                return False
            self._stop.set()
        self._timer.stop()
        return True

    def _close(self) -> None:
        """Stop with the program, which waits for a moment so that no unfinished file is left."""
        self.cancel()
        self._thread.join(_PATIENCE)

    def _draw(self) -> None:
        """Draw the next frame, when the encoder has room for it."""
        if self._drawn == self.count:
            self._timer.stop()
            return
        if self._frames.full():
            self._timer.setInterval(5)
            return
        self._timer.setInterval(0)
        self._frames.put_nowait(self._render(self._drawn, self._plan.scale))
        self._drawn += 1
        self.progressed.emit(self._drawn)

    # On the other thread

    def _arriving(self) -> Iterator[Image.Image]:
        palette = GifPalette(self._tokens, self._samples) if self._samples else None
        for _ in range(self.count):
            while True:
                if self._stop.is_set():
                    raise CancelledError
                try:
                    frame = self._frames.get(timeout=0.05)
                except queue.Empty:
                    continue
                break
            yield frame if palette is None else palette.picture(frame)

    def _encode(self) -> None:
        try:
            durations = self._plan.durations(self.count)
            encode(self._path, self._arriving(), durations, self._plan.format, self._put_in_place)
        except BaseException as error:
            self._error = error
        finally:
            with contextlib.suppress(RuntimeError):  # the program has closed meanwhile
                self._ended.emit()

    def _put_in_place(self, unfinished: Path, path: Path) -> None:
        with self._putting:
            if self._stop.is_set():
                raise CancelledError
            os.replace(unfinished, path)
            self._put = True

    # Back on the screen's thread

    def _report(self) -> None:
        self._timer.stop()
        self._thread.join()
        _RUNNING.discard(self)
        if self._stop.is_set():
            self.cancelled.emit()
        elif self._error is None:
            self.finished.emit()
        else:
            reason = getattr(self._error, "strerror", None) or str(self._error)
            self.failed.emit(f"{self._path.name} could not be written: {reason}.")
