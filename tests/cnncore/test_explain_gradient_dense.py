"""The gradients of the dense layer, of softmax, and of softmax and loss together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncore import MODELS, ArgumentError, Linear, Softmax, trace
from cnncore.explain_gradient import explain_gradient, explain_loss_gradient
from tests.cnncore.backward_steps import DTYPES, SEEDS, backward_step, some_cells, tolerance

CASES = settings(max_examples=80, deadline=None)


@CASES
@given(st.integers(1, 30), st.integers(1, 8), st.booleans(), DTYPES, SEEDS)
def test_a_dense_layer(inputs, outputs, bias, dtype, seed):
    step = backward_step(Linear(inputs, outputs, bias), (inputs,), seed, dtype)
    weight = step.layer.parameters["weight"]
    for cell in some_cells(weight.shape, seed):
        terms = explain_gradient(step, "weight", cell)
        assert (terms.cell, terms.total) == (cell, float(step.gradients["weight"][cell]))
        assert terms.weight == float(weight[cell])
        assert (terms.upstream, terms.input) == (float(step.d_output[cell[0]]), float(step.input[cell[1]]))
        assert terms.exact == terms.product == terms.upstream * terms.input
        assert terms.exact == pytest.approx(terms.total, abs=tolerance(step, abs(terms.product)))
    for cell in some_cells((inputs,), seed):
        terms = explain_gradient(step, "input", cell)
        assert (terms.cell, terms.total) == (cell, float(step.d_input[cell]))
        assert np.array_equal(terms.weights, weight[:, cell[0]])
        assert np.array_equal(terms.upstream, step.d_output)
        assert list(terms.products) == [
            float(w) * float(u) for w, u in zip(terms.weights, terms.upstream, strict=True)
        ]
        assert terms.products.shape == (outputs,)
        assert terms.exact == pytest.approx(terms.total, abs=tolerance(step, np.abs(terms.products).sum()))
    for unit in range(outputs if bias else 0):
        terms = explain_gradient(step, "bias", (unit,))
        assert terms.total == float(step.gradients["bias"][unit])
        assert terms.upstream.tolist() == [terms.total] == [terms.exact]


@CASES
@given(st.sampled_from([(1,), (7,), (4, 2, 3)]), DTYPES, SEEDS)
def test_a_softmax_layer(shape, dtype, seed):
    step = backward_step(Softmax(), shape, seed, dtype)
    for cell in some_cells(shape, seed):
        terms = explain_gradient(step, "input", cell)
        assert (terms.cell, terms.total) == (cell, float(step.d_input[cell]))
        p, j = step.output[(slice(None), *cell[1:])].astype(float), cell[0]
        assert np.array_equal(terms.probabilities, p)
        wanted = [p[k] * ((k == j) - p[j]) for k in range(shape[0])]
        assert terms.jacobian == pytest.approx(np.array(wanted), abs=1e-15)
        assert np.array_equal(terms.upstream, step.d_output[(slice(None), *cell[1:])])
        assert np.array_equal(terms.products, terms.jacobian * terms.upstream)
        assert terms.exact == pytest.approx(terms.total, abs=tolerance(step, np.abs(terms.products).sum()))


@CASES
@given(st.integers(0, 9), st.floats(0.1, 40), DTYPES, SEEDS)
def test_softmax_and_loss_together(label, scale, dtype, seed):
    rng = np.random.default_rng(seed)
    network = MODELS["mlp"]().build(rng, dtype)
    network.parameter_vector[:] *= scale
    found = trace(network, rng.random((1, 28, 28)), label)
    for j in range(10):
        terms = explain_loss_gradient(found, j)
        assert (terms.cell, terms.target) == ((j,), int(j == label))
        assert terms.total == float(found.layers[-1].d_output[j])
        assert terms.probability == float(found.probabilities[j])
        assert terms.exact == terms.probability - terms.target
        assert terms.exact == pytest.approx(terms.total, abs=1e-15 if dtype == np.float64 else 2e-7)


def test_no_label_no_gradient_and_no_such_class():
    network = MODELS["mlp"]().build(np.random.default_rng(3))
    image = np.zeros((1, 28, 28))
    for found in (trace(network, image), trace(network, image, 3, backward=False)):
        with pytest.raises(ArgumentError, match="no gradient"):
            explain_loss_gradient(found, 3)
    for j in (-1, 10):
        with pytest.raises(ArgumentError, match=f"no class {j} among 10"):
            explain_loss_gradient(trace(network, image, 3), j)
