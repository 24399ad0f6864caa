"""Changing numbers of the copy, and taking numbers away."""

import os

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QWheelEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QFileDialog

from cnncore.kernel_presets import kernel_preset
from explorer.workbench import RunState
from explorer.workspaces.inspect import InspectWorkspace
from explorer.workspaces.inspect.keeping import as_image, as_tsv, save_view


@pytest.fixture
def page(qtbot, tiny_bench, theme):
    page = InspectWorkspace(tiny_bench, theme)
    qtbot.addWidget(page)
    page.resize(1108, 828)
    with qtbot.waitExposed(page):
        page.show()
    qtbot.waitUntil(lambda: page.formula.formula.typeset, timeout=20_000)
    conv = next(stop.index for stop in page.inspection.stops if stop.kind == "conv")
    page.inspection.go_to(conv, (0, 3, 3))
    qtbot.keyClick(page, Qt.Key.Key_E)
    assert page.views.edit_bar.isVisible()
    return page


def weights(page):
    return page.inspection.network.layers[page.inspection.index].parameters["weight"]


def test_typing_a_weight_changes_the_copy_only(qtbot, page, tiny_bench):
    before = tiny_bench.network.parameter_vector.copy()
    shown = page.inspection.trace.probabilities
    grid = page.views.view.kernel
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.cell_rect(1, 2).center().toPoint())
    field = page.views.edit_bar.weight_field
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "2.5")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert weights(page)[0, 0, 1, 2] == np.float32(2.5)
    assert page.inspection.terms.kernel[0, 1, 2] == np.float32(2.5)
    assert not np.array_equal(page.inspection.trace.probabilities, shown)
    assert np.array_equal(tiny_bench.network.parameter_vector, before)
    assert page.views.edit_bar.effect.left.startswith("1 number changed: class")
    assert page.inspection.frozen


