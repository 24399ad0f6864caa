"""Training runs: generators that can be repeated, paused, cancelled, and that stop before damage is done."""

import math
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import pytest

from cnncore import (
    SGD,
    Adam,
    ArgumentError,
    BatchNorm2d,
    Conv2d,
    Dataset,
    EpochDone,
    Flatten,
    Linear,
    NonFiniteLossError,
    Sequential,
    StepDone,
    TrainingRun,
    constant,
    cosine,
    cross_entropy,
    evaluate,
    load_mnist_5k,
    reference,
    tiny,
    trace,
    train,
)


@pytest.fixture(scope="module")
def digits() -> tuple[Dataset, Dataset]:
    train_set, validation_set = load_mnist_5k()
    return train_set.subset(range(100), "some"), validation_set.subset(range(40), "others")


class Run:
    """A network with its optimizer and the run that trains it."""

    def __init__(self, digits: tuple[Dataset, Dataset], seed: int = 3, **options: object) -> None:
        self.network = tiny().build(np.random.default_rng([seed, 0]))
        self.optimizer = Adam(self.network.parameters(), lr=1e-2)
        rng = np.random.default_rng([seed, 1])
        settings = {"epochs": 2, "batch_size": 32, "rng": rng} | options
        self.events: TrainingRun = train(self.network, *digits, self.optimizer, **settings)

    def finish(self) -> list[StepDone | EpochDone]:
        return list(self.events)


def what_was_computed(events: list[StepDone | EpochDone]) -> list[tuple[float, ...]]:
    steps = [event for event in events if isinstance(event, StepDone)]
    epochs = [event for event in events if isinstance(event, EpochDone)]
    return [(step.loss, step.accuracy, step.learning_rate) for step in steps] + [
        (epoch.train_loss, epoch.train_accuracy, epoch.evaluation.loss, epoch.evaluation.accuracy)
        for epoch in epochs
    ]


def test_events_count_steps_batches_and_epochs(digits: tuple[Dataset, Dataset]) -> None:
    events = Run(digits).finish()
    kinds = [type(event) for event in events]
    assert kinds == [StepDone] * 4 + [EpochDone] + [StepDone] * 4 + [EpochDone]
    steps = [event for event in events if isinstance(event, StepDone)]
    assert [step.step for step in steps] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [(step.epoch, step.batch, step.batches) for step in steps] == [
        (epoch, batch, 4) for epoch in (1, 2) for batch in (1, 2, 3, 4)
    ]
    assert [step.images for step in steps] == [32, 32, 32, 4] * 2
    assert all(step.seconds > 0 for step in steps)
    assert [(event.epoch, event.step) for event in (events[4], events[9])] == [(1, 4), (2, 8)]


def test_an_epoch_sums_up_its_steps(digits: tuple[Dataset, Dataset]) -> None:
    run = Run(digits, epochs=1)
    *steps, epoch = run.finish()
    assert epoch.train_loss == pytest.approx(sum(step.loss * step.images for step in steps) / 100)
    assert epoch.train_accuracy == pytest.approx(sum(step.accuracy * step.images for step in steps) / 100)
    own = evaluate(run.network, digits[1])
    assert (epoch.evaluation.loss, epoch.evaluation.accuracy) == (own.loss, own.accuracy)


def test_a_step_is_what_the_parts_compute(digits: tuple[Dataset, Dataset]) -> None:
    run, other = Run(digits), Run(digits)
    step = next(run.events)
    indices = np.random.default_rng([3, 1]).permutation(100)[:32]
    logits, caches = other.network.forward(digits[0].pixels(indices), training=True)
    loss, dlogits = cross_entropy(logits, digits[0].labels[indices])
    other.optimizer.step(other.network.backward(dlogits, caches)[1])
    assert step.loss == loss
    assert step.accuracy == np.mean(logits.argmax(axis=1) == digits[0].labels[indices])
    np.testing.assert_allclose(run.network.parameter_vector, other.network.parameter_vector, rtol=1e-6)


def test_the_same_seed_gives_the_same_run_bit_for_bit(digits: tuple[Dataset, Dataset]) -> None:
    one, other = Run(digits), Run(digits)
    assert what_was_computed(one.finish()) == what_was_computed(other.finish())
    assert one.network.parameter_vector.tobytes() == other.network.parameter_vector.tobytes()
    third = Run(digits, seed=4)
    assert what_was_computed(third.finish()) != what_was_computed(Run(digits).finish())


