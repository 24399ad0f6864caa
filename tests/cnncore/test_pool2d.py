import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from cnncore import ArgumentError, MaxPool2d, ShapeError
from tests.cnncore import reference_loops
from tests.cnncore.gradients import check_gradients


@pytest.mark.parametrize("kernel", [(1, 1), (2, 2), (3, 3), (2, 3), (4, 1)])
@pytest.mark.parametrize("stride", [(1, 1), (2, 2), (3, 1), (2, 5)])
def test_equals_the_loops_with_ties(kernel: tuple[int, int], stride: tuple[int, int]) -> None:
    rng = np.random.default_rng([*kernel, *stride])
    halves = [range(size // 2 + 1) for size in kernel]
    for top, bottom, left, right in itertools.product(halves[0], halves[0], halves[1], halves[1]):
        layer = MaxPool2d(kernel, stride, (top, bottom, left, right))
        # Few different numbers, so that there are ties.
        x = rng.integers(-2, 3, (2, 2, *rng.integers(4, 9, 2))).astype(float)
        y, cache = layer.forward(x)
        dy = rng.integers(1, 9, y.shape).astype(float)
        dx, grads = layer.backward(dy, cache)
        wanted, wanted_dx = reference_loops.max_pool2d(x, dy, kernel, stride, layer.padding)
        assert layer.output_shape(x.shape[1:]) == wanted.shape[1:]
        assert_array_equal(y, wanted)
        assert_array_equal(dx, wanted_dx)
        assert grads == {}


sizes = st.integers(1, 3)


@settings(max_examples=50, deadline=None)
@given(
    batch=sizes,
    channels=sizes,
    image=st.tuples(st.integers(1, 8), st.integers(1, 8)),
    kernel=st.tuples(sizes, sizes),
    stride=st.tuples(sizes, sizes),
    padding=st.tuples(*[st.integers(0, 1)] * 4),
    seed=st.integers(0, 2**32 - 1),
)
def test_gradients(batch, channels, image, kernel, stride, padding, seed) -> None:
    assume(2 * max(padding[:2]) <= kernel[0] and 2 * max(padding[2:]) <= kernel[1])
    layer = MaxPool2d(kernel, stride, padding)
    try:
        layer.output_shape((channels, *image))
    except ShapeError:
        assume(False)
    rng = np.random.default_rng(seed)
    # All different, and further apart than the steps of the check: no winner changes.
    x = rng.permutation(np.arange(batch * channels * image[0] * image[1], dtype=float))
    check_gradients(layer, x.reshape(batch, channels, *image), rng)


def test_windows_that_overlap_add_their_gradients() -> None:
    layer = MaxPool2d(2, stride=1)
    x = np.zeros((1, 1, 3, 3))
    x[0, 0, 1, 1] = 1
    y, cache = layer.forward(x)
    dx, _ = layer.backward(np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), cache)
    assert_array_equal(y, np.ones((1, 1, 2, 2)))
    assert_array_equal(dx, 10 * x)


def test_the_first_of_equals_in_reading_order_wins() -> None:
    layer = MaxPool2d(2)
    y, cache = layer.forward(np.array([[[[0.0, 5.0], [5.0, 5.0]]]]))
    assert_array_equal(layer.backward(np.ones_like(y), cache)[0], [[[[0, 1], [0, 0]]]])


def test_a_nan_is_not_hidden() -> None:
    x = np.zeros((1, 1, 2, 4))
    x[0, 0, 1, 0] = np.nan
    y, _ = MaxPool2d(2).forward(x)
    assert_array_equal(y, [[[[np.nan, 0]]]])


def test_without_dx_nothing_is_computed() -> None:
    layer = MaxPool2d(2)
    y, cache = layer.forward(np.zeros((1, 1, 4, 4)))
    assert layer.backward(y, cache, need_dx=False) == (None, {})


def test_repr_and_counts() -> None:
    assert repr(MaxPool2d(2)) == "MaxPool2d(kernel_size=(2, 2), stride=(2, 2))"
    assert repr(MaxPool2d(3, 1, 1)) == "MaxPool2d(kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))"
    assert MaxPool2d(2).parameter_count == 0
    assert MaxPool2d(2).multiply_adds((8, 20, 20)) == 0


@pytest.mark.parametrize(
    "arguments", [(0,), ((2, 2, 2),), (2, 0), (2, 2, 2), (3, 1, (0, 0, 2, 0)), (2, 1, -1)]
)
def test_wrong_arguments(arguments: tuple[object, ...]) -> None:
    with pytest.raises(ArgumentError):
        MaxPool2d(*arguments)


def test_wrong_shapes_are_named() -> None:
    layer = MaxPool2d(3)
    with pytest.raises(ShapeError, match=r"MaxPool2d\(.*takes \(N, C, H, W\), got \(5, 5\)"):
        layer.forward(np.zeros((5, 5)))
    with pytest.raises(
        ShapeError, match=r"got an input of shape \(4, 2, 5\).*\(4, 3, 3\) or larger would fit"
    ):
        layer.forward(np.zeros((1, 4, 2, 5)))
