"""While a fast scan plays on the way back, marks follow each picture, and new derivatives come in turns."""

import numpy as np
import pytest

from cnncore import MODELS
from explorer.workspaces.inspect import InspectWorkspace
from explorer.workspaces.inspect.backward.model import INPUT, KEPT_TERMS, WEIGHT


@pytest.fixture
def page(qtbot, tiny_bench, theme):
    tiny_bench.set_spec(MODELS["lenet5"]())
    page = InspectWorkspace(tiny_bench, theme)
    qtbot.addWidget(page)
    page.resize(1108, 828)
    with qtbot.waitExposed(page):
        page.show()
    page.show_way("backward")
    return page


def _play_fast(page, name, target):
    page.inspection.go_to(next(stop.index for stop in page.inspection.stops if stop.name == name))
    backward = page.backward
    backward.set_target(target)
    backward.transport.first()
    backward.transport.set_loop(True)
    backward.transport.set_speed(500)
    backward.transport.play()


def _change(inspection):
    state = inspection.network.state_dict()
    inspection.network.load_state_dict({name: 1.25 * values for name, values in state.items()})
    inspection.retrace()


def test_the_marks_follow_a_fast_scan_and_the_numbers_wait(qtbot, page):
    half, backward, seen = page.backward_page, page.backward, []

    def look():  # after the page, which was connected before
        view, place = half.panel.view, backward.place(INPUT)
        name = backward.stop.name
        grid = view.image if name == "input" else view.input.dx if name == "conv2" else view.result.map
        marked = grid.cell_of(place) if hasattr(grid, "cell_of") else divmod(place, backward.grid(INPUT)[1])
        seen.append((grid.selected == marked, half._numbers_due.isActive(), view.accessibleDescription()))

    backward.cell_changed.connect(look)
    for name in ("conv2", "relu1", "pool1", "flatten", "fc2", "input"):
        _play_fast(page, name, INPUT)
        seen.clear()
        texts = half.panel.view.accessibleDescription()
        qtbot.waitUntil(lambda: len(seen) >= 3)
        assert all(marked for marked, _, _ in seen)
        assert seen[0] == (True, True, texts)
        backward.transport.pause()
        assert half.panel.view.accessibleDescription() == half.panel.view.sentence() != texts


def test_the_window_over_the_input_follows_a_fast_scan_of_the_kernel(qtbot, page):
    kernel, seen = None, []

    def look():
        i, j = page.backward.cell(WEIGHT)[2:]
        frame = kernel.input.frames[0]
        seen.append(kernel.grid.selected == (i, j) == (frame.top, frame.left))

    _play_fast(page, "conv2", WEIGHT)
    kernel = page.backward_page.panel.view.kernel
    page.backward.cell_changed.connect(look)
    qtbot.waitUntil(lambda: len(seen) >= 3)
    assert all(seen)


def test_new_derivatives_come_into_view_in_turns(qtbot, page):
    half = page.backward_page
    for name, target in (("conv2", WEIGHT), ("fc1", INPUT), ("pool2", INPUT)):
        _play_fast(page, name, target)
        _change(page.inspection)
        assert half._gradual.pending
        qtbot.waitUntil(lambda: not half._gradual.pending)
        assert page.backward.transport.playing
        _check_shown(page, name)


def test_stopping_shows_all_of_the_last_derivatives(page):
    for name in ("conv2", "fc1", "relu3"):
        _play_fast(page, name, INPUT)
        _change(page.inspection)
        page.backward.transport.pause()
        assert not page.backward_page._gradual.pending
        _check_shown(page, name)


def _check_shown(page, name):
    view, step = page.backward_page.panel.view, page.backward.step
    if name == "conv2":
        assert np.array_equal(view.kernel.dz.cells.values, step.d_output[page.backward.map])
        assert np.array_equal(view.input.dx.cells.values, step.d_input[page.backward.channel_read])
    else:
        shown = step.d_input[page.backward.source] if step.d_input.ndim == 3 else step.d_input
        assert np.array_equal(view.result._values, shown)


def test_another_layer_is_shown_whole_although_steps_and_numbers_were_left(qtbot, page):
    """The view of the layer that is gone to may be one that has not shown anything yet."""
    half = page.backward_page
    for stop in page.inspection.stops:
        _play_fast(page, "conv2" if stop.name != "conv2" else "pool2", INPUT)
        qtbot.waitUntil(half._numbers_due.isActive)
        _change(page.inspection)
        page.inspection.go_to(stop.index)
        assert not half._gradual.pending
        assert half.panel.view.objectName() == f"backward_{stop.kind}"
        assert half.panel.view.isVisible()


def test_terms_of_many_cells_are_not_kept(page):
    page.inspection.go_to(0)
    backward = page.backward
    for place in range(0, backward.count(INPUT), 3):
        backward.go_to(INPUT, place)
        assert backward.terms(INPUT) is backward.terms(INPUT)
        assert len(backward._terms) <= KEPT_TERMS
