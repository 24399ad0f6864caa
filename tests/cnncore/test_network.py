from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from cnncore import (
    Adam,
    ArgumentError,
    CnnError,
    Conv2d,
    Flatten,
    Linear,
    MaxPool2d,
    ReLU,
    Sequential,
    ShapeError,
    cross_entropy,
)
from cnncore.network import HEAVY, PART
from cnncore.parallel import spread


@pytest.fixture(scope="module", autouse=True)
def _helper() -> None:
    """Start the engine's helper thread, which stays, before threads are counted."""
    spread(abs, [1, 2], threads=2)


def build(seed: int = 0, dtype: type = np.float32) -> Sequential:
    layers = [Conv2d(1, 4, 3), ReLU(), Conv2d(4, 3, 3), MaxPool2d(2), Flatten(), Linear(12, 5)]
    return Sequential(layers, np.random.default_rng(seed), dtype)


def images(count: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).random((count, 1, 8, 8), dtype=np.float32)


def test_parameters_are_pieces_of_one_vector() -> None:
    network = build()
    names = [f"{layer}.{kind}" for layer in (0, 2, 5) for kind in ("weight", "bias")]
    assert list(network.parameters()) == names
    assert network.parameter_count == len(network.parameter_vector) == 40 + 111 + 65
    network.parameter_vector[:] = 7
    assert all((array == 7).all() for array in network.parameters().values())
    assert network.layers[0].parameters["weight"] is network.parameters()["0.weight"]
    assert_array_equal(network.parameters().vector, network.parameter_vector)


def test_gradients_of_the_whole_network() -> None:
    network, rng = build(dtype=np.float64), np.random.default_rng(2)
    x, labels = rng.normal(size=(4, 1, 8, 8)), np.array([0, 4, 2, 2])
    logits, caches = network.forward(x)
    _, dlogits = cross_entropy(logits, labels)
    dx, grads = network.backward(dlogits, caches)

    def loss() -> float:
        return cross_entropy(network(x), labels)[0]

    for array, gradient in ((network.parameter_vector, grads.vector), (x, dx)):
        direction = rng.normal(size=array.shape)
        kept, sides = array.copy(), []
        for step in (1e-6, -1e-6):
            array[...] = kept + step * direction
            sides.append(loss())
        array[...] = kept
        assert_allclose((gradient * direction).sum(), (sides[0] - sides[1]) / 2e-6, rtol=1e-5)


def test_dx_can_be_left_out() -> None:
    network = build()
    logits, caches = network.forward(images(3))
    dx, grads = network.backward(np.ones_like(logits), caches, need_dx=False)
    _, wanted = network.backward(np.ones_like(logits), caches)
    assert dx is None
    assert_array_equal(grads.vector, wanted.vector)
    assert grads.keys() == network.parameters().keys()


def test_gradients_that_are_held_stay_as_they_are() -> None:
    network = build()
    logits, caches = network.forward(images(3))
    _, first = network.backward(np.ones_like(logits), caches)
    copy = first.vector.copy()
    _, second = network.backward(2 * np.ones_like(logits), caches)
    assert_array_equal(first.vector, copy)
    assert_allclose(second.vector, 2 * copy, rtol=1e-6)


@pytest.mark.parametrize("count", [1, PART, PART + 1, 3 * PART - 1])
def test_large_batches_in_parts(count: int) -> None:
    network, whole = build(dtype=np.float64), build(dtype=np.float64)
    x = images(count)
    dy = np.random.default_rng(3).normal(size=(count, 5))
    y, caches = network.forward(x)
    dx, grads = network.backward(dy, caches)
    dx_one, wanted = [], np.zeros_like(grads.vector)
    for image, gradient in zip(x, dy, strict=True):
        _, cache = whole.forward(image[np.newaxis])
        one, more = whole.backward(gradient[np.newaxis], cache)
        dx_one.append(one[0])
        wanted += more.vector
    assert y.shape == (count, 5)
    assert_array_equal(network(x), y)
    assert_allclose(dx, dx_one, atol=1e-12)
    assert_allclose(grads.vector, wanted, atol=1e-9)


