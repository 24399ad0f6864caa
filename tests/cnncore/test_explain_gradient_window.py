"""The gradients of convolutions of every kind: terms, their number, and what they add up to."""

import numpy as np
import pytest
from hypothesis import given, settings

from cnncore import Conv2d
from cnncore.explain_gradient import explain_gradient
from tests.cnncore.backward_steps import (
    DTYPES,
    SEEDS,
    backward_step,
    convolutions,
    naive_reads,
    some_cells,
    tolerance,
)

CASES = settings(max_examples=150, deadline=None)


@CASES
@given(convolutions(), DTYPES, SEEDS)
def test_the_gradient_of_a_weight(case, dtype, seed):
    step = backward_step(*case, seed, dtype)
    reads = naive_reads(step)
    group_size = step.layer.parameters["weight"].shape[1]
    maps_per_group = len(step.output) // step.layer.groups
    for cell in some_cells(step.gradients["weight"].shape, seed):
        f, c, i, j = cell
        terms = explain_gradient(step, "weight", cell)
        assert (terms.cell, terms.total) == (cell, float(step.gradients["weight"][cell]))
        assert terms.weight == float(step.layer.parameters["weight"][cell])
        assert terms.channel == f // maps_per_group * group_size + c
        assert np.array_equal(terms.upstream, step.d_output[f])
        own = [read for read in reads if read[1] == (i, j)]
        assert terms.products.size == len(own) == step.output[f].size
        wanted = 0.0
        for place, _, (row, column), source in own:
            seen = 0.0 if source is None else float(step.input[terms.channel][source])
            assert (terms.rows[place[0]], terms.columns[place[1]]) == (row, column)
            assert terms.inside[place] == (source == (row, column))
            assert terms.inputs[place] == seen
            assert terms.products[place] == seen * float(terms.upstream[place])
            wanted += seen * float(step.d_output[f][place])
        size = np.abs(terms.products).sum()
        assert terms.exact == pytest.approx(wanted, abs=1e-12 * (1 + size))
        assert terms.exact == pytest.approx(terms.total, abs=tolerance(step, size))
        assert terms.positive + terms.negative == pytest.approx(terms.exact, abs=1e-12 * (1 + size))
        counts = terms.positive_count, terms.negative_count, terms.zero_count
        assert sum(counts) == terms.products.size


@CASES
@given(convolutions(), DTYPES, SEEDS)
def test_the_gradient_of_an_input(case, dtype, seed):
    step = backward_step(*case, seed, dtype)
    reads = naive_reads(step)
    weight = step.layer.parameters["weight"]
    maps_per_group = len(weight) // step.layer.groups
    for cell in some_cells(step.input.shape, seed):
        channel, *source = cell
        terms = explain_gradient(step, "input", cell)
        assert (terms.cell, terms.total) == (cell, float(step.d_input[cell]))
        group, c = divmod(channel, weight.shape[1])
        assert list(terms.maps) == list(range(group * maps_per_group, (group + 1) * maps_per_group))
        own = [read for read in reads if read[3] == tuple(source)]
        own.sort(key=lambda read: (read[0][0], read[1][0], read[0][1], read[1][1]))
        found = zip(terms.places.tolist(), terms.taps.tolist(), terms.reads.tolist(), strict=True)
        assert [tuple(map(tuple, read)) for read in found] == [read[:3] for read in own]
        assert list(terms.copied) == [read[2] != tuple(source) for read in own]
        assert terms.products.shape == (len(terms.maps), len(own))
        for row, f in enumerate(terms.maps):
            for term, (place, tap, _, _) in enumerate(own):
                assert terms.weights[row, term] == weight[f, c][tap]
                assert terms.upstream[row, term] == step.d_output[f][place]
        assert np.array_equal(terms.products, terms.weights.astype(float) * terms.upstream)
        size = np.abs(terms.products).sum()
        assert terms.partial_sums.shape == terms.maps.shape
        assert terms.partial_sums.sum() == pytest.approx(terms.exact, abs=1e-12 * (1 + size))
        assert terms.exact == pytest.approx(terms.total, abs=tolerance(step, size))


@CASES
@given(convolutions(), DTYPES, SEEDS)
def test_the_gradient_of_a_bias(case, dtype, seed):
    step = backward_step(*case, seed, dtype)
    for f in range(len(step.output)) if "bias" in step.gradients else ():
        terms = explain_gradient(step, "bias", (f,))
        assert (terms.cell, terms.total) == ((f,), float(step.gradients["bias"][f]))
        assert np.array_equal(terms.upstream, step.d_output[f])
        assert np.array_equal(terms.products, step.d_output[f])
        assert terms.exact == pytest.approx(terms.total, abs=tolerance(step, np.abs(terms.products).sum()))


def test_a_pixel_is_read_through_the_padding_that_repeats_it():
    step = backward_step(Conv2d(1, 1, 3, padding=1, padding_mode="replicate"), (1, 4, 4), 0)
    corner = explain_gradient(step, "input", (0, 0, 0))
    assert len(corner.taps) == 9
    assert (
        sorted(map(tuple, corner.reads[corner.copied].tolist())) == [(-1, -1)] + [(-1, 0)] * 2 + [(0, -1)] * 2
    )
    assert not explain_gradient(step, "input", (0, 1, 1)).copied.any()


def test_a_pixel_that_no_window_reads_has_no_terms():
    step = backward_step(Conv2d(2, 3, 1, stride=2), (2, 5, 5), 0)
    terms = explain_gradient(step, "input", (1, 1, 2))
    assert terms.products.shape == (3, 0)
    assert terms.exact == terms.total == 0.0
