"""The Descent page as a person uses it: mouse, keyboard, settings, and a slice of the network's loss."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QLineEdit,
    QWidget,
)

from cnncore import SGD, cross_entropy
from cnncore.descent import FAR
from cnncore.loss_slice import SIZE
from cnncore.surfaces import RAVINE_SURFACE, SURFACES
from explorer.workspaces.descent import DescentWorkspace
from explorer.workspaces.descent.lab import NAMES
from explorer.workspaces.descent.loss_panel import loss_extent

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
KEY = Qt.Key


@pytest.fixture
def holder(qtbot):
    """Return what stands for the window: its layout would not let the page be smaller than it likes."""
    holder = QWidget()
    qtbot.addWidget(holder)
    holder.resize(1108, 828)
    return holder


@pytest.fixture
def page(qtbot, theme, tiny_bench, holder):
    page = DescentWorkspace(tiny_bench, theme, holder)
    page.resize(1108, 828)
    page.populate()
    holder.show()
    page.setFocus()
    return page


def pixel(page, x, y):
    view = page.canvas.view
    return QPoint(round(view.px(x)), round(view.py(y)))


def cells(page, name):
    return [label.text().replace("−", "-") for label in page.numbers.cells[name]]


def slice_of(qtbot, page, kind="random"):
    page.settings.slice_section.kind.set_value(kind)
    with qtbot.waitSignal(page.slicing.made, timeout=30_000):
        qtbot.mouseClick(page.settings.slice_section.start_button, LEFT)
    return page.slicing.result


# Stepping


def test_keys_and_buttons_step_and_space_plays(qtbot, page):
    for key, index in (
        (KEY.Key_Home, 0),
        (KEY.Key_Right, 1),
        (KEY.Key_Right, 2),
        (KEY.Key_Left, 1),
        (KEY.Key_End, 59),
    ):
        qtbot.keyClick(page.canvas, key)
        assert page.transport.index == index
    qtbot.mouseClick(page.bar.back_button, LEFT)
    assert page.transport.index == 58
    page.toggle_play()
    assert page.transport.playing
    page.hide()
    assert not page.transport.playing


def test_the_table_holds_the_paths_numbers_at_the_step(qtbot, page):
    page.lab.set_surface(RAVINE_SURFACE)
    page.transport.seek(7)
    assert page.numbers.place.text() == "before step 8 of 60"
    at = np.array(RAVINE_SURFACE.start)
    walker = SGD({"p": at}, lr=RAVINE_SURFACE.learning_rate)
    for _ in range(7):
        walker.step({"p": np.array(RAVINE_SURFACE.gradient(*at))})
    gradient = np.hypot(*RAVINE_SURFACE.gradient(*at))
    numbers = [*at, RAVINE_SURFACE.value(*at), gradient, RAVINE_SURFACE.learning_rate * gradient]
    assert [float(text) for text in cells(page, "SGD")] == pytest.approx(numbers, abs=6e-4, rel=1e-3)
    qtbot.keyClick(page.canvas, KEY.Key_Right)
    assert float(cells(page, "SGD")[0]) == pytest.approx(page.lab.path("SGD").points[8, 0], abs=6e-4)


def test_switches_hide_paths_in_table_and_chart(qtbot, page):
    page.numbers.switches["Momentum"].click()
    assert page.lab.shown() == ["SGD", "RMSprop", "Adam"]
    assert cells(page, "Momentum") == [""] * 5
    assert len(page.losses.chart.curves["Momentum"].y) == 0
    page.numbers.switches["Momentum"].setFocus()
    qtbot.keyClick(page.numbers.switches["Momentum"], KEY.Key_Space)
    assert page.lab.shown() == list(NAMES)
    assert np.array_equal(page.losses.chart.curves["Momentum"].y, page.lab.path("Momentum").values)


# The start


def test_the_start_follows_the_mouse(qtbot, page):
    qtbot.mousePress(page.canvas, LEFT, pos=pixel(page, *page.lab.choices.start))
    qtbot.mouseMove(page.canvas, pixel(page, 2.0, -1.0))
    half = 1 / page.canvas.view.scale
    assert page.lab.choices.start == pytest.approx((2.0, -1.0), abs=half)
    assert page.lab.path("Adam").points[0] == pytest.approx((2.0, -1.0), abs=half)
    assert page.settings.start_boxes[0].value() == page.lab.choices.start[0]
    qtbot.mouseMove(page.canvas, QPoint(-500, 5000))
    assert page.lab.choices.start == pytest.approx(
        (page.canvas.view.bounds[0], page.canvas.view.bounds[2]), abs=1e-3
    )
    qtbot.mouseRelease(page.canvas, LEFT, pos=pixel(page, 0, 0))
    before = page.lab.choices.start
    qtbot.mouseMove(page.canvas, pixel(page, 1.0, 1.0))
    assert page.lab.choices.start == before


def test_shift_and_arrow_keys_move_the_start_and_control_makes_it_fine(qtbot, page):
    x, y = page.lab.choices.start
    qtbot.keyClick(page.canvas, KEY.Key_Right, SHIFT)
    qtbot.keyClick(page.canvas, KEY.Key_Down, SHIFT)
    assert page.lab.choices.start == pytest.approx((x + 0.1, y - 0.1))
    qtbot.keyClick(page.canvas, KEY.Key_Left, SHIFT | Qt.KeyboardModifier.ControlModifier)
    assert page.lab.choices.start == pytest.approx((x + 0.092, y - 0.1))
    assert page.transport.index == 59


def test_the_start_can_be_typed_and_pasted_with_either_minus(qtbot, page):
    box = page.settings.start_boxes[0]
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "-1,25")
    qtbot.keyClick(box, KEY.Key_Return)
    assert page.lab.choices.start[0] == -1.25
    assert box.text() == "−1.25"
    box.selectAll()
    box.lineEdit().insert("−2.5")
    qtbot.keyClick(box, KEY.Key_Return)
    assert page.lab.choices.start[0] == -2.5


def test_suggested_goes_back(qtbot, page):
    page.lab.change(start=(0.0, 0.0), rate=0.9)
    qtbot.mouseClick(page.settings.suggest_button, LEFT)
    assert (page.lab.choices.start, page.lab.choices.rate) == (SURFACES["bowl"].start, 0.1)


# Settings


def test_every_surface_can_be_chosen_and_says_what_it_teaches(qtbot, page):
    for key, surface in SURFACES.items():
        page.settings.surface_buttons[key].click()
        assert page.lab.surface is surface
        assert page.stage.title == surface.title
        assert page.lesson.text() == surface.text
        assert page.formula.text() == surface.formula
        assert page.settings.rate.box.value() == surface.learning_rate
    assert not page.settings.surface_buttons["slice"].isEnabled()
    assert [name for name, _ in page.tour_stops()] == list(SURFACES)


def test_slider_and_box_of_the_rate_say_the_same(qtbot, page):
    rate = page.settings.rate
    rate.box.setValue(0.5)
    assert page.lab.choices.rate == 0.5
    assert rate.slider.number == 0.5
    rate.slider.setFocus()
    qtbot.keyClick(rate.slider, KEY.Key_Right)
    assert page.lab.choices.rate > 0.5
    assert rate.box.value() == page.lab.choices.rate


def test_options_reach_their_optimizer_only(page):
    def ends():
        return {name: page.lab.path(name).points[-1].copy() for name in NAMES}

    settings = page.settings
    for change, names in (
        (lambda: settings.momentum.setValue(0.5), {"Momentum"}),
        (lambda: settings.nesterov.setChecked(True), {"Momentum"}),
        (lambda: settings.alpha.setValue(0.5), {"RMSprop"}),
        (lambda: settings.beta1.setValue(0.5), {"Adam"}),
        (lambda: settings.beta2.setValue(0.9), {"Adam"}),
    ):
        before = ends()
        change()
        assert {name for name, end in ends().items() if not np.array_equal(end, before[name])} == names
    settings.momentum.setValue(0.0)
    assert not settings.nesterov.isEnabled()
    assert np.array_equal(page.lab.path("Momentum").points, page.lab.path("SGD").points)


def test_more_steps_lengthen_paths_and_transport(page):
    page.settings.steps.setValue(120)
    assert page.transport.count == 120
    assert page.transport.at_end
    assert page.lab.path("SGD").steps == 120
    page.transport.seek(10)
    page.settings.steps.setValue(90)
    assert page.transport.index == 10


def test_divergence_is_said_and_the_chart_keeps_its_scale(page):
    page.lab.change(rate=2.6)
    page.transport.last()
    path = page.lab.path("SGD")
    endings = page.numbers.endings
    assert endings["SGD"].text() == f"diverged at step {path.diverged}"
    assert endings["SGD"].isVisible()
    assert cells(page, "SGD")[-1] == ""
    assert not endings["Adam"].isVisible()
    page.transport.seek(path.diverged - 3)
    assert not endings["SGD"].isVisible()
    assert float(cells(page, "SGD")[-1]) == pytest.approx(path.lengths[path.diverged - 3], rel=1e-3)
    assert np.abs(path.points).max() <= FAR * 8
    assert loss_extent({"SGD": (1.0, 1e9)}, True, 2.0)[1] < 100
    assert not page.grab().isNull()


# Under the cursor


def test_hover_tells_the_surface_and_points_of_a_path(qtbot, page, tiny_bench):
    page.lab.set_surface(RAVINE_SURFACE)
    at = pixel(page, 3.0, 2.0)
    qtbot.mouseMove(page.canvas, at)
    x, y = page.canvas.view.at(at.x(), at.y())
    rows = {name: value.replace("−", "-") for name, value in tiny_bench.hover.rows}
    assert tiny_bench.hover.title == "Ravine"
    assert float(rows["x"]) == pytest.approx(x, abs=5e-4)
    assert float(rows["loss"]) == pytest.approx(RAVINE_SURFACE.value(x, y), rel=1e-3)
    qtbot.mouseMove(page.canvas, pixel(page, *page.lab.path("Momentum").points[3]))
    assert tiny_bench.hover.title == "Momentum · after step 3"
    qtbot.mouseMove(page.canvas, QPoint(2, 2))
    assert tiny_bench.hover is None


def test_the_chart_follows_the_step_and_the_mouse(page):
    page.transport.seek(12)
    chart = page.losses.chart
    assert chart.crosshair_x == 12
    assert {(x, name) for x, _, name in chart.dots} == {(12, name) for name in NAMES}
    chart.pointed.emit(4.2)
    assert chart.crosshair_x == 4
    assert chart.tooltip.title == "after step 4"
    chart.pointed.emit(None)
    assert chart.crosshair_x == 12


# A slice of the network


def test_a_slice_is_measured_in_the_background_and_walked_on(qtbot, page, tiny_bench):
    said = []
    page.slicing.changed.connect(lambda: said.append(page.settings.slice_section.status.text()))
    result = slice_of(qtbot, page)
    assert any(f"of {SIZE[0] * SIZE[1]} points measured" in text for text in said)
    assert page.lab.surface.key == "slice"
    assert page.settings.surface_buttons["slice"].isChecked()
    chosen = np.random.default_rng(0).permutation(320)[:256]
    data = tiny_bench.train_set
    loss, _ = cross_entropy(tiny_bench.network(data.pixels(chosen)), data.labels[chosen])
    assert page.lab.surface.value(0.0, 0.0) == pytest.approx(loss, rel=1e-6)
    assert result.is_of(tiny_bench.network.parameter_vector)
    assert "Measured at step 0" in page.settings.slice_section.status.text()
    assert not page.stale_label.isVisibleTo(page)
    for typed in (900.0, 800.0):
        page.settings.start_boxes[0].setValue(typed)
        assert page.lab.choices.start[0] == page.settings.start_boxes[0].value() == 1.5
    page.lab.change(rate=10.0)
    assert any("left the slice at step" in page.numbers.endings[name].text() for name in NAMES)
    assert not page.grab().isNull()


def test_a_slice_goes_stale_when_the_network_learns(qtbot, page, tiny_bench):
    slice_of(qtbot, page, "gradient")
    with qtbot.waitSignal(page.slicing.stale_changed, timeout=20_000):
        tiny_bench.step_batch()
    assert page.stale_label.isVisibleTo(page)
    assert "has changed" in page.settings.slice_section.status.text()
    page.lab.set_surface(RAVINE_SURFACE)
    assert not page.stale_label.isVisibleTo(page)
    qtbot.waitUntil(lambda: tiny_bench.snapshot_step == 1, timeout=20_000)
    slice_of(qtbot, page, "gradient")
    assert not page.slicing.stale
    assert "step 1 of" in page.settings.slice_section.status.text()


def test_a_slice_can_be_cancelled(qtbot, page):
    section = page.settings.slice_section
    qtbot.mouseClick(section.start_button, LEFT)
    assert section.cancel_button.isEnabled()
    assert not section.start_button.isEnabled()
    qtbot.mouseClick(section.cancel_button, LEFT)
    assert not page.slicing.running
    assert section.start_button.isEnabled()
    assert page.slicing.result is None
    slice_of(qtbot, page)
    assert page.slicing.result is not None


def test_closing_does_not_wait_for_a_slice(qtbot, page, tiny_bench):
    page.settings.slice_section.start()
    qtbot.waitUntil(lambda: page.slicing.progress.done > 0, timeout=20_000)
    assert tiny_bench.close()
    assert page.slicing.result is None


def test_a_network_whose_loss_is_not_finite_is_said(qtbot, page, tiny_bench):
    parameters = tiny_bench.network.parameter_vector.copy()
    parameters *= np.float32(1e30)
    tiny_bench.network.set_parameter_vector(parameters)
    section = page.settings.slice_section
    section.start()
    qtbot.waitUntil(lambda: not page.slicing.running, timeout=20_000)
    assert "not finite" in section.status.text()
    assert page.lab.slice is None


# The page as a whole


def test_where_it_is_narrow_one_lower_panel_is_shown_and_the_keyboard_turns_to_the_other(qtbot, page):
    page.resize(692, 628)
    assert page.numbers.isVisible()
    assert not page.losses.isVisible()
    tab = page.tabs["numbers"].button("numbers")
    tab.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(tab, KEY.Key_Right)
    assert page.losses.isVisible()
    assert not page.numbers.isVisible()
    assert len(page.losses.chart.curves["SGD"].y) == 61
    page.tabs["losses"].set_value("numbers")
    assert page.numbers.isVisible()
    page.resize(1108, 828)
    assert page.losses.isVisible()


def test_every_control_has_a_name_a_tip_and_the_keyboard(page):
    for kind in (QAbstractButton, QAbstractSlider, QAbstractSpinBox):
        for control in page.findChildren(kind):
            if not control.isVisibleTo(page) or control.metaObject().className() == "QScrollBar":
                continue
            assert control.objectName(), control
            assert control.accessibleName(), control.objectName()
            assert control.toolTip(), control.objectName()
            in_a_choice = control.property("role") == "segment"
            assert in_a_choice or control.focusPolicy() & Qt.FocusPolicy.TabFocus, control.objectName()
    names = [control.objectName() for control in page.findChildren(QAbstractButton) if control.objectName()]
    assert len(names) == len(set(names))
    assert all(
        field.accessibleName() or isinstance(field.parent(), QAbstractSpinBox)
        for field in page.findChildren(QLineEdit)
    )


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_it_is_drawn_in_both_themes(page, theme, mode):
    theme.set_mode(mode)
    image = page.canvas.grab().toImage()
    view = page.canvas.view
    middle = image.pixelColor(round(view.px(0.9)), round(view.py(-1.9)))
    high = image.pixelColor(round(view.px(view.bounds[1])) - 3, round(view.py(view.bounds[3])) + 3)
    assert middle != high
    paper = theme.color("panel").lightness()
    assert (paper > 128) == (mode == "light")
