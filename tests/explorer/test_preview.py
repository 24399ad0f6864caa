"""The next step, worked out before it is taken."""

import numpy as np
import pytest

from cnncore import MODELS, LayerSpec, ModelSpec
from explorer.workbench import Augmentation, Hyperparameters, RunState, Workbench
from explorer.workbench.state import OPTIMIZERS

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


def _bench(spec, **hyper):
    bench = Workbench()
    bench.set_spec(spec)
    bench.train_set = bench.train_set.subset(np.arange(80), "train")
    bench.set_hyperparameters(Hyperparameters(**{"epochs": 2, "seed": 4, "batch_size": 32, **hyper}))
    return bench


@pytest.fixture(params=OPTIMIZERS)
def bench(qtbot, request):
    made = _bench(WITH_DROPOUT, optimizer=request.param)
    yield made
    assert made.close()


def _preview(qtbot, bench):
    bench.request_preview()
    qtbot.waitUntil(lambda: bench.preview is not None, timeout=20_000)
    return bench.preview


def _step(qtbot, bench, step):
    bench.step_batch()
    qtbot.waitUntil(
        lambda: bench.snapshot_step == step and bench.state is not RunState.RUNNING, timeout=20_000
    )


def _check_it_comes_true(qtbot, bench):
    preview = _preview(qtbot, bench)
    for name, array in bench.network.parameters().items():
        np.testing.assert_array_equal(preview.before[name], array)
    _step(qtbot, bench, preview.step)
    for name, array in bench.network.parameters().items():
        np.testing.assert_array_equal(preview.after[name], array)
    assert bench.history.losses[-1] == preview.loss
    assert bench.history.learning_rates[-1] == preview.learning_rate * preview.lr_scale
    return preview


def test_every_step_turns_out_as_previewed_bit_for_bit(qtbot, bench):
    """Over the ends of epochs, the end of the run and beyond, and with dropout in between."""
    for step in range(1, 9):
        preview = _check_it_comes_true(qtbot, bench)
        assert preview.step == step
        assert len(preview.images) == len(preview.labels) == (16 if step % 3 == 0 else 32)
        assert bench.preview is None
    assert len(bench.history) == 8


REGULARISED = {
    "weight_decay": 0.01,
    "nesterov": True,
    "beta1": 0.8,
    "beta2": 0.99,
    "alpha": 0.9,
    "label_smoothing": 0.1,
    "clip_norm": 0.5,
    "augmentation": Augmentation(shift=2.0, rotate=10.0, noise=0.1),
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_regularised_steps_turn_out_as_previewed_as_well(qtbot, optimizer):
    bench = _bench(WITH_DROPOUT, optimizer=optimizer, **REGULARISED)
    for step in range(1, 5):
        preview = _check_it_comes_true(qtbot, bench)
        assert preview.step == step
        norm = np.sqrt(sum(float((array**2).sum()) for array in preview.gradients.values()))
        assert norm < 0.5001
        vector = preview.step_with(preview.gradients)
        np.testing.assert_array_equal(vector, np.concatenate([a.ravel() for a in preview.after.values()]))
    assert bench.close()


def test_the_step_after_an_early_end_is_previewed(qtbot):
    """A learning rate that moves nothing: no epoch after the first is better."""
    said = []
    bench = _bench(MODELS["tiny"](), optimizer="SGD", learning_rate=1e-6, momentum=0.0, epochs=9, patience=1)
    bench.succeeded.connect(said.append)
    bench.network.parameter_vector[...] = 0
    bench.apply_parameters(bench.network.parameter_vector * 0)
    bench.start()
    qtbot.waitUntil(lambda: bench.state is RunState.FINISHED, timeout=20_000)
    epochs = bench.progress.epoch
    assert epochs < 9
    assert (bench.progress.epochs, bench.progress.step) == (epochs, bench.progress.steps)
    assert said == [
        f"Training ended early, after epoch {epochs}: the validation loss has not fallen for 1 epoch."
    ]
    assert _preview(qtbot, bench).step == bench.progress.step + 1
    _check_it_comes_true(qtbot, bench)
    assert bench.progress.epochs == epochs + 9
    assert bench.close()


def test_looking_ahead_changes_nothing(qtbot):
    losses = []
    for looks in (False, True):
        bench = _bench(WITH_DROPOUT)
        for step in range(1, 5):
            if looks:
                _preview(qtbot, bench)
            _step(qtbot, bench, step)
        losses.append(bench.history.losses.tolist())
        assert bench.close()
    assert losses[0] == losses[1]


def test_the_optimizer_of_the_preview_makes_the_step(qtbot, bench):
    _step(qtbot, bench, 1)
    preview = _preview(qtbot, bench)
    vector = preview.step_with(preview.gradients)
    np.testing.assert_array_equal(vector, np.concatenate([a.ravel() for a in preview.after.values()]))
    preview.optimizer.step(preview.gradients, preview.lr_scale)
    for name, array in preview.before.items():
        np.testing.assert_array_equal(array, preview.after[name])


def test_another_rate_or_other_parameters_make_another_preview(qtbot, bench):
    first = _preview(qtbot, bench)
    bench.set_learning_rate(0.05)
    assert bench.preview is None
    second = _preview(qtbot, bench)
    assert second.learning_rate == 0.05
    assert np.array_equal(first.images, second.images)
    bench.apply_parameters(bench.network.parameter_vector * 0.5)
    assert bench.preview is None
    assert _preview(qtbot, bench).loss != second.loss


def test_who_asks_again_at_once_gets_the_step_that_is_next(qtbot, bench):
    """As a panel does that follows the preview: every answer is that of the run as it is then."""
    bench.preview_changed.connect(bench.request_preview)
    bench.trace_changed.connect(bench.request_preview)
    for step in range(1, 5):
        preview = _preview(qtbot, bench)
        assert (preview.step, bench.snapshot_step) == (step, step - 1)
        _step(qtbot, bench, step)
        for name, array in bench.network.parameters().items():
            np.testing.assert_array_equal(preview.after[name], array)
    _preview(qtbot, bench)
    bench.set_learning_rate(0.05)
    assert _preview(qtbot, bench).learning_rate == 0.05
    bench.apply_parameters(bench.network.parameter_vector * 0.5)
    applied = _preview(qtbot, bench)
    for name, array in bench.network.parameters().items():
        np.testing.assert_array_equal(applied.before[name], array)
    bench.reset()
    assert _preview(qtbot, bench).step == 1


def test_nothing_is_previewed_while_training_runs(qtbot):
    bench = _bench(MODELS["tiny"]())
    bench.start()
    bench.request_preview()
    qtbot.waitUntil(lambda: bench.state is RunState.FINISHED, timeout=20_000)
    assert bench.preview is None
    assert bench.close()


def test_a_preview_that_is_asked_for_too_early_comes_when_the_step_is_done(qtbot, bench):
    bench.step_batch()
    bench.request_preview()
    qtbot.waitUntil(lambda: bench.preview is not None, timeout=20_000)
    assert bench.preview.step == 2
