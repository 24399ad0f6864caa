"""What comes out of the store of runs, and what goes into it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..history import EpochSummary, History
from .record import Results, RunRecord


@dataclass(frozen=True)
class Stored:
    """A run that was found in the folder."""

    record: RunRecord
    results: Results


@dataclass(frozen=True, eq=False)
class Progress:
    """What a run has done: the rows of its latest steps, and all its epochs and changes of the rate."""

    rows: np.ndarray
    epochs: tuple[EpochSummary, ...]
    rate_changes: tuple[int, ...]

    @classmethod
    def since(cls, history: History, step: int) -> Progress:
        """Copy what `history` has, its rows after `step`."""
        return cls(history.rows_since(step), tuple(history.epochs), tuple(history.rate_changes))
