"""Digits from images and drawings: what comes out is what MNIST would have made of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cnncore.data import load_mnist_5k
from explorer.digits import (
    ImageError,
    centre_digit,
    digit_from_image_file,
    digit_from_pil,
    digit_from_strokes,
    smooth_stroke,
)


@pytest.fixture(scope="module")
def digits():
    """One real digit of each class, (10, 28, 28) uint8."""
    _, validation = load_mnist_5k()
    first = [int(np.flatnonzero(validation.labels == k)[0]) for k in range(10)]
    return validation.images[first, 0]


def box(digit):
    rows, columns = np.flatnonzero(digit.any(axis=1)), np.flatnonzero(digit.any(axis=0))
    return np.ptp(rows) + 1, np.ptp(columns) + 1


def centre(digit):
    index = np.arange(28)
    return digit.sum(axis=1) @ index / digit.sum(), digit.sum(axis=0) @ index / digit.sum()


def likeness(a, b):
    """Correlation of two digits' pixels."""
    return float(np.corrcoef(np.ravel(a), np.ravel(b))[0, 1])


def enlarged(digit, side=300):
    return Image.fromarray(digit).resize((side, side), Image.Resampling.BICUBIC)


def assert_prepared(digit):
    assert digit.shape == (28, 28)
    assert digit.dtype == np.float32
    assert digit.min() >= 0.0
    assert digit.max() <= 1.0
    assert max(box(digit)) == 20
    assert abs(np.array(centre(digit)) - 14.0).max() <= 0.51


def test_a_prepared_digit_keeps_its_pixels(digits):
    for digit in digits:
        assert np.array_equal(digit_from_pil(Image.fromarray(digit)), (digit / 255.0).astype(np.float32))


def test_a_prepared_digit_in_negative_keeps_its_pixels(digits):
    for digit in digits:
        np.testing.assert_allclose(digit_from_pil(Image.fromarray(255 - digit)), digit / 255.0, atol=1e-6)


@pytest.mark.parametrize("negative", [False, True])
def test_an_enlarged_digit_comes_back(digits, negative):
    for digit in digits:
        picture = enlarged(digit)
        made = digit_from_pil(Image.eval(picture, lambda v: 255 - v) if negative else picture)
        assert_prepared(made)
        assert likeness(made, digit) > 0.85


def test_a_small_digit_off_the_centre_is_found(digits):
    for digit in digits:
        page = Image.new("L", (640, 480), 255)
        page.paste(Image.eval(enlarged(digit, 200), lambda v: 255 - v), (400, 30))
        made = digit_from_pil(page)
        assert_prepared(made)
        assert likeness(made, digit) > 0.85


def test_a_photo_with_shading_noise_dust_and_a_dark_edge(digits):
    rng = np.random.default_rng(0)
    height, width = 480, 640
    y, x = np.mgrid[:height, :width]
    paper = 0.55 + 0.3 * x / width - 0.15 * (y / height) ** 2
    for digit in digits:
        pen = np.zeros((height, width))
        pen[100:320, 300:520] = np.asarray(enlarged(digit, 220)) / 255.0
        photo = paper * (1.0 - 0.7 * pen) + rng.normal(0.0, 0.03, pen.shape)
        photo[:, :24] *= 0.3
        for _ in range(12):
            top, left = rng.integers(0, height - 4), rng.integers(0, width - 4)
            photo[top : top + 3, left : left + 3] = 0.1
        made = digit_from_pil(Image.fromarray((photo.clip(0, 1) * 255).astype(np.uint8)))
        assert_prepared(made)
        assert likeness(made, digit) > 0.8


def test_every_mode_gives_the_same_digit(digits):
    picture = enlarged(digits[3])
    expected = digit_from_pil(picture)
    inverted = Image.eval(picture, lambda v: 255 - v)
    sixteen_bit = Image.fromarray(np.asarray(picture).astype(np.uint16) * 257)
    transparent = Image.merge("LA", (Image.new("L", picture.size, 0), picture))
    for image in (
        picture.convert("RGB"),
        picture.convert("RGBA"),
        picture.convert("P"),
        inverted.convert("CMYK"),
        sixteen_bit,
        transparent,
        picture.convert("F"),
        picture.convert("YCbCr"),
    ):
        assert likeness(digit_from_pil(image), expected) > 0.99, image.mode


