"""When a run's network is measured: on the training thread, between two steps, and rarely."""

from __future__ import annotations

import time
from collections.abc import Callable

from cnncore import Dataset, Sequential, choose_probe, measure_health

from ..messages import HealthMeasured

LEAST_SECONDS = 0.25
SHARE = 0.02
"""Part of the time that may go into measuring: the reference network is measured every 0.7 seconds."""
BEGINNING = 3
"""The first measurements follow one another without regard to that, so that a short run has some to show."""


class HealthProbe:
    """Measures a network on the same few validation images again and again.

    Parameters
    ----------
    network : Sequential
        The live network; measuring changes nothing of it.
    validation_set : Dataset
    clock, work : callable
        Seconds that pass, and seconds for which the thread has computed: what measuring costs has nothing to
        do with other programs that keep the processor busy.
    """

    def __init__(
        self,
        network: Sequential,
        validation_set: Dataset,
        clock: Callable[[], float] = time.perf_counter,
        work: Callable[[], float] = time.thread_time,
    ) -> None:
        self._network = network
        self._images = choose_probe(network, validation_set)
        self._clock, self._work = clock, work
        self._count = 0
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
        self._count += 1
        start = self._work()
        health = measure_health(self._network, self._images)
        pause = (self._work() - start) / SHARE if self._count > BEGINNING else 0.0
        self._next = self._clock() + max(LEAST_SECONDS, pause)
        return HealthMeasured(step, health)
