"""Other runs over the present one: curves, labels, tooltip."""

import numpy as np
import pytest

from cnncore import StepDone
from explorer.numbers import format_number
from explorer.workbench import History, OverlayRun
from explorer.workbench.history import EpochSummary
from explorer.workspaces.train.accuracy_panel import AccuracyPanel
from explorer.workspaces.train.chart_link import ChartLink
from explorer.workspaces.train.loss_panel import LossPanel


def record(steps, batches=10, seed=0, seconds=0.01):
    history, rng = History(), np.random.default_rng(seed)
    for step in range(1, steps + 1):
        epoch, batch = divmod(step - 1, batches)
        loss = float(rng.random())
        history.append(StepDone(step, epoch + 1, batch + 1, batches, loss, 0.5, 1e-3, 32, seconds))
        if batch + 1 == batches:
            history.epochs.append(EpochSummary(epoch + 1, step, loss, 0.5, loss, 0.5 + step / 1000))
    return history


RUNS = (
    OverlayRun("a", "adam 3e-4", "run_a", record(40)),
    OverlayRun("b", "sgd 0.05", "run_b", record(15, batches=5, seed=1)),
)


@pytest.fixture
def page(qtbot, theme, tiny_bench):
    link = ChartLink(tiny_bench)
    panels = [kind(tiny_bench, theme, link) for kind in (LossPanel, AccuracyPanel)]
    for panel in panels:
        qtbot.addWidget(panel)
        panel.resize(800, 300)
        panel.show()
        qtbot.waitExposed(panel)
        panel.populate()
    tiny_bench.set_overlays(RUNS)
    return panels


def point(panel, x):
    panel.chart.viewport().repaint()
    panel.chart.pointed.emit(x)


def test_runs_are_told_of_once(qtbot, tiny_bench):
    with qtbot.waitSignal(tiny_bench.overlays_changed):
        tiny_bench.set_overlays(RUNS)
    with qtbot.assertNotEmitted(tiny_bench.overlays_changed):
        tiny_bench.set_overlays(RUNS)


def test_each_run_has_a_curve_in_its_colour_beneath_the_present_one(page):
    loss, accuracy = (panel.chart for panel in page)
    for run in RUNS:
        curve = loss.curves[f"run:{run.key}"]
        assert (curve.token, curve.label) == (run.colour, run.name)
        np.testing.assert_array_equal(curve.x, run.history.steps)
        np.testing.assert_array_equal(curve.y, run.history.smoothed(0.92))
        validation = [epoch.validation_accuracy for epoch in run.history.epochs]
        assert accuracy.curves[f"run:{run.key}"].y.tolist() == validation
    assert list(loss.curves) == ["batch", "run:a", "run:b", "smoothed", "validation"]
    assert list(accuracy.curves) == ["train", "run:a", "run:b", "line", "validation"]


def test_labels_at_the_end_name_the_runs_and_get_their_room(page, tiny_bench):
    chart = page[0].chart
    assert [(label.name, label.token) for label in chart.end_labels] == [(r.name, r.colour) for r in RUNS]
    chart.viewport().repaint()
    narrow = chart.scale.width
    tiny_bench.set_overlays(())
    chart.viewport().repaint()
    assert chart.scale.width > narrow
    assert list(chart.curves) == ["batch", "smoothed", "validation"]


def test_the_tooltip_lists_every_run_that_reaches_the_step(page):
    loss, accuracy = page
    point(loss, 12.2)
    a, b = (format_number(run.history.smoothed(0.92)[11]) for run in RUNS)
    assert loss.chart.tooltip.title == "step 12"
    assert loss.chart.tooltip.lines() == (("adam 3e-4", a), ("sgd 0.05", b))
    assert [row.token for row in loss.chart.tooltip.rows] == ["run_a", "run_b"]
    assert loss.chart.crosshair_x == accuracy.chart.crosshair_x == 12
    point(loss, 30)
    assert [name for name, _ in loss.chart.tooltip.lines()] == ["adam 3e-4"]
    point(accuracy, 11)
    assert accuracy.chart.tooltip.lines() == (("adam 3e-4", "51.0 %"), ("sgd 0.05", "51.0 %"))


def test_runs_are_compared_at_the_same_epoch_or_second(page):
    loss = page[0]
    loss.axis_choice.set_value("epoch")
    point(loss, 1.0)
    texts = dict(loss.chart.tooltip.lines())
    assert texts["adam 3e-4"] == format_number(RUNS[0].history.smoothed(0.92)[9])
    assert texts["sgd 0.05"] == format_number(RUNS[1].history.smoothed(0.92)[4])
    loss.axis_choice.set_value("time")
    assert loss.chart.crosshair_x is None, "a place in epochs is none in seconds"
    point(loss, 0.115)
    assert dict(loss.chart.tooltip.lines())["sgd 0.05"] == format_number(RUNS[1].history.smoothed(0.92)[11])


def test_the_axis_holds_the_longest_run(page, tiny_bench):
    chart = page[0].chart
    assert chart.x_range[1] >= 40
    tiny_bench.set_overlays((OverlayRun("long", "long", "run_a", record(500)),))
    assert chart.x_range[1] >= 500
