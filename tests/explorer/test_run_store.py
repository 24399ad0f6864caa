"""The folder of runs: what is written comes back, what is damaged is set aside, nothing is half written."""

import json
import os
import pickle
import platform
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from cnncore import Adam, StepDone, load_mnist_5k, save_checkpoint, tiny, train
from cnncore.checkpoint import load_checkpoint
from explorer.workbench import History, Hyperparameters
from explorer.workbench.history import EpochSummary
from explorer.workbench.history_rows import COLUMNS
from explorer.workbench.runs.reading import InUseError, RunError, read_json, write_json
from explorer.workbench.runs.record import DataMark, RunRecord, new_key
from explorer.workbench.runs.row_file import RowFile
from explorer.workbench.runs.store import RunStore
from explorer.workbench.runs.stored import Progress

NOW = datetime(2026, 12, 1, 5, 0, tzinfo=UTC)


def record(**changes):
    values = {
        "key": new_key(NOW),
        "name": "adam 1e-3",
        "colour": "run_a",
        "created": NOW,
        "spec": tiny(),
        "hyperparameters": Hyperparameters(seed=7),
        "data": DataMark("MNIST", 12345),
        "batches": 10,
    }
    return RunRecord(**values | changes)


def history(steps, epochs=0):
    made = History()
    for step in range(1, steps + 1):
        epoch, batch = divmod(step - 1, 10)
        made.append(StepDone(step, epoch + 1, batch + 1, 10, 1 / step, 0.5, 1e-3, 32, 0.01, 1.0))
    made.epochs = [
        EpochSummary(n, 10 * n, 0.5, 0.8, 0.6 - n / 10 + 0.3 * (n == 3), 0.7) for n in range(1, epochs + 1)
    ]
    made.rate_changes = [step for step in (4, 15) if step <= steps]
    return made


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """Return a checkpoint after a whole epoch, so that it has best parameters."""
    network = tiny().build(np.random.default_rng(0))
    optimizer = Adam(network.parameters())
    images = load_mnist_5k()[1].subset(np.arange(16), "few")
    run = train(network, images, images, optimizer, epochs=2, batch_size=8, rng=np.random.default_rng(1))
    for _ in range(3):
        next(run)
    path = tmp_path_factory.mktemp("made") / "checkpoint.npz"
    meta = {"first_epoch": 1, "first_step": 0, "epochs": 2, "ended": False}
    save_checkpoint(path, spec=tiny(), network=network, optimizer=optimizer, meta=meta, training=run.state)
    return load_checkpoint(path)


@pytest.fixture
def store(tmp_path):
    made = RunStore(tmp_path / "runs")
    made.open()
    yield made
    made.close()


def keep(store, run, steps, epochs=0, since=0, checkpoint=None):
    store.keep(run, Progress.since(history(steps, epochs), since), checkpoint)


# Rows


def test_rows_come_back_and_half_a_row_counts_as_never_written(tmp_path):
    file = RowFile(tmp_path / "a.rows", ("x", "y"))
    assert (file.count(), file.last(), len(file.read())) == (0, None, 0)
    file.write(np.array([[1.0, 2.0], [3.0, 4.0]]), 0)
    with (tmp_path / "a.rows").open("ab") as torn:
        torn.write(b"\0" * 11)
    assert file.count() == 2
    file.write(np.array([[5.0, 6.0]]), 2)
    np.testing.assert_array_equal(file.read(), [[1, 2], [3, 4], [5, 6]])
    np.testing.assert_array_equal(file.last(), [5, 6])
    file.write(np.empty((0, 2)), 1)
    np.testing.assert_array_equal(file.read(), [[1, 2]])


def test_a_first_line_cut_short_is_an_empty_file_and_another_one_is_refused(tmp_path):
    path = tmp_path / "a.rows"
    RowFile(path, ("x",)).write(np.array([[1.0]]), 0)
    whole = path.read_bytes()
    path.write_bytes(whole[:20])
    file = RowFile(path, ("x",))
    assert file.count() == 0
    file.write(np.array([[1.0]]), 0)
    assert path.read_bytes() == whole
    for content in (b"x" * 400, pickle.dumps([1] * 200), whole.replace(b'"x"', b'"y"')):
        path.write_bytes(content)
        with pytest.raises(RunError, match=r"a\.rows is damaged, or was made by another version"):
            file.read()


def test_a_file_longer_than_any_run_takes_no_memory(tmp_path):
    path = tmp_path / "a.rows"
    file = RowFile(path, ("x",))
    file.write(np.array([[1.0]]), 0)
    os.truncate(path, 2**40)
    with pytest.raises(RunError, match="longer than any run"):
        file.read()
    with pytest.raises(RunError, match="recorded up to"):
        file.write(np.array([[1.0]]), 3_000_000)


# The record


