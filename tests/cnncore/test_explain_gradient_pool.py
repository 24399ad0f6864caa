"""The gradients of pooling: windows that overlap, ties, padding, rounded-up sizes, adaptive windows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncore import AdaptiveAvgPool2d, AvgPool2d, MaxPool2d
from cnncore.explain_gradient import explain_gradient
from cnncore.trace import LayerTrace
from tests.cnncore.backward_steps import (
    DTYPES,
    SEEDS,
    backward_step,
    naive_reads,
    pools,
    some_cells,
    tolerance,
)

CASES = settings(max_examples=120, deadline=None)


def naive_winners(step, channel):
    """Return the first of the largest numbers under each window, found one by one."""
    winners = {}
    for cell, _, _, source in naive_reads(step):
        if source is None:
            continue
        if cell not in winners or step.input[channel][source] > step.input[channel][winners[cell]]:
            winners[cell] = source
    return winners


@CASES
@given(pools(), st.integers(1, 2), st.booleans(), DTYPES, SEEDS)
def test_max_pooling(case, dilation, coarse, dtype, seed):
    (kernel, stride, padding), ceil_mode, (channels, height, width) = case
    if dilation > 1:  # A dilated window near an edge could see nothing but padding.
        padding, height, width = 0, height + kernel[0] - 1, width + kernel[1] - 1
        ceil_mode = False
    layer = MaxPool2d(kernel, stride, padding, dilation, ceil_mode)
    step = backward_step(layer, (channels, height, width), seed, dtype, coarse)
    for cell in some_cells(step.input.shape, seed):
        channel, *source = cell
        winners = naive_winners(step, channel)
        windows = [read[0] for read in naive_reads(step) if read[3] == tuple(source)]
        terms = explain_gradient(step, "input", cell)
        assert (terms.cell, terms.total) == (cell, float(step.d_input[cell]))
        assert [tuple(window) for window in terms.windows.tolist()] == sorted(windows)
        assert [tuple(winner) for winner in terms.winners.tolist()] == [winners[w] for w in sorted(windows)]
        assert list(terms.winner) == [winners[window] == tuple(source) for window in sorted(windows)]
        assert list(terms.upstream) == [step.d_output[channel][window] for window in sorted(windows)]
        assert np.array_equal(terms.products, np.where(terms.winner, terms.upstream, 0))
        assert terms.exact == pytest.approx(terms.total, abs=tolerance(step, np.abs(terms.products).sum()))


@CASES
@given(pools(), st.booleans(), DTYPES, SEEDS)
def test_average_pooling(case, counted, dtype, seed):
    (kernel, stride, padding), ceil_mode, shape = case
    layer = AvgPool2d(kernel, stride, padding, ceil_mode, counted)
    step = backward_step(layer, shape, seed, dtype)
    for cell in some_cells(shape, seed):
        channel, *source = cell
        terms = explain_gradient(step, "input", cell)
        assert (terms.cell, terms.total) == (cell, float(step.d_input[cell]))
        windows = sorted(read[0] for read in naive_reads(step) if read[3] == tuple(source))
        assert [tuple(window) for window in terms.windows.tolist()] == windows
        assert list(terms.upstream) == [step.d_output[channel][window] for window in windows]
        for window, divisor in zip(windows, terms.divisors, strict=True):
            assert divisor == naive_divisor(step, window)
        assert np.array_equal(terms.products, terms.upstream.astype(float) / terms.divisors)
        assert terms.exact == pytest.approx(terms.total, abs=tolerance(step, np.abs(terms.products).sum()))


def naive_divisor(step, window):
    """Count what counts under a window: what lies inside, and where it is asked for the padding."""
    layer, (_, height, width) = step.layer, step.input.shape
    top, bottom, left, right = layer.padding if layer.count_include_pad else (0, 0, 0, 0)
    places = [read[2] for read in naive_reads(step) if read[0] == window]
    return sum(-top <= y < height + bottom and -left <= x < width + right for y, x in places)


@CASES
@given(
    st.tuples(st.integers(1, 2), *[st.integers(1, 8)] * 2),
    st.tuples(*[st.none() | st.integers(1, 5)] * 2),
    DTYPES,
    SEEDS,
)
def test_adaptive_pooling(shape, output, dtype, seed):
    step = backward_step(AdaptiveAvgPool2d(output), shape, seed, dtype)
    _, height, width = shape
    _, out_h, out_w = step.output.shape
    for cell in some_cells(shape, seed):
        channel, y, x = cell
        terms = explain_gradient(step, "input", cell)
        assert terms.total == float(step.d_input[cell])
        windows, counts = [], []
        for i, j in np.ndindex(out_h, out_w):
            rows = range(i * height // out_h, -(-(i + 1) * height // out_h))
            columns = range(j * width // out_w, -(-(j + 1) * width // out_w))
            if y in rows and x in columns:
                windows.append([i, j])
                counts.append(len(rows) * len(columns))
        assert (terms.windows.tolist(), terms.divisors.tolist()) == (windows, counts)
        assert list(terms.upstream) == [step.d_output[channel, i, j] for i, j in windows]
        assert terms.exact == pytest.approx(terms.total, abs=tolerance(step, np.abs(terms.products).sum()))


def test_among_equals_the_first_takes_the_gradient():
    step = backward_step(MaxPool2d(2, 1), (1, 3, 3), 0)
    image = np.ones((1, 1, 3, 3))
    y, cache = step.layer.forward(image)
    dx, _ = step.layer.backward(step.d_output[np.newaxis], cache)
    step = LayerTrace(0, step.layer, image[0], np.array(y[0]), step.d_output, np.array(dx[0]), {})
    middle = explain_gradient(step, "input", (0, 1, 1))
    assert middle.windows.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert middle.winner.tolist() == [False, False, False, True]
    assert middle.exact == middle.total == step.d_output[0, 1, 1]


def test_a_window_with_a_nan_hands_nothing_back():
    layer = MaxPool2d(2)
    image = np.array([[[1.0, 2.0, np.nan, 4.0], [5.0, 6.0, 7.0, 8.0]]])
    y, cache = layer.forward(image[np.newaxis])
    dy = np.ones((1, 1, 1, 2))
    dx, _ = layer.backward(dy, cache)
    step = LayerTrace(0, layer, image, np.array(y[0]), dy[0], np.array(dx[0]), {})
    terms = explain_gradient(step, "input", (0, 1, 3))
    assert terms.winners.tolist() == [[-1, -1]]
    assert terms.exact == terms.total == 0.0
