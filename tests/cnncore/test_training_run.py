"""Runs in progress: stopped anywhere and resumed they are the same to the last bit."""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnncore import (
    SGD,
    Adam,
    ArgumentError,
    Compose,
    Dataset,
    EpochDone,
    Evaluation,
    Flatten,
    Linear,
    ModelSpec,
    NamedVector,
    NonFiniteLossError,
    Optimizer,
    ReLU,
    Rotate,
    Sequential,
    ShapeError,
    Standardisation,
    StepDone,
    TrainingRun,
    TrainingState,
    cosine,
    evaluate,
    load_checkpoint,
    load_mnist_5k,
    one_cycle,
    save_checkpoint,
    tiny,
    train,
)
from cnncore.augment import Elastic, Noise

EPOCHS, BATCHES = 3, 4


@pytest.fixture(scope="module")
def digits() -> tuple[Dataset, Dataset]:
    train_set, validation_set = load_mnist_5k()
    return train_set.subset(range(100), "some"), validation_set.subset(range(40), "others")


def spec() -> ModelSpec:
    return replace(tiny(), standardisation=Standardisation((0.13,), (0.31,)))


class Case:
    """A run with everything that can be switched on."""

    optimizer: Optimizer

    def __init__(self, digits: tuple[Dataset, Dataset], kind: str, resume: Path | None = None) -> None:
        self.network: Sequential = spec().build(np.random.default_rng([5, 0]))
        parameters = self.network.parameters()
        options: dict[str, Any] = {"schedule": cosine}
        if kind == "Adam":
            self.optimizer = Adam(parameters, lr=0.02)
            options = {"augment": Compose([Rotate(10), Elastic(), Noise(0.05)]), "schedule": one_cycle}
        else:
            self.optimizer = SGD(parameters, lr=0.05, momentum=0.9)
        state = None
        # Another seed: what comes next must follow from the state alone.
        rng = np.random.default_rng([5, 1] if resume is None else 77)
        if resume is not None:
            checkpoint = load_checkpoint(resume)
            checkpoint.restore(self.network, self.optimizer)
            state = checkpoint.training
            assert state is not None
        self.run = train(
            self.network,
            *digits,
            self.optimizer,
            epochs=EPOCHS,
            batch_size=27,
            rng=rng,
            patience=2,
            resume=state,
            **options,
        )

    def save(self, path: Path) -> None:
        save_checkpoint(
            path, spec=spec(), network=self.network, optimizer=self.optimizer, training=self.run.state
        )

    def bits(self) -> list[Any]:
        arrays = self.network.state_dict() | self.optimizer.state_dict()
        state = self.run.state
        best = state.best
        return [
            {name: np.asarray(array).tobytes() for name, array in arrays.items()},
            state.to_dict(),
            best and {name: array.tobytes() for name, array in best.parameters.items()},
        ]


def results(events: list[StepDone | EpochDone]) -> list[Any]:
    """Everything an event tells apart from the time it took."""
    return [
        replace(event, seconds=0.0)
        if isinstance(event, StepDone)
        else (
            event.epoch,
            event.step,
            event.train_loss,
            event.train_accuracy,
            event.evaluation.losses.tobytes(),
        )
        for event in events
    ]


@pytest.mark.parametrize("kind", ["Adam", "SGD"])
def test_a_run_stopped_anywhere_goes_on_bit_for_bit(
    digits: tuple[Dataset, Dataset], tmp_path: Path, kind: str
) -> None:
    whole = Case(digits, kind)
    expected = results(list(whole.run))
    assert len(expected) == EPOCHS * (BATCHES + 1)
    rng = np.random.default_rng()
    stops = {0, BATCHES, BATCHES + 1, len(expected), *rng.integers(0, len(expected), 4).tolist()}
    for stop in stops:
        path = tmp_path / f"{stop}.npz"
        first = Case(digits, kind)
        events = [next(first.run) for _ in range(stop)]
        first.save(path)
        first.run.close()
        second = Case(digits, kind, resume=path)
        assert second.bits()[1:] == first.bits()[1:]
        events += list(second.run)
        assert results(events) == expected, f"stopped after event {stop}"
        assert second.bits() == whole.bits(), f"stopped after event {stop}"


def test_a_run_may_be_stopped_after_every_event(digits: tuple[Dataset, Dataset], tmp_path: Path) -> None:
    whole = Case(digits, "Adam")
    list(whole.run)
    path = tmp_path / "run.npz"
    case = Case(digits, "Adam")
    while next(case.run, None) is not None:
        case.save(path)
        case = Case(digits, "Adam", resume=path)
    assert case.bits() == whole.bits()


def test_the_state_before_the_first_event_is_the_beginning(digits: tuple[Dataset, Dataset]) -> None:
    case = Case(digits, "SGD")
    state = case.run.state
    assert (state.epoch, state.batch, state.step, state.batches) == (1, 0, 0, BATCHES)
    assert state.order_rng == state.rng == np.random.default_rng([5, 1]).bit_generator.state
    assert case.run.best is None


