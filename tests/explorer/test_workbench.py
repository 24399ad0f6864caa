"""The observable state, with its real training thread."""

import threading
import time

import numpy as np
import pytest

from cnncore import MODELS, SCHEDULES, ArgumentError, DataError, ShapeError, train
from explorer.workbench import Focus, Hover, Hyperparameters, RunState, Workbench


@pytest.fixture
def workbench(qtbot):
    bench = Workbench()
    bench.set_spec(MODELS["tiny"]())
    bench.train_set = bench.train_set.subset(np.arange(320), "train")
    bench.set_hyperparameters(Hyperparameters(epochs=2, seed=11))
    yield bench
    assert bench.close()


def _wait_for(qtbot, bench, state):
    qtbot.waitUntil(lambda: bench.state is state, timeout=20_000)


def _ready(qtbot, bench):
    qtbot.waitUntil(lambda: bench.evaluation is not None, timeout=20_000)


def test_it_is_ready_with_a_prediction_at_once(workbench):
    assert workbench.state is RunState.READY
    assert workbench.trace.probabilities.sum() == pytest.approx(1.0, abs=1e-5)
    assert workbench.sample.name == "validation #0"
    assert not workbench.sample.image.flags.writeable


def test_training_ends_with_every_step_recorded(qtbot, workbench):
    workbench.start()
    _wait_for(qtbot, workbench, RunState.FINISHED)
    assert workbench.history.steps.tolist() == list(range(1, 21))
    assert len(workbench.history.epochs) == 2
    assert workbench.evaluation.loss == workbench.history.epochs[-1].validation_loss
    assert workbench.snapshot_step == 20
    assert workbench.progress.step == workbench.progress.steps == 20


def test_the_losses_are_those_of_the_engine_alone(qtbot, workbench):
    """A window, its timer, pausing and stepping change nothing in the numbers."""
    workbench.step_batch()
    qtbot.waitUntil(lambda: workbench.state is RunState.PAUSED, timeout=20_000)
    workbench.step_epoch()
    qtbot.waitUntil(
        lambda: workbench.state is RunState.PAUSED and len(workbench.history) == 10, timeout=20_000
    )
    workbench.start()
    workbench.pause()
    qtbot.waitUntil(lambda: workbench.state is not RunState.RUNNING, timeout=20_000)
    workbench.start()
    _wait_for(qtbot, workbench, RunState.FINISHED)

    from cnncore import Adam, StepDone

    hyper = workbench.hyperparameters
    network = workbench.spec.build(hyper.rng("initialisation"))
    events = train(
        network,
        workbench.train_set,
        workbench.validation_set,
        Adam(network.parameters(), lr=hyper.learning_rate),
        epochs=2,
        batch_size=32,
        rng=hyper.rng("shuffling"),
        schedule=SCHEDULES[hyper.schedule],
    )
    alone = [event.loss for event in events if isinstance(event, StepDone)]
    assert workbench.history.losses.tolist() == alone
    np.testing.assert_array_equal(workbench.network.parameter_vector, network.parameter_vector)


def test_reset_gives_the_same_curve_again(qtbot, workbench):
    workbench.start()
    _wait_for(qtbot, workbench, RunState.FINISHED)
    first = workbench.history.losses.tolist()
    workbench.reset()
    assert workbench.state is RunState.READY
    assert len(workbench.history) == 0
    workbench.start()
    _wait_for(qtbot, workbench, RunState.FINISHED)
    assert workbench.history.losses.tolist() == first


def test_a_finished_run_can_be_trained_on(qtbot, workbench):
    workbench.start()
    _wait_for(qtbot, workbench, RunState.FINISHED)
    workbench.start()
    _wait_for(qtbot, workbench, RunState.FINISHED)
    assert workbench.history.steps.tolist() == list(range(1, 41))
    assert workbench.progress.epochs == 4


def test_the_learning_rate_changes_while_it_runs(qtbot, workbench):
    workbench.set_hyperparameters(Hyperparameters(epochs=300, seed=11, schedule="constant"))
    workbench.start()
    qtbot.waitUntil(lambda: len(workbench.history) > 5, timeout=20_000)
    workbench.set_learning_rate(5e-4)
    qtbot.waitUntil(lambda: workbench.history.learning_rates[-1] == 5e-4, timeout=20_000)
    assert workbench.state is RunState.RUNNING
    assert workbench.history.learning_rates[0] == 1e-3
    assert len(workbench.history) > 5


@pytest.mark.parametrize("value", [0.0, -1.0, 1e9, float("nan")])
def test_a_bad_learning_rate_changes_nothing(workbench, value):
    with pytest.raises(ArgumentError):
        workbench.set_learning_rate(value)
    assert workbench.hyperparameters.learning_rate == 1e-3


