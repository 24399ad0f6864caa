"""Settings that cannot be always get a reason and a way out, and every way out works."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncore.errors import CnnError
from cnncore.scan import PADDING_MODES, pad
from cnncore.scan_run import run_scan
from cnncore.scan_setup import LIMITS, OPERATIONS, ScanSetup, diagnose


def numbers(name, most):
    low, high = LIMITS[name]
    return st.integers(low, min(high, most))


def couple(name, most):
    return st.tuples(numbers(name, most), numbers(name, most))


any_setups = st.builds(
    ScanSetup,
    input_size=couple("input_size", 12),
    kernel_size=couple("kernel_size", 11),
    stride=couple("stride", 8),
    padding=st.tuples(*[numbers("padding", 12)] * 4),
    dilation=couple("dilation", 5),
    mode=st.sampled_from(PADDING_MODES),
    operation=st.sampled_from(OPERATIONS),
)


def possible(setup):
    """Whether the settings work, found out by using them."""
    try:
        x = np.ones((1, *setup.input_size))
        result = run_scan(setup, x, np.ones((1, *setup.kernel_size)))
        if not setup.transposed:
            pad(x, setup.padding, setup.mode)
    except CnnError:
        return False
    return bool(np.isfinite(result.sums).all())


@settings(max_examples=800, deadline=None)
@given(any_setups)
def test_a_problem_is_found_exactly_where_there_is_one_and_each_suggestion_works(setup):
    problem = diagnose(setup)
    assert (problem is None) == possible(setup)
    if problem is None:
        return
    assert problem.reason.endswith(".")
    assert problem.culprit in LIMITS
    assert problem.suggestions
    for suggestion in problem.suggestions:
        assert suggestion.text
        assert diagnose(suggestion.setup) is None
        assert possible(suggestion.setup)
        for name, (low, high) in LIMITS.items():
            assert all(low <= number <= high for number in getattr(suggestion.setup, name))


@pytest.mark.parametrize(
    ("setup", "reason", "culprit", "first"),
    [
        (
            ScanSetup((5, 5), (4, 4), dilation=(2, 2)),
            "The kernel with dilation spans 7 rows, the input has 5.",
            "dilation",
            "a kernel of 3×3",
        ),
        (
            ScanSetup((3, 9), (5, 5), padding=(0, 1, 0, 0)),
            "The kernel spans 5 rows, the padded input has 4.",
            "kernel_size",
            "a kernel of 4×5",
        ),
        (
            ScanSetup((3, 3), (3, 3), padding=(3, 3, 3, 3), mode="reflect"),
            "Reflecting an input of 3 rows gives at most 2 of padding, and 3 are asked for.",
            "padding",
            "padding with zeros",
        ),
        (
            ScanSetup((4, 4), (2, 2), padding=(2, 0, 0, 0), operation="max_pool"),
            "A window sees nothing but padding, and padding never is the maximum.",
            "padding",
            "padding with the edge repeated",
        ),
        (
            ScanSetup((1, 1), (3, 3), padding=(2, 2, 1, 1), operation="transposed"),
            "The stamps cover 3 rows, and the padding cuts off 4: nothing is left.",
            "padding",
            None,
        ),
    ],
)
def test_reasons_are_sentences_with_the_numbers(setup, reason, culprit, first):
    problem = diagnose(setup)
    assert (problem.reason, problem.culprit) == (reason, culprit)
    if first is not None:
        assert problem.suggestions[0].text == first


def test_same_keeps_the_size_and_full_reads_all_alike():
    setup = ScanSetup((6, 6), (4, 3), dilation=(1, 2))
    assert setup.same == (1, 2, 2, 2)
    assert replace(setup, padding=setup.same).result_size == (6, 6)
    full = replace(setup, padding=setup.full)
    assert full.result_size == (9, 10)
    assert (full.plan.visits == 12).all()