def test_a_step_that_fails_leaves_the_state_of_the_one_before(digits: tuple[Dataset, Dataset]) -> None:
    case = Case(digits, "Adam")
    next(case.run)
    before = case.run.state
    case.network.parameter_vector[0] = np.nan
    with pytest.raises(NonFiniteLossError):
        next(case.run)
    assert case.run.state is before


def make(digits: tuple[Dataset, Dataset], **options: Any) -> tuple[Sequential, TrainingRun]:
    network = tiny().build(np.random.default_rng(0))
    optimizer = Adam(network.parameters(), lr=0.01)
    settings = {"epochs": 8, "batch_size": 50, "rng": np.random.default_rng(1)} | options
    return network, train(network, *digits, optimizer, **settings)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A list of validation losses that the epochs of a run are said to have."""
    losses: list[float] = []

    def pretend(network: Sequential, dataset: Dataset) -> Evaluation:
        return replace(evaluate(network, dataset), loss=losses.pop(0))

    monkeypatch.setattr("cnncore.training_run.evaluate", pretend)
    return losses


def test_the_best_epoch_is_kept(digits: tuple[Dataset, Dataset], measured: list[float]) -> None:
    measured += [3.0, 1.0, 2.0, 1.0]
    network, run = make(digits, epochs=4)
    saved = [network.state_dict() for event in run if isinstance(event, EpochDone)]
    assert run.best is not None
    assert (run.best.epoch, run.best.step, run.best.loss) == (2, 4, 1.0)
    for name, array in run.best.parameters.items():
        np.testing.assert_array_equal(array, saved[1][name])
        assert (array != saved[3][name]).any()
    network.load_state_dict(run.best.parameters)
    assert evaluate(network, digits[1]).accuracy == run.best.accuracy


@pytest.mark.parametrize(
    ("losses", "patience", "epochs"),
    [
        ([3, 2, 2, 1, 1, 1, 1, 1], 2, 6),
        ([3, 2, 2, 1, 1, 1, 1, 1], 1, 3),
        ([8, 7, 6, 5, 4, 3, 2, 1], 1, 8),
        ([5, math.nan, 4, math.nan, math.nan, 1, 1, 1], 2, 5),
        ([math.inf, math.inf, 1, 1, 1, 1, 1, 1], 2, 2),
        ([1, 1, 1, 1, 1, 1, 1, 1], None, 8),
    ],
)
def test_a_run_ends_when_nothing_gets_better(
    digits: tuple[Dataset, Dataset],
    measured: list[float],
    losses: list[float],
    patience: int | None,
    epochs: int,
) -> None:
    measured += losses
    _, run = make(digits, patience=patience)
    assert len([event for event in run if isinstance(event, EpochDone)]) == epochs


def test_a_run_that_ended_early_does_not_go_on(
    digits: tuple[Dataset, Dataset], measured: list[float]
) -> None:
    measured += [1.0] * 8
    _, run = make(digits, patience=1)
    assert not run.has_ended
    list(run)
    assert run.has_ended
    assert list(make(digits, patience=1, resume=run.state)[1]) == []
    assert len(list(make(digits, resume=run.state)[1])) == 6 * 3


def test_when_a_run_is_trained_on_patience_counts_anew_and_the_best_stays(
    digits: tuple[Dataset, Dataset], measured: list[float]
) -> None:
    measured += [1.0, 2.0, 3.0, 4.0, 5.0]
    _, run = make(digits, patience=2)
    list(run)
    state = run.state
    assert state.epoch == 4
    _, more = make(digits, patience=2, first_epoch=4, first_step=state.step, resume=state)
    assert len([event for event in more if isinstance(event, EpochDone)]) == 2
    assert more.best is not None
    assert more.best.epoch == 1


def test_an_augmentation_changes_what_is_learned_but_not_what_is_measured(
    digits: tuple[Dataset, Dataset],
) -> None:
    seen: list[np.ndarray] = []

    def darken(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        seen.append(images)
        return images * 0

    _, run = make(digits, augment=darken, epochs=1)
    *steps, epoch = run
    assert len(seen) == 2
    assert seen[0].shape == (50, 1, 28, 28)
    # Black images have the same logits, so a batch's loss depends on its labels alone, and the bias learns.
    assert steps[0].loss == pytest.approx(math.log(10), abs=0.1)
    assert isinstance(epoch, EpochDone)
    assert np.ptp(epoch.evaluation.losses) > 0.1


def test_the_gradients_length_is_told(digits: tuple[Dataset, Dataset]) -> None:
    case = Case(digits, "SGD")
    before = case.network.parameter_vector.copy()
    step = next(case.run)
    assert isinstance(step, StepDone)
    moved = np.linalg.norm((case.network.parameter_vector - before).astype(np.float64))
    assert step.gradient_norm * step.learning_rate == pytest.approx(moved, rel=1e-3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 1.5}, "The number of epochs must be a whole number"),
        ({"batch_size": True}, "images in a batch must be a whole number"),
        ({"rng": 3}, r"not from 3"),
        ({"patience": 0}, "The patience"),
        ({"schedule": "cosine"}, "must be a function"),
        ({"augment": 0.5}, "must be a function"),
        ({"clip": 1.0}, "must be a function"),
        ({"first_epoch": 0}, "The first epoch"),
    ],
)
def test_wrong_arguments_are_refused_at_once(
    digits: tuple[Dataset, Dataset], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ArgumentError, match=message):
        make(digits, **options)


def test_what_is_no_network_optimizer_or_data_is_refused(digits: tuple[Dataset, Dataset]) -> None:
    network = tiny().build(np.random.default_rng(0))
    good: list[Any] = [network, *digits, Adam(network.parameters())]
    for position, name in enumerate(("network", "train_set", "validation_set", "optimizer")):
        arguments = [*good]
        arguments[position] = "x"
        with pytest.raises(ArgumentError, match=f"The {name} of a run must be"):
            train(*arguments, epochs=1, batch_size=1, rng=np.random.default_rng(0))


def test_images_and_classes_that_do_not_fit_are_refused_at_once(digits: tuple[Dataset, Dataset]) -> None:
    small = Dataset(digits[0].images[:, :, :20, :20], digits[0].labels, digits[0].class_names, "small")
    more = Dataset(digits[0].images, digits[0].labels, tuple("0123456789a"), "more")
    for wrong, message in ((small, "Linear"), (more, "more has 11 classes, but the network tells 10 apart")):
        for pair in ((wrong, digits[1]), (digits[0], wrong)):
            with pytest.raises(ShapeError, match=message):
                make(pair)


@pytest.mark.parametrize("factor", [math.nan, math.inf, -0.1, None, "1"])
def test_a_schedule_that_gives_no_factor_changes_nothing(
    digits: tuple[Dataset, Dataset], factor: Any
) -> None:
    network, run = make(digits, schedule=lambda step_index, steps: factor)
    before = network.parameter_vector.tobytes()
    with pytest.raises(ArgumentError, match="A schedule's factor must be a number"):
        next(run)
    assert network.parameter_vector.tobytes() == before


def test_a_state_of_another_run_is_refused(digits: tuple[Dataset, Dataset]) -> None:
    _, run = make(digits, epochs=2)
    for _ in range(4):
        next(run)
    state = run.state
    assert (state.epoch, state.batch, state.step) == (2, 1, 3)
    for options in ({"batch_size": 30}, {"epochs": 1, "first_epoch": 3}, {"first_step": 1}):
        with pytest.raises(ArgumentError, match="cannot go on in epoch 2 after batch 1"):
            make(digits, **({"epochs": 2} | options), resume=state)
    other = np.random.Generator(np.random.MT19937(3))
    with pytest.raises(ArgumentError, match="this one is a MT19937"):
        make(digits, epochs=2, rng=other, resume=state)


def test_gradients_are_clipped_before_the_step_and_told_as_they_were(digits: tuple[Dataset, Dataset]) -> None:
    def halve(grads: NamedVector) -> None:
        grads.vector *= 0.5

    def movement(**options: Any) -> tuple[np.ndarray, float]:
        network = tiny().build(np.random.default_rng(0))
        before = network.parameter_vector.copy()
        optimizer = SGD(network.parameters(), lr=0.1)
        rng = np.random.default_rng(1)
        step = next(train(network, *digits, optimizer, epochs=1, batch_size=50, rng=rng, **options))
        assert isinstance(step, StepDone)
        return network.parameter_vector - before, step.gradient_norm

    (whole, norm), (half, same_norm) = movement(), movement(clip=halve)
    np.testing.assert_allclose(half, 0.5 * whole, atol=1e-7)
    assert same_norm == norm


class Shaky(ReLU):
    """A layer that draws random numbers while it learns."""

    def initialize(self, rng: np.random.Generator, draw: object = None) -> None:
        self.rng = np.random.default_rng(rng.integers(2**32))

    def forward(self, x: np.ndarray, training: bool = False) -> tuple[np.ndarray, Any]:
        return super().forward(x + self.rng.normal() if training else x)


def test_generators_of_layers_go_on_as_well(digits: tuple[Dataset, Dataset], tmp_path: Path) -> None:
    def make_run(seed: int, resume: TrainingState | None = None) -> tuple[Sequential, TrainingRun]:
        layers = (Flatten(), Shaky(), Linear(784, 10))
        network = Sequential(layers, np.random.default_rng(seed))
        optimizer = SGD(network.parameters(), lr=0.1)
        rng = np.random.default_rng(1)
        return network, train(network, *digits, optimizer, epochs=2, batch_size=50, rng=rng, resume=resume)

    whole, run = make_run(0)
    list(run)
    first, run = make_run(0)
    for _ in range(4):
        next(run)
    state = TrainingState.from_dict(json.loads(json.dumps(run.state.to_dict())), {})
    assert set(state.layer_rngs) == {"1"}
    second, rest = make_run(5, replace(state, best=None))
    second.load_state_dict(first.state_dict())
    list(rest)
    assert second.parameter_vector.tobytes() == whole.parameter_vector.tobytes()
    with pytest.raises(ArgumentError, match="another network"):
        make(digits, epochs=2, resume=state)
