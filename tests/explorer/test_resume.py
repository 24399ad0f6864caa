"""A run that goes on from a checkpoint does what it would have done, bit for bit."""

from dataclasses import replace

import numpy as np
import pytest

from cnncore import (
    MODELS,
    ArgumentError,
    CheckpointError,
    LayerSpec,
    ModelSpec,
    StepDone,
    load_checkpoint,
    load_mnist_5k,
    write_checkpoint,
)
from explorer.workbench import Augmentation, History, Hyperparameters, RunState, Workbench
from explorer.workbench.goal import END, NEXT_BATCH
from explorer.workbench.messages import CheckpointTaken, Finished, Paused, RunPlan, Stopped
from explorer.workbench.standing import Standing
from explorer.workbench.training import Trainer

SETS = load_mnist_5k()
TRAIN, VALIDATION = SETS[0].subset(np.arange(80), "train"), SETS[1].subset(np.arange(40), "validation")
WITH_DROPOUT = ModelSpec(
    "dropout",
    "Dropout and batch norm",
    (1, 28, 28),
    (
        LayerSpec("conv2d", "conv", {"out_channels": 2, "kernel_size": 5, "stride": 2}),
        LayerSpec("batchnorm2d", "norm", {}),
        LayerSpec("relu", "relu", {}),
        LayerSpec("flatten", "flatten", {}),
        LayerSpec("dropout", "dropout", {"p": 0.5}),
        LayerSpec("linear", "fc", {"out_features": 10}),
    ),
    tuple("0123456789"),
)
EVERYTHING = Hyperparameters(
    optimizer="SGD",
    nesterov=True,
    schedule="one-cycle",
    epochs=3,
    batch_size=32,
    seed=9,
    clip_norm=1.0,
    label_smoothing=0.1,
    augmentation=Augmentation(shift=2.0, noise=0.1, flip=0.5),
)
STEPS = 9  # three epochs of three batches


class Script:
    """Drives a trainer step by step; the person's deeds come after given steps."""

    def __init__(self, plan):
        self.trainer = Trainer()
        self.checkpoints, self.losses = {}, {}
        self.trainer.begin(plan)

    def step(self):
        self.trainer.go(NEXT_BATCH, 0)
        self.until(Paused, Finished)

    def until(self, *kinds):
        event = None
        while not isinstance(event, kinds):
            _, event = self.trainer.next_event(20)
            if isinstance(event, StepDone):
                self.losses[event.step] = (event.loss, event.learning_rate, event.epoch, event.batch)
            elif isinstance(event, CheckpointTaken):
                self.checkpoints[event.checkpoint.training.step] = event.checkpoint

    def to_the_end(self):
        self.trainer.go(END, 0)
        self.until(Finished)

    def extend(self, epochs):
        self.trainer.extend(epochs)
        self.to_the_end()

    def close(self):
        assert self.trainer.close(5)


def _plan(hyper, checkpoint=None, spec=WITH_DROPOUT):
    return RunPlan(1, spec, hyper, TRAIN, VALIDATION, checkpoint)


def _whole_run(hyper):
    """Nine steps with a change of the learning rate after the fourth, then two epochs more."""
    script = Script(_plan(hyper))
    for step in range(1, STEPS):
        script.step()
        if step == 4:
            script.trainer.set_learning_rate(hyper.learning_rate / 2)
    script.to_the_end()
    script.extend(2)
    script.close()
    return script


