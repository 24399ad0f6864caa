"""The way back, driven by mouse and keyboard from the loss to the input."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox

from cnncore import MODELS, LayerSpec, ModelSpec
from explorer.workbench import RunState
from explorer.workspaces.inspect import InspectWorkspace
from explorer.workspaces.inspect.backward.column import Column
from explorer.workspaces.inspect.backward.panel import VIEWS, kind_of
from tests.backward_host import texts_that_are_cut

PAGES = ((1108, 828), (692, 628))
"""The page in a window of 1440 by 900 and of 1024 by 700."""
NORMED = ModelSpec(
    "normed",
    "With normalisation",
    (1, 28, 28),
    (
        LayerSpec("conv2d", "conv", {"out_channels": 4, "kernel_size": 5, "stride": 2}),
        LayerSpec("batchnorm2d", "norm", {}),
        LayerSpec("tanh", "tanh", {}),
        LayerSpec("dropout", "drop", {"p": 0.25}),
        LayerSpec("avgpool2d", "pool", {"kernel_size": 3, "stride": 2}),
        LayerSpec("flatten", "flatten", {}),
        LayerSpec("linear", "fc", {"out_features": 10}),
    ),
    tuple("0123456789"),
)


@pytest.fixture
def bench(tiny_bench):
    return tiny_bench


@pytest.fixture
def page(qtbot, bench, theme):
    page = InspectWorkspace(bench, theme)
    qtbot.addWidget(page)
    page.resize(*PAGES[0])
    with qtbot.waitExposed(page):
        page.show()
    return page


def press(qtbot, page, *keys):
    for key in keys:
        qtbot.keyClick(page, key)


def test_the_switch_and_its_keys(qtbot, page):
    stepper = page.stepper
    low = stepper.height()
    page.inspection.go_to(1)
    qtbot.mouseClick(stepper.way_switch.button("backward"), Qt.MouseButton.LeftButton)
    assert page.is_backward
    assert stepper.height() > low
    assert page.backward_page.isVisible()
    assert not page.views.isVisible()
    assert page.inspection.index == 1
    press(qtbot, page, Qt.Key.Key_F)
    assert not page.is_backward
    assert page.views.isVisible()
    assert stepper.height() == low
    press(qtbot, page, Qt.Key.Key_B)
    assert page.is_backward


@pytest.mark.parametrize("spec", [None, MODELS["lenet5"](), NORMED], ids=["tiny", "lenet5", "normed"])
@pytest.mark.parametrize("size", PAGES)
def test_the_whole_way_back_by_key(qtbot, page, bench, spec, size):
    page.resize(*size)
    if spec is not None:
        bench.set_spec(spec)
    press(qtbot, page, Qt.Key.Key_B)
    page.inspection.go_to(page.inspection.stops.loss)
    for stop in reversed(page.inspection.stops):
        assert page.inspection.index == stop.index
        panel = page.backward_page.panel
        kind = kind_of(page.backward)
        assert panel.view.objectName() == f"backward_{kind}"
        assert isinstance(panel.view, VIEWS[kind])
        assert panel.view.isVisible()
        assert all(panel.view.heading())
        assert panel.view.sentence()
        for table in panel.view.tables():
            assert np.isfinite(table.values).all(), table.name
        press(
            qtbot,
            page,
            Qt.Key.Key_End,
            Qt.Key.Key_Home,
            Qt.Key.Key_Right,
            Qt.Key.Key_D,
            Qt.Key.Key_BracketLeft,
        )
    assert page.inspection.index == -1


def test_the_other_half_is_made_while_nothing_happens(qtbot, page):
    page.inspection.go_to(0)
    assert page._backward_page is None
    qtbot.waitUntil(lambda: page._backward_page is not None)
    assert list(page._backward_page.panel._views) == ["conv"]
    assert not page._backward_page.isVisible()


@pytest.mark.parametrize(
    ("spec", "size"),
    [(MODELS["reference"](), PAGES[0]), (MODELS["reference"](), PAGES[1]), (NORMED, PAGES[1])],
    ids=["wide", "narrow", "normed"],
)
def test_no_text_of_the_whole_page_is_cut(qtbot, page, bench, spec, size):
    """At places with long names, of one sample and of a batch; derivatives are small and large."""
    page.resize(*size)
    bench.set_spec(spec)
    press(qtbot, page, Qt.Key.Key_B)
    backward = page.backward
    largest = {stop.kind: stop for stop in sorted(page.inspection.stops, key=lambda stop: stop.count)}
    for scope in ("sample", "batch"):
        backward.set_scope(scope)
        if scope == "sample" and size == PAGES[1]:  # a sure network has small derivatives, in powers of ten
            list(page.inspection.network.parameters().values())[-2][...] *= 40
            page.inspection.retrace()
        qtbot.waitUntil(lambda: backward.scope == "sample" or backward.batch is not None, timeout=20_000)
        for stop in largest.values():
            page.inspection.go_to(stop.index)
            for target in backward.targets:
                backward.set_target(target)
                backward.transport.last()
                page.grab()

                def all_texts_fit(of=(stop.name, target, scope)):
                    assert not list(texts_that_are_cut(page)), of

                qtbot.waitUntil(all_texts_fit, timeout=2_000)  # the event loop lays out anew


def test_keys_step_weights_rows_maps_and_inputs(qtbot, page):
    press(qtbot, page, Qt.Key.Key_B)
    backward = page.backward
    page.inspection.go_to(next(stop.index for stop in page.inspection.stops if stop.kind == "conv"))
    assert backward.target == "weight"
    backward.go_to("weight", 0)
    press(qtbot, page, Qt.Key.Key_Right, Qt.Key.Key_Down)
    assert backward.cell("weight")[2:] == (1, 1)
    press(qtbot, page, Qt.Key.Key_D)
    assert backward.target == "input"
    assert page.backward_page.target_switch.value == "input"
    press(qtbot, page, Qt.Key.Key_Home)
    assert backward.cell("input")[1:] == (0, 0)
    assert backward.cell("weight")[2:] == (1, 1)
    press(qtbot, page, Qt.Key.Key_PageDown)
    assert backward.map == 1
    qtbot.mouseClick(page.backward_page.target_switch.button("weight"), Qt.MouseButton.LeftButton)
    assert backward.target == "weight"
    assert backward.transport.count == np.prod(backward.grid("weight"))


def test_units_of_a_dense_layer_by_key(qtbot, page):
    press(qtbot, page, Qt.Key.Key_B)
    page.inspection.go_to(next(stop.index for stop in page.inspection.stops if stop.kind == "linear"))
    unit = page.backward.unit
    press(qtbot, page, Qt.Key.Key_PageDown)
    assert page.backward.unit == unit + 1
    press(qtbot, page, Qt.Key.Key_PageUp)
    assert page.backward.unit == unit


def test_space_plays_the_way_in_view(qtbot, page):
    page.inspection.go_to(0)
    page.show_way("backward")
    page.toggle_play()
    assert page.backward.transport.playing
    assert not page.inspection.transport.playing
    page.show_way("forward")
    assert not page.backward.transport.playing
    page.toggle_play()
    assert page.inspection.transport.playing
    page.show_way("backward")
    assert not page.inspection.transport.playing


def test_playing_fills_the_kernel(qtbot, page):
    page.inspection.go_to(0)
    page.show_way("backward")
    backward, view = page.backward, page.backward_page.panel.view
    backward.go_to("weight", 0)
    backward.transport.set_speed(500)
    with qtbot.waitSignal(backward.transport.finished, timeout=20_000):
        page.toggle_play()
    count = backward.count("weight")
    assert view.kernel.grid.done == count
    assert view.kernel.terms.cell == backward.cell("weight", count - 1)


def test_layer_and_freeze_are_shared_by_both_ways(qtbot, page, bench):
    press(qtbot, page, Qt.Key.Key_B, Qt.Key.Key_Z)
    assert page.stepper.freeze_switch.isChecked()
    kept = page.backward.trace.layers[0].gradients["weight"].copy()
    bench.start()
    qtbot.waitUntil(lambda: bench.state is RunState.FINISHED, timeout=60_000)
    assert np.array_equal(page.backward.trace.layers[0].gradients["weight"], kept)
    press(qtbot, page, Qt.Key.Key_Z)
    assert not np.array_equal(page.backward.trace.layers[0].gradients["weight"], kept)


def test_live_gradients_follow_training(qtbot, page, bench):
    page.inspection.go_to(0)
    page.show_way("backward")
    bench.start()
    qtbot.waitUntil(lambda: bench.state is RunState.FINISHED, timeout=60_000)
    qtbot.waitUntil(
        lambda: np.array_equal(page.inspection.network.parameter_vector, bench.network.parameter_vector),
        timeout=5_000,
    )
    view, step = page.backward_page.panel.view, page.backward.trace.layers[0]
    assert np.array_equal(view.upstream.dz.cells.values, step.d_output[page.backward.map])
    assert page.stepper.cascade.strip.norms == page.backward.norms


def test_the_batchs_mean_stands_in_the_kernel(qtbot, page):
    page.inspection.go_to(0)
    page.show_way("backward")
    backward, view = page.backward, page.backward_page.panel.view
    qtbot.mouseClick(page.stepper.cascade.scope_switch.button("batch"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: backward.batch is not None, timeout=20_000)
    mean = backward.batch.gradients["0.weight"][backward.map]
    unit = np.abs(mean).max() / view.kernel.grid.cells.r
    assert view.kernel.grid.cells.values * unit == pytest.approx(mean[backward.source], rel=1e-4, abs=1e-9)
    assert not view.upstream.isVisible()
    assert view.input.subtitle.left.startswith("of this sample")
    assert str(len(backward.batch.losses)) in view.kernel.mean.left
    page.stepper.cascade.scope_switch.set_value("sample")
    assert view.upstream.isVisible()
    assert not view.kernel.mean.isVisible()


def test_what_is_copied_is_what_the_target_shows(qtbot, page):
    page.inspection.go_to(0)
    page.show_way("backward")
    qtbot.keyClick(page, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    rows = QGuiApplication.clipboard().text().splitlines()
    kernel = page.backward.trace.layers[0].gradients["weight"][page.backward.map, 0]
    assert len(rows) == len(kernel)
    assert [float(text) for text in rows[0].split("\t")] == pytest.approx(list(kernel[0]))
    names = [action.text() for action in page.backward_page.panel.keep_menu().actions()]
    assert "Copy input gradient dX" in names


def test_the_view_is_saved_as_a_picture(qtbot, page, tmp_path, monkeypatch):
    page.show_way("backward")
    path = tmp_path / "view.png"
    monkeypatch.setattr("explorer.workspaces.inspect.backward.panel.ask_for_path", lambda *_: path)
    qtbot.keyClick(page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert path.stat().st_size > 5000


def test_out_of_view_nothing_is_worked_out(page, bench):
    page.show_way("backward")
    page.show_way("forward")
    bench.select_sample(5)
    assert page.backward._trace is None
    page.show_way("backward")
    assert np.array_equal(page.backward.trace.input, bench.sample.image)
    page.hide()
    bench.select_sample(6)
    page.show()
    assert np.array_equal(page.backward.trace.input, bench.sample.image)


@pytest.mark.parametrize("way", ["forward", "backward"])
def test_every_control_has_a_name_and_a_tip(page, way):
    page.show_way(way)
    for stop in page.inspection.stops:
        page.inspection.go_to(stop.index)
        for kind in (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox):
            for control in page.findChildren(kind):
                inner = control.objectName().startswith("qt_") or not control.isVisibleTo(page)
                if inner or type(control).__name__ == "QScrollBar":
                    continue
                assert control.objectName(), control
                assert control.accessibleName(), control.objectName()
                assert control.toolTip(), control.objectName()


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("size", PAGES)
def test_nothing_reaches_over_its_edge(page, theme, size, mode):
    page.resize(*size)
    theme.set_mode(mode)
    page.show_way("backward")
    for stop in page.inspection.stops:
        page.inspection.go_to(stop.index)
        page.grab()
        half = page.backward_page
        for part in (half.panel, half.formula, half.update_panel, half.transport_bar):
            if part.isVisible():
                assert half.rect().contains(part.geometry()), part.objectName()
        for column in half.findChildren(Column):
            if column.isVisible():
                assert column.title.sizeHint().width() <= column.title.width() + 8, column.objectName()
