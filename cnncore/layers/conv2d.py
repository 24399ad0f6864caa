"""Convolution: a window slides over the image, and its weights' products are summed at each place."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from cnncore import buffers
from cnncore.errors import ShapeError
from cnncore.layers.base import Layer, draw_weights
from cnncore.shapes import IntOrPair, Padding, Shape, output_size, padding4, pair
from cnncore.windows import Array, Axis, Phase, correlate, fast, logical, lower, weight_gradient


class ConvCache(NamedTuple):
    """What `Conv2d.backward` needs of a forward pass."""

    input_shape: tuple[int, int, int, int]
    axes: tuple[Axis, Axis]
    lowered: list[Phase]


class Conv2d(Layer):
    """Cross-correlation of an image with learned kernels, equations (8), (9) and, for channels, (20).

    ``y[n, o, y, x] = bias[o] + sum over c, i, j of weight[o, c, i, j] * x[n, c, y*s + i*d - p, x*s + j*d - p]``

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
        batch, _, height, width = x.shape
        weight = self.parameters["weight"]
        _, out_h, out_w = self.output_shape(x.shape[1:])
        top, _, left, _ = self.padding
        kernel_h, kernel_w = self.kernel_size
        y_axis = Axis(kernel_h, out_h, self.stride[0], top, self.dilation[0])
        x_axis = Axis(kernel_w, out_w, self.stride[1], left, self.dilation[1])

        lowered = lower(x, y_axis, x_axis, weight.dtype)
        y = buffers.empty((out_h, self.out_channels, out_w * batch), weight.dtype)
        correlate(_as_matrix(weight), lowered, out_w, y)
        if "bias" in self.parameters:
            y += self.parameters["bias"][:, None]
        y = logical(y.reshape(out_h, self.out_channels, out_w, batch))
        return y, ConvCache((batch, self.in_channels, height, width), (y_axis, x_axis), lowered)

    def backward(
        self, dy: Array, cache: ConvCache, *, need_dx: bool = True, out: Mapping[str, Array] | None = None
    ) -> tuple[Array | None, dict[str, Array]]:
        weight = self.parameters["weight"]
        batch, _, out_h, out_w = dy.shape
        grads = self._gradient_arrays(out)
        rows = np.ascontiguousarray(fast(dy), weight.dtype).reshape(out_h, self.out_channels, out_w * batch)

        dw = weight_gradient(rows, cache.lowered, self.kernel_size[0])
        dw = dw.reshape(self.kernel_size[0], self.out_channels, self.kernel_size[1], self.in_channels)
        grads["weight"][...] = dw.transpose(1, 3, 0, 2)
        if "bias" in grads:
            np.sum(np.matmul(rows, np.ones(rows.shape[2], rows.dtype)), axis=0, out=grads["bias"])
        return (self._input_gradient(dy, cache) if need_dx else None), grads

    def _input_gradient(self, dy: Array, cache: ConvCache) -> Array:
        """Gradients slide back through the flipped kernel, as in equations (15) to (19)."""
        weight = self.parameters["weight"]
        batch, channels, height, width = cache.input_shape
        y_axis, x_axis = cache.axes
        dx = buffers.empty((height, channels, width, batch), weight.dtype)
        for rows, taps_y, y_back in y_axis.reversed(height):
            for columns, taps_x, x_back in x_axis.reversed(width):
                if not y_back.taps or not x_back.taps:
                    dx[rows, :, columns] = 0
                    continue
                flipped = weight[:, :, taps_y, taps_x].swapaxes(0, 1)
                # Neighbouring columns go straight to their place; those of a stride come by a detour.
                whole = x_back.outputs == width
                part = (
                    dx[rows]
                    if whole
                    else buffers.empty((y_back.outputs, channels, x_back.outputs, batch), weight.dtype)
                )
                correlate(
                    _as_matrix(flipped),
                    lower(dy, y_back, x_back, weight.dtype),
                    x_back.outputs,
                    part.reshape(y_back.outputs, channels, -1),
                )
                if not whole:
                    dx[rows, :, columns] = part
        return logical(dx)

    def output_shape(self, input_shape: Shape) -> Shape:
        wanted = f"({self.in_channels}, H, W)"
        if len(input_shape) != 3 or input_shape[0] != self.in_channels:
            raise ShapeError(f"{self!r} takes an input of shape {wanted}, got {tuple(input_shape)}")
        _, height, width = input_shape
        top, bottom, left, right = self.padding
        (kernel_h, kernel_w), (step_y, step_x), (gap_y, gap_x) = self.kernel_size, self.stride, self.dilation
        out_h = output_size(height, kernel_h, step_y, top, bottom, gap_y)
        out_w = output_size(width, kernel_w, step_x, left, right, gap_x)
        if out_h < 1 or out_w < 1:
            least_h = max(1, gap_y * (kernel_h - 1) + 1 - top - bottom)
            least_w = max(1, gap_x * (kernel_w - 1) + 1 - left - right)
            raise ShapeError(
                f"{self!r} got an input of shape {tuple(input_shape)}, smaller than its window; "
                f"at least ({self.in_channels}, {least_h}, {least_w}) would fit"
            )
        return self.out_channels, out_h, out_w

    def multiply_adds(self, input_shape: Shape) -> int:
        _, out_h, out_w = self.output_shape(input_shape)
        return out_h * out_w * self.parameters["weight"].size

    def __repr__(self) -> str:
        parts = [str(self.in_channels), str(self.out_channels), f"kernel_size={self.kernel_size}"]
        parts.append(f"stride={self.stride}")
        top, bottom, left, right = self.padding
        if (top, left) != (bottom, right):
            parts.append(f"padding={self.padding}")
        elif (top, left) != (0, 0):
            parts.append(f"padding={(top, left)}")
        if self.dilation != (1, 1):
            parts.append(f"dilation={self.dilation}")
        if "bias" not in self.parameter_shapes:
            parts.append("bias=False")
        return f"Conv2d({', '.join(parts)})"


def _as_matrix(weight: Array) -> Array:
    """``(O, C, kh, kw)`` in the order of the lowered rows: ``(O, kh * kw * C)``."""
    return weight.transpose(0, 2, 3, 1).reshape(len(weight), -1)
