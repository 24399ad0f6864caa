"""Learning-rate schedules: a factor for each step that multiplies the base rate."""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

Schedule: TypeAlias = Callable[[int, int], float]
"""``schedule(step_index, steps)``: the factor for the step with this index, from 0, of a run of ``steps``."""

WARM_UP = 0.05
FINAL_FACTOR = 0.01


def constant(step_index: int, steps: int) -> float:
    """Keep the base learning rate."""
    return 1.0


def cosine(step_index: int, steps: int) -> float:
    """Rise to the base rate in the first 5 % of the steps, then fall along half a cosine to 1 % of it.

    The short rise keeps the first steps small while Adam's averages still know little; the slow fall lets the
    run settle, so that its end hardly depends on the seed.

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
    """
    warm_up = max(1, round(WARM_UP * steps))
    if step_index < warm_up:
        return (step_index + 1) / warm_up
    progress = min(1.0, (step_index + 1 - warm_up) / max(1, steps - warm_up))
    return FINAL_FACTOR + (1 - FINAL_FACTOR) * 0.5 * (1 + math.cos(math.pi * progress))


SCHEDULES: Mapping[str, Schedule] = MappingProxyType({"constant": constant, "cosine": cosine})
"""The built-in schedules by name."""
