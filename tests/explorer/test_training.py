"""The training thread, without a screen."""

import time

import numpy as np
import pytest

from cnncore import MODELS, EpochDone, LayerSpec, ModelSpec, StepDone, load_checkpoint, load_mnist_5k
from explorer.workbench import Augmentation
from explorer.workbench.goal import END, NEXT_BATCH, NEXT_EPOCH, Goal
from explorer.workbench.messages import (
    CheckpointTaken,
    Failed,
    Finished,
    HealthMeasured,
    KeptBest,
    Paused,
    RateChanged,
    Ready,
    RunPlan,
    Stopped,
)
from explorer.workbench.state import Hyperparameters
from explorer.workbench.training import Trainer

SETS = load_mnist_5k()
SMALL_TRAIN = SETS[0].subset(np.arange(160), "train")
SMALL_VALIDATION = SETS[1].subset(np.arange(50), "validation")
ENDS = (Finished, Failed, Stopped)


def _plan(run_id=1, **changes):
    hyper = Hyperparameters(**{"epochs": 2, "seed": 5, **changes})
    return RunPlan(run_id, MODELS["tiny"](), hyper, SMALL_TRAIN, SMALL_VALIDATION)


def _watch(trainer, stop_types, events=None):
    """Gather events until one of `stop_types` is seen."""
    events = [] if events is None else events
    while not events or not isinstance(events[-1][1], stop_types):
        events.append(trainer.next_event(timeout=20))
    return events


@pytest.fixture
def trainer():
    made = Trainer()
    yield made
    assert made.close(2)


def _losses(events):
    return [event.loss for _, event in events if isinstance(event, StepDone)]


def _whole_run(trainer, plan):
    trainer.begin(plan)
    trainer.go(END, 1)
    return _watch(trainer, Finished)


def test_a_run_tells_every_step_and_ends_once(trainer):
    events = _whole_run(trainer, _plan())
    kinds = [type(event) for _, event in events]
    assert kinds[0] is Ready
    assert kinds.count(StepDone) == 10
    assert kinds.count(EpochDone) == 2
    assert sum(kind in ENDS for kind in kinds) == 1
    assert [event.step for _, event in events if isinstance(event, StepDone)] == list(range(1, 11))


def test_the_same_seed_gives_the_same_losses_however_it_is_stepped(trainer):
    expected = _losses(_whole_run(trainer, _plan(1)))
    assert len(expected) == 10

    trainer.begin(_plan(2))
    events = _watch(trainer, Ready)
    for _ in range(3):
        trainer.go(NEXT_BATCH, 1)
        _watch(trainer, Paused, events)
        events.append((0, None))
    trainer.go(NEXT_EPOCH, 1)
    _watch(trainer, Paused, events)
    trainer.go(END, 1)
    events.append((0, None))
    _watch(trainer, Finished, events)
    assert _losses(events) == expected
    assert _losses(_whole_run(trainer, _plan(3, seed=6))) != expected


def test_stepping_the_last_batch_of_an_epoch_brings_its_evaluation(trainer):
    trainer.begin(_plan())
    events = _watch(trainer, Ready)
    for _ in range(5):
        trainer.go(NEXT_BATCH, 1)
        events.append((0, None))
        _watch(trainer, Paused, events)
    assert [type(event) for _, event in events[-4:]] == [EpochDone, HealthMeasured, CheckpointTaken, Paused]


def test_a_new_run_stops_the_old_one_with_its_own_id(trainer):
    trainer.begin(_plan(1, epochs=500))
    trainer.go(END, 1)
    events = _watch(trainer, StepDone)
    trainer.begin(_plan(2))
    _watch(trainer, Ready, events)
    assert [run_id for run_id, event in events if isinstance(event, Stopped)] == [1]
    assert events[-1][0] == 2


def test_a_loss_that_is_no_number_fails_in_words_and_keeps_good_parameters(trainer, overflowing_checkpoint):
    hyper = Hyperparameters(optimizer="SGD", learning_rate=10.0, schedule="constant", epochs=200, seed=5)
    checkpoint = load_checkpoint(overflowing_checkpoint)
    trainer.begin(RunPlan(1, checkpoint.spec, hyper, SMALL_TRAIN, SMALL_VALIDATION, checkpoint))
    trainer.go(END, 1)
    events = _watch(trainer, ENDS)
    assert _losses(events)
    failure = events[-1][1]
    assert isinstance(failure, Failed)
    assert "no longer a number" in failure.title
    assert "learning rate" in failure.detail
    assert np.isfinite(trainer.take_snapshot().state).all()


