import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnncore import AdaptiveAvgPool2d, ArgumentError, ShapeError
from tests.cnncore.gradients import check_gradients

sizes = st.integers(1, 6)


@settings(max_examples=60, deadline=None)
@given(
    shape=st.tuples(st.integers(1, 3), st.integers(1, 3), sizes, sizes),
    output=st.tuples(st.none() | sizes, st.none() | sizes),
    seed=st.integers(0, 2**32 - 1),
)
def test_values_and_gradients(shape, output, seed) -> None:
    rng = np.random.default_rng(seed)
    layer, x = AdaptiveAvgPool2d(output), rng.normal(size=shape)
    check_gradients(layer, x, rng)
    y, _ = layer.forward(x)
    height, width = shape[2:]
    out_h, out_w = (side or size for side, size in zip(output, shape[2:], strict=True))
    for row, column in np.ndindex(out_h, out_w):
        rows = slice(math.floor(row * height / out_h), math.ceil((row + 1) * height / out_h))
        columns = slice(math.floor(column * width / out_w), math.ceil((column + 1) * width / out_w))
        assert_allclose(y[:, :, row, column], x[:, :, rows, columns].mean(axis=(2, 3)), atol=1e-12)


def test_global_pooling() -> None:
    x = np.arange(24).reshape(1, 2, 3, 4)
    layer = AdaptiveAvgPool2d(1)
    y, cache = layer.forward(x)
    assert_array_equal(y, [[[[5.5]], [[17.5]]]])
    dx, grads = layer.backward(12 * np.ones_like(y), cache)
    assert_allclose(dx, np.ones(x.shape), rtol=1e-6)
    assert grads == {}
    assert y.dtype == dx.dtype == np.float32
    assert layer.backward(y, cache, need_dx=False) == (None, {})


def test_counts_and_repr() -> None:
    assert repr(AdaptiveAvgPool2d(1)) == "AdaptiveAvgPool2d(output_size=(1, 1))"
    assert repr(AdaptiveAvgPool2d((None, 7))) == "AdaptiveAvgPool2d(output_size=(None, 7))"
    assert AdaptiveAvgPool2d(None).output_shape((3, 4, 5)) == (3, 4, 5)
    assert AdaptiveAvgPool2d(1).parameter_count == AdaptiveAvgPool2d(1).multiply_adds((3, 4, 5)) == 0


def test_wrong_arguments_and_shapes() -> None:
    for size in (0, (1, -1), (1, 2, 3), "1", (1.5, 1), True):
        with pytest.raises(ArgumentError):
            AdaptiveAvgPool2d(size)
    with pytest.raises(ShapeError, match=r"\(N, C, H, W\), got \(3,\)"):
        AdaptiveAvgPool2d(1).forward(np.zeros(3))
    with pytest.raises(ShapeError, match=r"\(C, H, W\), got \(3,\)"):
        AdaptiveAvgPool2d(1).output_shape((3,))
