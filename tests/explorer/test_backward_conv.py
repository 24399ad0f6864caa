"""A convolution on the way back: what the screen says is what the engine has."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument

from cnncore import LayerSpec, ModelSpec
from explorer.workbench import Workbench
from explorer.workspaces.inspect import InspectWorkspace
from explorer.workspaces.inspect.backward.conv_formulas import fitting
from explorer.workspaces.inspect.backward.conv_kernel import meaning
from explorer.workspaces.inspect.backward.conv_upstream import origin_text
from explorer.workspaces.inspect.backward.term_bars import TermBars

CONVS = (
    {"out_channels": 4, "kernel_size": 3},
    {"out_channels": 6, "kernel_size": 3, "stride": 2, "padding": 1, "groups": 2},
    {"out_channels": 64, "kernel_size": 2, "dilation": 2, "padding": 2, "padding_mode": "reflect"},
    {"out_channels": 3, "kernel_size": (3, 2), "stride": (1, 2), "bias": False},
)
PAGES = ((1108, 828), (692, 628))
"""The page in a window of 1440 by 900 and of 1024 by 700."""


@pytest.fixture
def bench(qtbot):
    bench = Workbench()
    layers = [LayerSpec("conv2d", f"conv{n}", options) for n, options in enumerate(CONVS)]
    layers.insert(1, LayerSpec("relu", "relu", {}))
    layers.insert(3, LayerSpec("batchnorm2d", "norm", {}))
    layers += [LayerSpec("flatten", "flatten", {}), LayerSpec("linear", "fc", {"out_features": 10})]
    bench.set_spec(ModelSpec("convs", "Convolutions", (1, 28, 28), tuple(layers), tuple("abcdefghij")))
    yield bench
    assert bench.close()


@pytest.fixture
def page(qtbot, bench, theme):
    page = InspectWorkspace(bench, theme)
    qtbot.addWidget(page)
    page.resize(*PAGES[0])
    with qtbot.waitExposed(page):
        page.show()
    rng = np.random.default_rng(4)
    for array in page.inspection.network.parameters().values():
        array[...] = rng.normal(0, 0.15, array.shape)
    page.inspection.retrace()
    page.show_way("backward")
    assert all(np.abs(step.d_input).max() > 1e-6 for step in page.backward.trace.layers)
    return page


def conv_stops(page):
    return [stop for stop in page.inspection.stops if stop.kind == "conv"]


def view_of(page, stop, channel=0, source=0):
    page.inspection.go_to(stop.index, (channel, 0, 0))
    page.backward.set_source(source)
    return page.backward_page.panel.view


def click_cell(qtbot, grid, y, x):
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.cell_rect(y, x).center().toPoint())


def value_at(grid, y, x, r):
    """Return a cell's number from the grid's own unit, which its strongest colour tells."""
    return float(grid.cells.values[y, x]) * r / grid.cells.r


@pytest.mark.parametrize("size", PAGES)
def test_every_grid_shows_the_engines_gradients(page, size):
    page.resize(*size)
    for stop in conv_stops(page):
        step = page.backward.trace.layers[stop.index]
        weight = step.gradients["weight"]
        for channel in {0, stop.channels - 1}:
            for source in {0, weight.shape[1] - 1}:
                view = view_of(page, stop, channel, source)
                assert np.array_equal(view.upstream.dz.cells.values, step.d_output[channel])
                assert np.array_equal(view.kernel.dz.cells.values, step.d_output[channel])
                read = page.backward.channel_read
                assert np.array_equal(view.input.dx.cells.values, step.d_input[read])
                shown, wanted = view.kernel.grid.cells.values, weight[channel, source]
                unit = np.abs(weight[channel]).max() / view.kernel.grid.cells.r
                assert shown * unit == pytest.approx(wanted, rel=1e-5, abs=1e-12)
                flipped = step.layer.parameters["weight"][channel, source, ::-1, ::-1]
                ratio = view.input.flipped.cells.r / np.abs(step.layer.parameters["weight"][channel]).max()
                assert view.input.flipped.cells.values == pytest.approx(flipped * ratio, rel=1e-5)


@pytest.mark.parametrize("size", PAGES)
def test_a_click_on_a_weight_shows_its_sum(qtbot, page, size):
    page.resize(*size)
    for stop in conv_stops(page):
        view = view_of(page, stop, stop.channels - 1)
        rows, columns = view.kernel.grid.cells.shape
        for i, j in ((0, 0), (rows - 1, 0), (rows - 1, columns - 1)):
            click_cell(qtbot, view.kernel.grid, i, j)
            terms = view.kernel.terms
            assert terms.cell[2:] == (i, j)
            assert view.kernel.grid.selected == (i, j)
            assert view.kernel.grid.done == i * columns + j + 1
            assert np.array_equal(view.kernel.products.cells.values, terms.products)
            assert terms.positive + terms.negative == pytest.approx(terms.total, rel=1e-3, abs=1e-7)
            notes = [note for _, note in view.kernel.sum.parts if note]
            assert notes == [f"{terms.positive_count} positive", f"{terms.negative_count} negative"]


def test_the_frame_and_the_marks_are_where_the_weight_reads(page):
    for stop in conv_stops(page):
        view = view_of(page, stop)
        terms, grid = view.kernel.terms, view.kernel.input
        top, left = view.kernel.padding
        (frame,) = grid.frames
        assert (frame.top, frame.left) == (terms.rows[0] + top, terms.columns[0] + left)
        assert frame.top + frame.rows - 1 == terms.rows[-1] + top
        assert frame.left + frame.columns - 1 == terms.columns[-1] + left
        strided = stop.kind == "conv" and page.backward.step.layer.stride != (1, 1)
        assert bool(grid.rows) == strided
        if grid.cells.padding is not None:
            inside = ~grid.cells.padding
            assert inside.sum() == np.prod(page.backward.step.input.shape[1:])
        # What stands at the marked places is what the terms have read.
        shown = grid.cells.values[np.ix_(terms.rows + top, terms.columns + left)]
        assert shown == pytest.approx(terms.inputs)


def test_an_input_cell_is_the_sum_of_its_bars(qtbot, page):
    for stop in conv_stops(page):
        view = view_of(page, stop)
        height, width = view.input.dx.cells.shape
        for y, x in ((0, 0), (height // 2, width // 2), (height - 1, width - 1)):
            click_cell(qtbot, view.input.dx, y, x)
            assert page.backward.target == "input"
            terms = view.input.terms
            assert terms.cell[1:] == (y, x)
            assert np.array_equal(view.input.bars.terms, terms.partial_sums)
            assert terms.partial_sums.sum() == pytest.approx(terms.total, rel=1e-3, abs=1e-6)
            rows, columns = view.input.spread_shown.window(y, x)
            (frame,) = view.input.spread.frames
            assert (frame.top, frame.left) == (rows[0], columns[0])
            assert (frame.rows, frame.columns) == (rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1)


def test_zeros_between_and_around_are_hatched(page):
    for stop in conv_stops(page):
        view = view_of(page, stop)
        spread = view.input.spread_shown
        hatched = view.input.spread.cells.padding
        assert np.array_equal(hatched if hatched is not None else ~spread.real, ~spread.real)
        assert not spread.values[~spread.real].any()


def test_hovering_lights_partners_everywhere(page, bench):
    view = view_of(page, conv_stops(page)[0])
    view.kernel.dz.cell_hovered.emit(2, 3)
    terms = view.kernel.terms
    for grid in (view.upstream.dz, view.upstream.arriving, view.kernel.dz, view.kernel.products):
        assert grid.partners == {(2, 3)}
    assert view.kernel.input.partners == {(int(terms.rows[2]), int(terms.columns[3]))}
    assert len(view.input.spread.partners) == 1
    assert "product" in dict(bench.hover.rows)
    view.kernel.dz.left.emit()
    assert not view.kernel.products.partners
    assert bench.hover is None
    view.input.flipped.cell_hovered.emit(0, 0)
    assert page.backward.link.weight == (0, 0, 2, 2)
    assert dict(bench.hover.rows)["weight"] == "i 2, j 2"
    view.kernel.grid.cell_hovered.emit(1, 2)
    assert page.backward.cell("weight") == (0, 0, 1, 2)
    assert view.input.flipped.partners == {(1, 0)}


def test_the_product_under_the_mouse_stands_in_the_place_of_the_cell(qtbot, page):
    stop = conv_stops(page)[1]
    view = view_of(page, stop, 1)
    before = view.kernel.place.left, view.input.cell_line.left
    y, x = np.unravel_index(np.abs(view.kernel.terms.products).argmax(), view.kernel.terms.products.shape)
    view.kernel.products.cell_hovered.emit(int(y), int(x))
    assert view.kernel.place.left.startswith(f"dZ[1, {y}, {x}] · X = ")
    assert view.kernel.place.accessibleName() == view.kernel.place.left
    terms = view.input.terms
    i, j = terms.taps[-1]
    kh, kw = view.input.flipped.cells.shape
    view.input.flipped.cell_hovered.emit(int(kh - 1 - i), int(kw - 1 - j))
    assert view.input.cell_line.left.startswith(f"W[{i}, {j}] · dZ[{', '.join(map(str, terms.places[-1]))}]")
    view.point_away()
    assert (view.kernel.place.left, view.input.cell_line.left) == before


def test_the_equations_have_the_layers_own_numbers(page):
    def plain(label):
        document = QTextDocument()
        document.setHtml(label.text())
        return document.toPlainText()

    wanted = (
        ("dZ[y, x] · X[y+i, x+j]", "dZf[y−i, x−j]"),
        ("dZ[y, x] · X[2y+i−1, 2x+j−1]", "dZf[(y+1−i)/2, (x+1−j)/2]"),
        ("dZ[y, x] · X[y+2i−2, x+2j−2]", "dZf[y+2−2i, x+2−2j]"),
        ("dZ[y, x] · X[y+i, 2x+j]", "dZf[y−i, (x−j)/2]"),
    )
    for stop, (weight, source) in zip(conv_stops(page), wanted, strict=True):
        view = view_of(page, stop)
        assert plain(view.kernel.formula).startswith("dW")
        assert plain(view.kernel.formula).endswith(weight)
        assert plain(view.input.formula).startswith("dX[y, x] = Σ")
        assert plain(view.input.formula).endswith(source)


def test_a_formula_that_does_not_fit_is_written_smaller_then_shorter():
    forms = ("a long formula with many words", "short")
    assert "14px" in fitting(forms, 1000)
    assert "long" in fitting(forms, 180)
    assert "14px" not in fitting(forms, 180)
    assert fitting(forms, 60).count("short") == 1
    assert "10px" in fitting(forms, 1)


def test_the_bars_choose_the_output_map(qtbot, page):
    stop = conv_stops(page)[2]
    view = view_of(page, stop)
    bars = view.input.bars
    assert bars.names == tuple(range(64))
    for name in (63, 5):
        qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=bars.bar_rect(name).center().toPoint())
        assert page.backward.map == name
        assert view.upstream.choice.box.value() == name
        assert bars.present == name


def test_choices_by_number_and_key(qtbot, page):
    stop = conv_stops(page)[2]
    view = view_of(page, stop)
    view.upstream.choice.box.setValue(40)
    assert page.inspection.channel == 40
    view.kernel.choice.box.setValue(4)
    assert page.backward.source == 4
    qtbot.keyClick(page, Qt.Key.Key_PageDown)
    qtbot.keyClick(page, Qt.Key.Key_2)
    assert (page.backward.map, page.backward.source) == (41, 2)
    assert view.kernel.title.left == "Kernel gradient dW[41, 2]"


def test_groups_read_their_own_channels(page):
    stop = conv_stops(page)[1]
    view = view_of(page, stop, channel=5, source=1)
    assert page.backward.channel_read == 3
    assert view.input.bars.names == (3, 4, 5)
    assert "dX[3]" in view.input.title.left


def test_the_upstream_says_where_it_comes_from(page):
    first, second, third, last = conv_stops(page)
    trace = page.backward.trace
    view = view_of(page, first, 2)
    column = view.upstream
    arriving = trace.layers[1].d_output[2]
    assert column.arriving.cells.values * column.slopes.cells.values == pytest.approx(column.dz.cells.values)
    assert np.array_equal(column.arriving.cells.values, arriving)
    assert column._slopes_box.head.left == "gate z > 0"
    view_of(page, second)
    products = column.arriving.cells.values * column.slopes.cells.values
    assert products == pytest.approx(column.dz.cells.values, rel=1e-5, abs=1e-9)
    view_of(page, third)
    assert column.origin.isVisible()
    assert "conv3" in column.origin.text
    view_of(page, last)
    assert column.bias_row.left == "no bias in this layer"
    assert "flatten" in column.origin.text


def test_the_bias_gets_the_sum_of_the_map(page):
    stop = conv_stops(page)[0]
    view = view_of(page, stop, 1)
    step = page.backward.trace.layers[stop.index]
    text = view.upstream.bias_row.right
    assert text == view._scale.with_unit(float(step.gradients["bias"][1]))
    assert page.backward.bias_terms().total == pytest.approx(step.d_output[1].sum(), rel=1e-3)


@pytest.mark.parametrize(
    ("gradient", "word"),
    [(-0.1, "asks for a larger"), (0.2, "asks for a smaller"), (0.0, "does not change")],
)
def test_the_sign_is_explained(gradient, word):
    assert word in meaning(gradient)


@pytest.mark.parametrize("kind", ["max_pool", "average_pool", "flatten", "conv", "softmax", "linear"])
def test_every_layer_that_may_follow_is_named(kind):
    assert "next" in origin_text(kind, "next", (4, 3, 3))


def test_bars_are_as_high_as_their_terms(qtbot, theme):
    bars = TermBars(theme, "terms")
    qtbot.addWidget(bars)
    bars.resize(200, 100)
    bars.set_terms((3, 4, 5), np.array([2.0, -1.0, 0.5]), 4)
    heights = [bars.bar_rect(place).height() for place in range(3)]
    assert heights[0] == pytest.approx(2 * heights[1])
    assert heights[1] == pytest.approx(2 * heights[2])
    assert bars.bar_rect(0).bottom() == pytest.approx(bars.bar_rect(1).top())
    bars.set_terms((0,), np.zeros(1), 0)
    assert bars.grab().width() == 200


def test_tables_are_the_engines_arrays(page):
    stop = conv_stops(page)[0]
    view = view_of(page, stop, 1)
    page.backward.set_target("weight")
    step = page.backward.trace.layers[stop.index]
    assert np.array_equal(view.tables()[0].values, step.gradients["weight"][1, 0])
    page.backward.set_target("input")
    assert np.array_equal(view.tables()[0].values, step.d_input[0])
