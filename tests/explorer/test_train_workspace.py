"""The Train page as a whole."""

import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from explorer.workbench import Focus, RunState
from explorer.workspaces.train import TrainWorkspace

SIZES = [(1108, 828), (692, 628)]


@pytest.fixture
def page(qtbot, theme, tiny_bench):
    page = TrainWorkspace(tiny_bench, theme)
    qtbot.addWidget(page)
    page.resize(*SIZES[0])
    page.show()
    qtbot.waitExposed(page)
    page.populate()
    return page


def panels(page):
    return [
        page.network_panel,
        page.training_panel,
        page.loss_panel,
        page.accuracy_panel,
        page.runs_panel,
        page.layers_panel,
        page.activity_panel,
        page.confusion_panel,
        page.mistakes_panel,
        page.hint_strip,
    ]


def place(page, widget):
    return widget.rect().translated(widget.mapTo(page, widget.rect().topLeft()))


def train(qtbot, bench):
    bench.start()
    qtbot.waitUntil(lambda: bench.state is RunState.FINISHED, timeout=20_000)


def test_it_keeps_the_contract_of_a_workspace():
    assert (TrainWorkspace.key, TrainWorkspace.title, TrainWorkspace.icon) == ("train", "Train", "train")
    assert [keys for keys, _ in TrainWorkspace.hints] == [("Space",), ("N",), ("Shift", "N")]


def test_making_the_page_does_not_load_pyqtgraph():
    """Loading it takes longer than showing the window without it."""
    code = "import sys, explorer.workspaces.train; sys.exit('pyqtgraph' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_nothing_moves_when_the_charts_come(qtbot, theme, tiny_bench):
    page = TrainWorkspace(tiny_bench, theme)
    qtbot.addWidget(page)
    page.resize(*SIZES[0])
    page.show()
    qtbot.waitExposed(page)
    before = [place(page, panel) for panel in panels(page)]
    page.populate()
    page.grab()
    assert [place(page, panel) for panel in panels(page)] == before


def check_places(page):
    """Check that what is in view lies inside and apart; return the places by object name."""
    places = {panel.objectName(): place(page, panel) for panel in panels(page) if panel.isVisible()}
    for name, first in places.items():
        assert page.rect().adjusted(10, 10, -10, -10).contains(first), name
        assert not any(first.intersects(other) for key, other in places.items() if key != name)
    return places


def test_panels_lie_beside_one_another_and_inside(page):
    page.grab()
    places = check_places(page)
    assert len(places) == 10
    left = ("lossPanel", "accuracyPanel", "layersPanel", "hintStrip")
    right = ("lossPanel", "runsPanel", "mistakesPanel", "hintStrip")
    assert len({places[name].left() for name in left}) == 1
    assert len({places[name].right() for name in right}) == 1


def test_in_a_small_window_all_panels_but_the_loss_share_their_place(page, qtbot):
    page.resize(*SIZES[1])
    page.grab()
    tabs = page.upper_deck.tabs
    seen = {}
    for key in ("charts", "runs", "layers", "units", "confusion", "mistakes"):
        qtbot.mouseClick(tabs.button(key), Qt.MouseButton.LeftButton)
        page.grab()
        seen[key] = check_places(page)
        assert len(seen[key]) == 5
    assert seen["charts"]["accuracyPanel"] == seen["runs"]["runsPanel"]
    assert seen["charts"]["accuracyPanel"] == seen["confusion"]["confusionPanel"]
    assert seen["charts"]["accuracyPanel"] == seen["mistakes"]["mistakesPanel"]
    assert seen["charts"]["accuracyPanel"] == seen["layers"]["layersPanel"] == seen["units"]["activityPanel"]
    page.resize(*SIZES[0])
    page.grab()
    assert len(check_places(page)) == 10


@pytest.mark.parametrize("size", SIZES)
def test_no_label_is_cut(page, qtbot, size):
    def cut():
        labels = [label for label in page.findChildren(QLabel) if label.isVisible() and not label.wordWrap()]
        return [label.text() for label in labels if label.width() < label.minimumSizeHint().width()]

    page.resize(*size)
    qtbot.waitUntil(lambda: cut() == [])


def test_the_charts_share_the_zoom(page, qtbot, tiny_bench):
    train(qtbot, tiny_bench)
    loss, accuracy = page.loss_panel.chart, page.accuracy_panel.chart
    loss.set_x_range(4, 18)
    loss.range_changed.emit()
    assert accuracy.x_range == loss.x_range == (4, 18)
    qtbot.keyClick(accuracy, Qt.Key.Key_Home)
    assert loss.fitted
    assert accuracy.fitted
    assert loss.x_range == accuracy.x_range


def test_the_plots_stand_one_above_the_other(page):
    loss, accuracy = page.loss_panel.chart, page.accuracy_panel.chart
    for size in SIZES:
        page.resize(*size)
        page.grab()
        loss.viewport().repaint()
        accuracy.viewport().repaint()
        lefts = [place(page, c).left() + c.scale.left for c in (loss, accuracy)]
        assert lefts[0] == lefts[1]
    # In the small window the accuracy has the place of the runs as well.
    assert loss.scale.width == accuracy.scale.width


def test_a_cell_of_the_matrix_filters_the_mistakes(page, tiny_bench, qtbot):
    wrong = tiny_bench.evaluation.confusion.copy()
    np.fill_diagonal(wrong, 0)
    true, predicted = (int(i) for i in np.unravel_index(wrong.argmax(), wrong.shape))
    matrix = page.confusion_panel.matrix
    qtbot.mouseClick(
        matrix, Qt.MouseButton.LeftButton, pos=matrix.cell_rect((true, predicted)).center().toPoint()
    )
    assert {m.caption for m in page.mistakes_panel.model.mistakes} == {f"{true} → {predicted}"}


def test_toggle_play_trains_and_pauses(page, qtbot, tiny_bench):
    page.toggle_play()
    assert tiny_bench.state is RunState.RUNNING
    page.toggle_play()
    qtbot.waitUntil(lambda: tiny_bench.state is not RunState.RUNNING, timeout=20_000)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_everything_is_redrawn_in_the_theme(page, theme, qtbot, tiny_bench, mode):
    train(qtbot, tiny_bench)
    tiny_bench.set_focus(Focus(1))
    theme.set_mode(mode)
    image = page.grab().toImage()
    for panel in panels(page):
        inside = place(page, panel)
        found = image.pixelColor(inside.right() - 4, inside.top() + 4 if panel is not page else 0)
        assert found.name() == theme.color("panel").name(), panel.objectName()


def test_every_control_can_be_named_and_reached(page):
    """Whatever takes the keyboard has an accessible name and an object name."""
    for widget in page.findChildren(QWidget):
        takes_keys = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None
        if widget.isVisible() and takes_keys:
            assert widget.objectName(), widget
            assert widget.accessibleName(), widget.objectName()


def test_leaving_a_cells_images_frees_the_cell(page, tiny_bench, qtbot):
    matrix, mistakes = page.confusion_panel.matrix, page.mistakes_panel
    qtbot.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=matrix.cell_rect((4, 4)).center().toPoint())
    assert mistakes.choice.currentText() == "4 → 4"
    mistakes.choice.setFocus()
    qtbot.keyClick(mistakes.choice, Qt.Key.Key_Up)
    assert mistakes.choice.value == "uncertain"
    assert matrix.chosen_cell is None
    qtbot.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=matrix.cell_rect((4, 4)).center().toPoint())
    assert mistakes.choice.currentText() == "4 → 4"
