"""Runs of the workbench: each is kept, comes back after a restart, and can go on or be tried otherwise."""

import csv
import os
from contextlib import contextmanager

import numpy as np
import pytest

from cnncore import LayerSpec, load_checkpoint, tiny
from explorer.app import build_window
from explorer.workbench import Hyperparameters, RunState, Workbench
from explorer.workbench.runs import COLOURS, RunError

FEW = 96  # images: six batches of 16 an epoch
SETTINGS = Hyperparameters(epochs=2, batch_size=16, seed=11)


@contextmanager
def program(qtbot, folder=None, train_images=FEW):
    """Start a workbench as the program does, and end it."""
    bench = Workbench(tiny(), SETTINGS, runs_folder=folder)
    bench.messages = []
    bench.failed.connect(lambda title, detail: bench.messages.append((title, detail)))
    bench.succeeded.connect(lambda text: bench.messages.append((text, "")))
    use(bench, train_images)
    qtbot.waitUntil(lambda: bench.evaluation is not None, timeout=20_000)
    idle(qtbot, bench)
    try:
        yield bench
    finally:
        assert bench.close()


def use(bench, count):
    """Train and validate on a few of the built-in images."""
    train_set = bench.train_set.subset(np.arange(count), "train")
    bench._use_dataset("few", train_set, bench.validation_set.subset(np.arange(50), "validation"))


def idle(qtbot, bench):
    """Wait until the store has done what it was asked for, and what follows from it."""
    for _ in range(3):
        done = []
        bench.runs.files.run(lambda store: None, done.append)
        qtbot.waitUntil(lambda done=done: bool(done), timeout=20_000)


def steps(qtbot, bench, count):
    for _ in range(count):
        wanted = len(bench.history) + 1
        bench.step_batch()
        qtbot.waitUntil(
            lambda wanted=wanted: (
                len(bench.history) == wanted and bench.state in (RunState.PAUSED, RunState.FINISHED)
            ),
            timeout=20_000,
        )
    idle(qtbot, bench)


def to_the_end(qtbot, bench):
    bench.start()
    qtbot.waitUntil(lambda: bench.state is RunState.FINISHED, timeout=20_000)
    idle(qtbot, bench)


def names(bench):
    return [row.record.name for row in bench.runs.rows]


def numbers_of(bench):
    """Return all that a run has computed, without the times that it took."""
    history = bench.history
    return history.losses.tolist(), history.learning_rates.tolist(), history.epochs


@pytest.fixture
def bench(qtbot):
    with program(qtbot) as made:
        yield made


# A run becomes a record


def test_a_run_is_listed_from_its_first_step_on(qtbot, bench):
    assert (bench.runs.rows, bench.runs.current) == ((), None)
    steps(qtbot, bench, 1)
    (row,) = bench.runs.rows
    assert (row.record.name, row.record.state, row.results.steps) == ("adam 1e-3", "going", 1)
    assert (row.is_current, row.colour, row.record.colour) == (True, "accent", "run_a")
    assert (row.record.spec, row.record.hyperparameters) == (tiny(), SETTINGS)
    to_the_end(qtbot, bench)
    (row,) = bench.runs.rows
    assert (row.record.state, row.results.steps, row.results.last.epoch) == ("finished", 12, 2)
    assert row.results.last == bench.history.epochs[-1]
    assert row.results.best.validation_loss == min(epoch.validation_loss for epoch in bench.history.epochs)


def test_runs_that_follow_have_names_and_colours_of_their_own_and_are_drawn_over_the_charts(qtbot, bench):
    steps(qtbot, bench, 2)
    first = bench.history
    bench.reset()
    steps(qtbot, bench, 1)
    bench.set_hyperparameters(Hyperparameters(epochs=2, batch_size=16, seed=12))
    steps(qtbot, bench, 1)
    bench.set_hyperparameters(
        Hyperparameters(epochs=2, batch_size=16, seed=12, optimizer="SGD", learning_rate=0.05)
    )
    steps(qtbot, bench, 1)
    assert names(bench) == ["sgd 0.05", "adam 1e-3, seed 12", "adam 1e-3 (2)", "adam 1e-3"]
    assert [row.record.state for row in bench.runs.rows] == ["going", "stopped", "stopped", "stopped"]
    assert [row.record.colour for row in reversed(bench.runs.rows)] == list(COLOURS[:4])
    assert [(run.name, run.colour) for run in bench.overlays] == [
        ("adam 1e-3, seed 12", "run_c"),
        ("adam 1e-3 (2)", "run_b"),
        ("adam 1e-3", "run_a"),
    ]
    assert bench.overlays[-1].history is first
    assert len(first) == 2


