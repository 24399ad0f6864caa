"""The surfaces with a formula: gradients, minima, values."""

import numpy as np
import pytest

from cnncore.surfaces import SURFACES

BY_KEY = pytest.mark.parametrize("surface", SURFACES.values(), ids=SURFACES)


def points_within(surface, count, seed):
    x_low, x_high, y_low, y_high = surface.bounds
    rng = np.random.default_rng(seed)
    return rng.uniform(x_low, x_high, count), rng.uniform(y_low, y_high, count)


@BY_KEY
def test_gradients_are_those_of_central_differences(surface):
    x, y = points_within(surface, 200, 1)
    h = 1e-5
    along, across = surface.gradient(x, y)
    assert along == pytest.approx(
        (surface.value(x + h, y) - surface.value(x - h, y)) / (2 * h), rel=1e-6, abs=1e-7
    )
    assert across == pytest.approx(
        (surface.value(x, y + h) - surface.value(x, y - h)) / (2 * h), rel=1e-6, abs=1e-7
    )


@BY_KEY
def test_minima_are_the_lowest_places_and_flat(surface):
    x, y = points_within(surface, 2000, 2)
    lowest = surface.value(x, y).min()
    for at in surface.minima:
        assert surface.holds(*at)
        assert surface.value(*at) == pytest.approx(0, abs=1e-9)
        assert np.hypot(*surface.gradient(*at)) < 1e-4
        assert surface.value(*at) <= lowest


@BY_KEY
def test_a_grid_holds_the_values_row_by_row(surface):
    xs, ys = np.linspace(-1, 2, 5), np.linspace(-0.5, 1, 3)
    grid = surface.grid(xs, ys)
    assert grid.shape == (3, 5)
    assert grid[2, 1] == surface.value(xs[1], ys[2])
