"""The horizontal axis of a run: steps, epochs or seconds. Pure arithmetic, no Qt."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from explorer.numbers import format_duration
from explorer.widgets.chart_axes import Extent, Ticks, linear_ticks, multiples, tick_text, tick_texts
from explorer.workbench import History

MODES = (
    ("step", "Step", "Count along the axis in steps, one a batch"),
    ("epoch", "Epoch", "Count along the axis in epochs, passes over all training images"),
    ("time", "Time", "Count along the axis in seconds of training"),
)
_ROOM = 1.03
"""The axis goes a little beyond the last point, so that its mark and its line stand free."""

_EPOCHS_AT_FIRST = 10
_TIME_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 36000)
_SMALLEST_STEPS = 10


@dataclass(frozen=True)
class RunAxis:
    """Where the steps of a run lie on the axis.

    Attributes
    ----------
    mode : str
        "step", "epoch" or "time".
    history : History
        The run, which may still grow.
    steps_per_epoch, epochs : int
        The plan of the run.
    """

    mode: str
    history: History
    steps_per_epoch: int
    epochs: int

    @property
    def positions(self) -> np.ndarray:
        """The place of each row of the history: (rows,)."""
        if self.mode == "step":
            return self.history.steps
        if self.mode == "epoch":
            return self.history.steps / self.steps_per_epoch
        return self.history.elapsed

    @property
    def title(self) -> str:
        """What is counted along the axis."""
        return self.mode

    @property
    def last_step(self) -> int:
        """The latest step, 0 before the first."""
        return int(self.history.steps[-1]) if len(self.history) else 0

    @property
    def end(self) -> float:
        """The place of the latest step."""
        return self.position_of(self.last_step)

    @property
    def _seconds(self) -> float:
        return float(self.history.elapsed[-1]) if len(self.history) else 0.0

    def position_of(self, step: int) -> float:
        """Return the place of one step; step 0 is the beginning."""
        return float(self.positions_of(np.array([step]))[0]) if step > 0 else 0.0

    def positions_of(self, steps: np.ndarray) -> np.ndarray:
        """Return the places of some steps: (k,) numbers from 1 -> (k,)."""
        if self.mode == "step":
            return steps.astype(float)
        if self.mode == "epoch":
            return steps / self.steps_per_epoch
        return self.history.elapsed[self.history.indices_of(steps)]

    def step_at(self, x: float) -> int | None:
        """Return the step nearest to `x` (the one under way, for time); None when none was made."""
        steps = self.history.steps
        if len(steps) == 0:
            return None
        if self.mode == "time":
            row = int(np.searchsorted(self.history.elapsed, x))
            return int(steps[min(row, len(steps) - 1)])
        step = round(x if self.mode == "step" else x * self.steps_per_epoch)
        return min(max(step, int(steps[0])), int(steps[-1]))

    def text_at(self, x: float) -> str:
        """Write a place on the axis where no step of the run lies."""
        if self.mode == "time":
            return format_duration(x)
        return f"step {round(x)}" if self.mode == "step" else f"epoch {x:.2f}"

    def extent(self) -> Extent:
        """Return the range that holds all of the run; it grows in few jumps."""
        if self.mode == "time":
            return 0.0, _time_extent(self._seconds)
        epochs = self._epochs_in_view()
        return 0.0, (epochs * self.steps_per_epoch if self.mode == "step" else epochs) * _ROOM

    def _epochs_in_view(self) -> int:
        done = self.last_step / self.steps_per_epoch
        shown = _EPOCHS_AT_FIRST
        while shown < done:
            shown *= 2
        return max(min(shown, self.epochs), math.ceil(done), 1)

    def smallest_span(self) -> float:
        """Return the range below which zooming in stops: ten steps."""
        if self.mode == "step":
            return float(_SMALLEST_STEPS)
        if self.mode == "epoch":
            return _SMALLEST_STEPS / self.steps_per_epoch
        n = len(self.history)
        return _SMALLEST_STEPS * self._seconds / n if self._seconds > 0 else 0.1

    def ticks(self, low: float, high: float, count: int) -> Ticks:
        """Return ticks between `low` and `high`; steps are counted in epochs where enough are in view."""
        if self.mode == "time":
            step = next((s for s in _TIME_STEPS if (high - low) / s <= count), (high - low) / count)
            ticks = multiples(low, high, step, count)
            return ticks, [_time_text(t, step) for t in ticks]
        if self.mode == "step" and (high - low) / self.steps_per_epoch >= 3:
            ticks = multiples(low, high, self.steps_per_epoch, count)
        else:
            ticks = linear_ticks(low, high, count, whole=self.mode == "step")
        return ticks, tick_texts(ticks)

    def sections(self, low: float, high: float, count: int) -> list[tuple[float, str]]:
        """Return where epochs begin, with their names; every 2nd, 5th … where there are too many."""
        if self.mode == "time":
            known = range(1 + min(len(self.history.epochs), self.last_step // self.steps_per_epoch))
            starts = [(self.position_of(k * self.steps_per_epoch), k) for k in known]
        else:
            unit = self.steps_per_epoch if self.mode == "step" else 1
            last = min(math.floor(high / unit), self.epochs - 1)
            starts = [(float(k * unit), k) for k in range(max(math.floor(low / unit), 0), last + 1)]
        first = max((i for i, (x, _) in enumerate(starts) if x <= low), default=0)
        starts = [(x, k) for x, k in starts[first:] if x < high]
        every = next(n for n in _thinning() if len(starts) <= n * max(count, 1))
        return [(x, f"epoch {k + 1}") for x, k in starts if k % every == 0]


def _thinning():
    power = 1
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10


def _time_extent(total: float) -> float:
    """Return a round number of seconds above `total`, so that the axis grows in jumps."""
    wanted = max(total * _ROOM, 1.0)
    step = next((b for a, b in pairwise((0, *_TIME_STEPS)) if b * 10 >= wanted), _TIME_STEPS[-1])
    return math.ceil(wanted / step) * step * _ROOM


def _time_text(seconds: float, step: float) -> str:
    if step >= 15:
        return format_duration(seconds)
    return f"{tick_text(round(seconds, 9))} s"
