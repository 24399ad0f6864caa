"""The wheel over fields, sliders and lists."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from explorer.widgets.choice_box import ChoiceBox
from explorer.widgets.sliders import Slider
from explorer.widgets.spin_boxes import DoubleSpinBox, SpinBox


def turn_wheel(widget):
    place = QPointF(widget.rect().center())
    event = QWheelEvent(
        place,
        widget.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def _list():
    box = ChoiceBox()
    box.addItems([str(number) for number in range(10)])
    box.setCurrentIndex(5)
    return box


def _numbers(kind):
    box = kind(0, 50)
    box.setValue(5)
    return box


@pytest.mark.parametrize("kind", [SpinBox, DoubleSpinBox, Slider, ChoiceBox])
def test_it_needs_the_focus(qtbot, theme, kind):
    box = _list() if kind is ChoiceBox else _numbers(kind)
    value = box.currentIndex if kind is ChoiceBox else box.value
    qtbot.addWidget(box)
    box.show()
    box.clearFocus()
    turn_wheel(box)
    assert value() == 5
    with qtbot.waitActive(box):
        box.activateWindow()
    box.setFocus()
    turn_wheel(box)
    assert value() != 5
