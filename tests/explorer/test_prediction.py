"""Prediction and loss are those of the engine, at a pace that can be read."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QWidget

from explorer.frame.prediction import Prediction
from explorer.numbers import format_number, format_percent
from explorer.workbench import Workbench


@pytest.fixture
def workbench(qtbot):
    bench = Workbench()
    yield bench
    assert bench.close()


@pytest.fixture
def prediction(qtbot, workbench, theme):
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(264, 400)
    parent.show()
    yield Prediction(workbench, theme, parent)
    parent.close()


def assert_shows(prediction, workbench):
    trace = workbench.trace
    assert prediction.results.predicted.text() == str(trace.predicted)
    assert prediction.bars.texts == tuple(format_percent(p) for p in trace.probabilities)
    if trace.loss is not None:
        assert prediction.loss.value.text() == format_number(trace.loss)


def test_the_numbers_are_the_traces(workbench, prediction):
    assert_shows(prediction, workbench)
    assert prediction.results.true_label.text() == str(workbench.sample.label)


def test_a_new_sample_shows_at_once(workbench, prediction):
    for index in (3, 495, 7):
        workbench.select_sample(index)
        assert_shows(prediction, workbench)


def test_an_own_image_has_no_loss_until_it_has_a_label(workbench, prediction):
    pixels = np.array(workbench.sample.image[0])
    workbench.set_custom_image(pixels, "photo.png")
    assert prediction.loss.value.text() == "—"
    workbench.set_custom_image(pixels, "photo.png", 2)
    assert_shows(prediction, workbench)
    assert prediction.loss.value.text() != "—"


def test_numbers_follow_their_own_beat(workbench, prediction):
    shown = []
    original = prediction.bars.set_values
    prediction.bars.set_values = lambda *arguments: (shown.append(1), original(*arguments))
    workbench.trace_changed.emit()
    assert not shown
    workbench.select_sample(4)
    assert len(shown) == 1
    assert_shows(prediction, workbench)


def test_training_reaches_the_screen(qtbot, workbench, prediction):
    before = prediction.bars.texts
    workbench.step_batch()
    qtbot.waitUntil(lambda: prediction.bars.texts != before, timeout=20_000)


def test_hovering_a_class(workbench, prediction):
    assert prediction.bars.row_at(QPointF(20, 50)) == 2
    prediction.bars.hovered.emit(2)
    rows = dict(workbench.hover.rows)
    assert workbench.hover.title == "class 2"
    assert rows["logit"] == format_number(workbench.trace.logits[2], sign=True)
    assert rows["probability"] == format_percent(workbench.trace.probabilities[2], 2)
    workbench.select_sample(9)
    rows = dict(workbench.hover.rows)
    assert rows["probability"] == format_percent(workbench.trace.probabilities[2], 2)
    prediction.bars.left.emit()
    assert workbench.hover is None
