"""Receptive fields, checked against what the engine really reads."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncore import AdaptiveAvgPool2d, ArgumentError, Conv2d, Flatten, Linear, MaxPool2d, ReLU
from cnncore.receptive import Region, reach, receptive_fields, step_back, step_forward, window_of

CELLS = st.integers(1, 3)


@st.composite
def convolutions(draw):
    """A convolution on one channel with all weights 1, an input size that it fits, and an output cell."""
    kernel = draw(st.tuples(CELLS, CELLS))
    layer = Conv2d(
        1,
        1,
        kernel,
        stride=draw(st.tuples(CELLS, CELLS)),
        padding=draw(st.tuples(*[st.integers(0, 2)] * 4)),
        dilation=draw(st.tuples(CELLS, CELLS)),
    )
    layer.parameters["weight"][...] = 1
    shape = (1, draw(st.integers(7, 10)), draw(st.integers(7, 10)))
    out = layer.output_shape(shape)
    y, x = draw(st.integers(0, out[1] - 1)), draw(st.integers(0, out[2] - 1))
    return layer, shape, out, y, x


def cells_read(layer, shape, y, x):
    """Input cells that one output cell depends on, found by its gradient."""
    output, cache = layer.forward(np.zeros((1, *shape), np.float32))
    dy = np.zeros(output.shape, np.float32)
    dy[0, 0, y, x] = 1
    dx, _ = layer.backward(dy, cache)
    return np.argwhere(dx[0, 0])


@settings(deadline=None)
@given(convolutions())
def test_a_window_reaches_back_to_the_cells_that_carry_gradient(case):
    layer, shape, _, y, x = case
    region = step_back(layer, Region(y, y, x, x)).clipped(*shape[1:])
    read = cells_read(layer, shape, y, x)
    if len(read):
        assert region.top <= read[:, 0].min()
        assert read[:, 0].max() <= region.bottom
        assert region.left <= read[:, 1].min()
        assert read[:, 1].max() <= region.right
    if window_of(layer).dilation == (1, 1):
        assert len(read) == region.rows * region.columns


@settings(deadline=None)
@given(convolutions())
def test_forward_finds_exactly_the_outputs_that_read_a_cell(case):
    layer, shape, out, y, x = case
    cell = (y % shape[1], x % shape[2])
    region = step_forward(layer, Region(cell[0], cell[0], cell[1], cell[1]), out)
    image = np.zeros((1, *shape), np.float32)
    image[0, 0, cell[0], cell[1]] = 1
    changed = np.argwhere(layer.forward(image)[0][0, 0])
    if not len(changed):
        assert region.empty
    else:
        assert (region.top, region.bottom) == (changed[:, 0].min(), changed[:, 0].max())
        assert (region.left, region.right) == (changed[:, 1].min(), changed[:, 1].max())


LAYERS = (Conv2d(1, 2, 5), ReLU(), Conv2d(2, 2, 5), ReLU(), MaxPool2d(2), Flatten(), Linear(200, 10))
SHAPES = ((1, 28, 28), (2, 24, 24), (2, 24, 24), (2, 20, 20), (2, 20, 20), (2, 10, 10), (200,), (10,))


def test_two_convolutions_see_nine_by_nine_pixels():
    fields = receptive_fields(LAYERS, SHAPES, 2, Region(7, 7, 9, 9))
    assert fields == {1: (7, 11, 9, 13), 0: (7, 11, 9, 13), -1: (7, 15, 9, 17)}


def test_pooling_doubles_what_is_seen():
    fields = receptive_fields(LAYERS, SHAPES, 4, Region(0, 0, 9, 9))
    assert fields[2] == (0, 1, 18, 19)
    assert fields[-1] == (0, 9, 18, 27)


def test_fields_are_clipped_at_the_border():
    layer = Conv2d(1, 1, 3, padding=1)
    assert step_back(layer, Region(0, 0, 0, 0)) == (-1, 1, -1, 1)
    assert receptive_fields([layer], [(1, 4, 4), (1, 4, 4)], 0, Region(0, 0, 3, 3))[-1] == (0, 1, 2, 3)


def test_the_image_sees_nothing_before_it():
    assert receptive_fields(LAYERS, SHAPES, -1, Region(0, 0, 0, 0)) == {}


def test_a_pixel_reaches_forward_until_rows_and_columns_end():
    found = reach(LAYERS, SHAPES, -1, Region(10, 10, 0, 0))
    assert found == {0: (6, 10, 0, 0), 1: (6, 10, 0, 0), 2: (2, 10, 0, 0), 3: (2, 10, 0, 0), 4: (1, 5, 0, 0)}


def test_a_pixel_that_no_window_visits_reaches_nothing():
    layer = Conv2d(1, 1, 2, stride=3)
    assert reach([layer], [(1, 6, 6), (1, 2, 2)], -1, Region(2, 2, 0, 0)) == {}


@pytest.mark.parametrize("layer", [Flatten(), Linear(4, 2)])
def test_layers_without_rows_and_columns_have_no_window(layer):
    with pytest.raises(ArgumentError, match="no rows and columns"):
        window_of(layer)


@settings(deadline=None)
@given(size=st.integers(1, 7), count=st.integers(1, 5), first=st.integers(0, 6), rows=st.integers(1, 3))
def test_adaptive_windows_follow_the_size_of_the_input(size, count, first, rows):
    layer, shape, out = AdaptiveAvgPool2d((count, 1)), (1, size, 3), (1, count, 1)
    for y in range(count):
        read = cells_read(layer, shape, y, 0)
        region = receptive_fields([layer], [shape, out], 0, Region(y, y, 0, 0))[-1]
        assert region == (read[:, 0].min(), read[:, 0].max(), 0, 2)
    first = min(first, size - 1)
    region = Region(first, min(first + rows, size) - 1, 1, 1)
    image = np.zeros((1, *shape), np.float32)
    image[0, 0, region.top : region.bottom + 1, 1] = 1
    changed = np.argwhere(layer.forward(image)[0][0, 0, :, 0])
    assert reach([layer], [shape, out], -1, region) == {0: (changed.min(), changed.max(), 0, 0)}
