"""Augmentation: pixels go where the warps say, and the same seed sends them to the same places."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncore import ArgumentError, ShapeError
from cnncore.augment import Augment, Compose, Elastic, Flip, Noise, Rotate, Scale, Shift, warp

EVERY = [
    Shift(2.5),
    Rotate(20),
    Scale(1.3),
    Elastic(1.5, 3),
    Flip(),
    Flip(vertical=True),
    Noise(0.2),
    Compose([Rotate(5), Elastic(), Noise(0.1), Shift(1, fill="nearest")]),
]


def images(count: int = 5, channels: int = 2, height: int = 9, width: int = 7) -> np.ndarray:
    return np.random.default_rng(1).random((count, channels, height, width), np.float32)


class Fixed(np.random.Generator):
    """A generator whose every number is the same part of the way from the low end to the high end."""

    def __init__(self, part: float) -> None:
        super().__init__(np.random.PCG64(0))
        self.part = part

    def uniform(self, low: float, high: float, size: object) -> np.ndarray:
        return np.full(size, low + self.part * (high - low))

    def random(self, size: int) -> np.ndarray:
        return np.full(size, self.part)


@pytest.mark.parametrize("augment", EVERY, ids=str)
def test_the_same_seed_gives_the_same_images_whatever_their_layout(augment: Augment) -> None:
    x = images()
    before = x.copy()
    one = augment(x, np.random.default_rng(4))
    innermost = np.ascontiguousarray(x.transpose(2, 1, 3, 0)).transpose(3, 1, 0, 2)
    other = augment(innermost, np.random.default_rng(4))
    assert one.tobytes() == other.tobytes()
    np.testing.assert_array_equal(x, before)
    assert (augment(x, np.random.default_rng(5)) != one).any()
    assert (one.shape, one.dtype) == (x.shape, np.float32)
    assert one.transpose(2, 1, 3, 0).flags.c_contiguous
    assert one.min() >= 0
    assert one.max() <= 1


@pytest.mark.parametrize("augment", EVERY, ids=str)
def test_double_precision_runs_through(augment: Augment) -> None:
    single = augment(images(), np.random.default_rng(4))
    double = augment(images().astype(np.float64), np.random.default_rng(4))
    assert double.dtype == np.float64
    np.testing.assert_allclose(single, double, atol=2e-5)


@pytest.mark.parametrize("augment", EVERY, ids=str)
def test_each_image_of_a_batch_changes_in_its_own_way(augment: Augment) -> None:
    same = np.repeat(images(1), 12, axis=0)
    result = augment(same, np.random.default_rng(4))
    assert len({image.tobytes() for image in result}) > 1


@pytest.mark.parametrize("augment", EVERY, ids=str)
def test_batches_of_nothing_stay_nothing(augment: Augment) -> None:
    assert augment(images(0), np.random.default_rng(0)).shape == (0, 2, 9, 7)


@pytest.mark.parametrize(
    "nothing", [Shift(0), Rotate(0), Scale(1), Elastic(0), Flip(0), Noise(0), Compose([])], ids=str
)
def test_a_change_of_no_size_changes_nothing(nothing: Augment) -> None:
    np.testing.assert_allclose(nothing(images(), np.random.default_rng(0)), images(), atol=1e-6)


def moved(array: np.ndarray, by: int) -> np.ndarray:
    result = np.zeros_like(array)
    result[..., by:, by:] = array[..., :-by, :-by]
    return result


@pytest.mark.parametrize(
    ("augment", "part", "expected"),
    [
        (Shift(2), 1, lambda x: moved(x, 2)),
        (Rotate(90), 1, lambda x: np.rot90(x, 1, (2, 3))),
        (Rotate(90), 0, lambda x: np.rot90(x, -1, (2, 3))),
        (Flip(), 0, lambda x: x[..., ::-1]),
        (Flip(vertical=True), 0, lambda x: x[..., ::-1, :]),
        (Flip(), 1, lambda x: x),
        (Compose([Shift(1), Flip()]), 0, lambda x: moved(x[..., ::-1, ::-1], 1)[..., ::-1, :]),
    ],
    ids=["shift", "rotate left", "rotate right", "flip", "flip upside down", "no flip", "shift and flip"],
)
def test_moves_by_whole_pixels_are_exact(
    augment: Augment, part: float, expected: Callable[[np.ndarray], np.ndarray]
) -> None:
    x = images(height=8, width=8)
    np.testing.assert_allclose(augment(x, Fixed(part)), expected(x), atol=1e-5)


def test_warps_are_applied_in_order() -> None:
    x = images(height=8, width=8)
    turned_then_moved = Compose([Rotate(90), Shift(2)])(x, Fixed(1))
    np.testing.assert_allclose(turned_then_moved, moved(np.rot90(x, 1, (2, 3)), 2), atol=1e-5)


def test_half_a_pixel_is_the_mean_of_two() -> None:
    x = images(height=1)
    halfway = Shift(0.5)(x, Fixed(1))
    # Half a pixel down as well: there the single row meets the zeros outside.
    np.testing.assert_allclose(halfway[..., 1:], (x[..., :-1] + x[..., 1:]) / 4, atol=1e-6)


def test_enlarging_twice_keeps_the_middle() -> None:
    x = images(height=9, width=9)
    large = Scale(2)(x, Fixed(0))
    np.testing.assert_allclose(large[..., ::2, ::2], x[..., 2:7, 2:7], atol=1e-6)


def test_several_warps_read_the_image_once() -> None:
    x = images()
    there_and_back = warp(x, [Shift(0.5), Shift(0.5)], Opposite())
    np.testing.assert_allclose(there_and_back, x, atol=1e-6)


class Opposite(Fixed):
    """Goes as far one way as it went the other way before."""

    def __init__(self) -> None:
        super().__init__(1)

    def uniform(self, low: float, high: float, size: object) -> np.ndarray:
        self.part = 1 - self.part
        return super().uniform(low, high, size)


@given(seed=st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_outside_lies_what_fill_says(seed: int) -> None:
    x = np.full((3, 1, 6, 8), 0.25, np.float32)
    far = [Shift(4), Rotate(90), Scale(2), Elastic(3, 2)]
    zeros = warp(x, far, np.random.default_rng(seed))
    nearest = warp(x, far, np.random.default_rng(seed), "nearest")
    np.testing.assert_allclose(nearest, x, atol=1e-6)
    assert zeros.min() < 0.25
    assert zeros.max() <= 0.25 + 1e-6


def test_elastic_moves_are_as_large_and_smooth_as_they_say() -> None:
    zero = np.zeros((28, 28, 400))
    rows, columns = Elastic(1.5, 4).displace((zero, zero), np.random.default_rng(0))
    assert np.std(rows) == pytest.approx(1.5, rel=0.05)
    assert np.std(columns) == pytest.approx(1.5, rel=0.05)
    # Two pixels of Gaussian-smoothed noise are correlated as exp(-(d / 2 s)^2).
    correlation = np.corrcoef(rows[10:18, 10].ravel(), rows[10:18, 14].ravel())[0, 1]
    assert correlation == pytest.approx(np.exp(-0.25), abs=0.04)
    assert abs(np.corrcoef(rows.ravel(), columns.ravel())[0, 1]) < 0.05


def test_noise_has_its_deviation_and_stays_in_range() -> None:
    grey = np.full((20, 1, 28, 28), 0.5, np.float32)
    noisy = Noise(0.1)(grey, np.random.default_rng(0))
    assert np.std(noisy) == pytest.approx(0.1, rel=0.02)
    assert Noise(1)(grey, np.random.default_rng(0)).max() == 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Shift(-1), "A shift must be a number from 0"),
        (lambda: Shift(float("nan")), "A shift"),
        (lambda: Shift("2"), "A shift"),
        (lambda: Shift(fill="mirror"), "must be one of zeros, nearest, not 'mirror'"),
        (lambda: Rotate(181), "rotation"),
        (lambda: Scale(0.9), "from 1 to 10"),
        (lambda: Elastic(-1), "strength"),
        (lambda: Elastic(1, 0), "smoothness"),
        (lambda: Flip(1.5), "probability"),
        (lambda: Noise(True), "deviation"),
        (lambda: Compose([3]), "3 cannot be"),
    ],
)
def test_impossible_changes_are_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        make()


@pytest.mark.parametrize("wrong", [np.zeros((2, 5, 5), np.float32), np.zeros((1, 1, 5, 5), np.uint8), [1.0]])
@pytest.mark.parametrize("augment", [Shift(), Noise()])
def test_what_is_no_batch_of_pixels_is_refused(augment: Augment, wrong: np.ndarray) -> None:
    with pytest.raises(ShapeError, match=r"takes images \(N, C, H, W\)"):
        augment(wrong, np.random.default_rng(0))
