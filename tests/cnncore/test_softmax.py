import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnncore import ShapeError, Softmax, softmax
from tests.cnncore.gradients import check_gradients


@settings(max_examples=25, deadline=None)
@given(shape=st.lists(st.integers(1, 5), min_size=2, max_size=4), seed=st.integers(0, 2**32 - 1))
def test_values_and_gradients(shape: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=shape)
    y, _ = Softmax().forward(x)
    assert_allclose(np.moveaxis(y, 1, -1), softmax(np.moveaxis(x, 1, -1)), atol=1e-15)
    check_gradients(Softmax(), x, rng)


def test_memory_order_and_extremes() -> None:
    x = np.zeros((3, 2, 4, 5), np.float32).transpose(1, 3, 0, 2)
    x[:, 0] = 1000
    y, cache = Softmax().forward(x)
    dx, grads = Softmax().backward(y, cache)
    assert y.strides == dx.strides == x.strides
    assert y.dtype == dx.dtype == np.float32
    assert_array_equal(y[:, 0], 1)
    assert_array_equal(dx, 0)
    assert grads == {}
    assert Softmax().backward(y, cache, need_dx=False) == (None, {})


def test_shapes_and_repr() -> None:
    assert Softmax().output_shape((10,)) == (10,)
    assert repr(Softmax()) == "Softmax(dim=1)"
    with pytest.raises(ShapeError, match=r"\(N, K, \.\.\.\), got \(3,\)"):
        Softmax().forward(np.zeros(3))
