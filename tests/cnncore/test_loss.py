import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnncore import (
    ArgumentError,
    ShapeError,
    cross_entropy,
    log_softmax,
    mse_loss,
    nll_loss,
    one_hot,
    softmax,
)


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


@settings(max_examples=40, deadline=None)
@given(
    count=st.integers(1, 6),
    classes=st.integers(1, 6),
    smoothing=st.sampled_from([0.0, 0.1, 0.5, 1.0]),
    seed=st.integers(0, 2**32 - 1),
)
def test_smoothed_labels(count: int, classes: int, smoothing: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    z, labels = rng.normal(0, 3, (count, classes)), rng.integers(0, classes, count)
    target = (1 - smoothing) * np.eye(classes)[labels] + smoothing / classes
    loss, dz = cross_entropy(z, labels, smoothing)
    assert loss == pytest.approx(-(target * log_softmax(z)).sum(axis=1).mean(), abs=1e-12)
    assert_allclose(dz, (softmax(z) - target) / count, atol=1e-14)
    direction = rng.normal(size=z.shape)
    above, below = (cross_entropy(z + step * direction, labels, smoothing)[0] for step in (1e-6, -1e-6))
    assert_allclose((dz * direction).sum(), (above - below) / 2e-6, atol=1e-8)


@settings(max_examples=30, deadline=None)
@given(count=st.integers(1, 6), classes=st.integers(1, 6), seed=st.integers(0, 2**32 - 1))
def test_likelihoods_and_squares(count: int, classes: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    z, labels = rng.normal(0, 3, (count, classes)), rng.integers(0, classes, count)
    assert nll_loss(log_softmax(z), labels)[0] == pytest.approx(cross_entropy(z, labels)[0])
    losses = (lambda x: nll_loss(x, labels)), (lambda x: mse_loss(x, one_hot(labels, classes)))
    for loss in losses:
        direction = rng.normal(size=z.shape)
        above, below = (loss(z + step * direction)[0] for step in (1e-6, -1e-6))
        assert_allclose((loss(z)[1] * direction).sum(), (above - below) / 2e-6, atol=1e-7)


def test_squares_by_hand() -> None:
    loss, gradient = mse_loss(np.array([[1.0, 4.0]], np.float32), [[0, 1]])
    assert loss == 5
    assert_array_equal(gradient, [[1, 3]])
    assert gradient.dtype == np.float32
    assert_array_equal(one_hot([2, 0], 3), [[0, 0, 1], [1, 0, 0]])


def test_what_the_other_losses_refuse() -> None:
    z = np.zeros((2, 3))
    for smoothing in (-0.1, 1.1, math.nan):
        with pytest.raises(ArgumentError, match="label_smoothing"):
            cross_entropy(z, [0, 1], smoothing)
    with pytest.raises(
        ShapeError, match=r"nll_loss takes log probabilities \(N, K\).*got \(2, 3\) and \(3,\)"
    ):
        nll_loss(z, [0, 1, 2])
    with pytest.raises(ArgumentError, match="labels lie between 0 and 2"):
        nll_loss(z, [0, 3])
    with pytest.raises(ShapeError, match=r"got \(2, 3\) and \(2,\)"):
        mse_loss(z, [0, 1])
    with pytest.raises(ArgumentError, match="labels lie"):
        one_hot([3], 3)
