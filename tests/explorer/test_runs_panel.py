"""The list of runs beside the charts, operated as a person does, and the offer to resume."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMenu, QWidget

from cnncore import tiny
from explorer.frame.resume_card import ResumeCard
from explorer.widgets.runs.columns import NONE, columns_for, steps_text, usual_texts, when
from explorer.workbench import Hyperparameters, RunState, Workbench
from explorer.workbench.runs.store import RunStore
from explorer.workspaces.train.runs_panel import RunsPanel
from tests.explorer.test_run_store import NOW, keep, record


def stored(folder, runs):
    """Write runs into a folder as an earlier start of the program did."""
    store = RunStore(folder)
    store.open()
    made = []
    for place, (name, changes) in enumerate(runs.items()):
        created = NOW + timedelta(minutes=place)
        values = {"state": "finished", "key": f"20261201-0500{place:02d}-abcdef", "created": created}
        made.append(record(name=name, colour=f"run_{'abcde'[place]}", **values | changes))
        keep(store, made[-1], 10 * (place + 1), place + 1)
    store.close()
    return made


@pytest.fixture
def bench(qtbot, tmp_path):
    """Return a workbench that finds three runs of an earlier start."""
    stored(
        tmp_path,
        {
            "adam 1e-3": {},
            "sgd 0.05": {"hyperparameters": Hyperparameters("SGD", 0.05, seed=7)},
            "adam 3e-4": {"hyperparameters": Hyperparameters(learning_rate=3e-4, seed=7), "visible": False},
        },
    )
    made = Workbench(tiny(), runs_folder=tmp_path)
    qtbot.waitUntil(lambda: len(made.overlays) == 2, timeout=20_000)
    yield made
    assert made.close()


@pytest.fixture
def panel(qtbot, theme, bench):
    made = RunsPanel(bench, theme)
    qtbot.addWidget(made)
    made.resize(290, 206)
    made.show()
    return made


def names(panel):
    model = panel.table.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def click_box(qtbot, table, row):
    rect = table.visualRect(table.model().index(row, 0))
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.delegate.box_in(rect).center())


def test_runs_of_earlier_starts_are_listed_the_newest_first(panel):
    assert names(panel) == ["adam 3e-4", "sgd 0.05", "adam 1e-3"]
    model = panel.table.model()
    assert [model.index(1, column).data() for column in (1, 2)] == ["0.400", "70.0 %"]
    assert model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "sgd 0.05, seed 7 · 20 steps"


def test_a_click_on_the_box_or_space_shows_and_hides_a_run(qtbot, bench, panel):
    overlays = lambda: [run.name for run in bench.overlays]  # noqa: E731
    click_box(qtbot, panel.table, 0)
    qtbot.waitUntil(lambda: overlays() == ["adam 3e-4", "sgd 0.05", "adam 1e-3"])
    assert not panel.table.selectionModel().hasSelection()
    panel.table.setFocus()
    panel.table.selectRow(1)
    qtbot.keyClick(panel.table, Qt.Key.Key_Space)
    assert overlays() == ["adam 3e-4", "adam 1e-3"]


def test_a_run_is_renamed_in_place(qtbot, bench, panel):
    panel.table.selectRow(1)
    qtbot.mouseClick(panel.rename_button, Qt.MouseButton.LeftButton)
    editor = panel.table.findChild(QLineEdit, "runName")
    assert (editor.text(), editor.selectedText()) == ("sgd 0.05", "sgd 0.05")
    qtbot.keyClicks(editor, "the good one")
    bench.runs.counted.emit()  # a step meanwhile does not disturb
    assert editor.text() == "the good one"
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(panel)[1] == "the good one")
    assert bench.overlays[0].name == "the good one"


def test_deleted_runs_come_back_with_undo(qtbot, bench, panel):
    panel.table.setFocus()
    panel.table.selectAll()
    panel.table.commands.delete.trigger()
    assert bench.runs.rows == ()
    assert panel.undo_bar.isVisible()
    assert panel.undo_bar.label.text() == "3 runs deleted"
    qtbot.mouseClick(panel.undo_bar.button, Qt.MouseButton.LeftButton)
    assert names(panel) == ["adam 3e-4", "sgd 0.05", "adam 1e-3"]
    assert not panel.undo_bar.isVisible()


def test_the_menu_offers_what_can_be_done(qtbot, bench, panel):
    panel.table.selectRow(1)
    menu = panel.table.commands.menu()
    state = {action.text(): action.isEnabled() for action in menu.actions() if action.text()}
    assert state == {
        "Rename": True,
        "Go on with this run": False,  # it has no parameters
        "Duplicate and edit": True,
        "Open its best parameters": False,
        "Colour in the charts": True,
        "Export as a folder…": True,
        "Save the ticked runs as CSV…": True,
        "Delete": True,
        "Undo delete": False,
    }
    colours = menu.findChild(QMenu)
    assert [action.isChecked() for action in colours.actions()] == [False, True, False, False, False]
    colours.actions()[4].trigger()
    assert bench.overlays[0].colour == "run_e"
    panel.table.commands.duplicate.trigger()
    assert bench.spec == tiny()
    assert bench.hyperparameters == Hyperparameters("SGD", 0.05, seed=7)
    menu.deleteLater()


def test_ticked_runs_are_saved_as_csv(qtbot, bench, panel, tmp_path, monkeypatch):
    target = tmp_path / "out"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    qtbot.mouseClick(panel.csv_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(target.with_suffix(".csv").exists)
    lines = target.with_suffix(".csv").read_text().splitlines()
    assert {line.split(",")[0] for line in lines[1:]} == {"sgd 0.05", "adam 1e-3"}


def test_the_run_of_the_workbench_stands_first_and_cannot_be_hidden(qtbot, bench, panel):
    bench.begin(tiny(), Hyperparameters(seed=5))
    bench.step_batch()
    qtbot.waitUntil(lambda: len(names(panel)) == 4, timeout=20_000)
    assert names(panel)[0] == "adam 1e-3, Tiny network, seed 5" or names(panel)[0].startswith(
        "adam 1e-3, seed 5"
    )
    click_box(qtbot, panel.table, 0)
    assert bench.runs.rows[0].visible
    qtbot.waitUntil(lambda: bench.state is RunState.PAUSED, timeout=20_000)


def test_without_runs_the_panel_says_what_will_be_there(qtbot, theme, tiny_bench):
    panel = RunsPanel(tiny_bench, theme)
    qtbot.addWidget(panel)
    panel.resize(280, 200)
    panel.show()
    assert panel._message.isVisible()
    assert not panel.csv_button.isEnabled()


# The offer


@contextmanager
def card_on(qtbot, theme, folder):
    """Start the program's parts that matter here: a workbench, and the card over an area."""
    bench = Workbench(tiny(), runs_folder=folder)
    area = QWidget()
    qtbot.addWidget(area)
    area.resize(900, 600)
    card = ResumeCard(bench, theme, area)
    area.show()
    yield bench, card
    assert bench.close()


