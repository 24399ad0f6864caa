"""True label, prediction, verdict."""

import pytest

from explorer.frame.results import Results, TokenLabel

NAMES = tuple("0123456789")


@pytest.fixture
def results(qtbot, theme):
    widget = Results(theme)
    qtbot.addWidget(widget)
    widget.show()
    return widget


def test_right(results):
    results.show_values(NAMES, 7, 7, own=False)
    assert (results.true_label.text(), results.predicted.text()) == ("7", "7")
    assert (results.verdict.text(), results.verdict.token) == ("✓ correct", "ok")
    assert results.label_choice.isHidden()


def test_wrong(results):
    results.show_values(NAMES, 3, 8, own=False)
    assert (results.verdict.text(), results.verdict.token) == ("✗ wrong", "warn")


def test_the_label_of_an_own_image_is_unknown_and_can_be_chosen(results, qtbot):
    results.show_values(NAMES, None, 8, own=True)
    assert results.verdict.text() == "—"
    assert results.label_choice.isVisible()
    assert results.label_choice.currentText() == "—"
    with qtbot.waitSignal(results.label_chosen) as signal:
        results.label_choice.activated.emit(5)
    assert signal.args == [4]
    with qtbot.waitSignal(results.label_chosen) as signal:
        results.label_choice.activated.emit(0)
    assert signal.args == [None]
    results.show_values(NAMES, 4, 8, own=True)
    assert results.label_choice.currentText() == "4"


def test_in_a_column_or_in_a_row(results):
    results.resize(232, 40)
    results.set_vertical(False)
    results.grab()
    tops = {label.parentWidget().y() for label in (results.true_label, results.predicted, results.verdict)}
    assert len(tops) == 1
    results.set_vertical(True)
    results.resize(78, 142)
    results.grab()
    lefts = {label.parentWidget().x() for label in (results.true_label, results.predicted, results.verdict)}
    assert len(lefts) == 1


def test_a_label_follows_the_theme(qtbot, theme):
    label = TokenLabel(theme, "ok", "strong")
    qtbot.addWidget(label)
    assert theme.tokens.ok in label.styleSheet()
    theme.set_mode("dark")
    assert theme.tokens.ok in label.styleSheet()
