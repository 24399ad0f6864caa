"""Accuracy, learning rate or time of a step: one chart, on the loss' axis."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from explorer.numbers import format_rate
from explorer.workbench import RunState
from explorer.workspaces.train import TrainWorkspace
from explorer.workspaces.train.pace_view import milliseconds


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
    return page


def read(page, step):
    chart = page.accuracy_panel.chart
    chart.viewport().repaint()
    chart.pointed.emit(page.link.run.axis.position_of(step))
    return dict(chart.tooltip.lines())


def test_the_learning_rates_are_those_of_the_steps(page, tiny_bench):
    page.accuracy_panel.choice.set_value("rate")
    chart, history = page.accuracy_panel.chart, tiny_bench.history
    assert list(chart.curves) == ["rate"]
    np.testing.assert_array_equal(chart.curves["rate"].y, history.learning_rates)
    assert read(page, 7) == {"learning rate": format_rate(float(f"{history.learning_rates[6]:.3g}"))}
    assert tiny_bench.hover.title == "learning rate · step 7"
    low, high = chart.scale.y_range
    assert low == 0.0
    assert high > history.learning_rates.max()


def test_the_times_are_those_of_the_steps(page, tiny_bench):
    page.accuracy_panel.choice.set_value("pace")
    chart, history = page.accuracy_panel.chart, tiny_bench.history
    np.testing.assert_array_equal(chart.curves["batch"].y, history.seconds)
    np.testing.assert_allclose(chart.curves["smoothed"].y, history.smoothed(0.92, "seconds"), rtol=1e-9)
    assert read(page, 7)["this step"] == milliseconds(history.seconds[6])
    assert page.accuracy_panel.accessibleName() == "Step time"
    assert chart.accessibleName() == "Step time chart"


def test_zoom_and_crosshair_stay_shared(page, qtbot):
    loss, other = page.loss_panel.chart, page.accuracy_panel.chart
    loss.set_x_range(4, 18)
    loss.range_changed.emit()
    for key in ("rate", "pace", "accuracy"):
        page.accuracy_panel.choice.set_value(key)
        assert other.x_range == (4, 18)
        loss.viewport().repaint()
        loss.pointed.emit(9.0)
        assert other.crosshair_x == 9
    qtbot.keyClick(other, Qt.Key.Key_Home)
    assert loss.fitted


def test_an_empty_run_can_be_drawn_in_each_view(page, tiny_bench):
    tiny_bench.reset()
    tiny_bench.set_overlays(())
    for key in ("rate", "pace", "accuracy"):
        page.accuracy_panel.choice.set_value(key)
        assert page.accuracy_panel.chart.is_empty
        assert not page.accuracy_panel.grab().isNull()


def test_times_have_three_figures():
    assert [milliseconds(s) for s in (0.008424, 0.0127, 0.127, 1.349)] == [
        "8.42 ms",
        "12.7 ms",
        "127 ms",
        "1.35 s",
    ]


def test_the_legend_shortens_where_there_is_little_room(page):
    legend = page.accuracy_panel._legend
    full = legend.sizeHint().width()
    assert legend.minimumSizeHint().width() < full
    assert "validation, 1,000 images" in legend.accessibleName()
    legend.setFixedWidth(legend.minimumSizeHint().width())
    assert legend._texts() == ["validation", "train"]