def test_a_record_comes_back_as_it_was(tmp_path):
    run = record(notes="first\ntry", visible=False, state="finished", name="Größe 7")
    write_json(tmp_path / "run.json", run.to_json())
    assert RunRecord.from_json(run.key, read_json(tmp_path / "run.json")) == run


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "no proper name"),
        ({"name": "a" * 61}, "no proper name"),
        ({"name": "two\nlines"}, "no proper name"),
        ({"name": 3}, "no proper name"),
        ({"notes": "n" * 20_001}, "notes"),
        ({"colour": "#FF0000"}, "colour"),
        ({"state": "lost"}, "how it ended"),
        ({"visible": 1}, "shown"),
        ({"batches": 0}, "batches"),
        ({"batches": True}, "batches"),
        ({"created": "yesterday"}, "when it was made"),
        ({"created": "2026-12-01T05:00:00"}, "when it was made"),
        ({"created": 5}, "when it was made"),
        ({"data": {"name": "MNIST"}}, "names no data"),
        ({"data": {"name": "MNIST", "check": "1"}}, "trained on"),
        ({"hyperparameters": {"seed": -1}}, "seed"),
        ({"hyperparameters": []}, "hyperparameters"),
        ({"model": "{}"}, "model"),
        ({"model": {}}, "text"),
        ({"version": 2}, "another version"),
        ({"version": True}, "another version"),
        ({"format": "x"}, "not the record"),
        ({"more": 1}, "one too many"),
    ],
)
def test_a_damaged_record_is_explained(change, sentence):
    run = record()
    with pytest.raises(RunError, match=sentence):
        RunRecord.from_json(run.key, run.to_json() | change)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "damaged"),
        (b"[" * 100_000, "damaged"),
        (b'{"a": NaN}', "damaged"),
        (b"\xff\xfe", "damaged"),
        (b"[1]", "no record"),
        (b" " * (4 * 2**20 + 1), "larger than any"),
        (pickle.dumps({"name": "x"}), "damaged"),
    ],
)
def test_what_is_no_json_object_is_refused(tmp_path, content, sentence):
    (tmp_path / "run.json").write_bytes(content)
    with pytest.raises(RunError, match=sentence):
        read_json(tmp_path / "run.json")


def test_writing_that_fails_leaves_the_old_record(tmp_path, monkeypatch):
    path = tmp_path / "run.json"
    write_json(path, {"a": 1})

    def no_room(number):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(RunError, match="cannot be written: No space left"):
        write_json(path, {"a": 2})
    assert json.loads(path.read_text()) == {"a": 1}
    assert [file.name for file in tmp_path.iterdir()] == ["run.json"]


# The folder


def test_runs_come_back_with_their_results_curves_and_parameters(store, checkpoint):
    first, second = record(), record(key=new_key(NOW.replace(hour=6)), name="other")
    keep(store, first, 30, 3, checkpoint=checkpoint)
    keep(store, second, 4)
    found, problems = store.scan()
    assert (problems, [one.record for one in found]) == ([], [first, second])
    results = found[0].results
    assert (results.steps, results.last.epoch, results.best.epoch) == (30, 3, 2)
    assert results.seconds == pytest.approx(0.3)
    assert results.saved is not None
    assert found[1].results.saved is None
    loaded = store.load_history(first)
    np.testing.assert_array_equal(loaded.rows_since(0), history(30).rows_since(0))
    assert (loaded.epochs, loaded.rate_changes, loaded.steps_per_epoch) == (
        history(30, 3).epochs,
        [4, 15],
        10,
    )
    assert store.resume_point(first.key) == (2, False)
    best, wanted = store.load_best(first.key), checkpoint.training.best
    assert best.meta["loss"] == wanted.loss
    for name, array in wanted.parameters.items():
        np.testing.assert_array_equal(best.parameters[name], array)


def test_progress_is_appended_once_however_often_it_is_told(store):
    run = record()
    for steps, epochs, since in ((12, 1, 0), (12, 1, 0), (25, 2, 12), (30, 3, 5)):
        keep(store, run, steps, epochs, since)
    loaded = store.load_history(run)
    np.testing.assert_array_equal(loaded.rows_since(0), history(30).rows_since(0))
    assert loaded.epochs == history(30, 3).epochs
    assert loaded.rate_changes == [4, 15]


def test_another_store_appends_where_the_last_one_stopped(store):
    run = record()
    keep(store, run, 12)
    store.close()
    later = RunStore(store.folder)
    later.open()
    keep(later, run, 20)
    np.testing.assert_array_equal(later.load_history(run).steps, np.arange(1, 21))
    later.close()


def test_what_was_done_after_the_checkpoint_is_cut_off(store):
    run = record()
    keep(store, run, 30, 3)
    store.cut(run.key, 14, 1)
    keep(store, run, 16, 1, since=14)
    loaded = store.load_history(run)
    np.testing.assert_array_equal(loaded.rows_since(0), history(16).rows_since(0))
    assert [epoch.epoch for epoch in loaded.epochs] == [1]


def test_the_best_parameters_stay_when_later_ones_are_worse(store, checkpoint):
    run = record()
    keep(store, run, 2, checkpoint=checkpoint)
    before = (store.folder / run.key / "best.npz").read_bytes()
    worse = replace(checkpoint.training.best, loss=checkpoint.training.best.loss + 1, epoch=9)
    again = RunStore(store.folder)  # knows nothing but the files
    again.save_progress(
        run.key,
        Progress.since(history(3), 0),
        replace(checkpoint, training=replace(checkpoint.training, best=worse)),
    )
    assert (store.folder / run.key / "best.npz").read_bytes() == before


