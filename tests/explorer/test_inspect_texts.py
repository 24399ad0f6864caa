"""What the Inspect page writes, read back: the engine's values, and sums that add up."""

import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnncore import LayerSpec, ModelSpec
from explorer.workbench import Workbench
from explorer.workspaces.inspect.cell_lines import lines_of
from explorer.workspaces.inspect.inspection import Inspection
from explorer.workspaces.inspect.lines import LinesView, signed_terms, sum_line
from explorer.workspaces.inspect.wording import equals, number, span

NUMBER = re.compile(r"[+\u2212]?\d+\.\d{3}")


def read(text):
    return float(text.replace("\u2212", "-").rstrip(","))


def value_of(line):
    """Add up a written sum: terms with signs, up to "=" or "≈"."""
    total, sign = 0.0, 1
    for term in line.terms:
        if term.text in ("=", "≈"):
            return total, term.text
        if term.text in ("+", "\u2212"):
            sign = 1 if term.text == "+" else -1
        elif term.role != "note":
            total += sign * read(term.text)
            sign = 1
    raise AssertionError(line)


LAYERS = (
    LayerSpec("conv2d", "c1", {"out_channels": 3, "kernel_size": 3, "stride": 2, "padding": 1}),
    LayerSpec("tanh", "t1"),
    LayerSpec("conv2d", "c2", {"out_channels": 2, "kernel_size": (2, 3), "padding": (1, 2), "dilation": 2}),
    LayerSpec("relu", "r2"),
    LayerSpec("maxpool2d", "p", {"kernel_size": 3, "stride": 2, "padding": 1}),
    LayerSpec("flatten", "f"),
    LayerSpec("linear", "l1", {"out_features": 12}),
    LayerSpec("sigmoid", "s1"),
    LayerSpec("linear", "l2", {"out_features": 10, "bias": False}),
)


@pytest.fixture(scope="module")
def inspection(qapp):
    bench = Workbench()
    names = tuple(str(n) for n in range(10))
    bench.set_spec(ModelSpec("odd", "Odd one", (1, 28, 28), LAYERS, names))
    found = Inspection(bench)
    rng = np.random.default_rng(4)
    for array in found.network.parameters().values():
        array[...] = rng.normal(0, 0.4, array.shape)
    found.retrace()
    yield found
    assert bench.close()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_lines_add_up_to_the_engines_value(inspection, data):
    stop = data.draw(st.sampled_from(inspection.stops))
    channel = data.draw(st.integers(0, stop.channels - 1))
    cell = stop.cell(channel, data.draw(st.integers(0, max(stop.count, 1) - 1)))
    inspection.go_to(stop.index, cell if cell else None)
    most = data.draw(st.integers(4, 20))
    lines = {line.label: line for line in lines_of(inspection, most)}
    if stop.kind == "input":
        assert read(lines["pixel"].terms[0].text) == pytest.approx(
            float(inspection.trace.input[cell]), abs=6e-4
        )
        return
    terms = inspection.terms
    results = [
        t for line in lines.values() for t in line.terms if t.role == "result" and NUMBER.fullmatch(t.text)
    ]
    assert any(abs(read(t.text) - terms.total) <= 5.1e-4 for t in results)
    for line in lines.values():
        if line.label in (
            "all channels",
            "its group",
            "with bias",
            "no bias",
            "by sign",
            "by size",
            "sum of exp",
        ):
            summed, relation = value_of(line)
            assert len([t for t in line.terms if t.caption]) <= most + 1
            result = read(line.terms[-1].text)
            count = len(line.terms)
            assert summed == pytest.approx(result, abs=5e-4 * (count + 1))
            assert (relation == "=") == (abs(summed - result) < 5e-4)


def test_number_of_terms_at_a_border(inspection):
    inspection.go_to(2, (0, 0, 0))
    terms = inspection.terms
    assert terms.products.shape == (3, 2, 3)
    assert terms.window.inside.sum() < 6
    lines = {line.label: line for line in lines_of(inspection, 20)}
    assert [t.caption for t in lines["all channels"].terms if t.caption] == ["0", "1", "2", "bias"]
    counted = lines[f"channel {inspection.source}"].text
    assert "6 products" in counted


def test_sums_that_miss_by_rounding_say_so():
    assert equals((0.0014, 0.0014), 0.0028) == "≈"
    assert equals((0.5, 0.25), 0.75) == "="


def test_left_out_terms_become_one():
    line = sum_line("sum", [1.0, 2.0, 3.0, 4.0, 5.0], ["a", "b", "c", "d", "e"], 15.0, most=4)
    assert [t.caption for t in line.terms if t.caption] == ["a", "b", "2 more", "e"]
    assert value_of(line) == (15.0, "=")


def test_signs():
    texts = [t.text for t in signed_terms([-1.0, 2.0, -3.0], ["", "", ""])]
    assert texts == ["\u22121.000", "+", "2.000", "\u2212", "3.000"]


@pytest.mark.parametrize(
    ("places", "noun", "text"),
    [
        ([7, 8, 9], "row", "rows 7–9"),
        ([4], "column", "column 4"),
        ([1, 3, 5], "row", "rows 1, 3, 5"),
        ([1, 3, 5, 7, 9, 11], "row", "6 rows in 1–11"),
        ([0, 1], "y", "y 0–1"),
        ([], "row", "no rows"),
        ([-1, 0], "row", "rows \u22121–0"),
    ],
)
def test_spans(places, noun, text):
    assert span(places, noun) == text


def test_lines_view_says_what_it_shows(qtbot, theme):
    view = LinesView(theme)
    qtbot.addWidget(view)
    view.set_lines([sum_line("sum", [1.0, 2.0], ["a", "b"], 3.0, most=9)])
    assert view.accessibleDescription() == f"sum: 1.000 + 2.000 = {number(3.0)}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (9998.5, "+9998.500"),
        (12345.678, "+1.235e4"),
        (-6.25e60, "\u22126.250e60"),
        (99999.99, "+1.000e5"),
        (float("inf"), "+∞"),
        (float("nan"), "nan"),
    ],
)
def test_numbers_of_a_run_that_diverges_are_short(value, text):
    assert number(value) == text
    assert equals((value, 1.0), value + 1.0) == ("=" if abs(value) < 1e4 else "≈")


def test_a_sum_of_large_numbers_is_no_longer_than_others():
    line = sum_line("sum", [3e20, -2e20], ["a", "b"], 1e20, most=9)
    assert line.text == "3.000e20 \u2212 2.000e20 ≈ +1.000e20"
