"""The confusion matrix."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QApplication

from explorer.workspaces.train.confusion_matrix import cell_colors, mistake_strength
from explorer.workspaces.train.confusion_panel import ConfusionPanel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot, theme, tiny_bench):
    panel = ConfusionPanel(tiny_bench, theme)
    qtbot.addWidget(panel)
    panel.resize(290, 252)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def move_to(matrix, cell):
    place = matrix.cell_rect(cell).center() if cell else QPointF(1, 1)
    nothing = Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        place,
        matrix.mapToGlobal(place),
        nothing,
        nothing,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(matrix, event)


def a_mistake(bench):
    """Return a cell with mistakes."""
    wrong = bench.evaluation.confusion.copy()
    np.fill_diagonal(wrong, 0)
    return tuple(int(i) for i in np.unravel_index(wrong.argmax(), wrong.shape))


def test_a_single_mistake_is_seen():
    assert mistake_strength(0, 50) == 0
    assert mistake_strength(1, 50) > 0.22
    assert mistake_strength(50, 50) == 1


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_right_is_grey_and_wrong_is_coloured(theme, mode):
    theme.set_mode(mode)
    confusion = np.array([[9, 1, 0], [4, 6, 0], [0, 0, 0]])
    colors = cell_colors(confusion, theme)
    paper = QColor.fromRgb(int(theme.non_negative[0]))
    assert colors[0][0].hsvSaturationF() < 0.2
    assert colors[1][0] == QColor.fromRgb(int(theme.non_negative[255]))
    assert colors[0][1] not in (paper, colors[1][0])
    assert colors[0][2] == colors[2][2] == paper


def test_it_shows_the_latest_evaluation(panel, tiny_bench, qtbot):
    right = int(np.trace(tiny_bench.evaluation.confusion))
    assert panel.count.text() == f"{right} of 1,000"
    with qtbot.waitSignal(tiny_bench.evaluation_changed, timeout=20_000):
        tiny_bench.step_epoch()
    assert panel.count.text() == f"{np.trace(tiny_bench.evaluation.confusion)} of 1,000"


def test_hovering_tells_the_counts(panel, tiny_bench):
    move_to(panel.matrix, (8, 5))
    hover = tiny_bench.hover
    count = tiny_bench.evaluation.confusion[8, 5]
    assert hover.rows == (("true label", "8"), ("predicted", "5"), ("images", f"{count} of 100"))
    assert hover.where == "Confusion matrix, a 8 read as 5"
    move_to(panel.matrix, None)
    assert tiny_bench.hover is None


def test_a_click_chooses_a_mistake_and_a_second_click_all(panel, tiny_bench, qtbot):
    cell = a_mistake(tiny_bench)
    place = panel.matrix.cell_rect(cell).center().toPoint()
    with qtbot.waitSignal(panel.matrix.chosen) as chosen:
        qtbot.mouseClick(panel.matrix, LEFT, pos=place)
    assert chosen.args == [cell]
    with qtbot.waitSignal(panel.matrix.chosen) as chosen:
        qtbot.mouseClick(panel.matrix, LEFT, pos=place)
    assert chosen.args == [None]


def test_the_diagonal_can_be_chosen_and_the_ground_chooses_nothing(panel, tiny_bench, qtbot):
    with qtbot.waitSignal(panel.matrix.chosen) as chosen:
        qtbot.mouseClick(panel.matrix, LEFT, pos=panel.matrix.cell_rect((3, 3)).center().toPoint())
    assert chosen.args == [(3, 3)]
    panel.matrix.choose(None)
    with qtbot.assertNotEmitted(panel.matrix.chosen):
        qtbot.mouseClick(panel.matrix, LEFT, pos=QPoint(1, 1))


def test_the_keyboard_walks_over_the_cells(panel, tiny_bench, qtbot):
    matrix = panel.matrix
    qtbot.keyClick(matrix, Qt.Key.Key_Right)
    qtbot.keyClick(matrix, Qt.Key.Key_Right)
    qtbot.keyClick(matrix, Qt.Key.Key_Down)
    assert tiny_bench.hover.rows[:2] == (("true label", "1"), ("predicted", "1"))
    qtbot.keyClick(matrix, Qt.Key.Key_Right)
    qtbot.keyClick(matrix, Qt.Key.Key_Return)
    assert matrix.chosen_cell == (1, 2)
    qtbot.keyClick(matrix, Qt.Key.Key_Escape)
    assert matrix.chosen_cell is None


def test_a_restart_empties_it_until_the_next_look(panel, tiny_bench, qtbot):
    with qtbot.waitSignal(tiny_bench.evaluation_changed):
        tiny_bench.reset()
    assert panel.count.text() == ""
    assert not panel.grab().isNull()
    qtbot.waitUntil(lambda: panel.count.text() != "", timeout=20_000)


@pytest.mark.parametrize("size", [(190, 200), (290, 252), (600, 500)])
def test_cells_are_square_whole_and_inside(panel, size):
    panel.resize(*size)
    panel.grab()
    last = panel.matrix.cell_rect((9, 9))
    assert last.width() == last.height() == int(last.width())
    assert panel.matrix.rect().contains(last.toRect())


def test_the_theme_recolours_it(panel, theme):
    before = panel.matrix.grab().toImage()
    theme.set_mode("dark")
    assert panel.matrix.grab().toImage() != before