def test_threads_change_no_number() -> None:
    results = []
    for threads in (1, 2):
        network = build()
        network.threads = threads
        y, caches = network.forward(images(5 * PART))
        dx, grads = network.backward(y, caches)
        results.append((y, dx, grads.vector, network(images(PART + 3))))
    for one, two in zip(*results, strict=True):
        assert_array_equal(one, two)


@pytest.mark.parametrize(("maps", "count", "parts"), [(8, 64, 1), (8, 65, 2), (512, 16, 1), (512, 17, 2)])
def test_wide_layers_are_worth_a_thread_for_fewer_images(maps: int, count: int, parts: int) -> None:
    layers = [Conv2d(1, maps, 3), Conv2d(maps, 64, 3), Flatten(), Linear(1024, 5)]
    network = Sequential(layers, np.random.default_rng(0))
    x = images(count)
    assert (network.multiply_adds(x.shape[1:]) >= HEAVY) == (maps == 512)
    y, caches = network.forward(x)
    assert len(caches) == parts
    network.threads = 2
    assert_array_equal(network.forward(x)[0], y)
    assert_array_equal(network(x), y)


def test_multiply_adds_of_all_layers() -> None:
    network = Sequential([Conv2d(1, 2, 3), ReLU(), Flatten(), Linear(32, 5)], np.random.default_rng(0))
    assert network.multiply_adds((1, 6, 6)) == 2 * 9 * 16 + 32 * 5
    with pytest.raises(ShapeError, match="Linear"):
        network.multiply_adds((1, 7, 7))


@pytest.mark.parametrize(
    ("x", "error", "words"),
    [
        (np.full((2, 1, 8, 8), np.nan), ArgumentError, "128 of the 128 input numbers are NaN or infinite"),
        (np.full((1, 1, 8, 8), np.inf), ArgumentError, "NaN or infinite"),
        (np.zeros((1, 1, 8, 8), complex), ArgumentError, "real numbers, not of complex128"),
        (np.zeros((1, 1, 8, 8), object), ArgumentError, "real numbers, not of object"),
        ("digits", ArgumentError, "real numbers"),
        (None, ArgumentError, "real numbers"),
        (np.zeros((0, 1, 8, 8)), ShapeError, "at least one sample"),
        (0.5, ShapeError, "at least one sample"),
        ([[1], [1, 2]], ShapeError, "lists of different lengths"),
        (np.full((1, 1, 8, 8), 1e300), ArgumentError, "NaN or infinite"),
        (np.zeros((1, 2, 8, 8)), ShapeError, "Conv2d"),
        (np.zeros((1, 8, 8)), ShapeError, "Conv2d"),
    ],
)
def test_what_is_no_batch_of_images_is_refused(x: Any, error: type[CnnError], words: str) -> None:
    network = build()
    for use in (network, network.forward):
        with pytest.raises(error, match=words):
            use(x)


@pytest.mark.parametrize("shape", [(2, 5), (4, 5), (3, 4), (3,), (3, 5, 1)])
def test_a_gradient_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    network = build()
    _, caches = network.forward(images(3))
    with pytest.raises(ShapeError, match=r"Linear\(.*takes a gradient of it, got"):
        network.backward(np.zeros(shape), caches)


@pytest.mark.parametrize("dy", [None, "a", np.zeros((3, 5), complex), [[1], [1, 2]]])
def test_what_is_no_gradient_is_refused(dy: Any) -> None:
    network = build()
    _, caches = network.forward(images(3))
    with pytest.raises(CnnError, match="The gradient of a network must be"):
        network.backward(dy, caches)


