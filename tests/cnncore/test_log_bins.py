"""Bins for numbers of any sign and size."""

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from cnncore.log_bins import PER_DECADE, SAMPLE, LogBins, spread_sample

BINS = LogBins(-3, 1)


def test_the_edges_are_powers_of_ten_and_symmetric() -> None:
    assert len(BINS) == 2 * 4 * PER_DECADE + 1 == len(BINS.edges) - 1
    assert_allclose(BINS.edges[[0, -1]], [-10, 10])
    middle = len(BINS) // 2
    assert_allclose(BINS.edges[middle : middle + 2], [-1e-3, 1e-3])
    assert_array_equal(BINS.edges, -BINS.edges[::-1])
    assert_allclose(BINS.edges[middle + 1 + PER_DECADE], 1e-2)


def test_the_parts_are_those_of_plain_numpy() -> None:
    values = np.random.default_rng(1).normal(0, 0.3, 3000).astype(np.float32)
    expected = np.histogram(values.astype(np.float64), BINS.edges)[0] / values.size
    assert_allclose(BINS.shares(values), expected, atol=1e-7)
    assert_allclose(BINS.shares(values).sum(), 1, rtol=1e-5)


def test_what_lies_beyond_is_in_the_end_bins_and_nan_nowhere() -> None:
    shares = BINS.shares(np.array([-np.inf, -1e9, 0.0, 1e-9, np.inf, np.nan], np.float32))
    assert_allclose(shares[[0, len(BINS) // 2, -1]], [0.4, 0.4, 0.2])
    assert_array_equal(BINS.shares(np.full(3, np.nan)), np.zeros(len(BINS)))


def test_a_sample_of_a_large_array_meets_every_place() -> None:
    shape = (50, 8, 20, 20)
    found = spread_sample(np.arange(np.prod(shape)).reshape(shape))
    assert SAMPLE <= len(found) <= 1.1 * SAMPLE
    for axis, places in enumerate(np.unravel_index(found, shape)):
        counts = np.bincount(places, minlength=shape[axis])
        assert counts.min() > 0.9 * counts.mean()
    small = np.arange(12).reshape(3, 4)
    assert_array_equal(spread_sample(small), small.ravel())
