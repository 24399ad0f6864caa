"""Training runs that are healthy, and runs that really have an illness, for the tests of the hints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np

from cnncore import (
    DIGITS,
    MODELS,
    Dataset,
    LayerSpec,
    ModelSpec,
    NonFiniteLossError,
    Sequential,
    Standardisation,
    StepDone,
    choose_probe,
    colour,
    load_mnist_5k,
    load_shapes,
    measure_health,
)
from explorer.workbench.augmentation import Augmentation
from explorer.workbench.health.hint import Evidence, Hint, Illness, Remedy
from explorer.workbench.health.hints import find_hints
from explorer.workbench.health.record import HealthRecord
from explorer.workbench.history import EpochSummary
from explorer.workbench.live_run import LiveRun
from explorer.workbench.messages import RunPlan
from explorer.workbench.state import Hyperparameters

LOOK_EVERY = 40
"""Steps from one look for hints to the next: more often than on screen, where a look costs time."""


@dataclass(frozen=True)
class Case:
    """A run. `spoil` changes the network before the first step; `illness` is None for a healthy one."""

    name: str
    spec: ModelSpec
    settings: Hyperparameters
    illness: Illness | None = None
    data: Callable[[], tuple[Dataset, Dataset]] = field(default_factory=lambda: digits)
    spoil: Callable[[Sequential], object] | None = None


@cache
def digits() -> tuple[Dataset, Dataset]:
    return load_mnist_5k()


@cache
def shapes() -> tuple[Dataset, Dataset]:
    return load_shapes()


@cache
def faint_digits() -> tuple[Dataset, Dataset]:
    """Digits in 16 shades of a middle grey."""
    one, other = (replace(part, images=(part.images // 16 + 112).astype(np.uint8)) for part in digits())
    return one, other


@cache
def few_digits() -> tuple[Dataset, Dataset]:
    train_set, validation_set = digits()
    return train_set.subset(np.arange(0, 4000, 20), "200 digits"), validation_set


def first_hints(case: Case) -> dict[Illness, tuple[int, Hint]]:
    """Train as the program does and return the hints that ever came, each with the step at which it did."""
    train_set, validation_set = case.data()
    run = LiveRun(RunPlan(1, case.spec, case.settings, train_set, validation_set))
    if case.spoil is not None:
        case.spoil(run.network)
    probe = choose_probe(run.network, validation_set)
    record, epochs = HealthRecord(case.spec), list[EpochSummary]()
    found: dict[Illness, tuple[int, Hint]] = {}

    def look() -> None:
        evidence = Evidence(record, tuple(epochs), case.spec, case.settings)
        for hint in find_hints(evidence):
            found.setdefault(hint.illness, (record.steps, hint))

    try:
        for event in run.steps:
            if isinstance(event, StepDone):
                record.add_step(event)
            else:
                epochs.append(EpochSummary.of(event))
            if not isinstance(event, StepDone) or event.step % LOOK_EVERY == 1:
                record.add_measurement(event.step, measure_health(run.network, probe))
                look()
    except NonFiniteLossError:
        record.overflowed = True
        look()
    return found


def treated(case: Case, remedy: Remedy) -> Case:
    """Return the case as it begins again after a remedy."""
    spec, settings = remedy.spec or case.spec, remedy.hyperparameters or case.settings
    if remedy.learning_rate is not None:
        settings = replace(settings, learning_rate=remedy.learning_rate)
    if remedy.standardise:
        spec = replace(spec, standardisation=Standardisation.of(case.data()[0]))
    return replace(case, spec=spec, settings=settings, spoil=None)


def dense(kind: str, depth: int, width: int = 32, initialiser: str = "he") -> ModelSpec:
    """Return a network of dense layers with the same activation behind each."""
    layers = [LayerSpec("flatten", "flatten")]
    for number in range(1, depth + 1):
        layers.append(LayerSpec("linear", f"fc{number}", {"out_features": width}))
        layers.append(LayerSpec(kind, f"act{number}"))
    layers.append(LayerSpec("linear", "out", {"out_features": 10}))
    return ModelSpec("dense", "Dense", (1, 28, 28), tuple(layers), DIGITS, initialiser=initialiser)


def mapped(spec: ModelSpec, kind: str, **parts: object) -> ModelSpec:
    """Return a model with another activation instead of its ReLUs."""
    layers = tuple(LayerSpec(kind, layer.name) if layer.kind == "relu" else layer for layer in spec.layers)
    return replace(spec, layers=layers, **parts)


def with_norms_and_dropout() -> ModelSpec:
    conv1, relu1, conv2, relu2, *rest, last = MODELS["reference"]().layers
    norms = [LayerSpec("batchnorm2d", f"norm{number}") for number in (1, 2)]
    dropout = LayerSpec("dropout", "dropout", {"p": 0.3})
    layers = (conv1, norms[0], relu1, conv2, norms[1], relu2, *rest, dropout, last)
    return replace(MODELS["reference"](), layers=layers)


def standardised(spec: ModelSpec) -> ModelSpec:
    return replace(spec, standardisation=Standardisation.of(digits()[0]))


def scaled(factor: float) -> Callable[[Sequential], object]:
    """Return what multiplies all start values."""
    return lambda network: network.parameter_vector.__imul__(factor)


def sunk_biases(network: Sequential) -> None:
    for layer in network.layers:
        if "bias" in layer.parameters:
            layer.parameters["bias"][...] = -3


def _settings(optimizer: str, rate: float, epochs: int = 3, **more: object) -> Hyperparameters:
    return Hyperparameters(optimizer=optimizer, learning_rate=rate, epochs=epochs, **more)


def healthy() -> Sequence[Case]:
    """Return 24 runs: all built-in models, all optimizers and schedules, several seeds."""
    model = {name: make() for name, make in MODELS.items()}
    adam, sgd = _settings("Adam", 1e-3), _settings("SGD", 0.05)
    little = Augmentation(shift=2.0, rotate=10.0)
    return (
        Case("reference, Adam", model["reference"], replace(adam, epochs=5)),
        Case("reference, Adam, seed 17", model["reference"], replace(adam, seed=17)),
        Case("reference, Adam 0.0003", model["reference"], _settings("Adam", 3e-4)),
        Case(
            "reference, Adam 0.002, constant",
            model["reference"],
            _settings("Adam", 2e-3, schedule="constant"),
        ),
        Case("reference, AdamW", model["reference"], _settings("AdamW", 1e-3, seed=5, schedule="one-cycle")),
        Case(
            "reference, RMSprop", model["reference"], _settings("RMSprop", 1e-3, seed=8, schedule="constant")
        ),
        Case("reference, SGD 0.05", model["reference"], replace(sgd, epochs=5)),
        Case("reference, SGD 0.01, step", model["reference"], _settings("SGD", 0.01, schedule="step")),
        Case("reference, batch 128", model["reference"], replace(adam, batch_size=128, epochs=5)),
        Case("reference, batch 8", model["reference"], replace(adam, batch_size=8, epochs=1)),
        Case("reference, standardised", standardised(model["reference"]), replace(adam, seed=2)),
        Case("reference, norms and dropout", with_norms_and_dropout(), replace(adam, seed=4)),
        Case("reference, LeakyReLU", mapped(model["reference"], "leakyrelu"), replace(sgd, seed=6)),
        Case("reference, augmented", model["reference"], replace(adam, augmentation=little)),
        Case("mlp, Adam", model["mlp"], replace(adam, epochs=5)),
        Case("mlp, SGD, seed 9", model["mlp"], replace(sgd, seed=9)),
        Case("lenet5, Adam", model["lenet5"], replace(adam, seed=1)),
        Case("lenet5, SGD", model["lenet5"], replace(sgd, seed=1)),
        Case("lenet5, tanh, Glorot", mapped(model["lenet5"], "tanh", initialiser="glorot"), adam),
        Case("tiny, Adam", model["tiny"], replace(adam, epochs=5)),
        Case("tiny, RMSprop, seed 12", model["tiny"], _settings("RMSprop", 1e-3, seed=12)),
        Case("two sigmoids", dense("sigmoid", 2), _settings("Adam", 3e-3)),
        Case("eight ReLUs", dense("relu", 8), replace(adam, seed=13)),
        Case("coloured shapes, Adam", colour(), replace(adam, epochs=2), data=shapes),
    )


def ill() -> Sequence[Case]:
    """Return 33 runs with an illness, at least two for each."""
    model = {name: make() for name, make in MODELS.items()}
    adam, sgd = _settings("Adam", 1e-3, 2), _settings("SGD", 0.05, 2)
    constant = {"epochs": 1, "schedule": "constant"}
    raw = Standardisation((0.0,), (1 / 255,))
    return (
        Case(
            "weights 3 times, SGD",
            dense("relu", 8),
            _settings("SGD", 0.01, 1),
            Illness.OVERFLOW,
            spoil=scaled(3),
        ),
        Case(
            "weights 4 times, SGD",
            dense("relu", 6),
            _settings("SGD", 0.05, **constant),
            Illness.OVERFLOW,
            spoil=scaled(4),
        ),
        Case(
            "pixels from 0 to 255, MLP",
            replace(model["mlp"], standardisation=raw),
            adam,
            Illness.NORMALISATION,
        ),
        Case(
            "pixels from 0 to 255, SGD",
            replace(model["mlp"], standardisation=raw),
            sgd,
            Illness.NORMALISATION,
        ),
        Case(
            "pixels from 0 to 255, CNN",
            replace(model["reference"], standardisation=raw),
            adam,
            Illness.NORMALISATION,
        ),
        Case("faint digits, MLP", model["mlp"], adam, Illness.NORMALISATION, data=faint_digits),
        Case("faint digits, SGD", model["reference"], sgd, Illness.NORMALISATION, data=faint_digits),
        Case("reference, Adam 0.03", model["reference"], _settings("Adam", 0.03, **constant), Illness.DEAD),
        Case("mlp, Adam 0.1", model["mlp"], _settings("Adam", 0.1, **constant), Illness.DEAD),
        Case("lenet5, RMSprop 0.03", model["lenet5"], _settings("RMSprop", 0.03, **constant), Illness.DEAD),
        Case("biases of -3", model["reference"], replace(adam, epochs=1), Illness.DEAD, spoil=sunk_biases),
        Case("biases of -3, MLP", model["mlp"], replace(adam, epochs=1), Illness.DEAD, spoil=sunk_biases),
        Case(
            "sigmoids, weights 10 times",
            dense("sigmoid", 2),
            replace(adam, epochs=1),
            Illness.SATURATED,
            spoil=scaled(10),
        ),
        Case(
            "tanhs, weights 10 times",
            dense("tanh", 2),
            replace(adam, epochs=1),
            Illness.SATURATED,
            spoil=scaled(10),
        ),
        Case(
            "sigmoids, Adam 0.3", dense("sigmoid", 2), _settings("Adam", 0.3, **constant), Illness.SATURATED
        ),
        Case(
            "weights 4 times, Adam",
            dense("relu", 8),
            replace(adam, epochs=1),
            Illness.EXPLODING,
            spoil=scaled(4),
        ),
        Case(
            "weights 3 times, Adam",
            dense("relu", 6),
            replace(adam, epochs=1, seed=9),
            Illness.EXPLODING,
            spoil=scaled(3),
        ),
        Case("eight sigmoids, Adam", dense("sigmoid", 8), replace(adam, epochs=1), Illness.VANISHING),
        Case(
            "eight sigmoids, Glorot, SGD", dense("sigmoid", 8, initialiser="glorot"), sgd, Illness.VANISHING
        ),
        Case("five sigmoids, SGD", dense("sigmoid", 5), sgd, Illness.VANISHING),
        Case(
            "reference, Adam 0.1", model["reference"], _settings("Adam", 0.1, **constant), Illness.RATE_HIGH
        ),
        Case("reference, SGD 0.5", model["reference"], _settings("SGD", 0.5, **constant), Illness.RATE_HIGH),
        Case("mlp, Adam 1", model["mlp"], _settings("Adam", 1.0, **constant), Illness.RATE_HIGH),
        Case("mlp, SGD 1", model["mlp"], _settings("SGD", 1.0, **constant), Illness.RATE_HIGH),
        Case("tiny, SGD 2", model["tiny"], _settings("SGD", 2.0, **constant), Illness.RATE_HIGH),
        Case("tiny, Adam 0.3", model["tiny"], _settings("Adam", 0.3, **constant), Illness.RATE_HIGH),
        Case(
            "reference, Adam 1e-6", model["reference"], _settings("Adam", 1e-6, **constant), Illness.RATE_LOW
        ),
        Case(
            "reference, Adam 1e-5", model["reference"], _settings("Adam", 1e-5, **constant), Illness.RATE_LOW
        ),
        Case("reference, SGD 1e-4", model["reference"], _settings("SGD", 1e-4, **constant), Illness.RATE_LOW),
        Case("mlp, Adam 1e-5", model["mlp"], _settings("Adam", 1e-5, **constant), Illness.RATE_LOW),
        Case("tiny, SGD 1e-4", model["tiny"], _settings("SGD", 1e-4, **constant), Illness.RATE_LOW),
        Case(
            "200 digits, CNN",
            model["reference"],
            _settings("Adam", 1e-3, 30, schedule="constant"),
            Illness.OVERFITTING,
            data=few_digits,
        ),
        Case(
            "200 digits, MLP",
            model["mlp"],
            _settings("Adam", 1e-3, 30, schedule="constant"),
            Illness.OVERFITTING,
            data=few_digits,
        ),
    )
