"""What a layer is called in a list: its kind, with the options that are not the usual ones."""

from __future__ import annotations

from cnncore import LayerSpec

from .draft import KIND_TITLES
from .reasons import sizes


def kind_text(layer: LayerSpec) -> str:
    """Return "Conv2d 5×5", with stride, padding and dilation where they are not the usual ones."""
    name = KIND_TITLES[layer.kind]
    if "kernel_size" not in layer.options:
        return name
    options = layer.options
    text = f"{name} {_pair(options['kernel_size'])}"
    usual_stride = options["kernel_size"] if layer.kind in ("maxpool2d", "avgpool2d") else 1
    if options["stride"] != usual_stride:
        text += f", stride {_short(options['stride'])}"
    if options["padding"]:
        text += f", pad {_short(options['padding'])}"
    if options.get("dilation", 1) != 1:
        text += f", dilation {_short(options['dilation'])}"
    return text


def short_kind_text(layer: LayerSpec) -> str:
    """Return "Conv 5×5", for a narrow column."""
    short = {"conv2d": "Conv", "maxpool2d": "Pool"}.get(layer.kind, KIND_TITLES[layer.kind])
    return f"{short} {_pair(layer.options['kernel_size'])}" if "kernel_size" in layer.options else short


def _pair(value: int | tuple[int, int]) -> str:
    return sizes(value) if isinstance(value, tuple) else f"{value}×{value}"


def _short(value: object) -> str:
    return sizes(value) if isinstance(value, tuple) else str(value)
