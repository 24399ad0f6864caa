"""The state of a run as a file holds it: complete, exact, and checked whatever the file says."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from cnncore import Best, CheckpointError, TrainingState

PARAMETERS = {"0.weight": np.array([1.0, 2.0])}


def state(best: bool = True, rng: np.random.Generator | None = None) -> TrainingState:
    rng = rng or np.random.default_rng(3)
    before = rng.bit_generator.state
    rng.integers(0, 9, 3, dtype=np.uint8)
    return TrainingState(
        epoch=2,
        batch=3,
        step=13,
        batches=10,
        loss_sum=0.1 + 0.2,
        correct=7,
        order_rng=before,
        rng=rng.bit_generator.state,
        layer_rngs={"3": before},
        best=Best(1, 10, 1 / 3, 0.5, PARAMETERS) if best else None,
    )


@pytest.mark.parametrize("best", [True, False])
@pytest.mark.parametrize("kind", [np.random.PCG64, np.random.PCG64DXSM])
def test_a_state_survives_json_exactly(best: bool, kind: Callable[[int], np.random.BitGenerator]) -> None:
    original = state(best, np.random.Generator(kind(5)))
    again = TrainingState.from_dict(json.loads(json.dumps(original.to_dict())), PARAMETERS)
    assert again.to_dict() == original.to_dict()
    assert replace(again, best=None).__dict__ == replace(original, best=None).__dict__
    assert (again.best is None) == (not best)
    if again.best is not None:
        assert again.best.parameters is PARAMETERS
    generator = np.random.Generator(kind(0))
    generator.bit_generator.state = again.rng
    expected = np.random.Generator(kind(0))
    expected.bit_generator.state = original.rng
    assert generator.random() == expected.random()


def test_a_generator_of_another_kind_cannot_be_saved() -> None:
    with pytest.raises(CheckpointError, match="Only generators of the kinds PCG64"):
        state(rng=np.random.Generator(np.random.MT19937(1))).to_dict()


def test_only_numbers_that_json_can_hold_are_left() -> None:
    text = json.dumps(state().to_dict(), allow_nan=False)
    assert "0.weight" not in text


PCG = state().to_dict()["rng"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"epoch": 0},
        {"epoch": 1.0},
        {"batch": 11},
        {"batch": -1},
        {"batches": 0},
        {"step": True},
        {"step": 2**60},
        {"loss_sum": float("nan")},
        {"loss_sum": -1.0},
        {"loss_sum": "1"},
        {"correct": None},
        {"best": {}},
        {"best": 3},
        {"best": {"epoch": 1, "step": 1, "loss": float("inf"), "accuracy": 1}},
        {"rng": None},
        {"rng": {"bit_generator": "MT19937"}},
        {"rng": PCG | {"bit_generator": ["PCG64"]}},
        {"rng": PCG | {"state": {"state": 2**128, "inc": 1}}},
        {"rng": PCG | {"state": {"state": 1, "inc": 2}}},
        {"rng": PCG | {"state": {"state": 1}}},
        {"rng": PCG | {"state": 5}},
        {"rng": PCG | {"has_uint32": 2}},
        {"order_rng": PCG | {"uinteger": -1}},
        {"order_rng": PCG | {"more": 1}},
        {"layer_rngs": []},
        {"layer_rngs": {"3": PCG | {"has_uint32": 5}}},
        {"surprise": 1},
    ],
    ids=str,
)
def test_values_that_no_run_has_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(CheckpointError):
        TrainingState.from_dict(state().to_dict() | wrong, PARAMETERS)


@pytest.mark.parametrize("content", [None, [], "state", 3, {}, {"epoch": 1}])
def test_what_is_no_state_is_refused(content: object) -> None:
    with pytest.raises(CheckpointError, match="lacks an entry or has one too many"):
        TrainingState.from_dict(content, PARAMETERS)
