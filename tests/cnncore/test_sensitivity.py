"""What pixels do to a unit: derivatives by differences, and attributions that add up."""

import numpy as np
import pytest

from cnncore import (
    MODELS,
    ArgumentError,
    AvgPool2d,
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
    trace,
)
from cnncore.layers import ReLU, Tanh
from cnncore.sensitivity import (
    PART,
    integrated_gradients,
    integration,
    loss_gradient,
    loss_integration,
    score_gradient,
)

STANDARDISATION = Standardisation((0.4, 0.5), (0.3, 0.2))


def layers():
    return [
        Conv2d(2, 4, 3, padding=1),
        BatchNorm2d(4),
        Tanh(),
        Dropout(0.5),
        AvgPool2d(2),
        Conv2d(4, 3, 2, stride=2),
        ReLU(),
        MaxPool2d(2, 1),
        Flatten(),
        Linear(12, 5),
    ]


@pytest.fixture
def network() -> Sequential:
    found = StandardisedNetwork(layers(), np.random.default_rng(2), np.float64, STANDARDISATION)
    found.layers[1].running_var[...] = [0.5, 1, 2, 3]
    found.parameter_vector[...] += np.random.default_rng(0).normal(0, 0.2, found.parameter_count)
    return found


def pixels(seed=0, shape=(2, 12, 13)):
    return np.random.default_rng(seed).random(shape)


def unit(network, image, cell, layer):
    """The unit by way of `trace`."""
    return trace(network, image).layers[layer].output[cell]


UNITS = [
    ((3,), None),
    ((0,), 9),
    ((3, 5, 6), 0),
    ((1, 2, 2), 1),
    ((2, 0, 0), 3),
    ((0, 1, 1), 5),
    ((2, 1, 0), 7),
]


@pytest.mark.parametrize(("cell", "layer"), UNITS)
def test_derivatives_are_differences(network, cell, layer) -> None:
    image, h = pixels(), 1e-6
    found = score_gradient(network, image, cell, layer)
    assert found.shape == image.shape
    rng, index = np.random.default_rng(7), 9 if layer is None else layer
    for _ in range(6):
        direction = rng.normal(size=image.shape)
        above, below = (unit(network, image + s * h * direction, cell, index) for s in (1, -1))
        assert (found * direction).sum() == pytest.approx((above - below) / (2 * h), rel=1e-5, abs=1e-8)


def test_one_pixel_seen_by_one_unit_has_its_weight_over_the_deviation(network) -> None:
    found = score_gradient(network, pixels(), (2, 4, 6), 0)
    wanted = np.zeros_like(found)
    wanted[:, 3:6, 5:8] = network.layers[0].parameters["weight"][2] / np.array([0.3, 0.2])[:, None, None]
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


@pytest.mark.parametrize("name", MODELS)
def test_the_classes_together_make_the_gradient_of_the_loss(name) -> None:
    network = MODELS[name]().build(np.random.default_rng(1))
    image = pixels(3, (1, 28, 28))
    found = trace(network, image, 4)
    by_class = [score_gradient(network, image, (k,)) for k in range(10)]
    assert {array.dtype for array in by_class} == {np.dtype(np.float32)}
    wanted = found.layers[0].d_input
    together = np.tensordot(found.layers[-1].d_output, by_class, 1)
    np.testing.assert_allclose(together, wanted, atol=1e-5 * np.abs(wanted).max())


@pytest.mark.parametrize(("cell", "layer"), UNITS)
def test_attributions_add_up_to_what_the_unit_gains(network, cell, layer) -> None:
    image, black = pixels(), np.zeros((2, 12, 13))
    index = 9 if layer is None else layer
    gain = unit(network, image, cell, index) - unit(network, black, cell, index)
    found = integrated_gradients(network, image, cell, layer, steps=400)
    assert found.sum() == pytest.approx(gain, rel=2e-3, abs=2e-3)


def test_more_steps_come_closer(network) -> None:
    misses = []
    for steps in (2, 32, 512):
        *_, last = integration(network, pixels(1), (1,), steps=steps)
        misses.append(abs(last.attribution.sum() - last.difference))
    assert misses[0] > misses[1] > misses[2]


def test_the_reference_network_in_32_steps() -> None:
    network = MODELS["reference"]().build(np.random.default_rng(1))
    *_, last = integration(network, pixels(3, (1, 28, 28)), (2,))
    assert last.steps == last.done == 32
    assert last.attribution.sum() == pytest.approx(last.difference, abs=0.01 * abs(last.difference) + 1e-3)


def test_where_the_unit_is_linear_one_step_is_exact() -> None:
    network = StandardisedNetwork(
        [Conv2d(2, 3, 3), Flatten(), Linear(27, 2)], np.random.default_rng(0), np.float64, STANDARDISATION
    )
    image, grey = pixels(0, (2, 5, 5)), np.full((2, 5, 5), 0.5)
    found = integrated_gradients(network, image, (1,), baseline=grey, steps=1)
    np.testing.assert_allclose(found, (image - grey) * score_gradient(network, image, (1,)), rtol=1e-10)
    gain = trace(network, image).logits[1] - trace(network, grey).logits[1]
    assert found.sum() == pytest.approx(gain, rel=1e-10)


