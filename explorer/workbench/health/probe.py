"""When a run's network is measured: on the training thread, between two steps, and rarely."""

from __future__ import annotations

import time
from collections.abc import Callable

from cnncore import Dataset, Sequential, choose_probe, measure_health

from ..messages import HealthMeasured

LEAST_SECONDS = 0.25
SHARE = 0.015
"""Part of the time that may go into measuring; the reference network is measured about once a second."""


class HealthProbe:
    """Measures a network on the same few validation images again and again.

    Parameters
    ----------
    network : Sequential
        The live network; measuring changes nothing of it.
    validation_set : Dataset
    clock : callable
        Seconds that pass.
    """

    def __init__(
        self, network: Sequential, validation_set: Dataset, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._network = network
        self._images = choose_probe(network, validation_set)
        self._clock = clock
        self._next = clock() + LEAST_SECONDS
        self._step: int | None = None

    @property
    def is_due(self) -> bool:
        """Whether enough time has gone by since the last measurement."""
        return self._clock() >= self._next

    def measure(self, step: int, again: bool = False) -> HealthMeasured | None:
        """Measure the network after `step` steps; None when that has been done, unless `again` is wanted."""
        if step == self._step and not again:
            return None
        self._step = step
        start = self._clock()
        health = measure_health(self._network, self._images)
        end = self._clock()
        self._next = end + max(LEAST_SECONDS, (end - start) / SHARE)
        return HealthMeasured(step, health)
