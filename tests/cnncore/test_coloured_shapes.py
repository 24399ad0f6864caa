"""The built-in colour images: balanced, repeatable, and told apart by nothing but their outline."""

import numpy as np
import pytest

from cnncore import ArgumentError, Dataset, load_shapes
from cnncore.coloured_shapes import SHAPES, SIZE


@pytest.fixture(scope="module")
def shapes() -> tuple[Dataset, Dataset]:
    return load_shapes(1600, 400)


def test_the_images_are_balanced_and_mixed(shapes: tuple[Dataset, Dataset]) -> None:
    for part, per_class in zip(shapes, (200, 50), strict=True):
        assert part.images.shape == (8 * per_class, 3, SIZE, SIZE)
        assert np.bincount(part.labels).tolist() == [per_class] * 8
        assert part.class_names == tuple(SHAPES)
        assert len(set(part.labels[:100].tolist())) == 8
    assert np.bincount(load_shapes(13, 8)[0].labels).tolist() == [2] * 5 + [1] * 3


def test_the_same_seed_gives_the_same_images() -> None:
    one, other, third = load_shapes(50, 20, seed=1), load_shapes(50, 20, seed=1), load_shapes(50, 20, seed=2)
    for first, second in zip(one, other, strict=True):
        np.testing.assert_array_equal(first.images, second.images)
        np.testing.assert_array_equal(first.labels, second.labels)
    assert (one[0].images != third[0].images).any()


def test_no_image_comes_twice(shapes: tuple[Dataset, Dataset]) -> None:
    assert len({image.tobytes() for part in shapes for image in part.images}) == 2000


def test_colours_tell_nothing_about_the_class(shapes: tuple[Dataset, Dataset]) -> None:
    data = shapes[0]
    corner, everywhere = data.images[:, :, 0, 0] / 255, data.images.mean(axis=(2, 3)) / 255
    for values in (corner, everywhere):
        for label in range(8):
            np.testing.assert_allclose(values[data.labels == label].mean(axis=0), 0.5, atol=0.09)


def test_colours_fill_the_whole_range(shapes: tuple[Dataset, Dataset]) -> None:
    images = shapes[0].images
    assert (images.min(), images.max()) == (0, 255)
    assert np.std(images.mean(axis=(2, 3))) > 40


@pytest.mark.parametrize("name", SHAPES)
def test_an_outline_is_a_distance_around_a_shape_of_radius_1(name: str) -> None:
    step = 0.02
    y, x = np.mgrid[-1.5:1.5:step, -1.5:1.5:step]
    distance = SHAPES[name](x, y)
    inside = distance < 0
    assert 0.4 < inside.sum() * step**2 < 2.4
    assert np.hypot(x, y)[inside].max() < 1.25
    # A distance changes by no more than the way that is gone.
    for axis in (0, 1):
        assert np.abs(np.diff(distance, axis=axis)).max() <= step * (1 + 1e-9)


def test_a_shape_stands_out_from_its_ground(shapes: tuple[Dataset, Dataset]) -> None:
    data = shapes[0]
    squares = data.pixels(np.flatnonzero(data.labels == list(SHAPES).index("square")))
    # The brightest and the darkest pixel of any channel differ by more than the noise alone could do.
    spread = (np.percentile(squares, 99, axis=(2, 3)) - np.percentile(squares, 1, axis=(2, 3))).max(axis=1)
    assert np.percentile(spread, 1) > 0.2


@pytest.mark.parametrize(
    "arguments", [{"train": 0}, {"validation": -1}, {"train": 2.5}, {"seed": -1}, {"train": 10**9}]
)
def test_impossible_numbers_are_refused(arguments: dict) -> None:
    with pytest.raises(ArgumentError, match="must be a whole number"):
        load_shapes(**arguments)
