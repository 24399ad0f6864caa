"""The numbers of a scan, against a loop that knows nothing of the engine.

`python -m tests.cnncore.test_scan_run 20000` tries as many random settings.
"""

import math
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncore.layers import Conv2d, MaxPool2d
from cnncore.scan import PADDING_MODES
from cnncore.scan_run import ACTIVATIONS, run_scan
from cnncore.scan_setup import OPERATIONS, ScanSetup, diagnose

EXAMPLES = int(sys.argv[1]) if __name__ == "__main__" and len(sys.argv) > 1 else 2000


def show(line, place, mode):
    """The value that a padded line shows at a place, or None for nothing."""
    size = len(line)
    if mode == "replicate":
        return line[min(max(place, 0), size - 1)]
    if mode == "circular":
        return line[place % size]
    if mode == "reflect":
        while not 0 <= place < size:
            place = -place if place < 0 else 2 * (size - 1) - place
        return line[place]
    return line[place] if 0 <= place < size else None


def read(image, y, x, mode):
    """The value at a place of one padded channel, or None."""
    row = show(image, y, mode)
    return None if row is None else show(row, x, mode)


def naive(setup, x, kernel, bias):
    """A scan by loops over Python numbers."""
    if setup.operation == "transposed":
        return naive_stamps(setup, x, kernel, bias)
    top, _, left, _ = setup.padding
    kh, kw = setup.kernel_size
    flip = setup.operation == "convolution"
    out_h, out_w = setup.plan.output_size
    pooling = setup.operation in ("max_pool", "average_pool")
    maps = [[[0.0] * out_w for _ in range(out_h)] for _ in range(len(x) if pooling else 1)]
    for oy in range(out_h):
        for ox in range(out_w):
            total = bias
            for c, image in enumerate(x):
                seen = []
                for i in range(kh):
                    for j in range(kw):
                        y = oy * setup.stride[0] + i * setup.dilation[0] - top
                        column = ox * setup.stride[1] + j * setup.dilation[1] - left
                        value = read(image, y, column, setup.mode)
                        weight = kernel[c][kh - 1 - i][kw - 1 - j] if flip else kernel[c][i][j]
                        seen.append(value)
                        total += weight * (value or 0.0)
                if setup.operation == "max_pool":
                    maps[c][oy][ox] = max(value for value in seen if value is not None)
                elif setup.operation == "average_pool":
                    maps[c][oy][ox] = sum(value or 0.0 for value in seen) / len(seen)
            if not pooling:
                maps[0][oy][ox] = total
    return maps


def naive_stamps(setup, x, kernel, bias):
    top, _, left, _ = setup.padding
    height, width = setup.result_size
    out = [[bias] * width for _ in range(height)]
    for c, image in enumerate(x):
        for y, row in enumerate(image):
            for column, value in enumerate(row):
                for i in range(setup.kernel_size[0]):
                    for j in range(setup.kernel_size[1]):
                        oy = y * setup.stride[0] + i * setup.dilation[0] - top
                        ox = column * setup.stride[1] + j * setup.dilation[1] - left
                        if 0 <= oy < height and 0 <= ox < width:
                            out[oy][ox] += value * kernel[c][i][j]
    return [out]


def pairs(most):
    return st.tuples(st.integers(1, most), st.integers(1, most))


valid_setups = st.builds(
    ScanSetup,
    input_size=pairs(7),
    kernel_size=pairs(4),
    stride=pairs(3),
    padding=st.tuples(*[st.integers(0, 3)] * 4),
    dilation=pairs(3),
    mode=st.sampled_from(PADDING_MODES),
    operation=st.sampled_from(OPERATIONS),
).filter(lambda setup: diagnose(setup) is None)


@settings(max_examples=EXAMPLES, deadline=None)
@given(valid_setups, st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_outputs_are_those_of_plain_loops(setup, channels, seed):
    rng = np.random.default_rng(seed)
    x = rng.integers(-9, 10, (channels, *setup.input_size))
    kernel = rng.integers(-4, 5, (channels, *setup.kernel_size))
    result = run_scan(setup, x, kernel, 0.5)
    expected = naive(setup, x.tolist(), kernel.tolist(), 0.5)
    np.testing.assert_allclose(result.sums, expected, rtol=1e-12, atol=1e-12)
    assert result.sums.shape[1:] == setup.result_size
    if setup.operation in ("correlation", "convolution", "max_pool"):
        assert np.array_equal(result.sums, expected)  # whole numbers and a half are exact


@settings(max_examples=300, deadline=None)
@given(valid_setups, st.integers(0, 2**32 - 1))
def test_outputs_are_those_of_the_layers(setup, seed):
    rng = np.random.default_rng(seed)
    x, kernel = rng.normal(size=(2, *setup.input_size)), rng.normal(size=(2, *setup.kernel_size))
    if setup.mode != "zeros":
        return
    if setup.operation == "correlation":
        layer = Conv2d(2, 1, setup.kernel_size, setup.stride, setup.padding, setup.dilation)
        layer.parameters = {"weight": kernel[None], "bias": np.array([0.25])}
    elif setup.operation == "max_pool" and setup.dilation == (1, 1):
        top, bottom, left, right = setup.padding
        if 2 * max(top, bottom) > setup.kernel_size[0] or 2 * max(left, right) > setup.kernel_size[1]:
            return
        layer = MaxPool2d(setup.kernel_size, setup.stride, setup.padding)
    else:
        return
    y, _ = layer.forward(x[None])
    np.testing.assert_allclose(run_scan(setup, x, kernel, 0.25).sums, y[0], rtol=1e-12, atol=1e-12)


def test_convolution_commutes_and_cross_correlation_does_not():
    rng = np.random.default_rng(3)
    a, b = rng.integers(-5, 6, (1, 5, 5)), rng.integers(-5, 6, (1, 3, 3))

    def full(operation, x, kernel):
        setup = ScanSetup(x.shape[1:], kernel.shape[1:], operation=operation)
        return run_scan(
            ScanSetup(x.shape[1:], kernel.shape[1:], padding=setup.full, operation=operation), x, kernel
        )

    assert np.array_equal(full("convolution", a, b).sums, full("convolution", b, a).sums)
    one, other = full("correlation", a, b).sums, full("correlation", b, a).sums
    assert not np.array_equal(one, other)
    assert np.array_equal(one, other[:, ::-1, ::-1])  # they are one another's picture, turned by 180°


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_activation_comes_last(activation):
    functions = {
        "none": lambda z: z,
        "relu": lambda z: max(z, 0.0),
        "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
        "arctan": math.atan,
    }
    x = np.array([[[-2.0, 0.0, 3.0]]])
    result = run_scan(ScanSetup((1, 3), (1, 1)), x, [[[1.0]]], 0.5, activation)
    assert result.sums.tolist() == [[[-1.5, 0.5, 3.5]]]
    expected = [functions[activation](z) for z in (-1.5, 0.5, 3.5)]
    np.testing.assert_allclose(result.outputs[0, 0], expected, rtol=1e-12)


def test_max_pooling_never_takes_the_padding():
    result = run_scan(
        ScanSetup((2, 2), (2, 2), padding=(1, 1, 1, 1), operation="max_pool"), -np.ones((1, 2, 2)), 0
    )
    assert (result.sums == -1).all()


if __name__ == "__main__":
    test_outputs_are_those_of_plain_loops()
    print(f"{EXAMPLES} settings agree")
