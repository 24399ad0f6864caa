"""The histories that still grow: that of the present run, and of runs replaced in full flight."""

from __future__ import annotations

from cnncore import EpochDone, StepDone

from .history import EpochSummary, History
from .messages import Event, Failed, RateChanged, Ready


class Records:
    """Puts each event into the history of its run, in the order in which they come.

    Attributes
    ----------
    history : History
        That of the present run.
    """

    def __init__(self) -> None:
        self.history = History()
        self._run_id = 0
        self._replaced: dict[int, History] = {}

    def begin(self, run_id: int, history: History) -> None:
        """Another run is the present one; of the one before, events may still come."""
        self._replaced[self._run_id] = self.history
        self._run_id, self.history = run_id, history

    def add(self, run_id: int, event: Event) -> None:
        """Record what belongs into a history."""
        history = self.history if run_id == self._run_id else self._replaced.get(run_id)
        match event:
            case Ready() | Failed():  # nothing comes any more of the runs before this one
                self._replaced = {other: kept for other, kept in self._replaced.items() if other > run_id}
            case StepDone() if history is not None:
                history.append(event)
            case EpochDone() if history is not None:
                history.epochs.append(EpochSummary.of(event))
            case RateChanged() if history is not None:
                history.rate_changes.append(event.step)
