"""While a fast scan plays, a new trace is shown in several turns; in the end all of it is on view."""

import numpy as np
import pytest
from PySide6.QtCore import QObject

from cnncore import MODELS
from explorer.workspaces.inspect import InspectWorkspace
from explorer.workspaces.inspect.gradual import Gradual
from explorer.workspaces.inspect.wording import number


def test_the_first_step_is_taken_at_once_and_the_others_in_turn(qtbot):
    parent, taken = QObject(), []
    gradual = Gradual(parent)
    gradual.begin([lambda: taken.append(0), lambda: taken.append(1), lambda: taken.append(2)])
    assert taken == [0]
    assert gradual.pending
    qtbot.waitUntil(lambda: not gradual.pending)
    assert taken == [0, 1, 2]


def test_steps_that_are_left_can_be_forgotten_or_replaced(qtbot):
    parent, taken = QObject(), []
    gradual = Gradual(parent)
    gradual.begin([lambda: taken.append(0), lambda: taken.append(1)])
    gradual.begin([lambda: taken.append(2), lambda: taken.append(3)])
    qtbot.waitUntil(lambda: not gradual.pending)
    assert taken == [0, 2, 3]
    gradual.begin([lambda: taken.append(4), lambda: taken.append(5)])
    gradual.forget()
    assert not gradual.pending
    assert not gradual._due.isActive()
    assert taken == [0, 2, 3, 4]


@pytest.fixture
def page(qtbot, tiny_bench, theme):
    tiny_bench.set_spec(MODELS["lenet5"]())
    page = InspectWorkspace(tiny_bench, theme)
    qtbot.addWidget(page)
    page.resize(1108, 828)
    with qtbot.waitExposed(page):
        page.show()
    return page


def _play_fast(page, index):
    inspection = page.inspection
    inspection.go_to(index)
    inspection.transport.first()
    inspection.transport.set_loop(True)
    inspection.transport.set_speed(500)
    inspection.transport.play()


def _change(inspection):
    state = inspection.network.state_dict()
    inspection.network.load_state_dict({name: 1.25 * values for name, values in state.items()})
    inspection.retrace()


def _index(page, kind):
    return next(s.index for s in page.inspection.stops[1:] if s.kind == kind and s.source[0] > 1)


@pytest.mark.parametrize("kind", ["conv", "linear", "max_pool", "activation"])
def test_stopping_shows_all_of_the_last_trace(page, kind):
    inspection = page.inspection
    _play_fast(page, _index(page, kind))
    _change(inspection)
    inspection.transport.pause()
    view, terms = page.views.view, inspection.terms
    values = inspection.output_of(inspection.index)
    shown = values[inspection.channel] if inspection.stop.is_maps else values
    assert np.array_equal(view.output.map.cells.values.ravel()[: shown.size], shown.ravel())
    assert view.output.cell_row.right == number(float(values[inspection.cell]))
    if kind == "conv":
        source = inspection.source
        assert np.array_equal(view.patch.cells.values, terms.patch[source])
        assert np.array_equal(view.kernel.cells.values, terms.kernel[source])
        assert np.array_equal(view.channels.rows.sums, terms.partial_sums)
        assert view.waterfall.sum.total == terms.total
    if kind == "linear":
        assert view.waterfall.sum.total == terms.total
    assert not page._gradual.pending


def test_all_of_a_trace_comes_into_view_while_the_scan_plays(qtbot, page):
    _play_fast(page, _index(page, "conv"))
    view, before = page.views.view, page.views.view.kernel.cells.values.copy()
    _change(page.inspection)
    assert page._gradual.pending
    assert np.array_equal(view.kernel.cells.values, before)
    qtbot.waitUntil(lambda: not page._gradual.pending)
    assert page.inspection.transport.playing
    assert np.array_equal(view.kernel.cells.values, page.inspection.terms.kernel[page.inspection.source])


def test_another_layer_or_network_is_shown_whole_although_steps_were_left(page, tiny_bench):
    inspection = page.inspection
    for index in (inspection.stops.loss, -1, inspection.stops.softmax, _index(page, "linear")):
        _play_fast(page, _index(page, "conv"))
        inspection.transport.seek(inspection.stop.count - 1)
        inspection.transport.play()
        _change(inspection)
        inspection.go_to(index)
        assert not page._gradual.pending
        assert page.views.view.objectName().endswith(inspection.stop.kind)
    _play_fast(page, _index(page, "conv"))
    _change(inspection)
    tiny_bench.set_spec(next(iter(MODELS.values()))())
    assert not page._gradual.pending
    assert len(page.stepper.chips) == len(inspection.stops)
