"""Drawing as an input, and the way back."""

import pytest
from PySide6.QtCore import QPoint, Qt

from cnncore import MODELS
from explorer.frame.draw_pad import DrawPad
from explorer.frame.drawing import DRAWN, Drawing
from explorer.workbench import Workbench

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def workbench(qtbot):
    bench = Workbench()
    bench.set_spec(MODELS["tiny"]())
    yield bench
    assert bench.close()


@pytest.fixture
def pad(qtbot, theme):
    widget = DrawPad(theme)
    qtbot.addWidget(widget)
    widget.resize(226, 226)
    widget.show()
    return widget


@pytest.fixture
def drawing(workbench, pad):
    return Drawing(workbench, pad)


def draw(qtbot, pad, *points):
    qtbot.mousePress(pad, LEFT, pos=QPoint(*points[0]))
    for point in points[1:]:
        qtbot.mouseMove(pad, QPoint(*point))
    qtbot.mouseRelease(pad, LEFT, pos=QPoint(*points[-1]))


def test_the_sample_is_the_drawing_while_it_is_drawn(qtbot, workbench, drawing, pad):
    drawing.set_active(True)
    draw(qtbot, pad, (113, 30), (113, 100))
    assert workbench.sample.name == DRAWN
    first = workbench.sample
    draw(qtbot, pad, (60, 150), (160, 150))
    qtbot.waitUntil(lambda: workbench.sample is not first)
    assert workbench.sample.image.shape == (1, 28, 28)
    assert workbench.sample.label is None


def test_nothing_drawn_changes_nothing(workbench, drawing):
    before = workbench.sample
    drawing.set_active(True)
    drawing.set_active(False)
    assert workbench.sample is before


def test_leaving_with_an_empty_pad_brings_the_old_sample_back(qtbot, workbench, drawing, pad):
    workbench.select_sample(5)
    drawing.set_active(True)
    draw(qtbot, pad, (113, 30), (113, 100))
    pad.clear()
    qtbot.waitUntil(lambda: not workbench.sample.image.any())
    drawing.set_active(False)
    assert workbench.sample.index == 5


def test_a_drawing_can_be_gone_on_with(qtbot, workbench, drawing, pad):
    drawing.set_active(True)
    draw(qtbot, pad, (113, 30), (113, 100))
    drawing.set_active(False)
    assert workbench.sample.name == DRAWN
    drawing.set_active(True)
    assert len(pad.strokes) == 1
    drawing.set_active(False)
    workbench.select_sample(2)
    drawing.set_active(True)
    assert pad.is_empty


def test_another_image_ends_it(qtbot, workbench, drawing, pad):
    drawing.set_active(True)
    draw(qtbot, pad, (113, 30), (113, 100))
    workbench.select_sample(2)
    assert not drawing.active
    assert workbench.sample.index == 2


def test_the_label_stays_with_the_drawing(qtbot, workbench, drawing, pad):
    drawing.set_active(True)
    draw(qtbot, pad, (113, 30), (113, 100))
    drawing.set_label(1)
    assert drawing.active
    assert workbench.sample.label == 1
    assert workbench.trace.loss is not None
    before = workbench.sample
    draw(qtbot, pad, (60, 150), (160, 150))
    qtbot.waitUntil(lambda: workbench.sample is not before)
    assert workbench.sample.label == 1


def test_the_label_of_an_opened_image(workbench, drawing):
    pixels = workbench.sample.image[0]
    workbench.set_custom_image(pixels, "photo.png")
    drawing.set_label(4)
    assert (workbench.sample.name, workbench.sample.label) == ("photo.png", 4)


def test_escape_ends_it(qtbot, drawing, pad):
    drawing.set_active(True)
    with qtbot.waitSignal(drawing.toggled) as signal:
        qtbot.keyClick(pad, Qt.Key.Key_Escape)
    assert signal.args == [False]
