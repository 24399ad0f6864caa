"""The selected map or unit in words and numbers. Pure: no widget."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from cnncore import Sequential, Trace
from explorer.imaging import atlas
from explorer.numbers import format_count, format_number, format_percent, format_shape

from .stages import Link, Stage, Stages


@dataclass(frozen=True, eq=False)
class Summary:
    """What the bar below the picture says of a selection.

    `picture` is a 2-D array to show small, of `what`: "pixels", "values" or "weights"; `values` go into the
    histogram, and `counted` says what they are.
    """

    title: str
    lines: tuple[str, ...]
    picture: np.ndarray
    what: str
    values: np.ndarray
    counted: str
    numbers: tuple[tuple[str, str], ...] = field(default=())


def summarise(layer: int, channel: int, stages: Stages, network: Sequential, trace: Trace) -> Summary:
    """Describe map or unit `channel` of a layer, -1 being the input image."""
    stage = stages.at(layer)
    values = trace.input if layer < 0 else trace.layers[layer].output
    if stage.is_maps:
        return _of_map(stage, channel, values[channel], stages, network)
    if stage.link is Link.DENSE:
        return _of_dense_unit(stage, channel, values, stages, network)
    return _of_plain_unit(stage, channel, values, stages)


def _title(stage: Stage, channel: int) -> str:
    return f"{stage.name} · {stage.noun} {channel}" if stage.index >= 0 else "input image"


def _spread(values: np.ndarray) -> tuple[tuple[str, str], ...]:
    with np.errstate(invalid="ignore"):
        positive = float((values > 0).mean())
    return (
        ("min", format_number(float(values.min()), 2, sign=True)),
        ("max", format_number(float(values.max()), 2, sign=True)),
        ("positive", format_percent(positive, 0)),
    )


def _bias(stage: Stage, channel: int, network: Sequential) -> tuple[tuple[str, str], ...]:
    bias = network.layers[stage.index].parameters.get("bias")
    return () if bias is None else (("bias", format_number(float(bias[channel]), sign=True)),)


def _of_map(stage: Stage, channel: int, values: np.ndarray, stages: Stages, network: Sequential) -> Summary:
    size = format_shape(values.shape)
    counted = f"{format_count(values.size)} values"
    if stage.index < 0:
        lines = (f"{size} pixels", "values from 0 to 1")
        return Summary(_title(stage, channel), lines, values, "pixels", values, counted, _spread(values))
    before = stages.before(stage.index)
    if stage.kernels is not None:
        _, inputs, kh, kw = stage.kernels
        bias = _bias(stage, channel, network)
        source = "the input" if before.index < 0 and inputs == 1 else f"{inputs} map{'s' * (inputs != 1)}"
        parameters = inputs * kh * kw + len(bias)
        lines = (f"{size}, from {source}", f"{format_count(parameters)} parameters")
        return Summary(
            _title(stage, channel), lines, values, "values", values, counted, bias + _spread(values)
        )
    lines = (size, f"from {before.title(channel)}")
    return Summary(_title(stage, channel), lines, values, "values", values, counted, _spread(values))


def _of_dense_unit(
    stage: Stage, unit: int, values: np.ndarray, stages: Stages, network: Sequential
) -> Summary:
    before = stages.before(stage.index)
    weight = network.layers[stage.index].parameters["weight"][unit]
    bias = _bias(stage, unit, network)
    value = (("value", format_number(float(values[unit]), sign=True)),)
    count = format_count(weight.size)
    lines = (f"reads {count} units", f"{format_count(weight.size + len(bias))} parameters")
    spread = tuple((f"{name} weight", text) for name, text in _spread(weight)[:2])
    return Summary(
        _title(stage, unit),
        lines,
        folded(weight, before, stages),
        "weights",
        weight,
        f"{count} weights",
        value + bias + spread,
    )


def _of_plain_unit(stage: Stage, unit: int, values: np.ndarray, stages: Stages) -> Summary:
    before = stages.before(stage.index)
    if stage.link is Link.FLATTEN:
        channel, y, x = (int(i) for i in np.unravel_index(unit, before.shape))
        lines = (f"from {before.title(channel)}", f"y {y}, x {x}")
    else:
        lines = (f"from {before.title(unit)}",)
    value = (("value", format_number(float(values[unit]), sign=True)),)
    counted = f"{format_count(values.size)} values of {stage.name}"
    cell = values[unit].reshape(1, 1)
    return Summary(_title(stage, unit), lines, cell, "values", values, counted, value + _spread(values))


def folded(weight: np.ndarray, before: Stage, stages: Stages) -> np.ndarray:
    """Lay the weights of one unit out in 2-D: as the maps they read where those were flattened."""
    if before.link is Link.FLATTEN:
        maps = stages.before(before.index).shape
        columns = math.ceil(math.sqrt(maps[0]))
        return atlas(weight.reshape(maps), columns)
    columns = math.ceil(math.sqrt(weight.size))
    padded = np.zeros(columns * math.ceil(weight.size / columns), weight.dtype)
    padded[: weight.size] = weight
    return padded.reshape(-1, columns)
