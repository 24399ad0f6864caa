"""The Runs page, operated as a person does."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QMenu

from cnncore import tiny
from explorer.workbench import Hyperparameters, RunState, Workbench
from explorer.workbench.runs import LONGEST_NOTES
from explorer.workspaces.runs import RunsWorkspace
from tests.explorer.test_runs_panel import stored

SIZES = ((1108, 828), (692, 628))


@pytest.fixture
def bench(qtbot, tmp_path):
    stored(
        tmp_path,
        {
            "adam 1e-3": {"notes": "the first"},
            "sgd 0.05": {"hyperparameters": Hyperparameters("SGD", 0.05, seed=7)},
            "adam 3e-4": {"hyperparameters": Hyperparameters(learning_rate=3e-4, seed=10)},
        },
    )
    made = Workbench(tiny(), Hyperparameters(epochs=1, batch_size=32), runs_folder=tmp_path)
    qtbot.waitUntil(lambda: len(made.overlays) == 3, timeout=20_000)
    yield made
    assert made.close()


@pytest.fixture
def page(qtbot, theme, bench):
    made = RunsWorkspace(bench, theme)
    qtbot.addWidget(made)
    made.resize(*SIZES[0])
    made.show()
    return made


def column(page, key):
    keys = [one.key for one in page.table.source.columns]
    model, place = page.table.model(), keys.index(key)
    return [model.index(row, place).data() for row in range(model.rowCount())]


def sort_by(qtbot, page, key):
    header = page.table.horizontalHeader()
    place = [one.key for one in page.table.source.columns].index(key)
    page.table.scrollTo(page.table.model().index(0, place))
    at = QPoint(header.sectionViewportPosition(place) + 8, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)


def choose(page, name):
    row = column(page, "name").index(name)
    page.table.selectRow(row)


def test_a_click_on_a_title_sorts_by_the_values_behind_the_texts(qtbot, page):
    assert column(page, "name") == ["adam 3e-4", "sgd 0.05", "adam 1e-3"]
    sort_by(qtbot, page, "learning_rate")
    assert column(page, "learning_rate") == ["3e−4", "0.001", "0.05"]
    sort_by(qtbot, page, "learning_rate")
    assert column(page, "learning_rate") == ["0.05", "0.001", "3e−4"]
    assert page.table.model().headerData(10, Qt.Orientation.Horizontal) == "Rate ↓"
    sort_by(qtbot, page, "best_loss")
    assert column(page, "best_loss") == ["0.400", "0.400", "0.500"]
    sort_by(qtbot, page, "seed")
    assert column(page, "seed") == ["7", "7", "10"]


def test_the_menu_sorts_too_for_those_who_use_the_keyboard(page):
    for wanted in (["3e−4", "0.001", "0.05"], ["0.05", "0.001", "3e−4"]):
        menu = page.table.menu()
        sort = menu.findChild(QMenu, "runsTable_sort")
        next(action for action in sort.actions() if action.text() == "Rate").trigger()
        assert column(page, "learning_rate") == wanted
        menu.deleteLater()


@pytest.mark.parametrize("order", [Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder])
def test_runs_without_a_result_come_last_whichever_way(qtbot, page, bench, order):
    bench.step_batch()
    qtbot.waitUntil(lambda: len(bench.runs.rows) == 4, timeout=20_000)
    place = [one.key for one in page.table.source.columns].index("loss")
    page.table.sortByColumn(place, order)
    assert column(page, "loss")[-1] == "–"
    assert column(page, "name")[-1].startswith("adam 1e-3")
    qtbot.waitUntil(lambda: bench.state is RunState.PAUSED, timeout=20_000)


def test_settings_that_differ_from_most_runs_stand_out(page):
    model = page.table.source
    keys = [one.key for one in model.columns]
    bold = set()
    for row in range(3):
        for place, key in enumerate(keys):
            font = model.index(row, place).data(Qt.ItemDataRole.FontRole)
            if font is not None and font.weight() >= 600:
                bold.add((model.index(row, 0).data(), key))
    assert {("sgd 0.05", "optimizer"), ("adam 3e-4", "seed")} <= bold
    assert not any(key in ("batch_size", "schedule", "network") for _, key in bold)


def test_notes_are_kept_as_they_are_typed_and_belong_to_their_run(qtbot, page, bench):
    notes = page.details.notes
    assert [row.record.key for row in page.table.selected_rows()] == [bench.runs.rows[0].record.key]
    qtbot.keyClick(page.table, Qt.Key.Key_Escape)
    assert not notes.isEnabled()
    choose(page, "adam 1e-3")
    assert notes.toPlainText() == "the first"
    notes.selectAll()
    qtbot.keyClicks(notes, "a better one")
    choose(page, "sgd 0.05")
    assert notes.toPlainText() == ""
    written = {row.record.name: row.record.notes for row in bench.runs.rows}
    assert written == {"adam 1e-3": "a better one", "sgd 0.05": "", "adam 3e-4": ""}
    qtbot.keyClicks(notes, "x")
    qtbot.waitUntil(lambda: bench.runs.rows[1].record.notes == "x")
    notes.insertPlainText("n" * (LONGEST_NOTES + 1))
    assert notes.toPlainText() == "x"
    bench.runs.set_notes(bench.runs.rows[1].record.key, "from elsewhere")
    assert notes.toPlainText() == "from elsewhere"


def test_the_selected_run_is_described_and_its_buttons_do_what_they_say(
    qtbot, page, bench, tmp_path, monkeypatch
):
    choose(page, "sgd 0.05")
    assert page.details.name.text() == "sgd 0.05"
    text = page.details.line.text()
    assert text.startswith("Begun ")
    assert text.endswith("; finished after 20 steps. Its parameters were not kept. Data: MNIST.")
    _, duplicate, _, folder, delete = page.details.buttons
    assert [button.isEnabled() for button in page.details.buttons] == [False, True, False, True, True]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    qtbot.mouseClick(folder, Qt.MouseButton.LeftButton)
    qtbot.waitUntil((tmp_path / "sgd 0.05" / "metrics.csv").exists)
    qtbot.mouseClick(duplicate, Qt.MouseButton.LeftButton)
    assert bench.hyperparameters == Hyperparameters("SGD", 0.05, seed=7)
    qtbot.mouseClick(delete, Qt.MouseButton.LeftButton)
    assert column(page, "name") == ["adam 3e-4", "adam 1e-3"]
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert column(page, "name") == ["adam 3e-4", "sgd 0.05", "adam 1e-3"]


def test_the_selection_stays_with_its_run_when_another_one_begins(qtbot, page, bench):
    choose(page, "sgd 0.05")
    bench.step_batch()
    qtbot.waitUntil(lambda: len(bench.runs.rows) == 4, timeout=20_000)
    assert [row.record.name for row in page.table.selected_rows()] == ["sgd 0.05"]
    assert page.details.name.text() == "sgd 0.05"
    qtbot.waitUntil(lambda: bench.state is RunState.PAUSED, timeout=20_000)


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_cut(qtbot, page, size):
    page.resize(*size)
    choose(page, "adam 3e-4")
    page.grab()
    labels = [label for label in page.findChildren(QLabel) if label.isVisible() and not label.wordWrap()]
    assert [label.text() for label in labels if label.width() < label.minimumSizeHint().width()] == []
    line = page.details.line
    qtbot.waitUntil(lambda: line.height() >= line.heightForWidth(line.width()))
    for button in page.details.buttons:
        assert button.width() >= button.sizeHint().width()
        assert page.details.rect().contains(button.geometry())


def test_without_runs_the_page_says_what_will_be_there(qtbot, theme, tiny_bench):
    page = RunsWorkspace(tiny_bench, theme)
    qtbot.addWidget(page)
    page.show()
    assert page._message.isVisible()
    assert page.details.name.text() == "No run is selected"
