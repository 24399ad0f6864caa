"""The strip under the loss and the notice on every page, through their own widgets."""

import itertools

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QSlider

from cnncore import trace
from explorer.frame.moment_notice import MomentNotice
from explorer.frame.run_bar import BAR_HEIGHT, RunBar
from explorer.workbench import RunState
from explorer.workbench.goal import Goal
from explorer.workbench.timeline import Timeline
from explorer.workspaces.inspect import InspectWorkspace
from explorer.workspaces.train import TrainWorkspace
from explorer.workspaces.train.timeline_bar import TimelineBar, memory_text

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def bench(qtbot, tiny_bench):
    tiny_bench.run_until(Goal(step=12))
    qtbot.waitUntil(
        lambda: tiny_bench.state is RunState.PAUSED and tiny_bench.timeline.steps[-1] == 12, timeout=20_000
    )
    return tiny_bench


def _shown(qtbot, widget, width, height):
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.fixture
def bar(qtbot, bench, theme):
    return _shown(qtbot, TimelineBar(bench, theme), 760, 28)


def test_the_scrubber_has_a_place_for_each_moment_and_ends_with_now(qtbot, bar, bench):
    assert bar.scrubber.maximum() == bar.scrubber.value() == 12
    assert bar.step_label.text() == "now"
    assert not bar.now_button.isEnabled()
    bar.scrubber.setFocus()
    qtbot.keyClick(bar.scrubber, Qt.Key.Key_Left)
    assert bench.shown_moment == 11
    assert bar.step_label.text() == bar.scrubber.accessibleDescription() == "step 11"
    qtbot.keyClick(bar.scrubber, Qt.Key.Key_Home)
    assert bench.shown_moment == 0
    qtbot.keyClick(bar.scrubber, Qt.Key.Key_End)
    assert bench.shown_moment is None
    bar.scrubber.setValue(5)
    qtbot.mouseClick(bar.now_button, LEFT)
    assert bench.shown_moment is None
    assert bar.scrubber.value() == 12


def test_the_film_goes_from_the_first_moment_to_now(qtbot, bar, bench):
    seen = []
    bench.moment_changed.connect(lambda: seen.append(bench.shown_moment))
    bar.speed_slider.set_number(60)
    qtbot.mouseClick(bar.play_button, LEFT)
    assert bar.play_button.accessibleName() == "Pause the film"
    with qtbot.waitSignal(bar.player.transport.finished, timeout=10_000):
        pass
    # Where the computer is slow the film leaves moments out rather than last longer.
    assert seen[0] == 0
    assert seen[-1] is None
    assert seen[:-1] == sorted(set(seen[:-1]))
    assert bar.play_button.accessibleName() == "Play the training as a film"


def test_the_film_pauses_when_another_part_goes_back_to_now(qtbot, bar, bench):
    bar.player.transport.set_speed(1)
    qtbot.mouseClick(bar.play_button, LEFT)
    assert bench.shown_moment == 0
    bench.show_moment(None)
    assert not bar.player.transport.playing
    assert bar.scrubber.value() == 12


def test_training_goes_on_under_a_past_moment_and_under_the_film(qtbot, bar, bench):
    bar.scrubber.setValue(3)
    bench.start()
    qtbot.waitUntil(lambda: bench.state is RunState.FINISHED and bar.scrubber.maximum() == 20, timeout=20_000)
    assert bench.shown_moment == 3
    assert bar.scrubber.value() == 3
    bar.player.transport.set_speed(1)
    qtbot.mouseClick(bar.play_button, LEFT)
    bench.start()
    qtbot.waitUntil(lambda: bench.timeline.steps[-1] == 40, timeout=20_000)
    assert bar.player.transport.playing
    qtbot.waitUntil(lambda: bar.scrubber.maximum() == 40, timeout=5_000)
    assert bar.player.steps.tolist() == list(range(41))


def test_a_reset_brings_back_now_and_one_moment(qtbot, bar, bench):
    bar.scrubber.setValue(4)
    bench.reset()
    assert bar.scrubber.maximum() == 0
    assert bar.step_label.text() == "now"
    for widget in (bar.scrubber, bar.play_button, bar.film_button, bar.now_button):
        assert not widget.isEnabled()


