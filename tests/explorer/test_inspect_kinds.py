"""The Inspect page with every kind of layer there is, at both sizes, in both themes and at both scalings."""

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel

from cnncore import LayerSpec, ModelSpec
from cnncore.layer_spec import KINDS
from cnncore.standardisation import Standardisation
from explorer.widgets.number_grid import NumberGrid
from explorer.workbench import Workbench
from explorer.workspaces.inspect import InspectWorkspace
from explorer.workspaces.inspect.layer_formula import formula_of
from explorer.workspaces.inspect.parts import Elided, Paragraph, TextLine
from explorer.workspaces.inspect.wording import number

LAYERS = (
    ("conv2d", {"out_channels": 4, "kernel_size": 3, "padding": 1, "bias": False}),
    ("batchnorm2d", {}),
    ("leakyrelu", {"negative_slope": 0.1}),
    ("avgpool2d", {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True}),
    (
        "conv2d",
        {
            "out_channels": 6,
            "kernel_size": 3,
            "stride": 2,
            "padding": 2,
            "dilation": 2,
            "groups": 2,
            "padding_mode": "reflect",
        },
    ),
    ("relu", {}),
    ("maxpool2d", {"kernel_size": 2, "stride": 1, "padding": 1}),
    ("tanh", {}),
    ("softmax", {}),
    ("adaptiveavgpool2d", {"output_size": (3, 2)}),
    ("dropout", {"p": 0.25}),
    ("flatten", {}),
    ("dropout", {}),
    ("linear", {"out_features": 12}),
    ("arctan", {}),
    ("softmax", {}),
    ("linear", {"out_features": 10}),
    ("sigmoid", {}),
)
LEAST_LINE = 28
"""A line of arithmetic with what stands below its terms, in pixels."""
PAGES = ((1108, 828), (692, 628))
"""The page in a window of 1440 by 900 and of 1024 by 700."""


@pytest.fixture
def bench(qtbot):
    bench = Workbench()
    layers = tuple(LayerSpec(kind, f"{kind[:4]}{n}", options) for n, (kind, options) in enumerate(LAYERS))
    bench.set_spec(ModelSpec("kinds", "All kinds", (1, 28, 28), layers, tuple("abcdefghij")))
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
        array[...] = rng.normal(0, 0.4, array.shape)
    page.inspection.retrace()
    return page


def click_cell(qtbot, grid, y, x):
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.cell_rect(y, x).center().toPoint())


def test_no_kind_of_layer_is_left_out():
    assert {kind for kind, _ in LAYERS} == set(KINDS)


@pytest.mark.parametrize("size", PAGES)
def test_corners_of_the_first_and_last_map_of_every_layer(qtbot, page, size):
    page.resize(*size)
    inspection = page.inspection
    for stop in inspection.stops[1:-2]:
        for channel in {0, stop.channels - 1}:
            inspection.go_to(stop.index, (channel, 0, 0) if stop.is_maps else (0,))
            output = getattr(page.views.view, "output", None)
            if output is None or not output.isVisible():
                assert stop.kind == "softmax"
                assert not stop.is_maps
                continue
            rows, columns = output.map.cells.shape
            for y, x in ((0, columns - 1), (rows - 1, 0), (rows - 1, columns - 1), (0, 0)):
                if y * stop.row + x < stop.count:
                    click_cell(qtbot, output.map, y, x)
                    assert inspection.transport.index == y * stop.row + x
                    shown = number(float(inspection.output_of(stop.index)[inspection.cell]))
                    assert output.cell_row.right == shown
                    assert page.views.view.sentence()
                    assert page.formula.lines.lines


def test_every_layer_plays_and_can_be_changed_and_hovered(qtbot, page):
    inspection = page.inspection
    for stop in inspection.stops:
        inspection.go_to(stop.index)
        page.views.edit_button.setChecked(True)
        page.views.follow_cell()
        page.grab()
        assert page.views.view.tables()
        for grid in page.views.view.findChildren(NumberGrid):
            rows, columns = grid.cells.shape
            grid.cell_hovered.emit(0, 0)
            grid.cell_hovered.emit(rows - 1, columns - 1)
            grid.left.emit()


def test_scale_and_shift_of_batch_norm_are_changed(qtbot, page):
    inspection = page.inspection
    inspection.go_to(1, (2, 5, 5))
    page.views.edit_button.setChecked(True)
    bar = page.views.edit_bar
    bar.weight_field.setValue(2.0)
    bar.bias_field.setValue(0.5)
    terms = inspection.terms
    assert (terms.scale, terms.shift) == (2.0, 0.5)
    assert terms.exact == pytest.approx(terms.total, rel=1e-5)
    bar.restore_button.click()
    assert inspection.terms.scale != 2.0


