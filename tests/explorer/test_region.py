"""A marked region: its statistics, and marking, reading and freeing it on the Train page."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from explorer.numbers import format_number
from explorer.workbench import RunState
from explorer.workbench.region import summarise
from explorer.workspaces.train import TrainWorkspace


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=60), st.integers(0, 30), st.integers(1, 40))
def test_the_figures_are_those_of_the_points_inside(values, first, length):
    x, y = np.arange(1.0, len(values) + 1), np.array(values)
    inside = (x >= first) & (x <= first + length)
    found = summarise(x, y, first, first + length)
    if not inside.any():
        assert found is None
        return
    assert found.count == inside.sum()
    assert (found.low, found.high) == (y[inside].min(), y[inside].max())
    assert found.mean == pytest.approx(y[inside].mean(), abs=1e-9)
    assert found.deviation == pytest.approx(y[inside].std(), abs=1e-9)
    slope = np.polyfit(x[inside], y[inside], 1)[0] if inside.sum() > 1 else 0.0
    assert found.slope == pytest.approx(slope, abs=1e-6)
    assert found.exact


def test_folded_steps_count_with_their_means():
    """Two rows for four steps of mean 2, then one step."""
    found = summarise(
        np.array([1.0, 4.0, 5.0]),
        np.array([0.0, 9.0, 7.0]),
        0.0,
        9.0,
        np.array([2.0, 2.0, 7.0]),
        np.array([2.0, 2.0, 1.0]),
    )
    assert (found.count, found.mean, found.low, found.high) == (5, 3.0, 0.0, 9.0)
    assert not found.exact


@pytest.fixture
def page(qtbot, theme, tiny_bench):
    page = TrainWorkspace(tiny_bench, theme)
    qtbot.addWidget(page)
    page.resize(1108, 828)
    page.show()
    qtbot.waitExposed(page)
    page.populate()
    tiny_bench.start()
    qtbot.waitUntil(lambda: tiny_bench.state is RunState.FINISHED, timeout=20_000)
    for chart in charts(page):
        chart.viewport().repaint()
    return page


def charts(page):
    return page.loss_panel.chart, page.accuracy_panel.chart


def shift_drag(chart, begin, end):
    def send(kind, x, button, buttons):
        place = QPointF(float(chart.scale.px(x)), chart.scale.top + 40)
        where, shift = chart.viewport().mapToGlobal(place), Qt.KeyboardModifier.ShiftModifier
        QApplication.sendEvent(chart.viewport(), QMouseEvent(kind, place, where, button, buttons, shift))

    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    send(QEvent.Type.MouseMove, begin, none, none)
    send(QEvent.Type.MouseButtonPress, begin, left, left)
    for share in (0.4, 0.8, 1.0):
        send(QEvent.Type.MouseMove, begin + share * (end - begin), none, left)
    send(QEvent.Type.MouseButtonRelease, end, left, none)


def test_a_drag_with_shift_marks_and_reads_a_region(page, tiny_bench):
    loss, accuracy = charts(page)
    before = loss.x_range
    shift_drag(loss, 15.0, 5.0)
    assert loss.x_range == before, "marking does not pan"
    assert loss.region == (5, 15), "whole steps"
    assert accuracy.region == loss.region
    assert accuracy.region_table is None, "one table, where the region was marked"
    rows = {row.label: row.values for row in loss.region_table.rows}
    losses = tiny_bench.history.losses[4:15]
    assert rows["this batch"][0] == format_number(losses.mean())
    assert rows["this batch"][1:4] == tuple(map(format_number, (losses.min(), losses.max(), losses.std())))
    assert next(iter(rows)) == "train, smoothed"
    assert loss.region_table.title == "steps 5 to 15"
    assert "this batch: mean" in loss.accessibleDescription()
    grabbed = loss.viewport().grab().toImage()
    page.link.mark(None)
    assert loss.viewport().grab().toImage() != grabbed


def test_keys_mark_and_esc_frees(page, qtbot):
    loss, _ = charts(page)
    shift = Qt.KeyboardModifier.ShiftModifier
    for _ in range(8):
        qtbot.keyClick(loss, Qt.Key.Key_Right, shift)
    low, high = page.link.region
    assert (low, high) == (10, 14), "from the middle, a fortieth of the view with each key"
    for _ in range(4):
        qtbot.keyClick(loss, Qt.Key.Key_Left, shift)
    assert page.link.region == (10, 12)
    qtbot.keyClick(loss, Qt.Key.Key_Escape)
    assert page.link.region is None
    assert loss.region is None
    assert "Shift" in loss.accessibleDescription()


def test_a_region_in_steps_is_none_in_seconds(page):
    page.link.mark((5, 10), page.loss_panel)
    page.loss_panel.axis_choice.set_value("time")
    assert charts(page)[0].region is None


def test_the_region_follows_the_chosen_curves(page):
    page.accuracy_panel.choice.set_value("rate")
    page.link.mark((5, 10), page.accuracy_panel)
    table = charts(page)[1].region_table
    assert [row.label for row in table.rows] == ["learning rate"]
    assert table.headings == ("mean", "min", "max", "std", "slope/100 steps")
    assert page.loss_panel.chart.region_table is None
