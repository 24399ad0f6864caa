import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from cnncore import SGD, Adam, AdamW, ArgumentError, NamedVector, Optimizer, RMSprop, ShapeError
from cnncore.optim import BLOCK

KINDS = [SGD, RMSprop, Adam, AdamW]
SHAPES = {"a": (3, 2), "b": (4,)}


def parameters(seed: int = 0) -> NamedVector:
    return NamedVector(SHAPES, np.random.default_rng(seed).normal(size=10))


def gradients(step: int) -> NamedVector:
    return NamedVector(SHAPES, np.random.default_rng([7, step]).normal(size=10))


def test_sgd_by_hand() -> None:
    p = {"w": np.array([1.0])}
    optimizer = SGD(p, lr=0.1, momentum=0.5)
    optimizer.step({"w": np.array([2.0])})
    assert_allclose(p["w"], 1 - 0.1 * 2)
    optimizer.step({"w": np.array([-1.0])})
    assert_allclose(p["w"], 0.8 - 0.1 * (0.5 * 2 - 1))


def test_adam_by_its_equations() -> None:
    p = {"w": np.array([0.3, -2.0])}
    wanted, m, v = p["w"].copy(), np.zeros(2), np.zeros(2)
    optimizer = Adam(p, lr=0.01, betas=(0.8, 0.95), eps=1e-3)
    for t in range(1, 6):
        g = np.random.default_rng(t).normal(size=2)
        optimizer.step({"w": g})
        m, v = 0.8 * m + 0.2 * g, 0.95 * v + 0.05 * g**2
        wanted -= 0.01 * (m / (1 - 0.8**t)) / (np.sqrt(v / (1 - 0.95**t)) + 1e-3)
        assert_allclose(p["w"], wanted, rtol=1e-12)


def test_nesterov_by_hand() -> None:
    p = {"w": np.array([1.0])}
    optimizer = SGD(p, lr=0.1, momentum=0.5, nesterov=True)
    optimizer.step({"w": np.array([2.0])})
    assert_allclose(p["w"], 1 - 0.1 * (2 + 0.5 * 2))
    optimizer.step({"w": np.array([-1.0])})
    assert_allclose(p["w"], 0.7 - 0.1 * (-1 + 0.5 * (0.5 * 2 - 1)))


def test_rmsprop_by_its_equations() -> None:
    p = {"w": np.array([0.3, -2.0])}
    wanted, s, v = p["w"].copy(), np.zeros(2), np.zeros(2)
    optimizer = RMSprop(p, lr=0.01, alpha=0.9, eps=1e-3, momentum=0.4)
    for t in range(1, 6):
        g = np.random.default_rng(t).normal(size=2)
        optimizer.step({"w": g})
        s = 0.9 * s + 0.1 * g**2
        v = 0.4 * v + g / (np.sqrt(s) + 1e-3)
        wanted -= 0.01 * v
        assert_allclose(p["w"], wanted, rtol=1e-12)


@pytest.mark.parametrize("make", [lambda p, d: SGD(p, 0.1, 0.9, d), lambda p, d: Adam(p, weight_decay=d)])
def test_decay_is_a_part_of_the_gradient(make) -> None:
    decayed, by_hand = parameters(), parameters()
    one, other = make(decayed, 0.2), make(by_hand, 0.0)
    for step in range(4):
        one.step(gradients(step))
        other.step(NamedVector(SHAPES, gradients(step).vector + 0.2 * by_hand.vector))
    assert_allclose(decayed.vector, by_hand.vector, rtol=1e-12)