@pytest.mark.parametrize("hyper", [Hyperparameters(epochs=3, seed=4), EVERYTHING], ids=["Adam", "everything"])
def test_from_each_step_a_run_goes_on_bit_for_bit(hyper, tmp_path):
    """Within an epoch and at its end, before and after the rate was changed, and when it is trained on."""
    whole = _whole_run(hyper)
    last = max(whole.losses)
    assert last == STEPS + 6
    for step in (1, 3, 5, 8, 9):
        write_checkpoint(tmp_path / "run.npz", whole.checkpoints[step])
        checkpoint = load_checkpoint(tmp_path / "run.npz")
        again = Script(_plan(Hyperparameters.from_json(checkpoint.meta["hyperparameters"]), checkpoint))
        if step < 4:
            while max(again.losses, default=step) < 4:
                again.step()
            again.trainer.set_learning_rate(hyper.learning_rate / 2)
        if step < STEPS:
            again.to_the_end()
        again.extend(2)
        again.close()
        assert again.losses == {k: v for k, v in whole.losses.items() if k > step}
        found, expected = again.checkpoints[last], whole.checkpoints[last]
        np.testing.assert_equal(found.parameters, expected.parameters)
        np.testing.assert_equal(found.optimizer_state, expected.optimizer_state)
        assert found.training.to_dict() == expected.training.to_dict()


def test_a_checkpoint_holds_copies_and_what_was_planned():
    whole = _whole_run(Hyperparameters(epochs=3, seed=4))
    early, late = whole.checkpoints[1], whole.checkpoints[STEPS]
    assert not np.array_equal(early.parameters["0.weight"], late.parameters["0.weight"])
    assert Standing.from_json(early.meta) == Standing(1, 0, 3, False)
    assert Standing.from_json(late.meta) == Standing(1, 0, 3, True)
    assert Standing.from_json(whole.checkpoints[STEPS + 6].meta) == Standing(4, STEPS, 2, True)
    assert Hyperparameters.from_json(late.meta["hyperparameters"]).learning_rate == 5e-4


def test_the_best_epoch_is_kept_over_an_extension():
    whole = _whole_run(Hyperparameters(epochs=3, seed=4, learning_rate=1e-2))
    bests = [checkpoint.training.best for checkpoint in whole.checkpoints.values()]
    losses = [best.loss for best in bests if best is not None]
    assert losses == sorted(losses, reverse=True)


def test_while_a_run_goes_a_checkpoint_is_taken_every_few_seconds(monkeypatch):
    monkeypatch.setattr("explorer.workbench.worker.CHECKPOINT_INTERVAL", 0.0)
    script = Script(_plan(Hyperparameters(epochs=2)))
    script.to_the_end()
    script.close()
    assert list(script.checkpoints) == [1, 2, 3, 4, 5, 6]


def test_a_run_that_is_stopped_for_another_one_leaves_a_checkpoint_to_go_on_from():
    script = Script(_plan(Hyperparameters(epochs=900)))
    script.trainer.go(END, 0)
    script.until(StepDone)
    script.trainer.begin(_plan(Hyperparameters()))
    script.until(Stopped)
    script.close()
    assert max(script.checkpoints) == max(script.losses)
    assert not Standing.from_json(script.checkpoints[max(script.losses)].meta).ended


# On the screen's side


@pytest.fixture
def bench(qtbot):
    made = Workbench()
    made.set_spec(MODELS["tiny"]())
    made.train_set = made.train_set.subset(np.arange(96), "train")
    made.set_hyperparameters(Hyperparameters(epochs=2, seed=11))
    yield made
    assert made.close()


def _finished(qtbot, bench):
    bench.start()
    qtbot.waitUntil(lambda: bench.state is RunState.FINISHED, timeout=20_000)


def _steps(qtbot, bench, count):
    for _ in range(count):
        before = bench.progress.step
        bench.step_batch()
        qtbot.waitUntil(
            lambda before=before: (
                bench.state is RunState.PAUSED and bench.snapshot_step == bench.progress.step == before + 1
            ),
            timeout=20_000,
        )


