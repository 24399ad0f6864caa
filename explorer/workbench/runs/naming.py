"""Names and colours that a new run gets by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import fields

from cnncore import ModelSpec

from ..state import Hyperparameters
from .record import COLOURS, RunRecord, clean_name

_MOST_PARTS = 2
_IN_NAME = ("optimizer", "learning_rate")
_FIRST = ("seed", "batch_size", "schedule", "epochs")
_WORDS = {"batch_size": "batch", "weight_decay": "decay", "label_smoothing": "smoothing", "clip_norm": "clip"}
_ADAM = ("Adam", "AdamW")
_ONLY_FOR = {
    "momentum": ("SGD",),
    "nesterov": ("SGD",),
    "beta1": _ADAM,
    "beta2": _ADAM,
    "alpha": ("RMSprop",),
}


def automatic_name(spec: ModelSpec, hyperparameters: Hyperparameters, others: Iterable[RunRecord]) -> str:
    """Return a name that says what is special about a run: "adam 1e-3", then "adam 1e-3, seed 4".

    Parameters
    ----------
    spec, hyperparameters
        What the run is made with.
    others : iterable of RunRecord
        The runs that are there, the newest first.
    """
    others = list(others)
    name = base_name(hyperparameters)
    alike = [run for run in others if base_name(run.hyperparameters) == name]
    if alike:
        parts = _differences(spec, hyperparameters, alike[0])
        name = clean_name(", ".join([name, *parts[:_MOST_PARTS]]))
    return unused_name(name, others)


def unused_name(name: str, others: Iterable[RunRecord]) -> str:
    """Return `name`, with a number when another run has it."""
    used = {run.name for run in others}
    number, found = 1, name
    while found in used:
        number += 1
        found = f"{clean_name(name)[:50]} ({number})"
    return found


def base_name(hyperparameters: Hyperparameters) -> str:
    """Return the optimizer and the learning rate, as short as they can be written: "sgd 0.05"."""
    return f"{hyperparameters.optimizer.lower()} {_rate(hyperparameters.learning_rate)}"


def _rate(value: float) -> str:
    if value >= 0.01:
        return f"{value:.4g}"
    mantissa, exponent = f"{value:.2e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"


def _differences(spec: ModelSpec, hyperparameters: Hyperparameters, other: RunRecord) -> list[str]:
    parts = [] if spec.layers == other.spec.layers else [spec.title]
    names = [field.name for field in fields(Hyperparameters) if field.name not in (*_IN_NAME, *_FIRST)]
    for name in (*_FIRST, *names):
        if hyperparameters.optimizer not in _ONLY_FOR.get(name, (hyperparameters.optimizer,)):
            continue
        value = getattr(hyperparameters, name)
        if value != getattr(other.hyperparameters, name):
            parts.append(_part(name, value))
    return parts


def _part(name: str, value: object) -> str:
    word = _WORDS.get(name, name.replace("_", " "))
    if name == "schedule":
        return str(value)
    if isinstance(value, bool):
        return word if value else f"no {word}"
    if isinstance(value, int | float):
        return f"{word} {value:.4g}" if isinstance(value, float) else f"{word} {value}"
    return word


def free_colour(others: Iterable[RunRecord]) -> str:
    """Return the colour that the fewest of the runs in view have, else the fewest of all."""
    others = list(others)
    shown = Counter(run.colour for run in others if run.visible)
    every = Counter(run.colour for run in others)
    return min(COLOURS, key=lambda colour: (shown[colour], every[colour]))