def test_setters_emit_only_on_a_real_change(qtbot, workbench):
    with qtbot.waitSignal(workbench.focus_changed):
        workbench.set_focus(Focus(0, 1))
    with qtbot.assertNotEmitted(workbench.focus_changed):
        workbench.set_focus(Focus(0, 1))
    with qtbot.waitSignal(workbench.hover_changed):
        workbench.set_hover(Hover("conv1 map 1", (("value", "0.5"),)))
    with qtbot.assertNotEmitted(workbench.hover_changed):
        workbench.set_hover(Hover("conv1 map 1", (("value", "0.5"),)))
    with qtbot.assertNotEmitted(workbench.hyperparameters_changed):
        workbench.set_hyperparameters(workbench.hyperparameters)
    with qtbot.assertNotEmitted(workbench.spec_changed):
        workbench.set_spec(MODELS["tiny"]())


def test_everything_is_consistent_when_the_model_change_is_told(workbench):
    seen = []
    workbench.spec_changed.connect(
        lambda: seen.append((workbench.network.parameter_count, len(workbench.trace.layers)))
    )
    spec = MODELS["mlp"]()
    workbench.set_focus(Focus(1, 2))
    workbench.set_spec(spec)
    assert seen == [(sum(spec.parameter_counts()), len(spec.layers))]
    assert workbench.focus == Focus()


def test_walking_through_a_class_and_through_mistakes(qtbot, workbench):
    _ready(qtbot, workbench)
    workbench.set_filter(7, False)
    assert workbench.sample.label == 7
    first = workbench.sample.index
    workbench.next_sample()
    assert workbench.sample.label == 7
    assert workbench.sample.index > first
    workbench.previous_sample()
    assert workbench.sample.index == first
    workbench.random_sample()
    assert workbench.sample.label == 7
    workbench.set_filter(None, True)
    assert workbench.trace.predicted != workbench.sample.label


def test_an_own_image_is_shown_and_a_bad_one_changes_nothing(workbench):
    workbench.set_custom_image(np.full((28, 28), 0.5), "drawing")
    assert workbench.sample.label is None
    assert workbench.trace.loss is None
    for image, error in [
        (np.zeros((5, 5)), ShapeError),
        (np.full((28, 28), np.nan), DataError),
        (np.full((28, 28), 1.5), DataError),
    ]:
        with pytest.raises(error):
            workbench.set_custom_image(image, "bad")
    assert workbench.sample.name == "drawing"


def test_a_failed_run_keeps_its_history_and_says_what_to_try(qtbot, workbench, overflowing_checkpoint):
    workbench.set_spec(MODELS["mlp"]())
    workbench.set_hyperparameters(
        Hyperparameters(optimizer="SGD", learning_rate=10.0, schedule="constant", seed=5)
    )
    with qtbot.waitSignal(workbench.succeeded, timeout=20_000):
        workbench.load_checkpoint(overflowing_checkpoint)
    with qtbot.waitSignal(workbench.failed, timeout=20_000) as blocker:
        workbench.start()
    assert "no longer a number" in blocker.args[0]
    assert "smaller" in blocker.args[1]
    assert "Reset" in blocker.args[1]
    assert workbench.state is RunState.FAILED
    assert len(workbench.history) > 0
    assert np.isfinite(workbench.network.parameter_vector).all()


def test_a_failed_run_goes_on_only_after_a_reset(qtbot, workbench, overflowing_checkpoint):
    workbench.set_spec(MODELS["mlp"]())
    workbench.set_hyperparameters(
        Hyperparameters(optimizer="SGD", learning_rate=10.0, schedule="constant", seed=5)
    )
    with qtbot.waitSignal(workbench.succeeded, timeout=20_000):
        workbench.load_checkpoint(overflowing_checkpoint)
    with qtbot.waitSignal(workbench.failed, timeout=20_000):
        workbench.start()
    steps = len(workbench.history)
    with qtbot.waitSignal(workbench.failed) as blocker:
        workbench.start()
    assert "Reset" in blocker.args[1]
    assert (workbench.state, len(workbench.history)) == (RunState.FAILED, steps)
    workbench.reset()
    assert workbench.state is RunState.READY


def _wait_for_thread(bench):
    """Wait until the training thread has done what it was told, without telling the screen of it."""
    thread = bench._run._trainer
    done = threading.Event()
    thread._mailbox.put((done.set, ()))
    assert done.wait(20)


@pytest.mark.parametrize("first", ["step_batch", "step_epoch"])
def test_training_goes_on_when_the_end_of_a_step_is_not_yet_seen(qtbot, workbench, first):
    """A pause that the screen has not heard of must not be taken for the answer to a newer order."""
    _ready(qtbot, workbench)
    getattr(workbench, first)()
    _wait_for_thread(workbench)
    workbench.toggle() if first == "step_epoch" else workbench.start()
    if first == "step_epoch":
        workbench.toggle()
    qtbot.waitUntil(lambda: workbench.state is RunState.FINISHED, timeout=20_000)
    assert workbench.history.steps.tolist() == list(range(1, 21))


