"""Ink and paper: the parts of the search, one by one."""

import numpy as np
import pytest

from explorer.image_files import ImageError
from explorer.ink import find_ink, label_parts, main_parts


def bar(height=120, width=100):
    picture = np.zeros((height, width))
    picture[20:100, 45:55] = 1.0
    return picture


@pytest.mark.parametrize(("paper", "pen"), [(0.0, 1.0), (1.0, 0.0), (0.8, 0.4), (0.1, 0.2)])
def test_contrast_is_stretched_and_paper_is_nothing(paper, pen):
    ink = find_ink(paper + (pen - paper) * bar())
    np.testing.assert_allclose(ink, bar(), atol=1e-6)


def test_a_slope_of_light_is_taken_away():
    y, x = np.mgrid[:120, :100]
    ink = find_ink(0.4 + 0.004 * x + 0.001 * y - 0.15 * bar())
    assert ink[bar() == 0].max() < 0.2
    assert np.median(ink[bar() == 1]) > 0.95


def test_dust_is_left_out():
    picture = bar()
    picture[5:8, 5:8] = 1.0
    np.testing.assert_allclose(find_ink(picture), bar(), atol=1e-6)


def test_what_reaches_the_edge_is_left_out_when_something_tall_does_not():
    picture = bar()
    picture[:, :4] = 1.0
    mask = main_parts(picture, 0.5)
    assert not mask[:, :4].any()
    assert mask[bar() == 1].all()


def test_a_digit_that_reaches_the_edge_stays():
    picture = np.zeros((60, 60))
    picture[0:60, 25:35] = 1.0
    picture[10:14, 40:50] = 1.0
    mask = main_parts(picture, 0.5)
    assert mask[picture == 1].all()


def test_the_inside_of_a_ring_is_paper():
    y, x = np.mgrid[:100, :100] - 50
    radius = np.hypot(x, y)
    ring = (radius > 20) & (radius < 30)
    np.testing.assert_allclose(find_ink(1.0 - ring), ring, atol=1e-6)


@pytest.mark.parametrize("shape", [(5, 5), (5, 300), (300, 5)])
def test_small_and_narrow_pictures(shape):
    picture = np.zeros(shape)
    picture[2, 2:-2] = 1.0
    assert find_ink(picture)[2, 2] == pytest.approx(1.0)


def test_blank():
    with pytest.raises(ImageError, match="blank"):
        find_ink(np.full((50, 50), 0.3))


def test_parts_join_at_corners_and_across_a_u():
    mask = np.array(
        [
            [1, 0, 1, 0, 0],
            [1, 0, 1, 0, 1],
            [0, 1, 0, 0, 1],
            [0, 0, 0, 0, 0],
            [1, 1, 0, 1, 1],
        ],
        dtype=bool,
    )
    labels, count = label_parts(mask)
    assert count == 4
    assert len(set(labels[[0, 0, 2], [0, 2, 1]])) == 1
    assert (labels > 0).tolist() == mask.tolist()


def test_no_part():
    labels, count = label_parts(np.zeros((3, 4), dtype=bool))
    assert count == 0
    assert not labels.any()
