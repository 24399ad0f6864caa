"""Derivatives checked by differences: they agree in smooth places, and corners are told."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncore import (
    MODELS,
    AdaptiveAvgPool2d,
    ArgumentError,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    LeakyReLU,
    Linear,
    MaxPool2d,
    Sequential,
    ShapeError,
    Softmax,
    Standardisation,
    StandardisedNetwork,
    cross_entropy,
    trace,
)
from cnncore.gradient_check import Kink, check_gradient
from cnncore.layers import Arctan, ReLU, Sigmoid, Tanh

SEEDS = st.integers(0, 2**32 - 1)
CASES = settings(max_examples=150, deadline=None)

BLOCKS = {
    "plain": lambda: Conv2d(2, 3, 3),
    "strided": lambda: Conv2d(2, 3, (3, 2), stride=(2, 1), padding=1),
    "dilated": lambda: Conv2d(2, 3, 2, padding=(2, 0, 1, 2), dilation=(3, 2)),
    "reflected": lambda: Conv2d(2, 3, 3, padding=2, padding_mode="reflect"),
    "circular": lambda: Conv2d(2, 3, 3, stride=2, padding=2, padding_mode="circular"),
    "grouped": lambda: Conv2d(2, 4, 3, groups=2, bias=False),
    "max": lambda: MaxPool2d(2),
    "overlapping": lambda: MaxPool2d(3, 1, 1),
    "dilated max": lambda: MaxPool2d(2, 2, dilation=2, ceil_mode=True),
    "average": lambda: AvgPool2d(3, 2, 1, count_include_pad=False),
    "adaptive": lambda: AdaptiveAvgPool2d((3, None)),
    "norm": lambda: BatchNorm2d(2),
    "softmax": Softmax,
}
CURVES = {
    "relu": ReLU,
    "leaky": lambda: LeakyReLU(0.1),
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "arctan": Arctan,
    "dropout": lambda: Dropout(0.4),
}


def build(layers, seed, kind=Sequential, *more):
    rng = np.random.default_rng(seed)
    network = kind(layers, rng, np.float32, *more)
    network.parameter_vector[...] = rng.normal(0, 0.5, network.parameter_count)
    for layer in layers:
        for name, shape in layer.statistics_shapes.items():
            layer.statistics[name][...] = rng.uniform(0.3, 2, shape)
    return network


def small(block, curve, seed, dtype=np.float32):
    """A block, a curve, a dense layer and four classes, on images (2, 6, 7) that are standardised."""
    first = BLOCKS[block]()
    features = math.prod(first.output_shape((2, 6, 7)))
    layers = [first, CURVES[curve](), Flatten(), Linear(features, 5), CURVES[curve](), Linear(5, 4)]
    network = build(layers, seed, StandardisedNetwork, Standardisation((0.4, 0.5), (0.3, 0.2)))
    if dtype == np.float32:
        return network
    wide = StandardisedNetwork(layers, np.random.default_rng(seed), dtype, network.standardisation)
    wide.set_state_vector(network.state_vector)
    return wide


@CASES
@given(st.sampled_from(list(BLOCKS)), st.sampled_from(list(CURVES)), SEEDS)
def test_the_engine_agrees_with_differences(block, curve, seed) -> None:
    network, rng = small(block, curve, seed), np.random.default_rng(seed)
    image, label = rng.random((2, 6, 7)).astype(np.float32), int(rng.integers(4))
    found = trace(small(block, curve, seed, np.float64), image, label)
    for step in found.layers:
        targets = {"input": (step.input, step.d_input)}
        targets |= {name: (step.layer.parameters[name], step.gradients[name]) for name in step.gradients}
        for target, (values, derivatives) in targets.items():
            cell = tuple(int(rng.integers(size)) for size in values.shape)
            check = check_gradient(network, image, label, step.index, target, cell)
            assert check.agrees or check.kinks
            assert check.analytic == pytest.approx(derivatives[cell], rel=1e-9, abs=1e-12)
            assert check.value == pytest.approx(values[cell], rel=1e-9, abs=1e-12)
            assert check.loss == pytest.approx(found.loss, rel=1e-9)


def test_corners_are_rare_and_without_them_all_agree() -> None:
    network, rng = MODELS["reference"]().build(np.random.default_rng(0)), np.random.default_rng(1)
    image, smooth = rng.random((1, 28, 28)), 0
    for index in (0, 2, 6, 8):
        weight = network.layers[index].parameters["weight"]
        for _ in range(5):
            cell = tuple(int(rng.integers(size)) for size in weight.shape)
            check = check_gradient(network, image, 3, index, "weight", cell)
            smooth += not check.kinks
            assert check.agrees or check.kinks
            assert check.error == abs(check.analytic - check.numeric)
    assert smooth >= 15


def test_the_numbers_are_those_of_a_network_in_float64() -> None:
    spec = MODELS["tiny"]()
    network, wide = (spec.build(np.random.default_rng(4), dtype) for dtype in (np.float32, np.float64))
    wide.load_state_dict(network.state_dict())
    image = np.random.default_rng(5).random((1, 28, 28), np.float32)
    check = check_gradient(network, image, 6, 0, "weight", (1, 0, 2, 1), 0.001)
    weight, losses = wide.layers[0].parameters["weight"], []
    for value in (check.value - 0.001, check.value, check.value + 0.001):
        weight[1, 0, 2, 1] = value
        losses.append(cross_entropy(wide(image[np.newaxis]), np.array([6]))[0])
    assert [check.loss_below, check.loss, check.loss_above] == pytest.approx(losses, rel=1e-13)
    assert check.step == pytest.approx(0.001, rel=1e-12)
    assert check.numeric == pytest.approx((losses[2] - losses[0]) / 0.002, rel=1e-9)
    weight[1, 0, 2, 1] = check.value
    gradients = trace(wide, image, 6).layers[0].gradients
    assert check.analytic == pytest.approx(gradients["weight"][1, 0, 2, 1], rel=1e-12)


def test_the_network_and_the_image_stay_as_they_are() -> None:
    network, image = small("norm", "dropout", 1), np.random.default_rng(0).random((2, 6, 7))
    before, copy, noise = network.state_vector.copy(), image.copy(), network.layers[1].rng.bit_generator.state
    for target in ("weight", "input"):
        cell = (1,) if target == "weight" else (1, 2, 3)
        check_gradient(network, image, 1, 0, target, cell)
    np.testing.assert_array_equal(network.state_vector, before)
    np.testing.assert_array_equal(image, copy)
    assert network.layers[1].rng.bit_generator.state == noise


def test_a_wrong_backward_pass_is_found() -> None:
    class Wrong(Tanh):
        def apply_derivative(self, cache, dy, dx):
            super().apply_derivative(cache, dy, dx)
            dx *= 1.001

    network = build([Flatten(), Linear(4, 3), Wrong(), Linear(3, 2)], 2)
    check = check_gradient(network, np.ones((1, 2, 2)), 0, 1, "weight", (1, 2))
    assert not check.agrees
    assert not check.kinks
    assert check.relative_error == pytest.approx(0.001, rel=0.01)


@pytest.mark.parametrize("kind", [ReLU, LeakyReLU])
def test_a_corner_at_zero_is_told(kind) -> None:
    network = build([Flatten(), Linear(2, 2), kind(), Linear(2, 2)], 0)
    network.layers[1].parameters["weight"][...] = [[1, 1], [1, -1]]
    network.layers[1].parameters["bias"][...] = 0
    # The second unit is at exactly 0; a pixel moves it to both sides.
    check = check_gradient(network, np.full((1, 1, 2), 0.5), 1, 0, "input", (0, 0, 1))
    assert check.kinks == (Kink(2, repr(kind()), 1),)
    assert not check.agrees
    # The first unit alone is far from it.
    check = check_gradient(network, np.full((1, 1, 2), 0.5), 1, 1, "weight", (0, 1))
    assert check.kinks == ()
    assert check.agrees
    # A step that is large enough reaches it too.
    check = check_gradient(network, np.full((1, 1, 2), 0.5), 1, 1, "weight", (0, 1), 2.5)
    assert check.kinks == (Kink(2, repr(kind()), 1),)


def test_another_winner_of_a_pooling_is_told() -> None:
    network = build([MaxPool2d(2, 1), Flatten(), Linear(2, 3)], 0)
    network.layers[2].parameters["weight"][...] = [[1, 2], [3, 5], [-1, 1]]
    image = np.array([[[0.0, 0.5, 0.1], [0.2, 0.5, 0.3]]])
    # Both windows see the two equal numbers: the first of them has won, the other gets no derivative.
    check = check_gradient(network, image, 0, 0, "input", (0, 1, 1))
    assert check.kinks == (Kink(0, repr(network.layers[0]), 2),)
    assert check.analytic == 0
    assert check.numeric != pytest.approx(0, abs=1e-3)
    assert not check.agrees
    assert check.relative_error == 1
    smooth = check_gradient(network, image, 0, 0, "input", (0, 0, 0))
    assert (smooth.kinks, smooth.analytic, smooth.numeric, smooth.relative_error) == ((), 0, 0, 0)
    assert smooth.agrees
    # 0.3 beats 0.5 only in the right window, and only with a step that large.
    reached = check_gradient(network, image, 0, 0, "input", (0, 1, 2), 0.25)
    assert reached.kinks == (Kink(0, repr(network.layers[0]), 1),)


def test_padding_never_wins() -> None:
    network = build([MaxPool2d(3, 2, 1), Flatten(), Linear(4, 2)], 0)
    image = np.full((1, 3, 3), -1.0)
    image[0, 1, 1] = -0.5
    check = check_gradient(network, image, 0, 0, "input", (0, 1, 1))
    assert check.kinks == ()
    assert check.agrees
    assert check.analytic != 0


def test_only_layers_that_the_number_reaches_have_corners() -> None:
    network = build([Flatten(), Linear(2, 2), ReLU(), Linear(2, 2)], 0)
    network.layers[1].parameters["weight"][...] = 0
    network.layers[1].parameters["bias"][...] = 0
    assert check_gradient(network, np.ones((1, 1, 2)), 1, 3, "weight", (0, 1)).kinks == ()
    assert check_gradient(network, np.ones((1, 1, 2)), 1, 2, "input", (1,)).kinks == (Kink(2, "ReLU()", 1),)


def test_large_numbers_get_a_larger_step() -> None:
    network = build([Flatten(), Linear(2, 2)], 0)
    network.layers[1].parameters["weight"][0, 0] = 200
    check = check_gradient(network, np.array([[[0.001, 1]]]), 1, 1, "weight", (0, 0))
    assert check.step == pytest.approx(0.002)
    assert check.agrees


def test_parameters_that_have_diverged_give_no_warning() -> None:
    network = build([Flatten(), Linear(2, 2)], 0)
    network.parameter_vector[...] = np.float32(3e38)
    check = check_gradient(network, np.ones((1, 1, 2)), 1, 0, "input", (0, 0, 0))
    assert math.isfinite(check.loss)
    assert not check.kinks


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"layer_index": 6}, "index of a layer must be a whole number from 0 to 5, not 6"),
        ({"layer_index": -1}, "index of a layer"),
        ({"target": "gamma"}, "has no gamma"),
        ({"target": "weight", "layer_index": 2}, "has no weight"),
        ({"cell": (0, 0, 0)}, r"no cell \(0, 0, 0\) in weight of shape \(3, 2, 3, 3\)"),
        ({"cell": (0, 2, 0, 0)}, "no cell"),
        ({"label": 4}, "from 0 to 3, not 4"),
        ({"step": 0.0}, "too small"),
        ({"step": 1e-300}, "too small"),
        ({"step": -1.0}, "The step must be a number from 0"),
        ({"step": math.nan}, "The step must be a number"),
        ({"image": [["a"]]}, "array of numbers"),
        ({"image": np.full((2, 6, 7), np.nan)}, "not finite"),
    ],
)
def test_arguments_that_make_no_sense(changed, message) -> None:
    arguments = {"image": np.zeros((2, 6, 7)), "label": 1, "layer_index": 0}
    arguments |= {"target": "weight", "cell": (0, 0, 0, 0)}
    with pytest.raises(ArgumentError, match=message):
        check_gradient(small("plain", "relu", 0), **(arguments | changed))


def test_an_image_that_does_not_fit() -> None:
    with pytest.raises(ShapeError):
        check_gradient(small("plain", "relu", 0), np.zeros((3, 6, 7)), 0, 0, "weight", (0, 0, 0, 0))
