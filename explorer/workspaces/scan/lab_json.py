"""A set-up as a short text to copy, and reading one from anywhere."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from cnncore.scan import PADDING_MODES
from cnncore.scan_run import ACTIVATIONS
from cnncore.scan_setup import LIMITS, OPERATIONS, ScanSetup
from explorer.numbers import MINUS, format_count, format_shape

from .lab_state import BIAS_LIMIT, CELL_LIMIT, CHANNELS, DEFAULTS, SEED_LIMIT, SOURCES, Cube, LabState
from .presets import BY_KEY, CUSTOM, TRAINED
from .sources import PATTERNS

LONGEST = 200_000
_FORMAT = "cnn-explorer-scan"
_VERSION = 1
_LAYERS = 64
_FEATURES = 100_000


class SetupError(ValueError):
    """A text is no set-up; the message is a sentence."""


def to_json(state: LabState) -> str:
    """Write a set-up on one line, as short as it can be."""
    setup = state.setup
    content: dict[str, Any] = {
        "format": _FORMAT,
        "version": _VERSION,
        "operation": setup.operation,
        "input": setup.input_size,
        "kernel": setup.kernel_size,
        "stride": setup.stride,
        "padding": setup.padding,
        "dilation": setup.dilation,
        "mode": setup.mode,
        "channels": state.channels,
        "source": state.source,
        "preset": state.preset,
        "bias": state.bias,
        "activation": state.activation,
    }
    if state.source == "numbers":
        content |= {"pattern": state.pattern, "seed": state.seed}
        if state.pattern == "own" and state.own is not None:
            content["numbers"] = _short(state.own)
    if state.source == "map":
        content |= {"layer": state.layer, "map": state.feature}
    if state.preset not in BY_KEY:
        content["weights"] = _short(state.kernel)
    return json.dumps(content, separators=(",", ":"))


def _short(cells: Cube) -> list:
    return [[[int(v) if v == int(v) else float(f"{v:.6g}") for v in row] for row in plane] for plane in cells]


def from_json(text: str) -> LabState:
    """Read a set-up. Whatever the text is, either a state within all limits comes out or an error.

    Raises
    ------
    SetupError
        When it is none, says so in a sentence.
    """
    content = _parse(text)
    setup = ScanSetup(
        input_size=_numbers(content, "input", "input_size", 2),
        kernel_size=_numbers(content, "kernel", "kernel_size", 2),
        stride=_numbers(content, "stride", "stride", 2),
        padding=_numbers(content, "padding", "padding", 4),
        dilation=_numbers(content, "dilation", "dilation", 2),
        mode=_choice(content, "mode", PADDING_MODES),
        operation=_choice(content, "operation", OPERATIONS),
    )
    state = LabState(
        setup=setup,
        source=_choice(content, "source", SOURCES),
        pattern=_choice(content, "pattern", tuple(PATTERNS), DEFAULTS.pattern),
        seed=_whole(content, "seed", 0, SEED_LIMIT, DEFAULTS.seed),
        channels=_whole(content, "channels", *CHANNELS, DEFAULTS.channels),
        bias=_number(content.get("bias", 0.0), "bias", BIAS_LIMIT),
        activation=_choice(content, "activation", ACTIVATIONS, "none"),
        layer=_whole(content, "layer", -1, _LAYERS, 0),
        feature=_whole(content, "map", 0, _FEATURES, 0),
    )
    if "numbers" in content:
        shape = (state.channels, *setup.input_size)
        state = replace(state, own=_cells(content["numbers"], "numbers", shape))
    preset = _choice(content, "preset", (*BY_KEY, CUSTOM, TRAINED), CUSTOM)
    if "weights" in content:
        weights = _cells(content["weights"], "weights", (state.channels, *setup.kernel_size))
        return replace(state, kernel=weights, preset=preset if preset not in BY_KEY else CUSTOM)
    if preset not in BY_KEY:
        raise SetupError("The set-up has a kernel of its own, but no weights.")
    return state.with_preset(preset)


def _parse(text: str) -> dict[str, Any]:
    if len(text) > LONGEST:
        raise SetupError(f"The text is too long for a set-up: more than {LONGEST:,} characters.")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise SetupError("The text is no set-up of the Scan Lab; copy one with “Copy set-up”.") from None
    if not isinstance(content, dict) or content.get("format") != _FORMAT:
        raise SetupError("The text is no set-up of the Scan Lab; copy one with “Copy set-up”.")
    if content.get("version") is True or content.get("version") != _VERSION:
        raise SetupError("The set-up was made by another version of the program.")
    return content


def _whole(content: dict[str, Any], key: str, low: int, high: int, default: int) -> int:
    return _check_whole(content.get(key, default), key, low, high)


def _check_whole(value: object, key: str, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise SetupError(f"In the set-up, {key} must be a whole number from {low} to {high}.")
    return value


def _numbers(content: dict[str, Any], key: str, name: str, count: int) -> Any:
    values = content.get(key)
    if not isinstance(values, list) or len(values) != count:
        raise SetupError(f"In the set-up, {key} must be a list of {count} whole numbers.")
    return tuple(_check_whole(value, key, *LIMITS[name]) for value in values)


def _choice(content: dict[str, Any], key: str, choices: tuple[Any, ...], default: str | None = None) -> Any:
    value = content.get(key, default)
    if not isinstance(value, str) or value not in choices:
        raise SetupError(f"In the set-up, {key} must be one of {', '.join(choices)}.")
    return value


def _number(value: object, key: str, limit: float) -> float:
    fits = isinstance(value, int | float) and not isinstance(value, bool)
    if not fits or not -limit <= value <= limit:  # type: ignore[operator]  # NaN is not within either
        bounds = f"{MINUS}{format_count(int(limit))} to {format_count(int(limit))}"
        raise SetupError(f"In the set-up, {key} must hold numbers from {bounds}.")
    return float(value)  # type: ignore[arg-type]


def _cells(value: object, key: str, shape: tuple[int, int, int]) -> Cube:
    def rows(items: object, count: int) -> list:
        if not isinstance(items, list) or len(items) != count:
            raise SetupError(f"In the set-up, {key} must be {format_shape(shape)} numbers.")
        return items

    channels, height, width = shape
    return tuple(
        tuple(
            tuple(_number(cell, key, CELL_LIMIT) for cell in rows(row, width)) for row in rows(plane, height)
        )
        for plane in rows(value, channels)
    )
