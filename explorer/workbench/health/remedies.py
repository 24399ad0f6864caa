"""What may help a run that is ill, as data that a button can carry."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace

from cnncore import LayerSpec, ModelSpec, SpecError
from explorer.numbers import format_rate

from ..augmentation import Augmentation
from ..state import LEARNING_RATE_RANGE, Hyperparameters
from .hint import Evidence, Remedy

BEARABLE_UPDATE = 0.01
"""Largest change of a layer in a step, against its size, that healthy runs begin with."""

_CURVES = ("sigmoid", "tanh", "arctan")


def rounded_rate(rate: float) -> float:
    """Return the next lower of 1, 2, 3 and 5 times a power of ten, within what a rate may be."""
    low, high = LEARNING_RATE_RANGE
    rate = min(max(rate, low), high)
    power = math.floor(math.log10(rate) + 1e-9)
    digit = max(digit for digit in (1, 2, 3, 5) if digit <= rate / 10.0**power + 1e-9)
    return float(f"{digit}e{power}")


def live_rate(evidence: Evidence, factor: float) -> Remedy | None:
    """Return the present rate times about `factor`, from the next batch on; None when that is the same."""
    rate = rounded_rate(evidence.hyperparameters.learning_rate * factor)
    if rate == evidence.hyperparameters.learning_rate:
        return None
    return Remedy(f"Use rate {format_rate(rate)} from now on", learning_rate=rate)


def restart(evidence: Evidence, label: str, **changes: object) -> Remedy | None:
    """Return the settings with `changes`; None when they have them already."""
    settings = replace(evidence.hyperparameters, **changes)
    if settings == evidence.hyperparameters:
        return None
    return Remedy(f"Restart {label}", hyperparameters=settings)


def slower_restart(evidence: Evidence) -> Remedy | None:
    """Return a beginning anew with a tenth of the rate, or with what would have made bearable steps."""
    largest = evidence.record.largest_update
    factor = 0.1 if largest <= 0 else min(0.1, max(BEARABLE_UPDATE / largest, 1e-4))
    rate = rounded_rate(evidence.hyperparameters.learning_rate * factor)
    return restart(evidence, f"with rate {format_rate(rate)}", learning_rate=rate)


def clipping(evidence: Evidence) -> Remedy | None:
    """Return a beginning anew with gradients of a length of at most 1."""
    return None if evidence.hyperparameters.clip_norm else restart(evidence, "with clipping", clip_norm=1.0)


def leaky(evidence: Evidence) -> Remedy | None:
    """Return the network with LeakyReLUs in the place of its ReLUs; None when it has none."""
    spec = evidence.spec
    return _with_layers(
        spec,
        "Restart with LeakyReLU",
        lambda: _mapped(spec, lambda index: spec.layers[index].kind == "relu", "leakyrelu"),
    )


def straightened(evidence: Evidence) -> Remedy | None:
    """Return the network with ReLUs instead of sigmoids, tanhs and arctans; None when it has none."""
    spec = evidence.spec
    return _with_layers(
        spec,
        "Restart with ReLU",
        lambda: _mapped(spec, lambda index: spec.layers[index].kind in _CURVES, "relu"),
    )


def normed(evidence: Evidence) -> Remedy | None:
    """Return the network with a batch norm behind each convolution; None when it has some, or none fit."""
    layers = evidence.spec.layers
    if any(layer.kind == "batchnorm2d" for layer in layers):
        return None

    def made() -> tuple[LayerSpec, ...]:
        found: list[LayerSpec] = []
        for layer in layers:
            found.append(layer)
            if layer.kind == "conv2d":
                found.append(LayerSpec("batchnorm2d", _free(f"norm_{layer.name}", layers)))
        return tuple(found)

    return _with_layers(evidence.spec, "Restart with batch norm", made)


def drawn(evidence: Evidence, initialiser: str, title: str) -> Remedy | None:
    """Return the network with start values of another size."""
    if evidence.spec.initialiser == initialiser:
        return None
    return Remedy(f"Restart with {title} start values", spec=replace(evidence.spec, initialiser=initialiser))


def dropping(evidence: Evidence) -> Remedy | None:
    """Return the network with a dropout before its last layer; None when it has one anywhere."""
    layers = evidence.spec.layers
    if any(layer.kind == "dropout" for layer in layers) or layers[-1].kind != "linear":
        return None
    dropout = LayerSpec("dropout", _free("dropout", layers), {"p": 0.5})
    return _with_layers(evidence.spec, "Restart with dropout", lambda: (*layers[:-1], dropout, layers[-1]))


def augmented(evidence: Evidence) -> Remedy | None:
    """Return a beginning anew with images that are shifted, turned and scaled a little each time."""
    if not evidence.hyperparameters.augmentation.is_none:
        return None
    little = Augmentation(shift=2.0, rotate=10.0, scale=0.1)
    return restart(evidence, "with augmentation", augmentation=little)


def decayed(evidence: Evidence) -> Remedy | None:
    """Return a beginning anew with weight decay, as much as is usual for the optimizer."""
    settings: Hyperparameters = evidence.hyperparameters
    if settings.weight_decay:
        return None
    decay = 0.05 if settings.optimizer == "AdamW" else 5e-4
    return restart(evidence, f"with weight decay {format_rate(decay)}", weight_decay=decay)


def those(*remedies: Remedy | None) -> tuple[Remedy, ...]:
    """Return the remedies there are."""
    return tuple(remedy for remedy in remedies if remedy is not None)


def _mapped(spec: ModelSpec, which: Callable[[int], bool], kind: str) -> tuple[LayerSpec, ...]:
    return tuple(
        LayerSpec(kind, layer.name) if which(index) else layer for index, layer in enumerate(spec.layers)
    )


def _with_layers(spec: ModelSpec, label: str, make: Callable[[], tuple[LayerSpec, ...]]) -> Remedy | None:
    """Return the network with other layers, None where they are the same or no network."""
    try:
        other = replace(spec, layers=make())
    except SpecError:
        return None
    return None if other == spec else Remedy(label, spec=other)


def _free(name: str, layers: Iterable[LayerSpec]) -> str:
    """Return a name that no layer has yet."""
    taken = {layer.name for layer in layers}
    candidates = [name[:28], *(f"{name[:28]}_{number}" for number in range(2, 100))]
    return next(candidate for candidate in candidates if candidate not in taken)
