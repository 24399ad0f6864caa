"""Goes through the kept moments of training, by hand or as a film."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from explorer.widgets.transport import Transport
from explorer.workbench import Workbench


class MomentPlayer(QObject):
    """A transport over the moments of the run, earliest first. Its last place is now.

    While it plays, moments that come are added at the end; of those that are let go meanwhile the nearest is
    shown.
    """

    changed = Signal()
    """There are other moments, or another one is shown."""

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self.transport = Transport(parent=self)
        self._steps = np.empty(0, np.int64)
        self._following = self._showing = False
        self.transport.moved.connect(self._show)
        workbench.timeline_changed.connect(self._on_timeline)
        workbench.moment_changed.connect(self._on_moment)
        self._follow()

    @property
    def steps(self) -> np.ndarray:
        """The steps of the moments, rising: (n,)."""
        return self._steps

    def back_to_now(self) -> None:
        """Show the network as it is now."""
        self.transport.pause()
        self._workbench.show_moment(None)

    def _show(self) -> None:
        if self._following or not len(self._steps):
            return
        transport = self.transport
        self._showing = True
        self._workbench.show_moment(None if transport.at_end else int(self._steps[transport.index]))
        self._showing = False

    def _on_timeline(self) -> None:
        steps = self._workbench.timeline.steps
        if self.transport.playing and len(self._steps):
            self._take(np.concatenate([self._steps, steps[steps > self._steps[-1]]]))
        else:
            self._follow()
        self.changed.emit()

    def _on_moment(self) -> None:
        if not self._showing:
            self.transport.pause()
            self._follow()
        self.changed.emit()

    def _follow(self) -> None:
        """Take the moments there are, and go to the one that is shown."""
        bench = self._workbench
        self._take(bench.timeline.steps)
        shown = bench.shown_moment
        place = len(self._steps) - 1
        if shown is not None and len(self._steps):
            place = min(bench.timeline.place_of(shown), max(place - 1, 0))
        self._following = True
        self.transport.seek(place)
        self._following = False

    def _take(self, steps: np.ndarray) -> None:
        self._steps = steps
        self._following = True
        self.transport.set_count(len(steps))
        self._following = False
