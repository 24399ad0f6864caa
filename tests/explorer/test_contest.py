"""A contest trains as a run does, says what came of it, and can be given up."""

from dataclasses import replace

import numpy as np
import pytest

from cnncore import MODELS, EpochDone, evaluate, load_mnist_5k, train
from cnncore.coloured_shapes import load_shapes
from cnncore.robustness import shift_accuracy
from explorer.workbench import Hyperparameters
from explorer.workbench import contest as contest_module
from explorer.workbench.contest import Contest, Plan, contest, opponents
from explorer.workbench.run_parts import functions_of, network_and_optimizer
from explorer.workspaces.versus.wording import (
    accuracy_of,
    conclusion,
    measures,
    moved_accuracy,
    progress,
    status,
)


@pytest.fixture(scope="module")
def plan():
    train_set, validation_set = load_mnist_5k()
    return Plan(
        opponents(MODELS["tiny"]()),
        Hyperparameters(epochs=2, seed=4),
        train_set.subset(np.arange(320), "train"),
        validation_set.subset(np.arange(60), "validation"),
    )


@pytest.fixture(scope="module")
def course(plan):
    return list(contest(plan))


def test_each_network_learns_what_a_run_of_its_own_would_teach_it(plan, course):
    for place, spec in enumerate(plan.specs):
        network, optimizer = network_and_optimizer(spec, plan.hyperparameters)
        events = train(
            network, plan.train_set, plan.validation_set, optimizer, epochs=2, batch_size=32,
            rng=plan.hyperparameters.rng("shuffling"), **functions_of(plan.hyperparameters),
        )  # fmt: skip
        accuracies = tuple(event.evaluation.accuracy for event in events if isinstance(event, EpochDone))
        last = course[-1][place]
        assert last.accuracies == accuracies
        assert last.steps == last.all_steps == 20
        assert last.seconds > 0
        assert last.parameters == network.parameter_count
        assert last.multiply_adds > 0
        *_, expected = shift_accuracy(network, plan.validation_set)
        assert np.array_equal(last.shift.table, expected.table)
        assert last.shift.table[4, 4] == evaluate(network, plan.validation_set).accuracy


def test_the_work_goes_on_evenly_to_its_end(course):
    done = [progress(pair)[0] for pair in course]
    assert done == sorted(done)
    total = progress(course[0])[1]
    assert done[-1] == total == 2 * 20 + 2 * 81
    assert status(course[0]) == "Tiny network: step 1 of 20"
    assert status(course[30]) == "Dense network: step 9 of 20"
    assert status(course[-90]) == "Tiny network: 73 of 81 shifts of the validation images"
    assert status(course[-1]) == "Done"


def test_measures_say_only_what_is_known(course):
    assert [one.texts for one in measures(course[0])[:3]] == [("–", "–")] * 3
    pair = course[-1]
    found = {one.title: one for one in measures(pair)}
    assert found["Validation accuracy"].values == tuple(accuracy_of(one) for one in pair)
    assert found["Moved by 2 pixels"].values == tuple(moved_accuracy(one, 2) for one in pair)
    assert found["Parameters"].texts == (f"{pair[0].parameters:,}", f"{pair[1].parameters:,}")
    larger = max(one.multiply_adds for one in pair)
    assert found["Multiply-adds an image"].share(1) == pair[1].multiply_adds / larger


def test_the_conclusion_is_drawn_from_the_numbers(course):
    first, second = course[-1]
    good = replace(first, accuracies=(0.95,), shift=_flat(first, 0.8))
    bad = replace(second, accuracies=(0.9,), shift=_flat(second, 0.5))
    said = conclusion((good, bad), disturbed=False)
    assert "95.0 % of the validation images right, dense network 90.0 %" in said
    assert "80.0 % and 50.0 % are right" in said
    assert "A kernel looks for the same thing everywhere" in said
    reverse = conclusion((replace(good, accuracies=(0.85,)), bad), disturbed=True)
    assert "do not pay" in reverse
    assert "the times are longer" in reverse


def _flat(contender, value):
    return replace(contender.shift, table=np.full((9, 9), value))


@pytest.mark.parametrize(("name", "expected"), [("lenet5", "lenet5"), ("mlp", "reference")])
def test_a_convolution_is_always_on_one_side(name, expected):
    first, second = opponents(MODELS[name]())
    assert (first.name, second.name) == (expected, "mlp")


def test_other_images_are_taken_by_both():
    train_set, _ = load_shapes()
    spec = MODELS["mlp"]().adapted(train_set.image_shape, train_set.class_names)
    for one in opponents(spec):
        assert one.input_shape == train_set.image_shape
        assert one.class_names == train_set.class_names


def test_a_contest_beside_the_window(qtbot, tiny_bench):
    tiny_bench.validation_set = tiny_bench.validation_set.subset(np.arange(40), "few")
    meeting = Contest(tiny_bench)
    seen = []
    meeting.changed.connect(lambda: seen.append(progress(meeting.contenders)[0]))
    meeting.start(1)
    assert meeting.running
    qtbot.waitUntil(lambda: meeting.complete, timeout=30_000)
    assert not meeting.running
    assert meeting.problem == ""
    assert not meeting.disturbed
    assert seen == sorted(seen)
    *_, last = contest(meeting.plan)
    assert [one.accuracies for one in meeting.contenders] == [one.accuracies for one in last]
    assert not tiny_bench.history.steps.size  # the run at hand has not moved


def test_what_was_given_up_is_not_told_any_more(qtbot, tiny_bench):
    meeting = Contest(tiny_bench)
    meeting.start(1)
    qtbot.waitUntil(lambda: meeting.contenders[0].steps > 0, timeout=20_000)
    meeting.cancel()
    kept = meeting.contenders
    assert not meeting.running
    assert meeting.problem == "Stopped before the end."
    done = []
    tiny_bench.in_background(lambda: None, done.append, done.append)
    qtbot.waitUntil(lambda: bool(done), timeout=20_000)
    assert meeting.contenders is kept


def test_a_contest_that_fails_says_so(qtbot, tiny_bench, monkeypatch):
    def broken(plan):
        yield plan.contenders()
        raise RuntimeError("no luck")

    monkeypatch.setattr(contest_module, "contest", broken)
    meeting = Contest(tiny_bench)
    meeting.start(1)
    qtbot.waitUntil(lambda: not meeting.running, timeout=20_000)
    assert meeting.problem == "The comparison failed: no luck"
    assert not meeting.complete