def test_other_work_between_steps_changes_nothing(digits: tuple[Dataset, Dataset]) -> None:
    plain = Run(digits)
    expected = what_was_computed(plain.finish())
    watched, another = Run(digits), Run(digits, seed=9, epochs=9)
    events = []
    for event in watched.events:
        events.append(event)
        next(another.events)
        trace(watched.network, digits[1].pixels([0])[0], 5)
        evaluate(watched.network, digits[1])
        np.random.default_rng(0).random(7)
    assert what_was_computed(events) == expected
    assert watched.network.parameter_vector.tobytes() == plain.network.parameter_vector.tobytes()


def test_nothing_happens_before_the_first_pull_or_after_closing(digits: tuple[Dataset, Dataset]) -> None:
    run = Run(digits)
    start = run.network.parameter_vector.copy()
    np.testing.assert_array_equal(run.network.parameter_vector, start)
    next(run.events)
    after = run.network.parameter_vector.copy()
    assert (after != start).any()
    run.events.close()
    with pytest.raises(StopIteration):
        next(run.events)
    np.testing.assert_array_equal(run.network.parameter_vector, after)


def test_the_learning_rate_may_change_between_steps(digits: tuple[Dataset, Dataset]) -> None:
    run = Run(digits)
    assert next(run.events).learning_rate == 1e-2
    run.optimizer.lr = 5e-3
    assert next(run.events).learning_rate == 5e-3


def test_a_schedule_scales_the_rate_of_each_step(digits: tuple[Dataset, Dataset]) -> None:
    asked = []

    def halves(step_index: int, steps: int) -> float:
        asked.append((step_index, steps))
        return 0.5**step_index

    run = Run(digits, schedule=halves)
    rates = [event.learning_rate for event in run.events if isinstance(event, StepDone)]
    assert asked == [(index, 8) for index in range(8)]
    assert rates == [1e-2 * 0.5**index for index in range(8)]


def test_a_factor_moves_the_parameters_less(digits: tuple[Dataset, Dataset]) -> None:
    def movement(factor: float) -> np.ndarray:
        run = Run(digits, schedule=lambda step_index, steps: factor)
        start = run.network.parameter_vector.copy()
        next(run.events)
        return run.network.parameter_vector - start

    np.testing.assert_allclose(movement(0.25), 0.25 * movement(1.0), atol=2e-7)


def test_a_run_goes_on_where_another_ended(digits: tuple[Dataset, Dataset]) -> None:
    whole = Run(digits, epochs=3)
    expected = what_was_computed(whole.finish())
    rng = np.random.default_rng([3, 1])
    run = Run(digits, epochs=1, rng=rng)
    first = run.finish()
    rest = train(
        run.network, *digits, run.optimizer, epochs=2, batch_size=32, rng=rng, first_epoch=2, first_step=4
    )
    events = [*first, *rest]
    assert what_was_computed(events) == expected
    assert [event.step for event in events if isinstance(event, StepDone)] == list(range(1, 13))
    assert [event.epoch for event in events if isinstance(event, EpochDone)] == [1, 2, 3]


@pytest.mark.parametrize(
    "options",
    [{"epochs": 0}, {"batch_size": 0}, {"batch_size": -1}, {"first_epoch": 0}, {"first_step": -1}],
)
def test_numbers_out_of_range_are_refused_at_once(digits: tuple[Dataset, Dataset], options: dict) -> None:
    with pytest.raises(ArgumentError):
        Run(digits, **options)


def test_nothing_to_train_on_is_refused_at_once(digits: tuple[Dataset, Dataset]) -> None:
    nothing = digits[0].subset([], "nothing")
    for sets in ((nothing, digits[1]), (digits[0], nothing)):
        with pytest.raises(ArgumentError, match="at least one image"):
            Run(sets)


def spoil_the_weights(network: Sequential) -> None:
    network.parameter_vector[0] = np.nan


def overflow_the_logits(network: Sequential) -> None:
    network.parameter_vector[...] = 1e20


def overflow_the_gradient(network: Sequential) -> None:
    # The loss is finite, but the gradient of the first weight goes through weights of this size.
    parameters = network.parameters()
    network.parameter_vector[...] = 0
    parameters["0.bias"][...] = 1e-30
    parameters["3.weight"][...] = np.linspace(-1, 1, 10, dtype=np.float32)[:, None] * 3e25


