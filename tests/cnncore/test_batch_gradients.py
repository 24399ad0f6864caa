"""A batch's gradients are the engine's, and the means of what its samples say one by one."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncore import (
    MODELS,
    SGD,
    AdaptiveAvgPool2d,
    ArgumentError,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    Linear,
    MaxPool2d,
    Sequential,
    ShapeError,
    Standardisation,
    StandardisedNetwork,
    cross_entropy,
    trace,
)
from cnncore.batch_gradients import batch_gradients
from cnncore.layers import LeakyReLU, ReLU

SEEDS = st.integers(0, 2**32 - 1)


def data(count, classes=10, shape=(1, 28, 28), seed=0):
    rng = np.random.default_rng(seed)
    return rng.random((count, *shape)).astype(np.float32), rng.integers(0, classes, count)


def engine(network, images, labels):
    """Loss and gradients as a step of learning computes them, with the layers as they are in use."""
    logits, caches = network.forward(images)
    loss, d_logits = cross_entropy(logits, labels)
    return loss, network.backward(d_logits, caches)[1]


def varied(conv, seed, count=7):
    """A network with a given convolution, batch norm and dropout, standardised; and a batch for it."""
    rng = np.random.default_rng(seed)
    maps = conv.output_shape((4, 7, 8))[0]
    layers = [conv, BatchNorm2d(maps), LeakyReLU(), Dropout(0.5), AdaptiveAvgPool2d((3, 2)), Flatten()]
    layers += [Linear(6 * maps, 5, bias=False), ReLU(), Linear(5, 3)]
    standardisation = Standardisation((0.5, 0.4, 0.3, 0.2), (0.3, 0.3, 0.2, 0.2))
    network = StandardisedNetwork(layers, rng, np.float64, standardisation)
    network.parameter_vector[...] = rng.normal(0, 0.5, network.parameter_count)
    network.layers[1].running_var[...] = rng.uniform(0.5, 2, maps)
    return network, *data(count, 3, (4, 7, 8), seed)


CONVOLUTIONS = st.builds(
    Conv2d,
    st.just(4),
    st.sampled_from([4, 8]),
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.tuples(st.integers(1, 3), st.integers(1, 2)),
    st.tuples(*[st.integers(0, 3)] * 4),
    st.tuples(st.integers(1, 2), st.integers(1, 3)),
    groups=st.sampled_from([1, 2, 4]),
    bias=st.booleans(),
    padding_mode=st.sampled_from(["zeros", "reflect", "replicate", "circular"]),
)


def assert_mean(found, name, place, part=1e-5):
    own = found.per_sample(name, place)
    assert own.shape == found.losses.shape
    assert own.dtype == np.float64
    size = 1e-6 + np.abs(found.gradients[name]).max() + np.abs(own).mean()
    assert own.mean() == pytest.approx(float(found.gradients[name][place]), abs=float(part * size))
    return own


@settings(max_examples=100, deadline=None)
@given(CONVOLUTIONS, SEEDS)
def test_samples_have_the_batch_as_their_mean(conv, seed) -> None:
    network, images, labels = varied(conv, seed)
    found, rng = batch_gradients(network, images, labels), np.random.default_rng(seed)
    traces = [trace(network, image, label) for image, label in zip(images, labels, strict=True)]
    for name, gradient in found.gradients.items():
        for _ in range(2):
            place = tuple(int(rng.integers(size)) for size in gradient.shape)
            own = assert_mean(found, name, place, 1e-12)
            index, key = name.split(".")
            alone = [one.layers[int(index)].gradients[key] for one in traces]
            size = max(float(np.abs(values).max()) for values in alone) + 1e-6
            np.testing.assert_allclose(own, [values[place] for values in alone], atol=1e-12 * size)


@pytest.mark.parametrize("count", [1, 5, 64, 70, 150])
def test_the_gradients_are_the_engines(count) -> None:
    network = MODELS["reference"]().build(np.random.default_rng(3))
    images, labels = data(count)
    found = batch_gradients(network, images, labels)
    loss, grads = engine(network, images, labels)
    assert found.loss == loss
    assert list(found.gradients) == list(grads)
    for name, gradient in grads.items():
        np.testing.assert_array_equal(found.gradients[name], gradient)
    np.testing.assert_array_equal(found.logits, network.forward(images)[0])
    for name in grads:
        assert_mean(found, name, tuple(size // 2 for size in grads[name].shape))


@pytest.mark.parametrize("name", MODELS)
def test_losses_and_norms_are_those_of_the_samples(name) -> None:
    network = MODELS[name]().build(np.random.default_rng(3))
    images, labels = data(6)
    found = batch_gradients(network, images, labels)
    traces = [trace(network, image, label) for image, label in zip(images, labels, strict=True)]
    np.testing.assert_allclose(found.losses, [one.loss for one in traces], rtol=1e-5)
    assert found.losses.mean() == pytest.approx(found.loss, rel=1e-5)
    assert found.norms.shape == (len(network.layers) + 1,)
    for stop, norms in enumerate(found.sample_norms):
        alone = [one.layers[stop - 1].d_output if stop else one.layers[0].d_input for one in traces]
        np.testing.assert_allclose(norms, [np.linalg.norm(values) for values in alone], rtol=1e-4)
        assert found.norms[stop] == pytest.approx(math.sqrt(np.square(norms).sum()) / 6)


def test_norms_over_parts_are_those_of_the_whole() -> None:
    network = MODELS["tiny"]().build(np.random.default_rng(3))
    images, labels = data(100)
    found = batch_gradients(network, images, labels)
    _, caches = network.forward(images)
    logits = network.forward(images)[0]
    dx, _ = network.backward(cross_entropy(logits, labels)[1], caches)
    assert found.norms[0] == pytest.approx(np.linalg.norm(dx), rel=1e-5)
    assert found.norms[-1] == pytest.approx(np.linalg.norm(cross_entropy(logits, labels)[1]), rel=1e-5)


def test_an_optimizer_takes_them() -> None:
    one, other = (MODELS["tiny"]().build(np.random.default_rng(3)) for _ in range(2))
    images, labels = data(8)
    SGD(one.parameters(), 0.1).step(batch_gradients(one, images, labels).gradients)
    SGD(other.parameters(), 0.1).step(engine(other, images, labels)[1])
    np.testing.assert_array_equal(one.parameter_vector, other.parameter_vector)


def test_the_result_stays_when_the_network_learns_on() -> None:
    network, images, labels = varied(Conv2d(4, 4, 3), 1)
    found = batch_gradients(network, images, labels)
    before = {name: array.copy() for name, array in found.gradients.items()}
    places = {name: tuple(0 for _ in array.shape) for name, array in before.items()}
    own = {name: found.per_sample(name, place) for name, place in places.items()}
    losses = found.losses.copy()
    images[...] = 0
    network.parameter_vector[...] *= 1.5
    batch_gradients(network, images, labels)
    np.testing.assert_array_equal(found.losses, losses)
    for name, array in before.items():
        np.testing.assert_array_equal(found.gradients[name], array)
        np.testing.assert_array_equal(found.per_sample(name, places[name]), own[name])


def test_nothing_is_changed_and_nothing_left_out_at_random() -> None:
    network, images, labels = varied(Conv2d(4, 4, 3), 2)
    before, copy = network.state_vector.copy(), images.copy()
    one, other = (batch_gradients(network, images, labels) for _ in range(2))
    assert one.loss == other.loss
    np.testing.assert_array_equal(network.state_vector, before)
    np.testing.assert_array_equal(images, copy)


def test_arrays_are_read_only() -> None:
    found = batch_gradients(MODELS["tiny"]().build(np.random.default_rng(3)), *data(3))
    arrays = [found.losses, found.logits, found.norms, found.sample_norms, *found.gradients.values()]
    assert not any(array.flags.writeable for array in arrays)
    with pytest.raises(TypeError):
        found.gradients["0.weight"] = None


def test_maps_that_are_pooled_before_a_norm() -> None:
    layers = [MaxPool2d(2), BatchNorm2d(2), Conv2d(2, 2, 3), BatchNorm2d(2, affine=False), Flatten()]
    network = Sequential(layers, np.random.default_rng(0), np.float64)
    found = batch_gradients(network, *data(5, 8, (2, 8, 8)))
    for name in ("1.weight", "1.bias", "2.bias"):
        own = found.per_sample(name, (1,))
        assert own.mean() == pytest.approx(found.gradients[name][1], rel=1e-12, abs=1e-15)


def test_parameters_that_have_diverged_give_no_warning() -> None:
    network = MODELS["tiny"]().build(np.random.default_rng(1))
    network.parameter_vector[...] = 3e38
    found = batch_gradients(network, *data(3))
    assert found.norms.shape == (5,)
    assert found.per_sample("0.weight", (0, 0, 1, 1)).shape == (3,)


@pytest.mark.parametrize(
    ("name", "place", "message"),
    [
        ("1.weight", (0,), r"0\.weight, 0\.bias, 3\.weight, 3\.bias; 1\.weight is none"),
        ("0.weight", (0, 0, 1, 3), r"no cell \(0, 0, 1, 3\) in 0\.weight"),
        ("3.bias", (-1,), "no cell"),
        ("3.weight", (1,), "no cell"),
    ],
)
def test_there_is_no_such_number(name, place, message) -> None:
    found = batch_gradients(MODELS["tiny"]().build(np.random.default_rng(3)), *data(3))
    with pytest.raises(ArgumentError, match=message):
        found.per_sample(name, place)


def test_batches_that_are_none() -> None:
    network = MODELS["tiny"]().build(np.random.default_rng(3))
    images, labels = data(3)
    for wrong in (images[0], images[:0], images[:, :, :20]):
        with pytest.raises(ShapeError):
            batch_gradients(network, wrong, labels[: len(wrong)])
    with pytest.raises(ShapeError, match="labels"):
        batch_gradients(network, images, labels[:2])
    with pytest.raises(ArgumentError, match="labels lie between"):
        batch_gradients(network, images, [0, 1, 10])
    with pytest.raises(ArgumentError, match="array of numbers"):
        batch_gradients(network, [["a"]], [0])
    with pytest.raises(ArgumentError, match="not finite"):
        batch_gradients(network, images * np.nan, labels)
