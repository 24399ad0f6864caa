"""Loss and accuracy over a real run: the curves are the history, and the crosshair reads it."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from cnncore import StepDone
from explorer.numbers import format_number, format_percent
from explorer.workbench import History, Hyperparameters, RunState
from explorer.workspaces.train.accuracy_panel import AccuracyPanel
from explorer.workspaces.train.accuracy_view import accuracy_extent
from explorer.workspaces.train.chart_link import ChartLink
from explorer.workspaces.train.history_panel import rate_ticks
from explorer.workspaces.train.loss_panel import LossPanel
from explorer.workspaces.train.loss_view import loss_extent


@pytest.fixture
def link(tiny_bench):
    return ChartLink(tiny_bench)


def shown(qtbot, panel):
    qtbot.addWidget(panel)
    panel.resize(800, 320)
    panel.show()
    qtbot.waitExposed(panel)
    panel.populate()
    panel.chart.viewport().repaint()
    return panel


@pytest.fixture
def loss(qtbot, theme, tiny_bench, link):
    return shown(qtbot, LossPanel(tiny_bench, theme, link))


@pytest.fixture
def accuracy(qtbot, theme, tiny_bench, link):
    return shown(qtbot, AccuracyPanel(tiny_bench, theme, link))


def train(qtbot, bench):
    bench.start()
    qtbot.waitUntil(lambda: bench.state is RunState.FINISHED, timeout=20_000)


def point_at(panel, step):
    panel.chart.viewport().repaint()
    panel.chart.pointed.emit(panel._link.run.axis.position_of(step))


# Ranges


def test_the_range_holds_what_is_smooth_not_each_batch():
    spans = {"smoothed": (0.1, 2.0), "validation": (0.09, 0.2), "batch": (1e-6, 40.0)}
    low, high = loss_extent(spans, log=True)
    assert 0.04 < low < 0.09
    assert 2.0 < high < 4.0
    assert loss_extent(spans, log=False) == (0.0, pytest.approx(2.3))


def test_ranges_of_nothing_and_of_a_perfect_fit_can_be_drawn():
    for log in (True, False):
        for spans in ({}, {"smoothed": (0.0, 0.0)}):
            low, high = loss_extent(spans, log)
            assert low < high
            assert low > 0 or not log


def test_the_accuracy_ends_at_100_percent_and_begins_at_a_full_tenth():
    assert accuracy_extent({}) == (0.0, 1.0)
    assert accuracy_extent({"train": (0.05, 0.9), "validation": (0.88, 0.95)}) == (0.7, 1.0)
    assert accuracy_extent({"train": (0.35, 0.9)}) == (0.3, 1.0)
    assert accuracy_extent({"validation": (1.0, 1.0)}) == (0.8, 1.0)


# Curves


def test_before_the_first_step_it_says_what_to_do(loss, accuracy):
    for panel in (loss, accuracy):
        assert panel.chart.is_empty
        assert panel.chart.empty_text == "Press Train or Space to start"
        assert panel.chart.end_labels == []


def test_the_curves_are_the_history_exactly(qtbot, loss, accuracy, tiny_bench):
    train(qtbot, tiny_bench)
    history, curves = tiny_bench.history, loss.chart.curves
    assert len(history) == 20
    np.testing.assert_array_equal(curves["batch"].x, history.steps)
    np.testing.assert_array_equal(curves["batch"].y, history.losses)
    np.testing.assert_allclose(curves["smoothed"].y, history.smoothed(0.92), rtol=1e-12)
    assert curves["validation"].x.tolist() == [10, 20]
    assert curves["validation"].y.tolist() == [e.validation_loss for e in history.epochs]
    assert loss.chart.end_labels[0].text == format_number(history.smoothed(0.92)[-1])

    curves = accuracy.chart.curves
    np.testing.assert_allclose(curves["train"].y, history.smoothed(0.92, "accuracy"), rtol=1e-12, atol=1e-15)
    assert curves["validation"].y.tolist() == [e.validation_accuracy for e in history.epochs]
    assert accuracy.chart.end_labels[0].text == format_percent(history.epochs[-1].validation_accuracy)


def test_reset_empties_the_chart_and_the_same_seed_draws_the_same_curve(qtbot, loss, tiny_bench):
    train(qtbot, tiny_bench)
    first = loss.chart.curves["batch"].y.copy()
    tiny_bench.reset()
    own = [len(loss.chart.curves[name].x) for name in ("batch", "smoothed", "validation")]
    assert own == [0, 0, 0], "what is left are other runs"
    train(qtbot, tiny_bench)
    np.testing.assert_array_equal(loss.chart.curves["batch"].y, first)


def test_a_hidden_panel_catches_up_when_it_is_shown(qtbot, loss, tiny_bench):
    loss.hide()
    train(qtbot, tiny_bench)
    assert loss.chart.is_empty
    loss.show()
    np.testing.assert_array_equal(loss.chart.curves["batch"].y, tiny_bench.history.losses)


def test_the_panel_has_no_chart_until_it_is_populated(qtbot, theme, tiny_bench, link):
    panel = LossPanel(tiny_bench, theme, link)
    qtbot.addWidget(panel)
    panel.resize(800, 320)
    panel.show()
    train(qtbot, tiny_bench)
    assert panel.chart is None
    before = panel.size()
    panel.populate()
    chart = panel.chart
    panel.populate()
    assert panel.chart is chart
    assert len(chart.curves["batch"].y) == 20
    assert panel.size() == before


# Controls


def test_the_smoothing_slider_smooths_both_charts(qtbot, loss, accuracy, tiny_bench):
    train(qtbot, tiny_bench)
    loss.smoothing_slider.setValue(50)
    history = tiny_bench.history
    np.testing.assert_array_equal(loss.chart.curves["smoothed"].y, history.smoothed(0.5))
    np.testing.assert_array_equal(accuracy.chart.curves["train"].y, history.smoothed(0.5, "accuracy"))
    loss.smoothing_slider.setValue(0)
    np.testing.assert_array_equal(loss.chart.curves["smoothed"].y, history.losses)


def test_log_y_is_switched(qtbot, loss):
    assert loss.chart.axes.log_y
    qtbot.mouseClick(loss.log_switch, Qt.MouseButton.LeftButton)
    assert not loss.chart.axes.log_y
    loss.chart.viewport().repaint()
    assert loss.chart.scale.y_range[0] == 0.0


def test_the_axis_counts_steps_epochs_or_seconds(qtbot, loss, accuracy, tiny_bench):
    train(qtbot, tiny_bench)
    history = tiny_bench.history
    qtbot.mouseClick(loss.axis_choice.button("epoch"), Qt.MouseButton.LeftButton)
    np.testing.assert_array_equal(loss.chart.curves["batch"].x, history.steps / 10)
    assert accuracy.chart.curves["validation"].x.tolist() == [1.0, 2.0]
    qtbot.mouseClick(loss.axis_choice.button("time"), Qt.MouseButton.LeftButton)
    np.testing.assert_allclose(loss.chart.curves["batch"].x, np.cumsum(history.seconds))
    assert loss.chart.x_range[1] >= history.seconds.sum()
    assert loss.chart.fitted


def test_the_fit_button_shows_the_whole_run(qtbot, loss):
    loss.chart.set_x_range(5, 15)
    qtbot.mouseClick(loss.fit_button, Qt.MouseButton.LeftButton)
    assert loss.chart.fitted
    assert loss.chart.x_range == pytest.approx((0, 20.6))


def test_a_narrow_panel_puts_its_controls_into_a_second_row(qtbot, loss):
    def in_one_row():
        return abs(loss.smoothing_slider.mapTo(loss, loss.smoothing_slider.rect().center()).y() - 20) < 12

    assert in_one_row()
    loss.resize(412, 230)
    qtbot.waitUntil(lambda: not in_one_row())
    segments = [loss.axis_choice.button(key) for key in ("step", "epoch", "time")]
    assert all(s.width() >= s.minimumWidth() for s in segments)
    last = segments[-1]
    qtbot.waitUntil(lambda: last.mapTo(loss, last.rect().topRight()).x() <= loss.width() - 14)
    loss.resize(800, 320)
    qtbot.waitUntil(in_one_row)


def test_the_switch_for_the_axis_keeps_apart_from_the_smoothing(qtbot, loss):
    def gap():
        return loss.log_switch.geometry().left() - loss._smoothing_value.geometry().right() - 1

    assert gap() == 16
    loss.resize(412, 320)
    qtbot.waitUntil(lambda: gap() == 5)
    assert loss.axis_choice.geometry().left() > loss.log_switch.geometry().right()


def test_controls_are_named_and_explained(loss):
    for control in (loss.smoothing_slider, loss.log_switch, loss.fit_button, loss.axis_choice.button("step")):
        assert control.objectName()
        assert control.accessibleName()
        assert control.toolTip()
    assert loss.chart.accessibleName() == "Loss chart"


# Crosshair


def test_the_crosshair_reads_the_history(qtbot, loss, accuracy, tiny_bench):
    train(qtbot, tiny_bench)
    point_at(loss, 13)
    history = tiny_bench.history
    assert loss.chart.tooltip.title == "step 13 · epoch 2 · batch 3"
    expected = (
        ("train, smoothed", format_number(history.smoothed(0.92)[12])),
        ("this batch", format_number(history.losses[12])),
        ("validation, epoch 1", format_number(history.epochs[0].validation_loss)),
    )
    assert loss.chart.tooltip.lines()[:3] == expected
    assert loss.chart.tooltip.lines()[3][0] == "learning rate"
    assert loss.chart.crosshair_x == 13
    assert accuracy.chart.crosshair_x == 13, "one crosshair for all charts"
    assert accuracy.chart.tooltip is None, "one tooltip, where the mouse is"
    hover = tiny_bench.hover
    assert hover.title == "loss chart · step 13"
    assert hover.rows == loss.chart.tooltip.lines()
    assert hover.where == "Loss chart, step 13 · epoch 2 · batch 3"


def test_the_accuracy_is_read_too(qtbot, loss, accuracy, tiny_bench):
    train(qtbot, tiny_bench)
    point_at(accuracy, 10)
    rows = dict(accuracy.chart.tooltip.lines())
    assert rows["this batch"] == format_percent(tiny_bench.history.accuracies[9])
    assert rows["validation, epoch 1"] == format_percent(tiny_bench.history.epochs[0].validation_accuracy)
    assert loss.chart.crosshair_x == 10


def test_leaving_takes_the_crosshair_away(qtbot, loss, accuracy, tiny_bench):
    train(qtbot, tiny_bench)
    point_at(loss, 13)
    loss.chart.pointed.emit(None)
    assert loss.chart.crosshair_x is None
    assert accuracy.chart.crosshair_x is None
    assert tiny_bench.hover is None


def test_the_crosshair_does_not_outlive_its_run(qtbot, loss, tiny_bench):
    train(qtbot, tiny_bench)
    point_at(loss, 13)
    tiny_bench.reset()
    left = loss.chart.tooltip.lines() if loss.chart.tooltip is not None else ()
    assert [name for name, _ in left] == [run.name for run in tiny_bench.overlays]
    tiny_bench.set_overlays(())
    assert loss.chart.crosshair_x is None


def test_pointing_at_an_empty_chart_says_nothing(loss, tiny_bench):
    loss.chart.pointed.emit(3.0)
    assert loss.chart.crosshair_x is None
    assert tiny_bench.hover is None


# The learning rate


def test_a_changed_learning_rate_leaves_a_tick(qtbot, loss, tiny_bench):
    tiny_bench.set_learning_rate(0.002)
    tiny_bench.step_batch()
    qtbot.waitUntil(lambda: len(tiny_bench.history) == 1, timeout=20_000)
    tiny_bench.set_learning_rate(0.003)
    tiny_bench.set_learning_rate(0.004)
    train(qtbot, tiny_bench)
    assert tiny_bench.history.rate_changes == [0, 1, 1]
    assert list(loss.chart.axes.changes) == [2.0], "one tick, and none before the first step"
    tiny_bench.set_hyperparameters(Hyperparameters(learning_rate=0.01, epochs=2))
    assert list(loss.chart.axes.changes) == []


def test_a_change_is_marked_when_the_new_rate_is_used():
    history = History()
    history.rate_changes = [0, 3, 3, 8]
    assert rate_ticks(history) == []
    for step in range(1, 9):
        history.append(StepDone(step, 1, step, 10, 1.0, 0.5, 1e-3, 32, 0.1))
    assert rate_ticks(history) == [4]
