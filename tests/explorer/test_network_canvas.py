"""The network's picture under a real mouse and keyboard, with the pixels it draws."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication

from cnncore import MODELS
from explorer.imaging import to_argb, to_argb_signed
from explorer.numbers import format_number
from explorer.workbench import Focus, Workbench
from explorer.workspaces.network.canvas import NetworkCanvas
from explorer.workspaces.network.geometry import Kind, Place

CONV2_CELL = Place(Kind.MAPS, 2, 5, 7, 9)


@pytest.fixture
def bench(qtbot):
    bench = Workbench()
    yield bench
    assert bench.close()


@pytest.fixture
def canvas(qtbot, bench, theme):
    canvas = NetworkCanvas(bench, theme)
    qtbot.addWidget(canvas)
    canvas.resize(1108, 696)
    with qtbot.waitExposed(canvas):
        canvas.show()
    return canvas


def at(canvas, place) -> QPoint:
    return canvas.point_of(place).toPoint()


def hover(qtbot, canvas, place):
    qtbot.mouseMove(canvas, QPoint(3, 3))
    qtbot.mouseMove(canvas, at(canvas, place))


def click(qtbot, canvas, place):
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at(canvas, place))


def turn_wheel(canvas, point, notches):
    position = QPointF(point)
    QApplication.sendEvent(
        canvas,
        QWheelEvent(
            position,
            canvas.mapToGlobal(position),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        ),
    )


def pixel(canvas, place) -> int:
    image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return image.pixel(at(canvas, place))


def test_hovering_says_channel_place_and_exact_value(qtbot, bench, canvas):
    hover(qtbot, canvas, CONV2_CELL)
    value = float(bench.trace.layers[2].output[5, 7, 9])
    assert bench.hover.title == "conv2 map 5"
    assert bench.hover.rows == (
        ("position", "y 7, x 9"),
        ("value", format_number(value, sign=True)),
        ("after ReLU", format_number(max(value, 0.0))),
        ("sees input", "y 7–15, x 9–17"),
    )
    assert bench.hover.where == "conv2 map 5, y 7, x 9"


def test_hovering_a_kernel_says_its_weight(qtbot, bench, canvas):
    hover(qtbot, canvas, Place(Kind.KERNELS, 2, 5, 1, 4, 6))
    weight = float(bench.network.layers[2].parameters["weight"][5, 6, 1, 4])
    assert bench.hover.title == "conv2 kernel 5, 6"
    assert dict(bench.hover.rows)["weight"] == format_number(weight, sign=True)
    assert dict(bench.hover.rows)["reads"] == "relu1 map 6"


def test_hovering_a_flattened_cell_says_where_it_comes_from(qtbot, bench, canvas):
    hover(qtbot, canvas, Place(Kind.STRIP, 5, 523))
    rows = dict(bench.hover.rows)
    assert (rows["cell of"], rows["position"]) == ("pool map 5", "y 2, x 3")
    assert rows["value"] == format_number(float(bench.trace.layers[4].output[5, 2, 3]), sign=True)


def test_hovering_units_classes_and_the_input(qtbot, bench, canvas):
    hover(qtbot, canvas, Place(Kind.STRIP, 6, 37))
    assert dict(bench.hover.rows)["value"] == format_number(
        float(bench.trace.layers[6].output[37]), sign=True
    )
    hover(qtbot, canvas, Place(Kind.SOFTMAX, 9, 3))
    assert bench.hover.title == "class 3"
    hover(qtbot, canvas, Place(Kind.TILES, 8, 3))
    assert dict(bench.hover.rows)["logit"] == format_number(float(bench.trace.logits[3]), sign=True)
    hover(qtbot, canvas, Place(Kind.MAPS, -1, 0, 13, 14))
    assert dict(bench.hover.rows)["value"] == format_number(float(bench.sample.image[0, 13, 14]))


def test_hovering_a_header_names_the_layer(qtbot, bench, canvas):
    point = at(canvas, CONV2_CELL)
    qtbot.mouseMove(canvas, QPoint(point.x(), 30))
    assert bench.hover.title == "conv2"
    assert dict(bench.hover.rows) == {
        "layer": "Conv2d",
        "output": "8×20×20",
        "kernels": "64 of 5×5",
        "parameters": "1,608",
    }


def test_leaving_forgets_what_was_hovered(qtbot, bench, canvas):
    hover(qtbot, canvas, CONV2_CELL)
    qtbot.mouseMove(canvas, QPoint(3, 690))
    assert bench.hover is None


def test_the_hovered_value_follows_a_new_sample(qtbot, bench, canvas):
    hover(qtbot, canvas, CONV2_CELL)
    bench.select_sample(7)
    value = float(bench.trace.layers[2].output[5, 7, 9])
    wanted = format_number(value, sign=True)
    qtbot.waitUntil(lambda: dict(bench.hover.rows)["value"] == wanted, timeout=2000)


def test_hovering_rings_the_receptive_field_and_the_cell(qtbot, canvas, theme):
    hover(qtbot, canvas, CONV2_CELL)
    image = canvas.grab().toImage()
    window, output = theme.color("window").rgb(), theme.color("output").rgb()
    # The field on relu1 begins at row 7; its ring lies just above.
    corner = canvas.point_of(Place(Kind.MAPS, 1, 0, 7, 11))
    assert window in [image.pixel(QPoint(round(corner.x()), round(corner.y()) - up)) for up in range(2, 5)]
    cell = canvas.point_of(Place(Kind.MAPS, 3, 5, 7, 9))
    assert output in [image.pixel(QPoint(round(cell.x()), round(cell.y()) - up)) for up in range(1, 5)]


def test_a_click_selects_the_map_and_the_cell(qtbot, bench, canvas):
    click(qtbot, canvas, CONV2_CELL)
    assert bench.focus == Focus(2, 5, 7, 9)
    assert canvas.selection == (2, 5)
    assert canvas.accessibleDescription() == "conv2 map 5 is selected."


def test_a_click_on_a_bar_selects_the_class(qtbot, bench, canvas):
    click(qtbot, canvas, Place(Kind.SOFTMAX, 9, 3))
    assert bench.focus == Focus(8, 3)


def test_a_click_beside_everything_clears(qtbot, bench, canvas):
    click(qtbot, canvas, CONV2_CELL)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(3, 690))
    assert bench.focus == Focus()


def test_arrow_keys_move_the_selection_and_escape_clears(qtbot, bench, canvas):
    click(qtbot, canvas, CONV2_CELL)
    for key, expected in (
        (Qt.Key.Key_Down, (2, 6)),
        (Qt.Key.Key_Right, (3, 6)),
        (Qt.Key.Key_Up, (3, 5)),
        (Qt.Key.Key_Left, (2, 5)),
    ):
        qtbot.keyClick(canvas, key)
        assert canvas.selection == expected
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert bench.focus == Focus()


def test_the_focus_of_another_page_is_selected_here(bench, canvas):
    bench.set_focus(Focus(0, 3, 1, 1))
    assert canvas.selection == (0, 3)
    bench.set_focus(Focus(0, 99))
    assert canvas.selection is None


def test_maps_kernels_and_input_have_their_colours(bench, canvas, theme):
    output = bench.trace.layers[0].output
    expected = to_argb_signed(output, theme.signed, float(np.abs(output).max()))
    assert pixel(canvas, Place(Kind.MAPS, 0, 3, 12, 10)) == expected[3, 12, 10]
    weight = bench.network.layers[2].parameters["weight"][5]
    expected = to_argb_signed(weight, theme.signed, float(np.abs(weight).max()))
    assert pixel(canvas, Place(Kind.KERNELS, 2, 5, 1, 4, 6)) == expected[6, 1, 4]
    image = to_argb(bench.sample.image, theme.pixels, 0.0, 1.0)
    y, x = np.unravel_index(bench.sample.image[0].argmax(), (28, 28))
    assert pixel(canvas, Place(Kind.MAPS, -1, 0, int(y), int(x))) == image[0, y, x]


def test_every_kernel_of_every_convolution_is_on_the_picture(bench, canvas, theme):
    picture = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    for layer in (0, 2):
        weight = bench.network.layers[layer].parameters["weight"]
        for target, source in np.ndindex(weight.shape[:2]):
            packed = to_argb_signed(weight[target], theme.signed, float(np.abs(weight[target]).max()))
            place = Place(Kind.KERNELS, layer, target, 2, 2, source)
            assert picture.pixel(at(canvas, place)) == packed[source, 2, 2]


def test_a_selection_puts_its_kernels_on_the_edges_and_lets_the_rest_fade(qtbot, bench, canvas, theme):
    before = pixel(canvas, Place(Kind.MAPS, 2, 1, 12, 10))
    click(qtbot, canvas, CONV2_CELL)
    qtbot.mouseMove(canvas, QPoint(3, 690))
    weight = bench.network.layers[2].parameters["weight"][5]
    expected = to_argb_signed(weight, theme.signed, float(np.abs(weight).max()))
    for source in range(8):
        assert pixel(canvas, Place(Kind.KERNELS, 2, 5, 1, 4, source)) == expected[source, 1, 4]
    after = pixel(canvas, Place(Kind.MAPS, 2, 1, 12, 10))
    panel = theme.color("panel").rgb()
    for shift in (0, 8, 16):
        full, paper, faint = ((color >> shift) & 255 for color in (before, panel, after))
        assert faint == pytest.approx(0.4 * full + 0.6 * paper, abs=2)


def test_edges_of_a_selection_are_drawn_in_the_accent(qtbot, canvas, theme):
    click(qtbot, canvas, CONV2_CELL)
    column = canvas.network_layout.kernels(2)
    image = canvas.grab().toImage()
    x = round(column.box.x - 4)
    for source in range(8):
        y = at(canvas, Place(Kind.KERNELS, 2, 5, 2, 2, source)).y()
        assert theme.color("accent").rgb() in [image.pixel(QPoint(x, y + dy)) for dy in (-1, 0, 1)]


def test_hidden_kernels_are_neither_drawn_nor_hovered(qtbot, bench, canvas, theme):
    canvas.set_kernels_shown(False)
    place = Place(Kind.KERNELS, 0, 3, 2, 2, 0)
    assert (
        pixel(canvas, place)
        != to_argb_signed(
            bench.network.layers[0].parameters["weight"][3],
            theme.signed,
            float(np.abs(bench.network.layers[0].parameters["weight"][3]).max()),
        )[0, 2, 2]
    )
    hover(qtbot, canvas, place)
    assert bench.hover is None


def test_scopes_change_the_colours_not_the_values(bench, canvas, theme):
    output = bench.trace.layers[2].output
    place = Place(Kind.MAPS, 2, 5, 7, 9)
    canvas.set_scope("unit")
    expected = to_argb_signed(output[5] / np.abs(output[5]).max(), theme.signed, 1.0)
    assert pixel(canvas, place) == expected[7, 9]
    canvas.set_scope("global")
    r = max(float(np.abs(layer.output).max()) for layer in bench.trace.layers)
    assert pixel(canvas, place) == to_argb_signed(output, theme.signed, r)[5, 7, 9]


def test_relu_and_pool_take_the_range_of_their_convolution(bench, canvas):
    ranges = canvas.ranges
    largest = float(np.abs(bench.trace.layers[2].output).max())
    assert ranges.of_layer(2) == ranges.of_layer(3) == ranges.of_layer(4) == ranges.of_layer(5)
    assert ranges.of_layer(4) == pytest.approx(largest)


def test_the_wheel_zooms_round_the_pointer(qtbot, canvas):
    point = at(canvas, CONV2_CELL)
    turn_wheel(canvas, point, 3)
    assert canvas.zoom == pytest.approx(1.2**3)
    moved = canvas.point_of(CONV2_CELL)
    assert (moved.x(), moved.y()) == pytest.approx((point.x(), point.y()), abs=3)
    turn_wheel(canvas, point, -3)
    assert canvas.zoom == 1.0


def test_dragging_pans_and_selects_nothing(qtbot, bench, canvas):
    canvas.zoom_in()
    canvas.zoom_in()
    before = canvas.point_of(CONV2_CELL)
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(500, 300))
    qtbot.mouseMove(canvas, QPoint(480, 290))
    qtbot.mouseMove(canvas, QPoint(460, 280))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(460, 280))
    after = canvas.point_of(CONV2_CELL)
    assert (after.x() - before.x(), after.y() - before.y()) == pytest.approx((-40, -20))
    assert bench.focus == Focus()


def test_keys_zoom_and_fit(qtbot, canvas):
    qtbot.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.zoom == 1.1
    qtbot.keyClick(canvas, Qt.Key.Key_Minus)
    assert canvas.zoom == 1.0
    qtbot.keyClick(canvas, Qt.Key.Key_Minus)
    assert canvas.zoom == 0.9
    qtbot.keyClick(canvas, Qt.Key.Key_0)
    assert canvas.zoom == 1.0


def test_a_selection_by_keyboard_is_brought_into_view(qtbot, canvas):
    for _ in range(5):
        canvas.zoom_in()
    click(qtbot, canvas, canvas_centre_place(canvas))
    for _ in range(12):
        qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.selection[0] == 8
    point = canvas.point_of(Place(Kind.TILES, *canvas.selection))
    assert canvas.rect().contains(point.toPoint())


def canvas_centre_place(canvas):
    """Return a place that is on the page whatever the zoom."""
    return next(
        place
        for channel in range(8)
        if canvas.rect().contains(at(canvas, place := Place(Kind.MAPS, 2, channel, 10, 10)))
        and at(canvas, place).y() > 100
    )


def test_it_colours_once_for_many_changes_and_not_at_all_when_hidden(qtbot, bench, canvas):
    with qtbot.waitSignal(canvas.drawn):
        bench.select_sample(3)
    drawn = []
    canvas.drawn.connect(lambda: drawn.append(1))
    for index in range(10, 20):
        bench.select_sample(index)
    qtbot.waitUntil(lambda: bool(drawn), timeout=1000)
    assert len(drawn) <= 2
    canvas.hide()
    drawn.clear()
    with qtbot.assertNotEmitted(canvas.drawn, wait=120):
        bench.select_sample(30)
    with qtbot.waitSignal(canvas.drawn):
        canvas.show()


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_network_is_drawn_selected_and_not(qtbot, bench, canvas, theme, name, mode):
    theme.set_mode(mode)
    bench.set_spec(MODELS[name]())
    plain = canvas.grab().toImage()
    for layer in range(-1, len(bench.spec.layers)):
        canvas.select((layer, 0))
        assert canvas.grab().toImage() != plain
        assert canvas.selection == (layer, 0)


def test_another_network_forgets_selection_and_hover(qtbot, bench, canvas):
    click(qtbot, canvas, CONV2_CELL)
    bench.set_spec(MODELS["mlp"]())
    assert canvas.selection is None
    assert canvas.hovered_layer is None
    assert [stage.name for stage in canvas.stages] == ["input", "flatten", "fc1", "relu1", "fc2"]


def test_a_diverged_network_is_drawn_too(qtbot, bench, canvas):
    qtbot.waitUntil(lambda: bench.evaluation is not None)  # the first copy of the parameters has come
    bench.network.parameter_vector[:] = np.nan
    bench.select_sample(9)
    canvas.select((2, 5))
    assert not canvas.grab().isNull()
    hover(qtbot, canvas, CONV2_CELL)
    assert dict(bench.hover.rows)["value"] == "nan"


def test_the_picture_is_crisp_on_a_dense_screen(bench, canvas, theme):
    image = QImage(canvas.size() * 2, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(2.0)
    canvas.render(image)
    output = bench.trace.layers[0].output
    expected = to_argb_signed(output, theme.signed, float(np.abs(output).max()))
    point = canvas.point_of(Place(Kind.MAPS, 0, 3, 12, 10)) * 2
    # All six by six device pixels of a cell have its colour.
    for dx in (-2, 0, 2):
        assert image.pixel(QPoint(round(point.x()) + dx, round(point.y()) + dx)) == expected[3, 12, 10]
