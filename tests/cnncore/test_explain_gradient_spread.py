"""The full correlation of the spread out gradient with the flipped kernel gives the input's gradient."""

import numpy as np
import pytest
from hypothesis import given, settings

from cnncore import ArgumentError, Conv2d, ReLU
from cnncore.explain_gradient import explain_gradient, spread_gradient
from cnncore.trace import LayerTrace
from tests.cnncore.backward_steps import DTYPES, SEEDS, backward_step, convolutions, naive_reads, tolerance

CASES = settings(max_examples=120, deadline=None)


def added_up(step):
    """Add up what all maps give to the input, and how large the terms are that do."""
    total, size = np.zeros(step.input.shape), 0.0
    for f in range(len(step.output)):
        spread = spread_gradient(step, f)
        for channel in spread.channels:
            total[channel] += spread.correlate(channel)
        size += float(np.abs(spread.values).sum() * np.abs(spread.flipped).sum())
    return total, size


@CASES
@given(convolutions(modes=("zeros",)), DTYPES, SEEDS)
def test_with_zeros_around_it_is_the_whole_gradient(case, dtype, seed):
    step = backward_step(*case, seed, dtype)
    total, size = added_up(step)
    assert total == pytest.approx(step.d_input.astype(float), abs=tolerance(step, size))
    assert not spread_gradient(step, 0).folded.any()


@CASES
@given(convolutions(modes=("reflect", "replicate", "circular")), SEEDS)
def test_with_copies_around_it_is_all_but_what_the_copies_add(case, seed):
    step = backward_step(*case, seed)
    folded = spread_gradient(step, 0).folded
    wanted = np.zeros(folded.shape, bool)
    for _, _, place, source in naive_reads(step):
        if source is not None:
            wanted[source] |= place != source
    assert np.array_equal(folded, wanted)
    total, size = added_up(step)
    whole = np.where(folded, 0, step.d_input)
    assert np.where(folded, 0, total) == pytest.approx(whole, abs=tolerance(step, size))
    for y, x in np.argwhere(folded)[:4]:
        terms = explain_gradient(step, "input", (0, int(y), int(x)))
        copies = terms.products[:, terms.copied].sum()
        assert total[0, y, x] + copies == pytest.approx(terms.total, abs=tolerance(step, size))


@CASES
@given(convolutions(modes=("zeros",)), SEEDS)
def test_the_picture_is_the_gradient_with_zeros_between_and_around(case, seed):
    step = backward_step(*case, seed)
    layer, f = step.layer, seed % len(step.output)
    spread = spread_gradient(step, f)
    height, width = step.input.shape[1:]
    reach = [d * (k - 1) for d, k in zip(layer.dilation, layer.kernel_size, strict=True)]
    assert spread.values.shape == (height + reach[0], width + reach[1])
    assert spread.offset == (reach[0] - layer.padding[0], reach[1] - layer.padding[2])
    wanted, there = np.zeros_like(spread.values), np.zeros(spread.values.shape, bool)
    for y, x in np.ndindex(step.d_output[f].shape):
        row, column = spread.offset[0] + y * layer.stride[0], spread.offset[1] + x * layer.stride[1]
        if 0 <= row < wanted.shape[0] and 0 <= column < wanted.shape[1]:
            wanted[row, column], there[row, column] = step.d_output[f, y, x], True
            assert (spread.rows[row], spread.columns[column]) == (y, x)
    assert np.array_equal(spread.values, wanted)
    assert np.array_equal(spread.real, there)
    hull = np.zeros_like(there)
    if there.any():
        rows, columns = np.flatnonzero(there.any(axis=1)), np.flatnonzero(there.any(axis=0))
        hull[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] = True
    assert np.array_equal(spread.inserted, hull & ~there)


@CASES
@given(convolutions(modes=("zeros",)), SEEDS)
def test_under_the_flipped_kernel_lie_the_terms_of_a_cell(case, seed):
    step = backward_step(*case, seed)
    f, rng = seed % len(step.output), np.random.default_rng(seed)
    spread = spread_gradient(step, f)
    channel = int(spread.channels[-1])
    y, x = (int(rng.integers(size)) for size in step.input.shape[1:])
    rows, columns = spread.window(y, x)
    under, real = (picture[rows[:, np.newaxis], columns] for picture in (spread.values, spread.real))
    terms = explain_gradient(step, "input", (channel, y, x))
    row = list(terms.maps).index(f)
    # In reading order, the cells under the kernel that are no zeros are the terms.
    assert np.array_equal(under[real], terms.upstream[row])
    assert np.array_equal(spread.flipped[-1][real], terms.weights[row])
    assert (under * spread.flipped[-1]).sum() == pytest.approx(spread.correlate(channel)[y, x], abs=1e-12)


def test_padding_that_the_kernel_does_not_need_is_cut_off():
    step = backward_step(Conv2d(1, 1, 1, padding=2), (1, 3, 3), 0)
    spread = spread_gradient(step, 0)
    assert spread.offset == (-2, -2)
    assert np.array_equal(spread.values, step.d_output[0, 2:-2, 2:-2])


def test_what_cannot_be_spread_out():
    step = backward_step(Conv2d(2, 4, 3, groups=2), (2, 5, 5), 0)
    with pytest.raises(ArgumentError, match="does not read channel 1"):
        spread_gradient(step, 0).correlate(1)
    with pytest.raises(ArgumentError, match="no output map 4"):
        spread_gradient(step, 4)
    with pytest.raises(ArgumentError, match="no kernel"):
        spread_gradient(backward_step(ReLU(), (2, 3, 3), 0), 0)
    with pytest.raises(ArgumentError, match="without a label"):
        spread_gradient(LayerTrace(0, step.layer, step.input, step.output, None, None, {}), 0)
