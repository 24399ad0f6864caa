"""Traces: what a screen looks at equals what the engine computes, and cannot be changed."""

import numpy as np
import pytest

from cnncore import (
    MODELS,
    ArgumentError,
    Sequential,
    ShapeError,
    Trace,
    cross_entropy,
    reference,
    softmax,
    tiny,
    trace,
)


def image(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((1, 28, 28), np.float32)


@pytest.fixture
def network() -> Sequential:
    return reference().build(np.random.default_rng(1))


def arrays_of(result: Trace) -> list[np.ndarray]:
    arrays = [result.input, result.logits, result.probabilities]
    for layer in result.layers:
        arrays += [layer.input, layer.output, layer.d_output, layer.d_input, *layer.gradients.values()]
    return [array for array in arrays if array is not None]


@pytest.mark.parametrize("name", MODELS)
def test_a_trace_holds_what_the_network_computes(name: str) -> None:
    spec = MODELS[name]()
    network = spec.build(np.random.default_rng(1))
    result = trace(network, image(), 7)
    logits, caches = network.forward(image()[np.newaxis], training=True)
    loss, dlogits = cross_entropy(logits, np.array([7]))
    dx, grads = network.backward(dlogits, caches, need_dx=True)
    np.testing.assert_array_equal(result.logits, logits[0])
    np.testing.assert_array_equal(result.probabilities, softmax(logits)[0])
    assert (result.loss, result.label, result.predicted) == (loss, 7, logits.argmax())
    np.testing.assert_array_equal(result.input, image())
    np.testing.assert_allclose(result.layers[0].d_input, dx[0], rtol=1e-5, atol=1e-7)
    np.testing.assert_array_equal(result.layers[-1].d_output, dlogits[0])
    for index, (layer, shape) in enumerate(zip(result.layers, spec.shapes(), strict=True)):
        assert (layer.index, layer.layer) == (index, network.layers[index])
        assert layer.output.shape == layer.d_output.shape == shape
        assert set(layer.gradients) == set(layer.layer.parameters)
        for key, gradient in layer.gradients.items():
            np.testing.assert_allclose(gradient, grads[f"{index}.{key}"], rtol=1e-4, atol=1e-6)


def test_layers_hand_on_one_array(network: Sequential) -> None:
    result = trace(network, image(), 2)
    assert result.layers[0].input is result.input
    assert result.layers[-1].output is result.logits
    for before, after in zip(result.layers, result.layers[1:], strict=False):
        assert before.output is after.input
        assert before.d_output is after.d_input


def test_without_a_label_nothing_runs_backward(network: Sequential) -> None:
    result = trace(network, image())
    assert (result.loss, result.label) == (None, None)
    for layer in result.layers:
        assert (layer.d_output, layer.d_input, dict(layer.gradients)) == (None, None, {})
    np.testing.assert_array_equal(result.logits, trace(network, image(), 4).logits)


def test_arrays_are_read_only_contiguous_and_of_the_networks_precision(network: Sequential) -> None:
    for array in arrays_of(trace(network, image(), 1)):
        assert not array.flags.writeable
        assert array.flags.c_contiguous
        assert array.dtype == np.float32
    wide = tiny().build(np.random.default_rng(1), np.float64)
    assert {array.dtype for array in arrays_of(trace(wide, image(), 1))} == {np.dtype(np.float64)}


def test_a_trace_stays_when_everything_else_changes(network: Sequential) -> None:
    x = image()
    result = trace(network, x, 3)
    before = [array.copy() for array in arrays_of(result)]
    x[...] = 0
    network.parameter_vector[...] *= 2
    trace(network, image(5), 6)
    for array, copy in zip(arrays_of(result), before, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_a_trace_leaves_the_network_and_the_image_alone(network: Sequential) -> None:
    x, parameters = image(), network.parameter_vector.copy()
    trace(network, x, 3)
    np.testing.assert_array_equal(x, image())
    assert x.flags.writeable
    np.testing.assert_array_equal(network.parameter_vector, parameters)


@pytest.mark.parametrize("label", [-1, 10, 2.5, True])
def test_a_class_that_does_not_exist_is_refused(network: Sequential, label: int) -> None:
    with pytest.raises(ArgumentError, match=f"from 0 to 9, not {label}"):
        trace(network, image(), label)


def test_an_image_of_another_shape_is_refused(network: Sequential) -> None:
    with pytest.raises(ShapeError):
        trace(network, np.zeros((3, 28, 28), np.float32))


def test_parameters_that_have_diverged_give_no_warning(network: Sequential) -> None:
    network.parameter_vector[...] = 3e38
    assert trace(network, image(), 0).logits.shape == (10,)


def test_without_backward_the_loss_stays_and_the_gradients_are_left_out():
    network = MODELS["tiny"]().build(np.random.default_rng(0))
    x = np.random.default_rng(1).random((1, 28, 28))
    whole, forward = trace(network, x, 3), trace(network, x, 3, backward=False)
    assert forward.loss == whole.loss
    np.testing.assert_array_equal(forward.probabilities, whole.probabilities)
    assert all(layer.d_output is None and not layer.gradients for layer in forward.layers)


@pytest.mark.parametrize("pixel", [np.nan, np.inf, -np.inf])
def test_pixels_that_are_no_numbers_are_refused(network: Sequential, pixel: float) -> None:
    damaged = image()
    damaged[0, 3, 4] = pixel
    with pytest.raises(ArgumentError, match="pixels that are not finite"):
        trace(network, damaged, 2)
    with pytest.raises(ArgumentError, match="array of numbers"):
        trace(network, [["a"]], 2)
