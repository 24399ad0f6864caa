import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from cnncore import Flatten, ShapeError
from tests.cnncore.gradients import check_gradients


@settings(max_examples=25, deadline=None)
@given(shape=st.lists(st.integers(1, 5), min_size=2, max_size=4), seed=st.integers(0, 2**32 - 1))
def test_order_and_gradients(shape: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=shape)
    assert_array_equal(Flatten().forward(x)[0], x.reshape(shape[0], -1))
    # The same from the fast layout, in which the batch comes last in memory.
    fast = np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 0, -1)), -1, 0)
    assert_array_equal(Flatten().forward(fast)[0], x.reshape(shape[0], -1))
    check_gradients(Flatten(), x, rng)


def test_shapes() -> None:
    assert Flatten().output_shape((8, 10, 10)) == (800,)
    y, cache = Flatten().forward(np.zeros((2, 3, 4)))
    assert Flatten().backward(y, cache, need_dx=False) == (None, {})
    with pytest.raises(ShapeError, match=r"Flatten\(\) takes \(N, C, \.\.\.\), got \(3,\)"):
        Flatten().forward(np.zeros(3))
