import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnncore import Arctan, ArgumentError, Layer, LeakyReLU, ReLU, Sigmoid, Tanh
from tests.cnncore.gradients import check_gradients

KINDS = [ReLU, LeakyReLU, Sigmoid, Tanh, Arctan]


@pytest.mark.parametrize(
    ("kind", "function"),
    [
        (ReLU, lambda x: max(0.0, x)),
        (LeakyReLU, lambda x: x if x > 0 else 0.01 * x),
        (Sigmoid, lambda x: 1 / (1 + math.exp(-x))),
        (Tanh, math.tanh),
        (Arctan, math.atan),
    ],
)
def test_values(kind: type[Layer], function) -> None:
    x = np.linspace(-6, 6, 25).reshape(1, 25)
    assert_allclose(kind().forward(x)[0], [[function(value) for value in x[0]]], atol=1e-15)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None)
@given(shape=st.lists(st.integers(1, 5), min_size=2, max_size=4), seed=st.integers(0, 2**32 - 1))
def test_gradients(kind: type[Layer], shape: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    # Away from 0, where ReLU has no derivative.
    x = rng.uniform(0.1, 3, shape) * rng.choice([-1, 1], shape)
    check_gradients(kind(), x, rng)


@pytest.mark.parametrize("kind", KINDS)
def test_the_memory_order_is_kept(kind: type[Layer]) -> None:
    x = np.ones((5, 4, 3, 2), np.float32).transpose(3, 1, 0, 2)
    y, cache = kind().forward(x)
    dx, grads = kind().backward(y, cache)
    assert y.strides == x.strides
    assert dx.strides == x.strides
    assert y.dtype == dx.dtype == np.float32
    assert grads == {}


@pytest.mark.parametrize("kind", KINDS)
def test_the_input_is_left_alone(kind: type[Layer]) -> None:
    x = np.linspace(-1, 1, 6).reshape(2, 3)
    x.flags.writeable = False
    y, cache = kind().forward(x)
    y.flags.writeable = False
    kind().backward(y, cache)
    assert kind().backward(y, cache, need_dx=False) == (None, {})
    assert kind().output_shape((2, 3)) == (2, 3)
    assert repr(kind()).startswith(f"{kind.__name__}(")


def test_relu_at_its_edges() -> None:
    x = np.array([[-np.inf, -0.0, 0.0, np.nan, np.inf]])
    y, cache = ReLU().forward(x)
    assert_array_equal(y, [[0, 0, 0, np.nan, np.inf]])
    dx, _ = ReLU().backward(np.ones_like(x), cache)
    assert_array_equal(dx[0, :3], 0)
    assert dx[0, 4] == 1


def test_sigmoid_does_not_overflow() -> None:
    y, _ = Sigmoid().forward(np.array([[-1000.0, 1000.0]], np.float32))
    assert_array_equal(y, [[0, 1]])


def test_the_slope_of_a_leaky_relu() -> None:
    layer = LeakyReLU(0.25)
    y, cache = layer.forward(np.array([[-4, 0, 4]]))
    assert_array_equal(y, np.array([[-1, 0, 4]], np.float32))
    assert_array_equal(layer.backward(np.ones_like(y), cache)[0], [[0.25, 0.25, 1]])
    assert np.isnan(layer.forward(np.array([[np.nan]]))[0]).all()
    assert repr(layer) == "LeakyReLU(negative_slope=0.25)"
    with pytest.raises(ArgumentError, match="negative_slope"):
        LeakyReLU(math.nan)
