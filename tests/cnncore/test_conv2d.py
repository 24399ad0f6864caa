import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnncore import ArgumentError, Conv2d, ShapeError
from tests.cnncore import reference_loops
from tests.cnncore.gradients import check_gradients, randomized


def shuffled_axes(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The same array in a random memory order."""
    order = rng.permutation(x.ndim)
    return np.ascontiguousarray(x.transpose(order)).transpose(np.argsort(order))


# Every stride with every padding, dilation and kernel shape, also where they have common divisors.
GEOMETRIES = [
    (kernel, stride, padding, dilation)
    for kernel, stride, padding, dilation in itertools.product(
        [(1, 1), (3, 3), (2, 3), (3, 1), (1, 4)],
        [(1, 1), (2, 2), (1, 3), (4, 2)],
        [(0, 0, 0, 0), (1, 1, 1, 1), (0, 2, 3, 0), (4, 1, 0, 5)],
        [(1, 1), (2, 2), (3, 1), (4, 6)],
    )
]


@pytest.mark.parametrize("channels", [1, 4])
@pytest.mark.parametrize(("kernel", "stride"), sorted({geometry[:2] for geometry in GEOMETRIES}))
def test_equals_the_loops(kernel: tuple[int, int], stride: tuple[int, int], channels: int) -> None:
    rng = np.random.default_rng([*kernel, *stride, channels])
    for padding, dilation in sorted({geometry[2:] for geometry in GEOMETRIES}):
        height, width = (
            max(1, dilation[axis] * (kernel[axis] - 1) + 1 - padding[2 * axis]) + int(rng.integers(0, 4))
            for axis in (0, 1)
        )
        layer = randomized(Conv2d(channels, 2, kernel, stride, padding, dilation), rng)
        x = shuffled_axes(rng.normal(size=(2, channels, height, width)), rng)
        y, cache = layer.forward(x)
        dy = shuffled_axes(rng.normal(size=y.shape), rng)
        dx, grads = layer.backward(dy, cache)

        weight, bias = layer.parameters["weight"], layer.parameters["bias"]
        wanted, products = reference_loops.conv2d(x, weight, bias, stride, padding, dilation)
        wanted_dx, wanted_dw, wanted_db = reference_loops.conv2d_backward(x, weight, dy, products)
        assert layer.output_shape(x.shape[1:]) == wanted.shape[1:]
        assert_allclose(y, wanted, atol=1e-12)
        assert_allclose(dx, wanted_dx, atol=1e-12)
        assert_allclose(grads["weight"], wanted_dw, atol=1e-12)
        assert_allclose(grads["bias"], wanted_db, atol=1e-12)


NUMPY_MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


@pytest.mark.parametrize("mode", NUMPY_MODES)
@pytest.mark.parametrize("groups", [1, 2, 6])
@pytest.mark.parametrize("stride", [(1, 1), (2, 3)])
def test_groups_and_padding_modes_equal_the_loops(mode: str, groups: int, stride: tuple[int, int]) -> None:
    rng = np.random.default_rng([groups, *stride])
    for padding, dilation in itertools.product([(0, 0, 0, 0), (2, 1, 0, 3)], [(1, 1), (2, 1)]):
        layer = randomized(Conv2d(6, 12, (3, 2), stride, padding, dilation, groups, padding_mode=mode), rng)
        x = shuffled_axes(rng.normal(size=(2, 6, 6, 5)), rng)
        y, cache = layer.forward(x)
        dy = shuffled_axes(rng.normal(size=y.shape), rng)
        dx, grads = layer.backward(dy, cache)

        around = ((0, 0), (0, 0), padding[:2], padding[2:])
        padded, places = np.pad(x, around, mode=NUMPY_MODES[mode]), np.arange(x.size).reshape(x.shape)
        sources = np.pad(places, around, mode=NUMPY_MODES[mode])
        if mode == "zeros":
            sources[np.pad(places, around, constant_values=-1) < 0] = x.size
        wanted_dx = np.zeros(x.size + 1)
        for group in range(groups):
            maps, channels = (slice(group * size // groups, (group + 1) * size // groups) for size in (12, 6))
            weight, bias = layer.parameters["weight"][maps], layer.parameters["bias"][maps]
            image = padded[:, channels]
            wanted, products = reference_loops.conv2d(image, weight, bias, stride, (0, 0, 0, 0), dilation)
            back = reference_loops.conv2d_backward(image, weight, dy[:, maps], products)
            assert_allclose(y[:, maps], wanted, atol=1e-12)
            assert_allclose(grads["weight"][maps], back[1], atol=1e-12)
            assert_allclose(grads["bias"][maps], back[2], atol=1e-12)
            np.add.at(wanted_dx, sources[:, channels], back[0])
        assert_allclose(dx, wanted_dx[:-1].reshape(x.shape), atol=1e-12)


sizes = st.integers(1, 3)
pairs = st.tuples(sizes, sizes)


@settings(max_examples=150, deadline=None)
@given(
    batch=sizes,
    channels=st.integers(1, 5),
    maps=sizes,
    groups=sizes,
    mode=st.sampled_from(sorted(NUMPY_MODES)),
    image=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    kernel=pairs,
    stride=pairs,
    dilation=pairs,
    padding=st.tuples(*[st.integers(0, 3)] * 4),
    bias=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_gradients(
    batch, channels, maps, groups, mode, image, kernel, stride, dilation, padding, bias, seed
) -> None:
    channels, maps = groups * channels, groups * maps
    layer = Conv2d(channels, maps, kernel, stride, padding, dilation, groups, bias, mode)
    try:
        layer.output_shape((channels, *image))
    except ShapeError:
        assume(False)
    rng = np.random.default_rng(seed)
    check_gradients(randomized(layer, rng), rng.normal(size=(batch, channels, *image)), rng)


def test_by_hand() -> None:
    layer = Conv2d(1, 1, 2)
    layer.parameters["weight"][...] = [[[[1, 2], [3, 4]]]]
    layer.parameters["bias"][...] = 100
    y, _ = layer.forward(np.arange(6, dtype=np.float32).reshape(1, 1, 2, 3))
    # Not flipped: 1*0 + 2*1 + 3*3 + 4*4, and one pixel further 1*1 + 2*2 + 3*4 + 4*5.
    assert_array_equal(y, [[[[127, 137]]]])


def test_same_padding_keeps_the_size() -> None:
    for kernel, dilation in itertools.product([(1, 1), (3, 3), (4, 5), (2, 7)], [(1, 1), (2, 3)]):
        layer = Conv2d(2, 3, kernel, padding="same", dilation=dilation)
        assert layer.output_shape((2, 11, 8)) == (3, 11, 8)
        assert layer.forward(np.zeros((1, 2, 11, 8), np.float32))[0].shape == (1, 3, 11, 8)


def test_two_passes_may_be_alive_at_once() -> None:
    rng = np.random.default_rng(0)
    layer = randomized(Conv2d(4, 3, 3), rng)
    first, second = rng.normal(size=(2, 2, 4, 6, 6))
    y, cache = layer.forward(first)
    copy = y.copy()
    alone = layer.backward(y, cache)
    layer.backward(layer.forward(second)[0], layer.forward(second)[1])
    again = layer.backward(y, cache)
    assert_array_equal(y, copy)
    assert_array_equal(alone[0], again[0])
    assert_array_equal(alone[1]["weight"], again[1]["weight"])


def test_gradients_go_where_they_are_wanted() -> None:
    rng = np.random.default_rng(0)
    layer = randomized(Conv2d(1, 2, 3), rng)
    y, cache = layer.forward(rng.normal(size=(1, 1, 5, 5)))
    out = {name: np.empty_like(array) for name, array in layer.parameters.items()}
    dx, grads = layer.backward(np.ones_like(y), cache, need_dx=False, out=out)
    assert dx is None
    assert grads["weight"] is out["weight"]
    assert_array_equal(out["bias"], [9, 9])


def test_float32_stays_float32() -> None:
    layer = Conv2d(1, 2, 3)
    y, cache = layer.forward(np.zeros((1, 1, 5, 5)))
    dx, grads = layer.backward(y, cache)
    assert {y.dtype, dx.dtype, grads["weight"].dtype, grads["bias"].dtype} == {np.dtype(np.float32)}


def test_counts() -> None:
    layer = Conv2d(3, 8, (5, 4))
    assert layer.parameter_count == 8 * 3 * 5 * 4 + 8
    assert layer.multiply_adds((3, 10, 10)) == 8 * 6 * 7 * 3 * 5 * 4
    assert Conv2d(3, 8, 5, bias=False).parameter_count == 8 * 3 * 25
    assert Conv2d(6, 12, 3, groups=3).parameter_count == 12 * 2 * 9 + 12
    assert Conv2d(6, 12, 3, groups=3).multiply_adds((6, 4, 4)) == 12 * 2 * 9 * 4


def test_start_values() -> None:
    layer, other = Conv2d(16, 64, 5), Conv2d(16, 64, 5)
    layer.initialize(np.random.default_rng(1))
    other.initialize(np.random.default_rng(1))
    assert_array_equal(layer.parameters["weight"], other.parameters["weight"])
    assert layer.parameters["weight"].std() == pytest.approx(np.sqrt(2 / 400), rel=0.02)
    assert not layer.parameters["bias"].any()


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (Conv2d(1, 8, 5), "Conv2d(1, 8, kernel_size=(5, 5), stride=(1, 1))"),
        (
            Conv2d(3, 4, (2, 3), 2, padding=1, dilation=(1, 2), bias=False),
            "Conv2d(3, 4, kernel_size=(2, 3), stride=(2, 2), padding=(1, 1), dilation=(1, 2), bias=False)",
        ),
        (
            Conv2d(1, 1, 2, padding="same"),
            "Conv2d(1, 1, kernel_size=(2, 2), stride=(1, 1), padding=(0, 1, 0, 1))",
        ),
        (
            Conv2d(4, 4, 3, padding=1, groups=4, padding_mode="reflect"),
            "Conv2d(4, 4, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), groups=4, padding_mode=reflect)",
        ),
    ],
)
def test_repr(layer: Conv2d, text: str) -> None:
    assert repr(layer) == text


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        ((2, 3, 5, 5), r"\(N, 2, H, W\), got \(2, 3, 5, 5\)"),
        ((2, 5, 5), r"\(N, 2, H, W\), got \(2, 5, 5\)"),
        ((1, 2, 3, 9), r"got an input of shape \(2, 3, 9\).*\(2, 5, 4\) or larger would fit"),
    ],
)
def test_wrong_shapes_are_named(shape: tuple[int, ...], says: str) -> None:
    with pytest.raises(ShapeError, match=rf"Conv2d\(2, 1, .*{says}"):
        Conv2d(2, 1, (5, 4)).forward(np.zeros(shape, np.float32))


@pytest.mark.parametrize(
    "arguments",
    [
        {"in_channels": 0},
        {"out_channels": -1},
        {"kernel_size": 0},
        {"kernel_size": (3, 3, 3)},
        {"kernel_size": 2.5},
        {"stride": 0},
        {"dilation": (1, 0)},
        {"padding": -1},
        {"padding": "full"},
        {"padding": "same", "stride": 2},
        {"padding": (1, 2, 3)},
        {"groups": 0},
        {"groups": 2},
        {"groups": True},
        {"padding_mode": "mirror"},
    ],
)
def test_wrong_arguments(arguments: dict[str, object]) -> None:
    with pytest.raises(ArgumentError):
        Conv2d(**{"in_channels": 1, "out_channels": 1, "kernel_size": 3} | arguments)


@pytest.mark.parametrize(("mode", "most"), [("reflect", 3), ("circular", 4)])
def test_an_image_can_be_too_small_to_be_copied_around_itself(mode: str, most: int) -> None:
    Conv2d(1, 1, 3, padding=most, padding_mode=mode).forward(np.zeros((1, 1, 4, 4)))
    with pytest.raises(ShapeError, match=f"{mode} padding of 4 pixels can be at most {most}"):
        Conv2d(1, 1, 3, padding=most + 1, padding_mode=mode).forward(np.zeros((1, 1, 4, 4)))
