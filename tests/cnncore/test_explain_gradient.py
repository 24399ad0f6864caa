"""Every derivative of the loss, taken apart, from the loss back to the image."""

from dataclasses import replace

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
    Softmax,
    layers,
    trace,
)
from cnncore.explain_gradient import explain_gradient, explain_loss_gradient, gradient_targets
from cnncore.layers import Layer, ReLU, Sigmoid, Tanh
from tests.cnncore.backward_steps import SEEDS, backward_step, some_cells, tolerance


def compose(found):
    """Go from the loss to the image by explained derivatives alone; return what each layer got and gave.

    No layer sees the engine's gradients: upstream is what the layer behind was explained to hand back.
    """
    upstream = np.array([explain_loss_gradient(found, j).exact for j in range(len(found.logits))])
    steps = []
    for step in reversed(found.layers):
        own = replace(step, d_output=upstream)
        upstream = np.empty(step.input.shape)
        for cell in np.ndindex(step.input.shape):
            upstream[cell] = explain_gradient(own, "input", cell).exact
        steps.append((own, upstream))
    return steps[::-1]


def check_composition(found, seed):
    """The engine's gradients are those that were composed, by the image, by each layer and each parameter."""
    steps = compose(found)
    wanted = found.layers[0].d_input
    assert steps[0][1] == pytest.approx(wanted, rel=1e-11, abs=1e-12 * np.abs(wanted).max() + 1e-300)
    for engine, (composed, _) in zip(found.layers, steps, strict=True):
        assert composed.d_output == pytest.approx(engine.d_output, rel=1e-9, abs=1e-12)
        for target in gradient_targets(engine.layer)[:-1]:
            for cell in some_cells(engine.gradients[target].shape, seed, 20):
                terms = explain_gradient(composed, target, cell)
                assert terms.exact == pytest.approx(
                    float(engine.gradients[target][cell]), rel=1e-9, abs=1e-12
                )


@pytest.mark.parametrize("name", ["reference", "lenet5", "tiny"])
def test_the_whole_way_back_through_a_built_in_network(name):
    rng = np.random.default_rng(3)
    network = MODELS[name]().build(rng, np.float64)
    found = trace(network, rng.random((1, 28, 28)), 7)
    assert np.abs(found.layers[0].d_input).max() > 1e-3
    check_composition(found, 3)


@st.composite
def networks(draw):
    """Draw a network in which each kind of layer may stand, and a number for its parameters."""
    activations = st.sampled_from([ReLU, LeakyReLU, Sigmoid, Tanh, layers.Arctan])
    mode = draw(st.sampled_from(["zeros", "reflect", "replicate", "circular"]))
    groups = draw(st.sampled_from([1, 2]))
    between = draw(st.permutations([BatchNorm2d(4), Dropout(0.3), draw(activations)(), Softmax()]))
    pools = [
        MaxPool2d(3, 2, 1, ceil_mode=True),
        MaxPool2d(2, 1),
        AvgPool2d(3, 2, 1, draw(st.booleans()), draw(st.booleans())),
        AdaptiveAvgPool2d((3, 2)),
    ]
    parts = [
        Conv2d(2, 4, draw(st.sampled_from([1, 3, (2, 3)])), draw(st.sampled_from([1, 2])), (1, 0, 1, 1)),
        *between[: draw(st.integers(1, 4))],
        draw(st.sampled_from(pools)),
        Conv2d(4, 6, 2, 1, 1, draw(st.sampled_from([1, 2])), groups, padding_mode=mode),
        draw(activations)(),
        draw(st.sampled_from([MaxPool2d(2), AvgPool2d(2), AdaptiveAvgPool2d(2)])),
        Flatten(),
    ]
    shape = (2, draw(st.integers(7, 9)), draw(st.integers(7, 9)))
    size = shape
    for layer in parts:
        size = layer.output_shape(size)
    return [*parts, Linear(*size, 5), draw(activations)(), Dropout(0.5), Linear(5, 3)], shape


def test_the_whole_way_back_through_batch_norm_dropout_and_average_pooling():
    rng = np.random.default_rng(2)
    parts = [
        Conv2d(1, 4, 3, padding="same"),
        BatchNorm2d(4),
        ReLU(),
        AvgPool2d(3, 2, 1),
        Dropout(0.25),
        Conv2d(4, 6, 3, bias=False),
        BatchNorm2d(6),
        ReLU(),
        MaxPool2d(3, 2),
        Flatten(),
        Dropout(0.5),
        Linear(6 * 2 * 2, 10),
    ]
    network = Sequential(parts, rng, np.float64)
    network.forward(rng.random((8, 1, 14, 14)), training=True)  # so that there are running statistics
    found = trace(network, rng.random((1, 14, 14)), 4)
    assert np.abs(found.layers[0].d_input).max() > 1e-3
    check_composition(found, 2)


