"""Everything the lab shows of a scan is what plain loops find, and what the layers compute."""

from collections import Counter
from dataclasses import replace
from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncore import AvgPool2d, Conv2d, MaxPool2d
from cnncore.scan import PADDING_MODES
from cnncore.scan_setup import OPERATIONS, diagnose
from explorer.workspaces.scan.formula_text import size_rows, value_row
from explorer.workspaces.scan.lab_numbers import compute
from explorer.workspaces.scan.lab_state import DEFAULTS
from explorer.workspaces.scan.notes import sentence
from explorer.workspaces.scan.wording import signed_text, sum_text, work_text


def pairs(most):
    return st.tuples(st.integers(1, most), st.integers(1, most))


states = st.builds(
    lambda channels, **changes: DEFAULTS.with_channels(channels).with_setup(**changes),
    st.integers(1, 3),
    input_size=pairs(6),
    kernel_size=pairs(4),
    stride=pairs(3),
    padding=st.tuples(*[st.integers(0, 3)] * 4),
    dilation=pairs(3),
    mode=st.sampled_from(PADDING_MODES),
    operation=st.sampled_from(OPERATIONS),
).filter(lambda state: diagnose(state.setup) is None)


def inner(place, size, mode):
    """Which cell of a line is seen at a place that may lie outside of it; None for a zero."""
    if 0 <= place < size or mode == "zeros":
        return place if 0 <= place < size else None
    if mode == "circular":
        return place % size
    if mode == "replicate":
        return 0 if place < 0 else size - 1
    return -place if place < 0 else 2 * (size - 1) - place


def starts(size, kernel, step, before, after, gap):
    """Where windows begin, found by walking on until one no longer fits."""
    found, place = [], -before
    while place + gap * (kernel - 1) < size + after:
        found.append(place)
        place += step
    return found


def windows(setup):
    """The rows and columns of each window, in reading order, and how many windows make a row."""
    padding = (setup.padding[:2], setup.padding[2:])
    lines = []
    for axis in (0, 1):
        kernel, step, gap = setup.kernel_size[axis], setup.stride[axis], setup.dilation[axis]
        if setup.transposed:
            firsts = [n * step - padding[axis][0] for n in range(setup.input_size[axis])]
        else:
            firsts = starts(setup.input_size[axis], kernel, step, *padding[axis], gap)
        lines.append([[first + k * gap for k in range(kernel)] for first in firsts])
    return list(product(*lines)), len(lines[1])


def read(state, x, kernel, found):
    """The outputs of all windows, and how often each input cell is read."""
    setup, visits, outputs = state.setup, Counter(), []
    size = setup.input_size
    for rows, columns in found:
        seen = [[] for _ in range(state.channels)]
        for (i, y), (j, x_place) in product(enumerate(rows), enumerate(columns)):
            at = inner(y, size[0], setup.mode), inner(x_place, size[1], setup.mode)
            if 0 <= y < size[0] and 0 <= x_place < size[1]:
                visits[y, x_place] += 1
            weight = (-1 - i, -1 - j) if setup.operation == "convolution" else (i, j)
            for channel in range(state.channels):
                value = 0.0 if None in at else float(x[channel][at[0]][at[1]])
                if setup.operation == "max_pool" and None in at:
                    value = -np.inf
                seen[channel].append(value if state_pools(setup) else value * kernel[channel][weight])
        if setup.operation == "max_pool":
            outputs.append([max(values) for values in seen])
        elif setup.operation == "average_pool":
            outputs.append([sum(values) / len(values) for values in seen])
        else:
            outputs.append([sum(map(sum, seen))] * state.channels)
    return outputs, visits


def state_pools(setup):
    return setup.operation in ("max_pool", "average_pool")


def stamp(state, x, kernel, found, size):
    """The output that stamps of the kernel add up to."""
    total = [[0.0] * size[1] for _ in range(size[0])]
    cells = product(range(state.setup.input_size[0]), range(state.setup.input_size[1]))
    for (y, x_place), (rows, columns) in zip(cells, found, strict=True):
        for (i, row), (j, column) in product(enumerate(rows), enumerate(columns)):
            if 0 <= row < size[0] and 0 <= column < size[1]:
                for channel in range(state.channels):
                    total[row][column] += x[channel][y][x_place] * kernel[channel][i][j]
    return total


