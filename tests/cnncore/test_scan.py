"""The arithmetic of scanning, against windows that are counted cell by cell."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncore.errors import ArgumentError, ShapeError
from cnncore.scan import NOWHERE, ScanPlan, pad, padding_map, stacked_view, transposed_size


def naive_windows(size, kernel, stride, padding, dilation):
    """Every window as a list of (row, column) of the input, by walking over the padded input."""
    top, bottom, left, right = padding
    windows = []
    y = 0
    while y + dilation[0] * (kernel[0] - 1) < size[0] + top + bottom:
        row = []
        x = 0
        while x + dilation[1] * (kernel[1] - 1) < size[1] + left + right:
            row.append(
                [
                    (y + i * dilation[0] - top, x + j * dilation[1] - left)
                    for i in range(kernel[0])
                    for j in range(kernel[1])
                ]
            )
            x += stride[1]
        windows.append(row)
        y += stride[0]
    return windows


pairs = st.tuples
sizes = pairs(st.integers(1, 9), st.integers(1, 9))
setups = st.tuples(
    sizes,
    pairs(st.integers(1, 5), st.integers(1, 5)),
    pairs(st.integers(1, 4), st.integers(1, 4)),
    st.tuples(*[st.integers(0, 3)] * 4),
    pairs(st.integers(1, 3), st.integers(1, 3)),
)


@settings(max_examples=600, deadline=None)
@given(setups)
def test_windows_cells_and_counts_are_those_of_walking_along(setup):
    size = setup[0]
    windows = naive_windows(*setup)
    if not windows or not windows[0]:
        with pytest.raises(ShapeError, match="spans"):
            ScanPlan(*setup)
        return
    plan = ScanPlan(*setup)
    assert plan.output_size == (len(windows), len(windows[0]))
    assert plan.count == sum(map(len, windows))
    visits, touching, empty = np.zeros(size, int), [], []
    flat = [cells for row in windows for cells in row]
    for index, cells in enumerate(flat):
        window = plan.window(index)
        assert [(y, x) for y in window.rows for x in window.columns] == cells
        assert plan.index(*plan.cell(index)) == index
        inside = [(y, x) for y, x in cells if 0 <= y < size[0] and 0 <= x < size[1]]
        for cell in inside:
            visits[cell] += 1
        touching.append(len(inside) < len(cells))
        empty.append(not inside)
    assert np.array_equal(plan.visits, visits)
    assert np.array_equal(plan.unvisited, visits == 0)
    assert plan.touches_padding.ravel().tolist() == touching
    assert plan.only_padding.ravel().tolist() == empty
    assert plan.multiply_adds(3, 2) == 6 * sum(len(cells) for cells in flat)


@settings(max_examples=150, deadline=None)
@given(setups, st.integers(-3, 11), st.integers(-3, 11))
def test_readers_are_the_windows_that_hold_a_cell(setup, y, x):
    windows = naive_windows(*setup)
    if windows and windows[0]:
        found = [
            (i, j) for i, row in enumerate(windows) for j, cells in enumerate(row) if (y, x) in set(cells)
        ]
        assert list(ScanPlan(*setup).readers(y, x)) == found


def test_the_remainder_is_what_the_last_window_leaves_over():
    assert ScanPlan(7, 3, 2, (1, 1, 1, 1)).remainder == (0, 0)
    assert ScanPlan((8, 7), 3, 2).remainder == (1, 0)
    assert ScanPlan(7, 3, 3, (1, 1, 0, 0), (1, 2)).remainder == (0, 2)


def test_the_window_of_the_design():
    plan = ScanPlan(7, 3, 2, 1)
    assert plan.output_size == (4, 4)
    assert plan.padded_size == (9, 9)
    window = plan.window(7)
    assert (window.rows, window.columns) == ((1, 2, 3), (5, 6, 7))
    assert window.box == (1, 5, 3, 3)
    assert plan.touches_padding[1, 3]
    assert ScanPlan(7, 3, 2, (1, 0, 1, 0)).unvisited.sum() == 13
    assert ScanPlan(7, 3, 2, 1, 2).unvisited.sum() == 40


@pytest.mark.parametrize("index", [-1, 16])
def test_there_are_no_other_cells(index):
    plan = ScanPlan(7, 3, 2, 1)
    with pytest.raises(IndexError, match="no cell"):
        plan.window(index)
    with pytest.raises(IndexError, match="no output cell"):
        plan.index(*divmod(index, 4) if index > 0 else (0, 4))


@pytest.mark.parametrize(
    "arguments", [(0, 3), (5, 0), (5, 3, 0), (5, 3, 1, -1), (5, 3, 1, 0, 0), (5, 3, 2, "same")]
)
def test_numbers_that_make_no_sense(arguments):
    with pytest.raises(ArgumentError):
        ScanPlan(*arguments)


@pytest.mark.parametrize(
    ("mode", "numpy_mode"), [("reflect", "reflect"), ("replicate", "edge"), ("circular", "wrap")]
)
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_padding_modes_are_those_of_numpy(mode, numpy_mode, size):
    most = {"reflect": size - 1, "replicate": 6, "circular": size}[mode]
    for before in range(most + 1):
        for after in range(most + 1):
            expected = np.pad(np.arange(size), (before, after), numpy_mode)
            assert np.array_equal(padding_map(size, before, after, mode), expected)


def test_zeros_show_nothing_outside():
    assert padding_map(2, 1, 2, "zeros").tolist() == [NOWHERE, 0, 1, NOWHERE, NOWHERE]
    padded = pad(np.ones((2, 1, 2)), (1, 0, 0, 1), fill=-7.0)
    assert padded.tolist() == [[[-7, -7, -7], [1, 1, -7]]] * 2


@pytest.mark.parametrize(
    ("size", "before", "mode"), [(3, 3, "reflect"), (3, 4, "circular"), (3, 1, "mirror")]
)
def test_padding_that_cannot_be_made(size, before, mode):
    with pytest.raises(ArgumentError):
        padding_map(size, before, 0, mode)


def test_a_transposed_convolution_is_a_scan_the_other_way_round():
    size = transposed_size((3, 4), (3, 2), (2, 3), (1, 0, 0, 1), (1, 2))
    assert size == (6, 11)
    assert ScanPlan(size, (3, 2), (2, 3), (1, 0, 0, 1), (1, 2)).output_size == (3, 4)


@pytest.mark.parametrize(("layers", "seen"), [(1, 3), (2, 7), (3, 15)])
def test_stacked_layers_of_stride_2_see_twice_as_far_each(layers, seen):
    assert stacked_view(3, 2, 1, layers) == seen


def test_dilation_widens_the_view():
    assert [stacked_view(3, 1, 2, n) for n in (1, 2, 3)] == [5, 9, 13]
