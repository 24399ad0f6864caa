import pytest
from PySide6.QtCore import Qt

from explorer.widgets.spin_boxes import DoubleSpinBox, SpinBox


@pytest.mark.parametrize("kind", [SpinBox, DoubleSpinBox])
def test_text_stands_clear_of_the_border(qtbot, theme, kind):
    box = kind(0, 50)
    qtbot.addWidget(box)
    box.resize(100, 24)
    box.setValue(8)
    box.show()
    box.clearFocus()
    image = box.grab().toImage()
    ink = [x for x in range(2, 60) for y in range(5, 19) if image.pixelColor(x, y).lightness() < 120]
    assert 5 <= min(ink) <= 11


def test_range_is_set(qtbot, theme):
    box = SpinBox(1, 512)
    qtbot.addWidget(box)
    assert (box.minimum(), box.maximum()) == (1, 512)


@pytest.mark.parametrize("kind", [SpinBox, DoubleSpinBox])
@pytest.mark.parametrize("typed", ["-7", "−7"])
def test_a_negative_number_has_a_true_minus_sign_and_either_may_be_typed(qtbot, theme, kind, typed):
    box = kind(-50, 50)
    qtbot.addWidget(box)
    box.show()
    box.lineEdit().selectAll()
    box.lineEdit().insert(typed)  # the test's keyboard has no true minus
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert box.value() == -7
    assert box.text().startswith("−7")
    box.stepUp()
    assert box.value() == -6
