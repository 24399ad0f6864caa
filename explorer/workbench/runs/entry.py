"""A run in the list: its record, its results, and its curves while somebody looks at them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ..history import History
from ..overlay import OverlayRun
from .record import CURRENT_COLOUR, Results, RunRecord


@dataclass(eq=False)
class Entry:
    """What the list of runs knows of one of them.

    Attributes
    ----------
    history : History or None
        The curves, in memory while the run is made or shown.
    saved_step : int
        Up to where the curves are known to be on the disk.
    """

    record: RunRecord
    results: Results = field(default_factory=Results)
    history: History | None = None
    saved_step: int = 0
    loading: bool = False
    deleted: bool = False
    _overlay: OverlayRun | None = None

    @property
    def key(self) -> str:
        """The name of the run's folder."""
        return self.record.key

    @property
    def overlay(self) -> OverlayRun | None:
        """The run as the charts draw it; the same object as long as nothing about it has changed."""
        if self.history is None:
            return None
        wanted = (self.record.name, self.record.colour, self.history)
        old = self._overlay
        if old is None or (old.name, old.colour) != wanted[:2] or old.history is not self.history:
            self._overlay = OverlayRun(self.key, *wanted)
        return self._overlay


@dataclass(frozen=True)
class Row:
    """A run as the screen lists it. `colour` is a token; the run of the workbench has the accent."""

    record: RunRecord
    results: Results
    is_current: bool
    is_running: bool

    @property
    def colour(self) -> str:
        """The token of the run's colour."""
        return CURRENT_COLOUR if self.is_current else self.record.colour

    @property
    def visible(self) -> bool:
        """Whether the charts show it; the run of the workbench is always shown."""
        return self.is_current or self.record.visible


@dataclass(frozen=True)
class Offer:
    """A run that was cut off and can be resumed: its name, the step and the time of its last parameters."""

    key: str
    name: str
    step: int
    saved: datetime
