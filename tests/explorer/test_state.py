"""The values a workbench holds."""

import json

import numpy as np
import pytest

from cnncore import ArgumentError
from explorer.workbench import Augmentation, Hyperparameters
from explorer.workbench.augmentation import STRENGTH_LIMITS
from explorer.workbench.state import check_learning_rate


@pytest.mark.parametrize("value", [0.0, -1e-3, 1e9, float("nan"), float("inf")])
def test_a_learning_rate_out_of_range_is_refused_in_words(value):
    with pytest.raises(ArgumentError, match="learning rate must be a number from 1e-06 to 10"):
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
        {"learning_rate": "0.1"},
        {"learning_rate": True},
        {"momentum": "0.9"},
        {"momentum": -0.1},
        {"beta1": 1.0},
        {"beta2": float("nan")},
        {"alpha": None},
        {"weight_decay": -1e-9},
        {"weight_decay": 1.5},
        {"weight_decay": 10**400},
        {"label_smoothing": 1.0},
        {"clip_norm": float("inf")},
        {"nesterov": 1},
        {"patience": -1},
        {"patience": 2.0},
        {"augmentation": None},
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


EVERYTHING = Hyperparameters(
    "SGD", 0.05, 0.5, "step", 64, 7, 11, 1e-4, True, 0.8, 0.99, 0.95, 0.1, 2.5, 4,
    Augmentation(2.0, 15.0, 0.1, 0.7, 0.05, 0.5),
)  # fmt: skip


def test_hyperparameters_go_through_json_and_back():
    text = json.dumps(EVERYTHING.to_json())
    assert Hyperparameters.from_json(json.loads(text)) == EVERYTHING
    assert Hyperparameters.from_json({"seed": 8}) == Hyperparameters(seed=8)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (None, "must be an object"),
        ([1, 2], "must be an object"),
        ("{}", "must be an object"),
        ({"sead": 3}, "knows no 'sead' in the hyperparameters"),
        ({7: 3}, "knows no 7 in"),
        ({"x" * 10_000: 3}, "knows no 'xxx"),
        ({"optimizer": ["Adam"]}, "optimizer must be one of"),
        ({"optimizer": {}}, "optimizer must be one of"),
        ({"schedule": None}, "schedule must be one of"),
        ({"seed": 1e3}, "seed must be a whole number"),
        ({"epochs": "9" * 10_000}, "number of epochs must be a whole number"),
        ({"augmentation": 3}, "augmentation must be an object"),
        ({"augmentation": {"blur": 1}}, "knows no 'blur' in the augmentation"),
        ({"augmentation": {"flip": 1.5}}, "strength of flip must be a number from 0 to 1, not 1.5"),
        ({"augmentation": {"shift": [1]}}, "strength of shift must be a number"),
    ],
)
def test_foreign_hyperparameters_are_refused_in_one_short_sentence(data, sentence):
    with pytest.raises(ArgumentError, match=sentence) as caught:
        Hyperparameters.from_json(data)
    assert len(str(caught.value)) < 150


def test_an_augmentation_of_no_strength_is_none_and_others_change_what_they_say():
    assert Augmentation().function() is None
    rng = np.random.default_rng(0)
    images = rng.random((4, 1, 12, 12)).astype(np.float32)
    for name in STRENGTH_LIMITS:
        augmentation = Augmentation(**{name: 0.4})
        assert not augmentation.is_none
        change = augmentation.function()
        changed = change(images, np.random.default_rng(1))
        assert changed.shape == images.shape
        assert np.abs(changed - images).max() > 0.01
        assert np.array_equal(changed, change(images, np.random.default_rng(1)))
        assert [type(step).__name__.lower() for step in change.steps] == [name]
    mirrored = Augmentation(flip=1.0).function()(images, rng)
    np.testing.assert_allclose(mirrored, images[..., ::-1], atol=1e-6)
