"""The smooth surface between numbers on a grid."""

import numpy as np
import pytest

from cnncore import ShapeError
from cnncore.bicubic import Bicubic


def test_bicubic_reproduces_planes_and_parabolas_and_is_smooth():
    xs, ys = np.linspace(-1, 1, 9), np.linspace(0, 3, 7)
    plane = Bicubic(xs, ys, 2 * xs - 3 * ys[:, None] + 1)
    for x, y in ((-1.0, 0.0), (1.0, 3.0), (0.13, 2.71), (-0.99, 0.02)):
        assert plane.at(x, y) == pytest.approx((2 * x - 3 * y + 1, 2, -3))
    bowl = Bicubic(xs, ys, xs**2 + 0 * ys[:, None])
    assert bowl.at(0.11, 1.1) == pytest.approx((0.0121, 0.22, 0))
    rough = Bicubic(xs, ys, np.random.default_rng(0).standard_normal((7, 9)))
    edge = float(xs[3])
    assert rough.at(edge - 1e-9, 1.2) == pytest.approx(rough.at(edge + 1e-9, 1.2), abs=1e-6)
    assert np.isnan(rough.at(1.1, 1.0)).all()
    assert np.isnan(rough.grid(np.array([1.1]), np.array([1.0]))).all()
    assert rough.grid(np.array([0.3]), np.array([1.1]))[0, 0] == pytest.approx(rough.at(0.3, 1.1)[0])


def test_numbers_and_places_must_fit():
    with pytest.raises(ShapeError):
        Bicubic(np.arange(3.0), np.arange(4.0), np.zeros((3, 4)))
