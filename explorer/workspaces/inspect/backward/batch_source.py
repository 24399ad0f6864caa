"""The gradients of the batch that the next step of the run will take, by the parameters in view."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from cnncore.batch_gradients import BatchGradients, batch_gradients
from explorer.workbench import RunState

from ..inspection import Inspection

AT_REST = (RunState.READY, RunState.PAUSED, RunState.FINISHED)


class BatchSource(QObject):
    """Works the batch's gradients out in the background while they are wanted."""

    changed = Signal()

    def __init__(self, inspection: Inspection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._inspection = inspection
        self._wanted = False
        self._of: tuple[object, np.ndarray] | None = None
        self.found: BatchGradients | None = None
        bench = inspection.workbench
        bench.preview_changed.connect(self.renew)
        bench.state_changed.connect(self.renew)

    @property
    def size(self) -> int:
        """How many samples the batch has, or will have."""
        bench = self._inspection.workbench
        preview = bench.preview
        return bench.hyperparameters.batch_size if preview is None else len(preview.labels)

    def set_wanted(self, wanted: bool) -> None:
        """Begin to follow the run, or leave it alone."""
        if wanted != self._wanted:
            self._wanted = wanted
            self.renew()

    def renew(self) -> None:
        """The batch or the parameters may be others now: work the gradients out anew if they are."""
        if not self._wanted:
            return
        bench = self._inspection.workbench
        preview = bench.preview
        if preview is None:
            self._forget()
            if bench.state in AT_REST:
                bench.request_preview()
            return
        parameters = self._inspection.network.parameter_vector
        if self._of is not None and self._of[0] is preview and np.array_equal(self._of[1], parameters):
            return
        self._forget()
        self._of = key = (preview, parameters.copy())
        network = bench.spec.build(bench.hyperparameters.rng("initialisation"))
        network.load_state_dict(self._inspection.network.state_dict())
        job = partial(batch_gradients, network, preview.images, preview.labels)
        bench.in_background(job, partial(self._keep, key), lambda _: None)

    def _forget(self) -> None:
        self._of = None
        if self.found is not None:
            self.found = None
            self.changed.emit()

    def _keep(self, key: tuple[object, np.ndarray], found: BatchGradients) -> None:
        # The page may be closed, or the parameters others, before the work is done.
        if isValid(self) and self._of is key:
            self.found = found
            self.changed.emit()
