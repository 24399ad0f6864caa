"""A derivative held against a central difference, through the button."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from cnncore import LayerSpec, ModelSpec
from cnncore.gradient_check import check_gradient
from explorer.theme import Theme
from explorer.workbench import Workbench
from explorer.workspaces.inspect.backward.check_bar import CheckBar
from explorer.workspaces.inspect.backward.model import Backward
from explorer.workspaces.inspect.backward.update_model import precise
from explorer.workspaces.inspect.inspection import Inspection

NET = ModelSpec(
    "small",
    "Small",
    (1, 28, 28),
    (
        LayerSpec("conv2d", "conv", {"out_channels": 2, "kernel_size": 5, "stride": 2}),
        LayerSpec("relu", "relu", {}),
        LayerSpec("maxpool2d", "pool", {"kernel_size": 2}),
        LayerSpec("flatten", "flatten", {}),
        LayerSpec("linear", "fc", {"out_features": 10}),
    ),
    tuple("0123456789"),
)


@pytest.fixture
def bar(qtbot):
    bench = Workbench()
    bench.set_spec(NET)
    inspection = Inspection(bench)
    backward = Backward(inspection)
    made = CheckBar(backward, Theme())
    qtbot.addWidget(made)
    made.resize(900, 30)
    inspection.set_active(True)
    backward.set_active(True)
    made.show()
    yield made, backward
    assert bench.close()


def _press(qtbot, bar):
    qtbot.mouseClick(bar.button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("layer", range(5))
def test_both_numbers_are_the_engines_and_agree(qtbot, bar, layer):
    bar, backward = bar
    backward.inspection.go_to(layer)
    for target in backward.targets:
        backward.set_target(target)
        backward.transport.seek(backward.count(target) // 3)
        _press(qtbot, bar)
        inspection = backward.inspection
        expected = check_gradient(
            inspection.network,
            backward.trace.input,
            backward.trace.label,
            layer,
            target,
            backward.cell(target),
        )
        assert bar.found == expected
        assert precise(expected.analytic, True) in bar.line.left
        assert precise(expected.numeric, True) in bar.line.left
        assert expected.agrees or expected.kinks
        assert ("agree" in bar.line.right) or ("kink" in bar.line.right)


@pytest.mark.parametrize("layer", [0, 4])
def test_a_bias_is_checked_beside_the_scan(qtbot, bar, layer):
    bar, backward = bar
    backward.inspection.go_to(layer)
    button = bar.beside["bias"]
    assert button.isVisible()
    assert button.text() == "Check db"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert bar.found.agrees or bar.found.kinks
    assert bar.found.analytic == pytest.approx(backward.bias_terms().exact, rel=1e-3, abs=1e-7)
    assert bar.line.left.startswith("db of this sample")
    backward.inspection.go_to(1)
    assert not button.isVisible()


def test_the_result_belongs_to_one_cell_only(qtbot, bar):
    bar, backward = bar
    backward.inspection.go_to(0)
    _press(qtbot, bar)
    assert bar.found is not None
    backward.transport.seek(backward.transport.index + 1)
    assert bar.found is None
    assert bar.line.right == ""
    _press(qtbot, bar)
    backward.inspection.workbench.select_sample(7)
    assert bar.found is None


def test_a_kink_is_named(qtbot, bar):
    """A pixel of a ReLU's input moved to exactly zero lies on the corner."""
    bar, backward = bar
    inspection = backward.inspection
    weights = inspection.network.layers[0].parameters
    weights["weight"][...] = 0
    weights["bias"][...] = 0
    inspection.retrace()
    inspection.go_to(1)
    backward.transport.seek(0)
    gradient = np.abs(backward.trace.layers[1].d_output[0])
    assert gradient.max() > 0
    backward.transport.seek(int(gradient.argmax()))
    _press(qtbot, bar)
    assert "kink" in bar.line.right
    assert "ReLU" in bar.line.right


def test_there_is_nothing_to_check_at_the_loss(bar):
    bar, backward = bar
    backward.inspection.go_to(backward.inspection.stops.loss)
    assert not bar.button.isEnabled()
    assert "no layer" in bar.button.toolTip()
