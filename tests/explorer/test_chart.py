"""The chart: what is drawn, thinned and pointed at, and how it is moved."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from explorer.widgets.chart import Chart
from explorer.widgets.chart_axes import (
    ChartAxes,
    Scale,
    linear_ticks,
    log_ticks,
    multiples,
    nice_step,
    tick_text,
    tick_texts,
)
from explorer.widgets.chart_curves import Curve, envelope
from explorer.widgets.chart_frame import EndLabel, spread
from explorer.widgets.crosshair import Tooltip, TooltipRow, tooltip_left

NO_BUTTON = Qt.MouseButton.NoButton
LEFT = Qt.MouseButton.LeftButton
RIGHT = Qt.MouseButton.RightButton


# Axes


@pytest.mark.parametrize(
    ("span", "count", "step"), [(100, 10, 10), (101, 10, 20), (0.7, 4, 0.2), (130, 6, 25), (0, 5, 1)]
)
def test_steps_are_round(span, count, step):
    assert nice_step(span, count) == pytest.approx(step)


def test_linear_ticks_lie_within_the_range():
    assert linear_ticks(0.03, 1.0, 5) == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert linear_ticks(0, 3, 20, whole=True) == [0, 1, 2, 3]


def test_log_ticks_are_one_two_five_and_thin_out():
    assert log_ticks(0.04, 3.5, 9) == [0.05, 0.1, 0.2, 0.5, 1.0, 2.0]
    assert log_ticks(0.04, 3.5, 5) == [0.1, 0.3, 1.0, 3.0]
    assert log_ticks(1e-6, 1.0, 4) == [1e-6, 1e-4, 1e-2, 1.0]


def test_a_short_log_axis_has_linear_ticks():
    assert log_ticks(0.101, 0.149, 5) == pytest.approx([0.11, 0.12, 0.13, 0.14])


@given(st.floats(1e-9, 1e3), st.floats(1.01, 1e9), st.integers(2, 12))
def test_log_ticks_are_always_within_the_range(low, factor, count):
    ticks = log_ticks(low, low * factor, count)
    assert all(low * (1 - 1e-6) <= t <= low * factor * (1 + 1e-6) for t in ticks)
    assert ticks == sorted(ticks)
    assert len(ticks) <= count + 1


def test_multiples_of_an_epoch_thin_out():
    assert multiples(0, 640, 125, 8) == [0, 125, 250, 375, 500, 625]
    assert multiples(0, 2600, 125, 6) == [0, 625, 1250, 1875, 2500]


def test_ticks_have_the_decimals_they_need():
    assert [tick_text(t) for t in (0.05, 0.2, 1, 1250, -3)] == ["0.05", "0.2", "1", "1,250", "−3"]
    assert tick_texts([0, 0.05, 0.1]) == ["0", "0.05", "0.10"]


def test_the_scale_goes_both_ways():
    scale = Scale(40, 10, 200, 100, (0, 50), (0.1, 10), log_y=True)
    assert scale.px(25) == 140
    assert scale.x(140) == 25
    assert scale.py(1.0) == pytest.approx(60)
    assert scale.py(0.0) > 600, "zero has no logarithm, and lies far below"


# Thinning


@given(st.integers(1, 4000), st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_no_spike_is_lost(n, columns, seed):
    """Each pixel column keeps its lowest and its highest value."""
    y = np.random.default_rng(seed).normal(size=n)
    x = np.arange(1.0, n + 1)
    edges = np.linspace(0.5, n + 0.5, columns + 1)
    xs, ys = envelope(x, y, edges)
    assert len(xs) <= max(2 * columns, n if n <= 2 * columns else 0) + 2
    if n <= 2 * columns:
        np.testing.assert_array_equal(ys, y)
        return
    column_of = np.searchsorted(edges, x, side="right") - 1
    column_of_thinned = np.searchsorted(edges, xs, side="right") - 1
    for column in range(columns):
        inside, kept = y[column_of == column], ys[column_of_thinned == column]
        if len(inside):
            assert (kept.min(), kept.max()) == (inside.min(), inside.max())


def test_the_line_goes_on_beyond_the_view():
    x = np.arange(1000.0)
    for low, high in ((300.0, 310.0), (300.0, 900.0)):
        xs, ys = envelope(x, x, np.linspace(low, high, 41))
        assert xs[0] == ys[0] == low - 1
        assert xs[-1] == ys[-1] == high


def test_an_empty_curve_stays_empty():
    xs, _ = envelope(np.empty(0), np.empty(0), np.linspace(0, 1, 11))
    assert len(xs) == 0


def test_labels_are_moved_apart():
    assert spread([50, 52, 10], 15, 0, 100) == [50, 65, 10]
    assert spread([98, 99], 15, 0, 100) == [85, 100]


def test_the_tooltip_turns_away_from_the_edge():
    assert tooltip_left(100, 80, 4, 300) == 114
    assert tooltip_left(250, 80, 4, 300) == 156


# The widget


def make_axes():
    return ChartAxes(
        x_ticks=lambda low, high, count: (ticks := linear_ticks(low, high, count), tick_texts(ticks)),
        y_ticks=lambda low, high, count: (ticks := linear_ticks(low, high, count), tick_texts(ticks)),
        y_extent=lambda spans: (0.0, max((high for _, high in spans.values()), default=1.0)),
    )


@pytest.fixture
def chart(qtbot, theme):
    chart = Chart(theme, make_axes())
    qtbot.addWidget(chart)
    chart.add_curve("line", Curve("line"))
    chart.resize(500, 220)
    chart.set_extent(0, 100, 5)
    chart.set_data("line", np.arange(101.0), np.linspace(0, 2, 101))
    chart.show()
    qtbot.waitExposed(chart)
    chart.viewport().repaint()
    return chart


def place(chart, x, y=0.5):
    """Return the pixel of data x, at a share of the height."""
    return QPointF(float(chart.scale.px(x)), chart.scale.top + y * chart.scale.height)


def send(chart, kind, position, button=NO_BUTTON, buttons=NO_BUTTON):
    everywhere = chart.viewport().mapToGlobal(position)
    event = QMouseEvent(kind, position, everywhere, button, buttons, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(chart.viewport(), event)


def wheel(chart, position, delta):
    event = QWheelEvent(
        position,
        chart.viewport().mapToGlobal(position),
        QPoint(),
        QPoint(0, delta),
        NO_BUTTON,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(chart.viewport(), event)


def drag(chart, start, end, button=LEFT):
    send(chart, QEvent.Type.MouseMove, start)
    send(chart, QEvent.Type.MouseButtonPress, start, button, button)
    for share in (0.3, 0.6, 1.0):
        send(chart, QEvent.Type.MouseMove, start + (end - start) * share, NO_BUTTON, button)
    send(chart, QEvent.Type.MouseButtonRelease, end, button, NO_BUTTON)


def color_at(chart, point):
    return QColor(chart.viewport().grab().toImage().pixel(point.toPoint()))


def alike(first, second):
    """Tell whether two colours are the same but for smoothed edges."""
    pairs = zip(first.getRgb()[:3], second.getRgb()[:3], strict=True)
    return all(abs(a - b) < 60 for a, b in pairs)


def test_the_data_is_kept_exactly(chart):
    y = np.random.default_rng(0).normal(size=5000)
    x = np.arange(5000.0)
    chart.set_data("line", x, y)
    assert chart.curves["line"].x is x
    assert chart.curves["line"].y is y


def test_x_and_y_must_fit(chart):
    with pytest.raises(ValueError, match="got 3 and 2"):
        chart.set_data("line", np.zeros(3), np.zeros(2))
    assert len(chart.curves["line"].x) == 101


def test_the_wheel_zooms_around_the_mouse(chart, qtbot):
    with qtbot.waitSignal(chart.range_changed):
        wheel(chart, place(chart, 50), 240)
    low, high = chart.x_range
    assert 0 < low < 50 < high < 100
    assert not chart.fitted
    assert low + high == pytest.approx(100, abs=1)


def test_zooming_ends_at_the_smallest_span(chart):
    for _ in range(60):
        wheel(chart, place(chart, 50), 480)
    low, high = chart.x_range
    assert high - low == pytest.approx(5)


def test_a_drag_pans_and_a_right_drag_does_nothing(chart):
    chart.set_x_range(20, 60)
    chart.viewport().repaint()
    drag(chart, place(chart, 40), place(chart, 40), RIGHT)
    assert chart.x_range == (20, 60)
    drag(chart, place(chart, 40), place(chart, 50))
    assert chart.x_range == pytest.approx((10, 50), abs=0.5)


def test_two_clicks_show_everything(chart):
    chart.set_x_range(20, 60)
    middle = place(chart, 40)
    send(chart, QEvent.Type.MouseButtonPress, middle, LEFT, LEFT)
    send(chart, QEvent.Type.MouseButtonRelease, middle, LEFT)
    send(chart, QEvent.Type.MouseButtonDblClick, middle, LEFT, LEFT)
    send(chart, QEvent.Type.MouseButtonRelease, middle, LEFT)
    assert chart.fitted
    assert chart.x_range == (0, 100)


def test_a_fitted_chart_follows_its_extent_and_a_zoomed_one_stays(chart):
    chart.set_extent(0, 200, 5)
    assert chart.x_range == (0, 200)
    chart.set_x_range(20, 60)
    chart.set_extent(0, 400, 5)
    assert chart.x_range == (20, 60)


def test_keys_move_zoom_and_fit(chart, qtbot):
    chart.set_x_range(20, 60)
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert chart.x_range == (24, 64)
    qtbot.keyClick(chart, Qt.Key.Key_Plus)
    assert chart.x_range == (29, 59)
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    assert chart.x_range == (0, 100)


def test_pointing_tells_x_and_leaving_tells_so(chart, qtbot):
    with qtbot.waitSignal(chart.pointed) as pointed:
        send(chart, QEvent.Type.MouseMove, place(chart, 30))
    assert pointed.args[0] == pytest.approx(30)
    with qtbot.waitSignal(chart.pointed) as pointed:
        send(chart, QEvent.Type.MouseMove, QPointF(5, 5))
    assert pointed.args == [None]


def test_it_has_no_menu_of_the_library(chart):
    send(chart, QEvent.Type.MouseButtonPress, place(chart, 30), RIGHT, RIGHT)
    send(chart, QEvent.Type.MouseButtonRelease, place(chart, 30), RIGHT)
    assert QApplication.activePopupWidget() is None


def test_the_curve_is_drawn_in_the_accent(chart, theme):
    assert alike(color_at(chart, place(chart, 50, 0.5)), theme.color("accent"))
    theme.set_mode("dark")
    assert alike(color_at(chart, place(chart, 50, 0.5)), theme.color("accent"))
    assert color_at(chart, QPointF(3, 3)) == theme.color("panel")


def test_a_log_axis_bends_the_line(chart, theme):
    chart.axes.log_y = True
    chart.axes.y_extent = lambda spans: (0.02, 2.0)
    chart.redraw()
    middle = place(chart, 10, 0.5)
    assert alike(color_at(chart, middle), theme.color("accent")), "0.2 is half way from 0.02 to 2"


def test_an_empty_chart_says_what_to_do(chart):
    chart.set_data("line", np.empty(0), np.empty(0))
    assert chart.is_empty
    blank = chart.viewport().grab().toImage()
    chart.empty_text = "Press Train or Space to start"
    chart.redraw()
    assert chart.viewport().grab().toImage() != blank


def test_crosshair_dot_and_tooltip_are_drawn(chart, theme):
    rows = (TooltipRow("this batch", "0.5", "accent"), TooltipRow("learning rate", "0.001"))
    tooltip = Tooltip("step 50", rows)
    assert tooltip.lines() == (("this batch", "0.5"), ("learning rate", "0.001"))
    chart.end_labels = [EndLabel("2.000", 2.0)]
    chart.set_crosshair(50.0, [(50.0, 1.0, "line")], tooltip)
    inside_tooltip = place(chart, 50) + QPointF(20, 0)
    assert color_at(chart, QPointF(inside_tooltip.x(), chart.scale.top + 20)) == theme.color("tooltip")
    chart.set_crosshair(None)
    assert chart.tooltip is None
    assert color_at(chart, QPointF(inside_tooltip.x(), chart.scale.top + 20)) != theme.color("tooltip")


def test_a_hidden_chart_draws_nothing(chart):
    chart.hide()
    chart.set_data("line", np.arange(3.0), np.arange(3.0))
    assert chart._picture is None


@pytest.mark.parametrize("count", [0, 1, 2, 30, 100_000])
def test_any_number_of_points_and_marks_is_drawn(chart, count):
    chart.add_curve("marks", Curve("marks", width=0, marks=True))
    x = np.linspace(0, 100, count)
    chart.set_data("marks", x, np.ones(count))
    chart.set_data("line", x, np.sin(x) + 1)
    assert not chart.viewport().grab().isNull()


def test_values_far_outside_do_no_harm(chart):
    chart.axes.y_extent = lambda spans: (0.0, 1e-6)
    chart.set_data("line", np.arange(100.0), np.full(100, 1e30))
    assert not chart.viewport().grab().isNull()


def test_panning_stops_at_the_ends(chart):
    chart.set_x_range(5, 45)
    chart.viewport().repaint()
    drag(chart, place(chart, 20), place(chart, 44))
    assert chart.x_range == pytest.approx((0, 40), abs=0.5)
