"""The hints of the present run, and their remedies carried out."""

from dataclasses import replace

import pytest

from cnncore import MODELS, Standardisation
from explorer.workbench import Hyperparameters, RunState
from explorer.workbench.health.hint import Illness, Remedy


@pytest.fixture
def slow_bench(tiny_bench, qtbot):
    """Return a workbench whose run hardly moves, after 120 steps of a tiny network."""
    tiny_bench.set_hyperparameters(Hyperparameters(learning_rate=1e-6, epochs=12, schedule="constant"))
    tiny_bench.start()
    qtbot.waitUntil(lambda: tiny_bench.state is RunState.FINISHED, timeout=30_000)
    return tiny_bench


def test_a_hint_appears_and_its_remedy_can_be_taken_back(slow_bench, qtbot):
    advisor = slow_bench.advisor
    assert [hint.illness for hint in advisor.hints] == [Illness.RATE_LOW]
    remedy = advisor.hints[0].remedies[0]
    assert not advisor.would_lose(remedy)
    assert advisor.undo_text == ""
    with qtbot.waitSignal(advisor.undo_changed):
        advisor.apply(remedy)
    assert slow_bench.hyperparameters.learning_rate == remedy.learning_rate > 1e-6
    assert advisor.undo_text == "Back to rate 1e\u22126"
    advisor.undo()
    assert slow_bench.hyperparameters.learning_rate == 1e-6
    assert advisor.undo_text == ""


def test_a_new_run_has_no_hint(slow_bench, qtbot):
    advisor = slow_bench.advisor
    with qtbot.waitSignal(advisor.hints_changed):
        slow_bench.reset()
    assert advisor.hints == ()
    assert advisor.undo_text == ""


def test_remedies_that_begin_anew_lose_what_was_learnt(tiny_bench, qtbot):
    advisor = tiny_bench.advisor
    settings = replace(tiny_bench.hyperparameters, clip_norm=1.0)
    remedy = Remedy("Restart with clipping", hyperparameters=settings)
    assert not advisor.would_lose(remedy)
    with qtbot.waitSignal(tiny_bench.history_changed, timeout=20_000):
        tiny_bench.step_batch()
    qtbot.waitUntil(lambda: len(tiny_bench.history) == 1, timeout=20_000)
    assert advisor.would_lose(remedy)
    advisor.apply(remedy)
    assert tiny_bench.hyperparameters == settings
    assert len(tiny_bench.history) == 0
    spec = replace(tiny_bench.spec, initialiser="glorot")
    advisor.apply(Remedy("Restart", spec=spec))
    assert tiny_bench.spec == spec


def test_standardising_measures_the_training_images(tiny_bench, qtbot):
    with qtbot.waitSignal(tiny_bench.spec_changed, timeout=20_000):
        tiny_bench.advisor.apply(Remedy("Restart standardised", standardise=True))
    assert tiny_bench.spec.standardisation == Standardisation.of(tiny_bench.train_set)


def test_an_overflow_is_told(tiny_bench, overflowing_checkpoint, qtbot):
    tiny_bench.set_spec(MODELS["mlp"]())
    tiny_bench.set_hyperparameters(Hyperparameters(optimizer="SGD", learning_rate=10.0, schedule="constant"))
    with qtbot.waitSignal(tiny_bench.succeeded, timeout=20_000):
        tiny_bench.load_checkpoint(overflowing_checkpoint)
    with qtbot.waitSignal(tiny_bench.failed, timeout=20_000):
        tiny_bench.start()
    hint = tiny_bench.advisor.hints[0]
    assert hint.illness is Illness.OVERFLOW
    assert f"step {len(tiny_bench.history) + 1} " in hint.sentence
    assert (
        hint.remedies[0].hyperparameters.learning_rate == 0.001
    )  # the steps were more than 100 times too large
