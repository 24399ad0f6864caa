"""What is measured of a network on a few images."""

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from cnncore import (
    MODELS,
    ArgumentError,
    LayerSpec,
    ModelSpec,
    ShapeError,
    Standardisation,
    cross_entropy,
    load_mnist_5k,
    load_shapes,
    trace,
)
from cnncore.health import (
    GRADIENT_BINS,
    OUTPUT_BINS,
    PROBE_IMAGES,
    WEIGHT_BINS,
    choose_probe,
    measure_health,
)
from cnncore.training_run import generators_of

_, VALIDATION = load_mnist_5k()
CURVES = ("sigmoid", "tanh", "arctan")


def small(kind: str, **parts) -> ModelSpec:
    """Return a network with the activation on maps and on a vector, and with dropout and a norm."""
    layers = (
        LayerSpec("conv2d", "conv", {"out_channels": 3, "kernel_size": 5, "stride": 3}),
        LayerSpec("batchnorm2d", "norm"),
        LayerSpec(kind, "act1"),
        LayerSpec("flatten", "flatten"),
        LayerSpec("linear", "fc1", {"out_features": 12}),
        LayerSpec(kind, "act2"),
        LayerSpec("dropout", "drop"),
        LayerSpec("linear", "fc2", {"out_features": 10}),
    )
    return ModelSpec("small", "Small", (1, 28, 28), layers, VALIDATION.class_names, **parts)


def slopes(kind: str, y: np.ndarray) -> np.ndarray:
    """Return the derivative at outputs y, as a part of the steepest one."""
    x = {"sigmoid": lambda: np.log(y / (1 - y)), "tanh": lambda: np.arctanh(y), "arctan": lambda: np.tan(y)}
    x = x[kind]()
    return {
        "sigmoid": lambda: 4 * np.exp(-x) / (1 + np.exp(-x)) ** 2,
        "tanh": lambda: 1 / np.cosh(x) ** 2,
        "arctan": lambda: 1 / (1 + x**2),
    }[kind]()


@pytest.mark.parametrize("kind", ["relu", *CURVES])
def test_it_counts_what_one_sample_after_the_other_gives(kind) -> None:
    network = small(kind).build(np.random.default_rng(2), np.float64)
    network.layers[0].parameters["weight"][1] = 0
    network.layers[1].parameters["bias"][1] = -1 if kind == "relu" else 9
    network.layers[4].parameters["weight"] *= 3
    probe = VALIDATION.subset(np.arange(70) * 7, "probe")
    traces = [trace(network, pixels, backward=False) for pixels in probe.pixels()]
    health = measure_health(network, probe)
    assert health.images == 70
    for index in (2, 5):
        outputs = np.stack([found.layers[index].output for found in traces])
        by_unit = np.moveaxis(outputs, 1, 0).reshape(outputs.shape[1], -1)
        activity = health.layers[index].activity
        assert activity.units == len(by_unit)
        assert_allclose(activity.zeros, (by_unit == 0).mean())
        assert activity.silent == (by_unit == 0).all(axis=1).sum()
        flat = slopes(kind, by_unit) < 0.05 if kind in CURVES else np.zeros(by_unit.shape, bool)
        assert_allclose(activity.saturated, flat.mean())
        assert activity.stuck == flat.all(axis=1).sum()
    first = health.layers[2].activity
    assert (first.silent, first.stuck) == ((1, 0) if kind == "relu" else (0, 1))
    watched = [index for index, layer in enumerate(health.layers) if layer.activity is not None]
    assert watched == [2, 5]


