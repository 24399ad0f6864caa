"""The reliability diagram."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from cnncore import calibration
from explorer.workspaces.train.confusion_panel import ConfusionPanel


@pytest.fixture
def panel(qtbot, theme, tiny_bench):
    panel = ConfusionPanel(tiny_bench, theme)
    qtbot.addWidget(panel)
    panel.resize(290, 252)
    panel.show()
    qtbot.waitActive(panel)
    panel.choice.set_value("calibration")
    return panel


def found(bench):
    evaluation = bench.evaluation
    return calibration(evaluation.confidence, evaluation.predictions == bench.validation_set.labels)


def test_bars_are_as_high_as_the_accuracy(panel, tiny_bench):
    chart, result = panel.reliability, found(tiny_bench)
    plot = chart.plot_rect()
    for place, accuracy in enumerate(result.accuracy):
        height = chart.bar_rect(place).height() / plot.height()
        assert height == pytest.approx(0 if np.isnan(accuracy) else accuracy)
    assert panel.count.text() == f"error {100 * result.error:.1f} %"


def test_the_keyboard_tells_of_each_bin(panel, tiny_bench, qtbot):
    chart, result = panel.reliability, found(tiny_bench)
    chart.setFocus(Qt.FocusReason.TabFocusReason)
    assert tiny_bench.hover.title == "0 % to 10 % sure"
    assert tiny_bench.hover.rows == (("images", "0"), ("mean confidence", "–"), ("right", "–"), ("gap", "–"))
    place = int(result.counts.argmax())
    for _ in range(place):
        qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert tiny_bench.hover.title == f"{10 * place} % to {10 * place + 10} % sure"
    assert tiny_bench.hover.rows == (
        ("images", f"{result.counts[place]:,}"),
        ("mean confidence", f"{100 * result.confidence[place]:.1f} %"),
        ("right", f"{100 * result.accuracy[place]:.1f} %"),
        ("gap", f"{100 * abs(result.accuracy[place] - result.confidence[place]):.1f} %"),
    )
    panel.choice.setFocus()
    assert tiny_bench.hover is None


def test_the_ends_hold_the_keyboard(panel, tiny_bench, qtbot):
    chart = panel.reliability
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert tiny_bench.hover.title == "90 % to 100 % sure"
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert tiny_bench.hover.title == "90 % to 100 % sure"


def test_the_mouse_tells_of_a_bin(panel, tiny_bench, qtbot):
    chart = panel.reliability
    plot = chart.plot_rect()
    middle = QPoint(round(plot.left() + 0.35 * plot.width()), round(plot.center().y()))
    qtbot.mouseMove(chart, middle)
    qtbot.waitUntil(lambda: tiny_bench.hover is not None)
    assert tiny_bench.hover.title == "30 % to 40 % sure"
    qtbot.mouseMove(chart, QPoint(1, 1))
    qtbot.waitUntil(lambda: tiny_bench.hover is None)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_bar_and_its_gap_have_their_colours(panel, theme, mode):
    theme.set_mode(mode)
    chart = panel.reliability
    chart.set_data(calibration(np.full(10, 0.75), np.array([True] * 3 + [False] * 7)))
    image = chart.grab().toImage()
    bar = chart.bar_rect(7).toRect()
    inside = image.pixelColor(bar.right() - 3, bar.bottom() - 10)
    assert inside == theme.color("accent")
    above = image.pixelColor(bar.right() - 3, bar.top() - 20)
    warn, paper = theme.color("warn"), image.pixelColor(chart.bar_rect(1).toRect().left() + 3, bar.top() - 20)
    for part in ("red", "green", "blue"):
        mixed = 0.45 * getattr(warn, part)() + 0.55 * getattr(paper, part)()
        assert getattr(above, part)() == pytest.approx(mixed, abs=3)


def test_a_network_that_has_diverged_has_no_error(panel, tiny_bench):
    unknown = np.full((1000, 10), np.nan, np.float32)
    tiny_bench._run.evaluation = replace(tiny_bench.evaluation, probabilities=unknown)
    tiny_bench.evaluation_changed.emit()
    assert panel.count.text() == "error –"
    assert not panel.grab().isNull()


def test_a_narrow_panel_writes_the_number_alone(panel, tiny_bench):
    panel.choice.set_value("matrix")
    panel.resize(190, 206)
    assert panel.count.text() == f"{100 * tiny_bench.evaluation.accuracy:.1f} %"
    assert panel.count.toolTip().endswith(
        f"of 1,000 validation images are read rightly, {panel.count.text()}"
    )
    right = panel.count.mapTo(panel, panel.count.rect().topRight()).x()
    assert panel.count.width() >= panel.count.sizeHint().width()
    assert right <= panel.width() - 14


def test_before_the_first_look_there_are_empty_axes(panel, tiny_bench, qtbot):
    tiny_bench._run.evaluation = None
    tiny_bench.evaluation_changed.emit()
    chart = panel.reliability
    chart.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert tiny_bench.hover is None
    assert not chart.grab().isNull()