def test_a_hidden_run_is_read_again_when_it_is_shown(qtbot, bench):
    steps(qtbot, bench, 3)
    bench.reset()
    steps(qtbot, bench, 1)
    old = bench.runs.rows[1].record.key
    wanted = bench.overlays[0].history.rows_since(0)
    bench.runs.set_visible(old, False)
    assert bench.overlays == ()
    assert bench.runs.entry(old).history is None
    bench.runs.set_visible(old, True)
    qtbot.waitUntil(lambda: len(bench.overlays) == 1)
    np.testing.assert_array_equal(bench.overlays[0].history.rows_since(0), wanted)
    bench.runs.set_visible(bench.runs.current, False)
    assert bench.runs.rows[0].visible


def test_the_last_steps_of_a_run_that_is_replaced_in_full_flight_are_kept(qtbot, bench):
    bench.start()
    qtbot.waitUntil(lambda: len(bench.history) > 0, timeout=20_000)
    old, key = bench.history, bench.runs.current
    bench.reset()
    steps(qtbot, bench, 1)
    loaded = []
    record = bench.runs.entry(key).record
    bench.runs.files.run(lambda store: store.load_history(record), loaded.append)
    qtbot.waitUntil(lambda: bool(loaded))
    np.testing.assert_array_equal(loaded[0].rows_since(0), old.rows_since(0))
    assert bench.runs.entry(key).results.saved is not None


# After a restart


def test_a_run_that_was_cut_off_is_offered_and_goes_on_bit_for_bit(qtbot, tmp_path):
    with program(qtbot) as whole:
        to_the_end(qtbot, whole)
        wanted, parameters = numbers_of(whole), whole.network.parameter_vector.copy()
    with program(qtbot, tmp_path) as before:
        steps(qtbot, before, 8)
        before.runs.rename(before.runs.current, "mine")
        before.runs.set_notes(before.runs.current, "a note")
    with program(qtbot, tmp_path) as after:
        offer = after.runs.offer
        assert (offer.name, offer.step) == ("mine", 8)
        (row,) = after.runs.rows
        assert (row.record.notes, row.results.steps, row.is_current) == ("a note", 8, False)
        assert [run.name for run in after.overlays] == ["mine"]
        after.runs.accept_offer()
        qtbot.waitUntil(lambda: after.runs.current is not None, timeout=20_000)
        assert after.runs.offer is None
        assert after.overlays == ()
        assert (after.state, len(after.history)) == (RunState.PAUSED, 8)
        to_the_end(qtbot, after)
        assert numbers_of(after) == wanted
        np.testing.assert_array_equal(after.network.parameter_vector, parameters)
        assert names(after) == ["mine"]
    with program(qtbot, tmp_path) as later:
        assert later.runs.offer is None
        (row,) = later.runs.rows
        assert (row.record.state, row.results.steps) == ("finished", 12)
        (shown,) = later.overlays
        assert shown.history.losses.tolist() == wanted[0]


def test_steps_after_the_last_checkpoint_are_dropped_when_the_run_is_resumed(qtbot, tmp_path):
    with program(qtbot, tmp_path) as before:
        steps(qtbot, before, 5)
        key = before.runs.current
        older = (tmp_path / key / "checkpoint.npz").read_bytes()
        steps(qtbot, before, 3)
    (tmp_path / key / "checkpoint.npz").write_bytes(older)
    with program(qtbot, tmp_path) as after:
        assert (after.runs.offer.step, after.runs.rows[0].results.steps) == (5, 8)
        after.runs.accept_offer()
        qtbot.waitUntil(lambda: after.runs.current is not None, timeout=20_000)
        steps(qtbot, after, 1)
        assert after.history.steps.tolist() == [1, 2, 3, 4, 5, 6]
    with program(qtbot, tmp_path) as later:
        assert later.overlays[0].history.steps.tolist() == [1, 2, 3, 4, 5, 6]


def test_an_offer_that_is_declined_does_not_come_again(qtbot, tmp_path):
    with program(qtbot, tmp_path) as before:
        steps(qtbot, before, 2)
    with program(qtbot, tmp_path) as after:
        after.runs.decline_offer()
        assert after.runs.offer is None
    with program(qtbot, tmp_path) as later:
        assert later.runs.offer is None
        later.runs.resume(later.runs.rows[0].record.key)
        qtbot.waitUntil(lambda: later.runs.current is not None, timeout=20_000)
        assert len(later.history) == 2


def test_an_offer_goes_when_another_run_is_begun(qtbot, tmp_path):
    with program(qtbot, tmp_path) as before:
        steps(qtbot, before, 2)
    with program(qtbot, tmp_path) as after:
        steps(qtbot, after, 1)
        assert after.runs.offer is None
        assert names(after) == ["adam 1e-3 (2)", "adam 1e-3"]


