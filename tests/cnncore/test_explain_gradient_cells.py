"""The gradients of activations, batch norm in use, dropout in use, and flatten."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncore import BatchNorm2d, Dropout, Flatten, LeakyReLU
from cnncore.explain_gradient import explain_gradient
from cnncore.layers import Arctan, ReLU, Sigmoid, Tanh
from tests.cnncore.backward_steps import DTYPES, SEEDS, backward_step, some_cells, tolerance

CASES = settings(max_examples=80, deadline=None)
SHAPES = st.sampled_from([(2, 3, 4), (7,)])
SLOPES = {
    ReLU: lambda x: float(x > 0),
    LeakyReLU: lambda x: 1.0 if x > 0 else 0.01,
    Sigmoid: lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2,
    Tanh: lambda x: 1 / np.cosh(x) ** 2,
    Arctan: lambda x: 1 / (1 + x * x),
}


@CASES
@given(st.sampled_from(list(SLOPES)), SHAPES, st.booleans(), DTYPES, SEEDS)
def test_activations(kind, shape, coarse, dtype, seed):
    step = backward_step(kind(), shape, seed, dtype, coarse)
    for cell in some_cells(shape, seed):
        terms = explain_gradient(step, "input", cell)
        assert (terms.cell, terms.total) == (cell, float(step.d_input[cell]))
        assert (terms.value, terms.upstream) == (float(step.input[cell]), float(step.d_output[cell]))
        assert terms.slope == pytest.approx(SLOPES[kind](terms.value), abs=tolerance(step, 0))
        assert terms.exact == terms.product == terms.slope * terms.upstream
        assert terms.exact == pytest.approx(terms.total, abs=tolerance(step, abs(terms.product)))


@CASES
@given(st.booleans(), st.tuples(*[st.integers(1, 4)] * 3), DTYPES, SEEDS)
def test_batch_norm_in_use(affine, shape, dtype, seed):
    step = backward_step(BatchNorm2d(shape[0], affine=affine), shape, seed, dtype)
    layer = step.layer
    deviations = np.sqrt(layer.running_var.astype(float) + layer.eps)
    for cell in some_cells(shape, seed):
        terms = explain_gradient(step, "input", cell)
        assert (terms.cell, terms.total) == (cell, float(step.d_input[cell]))
        weight = float(layer.parameters["weight"][cell[0]]) if affine else 1.0
        assert terms.deviation == pytest.approx(deviations[cell[0]], rel=1e-14)
        assert terms.scale == pytest.approx(weight / deviations[cell[0]], rel=1e-14)
        assert terms.upstream == float(step.d_output[cell])
        assert terms.exact == terms.product == terms.scale * terms.upstream
        assert terms.exact == pytest.approx(terms.total, abs=tolerance(step, abs(terms.product)))
    for channel in range(shape[0] if affine else 0):
        terms = explain_gradient(step, "weight", (channel,))
        assert (terms.cell, terms.total) == ((channel,), float(step.gradients["weight"][channel]))
        assert terms.weight == float(layer.parameters["weight"][channel])
        normalised = (step.input[channel] - float(layer.running_mean[channel])) / deviations[channel]
        assert terms.normalised == pytest.approx(normalised, abs=tolerance(step, np.abs(normalised).max()))
        assert np.array_equal(terms.upstream, step.d_output[channel])
        assert np.array_equal(terms.products, terms.normalised * terms.upstream)
        size = np.abs(terms.products).sum()
        assert terms.exact == pytest.approx(terms.total, abs=tolerance(step, size))
        shift = explain_gradient(step, "bias", (channel,))
        assert shift.products.shape == shape[1:]
        assert shift.total == float(step.gradients["bias"][channel])
        assert shift.exact == pytest.approx(shift.total, abs=tolerance(step, np.abs(shift.products).sum()))


@CASES
@given(st.floats(0, 1), SHAPES, DTYPES, SEEDS)
def test_dropout_in_use_hands_everything_back(p, shape, dtype, seed):
    step = backward_step(Dropout(p), shape, seed, dtype)
    for cell in some_cells(shape, seed):
        terms = explain_gradient(step, "input", cell)
        assert terms.exact == terms.total == terms.upstream == float(step.d_input[cell])
        assert (terms.cell, terms.factor, terms.probability) == (cell, 1.0, p)
        assert terms.learning_scale * (1 - p) == pytest.approx(float(p < 1))


@CASES
@given(st.tuples(*[st.integers(1, 6)] * 3), DTYPES, SEEDS)
def test_flatten_is_turned_back(shape, dtype, seed):
    step = backward_step(Flatten(), shape, seed, dtype)
    for cell in some_cells(shape, seed):
        terms = explain_gradient(step, "input", cell)
        channel, y, x = cell
        assert terms.place == (channel * shape[1] + y) * shape[2] + x
        assert (terms.cell, terms.shape) == (cell, shape)
        assert terms.exact == terms.total == terms.upstream == float(step.d_output[terms.place])
