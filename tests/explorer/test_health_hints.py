"""Hints about a run's health, on ill runs and on healthy ones; `tests.health_sweep` has more."""

import pytest

from explorer.workbench.health.hint import Illness
from tests.health_cases import first_hints, healthy, ill, treated

QUICK_HEALTHY = ("mlp, SGD, seed 9", "tiny, RMSprop, seed 12", "two sigmoids", "eight ReLUs")
QUICK_ILL = (
    "weights 3 times, SGD",
    "pixels from 0 to 255, SGD",
    "faint digits, MLP",
    "mlp, Adam 0.1",
    "biases of -3, MLP",
    "tanhs, weights 10 times",
    "sigmoids, Adam 0.3",
    "weights 4 times, Adam",
    "eight sigmoids, Glorot, SGD",
    "mlp, SGD 1",
    "tiny, Adam 0.3",
    "mlp, Adam 1e-5",
    "tiny, SGD 1e-4",
    "200 digits, MLP",
)

CURED = ("faint digits, MLP", "mlp, Adam 0.1")
"""Those of them in which what the hint proposes first is tried, too."""


def named(cases, names):
    found = [pytest.param(case, id=case.name) for case in cases if case.name in names]
    assert len(found) == len(names)
    return found


@pytest.mark.parametrize("case", named(healthy(), QUICK_HEALTHY))
def test_a_healthy_run_has_no_hint(case):
    assert not first_hints(case)


@pytest.mark.parametrize("case", named(ill(), QUICK_ILL))
def test_an_illness_is_told_with_its_numbers_and_what_helps(case):
    found = first_hints(case)
    assert case.illness in found
    _, hint = found[case.illness]
    assert any(character.isdigit() for character in hint.sentence)
    assert hint.sentence.endswith(".")
    assert hint.remedies
    for remedy in hint.remedies:
        given = (remedy.learning_rate, remedy.hyperparameters, remedy.spec, remedy.standardise or None)
        assert sum(value is not None for value in given) == 1
        assert remedy.restarts == (remedy.learning_rate is None)
        assert remedy.hyperparameters != case.settings
        assert remedy.spec != case.spec
    if case.name in CURED:
        assert not first_hints(treated(case, hint.remedies[0]))


def test_every_illness_is_tried_quickly_and_in_the_sweep():
    quick = {case.illness for case in ill() if case.name in QUICK_ILL}
    assert quick == {case.illness for case in ill()} == set(Illness)
    assert len(healthy()) >= 20