def test_the_histograms_are_those_of_plain_numpy() -> None:
    network = small("relu").build(np.random.default_rng(3), np.float64)
    probe = VALIDATION.subset(np.arange(20) * 40, "probe")
    health = measure_health(network, probe)
    logits, caches = network.forward(probe.pixels())
    _, grads = network.backward(cross_entropy(logits, probe.labels)[1], caches)
    for index in (0, 1, 4, 7):
        weight, grad = network.layers[index].parameters["weight"], grads[f"{index}.weight"]
        layer = health.layers[index]
        assert_allclose(layer.weights, np.histogram(weight, WEIGHT_BINS.edges)[0] / weight.size, atol=1e-7)
        inside = np.clip(grad, GRADIENT_BINS.edges[0], GRADIENT_BINS.edges[-1])
        assert_allclose(layer.gradients, np.histogram(inside, GRADIENT_BINS.edges)[0] / grad.size, atol=1e-7)
    last = health.layers[-1]
    assert_allclose(last.outputs, np.histogram(logits, OUTPUT_BINS.edges)[0] / logits.size, atol=1e-7)
    assert_allclose([last.mean, last.deviation], [logits.mean(), logits.std()])
    assert health.layers[3].weights is None
    assert health.layers[3].gradients is None
    with pytest.raises(ValueError, match="read-only"):
        last.outputs[0] = 1


def test_the_input_is_what_the_first_layer_reads() -> None:
    probe = VALIDATION.subset(np.arange(5), "probe")
    plain = measure_health(small("relu").build(np.random.default_rng(0)), probe)
    assert_allclose(plain.input_mean, probe.pixels().mean(), rtol=1e-5)
    assert_allclose(plain.input_deviation, probe.pixels().std(), rtol=1e-5)
    scaled = small("relu", standardisation=Standardisation((0.5,), (0.01,)))
    seen = measure_health(scaled.build(np.random.default_rng(0)), probe)
    assert_allclose(seen.input_mean, (probe.pixels().mean() - 0.5) / 0.01, rtol=1e-4)


def test_measuring_changes_nothing() -> None:
    network = small("relu").build(np.random.default_rng(2))
    state = network.state_vector.copy()
    dice = {place: rng.bit_generator.state for place, rng in generators_of(network).items()}
    first = measure_health(network, VALIDATION.subset(np.arange(60), "probe"))
    second = measure_health(network, VALIDATION.subset(np.arange(60), "probe"))
    assert_array_equal(network.state_vector, state)
    assert {place: rng.bit_generator.state for place, rng in generators_of(network).items()} == dice
    for one, other in zip(first.layers, second.layers, strict=True):
        assert_array_equal(one.outputs, other.outputs)


def test_a_network_that_overflows_is_measured_without_a_warning() -> None:
    network = MODELS["mlp"]().build(np.random.default_rng(2))
    network.parameter_vector[...] *= 1e25
    health = measure_health(network, VALIDATION.subset(np.arange(4), "probe"))
    assert not math.isfinite(health.layers[-1].deviation)


def test_the_probe_is_spread_over_the_data_and_smaller_for_a_large_network() -> None:
    network = MODELS["reference"]().build(np.random.default_rng(0))
    probe = choose_probe(network, VALIDATION)
    assert len(probe) == PROBE_IMAGES
    assert_array_equal(probe.labels, VALIDATION.labels[::5])
    assert len(choose_probe(network, VALIDATION.subset(np.arange(7), "few"))) == 7
    options = {"out_channels": 256, "kernel_size": 5}
    wide = replace(small("relu"), layers=(LayerSpec("conv2d", "wide", options), *small("relu").layers[1:]))
    network = wide.build(np.random.default_rng(0))
    work = network.multiply_adds((1, 28, 28))
    assert len(choose_probe(network, VALIDATION)) == 10**9 // work < PROBE_IMAGES


def test_what_does_not_fit_is_refused() -> None:
    network = MODELS["tiny"]().build(np.random.default_rng(0))
    none = VALIDATION.subset(np.arange(0), "none")
    for ask in (choose_probe, measure_health):
        with pytest.raises(ArgumentError, match="at least one image"):
            ask(network, none)
    with pytest.raises(ShapeError):
        measure_health(network, load_shapes(12, 12)[1])