@pytest.mark.parametrize(
    ("damage", "finite"),
    [(spoil_the_weights, False), (overflow_the_logits, False), (overflow_the_gradient, True)],
)
def test_a_run_that_diverges_stops_before_the_parameters_change(
    digits: tuple[Dataset, Dataset], damage: Callable[[Sequential], None], finite: bool
) -> None:
    run = Run(digits)
    next(run.events)
    damage(run.network)
    before, moments = run.network.parameter_vector.tobytes(), run.optimizer.state_dict()
    with pytest.raises(NonFiniteLossError, match="at step 2; a smaller learning rate") as info:
        next(run.events)
    assert info.value.step == 2
    assert math.isfinite(info.value.loss) == finite
    assert run.network.parameter_vector.tobytes() == before
    for name, value in run.optimizer.state_dict().items():
        np.testing.assert_array_equal(value, moments[name])


def test_a_rate_far_too_high_ends_in_an_error_and_finite_parameters(digits: tuple[Dataset, Dataset]) -> None:
    # Without an activation that could die, weights feed each other's gradients without end.
    layers = (Flatten(), Linear(784, 16), Linear(16, 16), Linear(16, 10))
    network = Sequential(layers, np.random.default_rng(0))
    optimizer = SGD(network.parameters(), lr=10.0, momentum=0.9)
    rng = np.random.default_rng(1)
    with pytest.raises(NonFiniteLossError) as info:
        for _ in train(network, *digits, optimizer, epochs=50, batch_size=10, rng=rng):
            pass
    assert info.value.step > 1
    assert np.isfinite(network.parameter_vector).all()


def every_default(seed: int) -> Iterator[StepDone | EpochDone]:
    network = reference().build(np.random.default_rng([seed, 0]))
    optimizer = Adam(network.parameters(), lr=1e-3)
    rng = np.random.default_rng([seed, 1])
    return train(network, *load_mnist_5k(), optimizer, epochs=1, batch_size=32, rng=rng, schedule=cosine)


def test_one_epoch_of_the_built_in_digits_learns_most_of_them() -> None:
    *_, epoch = every_default(seed=3)
    assert isinstance(epoch, EpochDone)
    assert epoch.evaluation.accuracy > 0.88
    assert epoch.train_loss < 1


def test_no_schedule_is_a_constant_one(digits: tuple[Dataset, Dataset]) -> None:
    plain, constant_one = Run(digits), Run(digits, schedule=constant)
    assert what_was_computed(plain.finish()) == what_was_computed(constant_one.finish())


def test_another_loss_can_be_lowered(digits) -> None:
    losses = []
    for loss in (cross_entropy, partial(cross_entropy, label_smoothing=0.5)):
        network = tiny().build(np.random.default_rng(0))
        run = train(
            network,
            *digits,
            SGD(network.parameters(), lr=0.1),
            epochs=1,
            batch_size=32,
            rng=np.random.default_rng(0),
            loss=loss,
        )
        losses.append(next(run).loss)
        run.close()
    assert losses[0] != losses[1]


def test_a_last_batch_of_one_image_is_refused_where_nothing_could_be_measured(digits) -> None:
    layers = [Conv2d(1, 10, 28), BatchNorm2d(10), Flatten()]
    network = Sequential(layers, np.random.default_rng(0))
    arguments = {"epochs": 1, "rng": np.random.default_rng(0)}
    images, validation_set = digits[0].subset(range(21), "some"), digits[1]
    optimizer = SGD(network.parameters(), lr=0.1)
    with pytest.raises(ArgumentError, match=r"last of 21 images is alone, and BatchNorm2d\(10"):
        train(network, images, validation_set, optimizer, batch_size=10, **arguments)
    train(network, images, validation_set, optimizer, batch_size=9, **arguments).close()


@pytest.mark.parametrize(
    "parameters",
    [
        lambda network: tiny_network(seed=1).parameters(),
        lambda network: {name: array.copy() for name, array in network.parameters().items()},
        lambda network: {"0.weight": network.parameters()["0.weight"]},
    ],
    ids=["of another network", "copies", "only some"],
)
def test_an_optimizer_of_other_parameters_is_refused(
    digits: tuple[Dataset, Dataset], parameters: Callable[[Sequential], dict[str, np.ndarray]]
) -> None:
    network, rng = tiny_network(seed=0), np.random.default_rng(0)
    own = SGD(dict(network.parameters()), lr=0.1)
    assert len(list(train(network, *digits, own, epochs=1, batch_size=100, rng=rng))) > 1
    other = SGD(parameters(network), lr=0.1)
    with pytest.raises(ArgumentError, match="The optimizer moves the parameters of another network"):
        train(network, *digits, other, epochs=1, batch_size=100, rng=rng)


def tiny_network(seed: int) -> Sequential:
    return tiny().build(np.random.default_rng(seed))
