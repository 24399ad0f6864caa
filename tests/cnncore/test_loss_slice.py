"""Slices through a network's loss, and the smooth surface between their points."""

import numpy as np
import pytest

from cnncore import MODELS, ArgumentError, ShapeError, cross_entropy, load_mnist_5k
from cnncore.descent import descend
from cnncore.loss_slice import (
    ALONG,
    LossSlice,
    SliceProgress,
    loss_slice,
    random_direction,
    slice_directions,
)


@pytest.fixture(scope="module")
def data():
    train, _ = load_mnist_5k()
    return train.pixels(np.arange(48)), train.labels[:48]


def tiny():
    return MODELS["tiny"]().build(np.random.default_rng(7))


def measure(data, **arguments):
    *progress, result = loss_slice(tiny, *data, **{"size": (7, 5)} | arguments)
    return progress, result


@pytest.fixture(scope="module")
def random_slice(data):
    return measure(data)[1]


@pytest.fixture(scope="module")
def gradient_slice(data):
    return measure(data, kind="gradient", size=(21, 5), reach=(0.2, 0.2))[1]


def test_progress_counts_every_point_and_the_slice_comes_last(data):
    progress, result = measure(data)
    assert progress == [SliceProgress(n, 35) for n in range(36)]
    assert isinstance(result, LossSlice)
    assert result.losses.shape == (5, 7)
    assert result.images == 48
    assert not result.losses.flags.writeable


def test_every_measured_number_is_the_networks_loss_there(data, random_slice):
    network = tiny()
    for row, column in ((0, 0), (2, 3), (4, 6), (1, 5)):
        move = (
            random_slice.xs[column] * random_slice.directions[0]
            + random_slice.ys[row] * random_slice.directions[1]
        )
        network.set_parameter_vector(random_slice.centre + move.astype(np.float32))
        expected, _ = cross_entropy(network(data[0]), data[1])
        assert random_slice.losses[row, column] == expected


def test_the_middle_is_the_network_itself(data, random_slice):
    assert random_slice.xs[3] == random_slice.ys[2] == 0.0
    assert random_slice.losses[2, 3] == cross_entropy(tiny()(data[0]), data[1])[0]
    assert random_slice.is_of(tiny().parameter_vector)
    moved = tiny().parameter_vector.copy()
    moved[5] += 1e-3
    assert not random_slice.is_of(moved)


def test_one_seed_gives_one_slice_and_another_another(data, random_slice):
    assert np.array_equal(measure(data)[1].losses, random_slice.losses)
    assert not np.array_equal(measure(data, seed=1)[1].losses, random_slice.losses)


def test_a_random_direction_is_filter_by_filter_as_long_as_the_weights():
    network = tiny()
    direction = tiny()
    direction.set_parameter_vector(random_direction(network, np.random.default_rng(0)))
    for name, weight in network.parameters().items():
        drawn = direction.parameters()[name]
        if weight.ndim < 2:
            assert not drawn.any()
        else:
            lengths = [np.linalg.norm(a.reshape(len(a), -1), axis=1) for a in (weight, drawn)]
            assert lengths[1] == pytest.approx(lengths[0], rel=1e-5)


def test_the_first_direction_can_be_the_negative_gradient(data):
    network = tiny()
    first, second = slice_directions(network, *data, "gradient", np.random.default_rng(0))
    logits, caches = network.forward(data[0])
    _, grads = network.backward(cross_entropy(logits, data[1])[1], caches)
    cosine = first @ grads.vector / np.linalg.norm(first) / np.linalg.norm(grads.vector)
    assert cosine == pytest.approx(-1, abs=1e-5)
    assert abs(first @ second) < 1e-4 * np.linalg.norm(first) * np.linalg.norm(second)
    assert np.linalg.norm(first) == pytest.approx(ALONG * np.linalg.norm(second), rel=1e-4)


def test_the_surface_goes_through_every_measured_number(random_slice):
    surface = random_slice.surface()
    for row, y in enumerate(random_slice.ys):
        for column, x in enumerate(random_slice.xs):
            assert surface.value(x, y) == pytest.approx(random_slice.losses[row, column], rel=1e-12)
    assert surface.grid(random_slice.xs, random_slice.ys) == pytest.approx(random_slice.losses)
    assert random_slice.losses.min() == surface.value(*surface.minima[0])


def test_the_surface_has_the_true_gradient_where_it_was_measured_closely(data, gradient_slice):
    network = tiny()
    logits, caches = network.forward(data[0])
    _, grads = network.backward(cross_entropy(logits, data[1])[1], caches)
    true = gradient_slice.directions @ grads.vector
    along, _ = gradient_slice.surface().gradient(0.0, 0.0)
    assert along == pytest.approx(true[0], rel=0.02)
    assert along < 0


def test_the_surfaces_gradient_is_that_of_central_differences(random_slice):
    surface = random_slice.surface()
    rng = np.random.default_rng(4)
    x, y = rng.uniform(-1.4, 1.4, 100), rng.uniform(-0.9, 0.9, 100)
    h = 1e-5
    along, across = surface.gradient(x, y)
    # At an edge between cells the second derivative jumps, which costs the difference some digits.
    assert along == pytest.approx((surface.value(x + h, y) - surface.value(x - h, y)) / (2 * h), rel=1e-3)
    assert across == pytest.approx((surface.value(x, y + h) - surface.value(x, y - h)) / (2 * h), rel=1e-3)


def test_a_path_goes_down_and_one_that_leaves_the_slice_ends_there(random_slice):
    surface = random_slice.surface()
    path = descend(surface, "Momentum", surface.start, 100)
    assert path.values[-1] < path.values[0]
    out = descend(surface, "SGD", (1.4, 0.9), 50, lr=10.0)
    assert out.left == out.steps + 1
    assert out.diverged is None
    assert not surface.holds(*out.beyond)
    assert np.isfinite(out.values).all()
    with pytest.raises(ArgumentError, match="does not lie on the surface"):
        descend(surface, "SGD", (2.0, 0.0), 5)


def test_closing_the_generator_ends_the_work(data):
    work = loss_slice(tiny, *data, size=(7, 5))
    assert next(work) == SliceProgress(0, 35)
    assert next(work) == SliceProgress(1, 35)
    work.close()
    with pytest.raises(StopIteration):
        next(work)


def test_what_does_not_fit_is_refused(data):
    images, labels = data
    for arguments in (((images, labels[:-1]), {}), ((images[:0], labels[:0]), {})):
        with pytest.raises(ShapeError):
            next(loss_slice(tiny, *arguments[0]))
    for wrong in ({"kind": "best"}, {"size": (3, 5)}, {"reach": (0.0, 1.0)}):
        with pytest.raises(ArgumentError):
            next(loss_slice(tiny, images, labels, **wrong))


def test_a_loss_that_is_not_finite_is_said(data):
    with pytest.raises(ArgumentError, match="not finite"):
        list(loss_slice(_huge, *data, size=(4, 4)))


def _huge():
    network = tiny()
    network.parameter_vector[:] *= 1e30
    return network
