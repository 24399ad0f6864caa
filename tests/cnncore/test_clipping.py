import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from cnncore import (
    SGD,
    ArgumentError,
    Flatten,
    Linear,
    NamedVector,
    Sequential,
    clip_grad_norm,
    load_mnist_5k,
    train,
)


def gradients() -> NamedVector:
    return NamedVector({"a": (1, 2), "b": (2,)}, np.array([1.0, 2.0, 4.0, 10.0]))


@pytest.mark.parametrize("kind", [lambda grads: grads, dict])
def test_long_gradients_are_shortened_together(kind) -> None:
    grads = gradients()
    assert clip_grad_norm(kind(grads), 5.5) == 11
    assert_allclose(grads.vector, [0.5, 1, 2, 5], rtol=1e-6)
    assert np.linalg.norm(grads.vector) <= 5.5


def test_short_gradients_stay() -> None:
    grads = gradients()
    assert clip_grad_norm(grads, 12) == 11
    assert_array_equal(grads.vector, [1, 2, 4, 10])
    grads.vector[:] = 0
    assert clip_grad_norm(grads, 1e-9) == 0
    assert not grads.vector.any()


def test_what_makes_no_sense_changes_nothing() -> None:
    for norm in (0, -1, np.nan, np.inf):
        with pytest.raises(ArgumentError, match="max_norm"):
            clip_grad_norm(gradients(), norm)
    grads = gradients()
    grads.vector[2] = np.inf
    with pytest.raises(ArgumentError, match="not finite"):
        clip_grad_norm(grads, 1)
    assert_array_equal(grads.vector, [1, 2, np.inf, 10])


def test_in_a_run_it_bounds_the_steps() -> None:
    train_set, validation_set = (data.subset(range(40), "some") for data in load_mnist_5k())
    network = Sequential([Flatten(), Linear(784, 10)], np.random.default_rng(0), np.float64)
    run = train(
        network,
        train_set,
        validation_set,
        SGD(network.parameters(), lr=0.5),
        epochs=1,
        batch_size=10,
        rng=np.random.default_rng(0),
        clip=lambda grads: clip_grad_norm(grads, 0.01),
    )
    before = network.parameter_vector.copy()
    for _ in range(4):
        next(run)
    run.close()
    assert 0.01 < np.linalg.norm(network.parameter_vector - before) <= 4 * 0.5 * 0.01 + 1e-12