def test_ink_and_paper_of_equal_brightness_but_different_colour(digits):
    pen = np.asarray(enlarged(digits[5]))[..., None] / 255.0
    red, green = np.array([230.0, 0.0, 0.0]), np.array([0.0, 117.0, 0.0])
    picture = Image.fromarray((red * pen + green * (1 - pen)).astype(np.uint8))
    assert likeness(digit_from_pil(picture), digits[5]) > 0.9


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_blank_image_is_refused(value):
    with pytest.raises(ImageError, match="blank"):
        digit_from_pil(Image.new("L", (100, 80), value))


def test_a_nearly_blank_image_is_refused():
    rng = np.random.default_rng(1)
    with pytest.raises(ImageError, match="blank"):
        digit_from_pil(Image.fromarray(rng.integers(200, 203, (100, 80)).astype(np.uint8)))


def test_a_file_is_read(tmp_path, digits):
    enlarged(digits[8]).save(tmp_path / "eight.png")
    assert likeness(digit_from_image_file(tmp_path / "eight.png"), digits[8]) > 0.88


def test_the_box_has_20_pixels_and_its_mass_lies_at_the_centre():
    ink = np.zeros((90, 40))
    ink[10:70, 5:15] = 1.0
    ink[60:70, 5:35] = 1.0
    digit = centre_digit(ink)
    assert box(digit) == (20, 10)
    assert abs(np.array(centre(digit)) - 14.0).max() <= 0.51


def test_no_ink_cannot_be_centred():
    with pytest.raises(ImageError):
        centre_digit(np.zeros((28, 28)))


def circle(radius=70.0, middle=112.0, points=24):
    angle = np.linspace(0.0, 2 * np.pi, points)
    return np.stack([middle + radius * np.cos(angle), middle + radius * np.sin(angle)], axis=1)


def test_a_drawn_circle_is_a_prepared_ring():
    digit = digit_from_strokes([circle()], 224, 16)
    assert_prepared(digit)
    assert digit[14, 14] == 0.0
    assert digit.max() > 0.99


def test_a_small_drawing_is_not_a_blob():
    digit = digit_from_strokes([circle(radius=25.0)], 224, 20)
    assert max(box(digit)) == 20
    assert digit[14, 14] == 0.0
    assert (digit[14, :14] > 0.5).sum() <= 4


def test_where_it_is_drawn_does_not_matter():
    expected = digit_from_strokes([circle()], 224, 16)
    assert likeness(digit_from_strokes([circle(middle=80.0)], 224, 16), expected) > 0.999


def test_a_dot_stays_a_dot():
    digit = digit_from_strokes([np.array([[50.0, 60.0]])], 224, 16)
    assert 2 <= max(box(digit)) <= 8
    assert abs(np.array(centre(digit)) - 14.0).max() <= 0.51


def test_a_straight_line_becomes_a_one():
    digit = digit_from_strokes([np.array([[112.0, 30.0], [112.0, 190.0]])], 224, 16)
    height, width = box(digit)
    assert height == 20
    assert width <= 4


@pytest.mark.parametrize("strokes", [[], [np.zeros((0, 2))]])
def test_an_empty_drawing_is_refused(strokes):
    with pytest.raises(ImageError, match="Nothing is drawn"):
        digit_from_strokes(strokes, 224, 16)


def test_a_drawing_with_coordinates_that_are_no_numbers_is_refused():
    with pytest.raises(ImageError):
        digit_from_strokes([np.array([[1.0, np.nan]])], 224, 16)


points = st.tuples(st.floats(0, 224), st.floats(0, 224))


@given(st.lists(st.lists(points, min_size=1, max_size=12), min_size=1, max_size=4))
def test_any_drawing_gives_a_digit(strokes):
    digit = digit_from_strokes(strokes, 224, 16)
    assert digit.shape == (28, 28)
    assert digit.dtype == np.float32
    assert digit.min() >= 0.0
    assert 0.0 < digit.max() <= 1.0
    assert max(box(digit)) <= 20


def test_smoothing_keeps_the_ends_and_rounds_the_corner():
    corner = np.array([[0.0, 0.0], [100.0, 0.0], [100.0, 100.0]])
    curve = smooth_stroke(corner)
    assert np.array_equal(curve[0], corner[0])
    assert np.array_equal(curve[-1], corner[-1])
    assert np.linalg.norm(curve - corner[1], axis=1).min() > 10.0
    assert len(smooth_stroke(corner[:2])) == 2
