"""The values a workbench holds."""

import pytest

from cnncore import ArgumentError
from explorer.workbench import Hyperparameters
from explorer.workbench.state import check_learning_rate


@pytest.mark.parametrize("value", [0.0, -1e-3, 1e9, float("nan"), float("inf")])
def test_a_learning_rate_out_of_range_is_refused_in_words(value):
    with pytest.raises(ArgumentError, match="learning rate must be between"):
        check_learning_rate(value)
    with pytest.raises(ArgumentError):
        Hyperparameters(learning_rate=value)


@pytest.mark.parametrize(
    "change",
    [
        {"optimizer": "Newton"},
        {"schedule": "sawtooth"},
        {"momentum": 1.0},
        {"batch_size": 0},
        {"batch_size": 32.0},
        {"epochs": 0},
        {"seed": -1},
        {"seed": True},
    ],
)
def test_other_values_out_of_range_are_refused(change):
    with pytest.raises(ArgumentError):
        Hyperparameters(**change)


def test_each_purpose_has_its_own_repeatable_generator():
    hyper = Hyperparameters(seed=7)
    first = hyper.rng("initialisation").random(3).tolist()
    assert first == hyper.rng("initialisation").random(3).tolist()
    assert first != hyper.rng("shuffling").random(3).tolist()
