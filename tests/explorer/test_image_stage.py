"""The image and what its pixels hold."""

import pytest
from PySide6.QtCore import QPoint

from explorer.frame.image_stage import ImageStage
from explorer.workbench import Workbench


@pytest.fixture
def workbench(qtbot):
    bench = Workbench()
    yield bench
    assert bench.close()


@pytest.fixture
def stage(qtbot, workbench, theme):
    widget = ImageStage(workbench, theme)
    qtbot.addWidget(widget)
    widget.resize(226, 226)
    widget.show()
    return widget


def point_at(qtbot, stage, y, x):
    qtbot.mouseMove(stage.view, stage.view.cell_rect(y, x).center().toPoint())


def test_a_pixel_is_read_out_exactly(qtbot, workbench, stage):
    y, x = 7, 19
    value = float(workbench.sample.image[0, y, x])
    point_at(qtbot, stage, y, x)
    rows = dict(workbench.hover.rows)
    assert rows["position"] == "y 7, x 19"
    assert rows["value"] == f"{value:.3f}"
    assert rows["of 255"] == str(int(workbench.validation_set.images[0, 0, y, x]))
    assert workbench.hover.where == "input image, y 7, x 19"


def test_another_image_under_the_same_cursor(qtbot, workbench, stage):
    point_at(qtbot, stage, 14, 14)
    for index in range(1, 6):
        workbench.select_sample(index)
        value = float(workbench.sample.image[0, 14, 14])
        assert dict(workbench.hover.rows)["value"] == f"{value:.3f}"


def test_leaving_the_image(qtbot, workbench, stage):
    point_at(qtbot, stage, 3, 3)
    stage.view.left.emit()
    assert workbench.hover is None


def test_another_hover_is_left_alone(workbench, stage):
    from explorer.workbench import Hover

    other = Hover("loss chart", (("adam", "0.1"),))
    workbench.set_hover(other)
    workbench.select_sample(3)
    stage.set_drawing(True)
    assert workbench.hover == other


def test_the_pad_takes_the_place(qtbot, stage):
    stage.set_drawing(True)
    assert stage.pad.isVisible()
    assert not stage.view.isVisible()
    assert stage.pad.geometry() == stage.rect()
    stage.set_drawing(False)
    assert not stage.pad.isVisible()
    assert stage.view.isVisible()


def test_a_drop_is_welcomed_over_the_image(stage):
    stage.set_dropping(True)
    assert stage.childAt(QPoint(100, 100)).text() == "Drop the image\nto open it"
    stage.set_dropping(False)
    assert stage.childAt(QPoint(100, 100)) is stage.view
