"""Why a layer cannot take what it gets, in a sentence for the screen."""

from __future__ import annotations

from collections.abc import Iterable

from cnncore import LayerSpec
from cnncore.padding import most_padding
from cnncore.shapes import Pair, Shape, padding4, pair

IMAGE_KINDS = ("conv2d", "maxpool2d", "avgpool2d", "adaptiveavgpool2d", "batchnorm2d")
WINDOW_KINDS = ("conv2d", "maxpool2d", "avgpool2d")


def sizes(shape: Iterable[int]) -> str:
    """Write sizes as "8×24×24"."""
    return "×".join(map(str, shape))


def reason(layer: LayerSpec, shape: Shape, error: Exception) -> str:
    """Say why a layer cannot take an input of a shape; `error` is what the engine says of it."""
    if layer.kind in IMAGE_KINDS and len(shape) != 3:
        return f"It takes images, with rows and columns, but it gets a list of {shape[0]:,} numbers."
    if layer.kind == "linear" and len(shape) != 1:
        return (
            f"It takes a list of numbers, but it gets maps of {sizes(shape)}. Flatten makes a list of them."
        )
    found = ""
    if layer.kind == "conv2d":
        found = _convolution(layer, shape)
    elif layer.kind in WINDOW_KINDS:
        found = _pooling(layer, shape)
    text = str(error)
    return found or f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith(".") else ".")


def window(layer: LayerSpec) -> tuple[Pair, Pair]:
    """Return a window's kernel and how far it spans, dilation included, as (y, x) each."""
    kernel, dilation = (pair(layer.options.get(key, 1), key) for key in ("kernel_size", "dilation"))
    y, x = (step * (taps - 1) + 1 for taps, step in zip(kernel, dilation, strict=True))
    return kernel, (y, x)


def _convolution(layer: LayerSpec, shape: Shape) -> str:
    options = layer.options
    stride, groups, maps = pair(options["stride"], "stride"), options["groups"], options["out_channels"]
    if options["padding"] == "same" and stride != (1, 1):
        return f"Padding “same” keeps the size, which needs the stride 1; the stride is {sizes(stride)}."
    if shape[0] % groups or maps % groups:
        return (
            f"{groups} groups need channels and maps that are multiples of {groups}; "
            f"it gets {shape[0]} channels and makes {maps} maps."
        )
    if too_large := _window_too_large(layer, shape):
        return too_large
    mode, around = options["padding_mode"], _around(layer)
    for axis, name in ((0, "rows"), (1, "columns")):
        most, extent = most_padding(shape[1 + axis], mode), shape[1 + axis]
        padding = max(around[2 * axis : 2 * axis + 2])
        if most is not None and padding > most:
            return f"With {extent} {name}, {mode} padding can be at most {most}; it is {padding}."
    return ""


def _pooling(layer: LayerSpec, shape: Shape) -> str:
    kernel, _ = window(layer)
    padding = pair(layer.options["padding"], "padding", 0)
    if any(2 * size > taps for size, taps in zip(padding, kernel, strict=True)):
        return (
            f"A pooling window can be padded by half of its size at most; "
            f"the padding is {sizes(padding)}, the window {sizes(kernel)}."
        )
    # A window that is small enough can still lie on nothing but padding, when it is dilated.
    return _window_too_large(layer, shape) or "A window would see nothing but padding."


def _window_too_large(layer: LayerSpec, shape: Shape) -> str:
    kernel, span = window(layer)
    top, bottom, left, right = _around(layer)
    padded = shape[1] + top + bottom, shape[2] + left + right
    if span[0] <= padded[0] and span[1] <= padded[1]:
        return ""
    dilated = f", spread over {sizes(span)}," if span != kernel else ""
    with_padding = " with its padding" if padded != tuple(shape[1:]) else ""
    return (
        f"The window of {sizes(kernel)}{dilated} is larger than the image, "
        f"which is {sizes(padded)}{with_padding}."
    )


def _around(layer: LayerSpec) -> tuple[int, int, int, int]:
    options = layer.options
    kernel, stride, dilation = (
        pair(options.get(key, 1), key) for key in ("kernel_size", "stride", "dilation")
    )
    return padding4(options["padding"], kernel, stride, dilation)