def test_from_the_image_itself_there_is_nothing_to_attribute(network) -> None:
    *_, last = integration(network, pixels(), (0,), baseline=pixels(), steps=3)
    assert (last.difference, np.abs(last.attribution).max()) == (0, 0)


def test_the_integration_tells_how_far_it_is(network) -> None:
    image = pixels(4)
    stages = list(integration(network, image, (1,), steps=2 * PART + 3))
    assert [stage.done for stage in stages] == [PART, 2 * PART, 2 * PART + 3]
    assert {stage.steps for stage in stages} == {2 * PART + 3}
    whole = integrated_gradients(network, image, (1,), steps=2 * PART + 3)
    np.testing.assert_array_equal(stages[-1].attribution, whole)
    points = [(k + 0.5) / (2 * PART + 3) for k in range(2 * PART + 3)]
    mean = np.mean([score_gradient(network, t * image, (1,)) for t in points], axis=0)
    np.testing.assert_allclose(whole, image * mean, rtol=1e-9, atol=1e-12)
    assert stages[0].output == pytest.approx(trace(network, image).logits[1])
    assert stages[0].baseline_output == pytest.approx(trace(network, 0 * image).logits[1])
    # What has been handed out stays as it was.
    kept = stages[0].attribution.copy()
    list(integration(network, image, (2,), steps=PART))
    np.testing.assert_array_equal(stages[0].attribution, kept)


def test_nothing_is_changed(network) -> None:
    image, before = pixels(), network.state_vector.copy()
    score_gradient(network, image, (0,))
    integrated_gradients(network, image, (0,), steps=2)
    np.testing.assert_array_equal(network.state_vector, before)
    np.testing.assert_array_equal(image, pixels())


def test_parameters_that_have_diverged_give_no_warning() -> None:
    network = MODELS["tiny"]().build(np.random.default_rng(1))
    network.parameter_vector[...] = 3e38
    assert score_gradient(network, pixels(0, (1, 28, 28)), (0,)).shape == (1, 28, 28)
    assert integrated_gradients(network, pixels(0, (1, 28, 28)), (0,), steps=2).shape == (1, 28, 28)


@pytest.mark.parametrize(
    ("cell", "layer", "message"),
    [
        ((5,), None, r"no cell \(5,\) in an output of shape \(5,\)"),
        ((-1,), None, "no cell"),
        ((0, 0), None, "no cell"),
        ((0,), 0, r"shape \(4, 12, 13\)"),
        ((0,), 10, "index of a layer must be a whole number from 0 to 9"),
        ((0,), -1, "index of a layer"),
    ],
)
def test_there_is_no_such_unit(network, cell, layer, message) -> None:
    with pytest.raises(ArgumentError, match=message):
        score_gradient(network, pixels(), cell, layer)
    with pytest.raises(ArgumentError, match=message):
        integrated_gradients(network, pixels(), cell, layer)


def test_images_that_do_not_fit(network) -> None:
    with pytest.raises(ShapeError):
        score_gradient(network, np.zeros((3, 12, 13)), (0,))
    with pytest.raises(ShapeError, match=r"shape \(C, H, W\), not \(12, 13\)"):
        score_gradient(network, np.zeros((12, 13)), (0,))
    with pytest.raises(ShapeError, match="baseline has shape"):
        integrated_gradients(network, pixels(), (0,), baseline=np.zeros((2, 12, 12)))
    with pytest.raises(ArgumentError, match="array of numbers"):
        score_gradient(network, [["a"]], (0,))
    with pytest.raises(ArgumentError, match="not finite"):
        integrated_gradients(network, pixels(), (0,), baseline=np.full((2, 12, 13), np.inf))
    with pytest.raises(ArgumentError, match="number of steps"):
        integrated_gradients(network, pixels(), (0,), steps=0)


def test_the_integral_of_the_loss_goes_from_an_image_of_zeros(network):
    image = pixels()
    parts = list(loss_integration(network, image, 2, steps=20))
    assert [part.done for part in parts] == [8, 16, 20]
    last = parts[-1]
    assert last.output == trace(network, image, 2).loss
    assert last.baseline_output == trace(network, np.zeros_like(image), 2).loss
    # The network has kinks: only many points come close.
    *_, fine = loss_integration(network, image, 2, steps=800)
    assert fine.attribution.sum() == pytest.approx(last.difference, abs=2e-3)
    np.testing.assert_allclose(last.attribution, fine.attribution, atol=0.02)


def test_the_gradient_of_the_loss_is_that_by_raw_pixels(network):
    image, place, step = pixels(), (1, 5, 6), 1e-6
    losses = []
    for sign in (1, -1):
        moved = image.copy()
        moved[place] += sign * step
        losses.append(trace(network, moved, 2).loss)
    gradient = loss_gradient(network, trace(network, image, 2))
    assert gradient[place] == pytest.approx((losses[0] - losses[1]) / (2 * step), rel=1e-5)
    with pytest.raises(ArgumentError, match="without a label"):
        loss_gradient(network, trace(network, image))
    with pytest.raises(ArgumentError, match="The number of steps"):
        next(loss_integration(network, image, 2, steps=0))
