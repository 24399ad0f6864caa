"""Steps of optimizers, taken apart: what is shown of a step is what the step then does."""

import math

import numpy as np
import pytest

from cnncore import SGD, Adam, AdamW, ArgumentError, NamedVector, Optimizer, RMSprop
from cnncore.explain_update import explain_update

SHAPES = {"0.weight": (3, 2, 2, 1), "0.bias": (3,), "3.weight": (2, 4)}
PLACES = [(name, place) for name, shape in SHAPES.items() for place in np.ndindex(shape)]

MAKERS = {
    "SGD": lambda p: SGD(p, 0.1),
    "SGD with decay": lambda p: SGD(p, 0.07, weight_decay=0.03),
    "momentum": lambda p: SGD(p, 0.1, momentum=0.9),
    "momentum with decay": lambda p: SGD(p, 0.1, momentum=0.7, weight_decay=1e-4),
    "Nesterov": lambda p: SGD(p, 0.3, momentum=0.9, nesterov=True),
    "Nesterov with decay": lambda p: SGD(p, 0.01, momentum=0.95, weight_decay=5e-4, nesterov=True),
    "RMSprop": lambda p: RMSprop(p, 0.01),
    "RMSprop with decay": lambda p: RMSprop(p, 0.003, alpha=0.9, eps=1e-3, weight_decay=0.1),
    "RMSprop with momentum": lambda p: RMSprop(p, 0.02, alpha=0.95, momentum=0.9),
    "RMSprop with all": lambda p: RMSprop(p, 0.02, alpha=0.8, eps=1e-6, weight_decay=0.2, momentum=0.3),
    "Adam": Adam,
    "Adam with decay": lambda p: Adam(p, 0.02, (0.8, 0.99), 1e-4, weight_decay=0.01),
    "Adam without memory": lambda p: Adam(p, 0.5, (0.0, 0.0), 1e-3),
    "AdamW": AdamW,
    "AdamW with much decay": lambda p: AdamW(p, 0.3, (0.9, 0.99), weight_decay=0.9),
    "AdamW without decay": lambda p: AdamW(p, weight_decay=0.0),
}


def parameters(rng, dtype=np.float32, single=False):
    whole = NamedVector(SHAPES, rng.normal(0, rng.choice([1e-3, 1, 30]), 23).astype(dtype))
    return {name: array.copy() for name, array in whole.items()} if single else whole


def gradients(rng, dtype=np.float32):
    """Small and large ones, and some that are zero."""
    vector = rng.normal(size=23) * 10.0 ** rng.integers(-9, 3, 23)
    vector[rng.integers(23, size=3)] = 0
    return NamedVector(SHAPES, vector.astype(dtype))


def explain_all(optimizer, grads, lr_scale):
    return [
        explain_update(optimizer, name, place, grads[name][place], lr_scale=lr_scale)
        for name, place in PLACES
    ]


