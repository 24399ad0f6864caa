"""The Inspect page, driven by mouse and keyboard."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox

from explorer.workbench import Focus, Hyperparameters, RunState
from explorer.workspaces.inspect import InspectWorkspace
from explorer.workspaces.inspect.wording import number

PAGES = ((1108, 828), (692, 628))


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
    qtbot.waitUntil(lambda: page.formula.formula.typeset, timeout=20_000)
    return page


def press(qtbot, page, *keys):
    for key in keys:
        qtbot.keyClick(page, key)


def click_cell(qtbot, grid, y, x):
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.cell_rect(y, x).center().toPoint())


def test_every_layer_is_reached_by_key_and_shown(qtbot, page):
    inspection = page.inspection
    inspection.go_to(-1)
    seen = []
    for stop in inspection.stops:
        assert inspection.index == stop.index
        seen.append(page.views.view.objectName())
        assert page.stepper.chips[stop.index + 1].isChecked()
        assert page.views.view.sentence()
        press(qtbot, page, Qt.Key.Key_BracketRight)
    assert inspection.index == inspection.stops.loss
    assert {"inspect_input", "inspect_conv", "inspect_linear", "inspect_softmax", "inspect_loss"} <= set(seen)
    press(qtbot, page, Qt.Key.Key_BracketLeft)
    assert inspection.index == inspection.stops.softmax


def test_chips_and_their_neighbours(qtbot, page):
    for chip in page.stepper.chips:
        qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
        assert page.inspection.stop is chip.stop
        assert chip.stop.shape_text in chip.accessibleName()
    assert not page.stepper.next_button.isEnabled()
    qtbot.mouseClick(page.stepper.previous_button, Qt.MouseButton.LeftButton)
    assert page.inspection.index == page.inspection.stops.softmax
    chip = page.stepper.chips[-2]
    qtbot.keyClick(chip, Qt.Key.Key_Left)
    assert page.inspection.index == page.inspection.stops.softmax - 1


@pytest.mark.parametrize("size", PAGES)
def test_all_corners_of_every_map_by_click(qtbot, page, size):
    page.resize(*size)
    inspection = page.inspection
    for stop in inspection.stops[1:-2]:
        inspection.go_to(stop.index)
        grid = page.views.view.output.map
        rows, columns = grid.cells.shape
        for y, x in ((0, 0), (0, columns - 1), (rows - 1, 0), (rows - 1, columns - 1)):
            if y * stop.row + x < stop.count:
                click_cell(qtbot, grid, y, x)
                assert inspection.transport.index == y * stop.row + x
                assert page.views.view.output.cell_row.right == number(inspection.terms.total)


def test_keys_step_cells_rows_ends_maps_and_channels(qtbot, page):
    inspection = page.inspection
    conv = next(stop.index for stop in inspection.stops if stop.kind == "conv")
    inspection.go_to(conv, (0, 1, 1))
    press(qtbot, page, Qt.Key.Key_Right, Qt.Key.Key_Down)
    assert inspection.cell == (0, 2, 2)
    press(qtbot, page, Qt.Key.Key_Left, Qt.Key.Key_Up)
    assert inspection.cell == (0, 1, 1)
    press(qtbot, page, Qt.Key.Key_End)
    assert inspection.cell == (0, *(size - 1 for size in inspection.stop.shape[1:]))
    press(qtbot, page, Qt.Key.Key_Home, Qt.Key.Key_PageDown)
    assert inspection.cell == (min(1, inspection.stop.channels - 1), 0, 0)
    press(qtbot, page, Qt.Key.Key_0)
    assert inspection.source == 0


def test_the_scrubber_moves_and_playing_visits_every_cell_once(qtbot, page):
    inspection = page.inspection
    inspection.go_to(0, (0, 0, 0))
    page.transport_bar.scrubber.setValue(5)
    assert inspection.transport.index == 5
    visited = []
    inspection.transport.index_changed.connect(visited.append)
    inspection.transport.first()
    visited.clear()
    inspection.transport.set_speed(500)
    with qtbot.waitSignal(inspection.transport.finished, timeout=20_000):
        page.toggle_play()
    assert visited == list(range(1, inspection.stop.count))


def test_playing_misses_no_cell_while_training_runs(qtbot, page, bench):
    """Parameters come and go meanwhile; the scan visits every cell once, in order, and ends on the last."""
    inspection = page.inspection
    conv = next(stop.index for stop in inspection.stops if stop.kind == "conv")
    inspection.go_to(conv, (0, 0, 0))
    visited, traced = [], []
    inspection.transport.index_changed.connect(visited.append)
    inspection.trace_changed.connect(lambda: traced.append(inspection.transport.index))
    inspection.transport.set_speed(500)
    bench.set_hyperparameters(Hyperparameters(epochs=500, seed=11))
    bench.start()
    qtbot.waitUntil(lambda: bench.state is RunState.RUNNING, timeout=20_000)
    with qtbot.waitSignal(inspection.transport.finished, timeout=20_000):
        qtbot.mouseClick(page.transport_bar.play_button, Qt.MouseButton.LeftButton)
    assert visited == list(range(1, inspection.stop.count))
    assert any(0 < place < inspection.stop.count - 1 for place in traced)
    assert page.views.view.output.cell_row.right == number(inspection.terms.total)
    assert bench.state is RunState.RUNNING
    bench.pause()
    qtbot.waitUntil(lambda: bench.state is RunState.PAUSED, timeout=20_000)


def test_all_corners_of_every_layer_by_key(qtbot, page):
    inspection = page.inspection
    for stop in inspection.stops[:-1]:
        inspection.go_to(stop.index)
        press(qtbot, page, Qt.Key.Key_Home)
        corners = [inspection.transport.index]
        press(qtbot, page, *([Qt.Key.Key_Right] * (stop.row - 1)))
        corners.append(inspection.transport.index)
        press(qtbot, page, Qt.Key.Key_End)
        corners.append(inspection.transport.index)
        press(qtbot, page, *([Qt.Key.Key_Left] * ((stop.count - 1) % stop.row)))
        corners.append(inspection.transport.index)
        last = stop.count - 1
        assert corners == [0, stop.row - 1, last, last - last % stop.row]
        assert page.views.view.accessibleDescription() == page.views.view.sentence()


def test_hovering_a_number_lights_its_partners(qtbot, page, bench):
    inspection = page.inspection
    conv = next(stop.index for stop in inspection.stops if stop.kind == "conv")
    inspection.go_to(conv, (0, 1, 1))
    view = page.views.view
    view.kernel.cell_hovered.emit(1, 0)
    for grid in (view.patch, view.kernel, view.product):
        assert grid.partners == {(1, 0)}
    terms = inspection.terms
    assert dict(bench.hover.rows)["product"] == number(float(terms.products[0, 1, 0]))
    assert view.output.map.partners
    assert (1, 1) in view.output.map.partners
    view.kernel.left.emit()
    assert not view.patch.partners
    assert bench.hover is None


def test_the_focus_is_shared(qtbot, page, bench):
    conv = next(stop.index for stop in page.inspection.stops if stop.kind == "conv")
    bench.set_focus(Focus(conv, 1, 2, 3))
    assert (page.inspection.index, page.inspection.cell) == (conv, (1, 2, 3))
    press(qtbot, page, Qt.Key.Key_Right)
    assert bench.focus == Focus(conv, 1, 2, 4)
    page.hide()
    bench.set_focus(Focus(0, 0, 0, 0))
    page.show()
    assert page.inspection.cell == (0, 0, 0)


def test_freezing_keeps_the_parameters_while_training_goes_on(qtbot, page, bench):
    press(qtbot, page, Qt.Key.Key_Z)
    kept = page.inspection.network.parameter_vector.copy()
    bench.start()
    qtbot.waitUntil(lambda: bench.state is RunState.FINISHED, timeout=60_000)
    assert np.array_equal(page.inspection.network.parameter_vector, kept)
    assert page.stepper.freeze_switch.text() == "Step 0"
    press(qtbot, page, Qt.Key.Key_Z)
    assert np.array_equal(page.inspection.network.parameter_vector, bench.network.parameter_vector)
    assert page.inspection.step == bench.snapshot_step


def test_live_numbers_follow_training(qtbot, page, bench):
    bench.start()
    qtbot.waitUntil(lambda: bench.state is RunState.FINISHED, timeout=60_000)
    qtbot.waitUntil(
        lambda: np.array_equal(page.inspection.network.parameter_vector, bench.network.parameter_vector),
        timeout=5_000,
    )
    terms = page.inspection.terms
    assert page.views.view.output.cell_row.right == number(terms.total)


def test_another_model_and_sample(qtbot, page, bench):
    from cnncore import MODELS

    bench.set_spec(MODELS["lenet5"]())
    assert len(page.stepper.chips) == len(bench.spec.layers) + 3
    bench.select_sample(7)
    assert np.array_equal(page.inspection.trace.input, bench.sample.image)
    for stop in page.inspection.stops:
        page.inspection.go_to(stop.index)
        assert page.formula.lines.lines


def test_a_sample_without_a_label(page, bench):
    bench.set_custom_image(np.zeros((28, 28)), "drawn digit")
    page.inspection.go_to(page.inspection.stops.loss)
    assert page.views.view.result.left == "no label, no loss"
    assert "no label" in page.formula.lines.lines[0].text


def test_every_control_has_a_name_and_is_reached_by_key(page):
    kinds = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox)
    for stop in page.inspection.stops:
        page.inspection.go_to(stop.index)
        for kind in kinds:
            for control in page.findChildren(kind):
                inner = control.objectName().startswith("qt_") or not control.isVisibleTo(page)
                if inner or type(control).__name__ in ("QScrollBar",):
                    continue
                assert control.objectName(), control
                assert control.accessibleName(), control.objectName()
                assert control.toolTip(), control.objectName()


@pytest.mark.parametrize("size", PAGES)
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_no_text_is_cut(page, theme, size, mode):
    from explorer.workspaces.inspect.parts import Paragraph

    page.resize(*size)
    theme.set_mode(mode)
    for stop in page.inspection.stops:
        page.inspection.go_to(stop.index)
        page.grab()
        lines = page.formula.lines
        room = lines.width() - lines._label_room()
        for line in lines.lines:
            assert lines.line_width(line, 9) <= room, line.text
        for paragraph in page.views.view.findChildren(Paragraph):
            assert paragraph.needed_height() <= paragraph.height() + 1, paragraph.text
        assert page.formula.height() >= 90


def test_network_opens_a_map_here(qtbot, theme):
    from explorer import app
    from explorer.workspaces.network.geometry import Kind, Place

    window = app.build_window()
    qtbot.addWidget(window)
    window.populate()
    with qtbot.waitExposed(window):
        window.show()
    window.show_workspace("network")
    canvas = window.workspaces["network"].canvas
    place = canvas.point_of(Place(Kind.MAPS, 2, 5, 7, 9)).toPoint()
    qtbot.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=place)
    assert window.current_workspace == "inspect"
    inspection = window.workspaces["inspect"].inspection
    assert (inspection.index, inspection.cell) == (2, (5, 7, 9))
    window.workbench.set_focus(Focus())
    for place, index, cell in (
        (Place(Kind.KERNELS, 2, 6, 1, 1, 3), 2, (6, 10, 10)),  # in the block of its map, which is selected
        (Place(Kind.KERNELS, 2, 6, 1, 1, 7), 2, (6, 10, 10)),  # on the edge into it
        (Place(Kind.STRIP, 5, 123), 5, (123,)),
        (Place(Kind.TILES, 8, 4), 8, (4,)),
        (Place(Kind.SOFTMAX, 9, 3), 9, (3,)),
        (Place(Kind.MAPS, -1, 0, 3, 4), -1, (0, 3, 4)),
    ):
        window.show_workspace("network")
        point = canvas.point_of(place).toPoint()
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=point)
        qtbot.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=point)
        assert window.current_workspace == "inspect"
        assert (inspection.index, inspection.cell) == (index, cell)
        if place.kind is Kind.KERNELS:
            assert inspection.source == place.source
    window.show_workspace("network")
    window.workbench.set_focus(Focus(4, 3, 1, 1))
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert (inspection.index, inspection.cell) == (4, (3, 1, 1))
    window.show_workspace("network")
    qtbot.mouseClick(window.workspaces["network"].details.inspect_button, Qt.MouseButton.LeftButton)
    assert window.current_workspace == "inspect"
    window.close()
