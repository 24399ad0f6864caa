"""Whole passes back through whole networks, by mouse and keyboard alone."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from cnncore import MODELS, LayerSpec, ModelSpec
from explorer.workbench import Workbench
from explorer.workspaces.inspect import InspectWorkspace

MIXED = ModelSpec(
    "mixed",
    "Batch norm, dropout, average pooling",
    (1, 28, 28),
    (
        LayerSpec("conv2d", "conv", {"out_channels": 4, "kernel_size": 3, "stride": 2, "padding": 1}),
        LayerSpec("batchnorm2d", "norm", {}),
        LayerSpec("leakyrelu", "leaky", {}),
        LayerSpec("avgpool2d", "mean", {"kernel_size": 3, "stride": 2, "padding": 1}),
        LayerSpec("flatten", "flatten", {}),
        LayerSpec("dropout", "dropout", {"p": 0.3}),
        LayerSpec("linear", "fc", {"out_features": 10}),
    ),
    tuple("0123456789"),
)
NETWORKS = {"reference": MODELS["reference"](), "lenet5": MODELS["lenet5"](), "mixed": MIXED}


@pytest.fixture(params=NETWORKS)
def page(qtbot, theme, request):
    bench = Workbench(NETWORKS[request.param])
    made = InspectWorkspace(bench, theme)
    qtbot.addWidget(made)
    made.resize(1108, 828)
    with qtbot.waitExposed(made):
        made.show()
    press(qtbot, made, Qt.Key.Key_B)
    for _ in made.inspection.stops:
        press(qtbot, made, Qt.Key.Key_BracketRight)
    yield made
    assert bench.close()


def press(qtbot, page, *keys):
    for key in keys:
        qtbot.keyClick(page, key)


def _engines_number(backward):
    """The derivative in view, from the trace and not from its terms."""
    cell = backward.cell(backward.target)
    if not backward.is_layer:
        found = backward.trace
        index = backward.stop.index
        return found.layers[0].d_input[cell] if index < 0 else found.layers[-1].d_output[cell]
    step = backward.step
    return (step.gradients["weight"] if backward.target == "weight" else step.d_input)[cell]


def test_by_key_from_the_loss_to_the_image(qtbot, page):
    """At every stop, both targets: first and last cell, a step, a row; what is said is the engine's."""
    backward, inspection = page.backward_page.backward, page.inspection
    assert inspection.index == inspection.stops.loss
    assert page.is_backward
    seen = []
    for stop in reversed(inspection.stops):
        assert inspection.index == stop.index
        seen.append(stop.index)
        for target in backward.targets:
            if backward.target != target:
                press(qtbot, page, Qt.Key.Key_D)
            assert backward.target == target
            transport = backward.transport
            press(qtbot, page, Qt.Key.Key_End)
            assert transport.index == backward.count(target) - 1
            _check(page)
            press(qtbot, page, Qt.Key.Key_Home)
            assert transport.index == 0
            _check(page)
            if backward.count(target) > 1:
                press(qtbot, page, Qt.Key.Key_Right)
                assert transport.index == 1
                _check(page)
            press(qtbot, page, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Left)
        press(qtbot, page, Qt.Key.Key_BracketLeft)
    assert seen == list(range(inspection.stops.loss, -2, -1))
    press(qtbot, page, Qt.Key.Key_F)
    assert not page.is_backward


def _check(page):
    backward = page.backward_page.backward
    view = page.backward_page.panel.view
    assert view.isVisible()
    assert view.sentence()
    assert view.accessibleDescription() == view.sentence()
    if backward.is_layer:
        terms = backward.terms(backward.target)
        assert terms.total == _engines_number(backward)
        assert np.isclose(terms.exact, terms.total, rtol=1e-4, atol=1e-6)


def test_by_mouse_over_chips_and_bars(qtbot, page):
    inspection = page.inspection
    for chip in reversed(page.stepper.chips):
        qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
        assert inspection.stop is chip.stop
        assert page.backward_page.panel.view.isVisible()
    for button in (page.stepper.next_button, page.stepper.previous_button):
        assert button.isVisible()
    qtbot.mouseClick(page.stepper.next_button, Qt.MouseButton.LeftButton)
    assert inspection.index == 0


def test_a_played_layer_visits_every_cell_once(qtbot, page):
    """The first convolution's kernel at the highest speed."""
    page.inspection.go_to(0)
    backward = page.backward_page.backward
    if backward.target != "weight":
        press(qtbot, page, Qt.Key.Key_D)
    press(qtbot, page, Qt.Key.Key_Home)
    transport = backward.transport
    transport.set_speed(500)
    places = []
    transport.index_changed.connect(places.append)
    qtbot.mouseClick(page.backward_page.transport_bar.play_button, Qt.MouseButton.LeftButton)
    last = backward.count("weight") - 1
    qtbot.waitUntil(lambda: transport.index == last and not transport.playing, timeout=20_000)
    assert places == list(range(1, last + 1))