@pytest.mark.parametrize("single", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("maker", MAKERS.values(), ids=MAKERS)
def test_the_step_is_bit_for_bit_the_engines(maker, dtype, single) -> None:
    for seed in range(4):
        rng = np.random.default_rng(seed)
        values = parameters(rng, dtype, single)
        optimizer = maker(values)
        for number in range(1, 6):
            optimizer.lr = float(rng.uniform(0.001, 0.5))
            grads, lr_scale = gradients(rng, dtype), float(rng.choice([1.0, 0.3, rng.random()]))
            found = explain_all(optimizer, grads, lr_scale)
            before = {name: array.copy() for name, array in values.items()}
            optimizer.step(grads, lr_scale)
            for terms, (name, place) in zip(found, PLACES, strict=True):
                assert terms.weight_after == float(values[name][place])
                assert (terms.weight, terms.gradient) == (before[name][place], grads[name][place])
                assert (terms.name, terms.place) == (name, place)
                assert terms.learning_rate == optimizer.lr * lr_scale
                assert terms.step == (number if isinstance(optimizer, Adam) else None)


@pytest.mark.parametrize("maker", MAKERS.values(), ids=MAKERS)
def test_the_optimizer_is_only_read(maker) -> None:
    rng = np.random.default_rng(3)
    values = parameters(rng)
    optimizer = maker(values)
    optimizer.step(gradients(rng))
    state, before = optimizer.state_dict(), values.vector.copy()
    explain_all(optimizer, gradients(rng), 0.5)
    np.testing.assert_array_equal(values.vector, before)
    for name, array in optimizer.state_dict().items():
        np.testing.assert_array_equal(array, state[name])


def after_some_steps(maker, seed=5):
    """Terms of one number after some steps, and the terms of the step after that one."""
    rng = np.random.default_rng(seed)
    optimizer = maker(parameters(rng))
    for _ in range(3):
        optimizer.step(gradients(rng))
    grads = NamedVector(SHAPES, rng.normal(size=23).astype(np.float32))
    terms = explain_update(optimizer, "0.bias", (1,), grads["0.bias"][1])
    optimizer.step(grads)
    return terms, explain_update(optimizer, "0.bias", (1,), 0.5)


MOMENTS = ["m_before", "v_before", "m", "v", "m_correction", "v_correction", "m_hat", "v_hat"]
SQUARES = ["square_before", "square", "root", "quotient"]
VELOCITIES = ["velocity_before", "velocity"]
NAMES = {
    "SGD": ["change"],
    "SGD with decay": ["decayed_gradient", "change"],
    "momentum": [*VELOCITIES, "change"],
    "Nesterov with decay": ["decayed_gradient", *VELOCITIES, "ahead", "change"],
    "RMSprop": [*SQUARES, "change"],
    "RMSprop with all": ["decayed_gradient", *SQUARES, *VELOCITIES, "change"],
    "Adam with decay": ["decayed_gradient", *MOMENTS, "change"],
    "AdamW with much decay": ["decayed_weight", *MOMENTS, "change"],
    "AdamW without decay": [*MOMENTS, "change"],
}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_computed_and_in_which_order(name) -> None:
    assert list(after_some_steps(MAKERS[name])[0].quantities) == NAMES[name]


@pytest.mark.parametrize("name", MAKERS)
def test_what_one_step_leaves_is_what_the_next_finds(name) -> None:
    one, other = after_some_steps(MAKERS[name])
    for key in ("velocity", "square", "m", "v"):
        assert (key in one.quantities) == (f"{key}_before" in other.quantities)
        if key in one.quantities:
            assert other.quantities[f"{key}_before"] == one.quantities[key]
    assert other.weight == one.weight_after


def close(value):
    return pytest.approx(value, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("name", [name for name in MAKERS if "Adam" not in name])
def test_sgd_and_rmsprop_by_their_equations(name) -> None:
    terms, _ = after_some_steps(MAKERS[name])
    q, o = terms.quantities, terms.options
    g = terms.gradient + o["weight_decay"] * terms.weight
    assert q.get("decayed_gradient", terms.gradient) == close(g)
    if terms.optimizer == "RMSprop":
        assert q["square"] == close(o["alpha"] * q["square_before"] + (1 - o["alpha"]) * g * g)
        g = q["quotient"]
        assert g == close(q.get("decayed_gradient", terms.gradient) / (q["root"] + o["eps"]))
    velocity = o["momentum"] * q.get("velocity_before", 0.0) + g
    assert q.get("velocity", g) == close(velocity)
    moved = g + o["momentum"] * velocity if o.get("nesterov") else velocity
    assert terms.change == q["change"] == close(terms.learning_rate * moved)
    assert terms.weight_after == close(terms.weight - terms.change)


@pytest.mark.parametrize("name", [name for name in MAKERS if "Adam" in name])
def test_adam_by_its_equations(name) -> None:
    terms, _ = after_some_steps(MAKERS[name])
    q, o = terms.quantities, terms.options
    beside = terms.optimizer == "AdamW"
    g = terms.gradient + (0 if beside else o["weight_decay"] * terms.weight)
    weight = terms.weight * (1 - terms.learning_rate * o["weight_decay"] if beside else 1)
    assert q.get("decayed_weight", terms.weight) == close(weight)
    assert q["m"] == close(o["beta1"] * q["m_before"] + (1 - o["beta1"]) * g)
    assert q["v"] == close(o["beta2"] * q["v_before"] + (1 - o["beta2"]) * g * g)
    assert (terms.step, q["m_correction"]) == (4, 1 - o["beta1"] ** 4)
    assert q["m_hat"] == close(q["m"] / (1 - o["beta1"] ** 4))
    assert q["v_hat"] == close(q["v"] / (1 - o["beta2"] ** 4))
    change = terms.learning_rate * q["m_hat"] / (math.sqrt(q["v_hat"]) + o["eps"])
    assert terms.change == close(change)
    assert terms.weight_after == close(weight - change)


def test_the_very_first_step_of_adam_is_as_long_as_the_learning_rate() -> None:
    optimizer = Adam({"w": np.array([2.0], np.float32)}, lr=0.25)
    terms = explain_update(optimizer, "w", (0,), -3.0)
    assert (terms.step, terms.quantities["m_before"]) == (1, 0)
    assert (terms.change, terms.weight_after) == (close(-0.25), close(2.25))


def test_numbers_that_have_diverged_give_no_warning() -> None:
    optimizer = SGD({"w": np.array([1.0], np.float32)}, lr=10.0, momentum=0.9)
    assert explain_update(optimizer, "w", (0,), 3e38).weight_after == -math.inf


def test_the_terms_cannot_be_changed() -> None:
    terms, _ = after_some_steps(MAKERS["momentum"])
    for mapping in (terms.quantities, terms.options):
        with pytest.raises(TypeError):
            mapping["change"] = 0.0


@pytest.mark.parametrize(
    ("name", "place", "message"),
    [
        ("1.weight", (0,), r"0\.weight, 0\.bias, 3\.weight; 1\.weight is none"),
        ("0.bias", (3,), r"no cell \(3,\) in 0\.bias of shape \(3,\)"),
        ("0.bias", (-1,), "no cell"),
        ("3.weight", (1,), "no cell"),
    ],
)
def test_there_is_no_such_number(name, place, message) -> None:
    with pytest.raises(ArgumentError, match=message):
        explain_update(SGD(parameters(np.random.default_rng(0)), 0.1), name, place, 1.0)


@pytest.mark.parametrize("factor", [-1.0, math.nan, "1"])
def test_a_factor_that_is_none(factor) -> None:
    with pytest.raises(ArgumentError, match="factor of the learning rate"):
        explain_update(SGD(parameters(np.random.default_rng(0)), 0.1), "0.bias", (0,), 1.0, lr_scale=factor)


def test_an_unknown_optimizer_is_refused() -> None:
    optimizer = Optimizer(parameters(np.random.default_rng(0)), 0.1)
    with pytest.raises(ArgumentError, match="Nothing is known of how Optimizer works"):
        explain_update(optimizer, "0.bias", (0,), 1.0)