def test_damaged_runs_are_set_aside_by_name_and_the_others_load(store, checkpoint):
    good = record()
    keep(store, good, 5)
    damage = {
        "run.json": b"{",
        "steps.rows": b"?" * 600,
        "epochs.rows": b"?" * 600,
    }
    keys = {}
    for hour, (name, content) in enumerate(damage.items()):
        run = record(key=new_key(NOW.replace(hour=10 + hour)), name=f"bad {hour}")
        keep(store, run, 12, 1)
        (store.folder / run.key / name).write_bytes(content)
        keys[run.key] = name
    (store.folder / "notes.txt").write_text("not a run")
    (store.folder / "some folder").mkdir()
    found, problems = store.scan()
    assert [one.record for one in found] == [good]
    assert len(problems) == 3
    for (key, name), problem in zip(keys.items(), problems, strict=True):
        assert problem.startswith(f"The run {key} is damaged and was moved to {store.folder / 'damaged'}.")
        assert name in problem
        assert (store.folder / "damaged" / key).is_dir()
    assert (store.folder / "some folder").is_dir()
    assert store.scan() == (found, [])


def test_epochs_of_a_run_that_diverged_are_no_damage(store):
    run, progress = record(), history(20)
    progress.epochs = [EpochSummary(1, 10, 9.0, 0.1, np.inf, 0.1), EpochSummary(2, 20, 9.0, 0.1, np.nan, 0.1)]
    store.keep(run, Progress.since(progress, 0))
    (found,), problems = store.scan()
    assert problems == []
    assert found.results.best is None
    assert np.isnan(found.results.last.validation_loss)


@pytest.mark.parametrize(("column", "value"), [(0, 77.0), (3, np.nan), (7, np.inf), (8, -1.0)])
def test_steps_that_are_no_steps_are_refused(store, column, value):
    run = record()
    keep(store, run, 5)
    rows = RowFile(store.folder / run.key / "steps.rows", COLUMNS)
    broken = rows.read()
    broken[2, column] = value
    rows.write(broken, 0)
    with pytest.raises(RunError, match="record of its steps is damaged"):
        store.load_history(run)


def test_what_a_killed_process_left_half_written_goes_without_a_word(store):
    run = record()
    keep(store, run, 5)
    (store.folder / run.key / ".checkpoint.npz.0badcafe.part").write_bytes(b"PK")
    hardly_begun = store.folder / new_key(NOW.replace(hour=9))
    hardly_begun.mkdir()
    (hardly_begun / ".run.json.0badcafe.part").write_bytes(b"{")
    found, problems = store.scan()
    assert ([one.record for one in found], problems) == ([run], [])
    assert {path.name for path in (store.folder / run.key).iterdir()} == {
        "run.json",
        "steps.rows",
        "rates.rows",
    }
    assert not hardly_begun.exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
@pytest.mark.parametrize("name", ["run.json", "steps.rows"])
def test_a_pipe_in_the_place_of_a_file_does_not_hold_up_the_program(store, name):
    run = record()
    keep(store, run, 5)
    (store.folder / run.key / name).unlink()
    os.mkfifo(store.folder / run.key / name)
    found, problems = store.scan()
    assert found == []
    assert f"{name} is no ordinary file." in problems[0]


def test_a_damaged_checkpoint_does_not_take_the_curves_with_it(store, checkpoint):
    run = record()
    keep(store, run, 5, checkpoint=checkpoint)
    (store.folder / run.key / "checkpoint.npz").write_bytes(b"PK\x03\x04")
    found, problems = store.scan()
    assert (len(found), problems) == (1, [])
    with pytest.raises(Exception, match=r"checkpoint\.npz is no checkpoint"):
        store.resume_point(run.key)


def test_deleted_runs_can_be_restored_until_the_store_is_closed(store):
    first, second = record(), record(key=new_key(NOW.replace(hour=6)))
    for run in (first, second):
        keep(store, run, 5)
    store.delete([first.key, second.key])
    assert store.scan() == ([], [])
    store.restore([first.key])
    assert [one.record for one in store.scan()[0]] == [first]
    store.close()
    assert not (store.folder / "deleted").exists()
    with pytest.raises(RunError, match="cannot be moved"):
        store.restore([second.key])


def test_a_second_program_does_not_get_the_folder(store):
    second = RunStore(store.folder)
    with pytest.raises(InUseError, match="Another CNN Explorer is open"):
        second.open()
    store.close()
    second.open()
    second.close()


@pytest.mark.parametrize("content", [f"999999999\npython\n{platform.node()}\n", ""], ids=["gone", "empty"])
def test_a_lock_left_by_a_process_that_is_gone_is_no_obstacle(tmp_path, content):
    (tmp_path / "runs.lock").write_text(content)
    store = RunStore(tmp_path)
    store.open()
    store.close()


def test_a_folder_that_cannot_be_made_is_explained(tmp_path):
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(RunError, match="cannot be made"):
        RunStore(tmp_path / "runs").open()