def test_a_run_on_other_data_is_not_resumed(qtbot, tmp_path):
    with program(qtbot, tmp_path) as before:
        steps(qtbot, before, 2)
    with program(qtbot, tmp_path, train_images=80) as after:
        after.runs.accept_offer()
        assert after.messages[-1] == (
            "The run adam 1e-3 cannot be resumed.",
            "It was trained on the data “few”. Open these data first.",
        )
        assert after.runs.current is None


def test_a_run_whose_checkpoint_is_damaged_keeps_its_curves(qtbot, tmp_path):
    with program(qtbot, tmp_path) as before:
        steps(qtbot, before, 2)
        key = before.runs.current
    (tmp_path / key / "checkpoint.npz").write_bytes(b"PK")
    with program(qtbot, tmp_path) as after:
        title, detail = after.messages[-1]
        assert title == "The run adam 1e-3 was cut off and cannot be resumed. Its curves are kept."
        assert detail.startswith("checkpoint.npz is no checkpoint")
        assert len(after.overlays[0].history) == 2


def test_damaged_runs_are_set_aside_with_a_message_and_the_others_load(qtbot, tmp_path):
    with program(qtbot, tmp_path) as before:
        for _ in range(3):
            steps(qtbot, before, 1)
            before.reset()
        keys = [row.record.key for row in before.runs.rows]
    (tmp_path / keys[0] / "run.json").write_text("{")
    with (tmp_path / keys[1] / "steps.rows").open("r+b") as file:
        file.seek(-88, os.SEEK_END)
        file.write(np.float64(-3).tobytes())  # of the only step: found when the folder is read
    with program(qtbot, tmp_path) as after:
        assert [row.record.key for row in after.runs.rows] == keys[2:]
        title, detail = after.messages[0]
        assert title == "2 runs are damaged; the others are here."
        assert keys[0] in detail
        assert keys[1] in detail
        assert {path.name for path in (tmp_path / "damaged").iterdir()} == set(keys[:2])


def test_a_second_program_with_the_same_folder_harms_nothing(qtbot, tmp_path):
    with program(qtbot, tmp_path) as first:
        steps(qtbot, first, 2)
        with program(qtbot, tmp_path) as second:
            title, detail = second.messages[0]
            assert title == "The runs of this window are kept only until it is closed."
            assert detail.startswith("Another CNN Explorer is open and keeps its runs in")
            steps(qtbot, second, 1)
            assert len(second.runs.rows) == 1
        steps(qtbot, first, 1)
    with program(qtbot, tmp_path) as later:
        assert [row.results.steps for row in later.runs.rows] == [3]


def test_a_full_disk_is_told_once_and_all_is_written_when_there_is_room(qtbot, tmp_path, monkeypatch):
    with program(qtbot, tmp_path) as bench:
        steps(qtbot, bench, 1)

        def no_room(number):
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", no_room)
            steps(qtbot, bench, 3)
        assert [title for title, _ in bench.messages] == ["The run is not being kept. Training goes on."]
        assert "No space left on device" in bench.messages[0][1]
        steps(qtbot, bench, 1)
        key = bench.runs.current
    with program(qtbot, tmp_path) as later:
        assert later.runs.offer.step == 5
        assert later.overlays[0].history.steps.tolist() == [1, 2, 3, 4, 5]
        assert key == later.runs.offer.key


# What the person does


def test_a_run_is_deleted_and_brought_back(qtbot, tmp_path):
    with program(qtbot, tmp_path) as bench:
        for _ in range(3):
            steps(qtbot, bench, 1)
            bench.reset()
        keys = [row.record.key for row in bench.runs.rows]
        bench.runs.delete(keys[:2])
        assert [row.record.key for row in bench.runs.rows] == keys[2:]
        assert bench.runs.deleted == ("adam 1e-3 (3)", "adam 1e-3 (2)")
        assert len(bench.overlays) == 1
        bench.runs.undo_delete()
        assert [row.record.key for row in bench.runs.rows] == keys
        assert len(bench.overlays) == 3
        bench.runs.delete(keys[:1])
    with program(qtbot, tmp_path) as later:
        assert [row.record.key for row in later.runs.rows] == keys[1:]


def test_the_run_of_the_workbench_is_deleted_only_at_rest_and_is_new_when_it_goes_on(qtbot, bench):
    steps(qtbot, bench, 2)
    key = bench.runs.current
    bench.start()
    bench.runs.delete([key])
    assert bench.runs.current == key
    bench.pause()
    qtbot.waitUntil(lambda: bench.state in (RunState.PAUSED, RunState.FINISHED), timeout=20_000)
    idle(qtbot, bench)
    bench.runs.delete([key])
    assert (bench.runs.rows, bench.runs.current) == ((), None)
    done = len(bench.history)
    bench.start()
    qtbot.waitUntil(lambda: bench.runs.current is not None, timeout=20_000)
    assert bench.runs.current != key
    to_the_end(qtbot, bench) if bench.state is RunState.RUNNING else None
    idle(qtbot, bench)
    assert bench.runs.rows[0].results.steps > done


