"""The loss as a formula whose rounded numbers agree."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.frame.loss_view import LossView, loss_formula


def test_three_digits_where_they_are_enough():
    assert loss_formula(-math.log(0.8881), 0.8881, "7") == "cross-entropy = −ln <i>p</i>₇ = −ln 0.888"


def test_more_digits_where_they_are_needed():
    assert loss_formula(-math.log(0.0388), 0.0388, "7").endswith("= −ln 0.0388")


def test_a_tiny_probability_is_written_as_a_power():
    assert loss_formula(-math.log(1.234e-6), 1.234e-6, "3").endswith("≈ −ln 1.23e−6")


def test_a_probability_of_nothing():
    assert loss_formula(math.inf, 0.0, "3").endswith("≈ −ln 0.000")


def test_a_name_that_is_no_number():
    assert "<i>p</i>(coat)" in loss_formula(-math.log(0.5), 0.5, "coat")


@given(st.floats(1e-3, 1.0))
def test_an_equals_sign_is_true(probability):
    loss = -math.log(probability)
    text = loss_formula(loss, probability, "1")
    shown = float(re.search(r"ln ([0-9.]+)$", text).group(1))
    assert ("≈" in text) == (f"{abs(math.log(shown)):.3f}" != f"{abs(loss):.3f}")


@pytest.mark.parametrize(("loss", "text"), [(0.1187, "0.119"), (None, "—")])
def test_the_value(qtbot, theme, loss, text):
    view = LossView()
    qtbot.addWidget(view)
    view.show_loss(loss, 0.888, "7")
    assert view.value.text() == text
    assert ("true label" in view.formula.text()) == (loss is None)