def test_the_wheel_and_restore(qtbot, page):
    grid = page.views.view.kernel
    old = float(weights(page)[0, 0, 0, 0])
    at = grid.cell_rect(0, 0).center()
    none, phase = Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    wheel = QWheelEvent(
        at,
        QPointF(grid.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        none,
        phase,
        False,
    )
    QApplication.sendEvent(grid, wheel)
    assert weights(page)[0, 0, 0, 0] == pytest.approx(old + 0.05, abs=1e-4)
    kept = page.views.editing.count
    assert kept == 1
    qtbot.mouseClick(page.views.edit_bar.restore_button, Qt.MouseButton.LeftButton)
    assert float(weights(page)[0, 0, 0, 0]) == old
    assert not page.views.editing.edited


def test_a_preset_gives_the_kernel_its_form(qtbot, page):
    box = page.views.edit_bar.presets
    box.setFocus()
    box.setCurrentIndex(box.findText("vertical edge"))
    box.activated.emit(box.currentIndex())
    kernel = weights(page)[0, 0]
    assert kernel == pytest.approx(kernel_preset("vertical edge", kernel.shape))


def test_bias(page):
    page.views.edit_bar.bias_field.setValue(1.5)
    assert page.inspection.terms.bias == 1.5


def test_applied_changes_reach_the_run_and_training_goes_on_from_them(qtbot, page, tiny_bench):
    page.views.edit_bar.choose((0, 1))
    page.views.edit_bar.weight_field.setValue(3.0)
    edited = page.inspection.network.parameter_vector.copy()
    with qtbot.waitSignal(tiny_bench.trace_changed, timeout=10_000):
        qtbot.mouseClick(page.views.edit_bar.apply_button, Qt.MouseButton.LeftButton)
    assert np.array_equal(tiny_bench.network.parameter_vector, edited)
    assert not page.inspection.frozen
    tiny_bench.step_batch()
    qtbot.waitUntil(lambda: tiny_bench.state is RunState.PAUSED, timeout=10_000)
    qtbot.waitUntil(lambda: tiny_bench.snapshot_step == 1, timeout=10_000)
    assert 0 < np.abs(tiny_bench.network.parameter_vector - edited).max() < 0.1


def test_nothing_is_applied_while_training_goes_on(qtbot, page, tiny_bench):
    from cnncore import ArgumentError

    page.views.edit_bar.bias_field.setValue(0.7)
    assert page.views.edit_bar.apply_button.isEnabled()
    tiny_bench.start()
    assert not page.views.edit_bar.apply_button.isEnabled()
    with pytest.raises(ArgumentError, match="Pause it first"):
        tiny_bench.apply_parameters(page.inspection.network.parameter_vector)
    qtbot.waitUntil(lambda: tiny_bench.state is RunState.FINISHED, timeout=60_000)
    assert page.views.edit_bar.apply_button.isEnabled()


def test_another_sample_is_compared_with_itself(page, tiny_bench):
    page.views.edit_bar.bias_field.setValue(0.7)
    tiny_bench.next_sample()
    effect = page.views.editing.effect()
    baseline = float(tiny_bench.trace.probabilities[tiny_bench.sample.label])
    assert effect.probability[0] == pytest.approx(baseline, abs=1e-6)


def test_unfreezing_drops_the_changes(qtbot, page, tiny_bench):
    page.views.edit_bar.bias_field.setValue(0.7)
    page.stepper.freeze_switch.click()
    assert not page.views.editing.edited
    assert np.array_equal(page.inspection.network.parameter_vector, tiny_bench.network.parameter_vector)


def test_layers_without_parameters_have_nothing_to_change(page):
    page.inspection.go_to(-1)
    assert not page.views.edit_button.isEnabled()
    assert not page.views.edit_bar.isVisible()


def test_copying_gives_text_and_image(qtbot, page):
    qtbot.keyClick(page, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    data = QGuiApplication.clipboard().mimeData()
    table = page.views.view.tables()[0]
    rows = [[float(x) for x in line.split("\t")] for line in data.text().splitlines()]
    assert np.array_equal(np.array(rows, np.float32), table.values)
    assert data.hasImage()


def test_every_view_offers_its_tables(page):
    for stop in page.inspection.stops:
        page.inspection.go_to(stop.index)
        menu = page.views.keep_menu()
        texts = [action.text() for action in menu.actions() if not action.isSeparator()]
        assert texts[-1].startswith("Save view")
        assert len(texts) >= 2
        for table in page.views.view.tables():
            assert as_tsv(table.values)
        menu.deleteLater()


@pytest.mark.parametrize("ending", [".png", ".svg"])
def test_saving_the_view(qtbot, page, tmp_path, monkeypatch, ending):
    path = tmp_path / f"view{ending}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    with qtbot.waitSignal(page._workbench.succeeded):
        qtbot.keyClick(page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    if ending == ".svg":
        assert QSvgRenderer(str(path)).isValid()
    else:
        assert QImage(str(path)).size() == 2 * page.views.size()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("ending", [".png", ".svg"])
def test_an_older_picture_stays_where_a_new_one_cannot_be_put(page, tmp_path, monkeypatch, ending):
    path = tmp_path / f"view{ending}"
    path.write_bytes(b"older")

    def refuse(*_):
        raise OSError("The disk is full.")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="full"):
        save_view(page.views, path)
    assert path.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [path]


def test_a_copied_picture_has_the_colours_of_the_page(page, theme):
    page.inspection.go_to(-1)
    pixels = page.views.view.tables()[0]
    image = as_image(pixels, theme)
    y, x = np.unravel_index(pixels.values.argmax(), pixels.values.shape)
    edge = image.width() // pixels.values.shape[1]
    ink = image.pixelColor(int(x) * edge + edge // 2, int(y) * edge + edge // 2)
    assert ink.lightness() < 60
    assert abs(ink.red() - ink.blue()) < 12


def test_a_view_that_cannot_be_saved_says_so(qtbot, page, tmp_path, monkeypatch):
    path = tmp_path / "missing" / "view.svg"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    with qtbot.waitSignal(page._workbench.failed):
        page.views.save_picture()


def test_changes_of_a_past_moment_are_not_applied_while_it_is_shown(qtbot, page, tiny_bench):
    tiny_bench.step_batch()
    qtbot.waitUntil(lambda: tiny_bench.snapshot_step == 1, timeout=20_000)
    qtbot.waitUntil(lambda: tiny_bench.state is RunState.PAUSED, timeout=20_000)
    tiny_bench.show_moment(0)
    now = tiny_bench.timeline.state_at(1).copy()
    page.views.editing.set_value("weight", (0, 0, 1, 1), 0.5)
    bar = page.views.edit_bar
    assert not bar.apply_button.isEnabled()
    assert "go back to now" in bar.apply_button.toolTip()
    page.views.editing.apply()
    assert page.views.editing.edited
    page.views.editing.restore()
    tiny_bench.show_moment(None)
    page.inspection.set_frozen(False)
    np.testing.assert_array_equal(page.inspection.network.state_vector, now)
