"""Hints about single layers. Each function returns what it sees, and nothing when all is well.

The bounds come from runs that were measured, ill ones and healthy ones; `tests/health_sweep.py` repeats them.
"""

from __future__ import annotations

import numpy as np

from explorer.numbers import format_count, format_percent

from . import remedies
from .hint import LARGE_UPDATE, Evidence, Hint, Illness, Remedy

DEAD = 0.6
"""Part of a ReLU's units that never fire. Healthy runs have up to 0.53, rates that are too high 0.7 to 1."""
SATURATED = 0.5
"""Part of the outputs where the curve is flat. Healthy runs have up to 0.15, weights times 10 from 0.6."""
VANISHED = 1 / 300
"""A layer's gradient for one parameter against the last layer's: healthy networks have 1/40 and more, five
sigmoids in a row 1/600, eight 1/20,000."""
EXPLODED = 100.0
"""Length of the whole gradient. Healthy runs start with up to 20; weights 4 times as large give 100,000."""

_FEW = 16
_WINDOW = 64


def dead_units(evidence: Evidence) -> list[Hint]:
    """Return the ReLUs most of whose units are 0 for every image: they have no gradient and cannot learn."""
    latest = evidence.record.latest
    if latest is None:
        return []
    found = []
    for index, layer in enumerate(latest.health.layers):
        activity = layer.activity
        if evidence.spec.layers[index].kind != "relu" or activity is None:
            continue
        share = activity.silent / activity.units
        if share >= DEAD:
            sentence = (
                f"{format_percent(share, 0)} of {evidence.name(index)}'s {format_count(activity.units)} "
                f"units are zero for all {format_count(latest.health.images)} images, so they cannot learn."
            )
            # A lower rate saves units that still fire; dead ones come back only with a new beginning.
            ways = remedies.those(remedies.slower_restart(evidence), remedies.leaky(evidence))
            found.append(Hint(Illness.DEAD, index, sentence, ways))
    return found


def saturated_units(evidence: Evidence) -> list[Hint]:
    """Return the sigmoids, tanhs and arctans that work mostly where their curve is flat."""
    latest = evidence.record.latest
    if latest is None:
        return []
    found = []
    for index, layer in enumerate(latest.health.layers):
        if layer.activity is None or layer.activity.saturated < SATURATED:
            continue
        sentence = (
            f"{format_percent(layer.activity.saturated, 0)} of {evidence.name(index)}'s outputs lie where "
            f"{evidence.spec.layers[index].kind} is flat (slope under 5 % of its steepest): hardly any "
            "gradient passes."
        )
        found.append(Hint(Illness.SATURATED, index, sentence, _against_saturation(evidence)))
    return found


def _against_saturation(evidence: Evidence) -> tuple[Remedy, ...]:
    slower = remedies.slower_restart(evidence)
    others = remedies.straightened(evidence), remedies.drawn(evidence, "glorot", "Glorot")
    if evidence.record.largest_update > LARGE_UPDATE:  # the steps have driven the weights there
        return remedies.those(slower, *others)
    return remedies.those(*others, slower)


def vanishing(evidence: Evidence) -> list[Hint]:
    """Return the layer whose gradient has become tiny on the way back from the last layer."""
    record = evidence.record
    if len(record.layers) < 2 or len(record.recent) < _FEW:
        return []
    lengths = np.median(record.recent_norms()[-_WINDOW:], axis=0)
    counts = np.array([evidence.spec.parameter_counts()[layer] for layer in record.layers])
    sizes = lengths / np.sqrt(counts)
    weakest = int(sizes[:-1].argmin())
    if not 0 < sizes[weakest] < VANISHED * sizes[-1]:  # 0 is what dead units leave
        return []
    layer, last = record.layers[weakest], record.layers[-1]
    times = format_count(round(float(sizes[-1] / sizes[weakest]), -2))
    sentence = (
        f"A weight of {evidence.name(layer)} gets a gradient {times} times smaller than one of "
        f"{evidence.name(last)} (median of {min(len(record.recent), _WINDOW)} steps): the first layers "
        "hardly learn."
    )
    ways = remedies.those(remedies.straightened(evidence), remedies.normed(evidence))
    return [Hint(Illness.VANISHING, layer, sentence, ways)]


def exploding(evidence: Evidence) -> list[Hint]:
    """Return the layer with the longest gradient when all together are far too long."""
    record = evidence.record
    if len(record.recent) < _FEW:
        return []
    window = list(record.recent)[-_WINDOW:]
    length = float(np.median([step.gradient_norm for step in window]))
    if length < EXPLODED:
        return []
    layer = record.layers[int(np.median(record.recent_norms()[-_WINDOW:], axis=0).argmax())]
    sentence = (
        f"The gradient has a length of {format_count(round(length))} (median of {len(window)} steps), most "
        f"of it in {evidence.name(layer)}; below 20 is usual."
    )
    ways = remedies.those(
        remedies.clipping(evidence),
        remedies.drawn(evidence, "he", "He"),
        remedies.slower_restart(evidence),
    )
    return [Hint(Illness.EXPLODING, layer, sentence, ways)]
