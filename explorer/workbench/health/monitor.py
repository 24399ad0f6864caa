"""The screen's record of a run's health, and when it tells of it."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import QObject, Signal

from cnncore import ModelSpec, StepDone

from ..messages import HealthMeasured
from .record import HealthRecord

CHANGED_SECONDS = 0.1


class HealthMonitor(QObject):
    """Keeps the record of the present run.

    Attributes
    ----------
    record : HealthRecord
        Another one for every run.
    """

    changed = Signal()
    """There is something new; while a run is going at most 10 times a second, to be readable."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_new = False
        self._told_at = -math.inf

    def begin(self, spec: ModelSpec) -> None:
        """Start the record of a new run."""
        self.record = HealthRecord(spec)
        self._is_new = False

    def add(self, event: StepDone | HealthMeasured) -> None:
        """Take in a step or a measurement."""
        if isinstance(event, StepDone):
            self.record.add_step(event)
        else:
            self.record.add_measurement(event.step, event.health)
        self._is_new = True

    def tell(self, at_once: bool) -> None:
        """Emit `changed` if there is something new, and it was not emitted just before."""
        now = time.monotonic()
        if self._is_new and (at_once or now - self._told_at >= CHANGED_SECONDS):
            self._is_new = False
            self._told_at = now
            self.changed.emit()
