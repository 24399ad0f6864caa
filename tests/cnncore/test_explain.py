"""Every number of every layer, taken apart: terms that add up to the engine's own output."""

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
from cnncore.explain import explain, explain_loss, explain_softmax, kind_of
from cnncore.explain_cells import curve, flat_index, slope_at
from cnncore.layers import Arctan, Layer, ReLU, Sigmoid, Tanh
from cnncore.trace import LayerTrace

CASES = settings(max_examples=90, deadline=None)
SEEDS = st.integers(0, 2**32 - 1)


def traced(layer, shape, seed, scale=1.0):
    """Run a random image through one layer with random parameters."""
    rng = np.random.default_rng(seed)
    network = Sequential([layer], rng)
    network.parameter_vector[:] = rng.normal(0, scale, network.parameter_count)
    image = rng.normal(0, scale, shape).astype(np.float32)
    y, _ = network.forward(image[np.newaxis])
    return LayerTrace(0, layer, image, np.array(y[0]), None, None, {})


def some_cells(step, seed, count=4):
    """Return all corner cells and a few others."""
    rng = np.random.default_rng(seed)
    shape = step.output.shape
    cells = {tuple(0 for _ in shape), tuple(size - 1 for size in shape)}
    cells |= {tuple(int(rng.integers(size)) for size in shape) for _ in range(count)}
    return sorted(cells)


