"""Hatching covers exactly the cells it is meant for."""

import numpy as np
import pytest

from explorer.widgets.hatching import hatch_rects, mask_rects


def covered(rects, shape):
    mask = np.zeros(shape, int)
    for left, top, width, height in rects:
        mask[round(top) : round(top + height), round(left) : round(left + width)] += 1
    return mask


@pytest.mark.parametrize("seed", range(8))
def test_rectangles_cover_a_mask_once(seed):
    mask = np.random.default_rng(seed).random((9, 7)) < 0.5
    assert np.array_equal(covered(mask_rects(mask, 0, 0, 1, 1), mask.shape), mask.astype(int))


def test_a_border_takes_four_rectangles():
    mask = np.ones((6, 6), bool)
    mask[1:-1, 1:-1] = False
    assert len(mask_rects(mask, 10, 20, 4, 5)) == 4
    assert mask_rects(np.zeros((3, 3), bool), 0, 0, 1, 1) == []


@pytest.mark.parametrize("falling", [False, True])
def test_lines_stay_inside_and_are_diagonal(falling):
    left, top, width, height = 13.0, 7.0, 50.0, 22.0
    lines = hatch_rects([(left, top, width, height)], 5.0, falling)
    assert len(lines) == pytest.approx((width + height) / 5, abs=1)
    for x1, y1, x2, y2 in lines:
        assert left <= x1 <= x2 <= left + width
        assert min(y1, y2) >= top - 1e-9
        assert max(y1, y2) <= top + height + 1e-9
        assert (y2 - y1) == pytest.approx((x2 - x1) if falling else -(x2 - x1))


def test_neighbours_share_their_lines():
    first = hatch_rects([(0, 0, 12, 12)], 5, False)
    both = hatch_rects([(0, 0, 12, 12), (12, 0, 12, 12)], 5, False)
    constants = {round(x + y, 6) for x, y, _, _ in both}
    assert {round(x + y, 6) for x, y, _, _ in first} <= constants
    assert len(constants) == 7  # 5, 10, … 35
