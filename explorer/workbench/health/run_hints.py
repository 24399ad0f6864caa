"""Hints about a whole run. Each function returns what it sees, and nothing when all is well.

The bounds come from runs that were measured, ill ones and healthy ones; `tests/health_sweep.py` repeats them.
"""

from __future__ import annotations

import math

import numpy as np

from explorer.numbers import format_count, format_percent, format_rate, format_short

from . import remedies
from .hint import LARGE_UPDATE, Evidence, Hint, Illness, Remedy
from .record import BLOCK

USUAL_UPDATE = 1e-3
"""Change of a layer's parameters in a step, against their size, that is a good rule (Karpathy, CS231n)."""
SMALL_UPDATE = 4e-4
"""Runs that hardly move stay under 3.2e-4 in every layer; Adam with 0.0003 has 1e-3."""
LARGE_INPUT, FAR_INPUT, FLAT_INPUT = 10.0, 5.0, 0.05
"""Size of the input, its mean in units of its deviation, and its deviation. Digits have 0.3, 0.4 and 0.3,
coloured shapes 0.6, 1.9 and 0.26, standardised images 1, 0 and 1; inverted digits, 2.8 off, learn well."""
GAP = 0.10
"""Training minus validation accuracy. 4,000 digits give up to 0.04, 200 of them 0.14 and more."""
RISE = 1.15
"""Validation loss against the best so far."""

_STEPS_TO_JUDGE = 96
_EPOCHS_TO_JUDGE = 3


def overflow(evidence: Evidence) -> list[Hint]:
    """Return whether the run ended because a number became too large."""
    if not evidence.record.overflowed:
        return []
    step = evidence.record.recent[-1].step + 1 if evidence.record.recent else 1
    sentence = (
        f"In step {format_count(step)} the loss was no longer a number: the steps had become too large."
    )
    ways = remedies.those(remedies.slower_restart(evidence), remedies.clipping(evidence))
    return [Hint(Illness.OVERFLOW, None, sentence, ways)]


def normalisation(evidence: Evidence) -> list[Hint]:
    """Return whether the numbers that the first layer reads are far too large, or far from zero."""
    latest = evidence.record.latest
    if latest is None:
        return []
    mean, deviation = latest.health.input_mean, latest.health.input_deviation
    if not (
        math.hypot(mean, deviation) > LARGE_INPUT
        or deviation < FLAT_INPUT
        or abs(mean) > FAR_INPUT * deviation
    ):
        return []
    sentence = (
        f"The numbers that the network reads have the mean {format_short(mean)} and the deviation "
        f"{format_short(deviation)}; it learns best with about 0 and 1."
    )
    return [Hint(Illness.NORMALISATION, None, sentence, (Remedy("Restart standardised", standardise=True),))]


def rate_too_high(evidence: Evidence) -> list[Hint]:
    """Return whether steps are so large that the loss does not fall, or rises again."""
    record = evidence.record
    first, best, last = record.first_loss, record.best_loss, record.lasting_loss
    if first is None or best is None or last is None or record.steps < 3 * BLOCK:
        return []
    largest = record.largest_update
    stuck = last > 0.95 * evidence.chance_loss and largest > LARGE_UPDATE
    rose = last > 2 * best + 0.3 and last > first / 2
    if not stuck and not rose:
        return []
    if rose:
        seen = f"The loss had fallen to {format_short(best)} and is {format_short(last)} now"
    else:
        seen = f"The loss is {format_short(last)}, and guessing gives {format_short(evidence.chance_loss)}"
    sentence = (
        f"{seen}: with rate {format_rate(record.recent[-1].learning_rate)} a step changed a layer by up to "
        f"{format_percent(largest, 0)}, about 0.1 % is usual."
    )
    # Rates that ruined a run left weights that a small rate cannot mend; else the run can be saved.
    saved = remedies.live_rate(evidence, 0.1) if rose and last < first else None
    ways = remedies.those(saved, remedies.slower_restart(evidence))
    return [Hint(Illness.RATE_HIGH, None, sentence, ways)]


def rate_too_low(evidence: Evidence) -> list[Hint]:
    """Return whether steps are so small that the loss hardly falls."""
    record = evidence.record
    first, last = record.first_loss, record.last_loss
    if first is None or last is None or record.steps < _STEPS_TO_JUDGE or not record.recent_ratios:
        return []
    used = [step.learning_rate for step in record.recent][-_STEPS_TO_JUDGE:]
    # At the end of a schedule small steps are what is wanted, and before a live change they were others.
    if min(used) < 0.5 * evidence.hyperparameters.learning_rate:
        return []
    changes = np.median(record.recent_updates()[-_STEPS_TO_JUDGE // 4 :], axis=0)
    largest = float(changes.max())
    if largest >= SMALL_UPDATE or last < 0.6 * first:
        return []
    sentence = (
        f"In {format_count(record.steps)} steps the loss went only from {format_short(first)} to "
        f"{format_short(last)}: with rate {format_rate(used[-1])} a step changes no layer by more than "
        f"{format_percent(largest, 4)}, about 0.1 % is usual."
    )
    factor = min(USUAL_UPDATE / largest, 100.0) if largest > 0 else 100.0
    return [Hint(Illness.RATE_LOW, None, sentence, remedies.those(remedies.live_rate(evidence, factor)))]


def overfitting(evidence: Evidence) -> list[Hint]:
    """Return whether the network knows its training images by heart and others much worse."""
    epochs = evidence.epochs
    if len(epochs) < _EPOCHS_TO_JUDGE:
        return []
    now, best = epochs[-1], min(epochs, key=lambda epoch: epoch.validation_loss)
    gap = now.train_accuracy - now.validation_accuracy
    if gap >= GAP and now.validation_loss > 2 * now.train_loss:
        sentence = (
            f"{format_percent(now.train_accuracy)} of the training images are read rightly, but only "
            f"{format_percent(now.validation_accuracy)} of the validation images: the network learns its "
            "images by heart."
        )
    elif (
        now.epoch - best.epoch >= 2
        and now.validation_loss > RISE * best.validation_loss + 0.02
        and now.train_loss < best.train_loss
    ):
        sentence = (
            f"Since epoch {best.epoch} the validation loss has risen from "
            f"{format_short(best.validation_loss)} to {format_short(now.validation_loss)}, while the "
            f"training loss fell to {format_short(now.train_loss)}: more training makes it worse."
        )
    else:
        return []
    ways = remedies.those(
        remedies.augmented(evidence), remedies.dropping(evidence), remedies.decayed(evidence)
    )
    return [Hint(Illness.OVERFITTING, None, sentence, ways)]
