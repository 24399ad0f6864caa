"""The hints for the present run, kept up to date, and their remedies carried out."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from cnncore import Standardisation
from explorer.numbers import format_rate

from ..building.keeping import has_learned
from ..jobs import sentence_of
from ..state import RunState
from .hint import Evidence, Hint, Remedy
from .hints import find_hints

if TYPE_CHECKING:
    from ..workbench import Workbench

LOOK_SECONDS = 1.0


class Advisor(QObject):
    """Looks for hints about once a second while a run is going, and at once when it halts.

    Attributes
    ----------
    hints : tuple of Hint
    """

    hints_changed = Signal()
    undo_changed = Signal()

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self._workbench = workbench
        self._looked_at = -math.inf
        self._rate_before: float | None = None
        self.hints: tuple[Hint, ...] = ()
        workbench.health_changed.connect(self._look_again)
        workbench.state_changed.connect(self._look)
        workbench.hyperparameters_changed.connect(self._on_hyperparameters)
        self._record = workbench.health

    def _look_again(self) -> None:
        if self._workbench.health is not self._record:
            self._record = self._workbench.health
            self._remember_rate(None)
            self._look()
        elif (
            self._workbench.state is not RunState.RUNNING
            or time.monotonic() - self._looked_at >= LOOK_SECONDS
        ):
            self._look()

    def _look(self) -> None:
        self._looked_at = time.monotonic()
        bench = self._workbench
        evidence = Evidence(bench.health, tuple(bench.history.epochs), bench.spec, bench.hyperparameters)
        hints = find_hints(evidence)
        if hints != self.hints:
            self.hints = hints
            self.hints_changed.emit()

    def _on_hyperparameters(self) -> None:
        if self._workbench.hyperparameters.learning_rate == self._rate_before:
            self._remember_rate(None)
        self._look()

    # Remedies

    def would_lose(self, remedy: Remedy) -> bool:
        """Return whether carrying a remedy out would end a run that has learnt something."""
        return remedy.restarts and has_learned(self._workbench)

    def apply(self, remedy: Remedy) -> None:
        """Carry a remedy out. What is asked before is up to the screen."""
        bench = self._workbench
        if remedy.learning_rate is not None:
            before = bench.hyperparameters.learning_rate
            bench.set_learning_rate(remedy.learning_rate)
            self._remember_rate(before)
        elif remedy.hyperparameters is not None:
            bench.set_hyperparameters(remedy.hyperparameters)
        elif remedy.spec is not None:
            bench.set_spec(remedy.spec)
        else:
            self._standardise()

    def _standardise(self) -> None:
        bench = self._workbench
        spec, train_set = bench.spec, bench.train_set

        def use(standardisation: Standardisation) -> None:
            # Measuring takes a moment, in which a person may have chosen something else.
            if bench.spec is spec and bench.train_set is train_set:
                bench.set_spec(replace(spec, standardisation=standardisation))

        bench.in_background(
            lambda: Standardisation.of(train_set),
            use,
            lambda error: bench.failed.emit("The images could not be measured.", sentence_of(error)),
        )

    @property
    def undo_text(self) -> str:
        """What `undo` would do, empty when there is nothing to take back."""
        return "" if self._rate_before is None else f"Back to rate {format_rate(self._rate_before)}"

    def undo(self) -> None:
        """Take the last change of the learning rate back."""
        if self._rate_before is not None:
            self._workbench.set_learning_rate(self._rate_before)

    def _remember_rate(self, rate: float | None) -> None:
        if rate != self._rate_before:
            self._rate_before = rate
            self.undo_changed.emit()
