"""What windows read along an axis, compared with padded images that NumPy makes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncore import AdaptiveAvgPool2d, AvgPool2d
from cnncore.explain_gradient_reads import axis_reads, divisors, pairs
from tests.cnncore.backward_steps import SEEDS, backward_step, convolutions, naive_reads, pools

CASES = settings(max_examples=60, deadline=None)


@CASES
@given(convolutions(), SEEDS)
def test_a_convolution_reads_what_a_padded_image_shows(case, seed):
    step = backward_step(*case, seed)
    y, x = axis_reads(step, 0), axis_reads(step, 1)
    for (oy, ox), (i, j), place, source in naive_reads(step):
        assert (y.places[oy, i], x.places[ox, j]) == place
        nothing = y.sources[oy, i] < 0 or x.sources[ox, j] < 0
        assert (None if nothing else (y.sources[oy, i], x.sources[ox, j])) == source


@CASES
@given(pools(), st.booleans(), SEEDS)
def test_the_divisors_of_average_pooling(case, counted, seed):
    (kernel, stride, padding), ceil_mode, shape = case
    layer = AvgPool2d(kernel, stride, padding, ceil_mode, counted)
    step = backward_step(layer, shape, seed)
    rows, columns = (divisors(layer, axis_reads(step, axis), shape[1 + axis], axis) for axis in (0, 1))
    ones = np.ones((1, 1, *shape[1:]))
    sums = np.zeros(step.output.shape[1:])
    for cell, _, _, source in naive_reads(step):
        sums[cell] += source is not None
    # Of an image of ones the mean is the count of what lies inside by the divisor.
    assert np.outer(rows, columns) == pytest.approx(sums / layer.forward(ones)[0][0, 0])


@given(st.integers(1, 12), st.integers(1, 12))
def test_adaptive_windows_share_out_the_whole_axis(size, count):
    step = backward_step(AdaptiveAvgPool2d((count, 1)), (1, size, 2), 0)
    reads = axis_reads(step, 0)
    for window in range(count):
        inside = [place for place in range(size) if window * size < (place + 1) * count]
        inside = [place for place in inside if place * count < (window + 1) * size]
        assert [int(source) for source in reads.sources[window] if source >= 0] == inside
    assert list(divisors(step.layer, reads, size, 0)) == list((reads.sources >= 0).sum(axis=1))


def test_pairs_stand_in_reading_order():
    assert pairs(np.array([4, 7]), np.array([1, 2, 3])).tolist() == [
        [4, 1], [4, 2], [4, 3], [7, 1], [7, 2], [7, 3],
    ]  # fmt: skip
