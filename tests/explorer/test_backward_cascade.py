"""The row of layers on the way back: sizes of gradients, the chain rule, whose gradients they are."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from cnncore import MODELS
from explorer.workspaces.inspect import InspectWorkspace
from explorer.workspaces.inspect.backward.figures import in_units, norm_text


@pytest.fixture
def page(qtbot, tiny_bench, theme):
    page = InspectWorkspace(tiny_bench, theme)
    qtbot.addWidget(page)
    page.resize(1108, 828)
    with qtbot.waitExposed(page):
        page.show()
    page.show_way("backward")
    return page


def column_of(strip, place):
    return QPoint(round(strip.bar_rect(place).center().x()), strip.height() // 2)


def test_every_bar_is_the_norm_of_the_engines_gradient(page):
    strip, trace = page.stepper.cascade.strip, page.backward.trace
    wanted = [np.linalg.norm(trace.layers[0].d_input.astype(np.float64))]
    wanted += [np.linalg.norm(step.d_output.astype(np.float64)) for step in trace.layers]
    wanted += [1 / float(trace.probabilities[trace.label]), 1.0]
    assert strip.norms == pytest.approx(wanted, rel=1e-6)
    assert len(strip.norms) == len(page.stepper.chips)


def test_bars_stand_on_a_logarithmic_scale(page):
    strip = page.stepper.cascade.strip
    strip.set_norms([10.0**-place for place in range(len(strip.names))], 0)
    heights = [strip.share(norm) for norm in strip.norms]
    steps = np.diff(heights[:-1])
    assert np.allclose(steps, steps[0])
    assert heights[0] == 1.0
    assert strip.share(0.0) == 0.0
    assert strip.share(float("inf")) == 1.0


def test_norms_of_similar_size_use_the_whole_height(page):
    strip = page.stepper.cascade.strip
    strip.set_norms([1.02, *[0.004] * (len(strip.names) - 2), 1.0], 0)
    assert strip.share(1.02) == 1.0
    assert 0.1 < strip.share(0.004) < 0.4
    strip.set_norms([0.5] * len(strip.names), 0)
    assert strip.share(0.5) == 1.0


def test_in_a_narrow_row_the_chain_rule_is_that_of_the_present_target(qtbot, page):
    page.inspection.go_to(0)
    chain = page.stepper.cascade.chain
    page.backward.set_target("weight")
    assert chain.shown[0] == chain.left
    assert "∂L/∂X" in chain.left
    assert "∂L/∂W" in chain.left
    page.resize(600, 828)
    qtbot.waitUntil(lambda: chain.shown[0].startswith("∂L/∂W"))
    page.backward.set_target("input")
    assert chain.shown[0].startswith("∂L/∂X")
    assert "∂L/∂W" not in chain.shown[0]


def test_a_click_goes_to_the_layer_and_marks_its_bar(qtbot, page):
    strip = page.stepper.cascade.strip
    for place in range(len(strip.names)):
        page.stepper._area.ensureWidgetVisible(page.stepper.chips[place])
        qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=column_of(strip, place))
        assert page.inspection.index == place - 1
        assert strip.present == place
        assert page.stepper.chips[place].isChecked()


def test_the_mouse_lights_chip_and_bar_and_tells_the_size(qtbot, page, tiny_bench):
    strip = page.stepper.cascade.strip
    qtbot.mouseMove(strip, column_of(strip, 1))
    assert strip.lit == 1
    assert page.stepper.chips[1].lit
    assert dict(tiny_bench.hover.rows)["size of ∂L/∂output"] == norm_text(strip.norms[1])
    strip.pointed.emit(-1)
    assert not page.stepper.chips[1].lit
    assert tiny_bench.hover is None


def test_the_chain_rule_names_the_present_shapes(page):
    chain = page.stepper.cascade.chain
    for stop in page.inspection.stops[1:]:
        page.inspection.go_to(stop.index)
        if stop.shape:
            assert "×".join(map(str, stop.shape)) in chain.left or stop.index == page.inspection.stops.softmax
        assert "∂L/∂" in chain.left


def test_another_network_has_its_own_bars(page, tiny_bench):
    tiny_bench.set_spec(MODELS["lenet5"]())
    strip = page.stepper.cascade.strip
    assert len(strip.norms) == len(strip.names) == len(page.inspection.stops)
    assert strip.names[1] == page.inspection.stops[1].name


def test_the_batch_has_norms_of_its_own(qtbot, page, tiny_bench):
    cascade, backward = page.stepper.cascade, page.backward
    sample = cascade.strip.norms
    qtbot.mouseClick(cascade.scope_switch.button("batch"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: backward.batch is not None, timeout=20_000)
    preview = tiny_bench.preview
    assert len(backward.batch.losses) == len(preview.labels)
    assert cascade.strip.norms[1:-2] == pytest.approx(tuple(backward.batch.norms[1:]))
    assert cascade.strip.norms != sample
    assert str(len(preview.labels)) in cascade.scope_switch.button("batch").text()
    qtbot.mouseClick(cascade.scope_switch.button("sample"), Qt.MouseButton.LeftButton)
    assert cascade.strip.norms == sample


def test_the_true_class_is_said_to_be_assumed(page, tiny_bench):
    tiny_bench.set_custom_image(np.zeros((28, 28)), "drawn digit")
    predicted = page.inspection.trace.predicted
    assert page.backward.trace.label == predicted
    assert f"predicted class {predicted} stands for it" in page.stepper.cascade.chain.right


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (1.0156, "1.016"),
        (0.276, "0.276"),
        (0.0, "0"),
        (4.12e-5, "4.1·10⁻⁵"),
        (9.99e-5, "1.0·10⁻⁴"),
        (123.4, "123.4"),
        (0.00312, "0.0031"),
        (0.0486, "0.049"),
        (0.00094, "9.4·10⁻⁴"),
    ],
)
def test_sizes_are_written_in_figures(size, text):
    assert norm_text(size) == text


def test_small_numbers_are_counted_in_a_power_of_ten():
    values, exponent = in_units(np.array([[0.0123, -0.004]], np.float32))
    assert exponent == -3
    assert values.ravel() == pytest.approx([12.3, -4.0], rel=1e-6)
    plain = np.array([[1.5, 20.0]])
    assert in_units(plain) == (plain, 0)
