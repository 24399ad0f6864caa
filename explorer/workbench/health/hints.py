"""All hints for a run, those first that explain others."""

from __future__ import annotations

from . import layer_hints, run_hints
from .hint import Evidence, Hint, Illness

_ORDER = (
    run_hints.overflow,
    run_hints.normalisation,
    layer_hints.dead_units,
    layer_hints.saturated_units,
    layer_hints.exploding,
    layer_hints.vanishing,
    run_hints.rate_too_high,
    run_hints.rate_too_low,
    run_hints.overfitting,
)

# What follows from another illness is not told beside it: who mends the cause need not hear of it.
_FOLLOWS = {
    Illness.EXPLODING: {Illness.NORMALISATION},
    Illness.VANISHING: {Illness.DEAD, Illness.SATURATED},
    Illness.RATE_LOW: {Illness.DEAD, Illness.SATURATED, Illness.VANISHING, Illness.NORMALISATION},
    Illness.RATE_HIGH: {Illness.NORMALISATION, Illness.EXPLODING, Illness.OVERFLOW},
}


def find_hints(evidence: Evidence) -> tuple[Hint, ...]:
    """Return what is wrong with a run; nothing for a healthy one."""
    found = [hint for look in _ORDER for hint in look(evidence)]
    present = {hint.illness for hint in found}
    return tuple(hint for hint in found if not _FOLLOWS.get(hint.illness, set()) & present)
