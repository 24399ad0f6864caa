"""Which cells influence which: held against what really changes when a pixel changes."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncore import Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential
from cnncore.explain_field import back, field_of, forward, mask_of, readers


@st.composite
def networks(draw):
    """Draw a chain of one to three windows, with a vector behind it now and then."""
    size, channels = draw(st.integers(7, 12)), draw(st.integers(1, 2))
    shapes, layers = [(channels, size, size)], []
    for _ in range(draw(st.integers(1, 3))):
        kernel, stride = draw(st.integers(1, 3)), draw(st.integers(1, 3))
        if draw(st.booleans()):
            maps, dilation = draw(st.integers(1, 3)), draw(st.integers(1, 2))
            layer = Conv2d(shapes[-1][0], maps, kernel, stride, draw(st.integers(0, 2)), dilation)
        else:
            layer = MaxPool2d(kernel, stride, draw(st.integers(0, kernel // 2)))
        if min(shapes[-1][1:]) < 6:
            break
        layers.append(layer)
        shapes.append(layer.output_shape(shapes[-1]))
    layers.append(ReLU())
    if draw(st.booleans()):
        layers += [Flatten(), Linear(int(np.prod(shapes[-1])), 3)]
    shapes = [shapes[0]]
    for layer in layers:
        shapes.append(layer.output_shape(shapes[-1]))
    return layers, shapes


def one_hot_everywhere(layers, shapes, cell):
    """Mark what reads a pixel: positive weights and a single large pixel let every path through."""
    network = Sequential(layers, np.random.default_rng(0))
    network.parameter_vector[:] = 1
    for name, array in network.parameters().items():
        if name.endswith("bias"):
            array[...] = 0
    image = np.zeros((1, *shapes[0]), np.float32)
    image[(0, *cell)] = 1
    lit, y = [], image
    for layer in layers:
        y, _ = layer.forward(y)
        lit.append(np.array(y[0]) > 0)
    return lit


@settings(max_examples=80, deadline=None)
@given(networks(), st.data())
def test_forward_is_what_lights_up(case, data):
    layers, shapes = case
    cell = tuple(data.draw(st.integers(0, size - 1)) for size in shapes[0])
    lit = one_hot_everywhere(layers, shapes, cell)
    found = forward(layers, shapes, -1, cell)
    for index, mask in enumerate(lit):
        expected = mask_of(found[index]) if index in found else np.zeros(shapes[index + 1], bool)
        assert np.array_equal(expected, mask)


@settings(max_examples=60, deadline=None)
@given(networks(), st.data())
def test_back_is_forward_the_other_way_round(case, data):
    layers, shapes = case
    index = data.draw(st.integers(0, len(layers) - 1))
    cell = tuple(data.draw(st.integers(0, size - 1)) for size in shapes[index + 1])
    pixels = mask_of(back(layers, shapes, index, cell)[-1])
    for pixel in np.ndindex(shapes[0]):
        reached = forward(layers[: index + 1], shapes[: index + 2], -1, pixel)
        assert pixels[pixel] == (index in reached and bool(mask_of(reached[index])[cell]))


def test_gaps_of_a_dilated_window_stay_gaps():
    layers, shapes = [Conv2d(1, 1, 2, dilation=3)], [(1, 6, 6), (1, 3, 3)]
    _, rows, columns = back(layers, shapes, 0, (0, 1, 2))[-1]
    assert np.flatnonzero(rows).tolist() == [1, 4]
    assert np.flatnonzero(columns).tolist() == [2, 5]


def test_readers_of_an_input_cell():
    layer = Conv2d(1, 1, 3, padding=1)
    assert readers(layer, (1, 5, 5), (1, 5, 5), 0, 2).sum() == 6
    assert readers(layer, (1, 5, 5), (1, 5, 5), 2, 2).sum() == 9


def test_a_field_is_one_cell():
    assert np.argwhere(mask_of(field_of((2, 3, 4), (1, 2, 0)))).tolist() == [[1, 2, 0]]