@pytest.mark.parametrize(
    ("moments", "size", "text"),
    [
        (0, 4000, "0 moments · 0.0 MB of 200"),
        (1, 4000, "1 moment · 0.0 MB of 200"),
        (30, 422_536, "30 moments · 13 MB of 200"),
        (1000, 422_536, "420 moments · 177 MB of 200"),
        (9, 150_000_000, "Too large to keep: 150 MB each"),
    ],
)
def test_the_memory_is_said(moments, size, text):
    timeline = Timeline(size)
    for step in range(moments):
        timeline.add(step, np.zeros(1))
    assert memory_text(timeline) == text


def test_nothing_is_cut_off_or_overlaps_at_any_width(qtbot, bar):
    for width in (384, 600, 620, 900):
        bar.resize(width, 28)
        bar.layout().activate()
        parts = [part for part in bar.children() if part.isWidgetType() and part.isVisible()]
        parts.sort(key=lambda part: part.x())
        for left, right in itertools.pairwise(parts):
            assert left.geometry().right() < right.x()
        assert parts[-1].geometry().right() < width
        for label in (bar.step_label, bar.memory_label):
            assert label.width() >= label.fontMetrics().horizontalAdvance(label.text())


def test_every_control_has_a_name_and_a_tip(bar):
    for control in (*bar.findChildren(QAbstractButton), *bar.findChildren(QSlider)):
        assert control.objectName()
        assert control.accessibleName()
        assert control.toolTip()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_the_charts_mark_the_moment(qtbot, bench, theme):
    page = _shown(qtbot, TrainWorkspace(bench, theme), 1108, 828)
    page.populate()
    page.timeline_bar.scrubber.setValue(4)
    assert page.loss_panel.chart.mark == page.accuracy_panel.chart.mark == (4.0, "step 4")
    page.link.set_mode("epoch")
    assert page.loss_panel.chart.mark == (0.4, "step 4")
    bench.show_moment(None)
    assert page.loss_panel.chart.mark is None


# On every page


def test_the_run_bar_says_that_a_past_moment_is_shown_and_leads_back(qtbot, bench, theme):
    bar = _shown(qtbot, RunBar(bench, theme), 1024, BAR_HEIGHT)
    notice = bar.findChild(MomentNotice)
    assert bar.progress.isVisible()
    assert not notice.isVisible()
    bench.show_moment(7)
    assert notice.isVisible()
    assert not bar.progress.isVisible()
    assert notice.label.text() == "Past moment: step 7"
    qtbot.mouseClick(notice.back_button, LEFT)
    assert bench.shown_moment == 6
    qtbot.mouseClick(notice.forward_button, LEFT)
    assert bench.shown_moment == 7
    qtbot.mouseClick(notice.now_button, LEFT)
    assert bench.shown_moment is None
    assert bar.progress.isVisible()
    bench.show_moment(0)
    assert not notice.back_button.isEnabled()
    bench.show_moment(11)
    qtbot.mouseClick(notice.forward_button, LEFT)
    assert bench.shown_moment is None


def test_kernels_maps_prediction_and_inspect_move_to_the_moment(qtbot, bar, bench, theme):
    page = _shown(qtbot, InspectWorkspace(bench, theme), 1108, 828)
    then = bench.spec.build(np.random.default_rng(0))
    then.set_state_vector(bench.timeline.state_at(2))
    expected = trace(then, bench.sample.image, bench.sample.label, backward=False)
    bar.scrubber.setValue(2)
    inspection = page.inspection
    assert inspection.step == 2
    np.testing.assert_array_equal(inspection.network.state_vector, then.state_vector)
    np.testing.assert_array_equal(inspection.trace.layers[0].output, expected.layers[0].output)
    np.testing.assert_array_equal(bench.numbers.probabilities, expected.probabilities)
    kernels = bench.network.layers[0].parameters["weight"]
    np.testing.assert_array_equal(kernels, then.layers[0].parameters["weight"])
    bar.scrubber.setValue(12)
    qtbot.waitUntil(lambda: inspection.step == 12, timeout=5_000)
