import warnings

import numpy as np
import pytest

from explorer import colormaps, imaging

SIGNED = colormaps.signed(dark=False)
WARM = colormaps.non_negative(dark=False)


def test_range_ends_take_the_first_and_the_last_colour():
    packed = imaging.to_argb(np.array([[2.0, 5.0], [-9.0, 99.0]]), WARM, 2.0, 5.0)
    assert packed.tolist() == [[WARM[0], WARM[255]], [WARM[0], WARM[255]]]


@pytest.mark.parametrize("r", [1e-30, 0.3, 1.0, 17.0, 1e30])
def test_zero_is_paper_and_signs_are_symmetric(r):
    values = np.array([-r, -r / 2, 0.0, -0.0, r / 2, r])
    packed = imaging.to_argb_signed(values, SIGNED, r)
    index = [int(np.flatnonzero(SIGNED[1:] == color)[0]) + 1 for color in packed]
    assert index[2] == index[3] == colormaps.ZERO
    assert index[0] == 1
    assert index[-1] == 255
    # Half a step lies between two colours and may go to either.
    assert abs((index[1] - 128) + (index[4] - 128)) <= 1


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8, np.int64])
def test_number_types_agree(dtype):
    values = np.arange(6).reshape(2, 3).astype(dtype)
    expected = imaging.to_argb(values.astype(np.float32), WARM, 0, 5)
    assert np.array_equal(imaging.to_argb(values, WARM, 0, 5), expected)


def test_what_is_no_number_has_its_own_colour_and_infinities_the_ends():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        packed = imaging.to_argb_signed(np.array([[np.nan, np.inf, -np.inf, 0.0]]), SIGNED, 2.0)
    assert packed.tolist() == [[imaging.NOT_A_NUMBER, SIGNED[255], SIGNED[1], SIGNED[128]]]
    assert imaging.NOT_A_NUMBER not in SIGNED


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.0), (1.0, -1.0), (0.0, np.nan)])
def test_empty_range_is_drawn_without_a_complaint(low, high):
    values = np.array([[0.0, np.inf, np.nan]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        packed = imaging.to_argb(values, WARM, low, high)
    assert packed[0, 0] == WARM[0]
    assert packed[0, 2] == imaging.NOT_A_NUMBER


def test_signed_map_without_a_range_is_all_paper():
    assert np.all(imaging.to_argb_signed(np.array([[0.0, 3.0]]), SIGNED, 0.0) == SIGNED[128])


@pytest.mark.parametrize("make", [lambda a: a, np.asfortranarray, lambda a: a[::-1, ::-1]])
def test_image_has_one_pixel_a_value_whatever_the_memory_order(make):
    array = make(np.arange(12, dtype=np.float32).reshape(3, 4))
    image = imaging.colour(array, WARM, 0.0, 11.0)
    assert (image.width(), image.height()) == (4, 3)
    packed = imaging.to_argb(array, WARM, 0.0, 11.0)
    assert [[image.pixel(x, y) for x in range(4)] for y in range(3)] == packed.tolist()


def test_image_keeps_its_pixels_when_the_array_is_gone():
    packed = np.full((5, 5), 0xFF123456, dtype=np.uint32)
    image = imaging.image_from_argb(packed)
    packed[:] = 0
    assert image.pixel(4, 4) == 0xFF123456


@pytest.mark.parametrize("count", [1, 7, 8])
def test_atlas_cell_finds_each_map_again(count):
    maps = np.arange(count * 6, dtype=np.float32).reshape(count, 2, 3)
    sheet = imaging.atlas(maps, columns=4)
    assert sheet.shape == (2 * -(-count // 4), 12)
    for index in range(count):
        x, y, width, height = imaging.atlas_cell(index, 4, 2, 3)
        assert np.array_equal(sheet[y : y + height, x : x + width], maps[index])


@pytest.mark.parametrize(
    ("arrays", "r"),
    [
        (np.array([-3.0, 2.0]), 3.0),
        ([np.array([1.0]), np.array([-5.0, 4.0])], 5.0),
        (np.array([np.inf, -2.0, np.nan]), 2.0),
        (np.array([np.nan]), 1.0),
        (np.zeros(3), 1.0),
        (np.zeros(0), 1.0),
    ],
)
def test_symmetric_range_is_the_largest_finite_magnitude(arrays, r):
    assert imaging.symmetric_range(arrays) == r


def test_text_takes_the_ink_with_more_contrast():
    assert imaging.text_on("#F4F2EC") == imaging.DARK_INK
    assert imaging.text_on("#0B3A6E") == imaging.LIGHT_INK
    assert imaging.text_on(int(SIGNED[128])) == imaging.DARK_INK
    for color in SIGNED.tolist():
        ground = imaging.luminance(color) + 0.05
        chosen = imaging.text_on(color)
        other = imaging.LIGHT_INK if chosen == imaging.DARK_INK else imaging.DARK_INK
        contrast = [
            max(ground, ink) / min(ground, ink)
            for ink in (imaging.luminance(int(c[1:], 16)) + 0.05 for c in (chosen, other))
        ]
        assert contrast[0] >= contrast[1]


def test_three_channels_are_packed_as_colours():
    channels = np.zeros((3, 1, 2))
    channels[0, 0, 0] = 1.0
    channels[2, 0, 1] = 0.5
    assert imaging.pack_rgb(channels).tolist() == [[0xFFFF0000, 0xFF000080]]
