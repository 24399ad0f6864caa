"""What the charts of the page share: axis, smoothing and the step under the mouse."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from explorer.workbench import Workbench
from explorer.workspaces.train.run_axis import MODES, RunAxis


class ChartLink(QObject):
    """One axis and one crosshair for all charts.

    Attributes
    ----------
    mode : str
        "step", "epoch" or "time".
    smoothing : float
        Weight of the exponential mean, in [0, 1).
    step : int or None
        The step under the mouse, in whichever chart.
    source : object
        The panel that the mouse is over.
    """

    axis_changed = Signal()
    smoothing_changed = Signal()
    step_changed = Signal()

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self.mode = MODES[0][0]
        self.smoothing = 0.92
        self.step: int | None = None
        self.source: object = None

    def axis(self) -> RunAxis:
        """Return the axis over the run as it is now."""
        progress = self._workbench.progress
        return RunAxis(self.mode, self._workbench.history, progress.batches, progress.epochs)

    def set_mode(self, mode: str) -> None:
        """Count along the axis in "step", "epoch" or "time"."""
        if mode != self.mode:
            self.mode = mode
            self.axis_changed.emit()

    def set_smoothing(self, weight: float) -> None:
        """Choose the weight of the exponential mean, in [0, 1)."""
        if weight != self.smoothing:
            self.smoothing = weight
            self.smoothing_changed.emit()

    def point_at(self, step: int | None, source: object) -> None:
        """Stand the crosshair at a step; None takes it away."""
        if (step, source) != (self.step, self.source):
            self.step, self.source = step, source
            self.step_changed.emit()
