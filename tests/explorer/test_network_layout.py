"""Where the network's columns stand, for any network and page; no screen needed."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncore import MODELS, LayerSpec, ModelSpec
from explorer.numbers import format_count
from explorer.widgets.rectangle import Rectangle
from explorer.workspaces.network.geometry import KernelColumn, Kind
from explorer.workspaces.network.headers import header_name, headers_of, place_headers
from explorer.workspaces.network.layout import approximate_width, make_layout
from explorer.workspaces.network.navigation import step_selection
from explorer.workspaces.network.relations import dense_layer_of, largest_terms, related
from explorer.workspaces.network.sizes import fold, map_sizes, whole_factor
from explorer.workspaces.network.stages import Link, stages_of
from explorer.workspaces.network.view import View

PAGES = ((1108.0, 636.0), (692.0, 423.0))


def stages(spec):
    return stages_of(spec, spec.build(np.random.default_rng(0)))


def wide_spec(channels=64):
    layers = (
        LayerSpec("conv2d", "conv1", {"out_channels": channels, "kernel_size": 3, "padding": 1}),
        LayerSpec("relu", "relu1"),
        LayerSpec("maxpool2d", "pool1", {"kernel_size": 2}),
        LayerSpec("conv2d", "conv2", {"out_channels": channels, "kernel_size": 3}),
        LayerSpec("tanh", "tanh1"),
        LayerSpec("flatten", "flatten"),
        LayerSpec("linear", "fc", {"out_features": 10}),
    )
    return ModelSpec("wide", "Wide", (1, 28, 28), layers, tuple("0123456789"))


@st.composite
def specs(draw):
    """Networks of up to three convolutions with activations and pooling, then up to two dense layers."""
    layers = []
    size = 28
    for number in range(draw(st.integers(0, 3))):
        kernel = draw(st.integers(1, 5))
        options = {"out_channels": draw(st.integers(1, 70)), "kernel_size": kernel, "padding": kernel // 2}
        layers.append(LayerSpec("conv2d", f"conv{number}", options))
        if draw(st.booleans()):
            layers.append(LayerSpec("relu", f"relu{number}"))
        if draw(st.booleans()) and size >= 4:
            layers.append(LayerSpec("maxpool2d", f"pool{number}", {"kernel_size": 2}))
            size //= 2
    layers.append(LayerSpec("flatten", "flatten"))
    if draw(st.booleans()):
        layers.append(LayerSpec("linear", "hidden", {"out_features": draw(st.integers(1, 300))}))
        layers.append(LayerSpec("sigmoid", "sigmoid"))
    layers.append(LayerSpec("linear", "out", {"out_features": 10}))
    return ModelSpec("any", "Any", (1, 28, 28), tuple(layers), tuple("0123456789"))


def overlap(a: Rectangle, b: Rectangle) -> bool:
    return min(a.right, b.right) - max(a.x, b.x) > 0.01 and min(a.bottom, b.bottom) - max(a.y, b.y) > 0.01


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("page", PAGES)
def test_the_built_in_networks_fit_the_page_at_100_percent(name, page):
    layout = make_layout(stages(MODELS[name]()), *page)
    assert layout.width == page[0]


@settings(max_examples=40, deadline=None)
@given(specs(), st.sampled_from(PAGES))
def test_columns_stand_side_by_side_inside_the_world(spec, page):
    layout = make_layout(stages(spec), *page)
    kinds = [column.kind for column in layout.columns]
    assert len(layout.columns) == len(spec.layers) + 2 + kinds.count(Kind.KERNELS)
    for left, right in pairwise(layout.columns):
        assert left.box.right <= right.box.x
    for column in layout.columns:
        assert column.box.x >= 0
        assert column.box.right <= layout.width
        for index in (0, column.grid.count - 1):
            box = column.grid.box(index)
            assert box.y >= 0
            assert box.bottom <= layout.height + 0.01
            assert column.box.x - 1 <= box.x
            assert box.right <= column.box.right + 1


@settings(max_examples=25, deadline=None)
@given(specs(), st.sampled_from(PAGES))
def test_maps_and_kernels_never_overlap(spec, page):
    for column in make_layout(stages(spec), *page).columns:
        grids = [column.grid]
        if isinstance(column, KernelColumn) and column.inputs > 1:
            grids.append(column.edges)
        for grid in grids:
            boxes = [grid.box(index) for index in range(min(grid.count, 24))]
            assert not any(overlap(a, b) for a, b in combinations(boxes, 2))


@settings(max_examples=25, deadline=None)
@given(specs(), st.sampled_from(PAGES), st.randoms(use_true_random=False))
def test_every_place_is_found_again_under_its_middle(spec, page, random):
    layout = make_layout(stages(spec), *page)
    for column in layout.columns:
        if isinstance(column, KernelColumn):
            target = random.randrange(column.grid.count)
            source = random.randrange(column.inputs)
            y, x = (random.randrange(size) for size in column.cells)
            box = column.kernel_in_block(target, source).cell(y, x, *column.cells)
            place = layout.place_at(box.cx, box.cy, None, None)
            assert place == (Kind.KERNELS, column.layer, target, y, x, source)
            continue
        count = column.units if column.kind is Kind.STRIP else column.grid.count
        channel = random.randrange(count)
        box, y, x = column.box_of(channel), 0, 0
        if column.kind is Kind.MAPS:
            y, x = (random.randrange(size) for size in column.cells)
            box = box.cell(y, x, *column.cells)
        assert layout.place_at(box.cx, box.cy, None, None) == (column.kind, column.layer, channel, y, x, 0)


def test_kernels_of_a_selected_map_are_found_on_its_edges():
    layout = make_layout(stages(MODELS["reference"]()), *PAGES[0])
    column = layout.kernels(2)
    box = column.edges.box(6).cell(1, 4, 5, 5)
    assert layout.place_at(box.cx, box.cy, 2, 5) == (Kind.KERNELS, 2, 5, 1, 4, 6)


def test_images_are_scaled_by_whole_factors():
    layout = make_layout(stages(MODELS["reference"]()), *PAGES[0])
    factors = {c.layer: c.grid.size[0] / c.cells[1] for c in layout.columns if c.kind is Kind.MAPS}
    assert factors == {-1: 3, 0: 3, 1: 3, 2: 3, 3: 3, 4: 4}


def test_sixty_four_maps_stay_large_enough_to_see():
    layout = make_layout(stages(wide_spec()), *PAGES[0])
    for column in layout.columns:
        if column.kind is Kind.MAPS and column.layer >= 0:
            assert min(column.grid.size) >= 14
            assert column.grid.columns > 1


def test_a_network_too_long_for_the_page_gets_a_wider_world():
    names = [f"convolution{i}" for i in range(20)]
    layers = [LayerSpec("conv2d", n, {"out_channels": 4, "kernel_size": 3, "padding": 1}) for n in names]
    layers += [LayerSpec("flatten", "flatten"), LayerSpec("linear", "fc", {"out_features": 10})]
    spec = ModelSpec("long", "Long", (1, 28, 28), tuple(layers), tuple("0123456789"))
    layout = make_layout(stages(spec), *PAGES[1])
    assert layout.width > 2 * PAGES[1][0]


@settings(max_examples=40, deadline=None)
@given(specs(), st.sampled_from(PAGES), st.floats(0.25, 3.0), st.integers(0, 2))
def test_headers_never_overlap(spec, page, zoom, turns):
    layout = make_layout(stages(spec), *page)
    headers = [header.at(header.x * zoom) for header in headers_of(layout, (0, 0))]
    labels = place_headers(headers, page[0], approximate_width, turns)
    for line in range(5):
        row = sorted((label for label in labels if label.line == line), key=lambda label: label.x)
        for left, right in pairwise(row):
            assert left.x + left.width <= right.x


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", MODELS)
def test_every_name_and_shape_of_the_built_in_networks_is_there_in_full(name, page):
    layout = make_layout(stages(MODELS[name]()), *page)
    labels = place_headers(headers_of(layout, None), page[0], approximate_width, layout.turns)
    whole = [label.text for label in labels if label.width >= approximate_width(label.text, False) - 0.01]
    for stage in layout.stages:
        assert header_name(stage) in whole
        assert "×".join(map(str, stage.shape)) in whole


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("zoom", [0.5, 0.8, 1.0, 1.5])
def test_a_row_of_headers_has_one_form(name, page, zoom):
    layout = make_layout(stages(MODELS[name]()), *page)
    headers = [header.at(header.x * zoom) for header in headers_of(layout, None)]
    labels = place_headers(headers, page[0], approximate_width, layout.turns)
    counts = [format_count(stage.parameters) for stage in layout.stages if stage.parameters]
    plain = [label.text in counts for label in labels if label.line >= 2 and not label.role]
    worded = [label.text.endswith(" params") for label in labels]
    assert not (any(worded) and any(plain)), [label.text for label in labels]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("selected", [None, (0, 0), (2, 0)])
@pytest.mark.parametrize("zoom", [0.25, 0.6, 1.0])
def test_numbers_of_kernels_stand_below_their_name(name, page, selected, zoom):
    layout = make_layout(stages(MODELS[name]()), *page)
    headers = [header.at(header.x * zoom) for header in headers_of(layout, selected)]
    labels = [
        label
        for label in place_headers(headers, page[0], approximate_width, layout.turns)
        if label.role == "kernel"
    ]
    names = [label for label in labels if label.text in ("kernels", "kernel")]
    if zoom == 1 and (name != "lenet5" or not layout.tight):
        assert len(names) == sum(stage.kernels is not None for stage in layout.stages)
    for label in labels:
        middle = label.x + label.width / 2
        assert any(abs(above.x + above.width / 2 - middle) < 12 for above in names)


def test_kernels_are_counted():
    headers = headers_of(make_layout(stages(MODELS["reference"]()), *PAGES[0]), None)
    lines = [header.lines for header in headers if header.role == "kernel"]
    assert lines == [(("kernels",), ("8",), ("5×5",)), (("kernels",), ("64",), ("5×5",))]


def test_a_selected_header_stays_when_others_go():
    layout = make_layout(stages(MODELS["reference"]()), *PAGES[0])
    headers = [header.at(header.x * 0.25) for header in headers_of(layout, (3, 0))]
    labels = place_headers(headers, PAGES[0][0], approximate_width, 0)
    assert "relu2" in [label.text for label in labels]


@given(st.integers(1, 5000), st.sampled_from([1, 25, 49, 100]), st.integers(200, 900))
def test_a_folded_vector_has_rows_of_two_pixels_at_least(count, segment, height):
    across = fold(count, segment, height)
    assert -(-count // across) * 2 <= height + 2


def test_a_fold_does_not_mix_maps_where_it_can_help_it():
    assert fold(800, 100, 632) == 4
    assert fold(128, 128, 632) == 1


def test_whole_factors_become_fractions_only_when_one_is_too_much():
    assert whole_factor(24, 75) == 3
    assert whole_factor(24, 12) == 0.5


def test_rows_are_shared_by_columns_when_they_would_be_too_close():
    assert map_sizes(8, (24, 24), 632, 112).columns == 1
    assert map_sizes(64, (24, 24), 632, 60).columns > 1


def test_what_belongs_to_a_map():
    all_stages = stages(MODELS["reference"]())
    marks = related(all_stages, 2, 5)
    assert marks[-1].all()
    assert marks[0].all()
    assert marks[1].all()
    for layer in (2, 3, 4):
        assert np.flatnonzero(marks[layer]).tolist() == [5]
    assert np.flatnonzero(marks[5]).tolist() == list(range(500, 600))
    assert all(marks[layer].all() for layer in (6, 7, 8))


def test_what_belongs_to_a_flattened_cell():
    marks = related(stages(MODELS["reference"]()), 5, 523)
    assert np.flatnonzero(marks[4]).tolist() == [5]
    assert np.flatnonzero(marks[2]).tolist() == [5]
    assert marks[1].all()


def test_units_after_an_activation_belong_to_the_dense_layer_before():
    all_stages = stages(MODELS["reference"]())
    assert dense_layer_of(all_stages, 7) == 6
    assert dense_layer_of(all_stages, 8) == 8
    assert dense_layer_of(all_stages, 5) is None
    assert dense_layer_of(all_stages, 3) is None


def test_the_largest_terms_are_the_largest_products():
    rng = np.random.default_rng(5)
    weight, inputs = rng.normal(size=(3, 100)), np.maximum(rng.normal(size=100), 0)
    terms = largest_terms(weight, inputs, 4, 2)
    products = weight[2] * inputs
    expected = np.sort(np.abs(products))[::-1][:16]
    np.testing.assert_array_equal(np.abs(terms.products), expected)
    np.testing.assert_array_equal(products[terms.sources], terms.products)
    assert len(largest_terms(weight, np.zeros(100), 4, 2).sources) == 0


def test_links_follow_from_shapes_and_weights():
    links = [stage.link for stage in stages(MODELS["tiny"]())]
    assert links == [Link.NONE, Link.CONVOLUTION, Link.POINTWISE, Link.FLATTEN, Link.DENSE]


def test_arrow_steps_stop_at_the_ends_and_keep_the_place():
    all_stages = stages(MODELS["reference"]())
    assert step_selection(all_stages, None, 1, 0) == (0, 0)
    assert step_selection(all_stages, (2, 5), 1, 0) == (3, 5)
    assert step_selection(all_stages, (0, 7), -1, 0) == (-1, 0)
    assert step_selection(all_stages, (-1, 0), -1, 0) == (-1, 0)
    assert step_selection(all_stages, (2, 7), 0, 1) == (2, 7)
    assert step_selection(all_stages, (4, 0), 1, 0)[1] == 50
    assert step_selection(all_stages, (8, 9), 1, 0) == (8, 9)


def view_of(width, height, world):
    view = View()
    view.resize(width, height, world)
    return view


def test_zooming_keeps_the_point_under_the_cursor():
    view = view_of(1000, 600, (1000, 600))
    before = view.world_at(300, 200)
    view.zoom_to(2.5, 300, 200)
    assert view.world_at(300, 200) == pytest.approx(before)
    assert not view.fitted


def test_the_world_is_never_pushed_out_of_the_window():
    view = view_of(1000, 600, (1000, 600))
    view.zoom_to(2.0, 500, 300)
    view.pan(9999, 9999)
    assert (view.x, view.y) == (0, 0)
    view.pan(-9999, -9999)
    assert (view.x, view.y) == (-1000, -600)


def test_a_world_that_is_wider_than_the_window_is_shown_whole():
    view = view_of(800, 600, (1000, 600))
    assert view.zoom == pytest.approx(0.8)
    assert view.x == 0
    assert view.y == 60


def test_zoom_steps_go_up_and_down_the_same_ladder():
    view = view_of(1000, 600, (1000, 600))
    assert view.step(1) == 1.1
    view.zoom_to(1.1, 0, 0)
    assert view.step(-1) == 1.0


def test_reveal_moves_no_further_than_needed():
    view = view_of(1000, 600, (1000, 600))
    view.zoom_to(4.0, 0, 0)
    view.reveal(Rectangle(10, 10, 20, 20))
    assert (view.x, view.y) == (0, 0)
    view.reveal(Rectangle(500, 300, 20, 20))
    seen = view.box(Rectangle(500, 300, 20, 20))
    assert seen.right == pytest.approx(988)
    assert seen.bottom == pytest.approx(588)


def grouped_spec():
    layers = (
        LayerSpec("conv2d", "conv1", {"out_channels": 4, "kernel_size": 3}),
        LayerSpec("relu", "relu1"),
        LayerSpec("conv2d", "conv2", {"out_channels": 6, "kernel_size": 3, "groups": 2}),
        LayerSpec("conv2d", "conv3", {"out_channels": 6, "kernel_size": 3, "groups": 6}),
        LayerSpec("softmax", "shares"),
        LayerSpec("flatten", "flatten"),
        LayerSpec("linear", "fc", {"out_features": 10}),
    )
    return ModelSpec("grouped", "Grouped", (1, 28, 28), layers, tuple("0123456789"))


def test_a_map_of_a_group_belongs_to_the_maps_of_its_group():
    found = stages(grouped_spec())
    assert list(found.sources_of(2, 2)) == [0, 1]
    assert list(found.sources_of(2, 5)) == [2, 3]
    assert list(found.sources_of(3, 4)) == [4]
    marks = related(found, 2, 5)
    assert marks[1].tolist() == marks[0].tolist() == [False, False, True, True]
    assert marks[3].tolist() == [False] * 5 + [True]
    assert marks[4].all()  # a softmax is over all maps
    assert related(found, 0, 1)[2].tolist() == [True] * 3 + [False] * 3


def test_kernels_of_a_group_stand_beside_the_maps_that_they_read():
    layout = make_layout(stages(grouped_spec()), *PAGES[0])
    kernels, maps = layout.kernels(2), layout.column(1)
    for target in range(6):
        for source in (0, 1):
            box = kernels.kernel_on_edge(target, source)
            read = layout.stages.sources_of(2, target)[source]
            assert abs(box.cy - maps.grid.box(read).cy) <= 1
            assert kernels.kernel_at(box.cx, box.cy, target) == (Kind.KERNELS, 2, target, 1, 1, source)
        beside = kernels.edges.box((kernels.first_read(target) + 2) % 4)
        assert kernels.kernel_at(beside.cx, beside.cy, target) is None


def test_in_a_crowded_page_names_and_shapes_take_turns_and_stay_whole():
    layers = [LayerSpec("conv2d", f"conv{n}", {"out_channels": 8, "kernel_size": 3}) for n in range(9)]
    layers += [LayerSpec("flatten", "flatten"), LayerSpec("linear", "fc1", {"out_features": 64})]
    layers += [LayerSpec("relu", "relu1"), LayerSpec("linear", "fc2", {"out_features": 10})]
    spec = ModelSpec("many", "Many", (1, 28, 28), tuple(layers), tuple("0123456789"))
    width, height = PAGES[1]
    layout = make_layout(stages(spec), width, height)
    assert layout.crowded
    zoom = min(width / layout.width, height / layout.height)
    headers = [header.at(header.x * zoom) for header in headers_of(layout, None)]
    labels = place_headers(headers, width, approximate_width, layout.turns)
    whole = [
        label.text for label in labels if label.width >= approximate_width(label.text, label.bold) - 0.01
    ]
    for stage in layout.stages:
        assert header_name(stage) in whole
        assert "×".join(map(str, stage.shape)) in whole


def test_a_world_wider_than_the_page_is_as_high_as_shows_it_largest():
    layout = make_layout(stages(wide_spec(200)), *PAGES[1])
    width, height = PAGES[1]
    assert layout.crowded
    assert min(width / layout.width, height / layout.height) > 0.5