@pytest.mark.parametrize("caches", [None, [], "caches"])
def test_what_is_no_list_of_caches_is_refused(caches: Any) -> None:
    with pytest.raises(ArgumentError, match="the caches that forward has returned"):
        build().backward(np.zeros((3, 5)), caches)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((None, np.random.default_rng(0)), "takes a list of layers"),
        (([], np.random.default_rng(0)), "takes a list of layers"),
        (([Flatten(), "relu"], np.random.default_rng(0)), "takes a list of layers"),
        (([ReLU()], 3), "Randomness comes from a generator"),
        (([ReLU()], np.random.default_rng(0), "half"), "float32 or float64, not half"),
        (([ReLU()], np.random.default_rng(0), np.float32, "he"), "An initialiser must be a function"),
    ],
)
def test_what_makes_no_network_is_refused(arguments: tuple[Any, ...], words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        Sequential(*arguments)


def test_a_layer_is_in_a_network_once() -> None:
    layer = Linear(2, 2)
    with pytest.raises(ArgumentError, match="only once"):
        Sequential([layer, ReLU(), layer], np.random.default_rng(0))
    assert not layer.parameters["weight"].any()


def test_the_same_seed_trains_the_same_bit_for_bit() -> None:
    vectors = []
    for _ in range(2):
        network = build(seed=5)
        optimizer = Adam(network.parameters())
        for step in range(5):
            logits, caches = network.forward(images(7, seed=step), training=True)
            _, dlogits = cross_entropy(logits, np.arange(7) % 5)
            optimizer.step(network.backward(dlogits, caches, need_dx=False)[1])
        vectors.append(network.parameter_vector)
    assert_array_equal(*vectors)


def test_the_memory_order_of_the_input_does_not_matter() -> None:
    network, x = build(), images(6)
    innermost = np.ascontiguousarray(x.transpose(2, 1, 3, 0)).transpose(3, 1, 0, 2)
    assert_allclose(network(x), network(innermost), rtol=1e-5)
    assert_allclose(network(x[::2]), network(x)[::2], rtol=1e-5)


def test_input_of_another_type_is_converted() -> None:
    network, x = build(), np.ones((2, 1, 8, 8), np.uint8)
    assert network(x).dtype == np.float32
    assert_array_equal(network(x), network(x.astype(np.float32)))


def test_state_goes_out_and_in() -> None:
    network, other = build(1), build(2)
    state = network.state_dict()
    network.parameter_vector[:] = 0
    assert state["0.weight"].any()
    other.load_state_dict(state)
    assert_array_equal(other.parameter_vector, build(1).parameter_vector)
    network.set_parameter_vector(other.parameter_vector)
    assert_array_equal(network.parameter_vector, other.parameter_vector)


@pytest.mark.parametrize("change", ["missing", "too many", "shape"])
def test_a_wrong_state_changes_nothing(change: str) -> None:
    network = build()
    before, state = network.parameter_vector.copy(), build(1).state_dict()
    if change == "missing":
        del state["5.bias"]
    elif change == "too many":
        state["6.bias"] = np.zeros(1)
    else:
        state["5.bias"] = np.zeros(4)
    with pytest.raises(ShapeError, match=r"5\.bias"):
        network.load_state_dict(state)
    assert_array_equal(network.parameter_vector, before)
    with pytest.raises(ShapeError, match="216 parameters"):
        network.set_parameter_vector(np.zeros(215))
    state = build().state_dict()
    for wrong in (None, {3: before}, dict.fromkeys(state, "a"), state | {"5.bias": np.array(["a"] * 5)}):
        with pytest.raises(CnnError):
            network.load_state_dict(wrong)
    for take in (network.set_parameter_vector, network.set_state_vector):
        with pytest.raises(ArgumentError, match="array of real numbers"):
            take(np.array(["a"] * 216))
    assert_array_equal(network.parameter_vector, before)


def test_errors_name_the_layer() -> None:
    with pytest.raises(ShapeError, match=r"Linear\(in_features=12.*got \(1, 27\)"):
        build()(np.zeros((1, 1, 11, 11)))
    with pytest.raises(ArgumentError, match="float32 or float64"):
        build(dtype=np.float16)


def test_repr() -> None:
    network = Sequential([Flatten(), Linear(2, 1)], np.random.default_rng(0))
    linear = "Linear(in_features=2, out_features=1, bias=True)"
    assert repr(network) == f"Sequential(\n  (0): Flatten()\n  (1): {linear}\n)"
