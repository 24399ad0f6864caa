import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnncore import ArgumentError, AvgPool2d, Layer, MaxPool2d, ShapeError
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
pairs = st.tuples(sizes, sizes)


@st.composite
def windows(draw: st.DrawFn) -> tuple[tuple[int, ...], dict[str, object]]:
    """An image's shape, and the options of a pooling that fits it."""
    kernel = draw(pairs)
    options = {
        "kernel_size": kernel,
        "stride": draw(pairs),
        "padding": tuple(draw(st.integers(0, kernel[side // 2] // 2)) for side in range(4)),
        "ceil_mode": draw(st.booleans()),
    }
    shape = draw(st.tuples(sizes, sizes, st.integers(1, 8), st.integers(1, 8)))
    try:
        MaxPool2d(**options).output_shape(shape[1:])
    except ShapeError:
        assume(False)
    return shape, options


@settings(max_examples=100, deadline=None)
@given(window=windows(), dilation=pairs, seed=st.integers(0, 2**32 - 1))
def test_max_pooling(window, dilation, seed) -> None:
    shape, options = window
    layer = MaxPool2d(**options, dilation=dilation)
    try:
        layer.output_shape(shape[1:])
    except ShapeError:
        assume(False)
    rng = np.random.default_rng(seed)
    # All different, and further apart than the steps of the check: no winner changes.
    x = rng.permutation(np.arange(np.prod(shape), dtype=float)).reshape(shape)
    check_gradients(layer, x, rng)
    y, cache = layer.forward(x)
    dy = rng.normal(size=y.shape)
    geometry = layer.kernel_size, layer.stride, layer.padding, dilation, layer.ceil_mode
    wanted, wanted_dx = reference_loops.max_pool2d(x, dy, *geometry)
    assert_array_equal(y, wanted)
    assert_allclose(layer.backward(dy, cache)[0], wanted_dx, atol=1e-12)


@settings(max_examples=100, deadline=None)
@given(window=windows(), count_include_pad=st.booleans(), seed=st.integers(0, 2**32 - 1))
def test_average_pooling(window, count_include_pad, seed) -> None:
    shape, options = window
    layer = AvgPool2d(**options, count_include_pad=count_include_pad)
    rng = np.random.default_rng(seed)
    x = rng.normal(size=shape)
    check_gradients(layer, x, rng)
    y, cache = layer.forward(x)
    dy = rng.normal(size=y.shape)
    geometry = layer.kernel_size, layer.stride, layer.padding, layer.ceil_mode, count_include_pad
    wanted, wanted_dx = reference_loops.avg_pool2d(x, dy, *geometry)
    assert_allclose(y, wanted, atol=1e-12)
    assert_allclose(layer.backward(dy, cache)[0], wanted_dx, atol=1e-12)


def test_padding_in_the_mean() -> None:
    x = np.full((1, 1, 2, 3), 12.0)
    wanted = {True: [[3, 6], [3, 6]], False: [[12, 12], [12, 12]]}
    for counted, y in wanted.items():
        layer = AvgPool2d(2, padding=1, count_include_pad=counted)
        assert_array_equal(layer.forward(x)[0], [[y]])
    # The last window of a row reaches one number beyond the padding; that one never counts.
    assert_array_equal(AvgPool2d(2, ceil_mode=True).forward(x)[0], [[[[12, 12]]]])


def test_averages_of_whole_numbers_are_no_whole_numbers() -> None:
    y, cache = AvgPool2d(2).forward(np.arange(4).reshape(1, 1, 2, 2))
    assert_array_equal(y, [[[[1.5]]]])
    assert AvgPool2d(2).backward(y, cache)[0].dtype == y.dtype == np.float32


def test_a_dilated_window_must_see_something() -> None:
    layer = MaxPool2d(2, 1, padding=1, dilation=3)
    assert layer.output_shape((1, 3, 4)) == (1, 2, 3)
    with pytest.raises(ShapeError, match="nothing but padding"):
        layer.output_shape((1, 2, 4))


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


@pytest.mark.parametrize("layer", [MaxPool2d(2), AvgPool2d(2)])
def test_without_dx_nothing_is_computed(layer: Layer) -> None:
    y, cache = layer.forward(np.zeros((1, 1, 4, 4)))
    assert layer.backward(y, cache, need_dx=False) == (None, {})


def test_repr_and_counts() -> None:
    assert repr(MaxPool2d(2)) == "MaxPool2d(kernel_size=(2, 2), stride=(2, 2))"
    assert repr(MaxPool2d(3, 1, 1)) == "MaxPool2d(kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))"
    assert repr(MaxPool2d(2, 3, 0, 2, True)) == (
        "MaxPool2d(kernel_size=(2, 2), stride=(3, 3), dilation=(2, 2), ceil_mode=True)"
    )
    assert repr(AvgPool2d((2, 3), 1)) == "AvgPool2d(kernel_size=(2, 3), stride=(1, 1))"
    assert repr(AvgPool2d(2, ceil_mode=True, count_include_pad=False)) == (
        "AvgPool2d(kernel_size=(2, 2), stride=(2, 2), ceil_mode=True, count_include_pad=False)"
    )
    assert MaxPool2d(2).parameter_count == AvgPool2d(2).parameter_count == 0
    assert MaxPool2d(2).multiply_adds((8, 20, 20)) == 0


@pytest.mark.parametrize(
    "arguments", [(0,), ((2, 2, 2),), (2, 0), (2, 2, 2), (3, 1, (0, 0, 2, 0)), (2, 1, -1)]
)
def test_wrong_arguments(arguments: tuple[object, ...]) -> None:
    for kind in (MaxPool2d, AvgPool2d):
        with pytest.raises(ArgumentError):
            kind(*arguments)


def test_wrong_shapes_are_named() -> None:
    layer = MaxPool2d(3)
    with pytest.raises(ShapeError, match=r"MaxPool2d\(.*takes \(N, C, H, W\), got \(5, 5\)"):
        layer.forward(np.zeros((5, 5)))
    with pytest.raises(
        ShapeError, match=r"got an input of shape \(4, 2, 5\).*\(4, 3, 3\) or larger would fit"
    ):
        layer.forward(np.zeros((1, 4, 2, 5)))