def test_a_duplicate_is_made_ready_and_not_started(qtbot, bench):
    steps(qtbot, bench, 1)
    key = bench.runs.current
    wider = tiny()
    layers = (LayerSpec("conv2d", "conv1", {**wider.layers[0].options, "out_channels": 3}), *wider.layers[1:])
    bench.begin(
        type(wider)("other", "Other", wider.input_shape, layers, wider.class_names), Hyperparameters(seed=1)
    )
    steps(qtbot, bench, 1)
    bench.runs.duplicate(key)
    assert (bench.spec, bench.hyperparameters) == (tiny(), SETTINGS)
    assert (bench.state, len(bench.history), bench.runs.current) == (RunState.READY, 0, None)
    assert names(bench) == ["adam 1e-3, Other, seed 1", "adam 1e-3"]


def test_the_best_parameters_of_a_run_become_the_network(qtbot, bench):
    to_the_end(qtbot, bench)
    key = bench.runs.current
    best = min(bench.history.epochs, key=lambda epoch: epoch.validation_loss)
    bench.set_hyperparameters(Hyperparameters(seed=99))
    bench.runs.open_best(key)
    qtbot.waitUntil(lambda: "The network has the best parameters of adam 1e-3." in dict(bench.messages))
    qtbot.waitUntil(lambda: bench.evaluation is not None, timeout=20_000)
    assert bench.evaluation.loss == best.validation_loss
    assert bench.hyperparameters == SETTINGS


def test_notes_that_are_too_long_are_refused(qtbot, bench):
    steps(qtbot, bench, 1)
    with pytest.raises(RunError, match="notes"):
        bench.runs.set_notes(bench.runs.current, "n" * 20_001)
    bench.runs.rename(bench.runs.current, "  \n ")
    assert names(bench) == ["adam 1e-3"]


def test_curves_of_several_runs_are_saved_as_one_table(qtbot, bench, tmp_path):
    steps(qtbot, bench, 6)
    bench.reset()
    steps(qtbot, bench, 2)
    bench.runs.rename(bench.runs.current, "=1+1")
    keys = [row.record.key for row in bench.runs.rows]
    bench.runs.set_visible(keys[1], False)
    bench.runs.export_csv(keys, tmp_path / "curves.csv")
    qtbot.waitUntil(lambda: ("The curves of 2 runs were saved as curves.csv.", "") in bench.messages)
    with (tmp_path / "curves.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["run"] for row in rows] == ["'=1+1"] * 2 + ["adam 1e-3"] * 6
    assert [float(row["loss"]) for row in rows[:2]] == bench.history.losses.tolist()
    assert [float(row["loss"]) for row in rows[2:4]] == bench.history.losses.tolist()  # the same seed
    assert rows[0]["seed"] == "11"
    bench.runs.export_csv(keys, tmp_path / "missing" / "curves.csv")
    qtbot.waitUntil(lambda: bench.messages[-1][0] == "curves.csv could not be written.")


def test_a_run_is_exported_as_a_folder(qtbot, bench, tmp_path):
    to_the_end(qtbot, bench)
    bench.runs.rename(bench.runs.current, "a/b: c?")
    bench.runs.set_notes(bench.runs.current, "worth a look")
    for name in ("a-b- c-", "a-b- c- (2)"):
        bench.runs.export_folder(bench.runs.current, tmp_path)
        text = f"The run a/b: c? was exported as the folder {name}."
        qtbot.waitUntil(lambda text=text: (text, "") in bench.messages)
        folder = tmp_path / name
        assert {path.name for path in folder.iterdir()} == {
            "run.json", "best.npz", "checkpoint.npz", "metrics.csv", "model.json", "notes.txt",
        }  # fmt: skip
    saved = load_checkpoint(folder / "checkpoint.npz")
    np.testing.assert_array_equal(
        np.concatenate([saved.parameters[name].ravel() for name in bench.network.parameters()]),
        bench.network.parameter_vector,
    )


def test_without_a_folder_nothing_is_written_into_the_persons_data(qtbot, tmp_path, monkeypatch):
    for name in ("XDG_DATA_HOME", "HOME", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    window = build_window()
    qtbot.addWidget(window)
    steps(qtbot, window.workbench, 1)
    assert len(window.workbench.runs.rows) == 1
    window.close()
    assert list(tmp_path.iterdir()) == []