def test_the_workbench_goes_on_with_the_record_and_the_numbers_of_the_run(qtbot, bench):
    taken = []
    bench.checkpoint_taken.connect(taken.append)
    _steps(qtbot, bench, 2)
    bench.set_learning_rate(2e-3)
    _steps(qtbot, bench, 2)
    checkpoint, history = taken[-1].checkpoint, bench.history.copy()
    assert taken[-1].run_id == bench.run_id
    assert checkpoint.training.step == 4
    _finished(qtbot, bench)
    losses, parameters = bench.history.losses.tolist(), bench.network.parameter_vector.copy()
    hyper = bench.hyperparameters

    bench.set_spec(MODELS["mlp"]())
    bench.resume(MODELS["tiny"](), replace(hyper, learning_rate=0.5), checkpoint, history)
    assert bench.state is RunState.PAUSED
    assert (bench.progress.epoch, bench.progress.batch, bench.progress.step) == (2, 1, 4)
    assert bench.progress.steps == 6
    assert bench.snapshot_step == 4
    assert bench.hyperparameters == hyper
    _finished(qtbot, bench)
    assert bench.history.losses.tolist() == losses
    np.testing.assert_array_equal(bench.network.parameter_vector, parameters)

    bench.resume(bench.spec, hyper, taken[-1].checkpoint, bench.history)
    assert bench.state is RunState.FINISHED
    assert bench.progress.step == bench.progress.steps == 6
    _finished(qtbot, bench)
    assert bench.history.steps.tolist() == list(range(1, 13))


def test_a_run_in_full_flight_is_recorded_to_its_last_step_when_another_replaces_it(qtbot, bench):
    bench.set_hyperparameters(replace(bench.hyperparameters, epochs=900))
    history, seen = bench.history, []
    bench.checkpoint_taken.connect(
        lambda taken: seen.append((taken.run_id, taken.checkpoint.training.step, len(history)))
    )
    old = bench.run_id
    bench.start()
    qtbot.waitUntil(lambda: len(bench.history) > 3, timeout=20_000)
    bench.reset()
    qtbot.waitUntil(lambda: bool(seen), timeout=20_000)
    assert seen == [(old, len(history), len(history))]
    assert len(bench.history) == 0


def test_closing_tells_of_the_last_checkpoint(qtbot):
    bench = Workbench(MODELS["tiny"]())
    taken = []
    bench.checkpoint_taken.connect(taken.append)
    bench.start()
    qtbot.waitUntil(lambda: len(bench.history) > 3, timeout=20_000)
    assert bench.close()
    assert taken[-1].checkpoint.training.step == bench.history.steps[-1]


def _changed(checkpoint, **changes):
    return replace(checkpoint, meta=checkpoint.meta | changes)


def test_what_cannot_go_on_exactly_is_refused_and_nothing_changes(qtbot, bench):
    taken = []
    bench.checkpoint_taken.connect(taken.append)
    _steps(qtbot, bench, 2)
    good, history, spec, hyper = taken[-1].checkpoint, bench.history, bench.spec, bench.hyperparameters
    refused = [
        (spec, hyper, replace(good, training=None), history, "does not tell where"),
        (spec, hyper, _changed(good, epochs=0), history, "which epochs were planned"),
        (spec, hyper, _changed(good, ended="no"), history, "whether the run has ended"),
        (spec, hyper, _changed(good, first_step=1), history, "contradicts itself"),
        (spec, hyper, _changed(good, first_epoch=2, first_step=3), history, "contradicts itself"),
        (spec, replace(hyper, batch_size=50), good, history, "3 batches an epoch; .* give 2"),
        (spec, replace(hyper, optimizer="SGD"), good, history, "made with Adam"),
        (MODELS["mlp"](), hyper, good, history, "belongs to the model"),
        (spec, hyper, replace(good, optimizer_state={}), history, "optimizer"),
    ]
    for *arguments, words in refused:
        with pytest.raises(CheckpointError, match=words):
            bench.resume(*arguments)
    rate = good.optimizer_state | {"lr": np.array(1e-9)}
    with pytest.raises(ArgumentError, match="learning rate"):
        bench.resume(spec, hyper, replace(good, optimizer_state=rate), history)
    shorter = History()
    shorter.append(StepDone(1, 1, 1, 3, 2.0, 0.1, 1e-3, 32, 0.01))
    with pytest.raises(CheckpointError, match="ends at step 1"):
        bench.resume(spec, hyper, good, shorter)
    assert bench.history is history
    assert bench.spec == spec
    assert bench.state is RunState.PAUSED
    bench.resume(spec, hyper, good, history)
    _finished(qtbot, bench)
