"""How a layer's output size, parameters and multiply-adds come about: sums with its own numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from cnncore import LayerSpec
from cnncore.shapes import Shape, output_size, padding4, pair

from .checking import Standing
from .reasons import IMAGE_KINDS, WINDOW_KINDS, sizes

IN_WORDS = "size = (input + padding − window) / stride, rounded down, + 1"
IN_WORDS_UP = "size = (input + padding − window) / stride, rounded up, + 1"
_AXES = ("rows", "columns")


@dataclass(frozen=True)
class Line:
    """What is worked out, how, and what comes out; `note` says what is unusual about it."""

    label: str
    text: str
    result: int
    note: str = ""


def size_lines(layer: LayerSpec, shape: Shape | None) -> tuple[Line, ...]:
    """Work out the size that a window gives, one line where rows and columns agree, else two."""
    if layer.kind not in WINDOW_KINDS or shape is None or len(shape) != 3:
        return ()
    lines = []
    options = layer.options
    kernel, stride, dilation = (
        pair(options.get(key, 1), key) for key in ("kernel_size", "stride", "dilation")
    )
    if options["padding"] == "same" and stride != (1, 1):
        return ()
    around = padding4(options["padding"], kernel, stride, dilation)
    for axis in (0, 1):
        line = _line(
            _AXES[axis],
            shape[1 + axis],
            kernel[axis],
            stride[axis],
            around[2 * axis : 2 * axis + 2],
            dilation[axis],
            options.get("ceil_mode", False),
        )
        lines.append(line)
    rows, columns = lines
    if (rows.text, rows.result, rows.note) == (columns.text, columns.result, columns.note):
        return (Line("rows, columns", rows.text, rows.result, rows.note),)
    return rows, columns


def _line(
    label: str, size: int, taps: int, stride: int, around: tuple[int, int], dilation: int, up: bool
) -> Line:
    before, after = around
    padding = f"2·{before}" if before == after else f"{before} + {after}"
    window = f"{taps}" if dilation == 1 else f"({dilation}·({taps} − 1) + 1)"
    opening, closing = "⌈⌉" if up else "⌊⌋"
    result = output_size(size, taps, stride, before, after, dilation, up)
    text = f"{opening}({size} + {padding} − {window}) / {stride}{closing} + 1"
    room = size + before + after - dilation * (taps - 1) - 1
    if up and result < -(-room // stride) + 1:
        return Line(label, f"{text} − 1", result, "One less: the last window would begin beyond the image.")
    return Line(label, text, result)


def parameters_text(layer: LayerSpec, shape: Shape | None) -> str:
    """Say how many weights and biases make up the parameters; empty for a layer without any."""
    if shape is None or (layer.kind in IMAGE_KINDS and len(shape) != 3):
        return ""
    options = layer.options
    if layer.kind == "conv2d":
        channels = shape[0] // options["groups"]
        kernel = sizes(pair(options["kernel_size"], "kernel_size"))
        weights = f"{_counted(channels, 'channel')} × {kernel}"
        return f"{_counted(options['out_channels'], 'map')} × {_with_bias(weights, options['bias'])}"
    if layer.kind == "linear" and len(shape) == 1:
        weights = _counted(shape[0], "input")
        return f"{_counted(options['out_features'], 'output')} × {_with_bias(weights, options['bias'])}"
    if layer.kind == "batchnorm2d" and options["affine"]:
        return f"{_counted(shape[0], 'channel')} × (1 scale + 1 shift)"
    return ""


def _with_bias(weights: str, bias: bool) -> str:
    return f"({weights} + 1 bias)" if bias else weights


def multiply_adds_text(layer: LayerSpec, shape: Shape | None, standing: Standing) -> str:
    """Say how the multiply-adds of one image come about; empty where there are none."""
    if shape is None or standing.shape is None or not standing.multiply_adds:
        return ""
    if layer.kind == "conv2d":
        reads = sizes((shape[0] // layer.options["groups"], *pair(layer.options["kernel_size"], "")))
        return f"{sizes(standing.shape)} numbers × {reads} weights"
    if layer.kind == "linear":
        return f"{standing.shape[0]:,} outputs × {shape[0]:,} inputs"
    return f"{math.prod(standing.shape):,} numbers × 1 scale"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"
