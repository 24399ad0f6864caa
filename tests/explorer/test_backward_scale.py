"""How derivatives are written: decimals enough, and one power of ten for all that are read together."""

import numpy as np
import pytest

from explorer.workspaces.inspect.backward.scale import scale_for, scale_for_differences


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([0.0766, 0.03], "+0.0766"),
        ([7.66e-7, 3e-7], "+7.6600 × 10⁻⁷"),
        ([76600.0], "+7.6600 × 10⁴"),
        ([0.0], "0.0000"),
        ([np.nan, np.inf, 0.5], "+0.5000"),
    ],
)
def test_scale_shows_small_and_large_derivatives(values, text):
    found = np.array(values)
    finite = found[np.isfinite(found)]
    assert scale_for([found]).with_unit(float(finite.max())) == text


def test_scale_is_finer_for_small_cells():
    scale = scale_for([np.array([0.5])])
    assert scale.write(0.000123) == "+0.0001"
    assert scale.finer(np.array([0.000123])).write(0.000123) == "+0.000123"


def test_differences_of_probabilities_have_no_power_of_ten():
    scale = scale_for_differences(np.array([2.5e-5, -2.5e-5]))
    assert scale.exponent == 0
    assert scale.write(1.0, sign=False) == "1.0000000"
    assert scale.write(2.5e-5) == "+0.0000250"


def test_rounded_terms_add_up_or_not():
    scale = scale_for([np.array([0.5])])
    assert scale.adds_up([0.25, 0.25], 0.5)
    assert not scale.adds_up([0.00004, 0.00004], 0.00008)
