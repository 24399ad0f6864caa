"""The way back through every kind of layer but convolution, driven by mouse: views, hovering, playing."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from cnncore import LayerSpec, ModelSpec
from explorer.widgets.number_grid import NumberGrid
from explorer.workbench import Workbench
from explorer.workspaces.inspect.backward.formulas import FORMULAS, formula_of
from explorer.workspaces.inspect.backward.model import INPUT, NO_LINK, WEIGHT
from explorer.workspaces.inspect.bar_list import BarList
from explorer.workspaces.inspect.formulas import in_colours
from explorer.workspaces.inspect.typeset import render
from tests.backward_host import LAYERS, SMALL, WIDE, Page, texts_that_are_cut

MAX_POOL, AVERAGE, FLATTEN, LINEAR, NORM = 3, 6, 9, 10, 1


@pytest.fixture
def page(qtbot, theme):
    bench = Workbench()
    layers = tuple(LayerSpec(kind, f"{kind[:4]}{n}", options) for n, (kind, options) in enumerate(LAYERS))
    bench.set_spec(ModelSpec("kinds", "All kinds", (1, 28, 28), layers, tuple("abcdefghij")))
    page = Page(bench, theme, qtbot)
    yield page
    page.inspection.set_active(False)
    assert bench.close()


def stops_of(page):
    return [stop for stop in page.inspection.stops if stop.kind not in ("input", "conv")]


def click(qtbot, grid, y, x):
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.cell_rect(y, x).center().toPoint())


def hover(qtbot, widget, pos):
    qtbot.mouseMove(widget, QPoint(1, 1))
    qtbot.mouseMove(widget, pos)


def test_every_kind_has_a_heading_words_and_tables(page):
    for stop in stops_of(page):
        view = page.go_to(stop.index)
        title, words = view.heading()
        assert title.endswith("backward")
        assert words
        assert view.sentence().endswith(".")
        assert view.accessibleDescription() == view.sentence()
        for table in view.tables():
            assert 1 <= table.values.ndim <= 2
        assert page.formula.lines.lines
    assert {type(view).__name__ for view in page._views.values()} == {
        "ElementwiseBackwardView",
        "FlattenBackwardView",
        "LinearBackwardView",
        "LossBackwardView",
        "PoolBackwardView",
    }


def test_first_tables_are_the_engines_gradients(page):
    for stop in stops_of(page):
        view = page.go_to(stop.index)
        first = view.tables()[0].values
        backward = page.backward
        if not backward.is_layer:
            np.testing.assert_array_equal(first[:, 2], backward.trace.layers[-1].d_output)
        elif stop.kind == "linear":
            np.testing.assert_array_equal(first, backward.step.gradients[WEIGHT][backward.unit])
        else:
            found = backward.step.d_input
            np.testing.assert_array_equal(first, found[backward.source] if found.ndim == 3 else found)


def test_a_click_on_the_result_moves_the_cell_and_the_scan_fills_it(qtbot, page):
    for stop in stops_of(page):
        view = page.go_to(stop.index)
        result = getattr(view, "result", None)
        if not page.backward.is_layer:
            continue
        grid = result.map
        for place in (page.backward.count(INPUT) - 1, 0, page.backward.count(INPUT) // 2):
            click(qtbot, grid, *grid.cell_of(place))
            assert page.backward.place(INPUT) == place
            assert page.backward.target == INPUT
            assert grid.done == place + 1
            assert grid.selected == grid.cell_of(place)
        page.backward.transport.last()
        assert grid.done == page.backward.count(INPUT)


def test_hovering_lights_partners_and_tells_what_is_there(qtbot, page):
    for stop in stops_of(page):
        view = page.go_to(stop.index)
        page.hovers.clear()
        for grid in view.findChildren(NumberGrid):
            if grid.isVisible():
                hover(qtbot, grid, grid.cell_rect(0, 0).center().toPoint())
                assert page.backward.link != NO_LINK, (stop.name, grid.objectName())
                qtbot.mouseMove(grid, QPoint(1, 1))
                assert page.backward.link == NO_LINK
        for bars in view.findChildren(BarList):
            if bars.isVisible() and bars.rows:
                bars.hovered.emit(bars.rows[0].key)
                assert bars.body.lit == bars.rows[0].key
                bars.left.emit()
                assert bars.body.lit is None
        titles = [found.title for found in page.hovers if found is not None]
        assert titles
        for found in page.hovers:
            assert found is None or all(name and value for name, value in found.rows)


def test_overlapping_windows_of_max_pooling_add(page):
    view = page.go_to(MAX_POOL)
    step = page.backward.step
    won = next(
        place
        for place in range(page.backward.count(INPUT))
        if page.backward._explain(INPUT, page.backward.cell(INPUT, place)).winner.sum() > 1
    )
    page.backward.go_to(INPUT, won)
    terms = page.backward.terms(INPUT)
    assert view.source.map.frames
    assert len(view.source.map.frames) == len(terms.windows)
    assert "overlap" in view._reason()
    assert float(step.d_input[terms.cell]) == pytest.approx(
        float(terms.upstream[terms.winner].sum()), rel=1e-5
    )
    assert [row.columns[1] for row in view._list.rows].count("this cell") == terms.winner.sum()
    assert view.upstream.map.partners == {tuple(map(int, window)) for window in terms.windows}


def test_average_pooling_shares_by_the_number_of_cells(page):
    view = page.go_to(AVERAGE)
    page.backward.go_to(INPUT, page.backward.grid(INPUT)[1] + 1)
    assert [row.columns[1] for row in view._list.rows] == ["4"] * 4
    assert len(view.source.map.frames) == 4


def test_a_dense_unit_is_chosen_by_a_click(qtbot, page):
    view = page.go_to(LINEAR)
    view.units.chosen.emit(7)
    assert page.backward.unit == 7
    assert view._titles[1].text() == "2  dW[7] = dy[7] · x"
    click(qtbot, view.weights.map, *view.weights.map.cell_of(5))
    assert (page.backward.target, page.backward.cell(WEIGHT)) == (WEIGHT, (7, 5))
    assert view.factors.left.startswith("dW[7, 5]")
    assert formula_of(page.backward) is FORMULAS["linear_weight"]
    assert page.formula.subtitle.text() == FORMULAS["linear_weight"].title
    assert page.formula.lines.lines[-1].label == "db[7]"


def test_a_dense_gradient_is_folded_into_the_maps_it_belongs_to(page):
    view = page.go_to(LINEAR)
    shape = page.inspection.stops.folded_source(LINEAR)
    assert shape == (4, 4, 3)
    grid = view.result.map
    page.backward.go_to(INPUT, 2 * 12 + 4)
    assert grid.place_at(*grid.cell_of(28)) == 28
    waiting = sum(area.width() * area.height() for area in grid._waiting())
    assert waiting == grid.cells.values.size - 29
    d_input = page.backward.step.d_input.reshape(shape)
    y, x = grid.cell_of(28)
    assert grid.cells.values[y, x] * 10.0**view.scale.exponent == pytest.approx(float(d_input[2, 1, 1]))


def test_flatten_goes_to_another_map_by_a_click_on_the_vector(qtbot, page):
    view = page.go_to(FLATTEN)
    view.vector.chosen.emit(3 * 12 + 7)
    assert page.backward.cell(INPUT) == (3, 2, 1)
    assert view.place.left == "number 43  →  map 3, y 2, x 1"
    view.maps.clicked.emit(0, 0)
    assert page.backward.cell(INPUT) == (0, 0, 0)


def test_norm_shows_the_gradients_of_scale_and_shift(page):
    page.go_to(NORM)
    page.inspection.set_channel(2)
    step, part = page.backward.step, page.view.part
    assert part.gamma.right == page.view.scale.with_unit(float(step.gradients["weight"][2]))
    assert part.beta.right == page.view.scale.with_unit(float(step.gradients["bias"][2]))
    assert [line.label for line in page.formula.lines.lines] == ["this cell", "dγ[2]", "dβ[2]"]


def test_without_a_label_the_predicted_class_stands_for_it(page):
    page.inspection.workbench.set_custom_image(np.zeros((1, 28, 28), np.float32), "drawn")
    view = page.go_to(page.inspection.stops.loss)
    assert page.backward.label_assumed
    assert view.words.text.startswith("Nobody has said")
    label = page.backward.trace.label
    assert label == page.inspection.trace.predicted
    view.list.chosen.emit(label)
    assert "true class" in view.reason.text
    assert view.list.rows[label].columns[2] == "1"


def test_a_formula_that_is_resized_before_it_is_told_of_another_layer_waits(qtbot, page):
    page.go_to(LINEAR)
    page.backward.set_target(WEIGHT)
    before = page.formula.lines.lines
    page.backward.set_active(False)
    page.inspection.go_to(AVERAGE)
    assert page.backward.target == WEIGHT
    page.formula.show_cell()
    page.formula.resize(700, page.formula.height())
    assert page.formula.lines.lines == before
    page.backward.set_active(True)
    page.refresh()
    assert page.formula.lines.lines[-1].label == "windows"


def test_every_formula_can_be_typeset():
    colours = {"window": "#007A5E", "kernel": "#9C1FA3", "output": "#8A6100"}
    for formula in FORMULAS.values():
        assert render(in_colours(formula.latex, colours), "#1B1D22").startswith(b"<svg")
        assert formula.spoken


@pytest.mark.parametrize(("size", "mode"), [(WIDE, "light"), (SMALL, "dark")])
def test_no_text_is_cut(qtbot, page, theme, size, mode):
    theme.set_mode(mode)
    compact = size is SMALL
    page.formula.set_compact(compact)
    page.formula.resize(size[0], page.formula.height())
    page.formula.show()
    for stop in stops_of(page):
        view = page.go_to(stop.index, size)
        for target in page.backward.targets:
            page.backward.set_target(target)
            page.refresh()
            view.grab()

            def all_texts_fit(view=view):
                assert not [*texts_that_are_cut(view), *texts_that_are_cut(page.formula)], (
                    page.inspection.stop.name
                )

            qtbot.waitUntil(all_texts_fit, timeout=2_000)  # layouts are made anew by the event loop
