"""What a layer is, in one line. Pure: no widget."""

from __future__ import annotations

from typing import Any

from explorer.numbers import format_count, format_rate

from .inspection import Inspection
from .wording import plural


def heading_of(inspection: Inspection) -> tuple[str, str]:
    """Return a layer's class, and its name, sizes and options in words."""
    stop = inspection.stop
    if stop.kind == "input":
        return "Input", f"{inspection.workbench.sample.name} · {_maps(stop.shape)}"
    if stop.kind in ("softmax", "loss") and stop.index >= inspection.stops.softmax:
        words = f"{stop.source[0]} logits → {stop.source[0]} probabilities that add up to 1"
        if inspection.stops.softmax_twice:
            words = "the cross-entropy takes a softmax of what comes last, here of probabilities once more"
        texts = {
            "softmax": ("Softmax", words),
            "loss": ("Cross-entropy", "how surprised the network is by the true class"),
        }
        return texts[stop.kind]
    layer = inspection.network.layers[stop.index]
    words = [stop.name, f"{_maps(stop.source)} → {_maps(stop.shape)}", *_options(layer)]
    return type(layer).__name__, " · ".join(words)


def _maps(shape: tuple[int, ...]) -> str:
    if len(shape) == 3:
        return f"{plural(shape[0], 'map')} of {shape[1]}×{shape[2]}"
    return f"{format_count(shape[0])} units"


def _options(layer: Any) -> list[str]:
    found = []
    if hasattr(layer, "kernel_size"):
        found.append(f"kernel {_by(layer.kernel_size)}")
        found.append(f"stride {_pair(layer.stride)}")
    if hasattr(layer, "padding"):
        top, bottom, left, right = layer.padding
        mode = getattr(layer, "padding_mode", "zeros")
        kind = "" if mode == "zeros" else f" ({mode})"
        if not any(layer.padding):
            found.append("no padding")
        elif (top, left) == (bottom, right):
            found.append(f"padding {_pair((top, left))}{kind}")
        else:
            found.append(f"padding {top}, {bottom}, {left}, {right}{kind}")
    if getattr(layer, "dilation", (1, 1)) != (1, 1):
        found.append(f"dilation {_pair(layer.dilation)}")
    if getattr(layer, "groups", 1) != 1:
        found.append(f"{layer.groups} groups")
    if hasattr(layer, "negative_slope"):
        found.append(f"slope {format_rate(layer.negative_slope)} below zero")
    if hasattr(layer, "eps"):
        found.append(f"ε {format_rate(layer.eps)}")
    if hasattr(layer, "p"):
        found.append(f"p {format_rate(layer.p)}")
    return found


def _pair(values: tuple[int, int]) -> str:
    return str(values[0]) if values[0] == values[1] else f"{values[0]}, {values[1]}"


def _by(values: tuple[int, int]) -> str:
    return f"{values[0]}×{values[1]}"
