from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from cnncore import INITIALISERS, CnnError, Conv2d, Linear, Sequential, glorot, he, lecun


@pytest.mark.parametrize(
    ("name", "conv", "linear"),
    [
        ("he", 2 / (16 * 25), 2 / 300),
        ("glorot", 2 / (16 * 25 + 64 * 25), 2 / (300 + 200)),
        ("lecun", 1 / (16 * 25), 1 / 300),
        ("size", 1 / (64 * 16 * 25), 1 / (300 * 200)),
    ],
)
def test_the_variance(name: str, conv: float, linear: float) -> None:
    for layer, variance in ((Conv2d(16, 64, 5), conv), (Linear(300, 200), linear)):
        layer.parameters["bias"][...] = 7
        layer.initialize(np.random.default_rng(1), INITIALISERS[name])
        weight = layer.parameters["weight"]
        assert weight.var() == pytest.approx(variance, rel=0.04)
        assert abs(weight.mean()) < 4 * np.sqrt(variance / weight.size)
        assert not layer.parameters["bias"].any()


def test_groups_count_for_themselves() -> None:
    layer = Conv2d(64, 64, 5, groups=4)
    layer.initialize(np.random.default_rng(1), lecun)
    assert layer.parameters["weight"].var() == pytest.approx(1 / (16 * 25), rel=0.04)


def test_a_network_takes_one_and_he_is_the_usual() -> None:
    def build(*draw) -> np.ndarray:
        return Sequential([Linear(5, 4)], np.random.default_rng(0), np.float32, *draw).parameter_vector

    assert_array_equal(build(), build(he))
    assert (build(glorot) != build())[:20].all()


@pytest.mark.parametrize("name", INITIALISERS)
@pytest.mark.parametrize(
    ("rng", "weight"),
    [
        *((3, np.zeros((2, 2))), (None, np.zeros((2, 2)))),
        *((np.random.default_rng(0), wrong) for wrong in (None, [[1.0]], np.zeros((0, 2)), np.zeros(3))),
        (np.random.default_rng(0), np.zeros((2, 2), int)),
    ],
)
def test_what_cannot_be_drawn_is_refused(name: str, rng: Any, weight: Any) -> None:
    with pytest.raises(CnnError):
        INITIALISERS[name](rng, weight)
