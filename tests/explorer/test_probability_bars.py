import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF
from PySide6.QtWidgets import QApplication

from explorer.widgets.probability_bars import ProbabilityBars

PROBABILITIES = np.array([0.01, 0, 0.008, 0.077, 0, 0.005, 0, 0.888, 0.01, 0.002])


@pytest.fixture
def bars(qtbot, theme):
    bars = ProbabilityBars(theme)
    qtbot.addWidget(bars)
    bars.resize(243, 200)
    bars.set_values(PROBABILITIES, predicted=7, true_label=3)
    bars.show()
    return bars


def row(bars, place):
    image = bars.grab().toImage()
    y = place * bars.row_height + bars.row_height // 2
    return [image.pixelColor(x, y).name().upper() for x in range(image.width())]


def test_rows_are_20_high(bars):
    assert bars.sizeHint().height() == 200
    bars.set_values(np.full(3, 1 / 3))
    assert bars.sizeHint().height() == 60


def test_rows_can_be_made_lower(bars, theme):
    bars.set_row_height(16)
    assert bars.row_height == 16
    assert bars.sizeHint().height() == 160
    assert bars.row_at(QPointF(10, 40)) == 2
    assert ProbabilityBars(theme).row_height == 20
    assert ProbabilityBars(theme, row_height=14).row_height == 14


def test_percentages(bars):
    assert bars.texts[7] == "88.8 %"
    assert bars.texts[3] == "7.7 %"
    assert bars.texts[1] == "0.0 %"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_predicted_row_stands_out(bars, theme, mode):
    theme.set_mode(mode)
    tokens = theme.tokens
    assert tokens.accent in row(bars, 7)
    assert tokens.accent_soft in row(bars, 7)
    for other in (0, 3, 9):
        assert tokens.accent not in row(bars, other)
        assert tokens.grid in row(bars, other)


def test_bar_length_is_the_probability(bars, theme):
    trough = 150
    assert row(bars, 7).count(theme.tokens.accent) == pytest.approx(0.888 * trough, abs=4)
    assert row(bars, 3).count(theme.tokens.text3) == pytest.approx(0.077 * trough, abs=3)


def test_true_label_is_marked_when_another_is_predicted(bars, theme):
    assert theme.tokens.ok in row(bars, 3)
    assert theme.tokens.ok not in row(bars, 2)
    bars.set_values(PROBABILITIES, predicted=7, true_label=7)
    assert theme.tokens.ok not in row(bars, 7)
    bars.set_values(PROBABILITIES, predicted=7)
    assert theme.tokens.ok not in row(bars, 3)


def test_it_can_be_read_aloud(bars):
    text = bars.accessibleDescription()
    assert text.startswith("Predicted 7, true label 3, 0: 1.0 %")


def test_names_replace_the_numbers(bars):
    bars.set_values(np.array([0.25, 0.75]), predicted=1, names=["cat", "dog"])
    assert "dog: 75.0 %" in bars.accessibleDescription()
    with pytest.raises(ValueError, match="2 probabilities but 1 class names"):
        bars.set_values(np.array([0.25, 0.75]), names=["cat"])


def test_broken_numbers_are_drawn_as_text(bars):
    bars.set_values(np.array([np.nan, 2.0, -1.0]))
    assert bars.texts[0] == "nan %"
    assert not bars.grab().isNull()


def test_hover_names_the_class(qtbot, bars):
    with qtbot.waitSignal(bars.hovered, timeout=1000) as signal:
        qtbot.mouseMove(bars, QPoint(50, 65))
    assert signal.args == [3]
    with qtbot.waitSignal(bars.left, timeout=1000):
        QApplication.sendEvent(bars, QEvent(QEvent.Type.Leave))
