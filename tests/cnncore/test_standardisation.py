"""Standardisation: measured on data, part of the model, done before the first layer."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from cnncore import (
    DataError,
    Dataset,
    ModelSpec,
    ShapeError,
    SpecError,
    Standardisation,
    StandardisedNetwork,
    cross_entropy,
    load_mnist_5k,
    tiny,
    trace,
)

SHIFTED = Standardisation((0.25, 0.5), (0.5, 0.125))


def colours(count: int = 40) -> Dataset:
    images = np.random.default_rng(0).integers(0, 200, (count, 2, 6, 5), np.uint8)
    images[:, 1] //= 3
    return Dataset(images, np.arange(count) % 3, ("a", "b", "c"), "colours")


def small_model() -> ModelSpec:
    return replace(tiny().adapted((2, 6, 5), ("a", "b", "c")), standardisation=SHIFTED)


def test_measured_means_and_deviations_are_those_of_the_pixels() -> None:
    data = colours()
    found = Standardisation.of(data)
    pixels = data.pixels().astype(np.float64)
    np.testing.assert_allclose(found.mean, pixels.mean(axis=(0, 2, 3)), rtol=1e-6)
    np.testing.assert_allclose(found.std, pixels.std(axis=(0, 2, 3)), rtol=1e-6)
    result = found.apply(data.pixels())
    np.testing.assert_allclose(result.mean(axis=(0, 2, 3)), 0, atol=1e-5)
    np.testing.assert_allclose(result.std(axis=(0, 2, 3)), 1, rtol=1e-5)


def test_the_built_in_digits_have_the_known_numbers_of_mnist() -> None:
    found = Standardisation.of(load_mnist_5k()[0])
    assert found.mean[0] == pytest.approx(0.1307, abs=0.002)
    assert found.std[0] == pytest.approx(0.3081, abs=0.002)


def test_a_channel_that_is_the_same_everywhere_is_only_shifted() -> None:
    flat = Dataset(np.full((3, 1, 2, 2), 51, np.uint8), np.zeros(3, int), ("a",), "flat")
    assert Standardisation.of(flat) == Standardisation((51 / 255,), (1.0,))
    with pytest.raises(DataError, match="without images"):
        Standardisation.of(flat.subset([], "nothing"))


def test_precision_and_memory_order_are_kept() -> None:
    pixels = colours().pixels([3, 1])
    result = SHIFTED.apply(pixels)
    assert result.dtype == np.float32
    assert result.transpose(2, 1, 3, 0).flags.c_contiguous
    np.testing.assert_allclose(result[:, 1], (pixels[:, 1] - 0.5) * 8, rtol=1e-6)
    assert SHIFTED.apply(pixels.astype(np.float64)).dtype == np.float64


def test_a_network_standardises_before_its_first_layer() -> None:
    plain = replace(small_model(), standardisation=None).build(np.random.default_rng(1), np.float64)
    network = small_model().build(np.random.default_rng(1), np.float64)
    assert isinstance(network, StandardisedNetwork)
    assert [repr(layer) for layer in network.layers] == [repr(layer) for layer in plain.layers]
    assert list(network.state_dict()) == list(plain.state_dict())
    raw = colours().pixels([0, 1, 2, 3]).astype(np.float64)
    ready = SHIFTED.apply(raw)
    np.testing.assert_array_equal(network(raw), plain(ready))
    logits, caches = network.forward(raw, training=True)
    np.testing.assert_array_equal(logits, plain(ready))
    _, dlogits = cross_entropy(logits, [0, 1, 2, 0])
    dx, grads = network.backward(dlogits, caches)
    plain_dx, plain_grads = plain.backward(dlogits, plain.forward(ready)[1])
    np.testing.assert_array_equal(grads.vector, plain_grads.vector)
    assert dx is not None
    assert plain_dx is not None
    np.testing.assert_allclose(dx, plain_dx / np.array([0.5, 0.125])[:, None, None])
    assert network.backward(dlogits, caches, need_dx=False)[0] is None


def test_a_trace_shows_raw_and_standardised_pixels() -> None:
    network = small_model().build(np.random.default_rng(1))
    raw = colours().pixels([5])
    result = trace(network, raw[0], 2)
    np.testing.assert_array_equal(result.input, raw[0])
    np.testing.assert_array_equal(result.normalised, SHIFTED.apply(raw)[0])
    assert result.layers[0].input is result.normalised
    assert len(result.layers) == len(small_model().layers)
    np.testing.assert_allclose(result.logits, network(raw)[0], rtol=1e-5, atol=1e-6)
    for array in (result.input, result.normalised):
        assert not array.flags.writeable
        assert array.flags.c_contiguous
    plain = trace(tiny().build(np.random.default_rng(1)), np.zeros((1, 28, 28)))
    assert plain.normalised is plain.input


@pytest.mark.parametrize(
    ("mean", "std", "message"),
    [
        ((0.0,), (0.0,), r"Each std .* from 1e-06"),
        ((0.0,), (-1.0,), "Each std"),
        ((0.0,), (float("nan"),), "Each std"),
        ((float("inf"),), (1.0,), "Each mean"),
        (("0",), (1.0,), "Each mean .* not '0'"),
        ((True,), (1.0,), "Each mean"),
        ((0.0, 0.0), (1.0,), "not 2 and 1"),
        ((), (), "list of 1 to 1024"),
        (0.5, (1.0,), "list of 1 to 1024"),
    ],
)
def test_numbers_that_cannot_standardise_are_refused(mean: Any, std: Any, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        Standardisation(mean, std)


def test_images_of_other_channels_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"takes images \(N, 2, H, W\), got shape \(1, 1, 6, 5\)"):
        small_model().build(np.random.default_rng(0))(np.zeros((1, 1, 6, 5)))
