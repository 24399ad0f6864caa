import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnncore import ArgumentError, ShapeError, cross_entropy, log_softmax, softmax


@settings(max_examples=40, deadline=None)
@given(count=st.integers(1, 6), classes=st.integers(1, 6), seed=st.integers(0, 2**32 - 1))
def test_cross_entropy_and_its_gradient(count: int, classes: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    z, labels = rng.normal(0, 3, (count, classes)), rng.integers(0, classes, count)
    loss, dz = cross_entropy(z, labels)
    wanted = -sum(
        math.log(math.exp(row[k]) / sum(map(math.exp, row))) for row, k in zip(z, labels, strict=True)
    )
    assert loss == pytest.approx(wanted / count, abs=1e-12)
    direction = rng.normal(size=z.shape)
    above, below = (cross_entropy(z + step * direction, labels)[0] for step in (1e-6, -1e-6))
    assert_allclose((dz * direction).sum(), (above - below) / 2e-6, atol=1e-8)
    assert_allclose(dz.sum(axis=1), 0, atol=1e-12)


def test_softmax() -> None:
    z = np.array([[0.0, math.log(3)], [1000.0, 1000.0], [-1000.0, 0.0]])
    assert_allclose(softmax(z), [[0.25, 0.75], [0.5, 0.5], [0, 1]], atol=1e-15)
    assert_allclose(softmax(z[0]), [0.25, 0.75])
    assert_allclose(log_softmax(z), [np.log([0.25, 0.75]), np.log([0.5, 0.5]), [-1000, 0]])


def test_a_hopeless_guess_has_a_finite_loss() -> None:
    loss, dz = cross_entropy(np.array([[1000.0, 0.0]], np.float32), [1])
    assert loss == 1000
    assert_array_equal(dz, [[1, -1]])
    assert dz.dtype == np.float32


def test_the_logits_are_left_alone() -> None:
    z = np.ones((2, 3))
    z.flags.writeable = False
    cross_entropy(z, np.array([0, 2], np.uint8))


@pytest.mark.parametrize(
    ("logits", "labels"), [((2, 3), (3,)), ((2, 3), (2, 1)), ((3,), (3,)), ((0, 3), (0,)), ((2, 3, 1), (2,))]
)
def test_wrong_shapes(logits: tuple[int, ...], labels: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match="logits"):
        cross_entropy(np.zeros(logits), np.zeros(labels, int))


@pytest.mark.parametrize("labels", [[0, 3], [-1, 0], [0.0, 1.0], [True, False]])
def test_wrong_labels(labels: list[object]) -> None:
    with pytest.raises(ArgumentError, match="labels"):
        cross_entropy(np.zeros((2, 3)), np.array(labels))
