"""Numbers on tiles keep clear of the tile's edges."""

import numpy as np
import pytest
from PySide6.QtGui import QFontMetricsF

from explorer.workspaces.network.output import TILE_PADDING, fitting
from explorer.workspaces.network.sizes import TILE

ROOM = TILE[0] - 2 * TILE_PADDING


@pytest.fixture
def measure(theme):
    return lambda text, size: QFontMetricsF(theme.font(size, 500)).horizontalAdvance(text)


@pytest.mark.parametrize(
    ("numbers", "texts", "size"),
    [
        ([1.04, -9.4, 10.3], ["1.0", "−9.4", "10.3"], 11),
        ([1.04, -10.2, -17.2], ["1.0", "−10.2", "−17.2"], 10),
        ([1.04, -123.4], ["1", "−123"], 11),
        ([2.0, -1273890.1], ["2", "−1e6"], 10),
        ([-np.inf, np.nan], ["−∞", "nan"], 11),
    ],
)
def test_numbers_fit_between_the_edges(measure, numbers, texts, size):
    assert fitting(numbers, ROOM, measure) == (texts, size)
    assert max(measure(text, size) for text in texts) <= ROOM


def test_where_nothing_fits_nothing_is_written(measure):
    assert fitting([1.0], 5.0, measure) is None


@pytest.mark.parametrize("number", [-3e38, -9.96e9, 1e-12, -0.0])
def test_every_float_can_be_written(measure, number):
    assert fitting([number], ROOM, measure) is not None