def test_an_ended_run_can_be_trained_on(trainer):
    _whole_run(trainer, _plan(1))
    trainer.extend(1)
    trainer.go(END, 1)
    events = _watch(trainer, Finished)
    steps = [event for _, event in events if isinstance(event, StepDone)]
    assert [event.step for event in steps] == list(range(11, 16))
    assert {event.epoch for event in steps} == {3}


def test_snapshots_are_independent_copies(trainer):
    trainer.begin(_plan(1))
    _watch(trainer, Ready)
    before = trainer.take_snapshot()
    assert before.step == 0
    assert trainer.take_snapshot() is None
    kept = before.state.copy()
    trainer.go(END, 1)
    _watch(trainer, Finished)
    after = trainer.take_snapshot()
    assert after.step == 10
    np.testing.assert_array_equal(before.state, kept)
    assert not np.array_equal(after.state, kept)


def test_a_checkpoint_is_written_between_steps_and_a_bad_path_is_told(trainer, tmp_path):
    trainer.begin(_plan(1))
    _watch(trainer, Ready)
    trainer.save(tmp_path / "a.npz")
    assert trainer.next_event(20)[1].error is None
    assert (tmp_path / "a.npz").exists()
    trainer.save(tmp_path / "nowhere" / "a.npz")
    assert trainer.next_event(20)[1].error


def test_a_pause_names_the_order_that_it_ends(trainer):
    trainer.begin(_plan(1, epochs=500))
    _watch(trainer, Ready)
    trainer.go(NEXT_BATCH, 7)
    assert _watch(trainer, Paused)[-1][1].order == 7
    trainer.go(END, 8)
    _watch(trainer, StepDone)
    trainer.pause()
    assert _watch(trainer, Paused)[-1][1].order == 8


def test_an_order_to_an_ended_run_is_ignored(trainer):
    _whole_run(trainer, _plan(1))
    trainer.go(END, 2)
    trainer.begin(_plan(2))
    assert [type(event) for _, event in _watch(trainer, Ready)] == [Ready]


def test_a_change_of_the_learning_rate_names_its_step(trainer):
    trainer.begin(_plan(1, schedule="constant"))
    trainer.go(NEXT_BATCH, 1)
    _watch(trainer, Paused)
    trainer.set_learning_rate(5e-4)
    assert trainer.next_event(20)[1] == RateChanged(1)
    trainer.go(NEXT_BATCH, 2)
    assert _watch(trainer, StepDone)[-1][1].learning_rate == 5e-4


def test_snapshots_hold_running_statistics_too(trainer):
    layers = (
        LayerSpec("conv2d", "conv", {"out_channels": 2, "kernel_size": 3, "stride": 2}),
        LayerSpec("batchnorm2d", "norm"),
        LayerSpec("flatten", "flatten"),
        LayerSpec("linear", "fc", {"out_features": 10}),
    )
    spec = ModelSpec("normed", "Normed", (1, 28, 28), layers, MODELS["tiny"]().class_names)
    trainer.begin(RunPlan(1, spec, Hyperparameters(), SMALL_TRAIN, SMALL_VALIDATION))
    trainer.go(NEXT_BATCH, 1)
    _watch(trainer, Paused)
    shown = spec.build(np.random.default_rng(0))
    untouched = shown.state_dict()["1.running_mean"].copy()
    shown.set_state_vector(trainer.take_snapshot().state)
    assert not np.array_equal(shown.state_dict()["1.running_mean"], untouched)


@pytest.mark.parametrize(
    "changes",
    [
        {"weight_decay": 0.5},
        {"optimizer": "SGD", "nesterov": True},
        {"optimizer": "AdamW", "weight_decay": 0.5},
        {"optimizer": "RMSprop", "alpha": 0.5},
        {"beta1": 0.5},
        {"beta2": 0.5},
        {"label_smoothing": 0.2},
        {"clip_norm": 0.01, "optimizer": "SGD"},
        {"augmentation": Augmentation(shift=2.0)},
    ],
)
def test_each_setting_changes_the_run_and_repeats_it_exactly(trainer, changes):
    plain = {"optimizer": changes["optimizer"]} if "optimizer" in changes else {}
    first = _losses(_whole_run(trainer, _plan(1, **changes)))
    assert first == _losses(_whole_run(trainer, _plan(2, **changes)))
    assert first != _losses(_whole_run(trainer, _plan(3, **plain)))