def test_decay_beside_the_gradient() -> None:
    decayed, by_hand = parameters(), parameters()
    one, other = AdamW(decayed, 0.05, weight_decay=0.3), Adam(by_hand, 0.05)
    for step in range(4):
        one.step(gradients(step), lr_scale=0.5)
        by_hand.vector *= 1 - 0.05 * 0.5 * 0.3
        other.step(gradients(step), lr_scale=0.5)
    assert_allclose(decayed.vector, by_hand.vector, rtol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_one_vector_or_single_arrays(kind: type[Optimizer]) -> None:
    whole = parameters()
    single = {name: array.copy() for name, array in whole.items()}
    mixed = parameters()
    optimizers = kind(whole, lr=0.1), kind(single, lr=0.1), kind(mixed, lr=0.1)
    for step in range(3):
        optimizers[0].step(gradients(step))
        optimizers[1].step(dict(gradients(step)))
        optimizers[2].step(dict(gradients(step)))
    for name in SHAPES:
        assert_array_equal(whole[name], single[name])
        assert_array_equal(whole[name], mixed[name])


def test_more_numbers_than_a_block() -> None:
    rng = np.random.default_rng(0)
    p = {"w": rng.normal(size=2 * BLOCK + 5)}
    before, g = p["w"].copy(), rng.normal(size=2 * BLOCK + 5)
    Adam(p, lr=0.5, eps=1e-15).step({"w": g})
    # The first step of Adam has the length of the learning rate.
    assert_allclose(p["w"], before - 0.5 * np.sign(g), atol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_the_factor_of_a_schedule_scales_one_step(kind: type[Optimizer]) -> None:
    one, other = parameters(), parameters()
    optimizer = kind(one, lr=0.5)
    optimizer.step(gradients(0), lr_scale=0.2)
    kind(other, lr=0.1).step(gradients(0))
    assert_allclose(one.vector, other.vector, rtol=1e-14)
    assert optimizer.lr == 0.5


@pytest.mark.parametrize(
    "make",
    [
        lambda p: SGD(p, 0.1, momentum=0.9, nesterov=True),
        lambda p: RMSprop(p, 0.1, momentum=0.5),
        lambda p: Adam(p, 0.1),
        lambda p: AdamW(p, 0.1),
    ],
)
def test_a_restored_optimizer_goes_on_bit_for_bit(make) -> None:
    p = parameters()
    optimizer = make(p)
    optimizer.step(gradients(0))
    optimizer.step(gradients(1))
    optimizer.lr = 0.05
    copy, state = NamedVector(SHAPES, p.vector.copy()), optimizer.state_dict()
    restored = make(copy)
    restored.load_state_dict(state)
    optimizer.step(gradients(2))
    restored.step(gradients(2))
    assert restored.lr == 0.05
    assert_array_equal(p.vector, copy.vector)


def test_a_wrong_state_changes_nothing() -> None:
    optimizer = Adam(parameters(), lr=0.1)
    optimizer.step(gradients(0))
    before = optimizer.state_dict()
    with pytest.raises(ShapeError, match="Adam needs step"):
        optimizer.load_state_dict(SGD(parameters(), lr=0.2).state_dict())
    with pytest.raises(ShapeError, match=r"mean of shape \(10,\), got shape \(3,\)"):
        optimizer.load_state_dict(before | {"mean": np.zeros(3)})
    with pytest.raises(ArgumentError):
        optimizer.load_state_dict(before | {"lr": np.array(math.nan)})
    for name, array in optimizer.state_dict().items():
        assert_array_equal(array, before[name])


@pytest.mark.parametrize("rate", [0, -1, 11, 1e9, math.nan, math.inf])
@pytest.mark.parametrize("kind", KINDS)
def test_learning_rates_that_make_no_sense(kind: type[Optimizer], rate: float) -> None:
    with pytest.raises(ArgumentError, match="learning rate"):
        kind(parameters(), lr=rate)
    optimizer = kind(parameters(), lr=1.0)
    with pytest.raises(ArgumentError, match="learning rate"):
        optimizer.lr = rate
    assert optimizer.lr == 1.0


@pytest.mark.parametrize(
    "make",
    [
        lambda p: SGD(p, 0.1, momentum=1.0),
        lambda p: SGD(p, 0.1, momentum=-0.1),
        lambda p: SGD(p, 0.1, nesterov=True),
        lambda p: SGD(p, 0.1, weight_decay=-1),
        lambda p: RMSprop(p, alpha=1),
        lambda p: RMSprop(p, eps=0),
        lambda p: RMSprop(p, momentum=math.nan),
        lambda p: AdamW(p, weight_decay=math.inf),
        lambda p: Adam(p, betas=(1.0, 0.9)),
        lambda p: Adam(p, betas=(0.9, math.nan)),
        lambda p: Adam(p, eps=0),
        lambda p: Adam({}),
        lambda p: Adam({"w": np.zeros((4, 4))[:, ::2]}),
    ],
)
def test_other_arguments_that_make_no_sense(make) -> None:
    with pytest.raises(ArgumentError):
        make(parameters())


def test_wrong_gradients_change_nothing() -> None:
    p = parameters()
    optimizer, before = Adam(p), p.vector.copy()
    with pytest.raises(ShapeError, match="gradients for a, b are needed, got a"):
        optimizer.step({"a": np.zeros((3, 2))})
    with pytest.raises(ShapeError, match=r"b has shape \(4,\), its gradient \(5,\)"):
        optimizer.step({"a": np.zeros((3, 2)), "b": np.zeros(5)})
    assert_array_equal(p.vector, before)
    assert optimizer.state_dict()["step"] == 0
