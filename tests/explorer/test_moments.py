"""The whole program looks at a past moment of training, and goes back to now."""

from dataclasses import replace

import numpy as np
import pytest

from cnncore import ArgumentError, LayerSpec, trace
from explorer.workbench import RunState
from explorer.workbench.goal import Goal


def _paused_at(qtbot, bench, step):
    bench.run_until(Goal(step=step))
    qtbot.waitUntil(
        lambda: (
            bench.state is not RunState.RUNNING and bench.progress.step == step and len(bench.timeline) > step
        ),
        timeout=20_000,
    )


@pytest.fixture
def bench(qtbot, tiny_bench):
    _paused_at(qtbot, tiny_bench, 8)
    return tiny_bench


def test_a_moment_moves_the_network_its_trace_and_its_step_and_now_comes_back(qtbot, bench):
    now, probabilities = bench.network.state_vector.copy(), bench.trace.probabilities.copy()
    with qtbot.waitSignals([bench.moment_changed, bench.trace_changed, bench.numbers_changed]):
        bench.show_moment(3)
    assert bench.shown_moment == bench.snapshot_step == 3
    np.testing.assert_array_equal(bench.network.state_vector, bench.timeline.state_at(3))
    expected = trace(bench.network, bench.sample.image, bench.sample.label, backward=False)
    np.testing.assert_array_equal(bench.trace.probabilities, expected.probabilities)
    assert not np.array_equal(bench.trace.probabilities, probabilities)
    with qtbot.assertNotEmitted(bench.trace_changed):
        bench.show_moment(3)
    bench.show_moment(None)
    assert bench.shown_moment is None
    assert bench.snapshot_step == 8
    np.testing.assert_array_equal(bench.network.state_vector, now)


def test_the_first_moment_is_the_network_before_any_training(bench):
    bench.show_moment(0)
    fresh = bench.spec.build(bench.hyperparameters.rng("initialisation"))
    np.testing.assert_array_equal(bench.network.state_vector, fresh.state_vector)


def test_training_goes_on_while_a_past_moment_is_shown(qtbot, bench):
    bench.show_moment(2)
    past = bench.network.state_vector.copy()
    bench.start()
    qtbot.waitUntil(lambda: bench.state is RunState.FINISHED, timeout=20_000)
    qtbot.waitUntil(lambda: bench.timeline.steps[-1] == 20, timeout=20_000)
    assert bench.shown_moment == bench.snapshot_step == 2
    np.testing.assert_array_equal(bench.network.state_vector, past)
    bench.show_moment(None)
    assert bench.snapshot_step == 20
    np.testing.assert_array_equal(bench.network.state_vector, bench.timeline.state_at(20))


def test_the_nearest_moment_is_shown(bench):
    bench.show_moment(10**6)
    assert bench.shown_moment == 8
    bench.show_moment(-3)
    assert bench.shown_moment == 0


def test_a_past_moment_is_not_handed_to_the_run_as_if_it_were_now(bench):
    bench.show_moment(2)
    with pytest.raises(ArgumentError, match="past moment is shown, that of step 2"):
        bench.apply_parameters(bench.network.parameter_vector)


def test_a_new_run_shows_now_and_has_its_own_moments(qtbot, bench):
    bench.show_moment(2)
    with qtbot.waitSignals([bench.moment_changed, bench.timeline_changed]):
        bench.reset()
    assert bench.shown_moment is None
    assert bench.timeline.steps.tolist() == [0]


def test_weights_that_are_kept_are_those_of_now(bench):
    now = bench.network.state_dict()
    bench.show_moment(1)
    layers = bench.spec.layers
    bench.set_spec(replace(bench.spec, layers=(*layers[:1], LayerSpec("tanh", "other"), *layers[2:])), True)
    np.testing.assert_array_equal(bench.network.state_dict()["0.weight"], now["0.weight"])


def test_the_last_moment_is_where_the_run_rests(qtbot, bench):
    assert bench.timeline.steps.tolist() == list(range(9))
    assert bench.timeline.used_bytes == 9 * bench.network.state_vector.nbytes


# To a goal, and the best epoch


