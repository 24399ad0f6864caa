"""Which moments of a run are kept: denser early, within the budget, the first and the last always."""

import itertools

import numpy as np
import pytest

from explorer.workbench.timeline import (
    BUDGET_BYTES,
    MOST_MOMENTS,
    MomentSteps,
    Timeline,
    capacity_for,
    distances,
    on_the_way_for,
)

SIZES = (4_000, 422_536, 5_300_000, 30_000_000, 60_000_000)


def _run(capacity, steps):
    """Keep what is to be kept of the steps of a run; the first and, at each rest, the last is kept anyway."""
    kept = MomentSteps(capacity)
    for step in steps:
        if kept.takes(step):
            kept.add(step)
        assert len(kept.steps) <= capacity
    return kept


@pytest.mark.parametrize("size", SIZES)
def test_the_budget_is_never_exceeded_whatever_waits_between_the_threads(size):
    assert 2 <= capacity_for(size) <= MOST_MOMENTS
    assert (capacity_for(size) + on_the_way_for(size)) * size <= BUDGET_BYTES


@pytest.mark.parametrize("size", [100_000_000, 200_000_001, 10**12])
def test_of_a_network_that_leaves_no_room_for_two_moments_none_is_kept(size):
    timeline = Timeline(size)
    assert not timeline.fits
    timeline.add(0, np.zeros(1))
    assert len(timeline) == timeline.used_bytes == 0
    assert not MomentSteps(0).takes(0)
    with pytest.raises(LookupError):
        timeline.nearest(3)


@pytest.mark.parametrize("capacity", [2, 3, 7, 35, 426])
@pytest.mark.parametrize("last", [1, 10, 625, 20_000])
def test_moments_are_denser_early_and_fill_the_room(capacity, last):
    kept = _run(capacity, range(last + 1))
    kept.add(last)
    steps = kept.steps
    assert steps[0] == 0
    assert steps[-1] == last
    assert (np.diff(steps) > 0).all()
    # The place of the last may be off the grid; before it distances only grow, give or take the next size.
    between = np.diff(steps)[:-1]
    assert all(late >= early / 2 for early, late in itertools.pairwise(between))
    if capacity >= 35 and last > 2 * capacity:
        assert len(steps) > capacity // 2
        middle = np.searchsorted(steps, last / 2)
        assert middle > len(steps) - middle
        assert between[-1] > between[0]


def test_a_short_run_is_kept_whole():
    assert _run(426, range(400)).steps.tolist() == list(range(400))


def test_when_room_gets_scarce_moments_are_only_ever_let_go():
    steps = np.arange(1, 5000)
    for coarseness in range(0, 80, 3):
        fine, coarse = distances(steps, coarseness), distances(steps, coarseness + 3)
        assert (coarse % fine == 0).all()
        assert (np.log2(fine) % 1 == 0).all()


def test_what_is_taken_is_what_stays():
    """The training thread copies only what it finds worth keeping; the screen finds the same."""
    thread, screen = MomentSteps(35), MomentSteps(35)
    rng = np.random.default_rng(4)
    for step in range(5000):
        if thread.takes(step):
            thread.add(step)
            screen.add(step)
        elif rng.random() < 0.01:  # the run rests here, and this moment is shown as the last
            screen.add(step)
    screen.add(5000)
    assert set(thread.steps) - set(screen.steps) <= {4999}
    assert len(set(screen.steps) - set(thread.steps)) <= 2


def test_a_run_that_goes_on_after_a_restart_begins_at_its_own_first_moment():
    kept = _run(35, range(1234, 6000))
    assert kept.steps[0] == 1234
    with pytest.raises(ValueError, match="comes before"):
        kept.add(5)


def test_a_timeline_holds_the_states_of_what_is_kept_and_the_newest_of_a_step():
    timeline = Timeline(5_000_000)
    for step in range(200):
        timeline.add(step, np.full(3, step))
    assert len(timeline) == len(timeline.steps) <= capacity_for(5_000_000)
    assert timeline.used_bytes == len(timeline) * 5_000_000 <= BUDGET_BYTES
    for step in timeline.steps:
        assert timeline.state_at(int(step))[0] == step
    timeline.add(199, np.full(3, -1))
    assert timeline.state_at(199)[0] == -1
    timeline.add(7, np.full(3, -7))  # from a time before: it comes too late
    assert timeline.nearest(7.2) != 7 or timeline.state_at(7)[0] == 7


def test_the_nearest_moment_is_found():
    timeline = Timeline(60_000_000)
    timeline.add(10, np.zeros(1))
    timeline.add(20, np.ones(1))
    asked = (0, 10, 14, 16, 20, 99)
    assert [timeline.nearest(step) for step in asked] == [10, 10, 10, 20, 20, 20]
    assert [timeline.place_of(step) for step in asked] == [0, 0, 0, 1, 1, 1]
