"""The health panels of the Train page."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from cnncore import MODELS, Activity, Health, LayerHealth, StepDone
from cnncore.health import OUTPUT_BINS, WEIGHT_BINS
from explorer.numbers import format_short
from explorer.workbench import Focus, RunState
from explorer.workbench.health.record import HealthRecord
from explorer.workspaces.train.health.activity_panel import ActivityPanel
from explorer.workspaces.train.health.heat import heat_of, layers_with
from explorer.workspaces.train.health.layers_panel import LayersPanel
from explorer.workspaces.train.health.rows import POINTS, activity_rows, norm_rows, update_rows
from tests.health_cases import dense

TINY = MODELS["tiny"]()
LEFT = Qt.MouseButton.LeftButton


def step(number, norms, ratios=()):
    return StepDone(number, 1, number, 9, 1.0, 0.5, 1e-3, 32, 0.01, 3.0, tuple(norms), tuple(ratios))


def shares(bins, place):
    found = np.zeros(len(bins), np.float32)
    found[place] = 1
    return found


def measured(activity, place=0):
    weights, outputs = shares(WEIGHT_BINS, place), shares(OUTPUT_BINS, place)
    learning = LayerHealth(outputs, 0.0, 1.0, None, weights, weights)
    plain = LayerHealth(outputs, 0.0, 1.0)
    return Health(200, 0.1, 0.3, (learning, replace(plain, activity=activity), plain, learning))


def move_to(widget, x, y):
    place, nothing = QPointF(x, y), Qt.MouseButton.NoButton
    QApplication.sendEvent(
        widget,
        QMouseEvent(
            QEvent.Type.MouseMove,
            place,
            widget.mapToGlobal(place),
            nothing,
            nothing,
            Qt.KeyboardModifier.NoModifier,
        ),
    )


# Without a screen


def test_curves_hold_what_the_steps_told():
    record = HealthRecord(TINY)
    for number in range(1, 6):
        record.add_step(step(number, (number, 10.0), (0.1, 0.2) if number == 1 else ()))
    conv, fc = norm_rows(record, TINY)
    assert (conv.layer, conv.name, fc.layer, fc.name) == (0, "conv", 3, "fc")
    assert_array_equal(conv.mean, [1, 2, 3, 4, 5])
    assert (conv.latest, fc.latest) == (5, 10)
    assert [row.latest for row in update_rows(record, TINY)] == [0.1, 0.2]
    assert norm_rows(HealthRecord(TINY), TINY)[0].latest is None


def test_curves_are_logarithmic_and_take_zero_and_infinity():
    record = HealthRecord(TINY)
    for number, norm in enumerate((0.01, 0.1, 1.0, 100.0, 0.0, np.inf), start=1):
        record.add_step(step(number, (norm, 0.0)))
    conv, fc = norm_rows(record, TINY)
    low, mean, high = conv.logarithms()
    assert_allclose(mean, [0, 0.25, 0.5, 1, 0, 1])
    assert_array_equal(low, high)
    assert_array_equal(fc.logarithms()[1], np.zeros(6))


def test_long_curves_keep_the_extremes_of_what_is_drawn_as_one():
    record = HealthRecord(TINY)
    values = np.random.default_rng(3).random(500)
    for number, value in enumerate(values.tolist(), start=1):
        record.add_step(step(number, (value, 1.0)))
    row = norm_rows(record, TINY)[0]
    assert len(row.mean) == POINTS
    starts = np.arange(POINTS) * 500 // POINTS
    groups = np.split(values, starts[1:])
    assert_allclose(row.low, [group.min() for group in groups])
    assert_allclose(row.mean, [group.mean() for group in groups])
    assert_allclose(row.high, [group.max() for group in groups])
    assert row.latest == values[-1]


def test_a_curve_that_hardly_moves_lies_in_the_middle():
    record = HealthRecord(TINY)
    for number in range(1, 4):
        record.add_step(step(number, (2.0, 2.0)))
    assert_allclose(norm_rows(record, TINY)[0].logarithms()[1], 0.5)


def test_bars_say_what_was_measured():
    record = HealthRecord(TINY)
    row = activity_rows(record, TINY)[0]
    assert (row.name, row.value, row.words, row.share) == ("relu", "–", "not measured yet", None)
    record.add_measurement(7, measured(Activity(4, 0.47, 1, 0.0, 0)))
    row = activity_rows(record, TINY)[0]
    assert (row.value, row.words, row.share, row.marked) == ("47 % zeros", "1 of 4 never fire", 0.47, 0.25)
    tanh = dense("tanh", 1, 4)
    record = HealthRecord(tanh)
    flat = Activity(4, 0.0, 0, 0.6, 2)
    health = measured(flat)
    record.add_measurement(7, replace(health, layers=(*health.layers[:1], *health.layers)[:4]))
    row = activity_rows(record, tanh)[0]
    assert (row.value, row.words, row.share, row.marked) == ("60 % flat", "2 of 4 always flat", 0.6, 0.5)


def test_heat_has_time_along_x_and_large_values_at_the_top():
    record = HealthRecord(TINY)
    assert heat_of(record, 0, "weights") is None
    last = len(WEIGHT_BINS) - 1
    for number, place in ((10, 0), (20, last // 2), (30, last)):
        record.add_measurement(number, measured(None, place))
    found = heat_of(record, 0, "weights")
    assert found.steps == (10, 20, 30)
    assert_array_equal(found.shares.argmax(axis=0), [last, last // 2, 0])
    assert found.value_text(0).endswith("and more")
    assert found.value_text(last).endswith("and less")
    assert found.value_text(last // 2) == "−0.00100 to 0.00100"
    assert found.strengths().max() == 1
    assert heat_of(record, 1, "weights") is None
    assert heat_of(record, 1, "outputs").shares.shape == (len(OUTPUT_BINS), 3)
    assert layers_with(TINY, "weights") == layers_with(TINY, "gradients") == [0, 3]
    assert layers_with(TINY, "outputs") == [0, 1, 2, 3]
    ticks = found.ticks(9)
    assert (0.5, "0") in ticks
    assert 3 <= len(ticks) <= 9
    tops = {text: place for place, text in ticks}
    assert_allclose(tops["10"], 0.5 - (16 + 0.5) / len(WEIGHT_BINS))


# On screen


@pytest.fixture
def layers_panel(qtbot, theme, tiny_bench):
    return shown(qtbot, LayersPanel(tiny_bench, theme))


@pytest.fixture
def activity_panel(qtbot, theme, tiny_bench):
    return shown(qtbot, ActivityPanel(tiny_bench, theme))


def shown(qtbot, panel):
    qtbot.addWidget(panel)
    panel.resize(220, 260)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def train(qtbot, bench):
    bench.start()
    qtbot.waitUntil(lambda: bench.state is RunState.FINISHED, timeout=20_000)
    qtbot.waitUntil(lambda: bench.health.latest.step == 20, timeout=20_000)


def test_the_curves_follow_the_run_and_tell_exact_values(layers_panel, tiny_bench, qtbot):
    sparks = layers_panel.sparks
    assert "conv –" in sparks.accessibleDescription()
    move_to(sparks, 100, 10)
    assert tiny_bench.hover.rows == (("no step yet", "–"),)
    train(qtbot, tiny_bench)
    norms = [found.layer_norms for found in tiny_bench.health.recent]
    assert sparks.value_text(sparks.rows[0]) == format_short(norms[-1][0])
    area = sparks.row_rect(1)
    left, width = sparks.track(area)
    move_to(sparks, left + width * 4.5 / 20, area.center().y())
    assert tiny_bench.hover.title == "fc · gradient"
    assert tiny_bench.hover.rows == (("step 5", format_short(norms[4][1], 4)),)
    layers_panel.choice.set_value("updates")
    assert sparks.rows[0].latest == pytest.approx(tiny_bench.health.recent_updates()[-1][0])
    assert not layers_panel.grab().isNull()
    QApplication.sendEvent(sparks, QEvent(QEvent.Type.Leave))
    assert tiny_bench.hover is None


def test_rows_are_walked_with_the_keyboard_and_chosen(layers_panel, tiny_bench, qtbot):
    train(qtbot, tiny_bench)
    sparks = layers_panel.sparks
    qtbot.keyClick(sparks, Qt.Key.Key_Down)
    qtbot.keyClick(sparks, Qt.Key.Key_Down)
    assert tiny_bench.hover.where == "Gradient norm of fc"
    qtbot.keyClick(sparks, Qt.Key.Key_Return)
    assert tiny_bench.focus == Focus(3)
    qtbot.mouseClick(sparks, LEFT, pos=sparks.row_rect(0).center().toPoint())
    assert tiny_bench.focus == Focus(0)
    assert sparks.current == 0


def test_histograms_show_the_layer_that_is_looked_at(layers_panel, tiny_bench, qtbot):
    train(qtbot, tiny_bench)
    layers_panel.choice.set_value("weights")
    assert layers_panel.layer_choice.currentText() == "conv"
    tiny_bench.set_focus(Focus(3))
    assert layers_panel.layer_choice.currentText() == "fc"
    heat = layers_panel.heat
    assert_array_equal(heat.heat.shares[:, -1], tiny_bench.health.latest.health.layers[3].weights[::-1])
    layers_panel.layer_choice.set_value("0")
    assert tiny_bench.focus == Focus(0)
    cell = heat.cell_rect(4, heat.heat.shares.shape[1] - 1).center()
    move_to(heat, cell.x(), cell.y())
    assert tiny_bench.hover.title == "conv · weights"
    assert tiny_bench.hover.rows[0] == ("step", "20")
    assert tiny_bench.hover.rows[1] == ("values", heat.heat.value_text(4))
    qtbot.keyClick(heat, Qt.Key.Key_Down)
    assert tiny_bench.hover.rows[1] == ("values", heat.heat.value_text(5))
    layers_panel.choice.set_value("outputs")
    tiny_bench.set_focus(Focus(2))
    assert layers_panel.layer_choice.currentText() == "flatten"
    assert not layers_panel.grab().isNull()


def test_a_hidden_panel_does_no_work(layers_panel, tiny_bench, qtbot):
    layers_panel.hide()
    train(qtbot, tiny_bench)
    assert layers_panel.sparks.rows[0].latest is None
    layers_panel.show()
    assert layers_panel.sparks.rows[0].latest is not None


def test_bars_follow_the_run(activity_panel, tiny_bench, qtbot):
    assert activity_panel.when.text() == ""
    train(qtbot, tiny_bench)
    assert activity_panel.when.text() == "at step 20"
    activity = tiny_bench.health.latest.health.layers[1].activity
    assert activity_panel.list.rows[0].words == f"{activity.silent} of 4 never fire"
    place = activity_panel.list.bar_rect(0).center()
    move_to(activity_panel.list, place.x(), place.y())
    assert tiny_bench.hover.rows[2] == ("never fire", f"{activity.silent} of 4")
    assert "has no gradient" in activity_panel.list.toolTip()
    qtbot.mouseClick(activity_panel.list, LEFT, pos=place.toPoint())
    assert tiny_bench.focus == Focus(1)
    assert not activity_panel.grab().isNull()


@pytest.mark.parametrize(
    ("spec", "title", "message"),
    [
        (dense("tanh", 2), "Flat units", False),
        (dense("leakyrelu", 2), "Dead ReLUs", True),
    ],
)
def test_other_activations_have_their_title(activity_panel, tiny_bench, spec, title, message):
    tiny_bench.set_spec(spec)
    assert activity_panel.title == title
    assert activity_panel.message.isVisible() == message
