"""What a run will do, worked out before it does it."""

import numpy as np
import pytest

from cnncore import load_mnist_5k
from explorer.workbench import Augmentation, Hyperparameters
from explorer.workbench.own_networks import MOST, is_built_in, key_of, with_own
from explorer.workbench.planning import MOST_POINTS, changed_images, planned_rates
from explorer.workbench.state import SCHEDULES


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_the_planned_rates_are_those_that_the_run_uses(qtbot, tiny_bench, schedule):
    bench = tiny_bench
    settings = Hyperparameters(epochs=2, seed=11, schedule=schedule)
    bench.set_hyperparameters(settings)
    bench.start()
    qtbot.waitUntil(lambda: bench.progress.step == 20, timeout=20_000)
    steps, rates = planned_rates(settings, 10)
    assert steps.tolist() == list(range(1, 21))
    np.testing.assert_array_equal(rates, bench.history.learning_rates)


def test_a_long_plan_is_thinned_but_begins_and_ends_as_it_does():
    settings = Hyperparameters(epochs=1000, schedule="step")
    steps, rates = planned_rates(settings, 4000)
    assert (steps[0], steps[-1], len(steps)) == (1, 4_000_000, MOST_POINTS)
    assert (np.diff(steps) > 0).all()
    assert (rates[0], rates[-1]) == (pytest.approx(1e-3), pytest.approx(1e-5))
    assert planned_rates(Hyperparameters(epochs=1), 1)[0].tolist() == [1]


def test_changed_images_are_chosen_and_changed_by_their_seed():
    train_set = load_mnist_5k()[0]
    strong = Augmentation(shift=3.0, noise=0.2)
    first, again = (changed_images(train_set, strong, 4, 6) for _ in range(2))
    assert first.originals.shape == first.changed.shape == (6, 1, 28, 28)
    np.testing.assert_array_equal(first.changed, again.changed)
    assert np.abs(first.changed - first.originals).max() > 0.1
    assert not np.array_equal(first.originals, changed_images(train_set, strong, 5, 6).originals)
    plain = changed_images(train_set, Augmentation(), 4, 6)
    np.testing.assert_array_equal(plain.originals, first.originals)
    np.testing.assert_array_equal(plain.changed, plain.originals)
    assert len(changed_images(train_set.subset(np.arange(2), "two"), strong, 0, 6).changed) == 2


# Own networks


def _own(title, channels=3):
    from cnncore import MODELS
    from explorer.workbench.building import Draft

    draft = Draft.of(MODELS["tiny"]()).with_options(0, out_channels=channels)
    return draft.titled(title).spec()


def test_own_networks_are_known_by_their_titles():
    from cnncore import MODELS

    tiny, mine = MODELS["tiny"](), _own("Mine")
    assert is_built_in(tiny)
    assert not is_built_in(mine)
    assert (key_of(tiny), key_of(mine)) == ("tiny", "own:Mine")
    assert with_own((), tiny) == ()
    known = with_own(with_own((), mine), _own("Other"))
    changed = _own("Mine", 5)
    assert with_own(known, changed) == (_own("Other"), changed)
    many = ()
    for number in range(MOST + 3):
        many = with_own(many, _own(f"Network {number}"))
    assert [spec.title for spec in many] == [f"Network {number}" for number in range(3, MOST + 3)]
