import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnncore import (
    SGD,
    ArgumentError,
    BatchNorm2d,
    Conv2d,
    Flatten,
    Linear,
    NonFiniteLossError,
    Sequential,
    ShapeError,
    load_mnist_5k,
    trace,
    train,
)
from cnncore.network import PART
from tests.cnncore.gradients import check_gradients, randomized


def initialized(channels: int, **options: object) -> BatchNorm2d:
    layer = BatchNorm2d(channels, **options)
    layer.initialize(np.random.default_rng(0))
    return layer


def small_network(dtype: type = np.float64) -> Sequential:
    layers = [Conv2d(1, 3, 3), BatchNorm2d(3), Flatten(), Linear(3 * 26 * 26, 10)]
    return Sequential(layers, np.random.default_rng(1), dtype)


@settings(max_examples=60, deadline=None)
@given(
    shape=st.tuples(st.integers(2, 4), st.integers(1, 4), st.integers(1, 4), st.integers(1, 4)),
    affine=st.booleans(),
    training=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_gradients(shape: tuple[int, ...], affine: bool, training: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    layer = randomized(BatchNorm2d(shape[1], eps=0.1, affine=affine), rng)
    check_gradients(layer, rng.normal(size=shape), rng, training)


def test_by_its_definition() -> None:
    rng = np.random.default_rng(0)
    layer = randomized(BatchNorm2d(3, momentum=0.25), rng)
    before = {name: array.copy() for name, array in layer.statistics.items()}
    x = rng.normal(2, 3, size=(4, 3, 5, 2))
    y, _ = layer.forward(x, training=True)
    for channel in range(3):
        values = x[:, channel]
        scale, shift = (layer.parameters[name][channel] for name in ("weight", "bias"))
        wanted = scale * (values - values.mean()) / np.sqrt(values.var() + 1e-5) + shift
        assert_allclose(y[:, channel], wanted, atol=1e-12)
        for name, measured in (("running_mean", values.mean()), ("running_var", values.var(ddof=1))):
            wanted = 0.75 * before[name][channel] + 0.25 * measured
            assert_allclose(layer.statistics[name][channel], wanted, rtol=1e-12)


def test_in_use_each_image_is_alone() -> None:
    rng = np.random.default_rng(0)
    layer = randomized(BatchNorm2d(3), rng)
    kept = {name: array.copy() for name, array in layer.statistics.items()}
    x = rng.normal(size=(4, 3, 5, 2))
    y, _ = layer.forward(x)
    assert_allclose(layer.forward(x[1:2])[0], y[1:2], atol=1e-14)
    deviation = np.sqrt(kept["running_var"] + layer.eps)
    scale, shift = layer.parameters["weight"] / deviation, layer.parameters["bias"]
    wanted = (x.transpose(0, 2, 3, 1) - kept["running_mean"]) * scale + shift
    assert_allclose(y.transpose(0, 2, 3, 1), wanted, atol=1e-12)
    for name, array in kept.items():
        assert_array_equal(layer.statistics[name], array)


def test_a_fresh_layer_changes_almost_nothing_in_use() -> None:
    x = np.random.default_rng(0).normal(size=(2, 3, 4, 4)).astype(np.float32)
    y, cache = initialized(3).forward(x)
    assert_allclose(y, x, rtol=1e-5)
    assert y.dtype == initialized(3).backward(y, cache)[0].dtype == np.float32


def test_a_channel_that_is_the_same_everywhere() -> None:
    layer = initialized(1)
    y, cache = layer.forward(np.full((2, 1, 3, 3), 7.0, np.float32), training=True)
    assert_array_equal(y, 0)
    assert np.isfinite(layer.backward(np.ones_like(y), cache)[0]).all()


def test_the_state_of_a_network_has_the_running_statistics_and_its_parameters_do_not() -> None:
    network = small_network()
    names = ["1.running_mean", "1.running_var"]
    assert not set(names) & set(network.parameters())
    assert set(network.state_dict()) == {*network.parameters(), *names}
    assert network.parameter_count == len(network.parameter_vector) == len(network.state_vector) - 6
    assert np.shares_memory(network.parameter_vector, network.state_vector)
    network.forward(np.random.default_rng(0).random((8, 1, 28, 28)), training=True)
    state = network.state_dict()
    assert not np.array_equal(state["1.running_var"], np.ones(3))
    assert_array_equal(network.state_vector[-6:-3], state["1.running_mean"])

    other = small_network()
    other.load_state_dict(state | {"1.num_batches_tracked": np.array(1)})
    assert_array_equal(other.state_vector, network.state_vector)
    other = small_network()
    other.set_state_vector(network.state_vector)
    assert_array_equal(other.layers[1].statistics["running_var"], state["1.running_var"])
    with pytest.raises(ShapeError, match="state of the network"):
        other.set_state_vector(network.parameter_vector)


def test_a_large_batch_is_measured_as_one() -> None:
    network = small_network()
    x = np.random.default_rng(0).random((PART + 20, 1, 28, 28))
    y, caches = network.forward(x, training=True)
    _, grads = network.backward(y, caches)
    alone, parts = small_network().layers[1], x
    alone.statistics = {
        name: np.array([value] * 3) for name, value in zip(alone.statistics, (0.0, 1.0), strict=True)
    }
    for layer in (network.layers[0], alone):
        parts, _ = layer.forward(parts, training=True)
    assert_allclose(network.layers[1].running_mean, alone.running_mean, rtol=1e-12)
    assert_allclose(network.layers[1].running_var, alone.running_var, rtol=1e-12)
    # In use, parts follow one another again.
    assert_allclose(network(x), network.forward(x)[0], rtol=1e-12)
    assert np.isfinite(grads.vector).all()


def test_a_trace_changes_no_statistics() -> None:
    network = small_network()
    state = network.state_vector.copy()
    found = trace(network, np.random.default_rng(0).random((1, 28, 28)), 3)
    assert_array_equal(network.state_vector, state)
    assert found.layers[1].gradients["weight"].any()


def test_a_run_that_diverges_keeps_the_statistics_of_its_last_good_step() -> None:
    train_set, validation_set = (data.subset(range(40), "some") for data in load_mnist_5k())
    network = small_network(np.float32)
    network.parameters()["3.weight"][...] = 3e38
    before = network.state_vector.copy()
    run = train(
        network,
        train_set,
        validation_set,
        SGD(network.parameters(), lr=0.1),
        epochs=1,
        batch_size=10,
        rng=np.random.default_rng(0),
    )
    with pytest.raises(NonFiniteLossError):
        next(run)
    assert_array_equal(network.state_vector, before)


def test_counts_and_repr() -> None:
    assert BatchNorm2d(8).parameter_count == 16
    assert BatchNorm2d(8, affine=False).parameter_count == 0
    assert BatchNorm2d(8).multiply_adds((8, 3, 4)) == 96
    assert repr(BatchNorm2d(8)) == "BatchNorm2d(8, eps=1e-05, momentum=0.1)"
    assert repr(BatchNorm2d(2, 0.1, 0.5, False)) == "BatchNorm2d(2, eps=0.1, momentum=0.5, affine=False)"


def test_wrong_arguments_and_shapes() -> None:
    for arguments in (
        {"num_features": 0},
        {"eps": 0},
        {"eps": np.inf},
        {"momentum": 1.5},
        {"momentum": np.nan},
    ):
        with pytest.raises(ArgumentError):
            BatchNorm2d(**{"num_features": 1} | arguments)
    with pytest.raises(ShapeError, match=r"\(N, 2, H, W\), got \(1, 3, 4, 4\)"):
        initialized(2).forward(np.zeros((1, 3, 4, 4)))
    with pytest.raises(ShapeError, match="more than one number"):
        initialized(2).forward(np.zeros((1, 2, 1, 1)), training=True)
    with pytest.raises(ShapeError, match=r"\(2, H, W\), got \(2,\)"):
        initialized(2).output_shape((2,))