def test_a_run_ends_when_the_patience_does(trainer):
    changes = {"optimizer": "SGD", "learning_rate": 5.0, "schedule": "constant", "momentum": 0.0}
    events = _whole_run(trainer, _plan(epochs=100, patience=2, **changes))
    losses = [event.evaluation.loss for _, event in events if isinstance(event, EpochDone)]
    assert len(losses) < 100
    assert np.argmin(losses) == len(losses) - 3


def test_slow_motion_waits_between_steps_and_answers_at_once(trainer):
    trainer.begin(_plan(1, epochs=500))
    _watch(trainer, Ready)
    trainer.set_pace(0.1)
    began = time.perf_counter()
    trainer.go(END, 1)
    assert _watch(trainer, StepDone)[-1][1].step == 1
    trainer.pause()  # the second step is due in ten seconds
    told = [type(event) for _, event in _watch(trainer, Paused)]
    assert told == [HealthMeasured, CheckpointTaken, Paused]
    trainer.go(END, 2)
    assert _watch(trainer, StepDone)[-1][1].step == 2
    trainer.set_pace(None)
    assert _watch(trainer, StepDone)[-1][1].step == 3
    trainer.set_pace(0.1)
    trainer.begin(_plan(2))
    _watch(trainer, Ready)
    assert time.perf_counter() - began < 8


def test_slow_motion_keeps_its_pace(trainer):
    trainer.begin(_plan(1, epochs=500))
    _watch(trainer, Ready)
    trainer.set_pace(20)
    trainer.go(Goal(step=4), 1)
    began = time.perf_counter()
    _watch(trainer, Paused)
    assert time.perf_counter() - began >= 3 / 20


def test_the_best_epoch_is_kept_and_the_run_ended(trainer):
    trainer.begin(_plan(1, epochs=9, learning_rate=0.05))
    events = _watch(trainer, Ready)
    trainer.keep_best(1)
    assert _watch(trainer, KeptBest)[-1][1].best is None
    trainer.go(Goal(step=28), 1)
    _watch(trainer, Paused, events)
    trainer.keep_best(1)
    _watch(trainer, Finished, events)
    losses = {event.epoch: event.evaluation.loss for _, event in events if isinstance(event, EpochDone)}
    kept = next(event for _, event in events if isinstance(event, KeptBest))
    assert kept.best.epoch == min(losses, key=losses.get)
    assert kept.best.loss == kept.evaluation.loss == min(losses.values())
    network = MODELS["tiny"]().build(np.random.default_rng(0))
    network.set_state_vector(trainer.take_snapshot().state)
    np.testing.assert_equal(network.state_dict(), dict(kept.best.parameters))
    trainer.keep_best(2)  # another run's: nothing happens
    trainer.extend(1)
    trainer.go(END, 2)
    more = [event for _, event in _watch(trainer, Finished) if isinstance(event, StepDone)]
    assert [(event.step, event.epoch) for event in more] == [(step, 7) for step in range(29, 34)]


def test_moments_are_copies_along_the_run_and_wait_in_a_bounded_room(trainer, monkeypatch):
    monkeypatch.setattr("explorer.workbench.worker.on_the_way_for", lambda _: 4)
    trainer.begin(_plan(1))
    _watch(trainer, Ready)
    assert [moment.step for moment in trainer.take_moments()] == [0]
    trainer.go(Goal(step=3), 1)
    _watch(trainer, Paused)
    moments = trainer.take_moments()
    assert [moment.step for moment in moments] == [1, 2, 3]
    assert len({moment.state.tobytes() for moment in moments}) == 3
    assert not any(moment.state.flags.writeable for moment in moments)
    trainer.go(END, 2)
    _watch(trainer, Finished)
    assert [moment.step for moment in trainer.take_moments()] == [8, 9, 10, 10]
