"""Accuracy under shifts against plain loops, and what convolution has to do with it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncore import ArgumentError, Dataset, Flatten, Linear, Sequential, ShapeError, evaluate
from cnncore.robustness import shift_accuracy, shifted


def data(count=30, size=6, seed=0):
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (count, 1, size, size), dtype=np.uint8)
    return Dataset(images, rng.integers(0, 3, count), ("a", "b", "c"), "test")


def network(size=6):
    return Sequential([Flatten(), Linear(size * size, 3)], np.random.default_rng(1))


@settings(max_examples=60, deadline=None)
@given(st.integers(-8, 8), st.integers(-8, 8), st.integers(0, 100))
def test_shifting_moves_each_pixel_and_brings_in_background(dy, dx, seed):
    images = np.random.default_rng(seed).integers(0, 256, (2, 2, 5, 7), dtype=np.uint8)
    moved = shifted(images, dy, dx)
    for y in range(5):
        for x in range(7):
            inside = 0 <= y - dy < 5 and 0 <= x - dx < 7
            expected = images[:, :, y - dy, x - dx] if inside else 0
            assert (moved[:, :, y, x] == expected).all()


def test_each_entry_is_the_accuracy_over_images_moved_so():
    images, net = data(), network()
    results = list(shift_accuracy(net, images, 2))
    assert [result.done for result in results] == list(range(1, 26))
    last = results[-1]
    assert last.images == 30
    assert last.reach == 2
    for dy in range(-2, 3):
        for dx in range(-2, 3):
            moved = Dataset(shifted(images.images, dy, dx), images.labels, images.class_names, "moved")
            assert last.table[2 + dy, 2 + dx] == evaluate(net, moved).accuracy
    assert last.table[2, 2] == evaluate(net, images).accuracy


def test_distance_is_that_of_the_longer_axis():
    last = list(shift_accuracy(network(), data(), 2))[-1]
    rings = last.at_distance()
    assert rings.shape == (3,)
    assert rings[0] == last.table[2, 2]
    inner = [last.table[y, x] for y in (1, 2, 3) for x in (1, 2, 3) if (y, x) != (2, 2)]
    assert rings[1] == pytest.approx(np.mean(inner))


def test_what_is_given_out_cannot_be_changed():
    first = next(shift_accuracy(network(), data(), 1))
    with pytest.raises(ValueError, match="read-only"):
        first.table[0, 0] = 1.0


@pytest.mark.parametrize(
    ("reach", "size", "error"), [(-1, 6, ArgumentError), (1.5, 6, ArgumentError), (1, 5, ShapeError)]
)
def test_wrong_arguments_are_refused(reach, size, error):
    with pytest.raises(error):
        next(shift_accuracy(network(size), data(), reach))
