"""What the pointer rests on, in words, and the cells that belong to it. Pure: no widget."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from cnncore import Sequential, Trace
from cnncore.receptive import Region, reach, receptive_fields
from cnncore.spec import ModelSpec
from explorer.numbers import format_count, format_number, format_percent, format_shape
from explorer.workbench import Hover

from .geometry import Kind, Place
from .relations import related
from .stages import Link, Stage, Stages


@dataclass(frozen=True, eq=False)
class Highlights:
    """Cells to ring for a hovered one: what it reads on earlier layers, and the cell itself further on.

    `channels` marks for each stage the maps on which to ring them.
    """

    read: dict[int, Region] = field(default_factory=dict)
    written: dict[int, Region] = field(default_factory=dict)
    channels: dict[int, np.ndarray] = field(default_factory=dict)


def highlights_of(place: Place, stages: Stages, network: Sequential) -> Highlights:
    """Find the receptive field of a hovered cell, and the same cell after activation and pooling.

    A flattened cell stands for the cell of the map that it comes from.
    """
    shapes = [stage.shape for stage in stages]
    if place.kind is Kind.STRIP and stages.at(place.layer).link is Link.FLATTEN:
        channel, y, x = (int(i) for i in np.unravel_index(place.channel, stages.before(place.layer).shape))
        layer = place.layer - 1
        cell = Region(y, y, x, x)
        read = {layer: cell, **receptive_fields(network.layers, shapes, layer, cell)}
        return Highlights(read, {}, related(stages, layer, channel))
    if place.kind is not Kind.MAPS:
        return Highlights()
    cell = Region(place.y, place.y, place.x, place.x)
    written = {place.layer: cell}
    for layer, region in reach(network.layers, shapes, place.layer, cell).items():
        if stages.at(layer).link is not Link.POINTWISE:
            break
        written[layer] = region
    read = receptive_fields(network.layers, shapes, place.layer, cell)
    return Highlights(read, written, related(stages, place.layer, place.channel))


def describe(place: Place, stages: Stages, spec: ModelSpec, network: Sequential, trace: Trace) -> Hover:
    """Say what lies under the pointer, with its exact value."""
    if place.kind is Kind.KERNELS:
        return _kernel(place, stages, network)
    if place.kind is Kind.SOFTMAX or place.layer == stages.last.index:
        return _class(place, spec, trace)
    stage = stages.at(place.layer)
    if place.kind is Kind.MAPS:
        return _map_cell(place, stage, stages, network, trace)
    return _unit(place, stage, stages, trace)


def describe_layer(stage: Stage, network: Sequential) -> Hover:
    """Say what a column's header stands for."""
    if stage.index < 0:
        return Hover("input image", (("shape", format_shape(stage.shape)),), "input image")
    rows = [("layer", type(network.layers[stage.index]).__name__), ("output", format_shape(stage.shape))]
    if stage.kernels:
        count, inputs, kh, kw = stage.kernels
        rows.append(("kernels", f"{count * inputs} of {kh}×{kw}"))
    rows.append(("parameters", format_count(stage.parameters)))
    return Hover(stage.name, tuple(rows), f"{stage.name}, {format_shape(stage.shape)}")


def span_text(first: int, last: int) -> str:
    """Write a range of rows or columns as "7–15"; a single one as "7"."""
    return f"{first}" if first == last else f"{first}–{last}"


def region_text(region: Region) -> str:
    """Write a region as "y 7–15, x 9–17"."""
    if region.empty:
        return "padding only"
    return f"y {span_text(region.top, region.bottom)}, x {span_text(region.left, region.right)}"


def _values(layer: int, trace: Trace) -> np.ndarray:
    return trace.input if layer < 0 else trace.layers[layer].output


def _map_cell(place: Place, stage: Stage, stages: Stages, network: Sequential, trace: Trace) -> Hover:
    title = stage.title(place.channel)
    at = f"y {place.y}, x {place.x}"
    value = float(_values(stage.index, trace)[place.channel, place.y, place.x])
    rows = [("position", at)]
    if stage.index < 0:
        rows += [("value", format_number(value)), ("of 255", str(round(value * 255)))]
        return Hover(title, tuple(rows), f"{title}, {at}")
    rows.append(("value", format_number(value, sign=True)))
    after = stages.at(stage.index + 1)
    if after.link is Link.POINTWISE and after.shape == stage.shape:
        name = type(network.layers[after.index]).__name__
        changed = float(trace.layers[after.index].output[place.channel, place.y, place.x])
        rows.append((f"after {name}", format_number(changed)))
    seen = highlights_of(place, stages, network).read[-1]
    rows.append(("sees input", region_text(seen)))
    return Hover(title, tuple(rows), f"{title}, {at}")


def _unit(place: Place, stage: Stage, stages: Stages, trace: Trace) -> Hover:
    title = stage.title(place.channel)
    value = float(_values(stage.index, trace)[place.channel])
    rows = [("value", format_number(value, sign=True))]
    where = title
    before = stages.before(stage.index)
    if stage.link is Link.FLATTEN:
        channel, y, x = (int(i) for i in np.unravel_index(place.channel, before.shape))
        rows.insert(0, ("cell of", f"{before.title(channel)}"))
        rows.insert(1, ("position", f"y {y}, x {x}"))
        where = f"{title}, {before.title(channel)}, y {y}, x {x}"
    elif stage.index < stages.last.index and stages.at(stage.index + 1).link is Link.POINTWISE:
        after = float(trace.layers[stage.index + 1].output[place.channel])
        rows.append((f"after {stages.at(stage.index + 1).name}", format_number(after)))
    if stage.link is Link.DENSE:
        rows.append(("reads", f"all {format_count(before.count)} units of {before.name}"))
    return Hover(title, tuple(rows), where)


def _class(place: Place, spec: ModelSpec, trace: Trace) -> Hover:
    name = spec.class_names[place.channel]
    rows = (
        ("logit", format_number(float(trace.logits[place.channel]), sign=True)),
        ("probability", format_percent(float(trace.probabilities[place.channel]), 2)),
    )
    return Hover(f"class {name}", rows, f"class {name}")


def _kernel(place: Place, stages: Stages, network: Sequential) -> Hover:
    weight = network.layers[place.layer].parameters["weight"][place.channel, place.source]
    name, before = stages.at(place.layer).name, stages.before(place.layer)
    at = f"y {place.y}, x {place.x}"
    read = stages.sources_of(place.layer, place.channel)[place.source]
    source = "input" if before.index < 0 and before.count == 1 else before.title(read)
    rows = (
        ("reads", source),
        ("position", at),
        ("weight", format_number(float(weight[place.y, place.x]), sign=True)),
        ("norm", format_number(float(np.sqrt((weight.astype(np.float64) ** 2).sum())))),
    )
    title = f"{name} kernel {place.channel}"
    if before.count > 1:
        title = f"{name} kernel {place.channel}, {place.source}"
    return Hover(title, rows, f"{title}, {at}")
