"""Measures a slice of the network's loss, piece by piece and off the screen's thread."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QObject, Signal

from cnncore import CnnError, Sequential
from cnncore.loss_slice import IMAGES, LossSlice, SliceProgress, loss_slice
from explorer.workbench import Workbench
from explorer.workbench.piecewise import Piecewise


class Slicing(QObject):
    """One slice at a time.

    The parameters, images and labels are copies; training goes on undisturbed.

    Attributes
    ----------
    result : LossSlice or None
        The latest slice.
    """

    changed = Signal()
    """There is progress, or the work has begun or ended."""
    made = Signal(object)
    """A LossSlice is done."""
    stale_changed = Signal()

    def __init__(self, workbench: Workbench) -> None:
        # The workbench answers jobs, so this lives as long as it does.
        super().__init__(workbench)
        self._workbench = workbench
        self._work = Piecewise(workbench)
        self._work.came.connect(self._got)
        self._work.failed.connect(self._failed)
        self.progress = SliceProgress(0, 1)
        self.problem = ""
        self.result: LossSlice | None = None
        self.step = 0
        self._images_of: object = None
        self.stale = False
        for signal in (workbench.trace_changed, workbench.spec_changed, workbench.dataset_changed):
            signal.connect(self._look_whether_stale)

    @property
    def running(self) -> bool:
        """Whether a slice is being measured."""
        return self._work.running

    def start(self, kind: str, seed: int) -> None:
        """Measure a slice through the present parameters; the one under way, if any, is given up."""
        bench = self._workbench
        spec, state, data = bench.spec, bench.network.state_vector.copy(), bench.train_set
        self._begun_at = bench.snapshot_step

        def make() -> Sequential:
            network = spec.build(np.random.default_rng(0))
            network.set_state_vector(state)
            return network

        def work() -> Iterator[SliceProgress | LossSlice]:
            chosen = np.random.default_rng(0).permutation(len(data))[:IMAGES]
            yield from loss_slice(make, data.pixels(chosen), data.labels[chosen], kind=kind, seed=seed)

        self._data = data
        self.progress, self.problem = SliceProgress(0, 1), ""
        self._work.start(work())
        self.changed.emit()

    def cancel(self) -> None:
        """Give the work up; the last slice stays."""
        if self._work.running:
            self._work.cancel()
            self.changed.emit()

    def _got(self, item: SliceProgress | LossSlice) -> None:
        if isinstance(item, SliceProgress):
            self.progress = item
            self.changed.emit()
            return
        self._work.cancel()  # nothing more is to come
        self.result, self.step, self._images_of = item, self._begun_at, self._data
        self.stale = False
        self._look_whether_stale()
        self.changed.emit()
        self.made.emit(item)

    def _failed(self, error: Exception) -> None:
        self.problem = str(error) if isinstance(error, CnnError) else f"The slice failed: {error}"
        self.changed.emit()

    def _look_whether_stale(self) -> None:
        bench = self._workbench
        stale = self.result is not None and not (
            self._images_of is bench.train_set and self.result.is_of(bench.network.parameter_vector)
        )
        if stale != self.stale:
            self.stale = stale
            self.stale_changed.emit()
