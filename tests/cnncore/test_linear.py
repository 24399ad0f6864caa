import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnncore import ArgumentError, Linear, ShapeError
from tests.cnncore import reference_loops
from tests.cnncore.gradients import check_gradients, randomized

sizes = st.integers(1, 6)


@settings(max_examples=40, deadline=None)
@given(batch=sizes, inputs=sizes, outputs=sizes, bias=st.booleans(), seed=st.integers(0, 2**32 - 1))
def test_gradients(batch: int, inputs: int, outputs: int, bias: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    check_gradients(randomized(Linear(inputs, outputs, bias), rng), rng.normal(size=(batch, inputs)), rng)


@pytest.mark.parametrize("batch", [1, 2, 7])
def test_equals_the_loops(batch: int) -> None:
    rng = np.random.default_rng(batch)
    layer = randomized(Linear(5, 3), rng)
    for x in (rng.normal(size=(batch, 5)), rng.normal(size=(5, batch)).T):
        y, cache = layer.forward(x)
        dy = rng.normal(size=y.shape)
        dx, grads = layer.backward(dy, cache)
        wanted = reference_loops.linear(x, layer.parameters["weight"], layer.parameters["bias"], dy)
        for got, right in zip((y, dx, grads["weight"], grads["bias"]), wanted, strict=True):
            assert_allclose(got, right, atol=1e-13)


def test_gradients_go_where_they_are_wanted() -> None:
    layer = Linear(2, 3)
    y, cache = layer.forward(np.ones((4, 2), np.float32))
    out = {name: np.empty_like(array) for name, array in layer.parameters.items()}
    dx, grads = layer.backward(np.ones_like(y), cache, need_dx=False, out=out)
    assert dx is None
    assert grads["weight"] is out["weight"]
    assert_array_equal(out["weight"], np.full((3, 2), 4))
    assert_array_equal(out["bias"], [4, 4, 4])


def test_repr_counts_and_start_values() -> None:
    layer = Linear(800, 128)
    assert repr(layer) == "Linear(in_features=800, out_features=128, bias=True)"
    assert layer.parameter_count == 800 * 128 + 128
    assert layer.multiply_adds((800,)) == 800 * 128
    layer.initialize(np.random.default_rng(0))
    assert layer.parameters["weight"].std() == pytest.approx(np.sqrt(2 / 800), rel=0.02)


def test_wrong_arguments_and_shapes() -> None:
    with pytest.raises(ArgumentError, match="in_features"):
        Linear(0, 1)
    with pytest.raises(ShapeError, match=r"Linear\(.*takes \(N, 3\), got \(2, 4\)"):
        Linear(3, 1).forward(np.zeros((2, 4)))
    with pytest.raises(ShapeError, match=r"takes an input of shape \(3,\), got \(3, 1, 1\); a Flatten"):
        Linear(3, 1).output_shape((3, 1, 1))
