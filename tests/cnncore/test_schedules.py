"""Learning-rate schedules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncore import SCHEDULES, constant, cosine


def test_the_schedules_are_known_by_their_names() -> None:
    assert dict(SCHEDULES) == {"constant": constant, "cosine": cosine}


@given(steps=st.integers(1, 2000), data=st.data())
def test_factors_are_above_0_and_at_most_1(steps: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, 2 * steps))
    assert constant(index, steps) == 1
    assert 0 < cosine(index, steps) <= 1


@given(steps=st.integers(20, 2000))
def test_the_cosine_rises_once_and_falls_to_one_hundredth(steps: int) -> None:
    factors = [cosine(index, steps) for index in range(steps)]
    top = factors.index(1.0)
    assert top + 1 == round(0.05 * steps)
    assert factors[: top + 1] == sorted(factors[: top + 1])
    assert factors[top:] == sorted(factors[top:], reverse=True)
    assert factors[-1] == pytest.approx(0.01)
    assert cosine(steps + 7, steps) == factors[-1]
