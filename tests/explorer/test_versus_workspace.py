"""The page on which two networks meet, as a person uses it."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetrics

from explorer.workspaces.versus import VersusWorkspace
from explorer.workspaces.versus.wording import where


@pytest.fixture
def page(qtbot, theme, tiny_bench):
    tiny_bench.validation_set = tiny_bench.validation_set.subset(np.arange(40), "few")
    page = VersusWorkspace(tiny_bench, theme)
    qtbot.addWidget(page)
    page.resize(1108, 828)
    page.show()
    return page


def finish(qtbot, page):
    qtbot.waitUntil(lambda: page.contest.complete, timeout=30_000)


def test_one_button_trains_both_and_shows_the_result(qtbot, page, tiny_bench):
    assert "Tiny network and dense network get the same 320 images" in page.words.text()
    page.epochs.setValue(1)
    qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
    assert not page.start_button.isEnabled()
    assert page.progress.isVisible()
    qtbot.waitUntil(lambda: "step" in page.words.text() or "shifts" in page.words.text(), timeout=20_000)
    finish(qtbot, page)
    first, second = page.contest.contenders
    assert page.words.text().startswith("Tiny network gets ")
    assert not page.progress.isVisible()
    assert page.start_button.isEnabled()
    for shift_map, contender in zip(page.maps, (first, second), strict=True):
        assert np.array_equal(shift_map.grid.cells.values, contender.shift.table * 100)
        assert shift_map.rings.text().startswith("by 0, 1, 2, 3, 4 pixels: ")
    grid = page.maps[0].grid
    spot = next(
        QPoint(x, y)
        for y in range(grid.height())
        for x in range(grid.width())
        if grid.cell_at(QPointF(x, y)) == (2, 7)
    )
    qtbot.mouseMove(grid, spot)
    assert tiny_bench.hover.where == "Tiny network, images moved 2 up, 3 right"
    assert dict(tiny_bench.hover.rows)["images"] == "40"
    qtbot.mouseMove(page.bars, QPoint(20, 5))
    assert tiny_bench.hover.title == "Validation accuracy"
    assert dict(tiny_bench.hover.rows)["Dense network"] == f"{100 * second.accuracies[-1]:.1f} %"


def test_space_starts_and_stops(qtbot, page):
    page.toggle_play()
    assert page.contest.running
    page.toggle_play()
    assert not page.contest.running
    assert page.words.text() == "Stopped before the end."


@pytest.mark.parametrize("size", [(692, 628), (1108, 828)])
def test_words_fit_their_room(qtbot, page, size):
    page.resize(*size)
    page.toggle_play()
    finish(qtbot, page)
    metrics = QFontMetrics(page.words.font())
    room = page.words.contentsRect()
    needed = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, page.words.text())
    assert needed.height() <= room.height() + 1
    for control in (page.epochs, page.start_button, page.cancel_button):
        assert control.objectName()
        assert control.accessibleName()
        assert control.toolTip()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert "Parameters: Tiny network" in page.bars.accessibleDescription()


def test_shifts_in_words():
    assert where(0, 0) == "not moved"
    assert where(-2, 3) == "moved 2 up, 3 right"
    assert where(1, 0) == "moved 1 down"
