"""The run that the present one is compared with: its network, and what that makes of the same sample."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from cnncore import Checkpoint, Sequential, Trace, trace
from explorer.workbench import Workbench
from explorer.workbench.jobs import sentence_of
from explorer.workbench.runs import Row

from .colours import Ranges


class Rival(QObject):
    """Another run of the same network shape, with the parameters that were kept of it last.

    Attributes
    ----------
    row : Row or None
        The run; None while there is no comparison.
    step : int
        After how many steps its parameters were kept.
    """

    changed = Signal()
    """Another run is compared, or none any more."""

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = workbench
        self.row: Row | None = None
        self.step = 0
        self._network: Sequential | None = None
        self._trace: Trace | None = None
        self._wanted: str | None = None
        workbench.sample_changed.connect(self._forget)
        workbench.spec_changed.connect(self._check)
        workbench.runs.changed.connect(self._check)

    @property
    def candidates(self) -> list[Row]:
        """The other runs whose networks have the same layers, and of which parameters were kept."""
        return [row for row in self._bench.runs.rows if self._fits(row)]

    def _fits(self, row: Row) -> bool:
        own, other = self._bench.spec, row.record.spec
        alike = (own.layers, own.input_shape) == (other.layers, other.input_shape)
        return alike and not row.is_current and row.results.saved is not None

    @property
    def trace(self) -> Trace:
        """The sample's way through the other network."""
        assert self._network is not None
        if self._trace is None:
            sample = self._bench.sample
            self._trace = trace(self._network, sample.image, sample.label, backward=False)
        return self._trace

    def choose(self, key: str | None) -> None:
        """Compare with this run, once its parameters are read; with None, with no run any more."""
        self._wanted = key
        if key is None:
            self._set(None)
            return
        name = self._bench.runs.entry(key).record.name

        def use(checkpoint: Checkpoint) -> None:
            row = next((row for row in self.candidates if row.record.key == key), None)
            if self._wanted == key and row is not None:
                self._set(row, checkpoint)

        def give_up(error: Exception) -> None:
            self._bench.failed.emit(f"The run {name} cannot be compared.", sentence_of(error))

        self._bench.runs.latest_of(key, use, give_up)

    def _set(self, row: Row | None, checkpoint: Checkpoint | None = None) -> None:
        before, self.row = self.row, row
        self._network = self._trace = None
        if checkpoint is not None:
            self._network = checkpoint.spec.build(np.random.default_rng(0))
            checkpoint.restore(self._network)
            self.step = 0 if checkpoint.training is None else checkpoint.training.step
        if before is not None or row is not None:
            self.changed.emit()

    def _forget(self) -> None:
        self._trace = None

    def _check(self) -> None:
        """Follow the run's name and colour; end the comparison when it has gone or does not fit any more."""
        if self.row is None:
            return
        found = [row for row in self.candidates if row.record.key == self.row.record.key]
        if not found:
            self._set(None)
        elif found[0].record != self.row.record:
            self.row = found[0]
            self.changed.emit()


class PairRanges:
    """The ranges −r … +r that two traces share, so that equal values of both have one colour."""

    def __init__(self, first: Ranges, second: Ranges) -> None:
        self._both = first, second

    def of_layer(self, layer: int) -> float:
        """Return the larger r of a layer."""
        return max(ranges.of_layer(layer) for ranges in self._both)

    def of_map(self, layer: int, channel: int) -> float:
        """Return the larger r of one map."""
        return max(ranges.of_map(layer, channel) for ranges in self._both)

    def of_maps(self, layer: int) -> float | np.ndarray:
        """Return the larger r for all maps of a layer, or of each, (C, 1, 1)."""
        first, second = (ranges.of_maps(layer) for ranges in self._both)
        return np.maximum(first, second) if isinstance(first, np.ndarray) else max(first, second)
