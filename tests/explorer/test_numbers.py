import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.numbers import (
    format_count,
    format_duration,
    format_number,
    format_percent,
    format_rate,
    format_shape,
    format_short,
)


@pytest.mark.parametrize(
    ("x", "options", "text"),
    [
        (1.7172, {}, "1.717"),
        (-12.08, {"digits": 1}, "−12.1"),
        (0.5, {"digits": 0}, "0"),
        (1.5, {"digits": 0}, "2"),
        (1.717, {"sign": True}, "+1.717"),
        (-0.0004, {}, "0.000"),
        (-0.0004, {"sign": True}, "0.000"),
        (0.0, {"digits": 2, "sign": True}, "0.00"),
        (-0.0, {"digits": 0}, "0"),
        (math.nan, {}, "nan"),
        (math.inf, {}, "∞"),
        (math.inf, {"sign": True}, "+∞"),
        (-math.inf, {}, "−∞"),
    ],
)
def test_number(x, options, text):
    assert format_number(x, **options) == text


@given(st.floats(-1e6, 1e6), st.integers(0, 6), st.booleans())
def test_number_reads_back_and_a_zero_has_no_sign(x, digits, sign):
    text = format_number(x, digits, sign)
    assert "-" not in text
    value = float(text.replace("−", "-"))
    assert abs(value - x) <= 0.5 * 10.0**-digits + 1e-9
    assert text[0].isdigit() == (value == 0 or (value > 0 and not sign))


def test_percent():
    assert format_percent(0.953) == "95.3 %"
    assert format_percent(1) == "100.0 %"
    assert format_percent(0.42, digits=0) == "42 %"


def test_count():
    assert [format_count(n) for n in (0, 999, 1000, 105634, -1200)] == [
        "0",
        "999",
        "1,000",
        "105,634",
        "−1,200",
    ]


def test_shape():
    assert format_shape((8, 24, 24)) == "8×24×24"
    assert format_shape([10]) == "10"
    assert format_shape(()) == ""


def test_rate_uses_as_few_digits_as_it_needs():
    rates = (0.001, 0.05, 3e-4, 1.25e-5, 1, 0)
    assert [format_rate(x) for x in rates] == ["0.001", "0.05", "3e−4", "1.25e−5", "1", "0"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0:00"),
        (3.6, "0:04"),
        (59.6, "1:00"),
        (750, "12:30"),
        (3723, "1:02:03"),
        (-1, "0:00"),
        (math.inf, "–"),
    ],
)
def test_duration(seconds, text):
    assert format_duration(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.4844, "0.484"),
        (0.0021, "0.00210"),
        (1.2345, "1.23"),
        (-12.345, "−12.3"),
        (123.4, "123"),
        (167096.2, "167,096"),
        (0.00048, "4.8e−4"),
        (-3.2e-12, "−3.2e−12"),
        (math.inf, "∞"),
        (math.nan, "nan"),
    ],
)
def test_measured_numbers_are_written_short(value, text):
    assert format_short(value) == text