@settings(max_examples=40, deadline=None)
@given(networks(), st.integers(0, 2), SEEDS)
def test_the_whole_way_back_through_a_random_network(case, label, seed):
    parts, shape = case
    rng = np.random.default_rng(seed)
    network = Sequential(parts, rng, np.float64)
    network.parameter_vector[:] = rng.normal(0, 0.7, network.parameter_count)
    for layer in parts:
        for name, array in layer.statistics.items():
            array[...] = rng.uniform(0.5, 2, array.shape) if "var" in name else rng.normal(size=array.shape)
    check_composition(trace(network, rng.normal(size=shape), label), seed)


@pytest.mark.parametrize("name", list(MODELS))
def test_every_total_of_a_built_in_network_is_the_engines(name):
    rng = np.random.default_rng(1)
    found = trace(MODELS[name]().build(rng), rng.random((1, 28, 28)), 4)
    for step in found.layers:
        for target in gradient_targets(step.layer):
            engine = step.d_input if target == "input" else step.gradients[target]
            for cell in some_cells(engine.shape, 5, 30):
                terms = explain_gradient(step, target, cell)
                assert (terms.cell, terms.total) == (cell, float(engine[cell]))
                size = np.abs(terms.products).sum() if hasattr(terms, "products") else abs(terms.exact)
                assert terms.exact == pytest.approx(terms.total, abs=tolerance(step, size))


def test_the_targets_of_a_layer():
    assert gradient_targets(Conv2d(1, 2, 3)) == ("weight", "bias", "input")
    assert gradient_targets(Conv2d(1, 2, 3, bias=False)) == ("weight", "input")
    assert gradient_targets(Linear(2, 3)) == ("weight", "bias", "input")
    assert gradient_targets(BatchNorm2d(2)) == ("weight", "bias", "input")
    assert gradient_targets(BatchNorm2d(2, affine=False)) == ("input",)
    assert gradient_targets(ReLU()) == ("input",)
    with pytest.raises(ArgumentError, match="Nothing is known"):
        gradient_targets(Layer())


@pytest.mark.parametrize(
    ("target", "cell"),
    [
        ("input", (0, 0, 5)),
        ("input", (0, -1, 0)),
        ("input", (0, 0)),
        ("weight", (3, 0, 0, 0)),
        ("weight", (0, 2, 0, 0)),
        ("weight", (0,)),
        ("bias", (3,)),
        ("bias", ()),
    ],
)
def test_there_is_no_such_cell(target, cell):
    with pytest.raises(ArgumentError, match=f"no cell .* in the {target}"):
        explain_gradient(backward_step(Conv2d(2, 3, 3), (2, 5, 5), 0), target, cell)


@pytest.mark.parametrize(
    ("layer", "target"), [(ReLU(), "weight"), (Conv2d(2, 3, 3, bias=False), "bias"), (ReLU(), "output")]
)
def test_there_is_no_such_target(layer, target):
    with pytest.raises(ArgumentError, match=f"not of {target}"):
        explain_gradient(backward_step(layer, (2, 5, 5), 0), target, (0, 0, 0))


def test_a_sample_without_a_label_has_no_gradients():
    found = trace(MODELS["tiny"]().build(np.random.default_rng(3)), np.zeros((1, 28, 28)))
    for target in gradient_targets(found.layers[0].layer):
        with pytest.raises(ArgumentError, match="without a label"):
            explain_gradient(found.layers[0], target, (0, 0, 0))


def test_places_that_numpy_counted_are_welcome():
    step = backward_step(ReLU(), (2, 3, 4), 0)
    terms = explain_gradient(step, "input", tuple(np.argwhere(step.input > 0)[0]))
    assert all(type(place) is int for place in terms.cell)


EVERY_KIND = {
    Conv2d: (Conv2d(2, 3, 3, padding=1), (2, 4, 4)),
    MaxPool2d: (MaxPool2d(2, 1), (2, 4, 4)),
    AvgPool2d: (AvgPool2d(2, 1), (2, 4, 4)),
    AdaptiveAvgPool2d: (AdaptiveAvgPool2d(2), (2, 4, 4)),
    BatchNorm2d: (BatchNorm2d(2), (2, 4, 4)),
    Dropout: (Dropout(), (2, 4, 4)),
    Flatten: (Flatten(), (2, 4, 4)),
    Linear: (Linear(5, 4), (5,)),
    Softmax: (Softmax(), (5,)),
    **{kind: (kind(), (2, 4, 4)) for kind in (ReLU, LeakyReLU, Sigmoid, Tanh, layers.Arctan)},
}


def test_every_layer_of_the_engine_is_here():
    kinds = {getattr(layers, name) for name in layers.__all__}
    assert set(EVERY_KIND) == kinds - {Layer, layers.Activation}


@pytest.mark.parametrize("kind", EVERY_KIND, ids=lambda kind: kind.__name__)
def test_gradients_of_a_run_that_diverged_warn_of_nothing(kind):
    step = backward_step(*EVERY_KIND[kind], 0, coarse=True)
    infinite = np.where(step.d_output > 0, np.inf, -np.inf)
    step = replace(step, d_output=infinite, d_input=np.full(step.input.shape, np.nan))
    for target in gradient_targets(step.layer):
        shape = step.input.shape if target == "input" else step.gradients[target].shape
        for cell in np.ndindex(shape):
            assert not np.isfinite(explain_gradient(step, target, cell).exact) or kind is MaxPool2d
