"""The choice of the model and the list of its layers."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics

from cnncore import MODELS, LayerSpec, ShapeError
from cnncore.layer_spec import KINDS
from explorer.workbench import Focus
from explorer.workbench.building import KIND_TITLES, kind_text
from explorer.workspaces.train.layer_list import Columns, layer_rows
from explorer.workspaces.train.network_panel import NetworkPanel


@pytest.fixture
def panel(qtbot, theme, tiny_bench):
    panel = NetworkPanel(tiny_bench, theme)
    qtbot.addWidget(panel)
    panel.resize(288, 460)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def click_row(qtbot, panel, row):
    place = panel.layers.visualRect(panel.layer_model.index(row)).center()
    qtbot.mouseClick(panel.layers.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_the_rows_are_input_layers_and_loss():
    rows = layer_rows(MODELS["reference"]())
    texts = [(r.name, r.kind, r.output, r.parameters) for r in rows]
    assert texts[:3] == [
        ("input", "Image", "1×28×28", "–"),
        ("conv1", "Conv2d 5×5", "8×24×24", "208"),
        ("relu1", "ReLU", "8×24×24", "–"),
    ]
    assert texts[7:] == [
        ("fc1", "Linear", "128", "102,528"),
        ("relu3", "ReLU", "128", "–"),
        ("fc2", "Linear", "10", "1,290"),
        ("loss", "Softmax + loss", "10", "–"),
    ]
    assert [r.layer for r in rows] == [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, None]
    assert rows[1].spoken() == "conv1, Conv2d 5×5, output 8×24×24, 208 parameters"
    assert rows[2].spoken() == "relu1, ReLU, output 8×24×24, no parameters"


def test_unusual_options_are_told():
    options = {"out_channels": 4, "kernel_size": (3, 5), "stride": 2, "padding": (1, 0), "dilation": 2}
    assert kind_text(LayerSpec("conv2d", "c", options)) == "Conv2d 3×5, stride 2, pad 1×0, dilation 2"
    assert kind_text(LayerSpec("maxpool2d", "p", {"kernel_size": 2})) == "MaxPool 2×2"
    assert kind_text(LayerSpec("maxpool2d", "p", {"kernel_size": 3, "stride": 1})) == "MaxPool 3×3, stride 1"


def test_the_total_and_the_choice_follow_the_model(panel, tiny_bench):
    assert panel.model_choice.currentData() == "tiny"
    assert panel.total.text() == "6,810"
    tiny_bench.set_spec(MODELS["reference"]())
    assert panel.model_choice.currentData() == "reference"
    assert panel.total.text() == "105,634"
    assert panel.layer_model.rowCount() == 11


def test_choosing_a_model_applies_it(panel, tiny_bench):
    assert [panel.model_choice.itemData(i) for i in range(panel.model_choice.count())] == list(MODELS)
    place = panel.model_choice.findData("mlp")
    panel.model_choice.setCurrentIndex(place)
    panel.model_choice.activated.emit(place)
    assert tiny_bench.spec == MODELS["mlp"]()
    assert len(tiny_bench.history) == 0


def test_a_model_that_does_not_fit_the_data_is_refused_with_a_message(panel, tiny_bench, qtbot, monkeypatch):
    def refuse(spec):
        raise ShapeError("The images are 3×32×32.")

    monkeypatch.setattr(tiny_bench, "set_spec", refuse)
    place = panel.model_choice.findData("lenet5")
    panel.model_choice.setCurrentIndex(place)
    with qtbot.waitSignal(tiny_bench.failed) as failed:
        panel.model_choice.activated.emit(place)
    assert failed.args[0] == "The model LeNet-5 cannot be used here."
    assert panel.model_choice.currentData() == "tiny"


def test_a_click_sets_the_focus(qtbot, panel, tiny_bench):
    click_row(qtbot, panel, 2)
    assert tiny_bench.focus == Focus(1)
    click_row(qtbot, panel, 0)
    assert tiny_bench.focus == Focus(-1)


def test_a_click_on_the_focused_layer_keeps_its_place(qtbot, panel, tiny_bench):
    tiny_bench.set_focus(Focus(0, 2, 3, 4))
    click_row(qtbot, panel, 1)
    assert tiny_bench.focus == Focus(0, 2, 3, 4)


def test_the_loss_cannot_be_focused(qtbot, panel, tiny_bench):
    tiny_bench.set_focus(Focus(1))
    click_row(qtbot, panel, panel.layer_model.rowCount() - 1)
    assert tiny_bench.focus == Focus(1)


def test_the_focus_from_elsewhere_is_highlighted(panel, tiny_bench):
    tiny_bench.set_focus(Focus(2, 1))
    assert [i.row() for i in panel.layers.selectedIndexes()] == [3]
    tiny_bench.set_focus(Focus())
    assert panel.layers.selectedIndexes() == []


def test_the_keyboard_moves_the_focus(qtbot, panel, tiny_bench):
    tiny_bench.set_focus(Focus(0))
    qtbot.keyClick(panel.layers, Qt.Key.Key_Down)
    assert tiny_bench.focus == Focus(1)


def test_the_list_scrolls_when_it_is_short(qtbot, panel, tiny_bench):
    tiny_bench.set_spec(MODELS["lenet5"]())
    panel.resize(252, 260)
    qtbot.waitUntil(lambda: panel.layers.verticalScrollBar().maximum() > 0)
    assert panel.layers.horizontalScrollBar().maximum() == 0


@pytest.mark.parametrize("width", [243, 286])
def test_columns_do_not_overlap(qtbot, theme, width):
    columns, metrics = Columns(width), QFontMetrics(theme.font(12))
    for name in MODELS:
        for row in layer_rows(MODELS[name]()):
            output = columns.output - metrics.horizontalAdvance(row.output)
            parameters = columns.parameters - metrics.horizontalAdvance(row.parameters)
            kind = row.short_kind or row.kind
            if row.name != "loss":
                assert columns.kind + metrics.horizontalAdvance(kind) <= output
            assert columns.output < parameters


def test_every_kind_of_layer_has_a_name():
    assert set(KIND_TITLES) == set(KINDS)
