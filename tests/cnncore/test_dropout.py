import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnncore import ArgumentError, Dropout, Layer, Linear, Sequential
from cnncore.network import PART
from cnncore.parallel import spread
from tests.cnncore.gradients import check_gradients


@pytest.fixture(scope="module", autouse=True)
def _helper() -> None:
    """Start the engine's helper thread, which stays, before threads are counted."""
    spread(abs, [1, 2], threads=2)


def dropout(p: float, seed: int = 0) -> Dropout:
    layer = Dropout(p)
    layer.initialize(np.random.default_rng(seed))
    return layer


class Again(Layer):
    """A dropout that leaves the same numbers out in every pass."""

    def __init__(self, p: float, seed: int) -> None:
        super().__init__()
        self.p, self.seed = p, seed

    def forward(self, x, training=False):
        return dropout(self.p, self.seed).forward(x, training)

    def backward(self, dy, cache, **options):
        return Dropout(self.p).backward(dy, cache, **options)

    def output_shape(self, input_shape):
        return Dropout(self.p).output_shape(input_shape)


@settings(max_examples=40, deadline=None)
@given(
    shape=st.lists(st.integers(1, 5), min_size=2, max_size=4),
    p=st.sampled_from([0.0, 0.2, 0.5, 0.9, 1.0]),
    training=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_gradients(shape: list[int], p: float, training: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    check_gradients(Again(p, seed), rng.normal(size=shape), rng, training)


def test_a_share_of_the_numbers_stays_and_the_mean_is_kept() -> None:
    x = np.ones((100, 20, 5, 10), np.float32)
    y, cache = dropout(0.3).forward(x, training=True)
    stays = y != 0
    assert stays.mean() == pytest.approx(0.7, abs=0.01)
    assert_allclose(y[stays], 1 / 0.7, rtol=1e-6)
    assert_array_equal(dropout(0.3).backward(x, cache)[0], y)
    assert y.dtype == np.float32


def test_nothing_is_left_out_when_the_network_is_used() -> None:
    x = np.arange(6.0).reshape(2, 3)
    layer = dropout(0.9)
    y, cache = layer.forward(x)
    dx, grads = layer.backward(x, cache)
    assert_array_equal(y, x)
    assert_array_equal(dx, x)
    assert grads == {}


def test_the_choice_is_new_in_each_pass_and_the_same_for_the_same_seed() -> None:
    x = np.ones((4, 3, 5, 5))
    one, other = dropout(0.5, 7), dropout(0.5, 7)
    first, second = (one.forward(x, training=True)[0] for _ in range(2))
    assert (first != second).any()
    assert_array_equal(other.forward(x, training=True)[0], first)
    innermost = np.ascontiguousarray(x.transpose(2, 1, 3, 0)).transpose(3, 1, 0, 2)
    assert_array_equal(other.forward(innermost, training=True)[0], second)


def test_large_batches_and_threads_change_no_number() -> None:
    results = []
    for threads in (1, 2):
        network = Sequential([Linear(3, 50), Dropout(), Linear(50, 2)], np.random.default_rng(0))
        network.threads = threads
        x = np.random.default_rng(1).random((3 * PART, 3), np.float32)
        y, caches = network.forward(x, training=True)
        dx, grads = network.backward(y, caches)
        results.append((y, dx, grads.vector))
    for one, two in zip(*results, strict=True):
        assert_array_equal(one, two)


def test_arguments_and_repr() -> None:
    assert repr(Dropout(0.25)) == "Dropout(p=0.25)"
    assert Dropout().parameter_count == Dropout().multiply_adds((3, 4, 4)) == 0
    assert Dropout().backward(np.ones(3), None, need_dx=False) == (None, {})
    for p in (-0.1, 1.1, np.nan):
        with pytest.raises(ArgumentError, match="p must lie"):
            Dropout(p)