def by_layer(state, x, kernel):
    """What a layer of the engine gives, where one does the same."""
    setup = state.setup
    zeros = setup.mode == "zeros"
    if setup.operation in ("correlation", "convolution"):
        turned = kernel[:, ::-1, ::-1] if setup.operation == "convolution" else kernel
        layer = Conv2d(
            state.channels, 1, setup.kernel_size, setup.stride, setup.padding, setup.dilation,
            bias=False, padding_mode=setup.mode,
        )  # fmt: skip
        layer.parameters["weight"] = np.ascontiguousarray(turned[None])
    elif setup.operation == "max_pool" and zeros and fits_pool(setup):
        layer = MaxPool2d(setup.kernel_size, setup.stride, setup.padding, setup.dilation)
    elif setup.operation == "average_pool" and zeros and fits_pool(setup) and setup.dilation == (1, 1):
        layer = AvgPool2d(setup.kernel_size, setup.stride, setup.padding)
    else:
        return None
    return layer.forward(x[None])[0][0]


def fits_pool(setup):
    return all(2 * p <= setup.kernel_size[place // 2] for place, p in enumerate(setup.padding))


def written(row):
    return "".join(piece.text for piece in row.forms[-1])


@settings(max_examples=2000, deadline=None)
@given(states, st.integers(0, 2**32 - 1))
def test_all_that_is_shown_is_what_plain_loops_and_the_layers_find(state, seed):
    rng = np.random.default_rng(seed)
    x = rng.integers(-9, 10, (state.channels, *state.setup.input_size)).astype(float)
    kernel = rng.integers(-4, 5, (state.channels, *state.setup.kernel_size)).astype(float)
    state = replace(
        state, kernel=tuple(tuple(map(tuple, plane)) for plane in kernel.tolist()), preset="custom"
    )
    numbers, setup = compute(state, x), state.setup
    found, row = windows(setup)
    assert (numbers.count, numbers.row) == (len(found), row)
    for index, (rows, columns) in enumerate(found):
        window = numbers.window(index)
        assert (list(window.rows), list(window.columns)) == (rows, columns)
    last = numbers.count - 1
    shown = [numbers.output_after(last, channel)[0] for channel in range(state.channels)]
    size = setup.result_size
    assert shown[0].shape == size
    if setup.transposed:
        np.testing.assert_array_equal(shown[0], stamp(state, x, kernel, found, size))
    else:
        outputs, visits = read(state, x, kernel, found)
        assert size == (len(found) // row, row)
        expected = np.array(outputs).T.reshape(state.channels, *size)
        np.testing.assert_allclose(shown, expected, rtol=1e-12, atol=1e-12)
        never = {cell for cell in np.ndindex(*setup.input_size) if not visits[cell]}
        top, left = numbers.origin
        assert {(y - top, x_place - left) for y, x_place in np.argwhere(numbers.unvisited)} == never
        index = seed % numbers.count
        said = written(value_row(numbers, index, 0))
        assert said.endswith(sum_text(numbers.value(index, 0)))
    layer = by_layer(state, x, kernel)
    if layer is not None:
        np.testing.assert_allclose(shown[: len(layer)], layer, rtol=1e-12, atol=1e-12)
    for axis, formula in enumerate(size_rows(numbers)):
        assert written(formula).endswith(f" = {size[axis]}")


def test_what_rounds_to_nothing_has_no_minus():
    assert signed_text(-1e-12) == "+ 0.00"
    assert signed_text(-0.5) == "− 0.50"
    assert signed_text(0.0) == "+ 0"


def test_one_multiply_add_is_no_plural():
    assert [work_text(n) for n in (1, 2, 1000)] == [
        "1 multiply-add",
        "2 multiply-adds",
        "1,000 multiply-adds",
    ]


def note_of(**changes):
    state = DEFAULTS.with_setup(padding=(0, 0, 0, 0), **changes)
    return sentence(compute(state, np.ones((1, *state.setup.input_size))), 0)


def test_why_cells_are_never_read_is_true():
    rim = note_of(input_size=(8, 8), kernel_size=(3, 3), stride=(3, 3))
    assert "at the rim" in rim
    assert "between" not in rim
    weights = note_of(input_size=(7, 7), kernel_size=(3, 3), stride=(2, 2), dilation=(2, 2))
    assert "between the weights" in weights
    assert "rim" not in weights
    windows = note_of(input_size=(7, 7), kernel_size=(1, 1), stride=(2, 2))
    assert "between the windows" in windows
    assert "weights" not in windows
    both = note_of(input_size=(8, 8), kernel_size=(3, 3), stride=(2, 2), dilation=(2, 2))
    assert "between the weights and at the rim" in both