def test_an_output_map_of_a_group_reads_the_groups_channels(qtbot, page):
    inspection = page.inspection
    inspection.go_to(0)
    inspection.go_to(1, (3, 0, 0))
    inspection.go_to(4, (5, 0, 0))
    assert list(inspection.terms.channels) == [2, 3]
    assert "of maps 2–3" in page.formula.reads.left
    inspection.set_source(9)
    assert inspection.source == 1
    assert page.formula.lines.lines[-1].label == "its group"


def test_maps_of_a_softmax_are_chosen_in_its_list(qtbot, page):
    inspection = page.inspection
    inspection.go_to(8, (0, 2, 3))
    page.views.view.list.chosen.emit(4)
    assert inspection.cell == (4, 2, 3)


def texts_that_are_cut(page):
    """Find the labels in view that are smaller than their texts, and lines that are too long."""
    for text in page.findChildren(QLabel):
        if not text.isVisible() or isinstance(text, Elided):
            continue
        needed = text.heightForWidth(text.width()) if text.wordWrap() else text.sizeHint().height()
        fits = text.wordWrap() or text.sizeHint().width() <= text.width()
        if not fits or needed > text.height():
            yield text.text()
    for paragraph in page.findChildren(Paragraph):
        if paragraph.isVisible() and paragraph.needed_height() > paragraph.height() + 1:
            yield paragraph.text
    for text in page.views.view.findChildren(TextLine):
        if text.isVisible() and text.sizeHint().width() - 8 + 2 * text.inset > text.width():
            yield f"{text.left} {text.right}"
    lines = page.formula.lines
    if lines.height() < LEAST_LINE * len(lines.lines):
        yield "the lines stand too close"
    for line in lines.lines:
        if lines.line_width(line, 9) > lines.width() - lines._label_room():
            yield line.text


@pytest.mark.parametrize("size", PAGES)
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_no_text_is_cut(qtbot, page, theme, size, mode):
    page.resize(*size)
    theme.set_mode(mode)

    def all_texts_fit():
        assert not list(texts_that_are_cut(page)), page.inspection.stop.name
        output = getattr(page.views.view, "output", None)
        if output is not None and output.isVisible():
            assert output.framed.rect().contains(output.map.geometry())
            assert not output.framed.geometry().intersects(output._info.geometry())
            assert output._info.rect().contains(output.field.geometry())

    for stop in page.inspection.stops:
        page.inspection.go_to(stop.index)
        page.grab()
        qtbot.waitUntil(all_texts_fit, timeout=2_000)  # layouts are made anew by the event loop
        assert page.formula.formula.isVisible()
        for grid in page.views.view.findChildren(NumberGrid):
            assert QRectF(grid.rect()).contains(grid.grid_rect()), grid.objectName()


def grab_at(page, ratio):
    """Draw the page as on a screen with so many pixels to a point."""
    image = QImage(page.size() * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    page.render(image)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 4 * image.width()].reshape(image.height(), image.width(), 4)[..., :3].astype(np.int16)


def any_channel(marks):
    """Mark the pixels of which a channel is marked."""
    return marks[..., 0] | marks[..., 1] | marks[..., 2]


@pytest.mark.parametrize(("size", "mode"), [(PAGES[0], "light"), (PAGES[1], "dark")])
def test_at_twice_the_pixels_everything_stands_at_the_same_place(qtbot, page, theme, size, mode):
    """Averaged over two by two pixels, the picture at 200 % is that at 100 %, but for the sharper edges."""
    page.resize(*size)
    theme.set_mode(mode)
    for stop in page.inspection.stops:
        page.inspection.go_to(stop.index)
        page.grab()
        single, double = grab_at(page, 1), grab_at(page, 2)
        height, width, _ = single.shape
        assert double.shape == (2 * height, 2 * width, 3)
        # Slices are added, not axes reduced: NumPy is twenty times slower over axes of two or three.
        summed = double[::2, ::2] + double[1::2, ::2] + double[::2, 1::2] + double[1::2, 1::2]
        assert any_channel(np.abs(summed - 4 * single) > 4 * 96).mean() < 0.01, stop.name
        assert any_channel(double[::2, ::2] != double[1::2, 1::2]).mean() > 0.02, "only enlarged"


