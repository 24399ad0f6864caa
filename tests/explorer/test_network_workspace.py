"""The Network page: its choices, the bar with the selection, and the page while training goes on."""

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from cnncore import MODELS
from explorer.numbers import format_number, format_percent
from explorer.workbench import Focus, RunState, Workbench
from explorer.workspaces.network import NetworkWorkspace
from explorer.workspaces.network.geometry import Kind, Place
from explorer.workspaces.network.histogram import BINS, count_bins
from explorer.workspaces.network.summary import summarise

PAGES = ((1108, 828), (692, 628))


@pytest.fixture
def bench(qtbot):
    bench = Workbench()
    yield bench
    assert bench.close()


@pytest.fixture
def page(qtbot, bench, theme):
    page = NetworkWorkspace(bench, theme)
    qtbot.addWidget(page)
    page.resize(*PAGES[0])
    with qtbot.waitExposed(page):
        page.show()
    return page


def push(qtbot, page, name):
    qtbot.mouseClick(page.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def test_zoom_buttons_and_their_label(qtbot, page):
    push(qtbot, page, "zoomIn")
    assert page.zoom_label.text() == "110 %"
    push(qtbot, page, "zoomIn")
    assert page.zoom_label.text() == "125 %"
    push(qtbot, page, "zoomOut")
    assert page.canvas.zoom == 1.1
    push(qtbot, page, "zoomFit")
    assert page.zoom_label.text() == "100 %"
    push(qtbot, page, "zoomOut")
    push(qtbot, page, "zoomLevel")
    assert page.canvas.zoom == 1.0


def test_colour_range_is_chosen_and_the_legend_follows(qtbot, bench, page):
    bench.set_focus(Focus(2, 5))
    output = bench.trace.layers[2].output
    assert page.details.scale_of.text() == "conv2, shared by the layer"
    assert page.details.scale.labels[2] == format_number(float(np.abs(output).max()), 1, sign=True)
    qtbot.mouseClick(page.scope_choice.button("unit"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.details.scale_of.text() == "conv2 map 5", timeout=2000)
    assert page.canvas.ranges.of_map(2, 5) == pytest.approx(float(np.abs(output[5]).max()))
    qtbot.mouseClick(page.scope_choice.button("global"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.details.scale_of.text().endswith("all layers"), timeout=2000)


def test_the_legend_is_that_of_the_hovered_column(qtbot, page):
    qtbot.mouseMove(page.canvas, page.canvas.point_of(Place(Kind.MAPS, 4, 2, 3, 3)).toPoint())
    assert page.details.scale_of.text() == "pool, shared by the layer"
    qtbot.mouseMove(page.canvas, page.canvas.point_of(Place(Kind.MAPS, -1, 0, 3, 3)).toPoint())
    assert page.details.scale_of.text() == "input pixels"


def test_the_kernel_switch_hides_the_kernels(qtbot, page):
    before = page.canvas.grab().toImage()
    page.kernels_switch.click()
    assert page.canvas.grab().toImage() != before


def test_nothing_selected_says_what_to_do(page):
    assert page.details.words.lines[0].startswith("Click a map")
    assert page.details.histogram.isHidden()


def test_the_bar_shows_the_selected_map_in_numbers(bench, page):
    bench.set_focus(Focus(2, 5, 7, 9))
    output = bench.trace.layers[2].output[5]
    assert page.details.words.lines == ("conv2 · map 5", "20×20, from 8 maps", "201 parameters")
    assert page.details.numbers.numbers == {
        "bias": format_number(float(bench.network.layers[2].parameters["bias"][5]), sign=True),
        "min": format_number(float(output.min()), 2, sign=True),
        "max": format_number(float(output.max()), 2, sign=True),
        "positive": format_percent(float((output > 0).mean()), 0),
    }
    assert page.details.histogram.counts.sum() == 400


def test_the_bar_shows_a_dense_unit_by_its_weights(bench, page):
    bench.set_focus(Focus(6, 37))
    assert page.details.words.lines == ("fc1 · unit 37", "reads 800 units", "801 parameters")
    value = float(bench.trace.layers[6].output[37])
    assert page.details.numbers.numbers["value"] == format_number(value, sign=True)


def test_escape_clears_the_bar(qtbot, bench, page):
    bench.set_focus(Focus(2, 5))
    qtbot.keyClick(page.canvas, Qt.Key.Key_Escape)
    assert page.details.words.lines[0].startswith("Click a map")


def test_the_subtitle_names_the_sample(bench, page):
    bench.select_sample(12)
    assert page.subtitle.text() == "forward pass of validation #12"


def test_space_trains_and_the_picture_follows(qtbot, bench, page):
    before = page.canvas.grab().toImage()
    bench.set_focus(Focus(2, 5))
    weights = bench.network.parameter_vector.copy()
    page.toggle_play()
    assert bench.state is RunState.RUNNING
    with qtbot.waitSignals([page.canvas.drawn] * 3, timeout=20_000):
        pass
    qtbot.waitUntil(lambda: bench.snapshot_step >= 3, timeout=20_000)
    page.toggle_play()
    qtbot.waitUntil(lambda: bench.state is not RunState.RUNNING, timeout=20_000)
    assert not np.array_equal(bench.network.parameter_vector, weights)
    assert page.canvas.grab().toImage() != before
    value = float(bench.network.layers[2].parameters["bias"][5])
    wanted = format_number(value, sign=True)
    qtbot.waitUntil(lambda: page.details.numbers.numbers["bias"] == wanted, timeout=2000)


@pytest.mark.parametrize("size", PAGES)
@pytest.mark.parametrize("name", MODELS)
def test_nothing_is_cut_off_at_any_size(bench, page, size, name):
    bench.set_spec(MODELS[name]())
    page.resize(*size)
    for layer in (None, *range(-1, len(bench.spec.layers))):
        bench.set_focus(Focus() if layer is None else Focus(layer, 0))
        assert (page.width(), page.height()) == size
        page.grab()
        for widget in page.findChildren(QWidget):
            if widget.isVisible():
                assert widget.parentWidget().rect().contains(widget.geometry()), widget
            if isinstance(widget, QLabel) and widget.isVisible() and widget.text():
                wanted = widget.fontMetrics().horizontalAdvance(widget.text())
                assert widget.width() >= wanted - 1, widget.text()  # one for rounding
        parts = [part for part in page.details.children() if isinstance(part, QWidget) and part.isVisible()]
        for left, right in combinations(parts, 2):
            assert not left.geometry().intersects(right.geometry()), (left, right)
    assert page.canvas.zoom == 1.0


def test_a_wide_page_becomes_narrow_again(page):
    assert page.minimumSizeHint().width() <= PAGES[1][0]


def test_controls_have_names_and_tips(page):
    controls = [
        page.kernels_switch,
        page.zoom_in_button,
        page.zoom_out_button,
        page.zoom_label,
        page.fit_button,
    ]
    controls += [page.scope_choice.button(key) for key in ("unit", "layer", "global")]
    for control in controls:
        assert control.objectName()
        assert control.accessibleName()
        assert control.toolTip()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus or control.property("role") == "segment"
    assert page.canvas.focusPolicy() == Qt.FocusPolicy.StrongFocus
    assert page.canvas.accessibleName()


@pytest.mark.parametrize("name", MODELS)
def test_every_map_and_unit_can_be_summarised(bench, page, name):
    bench.set_spec(MODELS[name]())
    stages = page.canvas.stages
    for stage in stages:
        summary = summarise(stage.index, stage.count - 1, stages, bench.network, bench.trace)
        assert summary.title
        assert summary.picture.ndim == 2
        assert len(summary.numbers) <= 4


def test_weights_of_a_unit_are_folded_to_the_maps_they_read(bench, page):
    weight = bench.network.layers[6].parameters["weight"][37].reshape(8, 10, 10)
    picture = summarise(6, 37, page.canvas.stages, bench.network, bench.trace).picture
    assert picture.shape == (30, 30)
    np.testing.assert_array_equal(picture[10:20, 20:30], weight[5])


def test_histogram_counts_everything_once():
    values = np.array([-2.0, -1.0, 0.0, 0.0, 1.0, 5.0, np.nan])
    counts = count_bins(values, 1.0)
    assert len(counts) == BINS
    assert counts.tolist()[0] == 2
    assert counts.tolist()[BINS // 2] == 2
    assert counts.tolist()[-1] == 2
