"""Hovering a part of the sum of a convolution lights its partners; off it they go out."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication

from cnncore import MODELS
from explorer.workspaces.inspect import InspectWorkspace
from explorer.workspaces.inspect.inspection import NO_LINK
from explorer.workspaces.inspect.wording import number

PAGES = ((1108, 828), (692, 628))


@pytest.fixture(params=PAGES)
def page(request, qtbot, tiny_bench, theme):
    tiny_bench.set_spec(MODELS["lenet5"]())
    page = InspectWorkspace(tiny_bench, theme)
    qtbot.addWidget(page)
    page.resize(*request.param)
    with qtbot.waitExposed(page):
        page.show()
    stops = page.inspection.stops
    page.inspection.go_to(next(s.index for s in stops if s.kind == "conv" and s.source[0] > 1), (0, 1, 1))
    return page


def hover(qtbot, widget, place):
    qtbot.mouseMove(widget, place)


def leave(widget):
    QApplication.sendEvent(widget, QEvent(QEvent.Type.Leave))


def pills(line):
    return [term for term in line.terms if term.role == "pill"]


def parts(page):
    view = page.views.view
    rows = view.channels.rows

    def bar(place):
        return view.waterfall, view.waterfall.column(place).center().toPoint()

    def row(place):
        return rows, rows.row_rect(place).center().toPoint()

    return {"bar": bar, "row": row}


@pytest.mark.parametrize("part", ["bar", "row"])
def test_a_channel_lights_its_row_its_bar_and_its_terms(qtbot, page, part):
    view, terms = page.views.view, page.inspection.terms
    told = []
    page.views.hovered.connect(told.append)
    other = len(terms.channels) - 1
    assert other != page.inspection.source
    for place in (0, other):
        widget, point = parts(page)[part](place)
        hover(qtbot, widget, point)
        assert view.waterfall.lit == view.channels.lit == place
        value = number(float(terms.partial_sums[place]))
        assert view.waterfall.texts()[place] == value
        channel, total = page.formula.lines.lines[-2:]
        assert channel.label == f"channel {terms.channels[place]}"
        assert [term.text for term in pills(channel)] == [value]
        assert [term.caption for term in pills(total)] in ([str(int(terms.channels[place]))], [])
        assert told[-1].rows[1] == ("their sum", value)
    leave(widget)
    assert view.waterfall.lit is view.channels.lit is None
    assert page.inspection.link == NO_LINK
    assert told[-1] is None
    assert page.formula.lines.lines[-2].label == f"channel {terms.channels[page.inspection.source]}"


def test_the_lit_parts_are_drawn(qtbot, page):
    view = page.views.view
    place = len(page.inspection.terms.channels) - 1
    widget, point = parts(page)["bar"](place)
    row = view.channels.rows.row_rect(place).toRect()
    before = view.waterfall.grab().toImage(), view.channels.rows.grab(row).toImage()
    hover(qtbot, widget, point)
    assert view.waterfall.grab().toImage() != before[0]
    assert view.channels.rows.grab(row).toImage() != before[1]
    leave(widget)
    assert view.waterfall.grab().toImage() == before[0]
    assert view.channels.rows.grab(row).toImage() == before[1]


def test_the_bias_is_lit_in_the_line_and_the_total_is_not_hovered(qtbot, page):
    view, terms = page.views.view, page.inspection.terms
    assert terms.bias is not None
    place = len(terms.channels)
    hover(qtbot, *parts(page)["bar"](place))
    assert (view.waterfall.lit, view.channels.lit) == (place, None)
    assert [term.caption for term in pills(page.formula.lines.lines[-1])] in (["bias"], [])
    hover(qtbot, *parts(page)["bar"](place + 1))
    assert page.inspection.link == NO_LINK


def test_a_click_still_chooses_the_hovered_channel(qtbot, page):
    place = len(page.inspection.terms.channels) - 1
    widget, point = parts(page)["row"](place)
    hover(qtbot, widget, point)
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=QPoint(point))
    assert page.inspection.source == place


def place_of(rows, row, y, x):
    """Return where an input cell is drawn in a row."""
    box, (height, width) = rows._map_box(row), rows.map_shape
    return QPoint(
        int(box.left() + (x + 0.5) * box.width() / width), int(box.top() + (y + 0.5) * box.height() / height)
    )


def test_an_input_cell_lights_all_windows_that_read_it(qtbot, page):
    """At the small maps any input cell can be pointed at; in the present window all grids ring it."""
    view, inspection = page.views.view, page.inspection
    rows, window = view.channels.rows, inspection.terms.window
    told = []
    page.views.hovered.connect(told.append)
    y, x = int(window.rows[2]), int(window.columns[1])
    hover(qtbot, rows, place_of(rows, inspection.source, y, x))
    channel = int(inspection.terms.channels[inspection.source])
    assert inspection.link.pixel == (channel, *rows.cell_at(QPointF(place_of(rows, 0, y, x)))[1:])
    _, y, x = inspection.link.pixel
    kh, kw = inspection.terms.kernel.shape[1:]
    _, height, width = inspection.stop.shape
    readers = {
        (j, i)
        for j in range(max(0, y - kh + 1), min(height, y + 1))
        for i in range(max(0, x - kw + 1), min(width, x + 1))
    }
    assert view.output.map.partners == readers
    assert ("read by", f"{len(readers)} windows") in told[-1].rows
    tap = (y - int(window.rows[0]), x - int(window.columns[0]))
    assert view.patch.partners == view.kernel.partners == view.product.partners == {tap}
    assert page.formula.lines.lines[0].label in ("hovered cell", f"channel {channel}")
    leave(rows)
    assert not view.output.map.partners


def press(qtbot, page, key, shift=True):
    modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    qtbot.keyClick(page, key, modifier)


def test_partners_are_lit_by_key_too(qtbot, page):
    view, inspection = page.views.view, page.inspection
    told = []
    page.views.hovered.connect(told.append)
    cell, (rows, columns) = inspection.cell, view.kernel.cells.shape
    press(qtbot, page, Qt.Key.Key_Right)
    assert view.kernel.partners == {(rows // 2, columns // 2)}
    press(qtbot, page, Qt.Key.Key_Down)
    place = (rows // 2 + 1, columns // 2)
    assert view.patch.partners == view.kernel.partners == view.product.partners == {place}
    product = number(float(inspection.terms.products[inspection.source][place]))
    assert told[-1].rows[-1] == ("product", product)
    for _ in range(rows + columns):
        press(qtbot, page, Qt.Key.Key_Left)
        press(qtbot, page, Qt.Key.Key_Up)
    assert view.kernel.partners == {(0, 0)}
    assert inspection.cell == cell
    press(qtbot, page, Qt.Key.Key_Escape, shift=False)
    assert inspection.link == NO_LINK
    assert told[-1] is None


@pytest.mark.parametrize("kind", ["linear", "softmax"])
def test_terms_of_a_list_are_lit_by_key_too(qtbot, page, kind):
    inspection = page.inspection
    inspection.go_to(next(stop.index for stop in inspection.stops if stop.kind == kind))
    rows = page.views.view.list.rows
    press(qtbot, page, Qt.Key.Key_Down)
    assert page.views.view.list.body.lit == inspection.link.term == rows[0].key
    for _ in rows:
        press(qtbot, page, Qt.Key.Key_Down)
    assert page.views.view.list.body.lit == rows[-1].key
    press(qtbot, page, Qt.Key.Key_Up)
    assert page.views.view.list.body.lit == rows[-2].key


def test_numbers_under_a_pooling_window_are_lit_by_key_too(qtbot, page):
    inspection = page.inspection
    inspection.go_to(next(stop.index for stop in inspection.stops if stop.kind.endswith("pool")))
    press(qtbot, page, Qt.Key.Key_Down)
    press(qtbot, page, Qt.Key.Key_Right)
    view, window = page.views.view, inspection.terms.window
    assert view.window_grid.partners >= {(0, 1)}
    assert inspection.link.pixel[1:] == (window.rows[0], window.columns[1])
