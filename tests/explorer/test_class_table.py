"""Precision, recall and F1 of each class as a table."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics

from explorer.workspaces.train.class_table import COLUMNS
from explorer.workspaces.train.confusion_panel import ConfusionPanel

NAMES = tuple("0123456789")


@pytest.fixture
def panel(qtbot, theme, tiny_bench):
    panel = ConfusionPanel(tiny_bench, theme)
    qtbot.addWidget(panel)
    panel.resize(290, 252)
    panel.show()
    qtbot.waitActive(panel)
    panel.choice.set_value("classes")
    return panel


def texts(table, column):
    model = table.model()
    return [model.index(row, column).data() for row in range(model.rowCount())]


def test_the_choice_shows_it_by_keyboard(panel, qtbot):
    panel.choice.set_value("matrix")
    panel.choice.setFocus()
    assert panel.matrix.isVisible()
    qtbot.keyClick(panel.choice, Qt.Key.Key_Down)
    assert panel.classes.isVisible()
    assert not panel.matrix.isVisible()
    assert panel.count.text().startswith("mean F1 ")


def test_the_scores_are_those_of_the_matrix(panel, tiny_bench):
    confusion = tiny_bench.evaluation.confusion
    for digit in range(10):
        right, taken, own = confusion[digit, digit], confusion[:, digit].sum(), confusion[digit].sum()
        expected = [f"{100 * right / n:.1f} %" if n else "–" for n in (taken, own, (taken + own) / 2)]
        assert [texts(panel.classes, column)[digit] for column in (1, 2, 3)] == expected
    assert texts(panel.classes, 4) == ["100"] * 10


def test_what_cannot_be_divided_is_a_dash(panel, theme):
    confusion = np.zeros((10, 10), np.int64)
    confusion[0, 0], confusion[1, 0] = 6, 2
    model = panel.classes.scores
    model.set_data(confusion, NAMES)
    assert [texts(panel.classes, column)[:3] for column in (1, 2, 3)] == [
        ["75.0 %", "–", "–"],
        ["100.0 %", "0.0 %", "–"],
        ["85.7 %", "0.0 %", "–"],
    ]
    lowest = model.index(1, 2)
    assert lowest.data(Qt.ItemDataRole.ForegroundRole) == theme.color("warn")
    assert lowest.data(Qt.ItemDataRole.ToolTipRole) == "Class 1, Recall: 0.0 %, the lowest of all classes"
    assert not any(model.is_lowest(row, 1) for row in range(10)), "a single value is no lowest one"


def test_before_the_first_look_there_are_dashes(panel, tiny_bench, qtbot):
    tiny_bench._run.evaluation = None
    tiny_bench.evaluation_changed.emit()
    for column in (1, 2, 3, 4):
        assert texts(panel.classes, column) == ["–"] * 10
    assert panel.count.text() == ""


def test_walking_down_tells_of_each_class(panel, tiny_bench, qtbot):
    panel.classes.setFocus(Qt.FocusReason.TabFocusReason)
    assert tiny_bench.hover.title == "class 0"
    qtbot.keyClick(panel.classes, Qt.Key.Key_Down)
    confusion = tiny_bench.evaluation.confusion
    assert tiny_bench.hover.title == "class 1"
    name, text = tiny_bench.hover.rows[1]
    assert (name, text) == ("recall", f"{confusion[1, 1]} of 100 = {confusion[1, 1]:.1f} %")
    panel.choice.setFocus()
    assert tiny_bench.hover is None


def test_the_mouse_tells_of_a_class(panel, tiny_bench, qtbot):
    table = panel.classes
    qtbot.mouseMove(table.viewport(), table.visualRect(table.model().index(6, 1)).center())
    qtbot.waitUntil(lambda: tiny_bench.hover is not None and tiny_bench.hover.title == "class 6")


@pytest.mark.parametrize("perfect", [False, True])
@pytest.mark.parametrize("size", [(190, 206), (290, 252), (600, 500)])
def test_every_word_and_row_fits(panel, theme, size, perfect):
    panel.resize(*size)
    table = panel.classes
    model = table.scores
    if perfect:
        model.set_data(np.diag([100] * 10), NAMES)
    panel.grab()
    for column in (c for c in range(len(COLUMNS)) if not table.isColumnHidden(c)):
        width = table.columnWidth(column)
        head = model.headerData(column, Qt.Orientation.Horizontal)
        assert QFontMetrics(theme.font(model.font_size)).horizontalAdvance(head) + 6 <= width
        assert table.sizeHintForColumn(column) <= width
    font = QFontMetrics(model.index(0, 0).data(Qt.ItemDataRole.FontRole))
    assert font.capHeight() + 4 <= table.rowHeight(0)
    assert table.verticalScrollBar().maximum() == 0
    assert table.horizontalHeader().length() <= table.viewport().width()
    assert table.isColumnHidden(4) == (size[0] == 190)
