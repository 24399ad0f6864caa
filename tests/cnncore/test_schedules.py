"""Learning-rate schedules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncore import SCHEDULES, constant, cosine
from cnncore.schedules import one_cycle, step, warm_up


def test_the_schedules_are_known_by_their_names() -> None:
    assert dict(SCHEDULES) == {
        "constant": constant,
        "cosine": cosine,
        "step": step,
        "warm-up": warm_up,
        "one-cycle": one_cycle,
    }


@given(steps=st.integers(1, 2000), data=st.data())
def test_factors_are_above_0_and_at_most_1(steps: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, 2 * steps))
    assert constant(index, steps) == 1
    for schedule in SCHEDULES.values():
        assert 0 < schedule(index, steps) <= 1


@given(steps=st.integers(20, 2000))
def test_the_cosine_rises_once_and_falls_to_one_hundredth(steps: int) -> None:
    factors = [cosine(index, steps) for index in range(steps)]
    top = factors.index(1.0)
    assert top + 1 == round(0.05 * steps)
    assert factors[: top + 1] == sorted(factors[: top + 1])
    assert factors[top:] == sorted(factors[top:], reverse=True)
    assert factors[-1] == pytest.approx(0.01)
    assert cosine(steps + 7, steps) == factors[-1]


def test_the_step_falls_to_a_tenth_twice() -> None:
    factors = [step(index, 8) for index in range(9)]
    assert factors == pytest.approx([1, 1, 1, 1, 0.1, 0.1, 0.01, 0.01, 0.01])


def test_the_warm_up_rises_in_equal_steps_and_stays() -> None:
    factors = [warm_up(index, 100) for index in range(100)]
    assert factors == pytest.approx([0.2, 0.4, 0.6, 0.8] + [1] * 96)


def test_one_cycle_is_that_of_pytorch() -> None:
    # torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1, total_steps=10) gives these rates.
    expected = [0.04, 0.52, 1.0, 0.9504846320, 0.8117456539, 0.6112620219]
    expected += [0.3887419781, 0.1882583461, 0.0495193680, 4e-6]
    assert [one_cycle(index, 10) for index in range(10)] == pytest.approx(expected, rel=1e-6)
    assert one_cycle(30, 10) == pytest.approx(4e-6)
    assert 0 < one_cycle(0, 1) <= 1
