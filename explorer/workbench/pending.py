"""Settings that a person wants, and when they are used: at once where nothing is lost by it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from .building.keeping import has_learned
from .state import Hyperparameters

if TYPE_CHECKING:
    from .workbench import Workbench


SOON_MS = 150


class PendingSettings(QObject):
    """The hyperparameters in use, with the changes that wait.

    As long as nothing is lost by it, each change is used at once. After the first step, or after a checkpoint
    was loaded, all but the learning rate wait for `apply`; a run that begins anew for another reason (Reset,
    another model, other data) uses them too.
    """

    changed = Signal()
    """What is wanted, or what is in use, is something else now."""
    collecting = Signal()
    """A run has begun anew and uses what waits: who holds a value that was not handed over does it now."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self._workbench = workbench
        self._history = workbench.history
        self.wanted = workbench.hyperparameters
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(lambda: self.want(self.wanted))
        workbench.hyperparameters_changed.connect(self._follow)
        workbench.history_changed.connect(self._follow_run)

    @property
    def waits(self) -> bool:
        """Whether something is wanted that is not in use, and will not be by itself."""
        return self.wanted != self._workbench.hyperparameters and not self._soon.isActive()

    def want(self, wanted: Hyperparameters) -> None:
        """Use these now, or keep them until a run begins anew."""
        self._soon.stop()
        rate = wanted.learning_rate
        self.wanted = wanted
        if not has_learned(self._workbench):
            self._workbench.set_hyperparameters(wanted)
        elif rate != self._workbench.hyperparameters.learning_rate:
            self._workbench.set_learning_rate(rate)
        self.changed.emit()

    def want_soon(self, wanted: Hyperparameters) -> None:
        """Show these now and use them a moment later, if nothing else is wanted until then.

        For sliders that are being moved: to make a run ready for each place of the handle takes too long
        where the network is large.
        """
        self.wanted = wanted
        self._soon.start()
        self.changed.emit()

    def apply(self) -> None:
        """Begin the run again with what is wanted."""
        self._workbench.set_hyperparameters(self.wanted)
        self.changed.emit()

    def close(self) -> None:
        """Leave what was to be used a moment later."""
        self._soon.stop()

    def _follow(self) -> None:
        """Take over what is in use; where only the learning rate changed, changes that wait stay."""
        used = self._workbench.hyperparameters
        if self._workbench.history is self._history:
            used = replace(self.wanted, learning_rate=used.learning_rate)
        self.wanted = used
        self.changed.emit()

    def _follow_run(self) -> None:
        if self._workbench.history is self._history:
            return
        self._history = self._workbench.history
        if not has_learned(self._workbench):
            self.collecting.emit()
            if self.waits:
                self.apply()
        self.changed.emit()
