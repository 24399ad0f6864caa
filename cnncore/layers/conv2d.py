"""Convolution: a window slides over the image, and its weights' products are summed at each place."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from cnncore import buffers
from cnncore.layers.base import Layer, draw_weights
from cnncore.shapes import IntOrPair, Padding, Shape, padding4, padding_text, pair, sliding_shape
from cnncore.windows import Array, Axis, Rows, fast, logical, row_windows, slide, slide_gradient, spread

FEW = 4
"""Below this number of channels, the taps along x are spread out into channels."""


class ConvCache(NamedTuple):
    """What `Conv2d.backward` needs of a forward pass: the input, as `slide` saw it."""

    input_shape: Shape
    rows: list[Rows]
    x_axis: Axis
    spread: bool


class Conv2d(Layer):
    """Cross-correlation of an image with learned kernels, equations (8), (9) and, for channels, (20).

    ``z[n, o, y, x] = bias[o] + sum of weight[o, c, i, j] * x[n, c, y*s + i*d - p, x*s + j*d - p]`` over all
    channels c and all places (i, j) in the window, with stride s, dilation d and padding p.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size, stride, dilation : int or (y, x)
    padding : int, (y, x), (top, bottom, left, right), "same" or "valid"
        Zeros around the image.
    bias : bool
        Whether a number is added to each output map, once.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: IntOrPair,
        stride: IntOrPair = 1,
        padding: Padding = 0,
        dilation: IntOrPair = 1,
        bias: bool = True,
    ) -> None:
        self.in_channels = pair(in_channels, "in_channels")[0]
        self.out_channels = pair(out_channels, "out_channels")[0]
        self.kernel_size = pair(kernel_size, "kernel_size")
        self.stride = pair(stride, "stride")
        self.dilation = pair(dilation, "dilation")
        self.padding = padding4(padding, self.kernel_size, self.stride, self.dilation)
        shapes: dict[str, Shape] = {"weight": (self.out_channels, self.in_channels, *self.kernel_size)}
        if bias:
            shapes["bias"] = (self.out_channels,)
        super().__init__(shapes)

    def initialize(self, rng: np.random.Generator) -> None:
        draw_weights(rng, self.parameters["weight"])
        if "bias" in self.parameters:
            self.parameters["bias"][...] = 0

    def forward(self, x: Array, training: bool = False) -> tuple[Array, ConvCache]:
        self._check(x, f"(N, {self.in_channels}, H, W)", x.ndim == 4 and x.shape[1] == self.in_channels)
        weight = self.parameters["weight"]
        y_axis, x_axis = self._axes(x.shape[1:])
        image, spreads = fast(x), self.in_channels < FEW or x_axis.stride > 1
        if spreads:
            image, x_axis = spread(image, x_axis, weight.dtype), Axis(1, x_axis.outputs)
            weight = weight.transpose(0, 3, 1, 2).reshape(self.out_channels, -1, self.kernel_size[0], 1)
        rows = row_windows(image, y_axis, x_axis, weight.dtype)

        y = buffers.empty((y_axis.outputs, self.out_channels, x_axis.outputs, len(x)), weight.dtype)
        for outputs, windows in rows:
            slide(_by_tap(weight), windows, x_axis, y[outputs])
        if "bias" in self.parameters:
            y += self.parameters["bias"][:, np.newaxis, np.newaxis]
        return logical(y), ConvCache(x.shape, rows, x_axis, spreads)

    def backward(
        self, dy: Array, cache: ConvCache, *, need_dx: bool = True, out: Mapping[str, Array] | None = None
    ) -> tuple[Array | None, dict[str, Array]]:
        grads, (kernel_h, kernel_w) = self._gradient_arrays(out), self.kernel_size
        dy = np.ascontiguousarray(fast(dy), grads["weight"].dtype)
        dw = np.zeros((cache.x_axis.taps, self.out_channels, cache.rows[0].windows.shape[1]), dy.dtype)
        for outputs, windows in cache.rows:
            dw += slide_gradient(dy[outputs], windows, cache.x_axis)
        # From (kw, O, kh * C), or where taps were spread (1, O, kh * kw * C), to (O, C, kh, kw).
        if cache.spread:
            by_place = dw.reshape(self.out_channels, kernel_h, kernel_w, self.in_channels)
            grads["weight"][...] = by_place.transpose(0, 3, 1, 2)
        else:
            by_place = dw.reshape(kernel_w, self.out_channels, kernel_h, self.in_channels)
            grads["weight"][...] = by_place.transpose(1, 3, 2, 0)
        if "bias" in grads:
            matrices = dy.reshape(*dy.shape[:2], -1)
            ones = np.ones(matrices.shape[2], dy.dtype)
            np.sum(np.matmul(matrices, ones), axis=0, out=grads["bias"])
        return (self._input_gradient(dy, cache.input_shape) if need_dx else None), grads

    def _input_gradient(self, dy: Array, input_shape: Shape) -> Array:
        """Gradients slide back through the flipped kernel, as in equations (15) to (19)."""
        batch, channels, height, width = input_shape
        weight = self.parameters["weight"]
        y_axis, x_axis = self._axes(input_shape[1:])
        dx = buffers.empty((height, channels, width, batch), weight.dtype)
        for rows, taps_y, y_back in y_axis.reversed(height):
            for columns, taps_x, x_back in x_axis.reversed(width):
                part = dx[rows, :, columns]
                if not y_back.taps or not x_back.taps:
                    part[...] = 0
                    continue
                # Neighbouring columns go straight to their place, those a stride apart by a detour.
                target = part if x_axis.stride == 1 else buffers.empty(part.shape, weight.dtype)
                flipped = _by_tap(weight[:, :, taps_y, taps_x].swapaxes(0, 1))
                for outputs, windows in row_windows(dy, y_back, x_back, weight.dtype):
                    slide(flipped, windows, x_back, target[outputs])
                if target is not part:
                    part[...] = target
        return logical(dx)

    def _axes(self, input_shape: Shape) -> tuple[Axis, Axis]:
        """How the window slides along y and x."""
        _, out_h, out_w = self.output_shape(input_shape)
        top, _, left, _ = self.padding
        return (
            Axis(self.kernel_size[0], out_h, self.stride[0], top, self.dilation[0]),
            Axis(self.kernel_size[1], out_w, self.stride[1], left, self.dilation[1]),
        )

    def output_shape(self, input_shape: Shape) -> Shape:
        size = sliding_shape(
            repr(self),
            input_shape,
            self.in_channels,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
        )
        return (self.out_channels, *size)

    def multiply_adds(self, input_shape: Shape) -> int:
        _, out_h, out_w = self.output_shape(input_shape)
        return out_h * out_w * self.parameters["weight"].size

    def __repr__(self) -> str:
        dilation = f", dilation={self.dilation}" if self.dilation != (1, 1) else ""
        bias = "" if "bias" in self.parameters else ", bias=False"
        return (
            f"Conv2d({self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, "
            f"stride={self.stride}{padding_text(self.padding)}{dilation}{bias})"
        )


def _by_tap(weight: Array) -> Array:
    """``(O, C, kh, kw)`` as one matrix for each tap along x, as `slide` takes it: ``(kw, O, kh * C)``."""
    return weight.transpose(3, 0, 2, 1).reshape(weight.shape[3], len(weight), -1)
