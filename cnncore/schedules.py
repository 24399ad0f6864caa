"""Learning-rate schedules: a factor for each step that multiplies the base rate."""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from cnncore.checks import check_count

Schedule: TypeAlias = Callable[[int, int], float]
"""``schedule(step_index, steps)``: the factor for the step with this index, from 0, of a run of ``steps``."""

WARM_UP = 0.05
"""Part of a run in which `warm_up` and `cosine` rise to the base rate."""
FINAL_FACTOR = 0.01
"""Where `cosine` ends."""
DROPS = (0.5, 0.75)
"""Parts of a run after which `step` falls to a tenth."""
RISE, FIRST_FACTOR, LAST_FACTOR = 0.3, 1 / 25, 1 / 250_000
"""The part of a run in which `one_cycle` rises, and where it begins and ends."""


def constant(step_index: int, steps: int) -> float:
    """Keep the base learning rate."""
    _check(step_index, steps)
    return 1.0


def step(step_index: int, steps: int) -> float:
    """Fall to a tenth after half of the run, and to a hundredth after three quarters.

    How residual networks were trained (He et al., 2016): large steps find the valley, small ones its floor.

    Parameters
    ----------
    step_index, steps : int
        As for `cosine`.
    """
    _check(step_index, steps)
    progress = step_index / steps
    return 0.1 ** sum(progress >= drop for drop in DROPS)


def warm_up(step_index: int, steps: int) -> float:
    """Rise in equal steps to the base rate in the first 5 % of the run, then keep it.

    It keeps the first steps small while Adam's averages still know little.

    Parameters
    ----------
    step_index, steps : int
        As for `cosine`.
    """
    _check(step_index, steps)
    return min(1.0, (step_index + 1) / _warm_up_steps(steps))


def _warm_up_steps(steps: int) -> int:
    return max(1, round(WARM_UP * steps))


def cosine(step_index: int, steps: int) -> float:
    """Rise as `warm_up` does, then fall along half a cosine to 1 % of the base rate.

    The slow fall lets the run settle, so that its end hardly depends on the seed.

    Parameters
    ----------
    step_index : int
        Index of the step, from 0. Steps past the end keep the final factor.
    steps : int
        Number of steps of the whole run, at least 1.

    Returns
    -------
    factor : float
        Above 0, at most 1.

    Raises
    ------
    ArgumentError
        When one of them is no such whole number.
    """
    _check(step_index, steps)
    rising = _warm_up_steps(steps)
    if step_index < rising:
        return warm_up(step_index, steps)
    return _half_cosine(1.0, FINAL_FACTOR, (step_index + 1 - rising) / max(1, steps - rising))


def one_cycle(step_index: int, steps: int) -> float:
    """Rise from 1/25 of the base rate along half a cosine, then fall along another almost to nothing.

    One cycle of a high rate trains fast (Smith & Topin, 2018); the base rate is the highest one and may be
    several times a usual constant rate. The numbers are those of PyTorch's ``OneCycleLR``, which also cycles
    the momentum; here that stays as it is.

    Parameters
    ----------
    step_index, steps : int
        As for `cosine`.
    """
    _check(step_index, steps)
    top, last = RISE * steps - 1, steps - 1
    if step_index < top:
        return _half_cosine(FIRST_FACTOR, 1.0, step_index / top)
    return _half_cosine(1.0, LAST_FACTOR, (step_index - top) / (last - top))


def _check(step_index: int, steps: int) -> None:
    check_count(step_index, "The index of a step", 0)
    check_count(steps, "The number of steps")


def _half_cosine(start: float, end: float, progress: float) -> float:
    return end + (start - end) * 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))


SCHEDULES: Mapping[str, Schedule] = MappingProxyType(
    {"constant": constant, "cosine": cosine, "step": step, "warm-up": warm_up, "one-cycle": one_cycle}
)
"""The built-in schedules by name."""