@st.composite
def windows(draw, dilated=True):
    """Draw an image shape, a kernel size, stride, padding and dilation that fit one another."""
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    dilation = draw(st.tuples(st.integers(1, 3), st.integers(1, 3))) if dilated else (1, 1)
    least = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    size = tuple(n + draw(st.integers(0, 6)) for n in least)
    padding = tuple(draw(st.integers(0, k // 2)) for k in (kernel[0], kernel[0], kernel[1], kernel[1]))
    stride = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    return size, kernel, stride, padding, dilation


@CASES
@given(windows(), st.integers(1, 4), st.integers(1, 3), st.booleans(), SEEDS)
def test_convolution(window, inputs, outputs, bias, seed):
    size, kernel, stride, padding, dilation = window
    layer = Conv2d(inputs, outputs, kernel, stride, padding, dilation, bias=bias)
    step = traced(layer, (inputs, *size), seed)
    padded = np.pad(step.input, ((0, 0), padding[:2], padding[2:]))
    for cell in some_cells(step, seed):
        terms = explain(step, cell)
        o, y, x = cell
        top, left = y * stride[0], x * stride[1]
        seen = padded[
            :,
            top : top + dilation[0] * (kernel[0] - 1) + 1 : dilation[0],
            left : left + dilation[1] * (kernel[1] - 1) + 1 : dilation[1],
        ]
        assert np.array_equal(terms.patch, seen)
        assert terms.products.shape == (inputs, *kernel)
        assert np.array_equal(terms.kernel, layer.parameters["weight"][o])
        assert np.array_equal(terms.products, seen.astype(np.float64) * terms.kernel)
        assert terms.partial_sums.sum() == pytest.approx(terms.products.sum(), abs=1e-9)
        assert terms.total == float(step.output[cell])
        assert terms.exact == pytest.approx(terms.total, abs=2e-6 * (1 + np.abs(terms.products).sum()))
        assert (terms.bias is None) == (not bias)
        rows_inside = (terms.window.rows >= 0) & (terms.window.rows < size[0])
        assert np.array_equal(terms.window.inside.any(axis=1), rows_inside & terms.window.inside.any())
        assert not terms.patch[:, ~terms.window.inside].any()


@CASES
@given(st.sampled_from(["zeros", "reflect", "replicate", "circular"]), st.sampled_from([1, 2, 4]), SEEDS)
def test_groups_and_padding_that_copies(mode, groups, seed):
    layer = Conv2d(4, 8, 3, (1, 2), (1, 2, 3, 0), groups=groups, padding_mode=mode)
    step = traced(layer, (4, 5, 6), seed)
    for cell in some_cells(step, seed):
        terms = explain(step, cell)
        assert terms.total == float(step.output[cell])
        assert terms.exact == pytest.approx(terms.total, abs=1e-4)
        assert len(terms.channels) == 4 // groups


@CASES
@given(windows(dilated=False), st.booleans(), SEEDS)
def test_max_pooling(window, coarse, seed):
    size, kernel, stride, padding, _ = window
    layer = MaxPool2d(kernel, stride, padding)
    step = traced(layer, (2, *size), seed)
    if coarse:  # so that there are ties
        image = np.round(step.input)
        y, _ = layer.forward(image[np.newaxis])
        step = type(step)(0, layer, image, np.array(y[0]), None, None, {})
    for cell in some_cells(step, seed):
        terms = explain(step, cell)
        inside = terms.values[terms.window.inside]
        assert terms.total == float(step.output[cell]) == inside.max() == terms.values[terms.winner]
        assert terms.ties.sum() == (inside == inside.max()).sum() >= 1
        assert terms.winner == divmod(int(np.flatnonzero(terms.ties)[0]), kernel[1])
        i, j = terms.winner
        assert terms.total == float(step.input[cell[0], terms.window.rows[i], terms.window.columns[j]])
        assert np.isneginf(terms.values[~terms.window.inside]).all()


@CASES
@given(st.sampled_from([ReLU, LeakyReLU, Sigmoid, Tanh, Arctan]), st.sampled_from([(2, 3, 4), (7,)]), SEEDS)
def test_activations(kind, shape, seed):
    step = traced(kind(), shape, seed, scale=2.0)
    for cell in some_cells(step, seed):
        terms = explain(step, cell)
        assert (terms.before, terms.total) == (float(step.input[cell]), float(step.output[cell]))
        if kind not in (ReLU, LeakyReLU) or abs(terms.before) > 1e-3:
            x, y = curve(kind(), terms.before - 1e-4, terms.before + 1e-4, 2)
            assert terms.slope == pytest.approx((y[1] - y[0]) / (x[1] - x[0]), abs=1e-4)


@CASES
@given(windows(dilated=False), st.booleans(), st.booleans(), SEEDS)
def test_average_pooling(window, ceil_mode, counted, seed):
    size, kernel, stride, padding, _ = window
    layer = AvgPool2d(kernel, stride, padding, ceil_mode, counted)
    step = traced(layer, (2, *size), seed)
    for cell in some_cells(step, seed):
        terms = explain(step, cell)
        assert terms.total == float(step.output[cell])
        assert terms.exact == pytest.approx(terms.total, abs=1e-5)


@CASES
@given(st.tuples(*[st.integers(1, 6)] * 2), st.tuples(*[st.none() | st.integers(1, 4)] * 2), SEEDS)
def test_adaptive_pooling(size, output, seed):
    step = traced(AdaptiveAvgPool2d(output), (2, *size), seed)
    for cell in some_cells(step, seed):
        terms = explain(step, cell)
        assert terms.total == float(step.output[cell])
        assert terms.divisor == terms.values.size
        assert terms.exact == pytest.approx(terms.total, abs=1e-5)


@CASES
@given(st.booleans(), SEEDS)
def test_batch_norm_in_use(affine, seed):
    layer = BatchNorm2d(3, affine=affine)
    Sequential([layer], np.random.default_rng(0)).forward(
        np.random.default_rng(seed).normal(2, 3, (4, 3, 5, 5)), training=True
    )
    x = np.random.default_rng(seed).normal(2, 3, (3, 4, 4)).astype(np.float32)
    step = LayerTrace(0, layer, x, np.array(layer.forward(x[np.newaxis])[0][0]), None, None, {})
    for cell in some_cells(step, seed):
        terms = explain(step, cell)
        assert terms.mean == float(layer.running_mean[cell[0]])
        assert terms.exact == pytest.approx(terms.total, abs=1e-5)
        assert terms.line(terms.before) == pytest.approx(terms.total, abs=1e-5)


def test_dropout_in_use():
    step = traced(Dropout(0.25), (3, 4, 4), 0)
    terms = explain(step, (1, 2, 3))
    assert terms.before == terms.total == float(step.input[1, 2, 3])
    assert terms.learning_scale == pytest.approx(4 / 3)


@CASES
@given(st.sampled_from([(7,), (4, 2, 3)]), SEEDS)
def test_softmax_as_a_layer(shape, seed):
    step = traced(Softmax(), shape, seed, scale=3.0)
    for cell in some_cells(step, seed):
        terms = explain(step, cell)
        assert len(terms.logits) == shape[0]
        assert terms.exact == pytest.approx(terms.total, abs=1e-6)


@CASES
@given(st.tuples(st.integers(1, 4), st.integers(1, 6), st.integers(1, 6)), SEEDS)
def test_flatten(shape, seed):
    step = traced(Flatten(), shape, seed)
    for cell in some_cells(step, seed):
        terms = explain(step, cell)
        channel, y, x = terms.source
        assert cell[0] == (channel * shape[1] + y) * shape[2] + x == flat_index(shape, terms.source)
        assert terms.total == float(step.input[terms.source]) == float(step.output[cell])


@CASES
@given(st.integers(1, 40), st.integers(1, 5), st.booleans(), SEEDS)
def test_linear(inputs, outputs, bias, seed):
    step = traced(Linear(inputs, outputs, bias), (inputs,), seed)
    for cell in some_cells(step, seed):
        terms = explain(step, cell)
        assert terms.contributions.shape == (inputs,)
        assert terms.total == float(step.output[cell])
        size = 1 + np.abs(terms.contributions).sum()
        assert terms.exact == pytest.approx(terms.total, abs=2e-6 * size)
        assert terms.positive + terms.negative + (terms.bias or 0) == pytest.approx(terms.exact, abs=1e-9)
        assert np.all(np.diff(np.abs(terms.contributions[terms.order])) <= 0)
        shown = inputs // 2
        first = terms.contributions[terms.order[:shown]].sum()
        assert first + terms.rest(shown) + (terms.bias or 0) == pytest.approx(terms.exact, abs=1e-9)


@CASES
@given(st.integers(0, 9), st.floats(0.1, 60), SEEDS)
def test_softmax_and_loss(label, scale, seed):
    rng = np.random.default_rng(seed)
    network = MODELS["mlp"]().build(rng)
    network.parameter_vector[:] *= scale
    found = trace(network, rng.random((1, 28, 28)), label, backward=False)
    for index in (0, label, found.predicted):
        terms = explain_softmax(found, index)
        assert terms.total == float(found.probabilities[index])
        assert terms.exact == pytest.approx(terms.total, abs=2e-6)
        assert terms.quotients.sum() == pytest.approx(1)
        assert terms.shifted.max() == 0
        assert terms.divisor == pytest.approx(terms.exponentials.sum())
    loss = explain_loss(found)
    assert loss.total == found.loss
    assert loss.exact == pytest.approx(found.loss, rel=1e-5, abs=1e-5)


def test_a_whole_network_hands_on_from_layer_to_layer():
    network = MODELS["reference"]().build(np.random.default_rng(3))
    found = trace(network, np.random.default_rng(1).random((1, 28, 28)), 7, backward=False)
    for step in found.layers:
        for cell in some_cells(step, 5):
            assert explain(step, cell).total == float(step.output[cell])


def test_folding_contributions_back_to_the_maps():
    step = traced(Linear(24, 3), (24,), 1)
    terms = explain(step, (1,))
    folded = terms.folded((2, 3, 4))
    assert folded[1, 2, 3] == terms.contributions[23]
    assert folded.sum() == pytest.approx(terms.contributions.sum())


def test_relu_at_zero_has_the_engines_slope():
    assert slope_at(ReLU(), 0.0) == 0.0
    assert slope_at(ReLU(), 0.5) == 1.0


@pytest.mark.parametrize("cell", [(0, 0), (0, 0, 4), (-1, 0, 0), (3, 0, 0)])
def test_there_is_no_such_cell(cell):
    with pytest.raises(ArgumentError, match="no cell"):
        explain(traced(ReLU(), (3, 4, 4), 0), cell)


def test_a_sample_without_a_label_has_no_loss():
    network = MODELS["mlp"]().build(np.random.default_rng(3))
    with pytest.raises(ArgumentError, match="no loss"):
        explain_loss(trace(network, np.zeros((1, 28, 28))))


def test_an_unknown_layer_is_refused():
    with pytest.raises(ArgumentError, match="Nothing is known"):
        kind_of(Layer())


def test_every_layer_of_the_engine_is_explained():
    kinds = [getattr(layers, name) for name in layers.__all__]
    abstract = ("Layer", "Activation")
    wanted = {kind for kind in kinds if isinstance(kind, type) and kind.__name__ not in abstract}
    for kind in wanted:
        assert kind_of(kind.__new__(kind))