def test_the_offer_says_which_run_it_is_and_can_be_taken_or_declined(qtbot, theme, tmp_path):
    with card_on(qtbot, theme, tmp_path) as (bench, card):
        bench.step_batch()
        qtbot.waitUntil(lambda: bench.state is RunState.PAUSED, timeout=20_000)
        assert not card.isVisible()
    with card_on(qtbot, theme, tmp_path) as (bench, card):
        qtbot.waitUntil(card.isVisible, timeout=20_000)
        assert card.title.text() == "The run adam 1e-3 is not finished."
        assert card.detail.text().startswith("It was kept after 1 step, today at ")
        assert card.parentWidget().rect().contains(card.geometry())
        qtbot.mouseClick(card.resume_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: not card.isVisible(), timeout=20_000)
        assert (bench.state, len(bench.history)) == (RunState.PAUSED, 1)
    with card_on(qtbot, theme, tmp_path) as (bench, card):
        qtbot.waitUntil(card.isVisible, timeout=20_000)
        qtbot.mouseClick(card.leave_button, Qt.MouseButton.LeftButton)
        assert not card.isVisible()
        assert bench.runs.rows[0].record.state == "stopped"


# Words


def test_times_and_counts_are_said_as_people_say_them():
    now = datetime(2026, 12, 3, 14, 5).astimezone()
    assert when(now.replace(hour=9), now) == "today at 9:05"
    assert when(now - timedelta(days=1), now) == "yesterday at 14:05"
    assert when(now - timedelta(days=3), now) == "on 30 November 2026 at 14:05"
    assert (steps_text(1), steps_text(12345)) == ("1 step", "12,345 steps")


def test_rare_settings_have_a_column_only_where_somebody_changed_them(bench):
    rows = bench.runs.rows
    keys = [column.key for column in columns_for(rows)]
    assert keys[0] == "name"
    assert "weight_decay" not in keys
    record = replace(rows[0].record, hyperparameters=Hyperparameters(weight_decay=0.01, clip_norm=1))
    changed = [replace(rows[0], record=record), *rows[1:]]
    keys = [column.key for column in columns_for(changed)]
    assert keys.index("weight_decay") + 1 == keys.index("clip_norm")
    usual = usual_texts(columns_for(changed), changed)
    assert usual["weight_decay"] == "0"
    assert "batch_size" not in usual  # all have the same
    assert columns_for(())[-1].text(rows[0]) != NONE