def test_two_quick_presses_pause_and_go_on(qtbot, workbench):
    workbench.set_hyperparameters(Hyperparameters(epochs=300, seed=11))
    workbench.start()
    qtbot.waitUntil(lambda: len(workbench.history) > 0, timeout=20_000)
    workbench.toggle()
    workbench.toggle()
    steps = len(workbench.history)
    qtbot.waitUntil(lambda: len(workbench.history) > steps + 20, timeout=20_000)
    assert workbench.state is RunState.RUNNING


def test_numbers_follow_less_often_than_pictures_and_are_right_in_the_end(qtbot, workbench):
    pictures, numbers = [], []
    workbench.trace_changed.connect(lambda: pictures.append(time.monotonic()))
    workbench.numbers_changed.connect(lambda: numbers.append((time.monotonic(), workbench.trace)))
    workbench.set_hyperparameters(Hyperparameters(epochs=30, seed=11))
    pictures.clear()
    numbers.clear()
    workbench.start()
    _wait_for(qtbot, workbench, RunState.FINISHED)
    assert 1 < len(numbers) < len(pictures)
    times = [moment for moment, _ in numbers[:-1]]
    assert np.diff(times).min(initial=1.0) >= 0.1
    assert numbers[-1][1] is workbench.trace


def test_mistakes_that_come_later_bring_a_fitting_image(qtbot, workbench):
    workbench.set_filter(4, True)  # before the first evaluation nothing is known to be wrong
    assert workbench.sample.index == 0
    _ready(qtbot, workbench)
    assert workbench.sample.index in workbench.matching
    assert workbench.sample.label == 4


def test_the_folder_that_is_being_read_is_told(qtbot, workbench, tmp_path):
    told = []
    workbench.reading_changed.connect(lambda: told.append(workbench.reading))
    with qtbot.waitSignal(workbench.failed, timeout=20_000):
        workbench.open_data_folder(tmp_path)
    assert told == [tmp_path.name, None]


def test_a_change_of_the_learning_rate_is_recorded(qtbot, workbench):
    workbench.step_batch()
    qtbot.waitUntil(lambda: workbench.state is RunState.PAUSED, timeout=20_000)
    workbench.set_learning_rate(5e-4)
    workbench.start()
    _wait_for(qtbot, workbench, RunState.FINISHED)
    assert workbench.history.rate_changes == [1]


def test_a_checkpoint_comes_back_and_one_of_another_model_is_refused(qtbot, workbench, tmp_path):
    path = tmp_path / "net.npz"
    workbench.start()
    _wait_for(qtbot, workbench, RunState.FINISHED)
    with qtbot.waitSignal(workbench.succeeded, timeout=20_000):
        workbench.save_checkpoint(path)
    trained = workbench.network.parameter_vector.copy()
    workbench.reset()
    assert not np.array_equal(workbench.network.parameter_vector, trained)
    with qtbot.waitSignal(workbench.succeeded, timeout=20_000):
        workbench.load_checkpoint(path)
    np.testing.assert_array_equal(workbench.network.parameter_vector, trained)

    workbench.set_spec(MODELS["mlp"]())
    before = workbench.network.parameter_vector.copy()
    with qtbot.waitSignal(workbench.failed, timeout=20_000) as blocker:
        workbench.load_checkpoint(path)
    assert "model" in blocker.args[1]
    np.testing.assert_array_equal(workbench.network.parameter_vector, before)


def test_a_folder_without_data_is_refused_in_words(qtbot, workbench, tmp_path):
    before = workbench.dataset_name
    with qtbot.waitSignal(workbench.failed, timeout=20_000) as blocker:
        workbench.open_data_folder(tmp_path)
    assert tmp_path.name in blocker.args[0]
    assert blocker.args[1]
    assert workbench.dataset_name == before


def test_metrics_are_exported(qtbot, workbench, tmp_path):
    workbench.start()
    _wait_for(qtbot, workbench, RunState.FINISHED)
    with qtbot.waitSignal(workbench.succeeded, timeout=20_000):
        workbench.export_metrics(tmp_path / "m.csv")
    lines = (tmp_path / "m.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 21
    with qtbot.waitSignal(workbench.failed, timeout=20_000):
        workbench.export_metrics(tmp_path / "nowhere" / "m.csv")


def test_closing_in_the_middle_of_training_ends_the_thread(qtbot):
    bench = Workbench()
    bench.start()
    qtbot.waitUntil(lambda: len(bench.history) > 0, timeout=20_000)
    assert bench.close()
