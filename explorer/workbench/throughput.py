"""How fast the run goes, over the last second or two, so that pauses and validation are told truly."""

from __future__ import annotations

import time
from collections import deque

WINDOW_SECONDS = 2.0


class Throughput:
    """Images and steps a second, from the moments at which steps became known."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int, int]] = deque([(time.perf_counter(), 0, 0)])

    def add(self, steps: int, images: int) -> None:
        """Tell of `steps` more steps over `images` images."""
        now = time.perf_counter()
        _, all_steps, all_images = self._marks[-1]
        self._marks.append((now, all_steps + steps, all_images + images))
        while len(self._marks) > 2 and now - self._marks[1][0] > WINDOW_SECONDS:
            self._marks.popleft()

    def _rate(self, column: int) -> float:
        first, last = self._marks[0], self._marks[-1]
        seconds = last[0] - first[0]
        return (last[column] - first[column]) / seconds if seconds > 0 else 0.0

    @property
    def images_per_second(self) -> float:
        """Images a second, 0 before anything is known."""
        return self._rate(2)

    def seconds_for(self, steps: int) -> float | None:
        """Return the seconds that `steps` steps will take, None before anything is known."""
        rate = self._rate(1)
        return steps / rate if rate > 0 else None
