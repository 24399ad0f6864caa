"""A set-up survives being copied, and no text can bring the lab into an impossible state."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncore.scan import PADDING_MODES
from cnncore.scan_setup import LIMITS, OPERATIONS, ScanSetup
from explorer.workspaces.scan.lab_json import LONGEST, SetupError, from_json, to_json
from explorer.workspaces.scan.lab_state import DEFAULTS, LabState
from explorer.workspaces.scan.presets import BY_KEY


def pair(name, most=64):
    low, high = LIMITS[name]
    number = st.integers(low, min(high, most))
    return st.tuples(number, number)


states = st.builds(
    lambda setup, key, **rest: LabState(setup=setup, **rest).with_preset(key),
    setup=st.builds(
        ScanSetup,
        input_size=pair("input_size"),
        kernel_size=pair("kernel_size"),
        stride=pair("stride"),
        padding=st.tuples(*[st.integers(*LIMITS["padding"])] * 4),
        dilation=pair("dilation"),
        mode=st.sampled_from(PADDING_MODES),
        operation=st.sampled_from(OPERATIONS),
    ),
    key=st.sampled_from(sorted(BY_KEY)),
    channels=st.integers(1, 3),
    bias=st.sampled_from([0.0, -1.5, 20.25]),
    activation=st.sampled_from(["none", "relu"]),
)


@settings(max_examples=200, deadline=None)
@given(states)
def test_what_is_copied_can_be_pasted(state):
    pasted = from_json(to_json(state))
    assert pasted.setup == state.setup
    assert pasted.kernel == state.kernel
    assert (pasted.channels, pasted.bias, pasted.activation) == (state.channels, state.bias, state.activation)


def test_own_numbers_and_weights_come_along():
    state = DEFAULTS.with_weight(0, 1, 2, -0.125).with_cell(np.arange(49.0).reshape(1, 7, 7), 0, 3, 3, 2.5)
    assert from_json(to_json(state)) == state
    maps = replace(DEFAULTS, source="map", layer=3, feature=2)
    assert from_json(to_json(maps)) == maps


def test_a_set_up_is_as_short_as_a_link():
    text = to_json(DEFAULTS)
    assert len(text) < 300
    assert "\n" not in text


VALID = json.loads(to_json(DEFAULTS))
BAD_VALUES = [
    None,
    True,
    -1,
    0.5,
    10**9,
    "7",
    [],
    {},
    [[1]],
    float("nan"),
    [1, 2, 3],
    ["a", "b"],
    [True, True],
]


@pytest.mark.parametrize("key", sorted(VALID))
@pytest.mark.parametrize("value", BAD_VALUES, ids=repr)
def test_a_bad_value_anywhere_is_refused_in_a_sentence(key, value):
    if key == "bias" and value in (-1, 0.5):
        return
    with pytest.raises(SetupError) as error:
        from_json(json.dumps(VALID | {key: value}))
    assert str(error.value).endswith(".")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "[]",
        "{}",
        "null",
        "7",
        '{"format":1}',
        "[" * 100_000,
        "x" * (LONGEST + 1),
        '{"format":"cnn-explorer-scan"}',
    ],
    ids=lambda text: text[:12] or "empty",
)
def test_other_texts_are_refused(text):
    with pytest.raises(SetupError):
        from_json(text)


@pytest.mark.parametrize(
    "cells", [[[1, 2]], [[[1] * 3] * 2], [[[1, 2, "x"]] * 3], [[[1, 2, 1e308]] * 3], "9", [[[[1]]]]]
)
def test_weights_must_fit_the_kernel(cells):
    with pytest.raises(SetupError):
        from_json(json.dumps(VALID | {"preset": "custom", "weights": cells}))


@pytest.mark.parametrize("huge", [10**400, -(10**400)], ids=["positive", "negative"])
def test_a_number_too_long_for_a_float_is_refused_too(huge):
    with pytest.raises(SetupError, match="−1,000 to 1,000"):
        from_json(json.dumps(VALID | {"bias": huge}))
    with pytest.raises(SetupError, match="weights must hold numbers from −1,000,000 to 1,000,000"):
        from_json(json.dumps(VALID | {"preset": "custom", "weights": [[[huge] * 3] * 3]}))
    with pytest.raises(SetupError, match="numbers must hold"):
        from_json(json.dumps(VALID | {"pattern": "own", "numbers": [[[huge] * 7] * 7]}))


def test_a_kernel_of_its_own_needs_weights():
    with pytest.raises(SetupError, match="no weights"):
        from_json(json.dumps(VALID | {"preset": "custom"}))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from([*VALID, "weights", "numbers", "map", "layer", "seed"]), json_values))
def test_no_content_does_anything_but_raise_its_own_error(content):
    try:
        state = from_json(json.dumps(VALID | content))
    except SetupError:
        return
    for name, (low, high) in LIMITS.items():
        assert all(low <= number <= high for number in getattr(state.setup, name))