def test_the_words_about_a_pixel_fit_with_many_windows(page, bench):
    layers = (
        LayerSpec("conv2d", "conv", {"out_channels": 2, "kernel_size": 11}),
        LayerSpec("flatten", "flatten"),
        LayerSpec("linear", "fc", {"out_features": 10}),
    )
    bench.set_spec(ModelSpec("wide", "Wide windows", (1, 28, 28), layers, tuple("abcdefghij")))
    page.inspection.go_to(-1, (0, 14, 14))
    words = page.views.view.words
    words.resize(300, words.height())  # the room in a window of 1024 by 700
    assert words.text.startswith("121 windows")
    assert words.needed_height() <= words.height()


def test_no_curve_runs_through_the_number_at_its_point(page):
    """Beside the point, above a rising curve or below it, also at both ends of the axis."""
    inspection = page.inspection
    for stop in inspection.stops:
        if stop.kind not in ("activation", "batch_norm", "dropout", "loss"):
            continue
        inspection.go_to(stop.index)
        plot = page.views.view.plot
        plot.grab()
        for x, y in list(zip(plot._x, plot._y, strict=True))[:: max(1, len(plot._x) // 24)]:
            at = plot.place(float(x), float(y))
            box = plot._label_box(at, plot._area()).adjusted(4, 3, -4, -3)
            curve = [plot.place(float(u), float(v)) for u, v in zip(plot._x, plot._y, strict=True)]
            for start, end in itertools.pairwise(curve):
                for share in np.linspace(0, 1, 9):
                    assert not box.contains(start + (end - start) * float(share)), (stop.name, x)


def test_places_without_a_map_are_empty(page, bench):
    layers = (
        LayerSpec("conv2d", "conv", {"out_channels": 5, "kernel_size": 25}),
        LayerSpec("flatten", "flatten"),
        LayerSpec("linear", "fc", {"out_features": 10}),
    )
    bench.set_spec(ModelSpec("five", "Five maps", (1, 28, 28), layers, tuple("abcdefghij")))
    for index, name in ((1, "maps"), (2, "map")):
        page.inspection.go_to(index)
        grid = getattr(page.views.view, name)
        assert len(grid.texts()) == grid.cells.computed.sum() == 5 * 16
        assert grid.cells.values.size > 5 * 16


@pytest.mark.parametrize("size", PAGES)
def test_a_vector_of_very_many_numbers_is_shown_whole(page, bench, size):
    layers = (
        LayerSpec("conv2d", "conv", {"out_channels": 64, "kernel_size": 3, "padding": 1}),
        LayerSpec("flatten", "flatten"),
        LayerSpec("linear", "fc", {"out_features": 10}),
    )
    bench.set_spec(ModelSpec("long", "Long vector", (1, 28, 28), layers, tuple("abcdefghij")))
    page.resize(*size)
    page.inspection.go_to(1, (64 * 784 - 1,))
    view = page.views.view
    page.grab()
    for grid in (view.maps, view.output.map):
        assert QRectF(grid.rect()).contains(grid.grid_rect())
        assert view.rect().contains(grid.rect().translated(grid.mapTo(view, grid.rect().topLeft())))
    frame = view.output.map.frames[0]
    stop = page.inspection.stop
    assert frame.top * stop.row <= 63 * 784 < (frame.top + 1) * stop.row
    assert frame.top + frame.rows == -(-stop.count // stop.row)
    page.inspection.go_to(2)
    page.grab()
    assert QRectF(page.views.view.map.rect()).contains(page.views.view.map.grid_rect())


def test_standardised_pixels_have_the_colours_of_signed_numbers(page, bench):
    layers = (
        LayerSpec("conv2d", "conv", {"out_channels": 2, "kernel_size": 3}),
        LayerSpec("flatten", "flatten"),
        LayerSpec("linear", "fc", {"out_features": 10}),
    )
    names = tuple("abcdefghij")
    for standardisation, colours in ((None, "pixels"), (Standardisation((0.5,), (0.2,)), "signed")):
        bench.set_spec(ModelSpec("plain", "Plain", (1, 28, 28), layers, names, standardisation))
        page.inspection.go_to(0, (0, 13, 13))
        view = page.views.view
        assert view.patch.cells.colours == colours
        assert view.patch.cells.r >= np.abs(view.patch.cells.values).max()
        table = next(table for table in view.tables() if table.name == "input map")
        assert table.colours == colours
    page.inspection.go_to(-1)
    assert {"p", "μ, σ"} <= {symbol for symbol, _, _ in formula_of(page.inspection).legend}