def test_a_run_goes_to_an_epoch_and_a_goal_can_be_changed_on_the_way(qtbot, tiny_bench):
    bench = tiny_bench
    bench.set_hyperparameters(replace(bench.hyperparameters, epochs=400))
    bench.start()
    bench.run_until(Goal(epoch=1))
    qtbot.waitUntil(lambda: bench.state is RunState.PAUSED, timeout=20_000)
    assert bench.progress.step >= 10
    assert bench.progress.step % 10 == 0
    with pytest.raises(ArgumentError, match="behind it"):
        bench.run_until(Goal(epoch=1))
    assert bench.state is RunState.PAUSED


def test_a_run_to_an_accuracy_that_is_not_reached_says_so_at_its_end(qtbot, tiny_bench):
    with qtbot.waitSignal(tiny_bench.succeeded, timeout=20_000) as told:
        tiny_bench.run_until(Goal(accuracy=0.999))
    assert told.args == ["The run is at its end. A validation accuracy of 99.9 % was not reached."]
    assert tiny_bench.state is RunState.FINISHED


def test_a_run_stops_at_the_accuracy(qtbot, tiny_bench):
    bench = tiny_bench
    bench.set_hyperparameters(replace(bench.hyperparameters, epochs=30))
    bench.run_until(Goal(accuracy=0.5))
    qtbot.waitUntil(lambda: bench.state is not RunState.RUNNING, timeout=20_000)
    assert bench.state is RunState.PAUSED
    accuracies = [epoch.validation_accuracy for epoch in bench.history.epochs]
    assert accuracies[-1] >= 0.5
    assert max(accuracies[:-1], default=0) < 0.5


def test_the_best_epoch_is_kept_and_said(qtbot, tiny_bench):
    bench = tiny_bench
    with qtbot.waitSignal(bench.failed, timeout=20_000) as told:
        bench.keep_best()
    assert told.args[0] == "There is no best epoch yet."
    bench.set_learning_rate(0.1)
    bench.set_hyperparameters(replace(bench.hyperparameters, epochs=6))
    _paused_at(qtbot, bench, 44)
    bench.show_moment(3)
    with qtbot.waitSignal(bench.succeeded, timeout=20_000) as told:
        bench.keep_best()
    qtbot.waitUntil(lambda: bench.state is RunState.FINISHED, timeout=20_000)
    best = min(bench.history.epochs, key=lambda epoch: epoch.validation_loss)
    assert f"parameters of epoch {best.epoch}, step {best.step}" in told.args[0]
    assert bench.evaluation.loss == best.validation_loss
    assert bench.shown_moment is None
    np.testing.assert_array_equal(bench.network.state_vector, bench.timeline.state_at(best.step))
    assert bench.progress.step == bench.progress.steps == 44
    bench.step_batch()
    qtbot.waitUntil(lambda: bench.state is RunState.PAUSED, timeout=20_000)
    assert (bench.progress.step, bench.progress.epoch, bench.progress.epochs) == (45, 6, 11)


@pytest.mark.parametrize("pace", [0.0, -1.0, 1e9, float("nan")])
def test_a_pace_without_sense_is_refused(tiny_bench, pace):
    with pytest.raises(ArgumentError, match="steps a second"):
        tiny_bench.set_pace(pace)
    assert tiny_bench.pace is None


def test_a_pace_stays_over_a_reset_until_it_is_changed(qtbot, tiny_bench):
    with qtbot.waitSignal(tiny_bench.pace_changed):
        tiny_bench.set_pace(0.1)
    with qtbot.assertNotEmitted(tiny_bench.pace_changed):
        tiny_bench.set_pace(0.1)
    tiny_bench.reset()
    tiny_bench.start()
    qtbot.waitUntil(lambda: len(tiny_bench.history) == 1, timeout=20_000)
    tiny_bench.pause()
    qtbot.waitUntil(lambda: tiny_bench.state is RunState.PAUSED, timeout=5_000)
    assert len(tiny_bench.history) == 1


def test_to_keep_the_best_of_a_run_at_rest_says_nothing_of_patience(qtbot, tiny_bench):
    bench = tiny_bench
    bench.set_hyperparameters(replace(bench.hyperparameters, epochs=9, patience=5))
    _paused_at(qtbot, bench, 13)
    told = []
    bench.succeeded.connect(told.append)
    bench.keep_best()
    qtbot.waitUntil(lambda: bench.state is RunState.FINISHED, timeout=20_000)
    assert len(told) == 1
    assert "epoch 1, step 10" in told[0]
    with qtbot.waitSignal(bench.succeeded, timeout=20_000):
        bench.keep_best()  # again, after the end
    assert bench.state is RunState.FINISHED
