import math

import pytest
from PySide6.QtCore import QPoint, Qt

from explorer.widgets.sliders import LogSlider, Slider


@pytest.fixture
def rate(qtbot, theme):
    slider = LogSlider(1e-5, 1.0)
    qtbot.addWidget(slider)
    slider.resize(200, 24)
    slider.show()
    return slider


def test_what_is_set_is_kept_exactly(qtbot, rate):
    with qtbot.waitSignal(rate.number_changed, timeout=1000) as signal:
        rate.set_number(0.00123456)
    assert signal.args == [0.00123456]
    assert rate.number == 0.00123456
    with qtbot.assertNotEmitted(rate.number_changed):
        rate.set_number(0.00123456)


def test_middle_of_the_scale_is_the_geometric_mean(rate):
    rate.set_number(math.sqrt(1e-5))
    assert rate.value() == pytest.approx(rate.maximum() / 2, abs=1)


def test_outside_the_range_the_handle_stays_at_the_end(rate):
    rate.set_number(7.0)
    assert (rate.number, rate.value()) == (7.0, rate.maximum())


def test_keys_move_it_by_two_significant_digits(qtbot, rate):
    rate.set_number(1e-3)
    with qtbot.waitSignal(rate.number_changed, timeout=1000):
        qtbot.keyClick(rate, Qt.Key.Key_Right)
    assert 1e-3 < rate.number < 1.3e-3
    assert rate.number == float(f"{rate.number:.2g}")
    qtbot.keyClick(rate, Qt.Key.Key_End)
    assert rate.number == 1.0
    qtbot.keyClick(rate, Qt.Key.Key_Home)
    assert rate.number == 1e-5


@pytest.mark.parametrize("number", [0.0, -1.0, math.nan, math.inf])
def test_only_positive_numbers(rate, number):
    before = rate.number
    with pytest.raises(ValueError, match="positive"):
        rate.set_number(number)
    assert rate.number == before


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (1.0, 1.0), (2.0, 1.0)])
def test_range_must_be_positive_and_not_empty(qapp, low, high):
    with pytest.raises(ValueError, match="0 < low < high"):
        LogSlider(low, high)


def test_click_on_the_groove_moves_the_handle_there(qtbot, theme):
    slider = Slider(0, 100)
    qtbot.addWidget(slider)
    slider.resize(212, 24)
    slider.show()
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(159, 12))
    assert slider.value() == pytest.approx(75, abs=2)
