"""Filter, previous, next and count."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from explorer.frame.sample_picker import SamplePicker, count_text, empty_text
from explorer.workbench import Workbench

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def workbench(qtbot):
    bench = Workbench()
    yield bench
    assert bench.close()


@pytest.fixture
def picker(qtbot, workbench, theme):
    widget = SamplePicker(workbench, theme)
    qtbot.addWidget(widget)
    widget.show()
    return widget


def choose_class(picker, row):
    picker.class_choice.setCurrentIndex(row)
    picker.class_choice.activated.emit(row)


def know(qtbot, workbench):
    """Wait for the first look at the validation set."""
    qtbot.waitUntil(lambda: workbench.evaluation is not None, timeout=20_000)


@pytest.mark.parametrize(
    ("count", "text"), [(0, "no images"), (1, "1 image"), (1000, "1,000 images"), (10_000, "10,000")]
)
def test_count(count, text):
    assert count_text(count) == text


def test_a_class_is_walked_through(qtbot, workbench, picker):
    assert picker.class_choice.itemText(0) == "All"
    choose_class(picker, 8)
    assert workbench.class_filter == 7
    assert picker.count.text() == "100 images"
    seen = {workbench.sample.index}
    for _ in range(4):
        qtbot.mouseClick(picker.next_button, LEFT)
        assert workbench.sample.label == 7
        seen.add(workbench.sample.index)
    assert len(seen) == 5
    qtbot.mouseClick(picker.previous_button, LEFT)
    assert workbench.sample.index == sorted(seen)[3]
    choose_class(picker, 0)
    assert workbench.class_filter is None


def test_the_place_in_the_walk_is_told(workbench, picker):
    choose_class(picker, 8)
    workbench.select_sample(int(workbench.matching[4]))
    assert picker.count.toolTip() == "Image 5 of 100"


def test_only_misclassified(qtbot, workbench, picker):
    know(qtbot, workbench)
    qtbot.mouseClick(picker.misclassified, LEFT)
    assert workbench.only_misclassified
    assert picker.count.text() == count_text(len(workbench.matching))
    assert workbench.evaluation.predictions[workbench.sample.index] != workbench.sample.label


def test_it_follows_the_workbench(workbench, picker):
    workbench.set_filter(3, False)
    assert picker.class_choice.currentText() == "Only 3"


def test_an_empty_result_is_told_and_leaves_the_sample(qtbot, workbench, picker):
    know(qtbot, workbench)
    before = workbench.sample
    labels = np.array(workbench.validation_set.labels)
    right = replace(workbench.evaluation, accuracy=1.0, predictions=labels)
    workbench._run.evaluation = right
    told = []
    picker.nothing_found.connect(told.append)
    workbench.set_filter(3, True)
    assert told[-1] == "There are no misclassified images of class 3. The sample stays as it is."
    assert workbench.sample is before
    assert picker.count.text() == "no images"
    assert not picker.next_button.isEnabled()
    workbench.set_filter(None, False)
    assert told[-1] == ""
    assert picker.next_button.isEnabled()


def test_before_the_first_look_nothing_is_known_to_be_wrong(workbench, picker):
    workbench._run.evaluation = None
    workbench.set_filter(None, True)
    assert "first look" in empty_text(workbench)
