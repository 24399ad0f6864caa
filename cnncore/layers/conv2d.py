"""Convolution: a window slides over the image, and its weights' products are summed at each place."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from cnncore import buffers
from cnncore.checks import check_count, check_flag, check_option
from cnncore.errors import ArgumentError, ShapeError
from cnncore.initialisers import Initialiser, he
from cnncore.layers.base import Layer
from cnncore.padding import PADDING_MODES, PaddingMode, fold, most_padding, padding_map
from cnncore.shapes import IntOrPair, Padding, Shape, padding4, padding_text, pair, sliding_shape
from cnncore.windows import Array, Axis, Rows, fast, logical, row_windows, slide, slide_gradient, spread

FEW = 4
"""Below this number of channels, the taps along x are spread out into channels."""


class ConvCache(NamedTuple):
    """What `Conv2d.backward` needs of a forward pass: the input, as `slide` saw it, for each group."""

    input_shape: Shape
    rows: list[list[Rows]]
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
        How far the window may reach beyond the image.
    groups : int
        Into how many groups channels and output maps are split; each map sees the channels of its own group
        only. As many groups as channels make a depthwise convolution.
    bias : bool
        Whether a number is added to each output map, once.
    padding_mode : "zeros", "reflect", "replicate" or "circular"
        What the padding holds: zeros; the image mirrored at its edge; its edge; or its other end.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: IntOrPair,
        stride: IntOrPair = 1,
        padding: Padding = 0,
        dilation: IntOrPair = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: PaddingMode = "zeros",
    ) -> None:
        self.in_channels = check_count(in_channels, "in_channels")
        self.out_channels = check_count(out_channels, "out_channels")
        self.kernel_size = pair(kernel_size, "kernel_size")
        self.stride = pair(stride, "stride")
        self.dilation = pair(dilation, "dilation")
        self.padding = padding4(padding, self.kernel_size, self.stride, self.dilation)
        self.groups = check_count(groups, "groups")
        if self.in_channels % self.groups or self.out_channels % self.groups:
            raise ArgumentError(
                f"{groups} groups need numbers of channels and maps that are multiples of it, "
                f"got {self.in_channels} and {self.out_channels}"
            )
        check_option(padding_mode, "padding_mode", PADDING_MODES)
        self.padding_mode = padding_mode
        weight = (self.out_channels, self.in_channels // self.groups, *self.kernel_size)
        shapes: dict[str, Shape] = {"weight": weight}
        if check_flag(bias, "bias"):
            shapes["bias"] = (self.out_channels,)
        super().__init__(shapes)

    def initialize(self, rng: np.random.Generator, draw: Initialiser = he) -> None:
        draw(rng, self.parameters["weight"])
        if "bias" in self.parameters:
            self.parameters["bias"][...] = 0

    def forward(self, x: Array, training: bool = False) -> tuple[Array, ConvCache]:
        self._check(x, self.in_channels, "H", "W")
        weight = self.parameters["weight"]
        y_axis, x_axis = self._axes(x.shape[1:])
        image, spreads = self._padded(fast(x)), weight.shape[1] < FEW or x_axis.stride > 1
        if spreads:
            x_taps, x_axis = x_axis, Axis(1, x_axis.outputs)
            weight = weight.transpose(0, 3, 1, 2).reshape(self.out_channels, -1, self.kernel_size[0], 1)

        y = buffers.empty((y_axis.outputs, self.out_channels, x_axis.outputs, len(x)), weight.dtype)
        rows = []
        for maps, channels in self._groups():
            seen = image[:, channels]
            if spreads:
                seen = spread(seen, x_taps, weight.dtype)
            rows.append(row_windows(seen, y_axis, x_axis, weight.dtype))
            for outputs, windows in rows[-1]:
                slide(_by_tap(weight[maps]), windows, x_axis, y[outputs, maps])
        if "bias" in self.parameters:
            y += self.parameters["bias"][:, np.newaxis, np.newaxis]
        return logical(y), ConvCache(x.shape, rows, x_axis, spreads)

    def backward(
        self, dy: Array, cache: ConvCache, *, need_dx: bool = True, out: Mapping[str, Array] | None = None
    ) -> tuple[Array | None, dict[str, Array]]:
        self._check_gradient(dy, (cache.input_shape[0], *self.output_shape(cache.input_shape[1:])))
        grads, (kernel_h, kernel_w) = self._gradient_arrays(out), self.kernel_size
        dy = np.ascontiguousarray(fast(dy), grads["weight"].dtype)
        for (maps, _), rows in zip(self._groups(), cache.rows, strict=True):
            dw = grads["weight"][maps]
            by_tap = np.zeros((cache.x_axis.taps, len(dw), rows[0].windows.shape[1]), dy.dtype)
            for outputs, windows in rows:
                by_tap += slide_gradient(dy[outputs, maps], windows, cache.x_axis)
            # From (kw, O, kh * C), or where taps were spread (1, O, kh * kw * C), to (O, C, kh, kw).
            if cache.spread:
                dw[...] = by_tap.reshape(len(dw), kernel_h, kernel_w, -1).transpose(0, 3, 1, 2)
            else:
                dw[...] = by_tap.reshape(kernel_w, len(dw), kernel_h, -1).transpose(1, 3, 2, 0)
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
        top, bottom, left, right = self._copied
        height, width = height + top + bottom, width + left + right
        dx = buffers.empty((height, channels, width, batch), weight.dtype)
        for rows, taps_y, y_back in y_axis.reversed(height):
            for columns, taps_x, x_back in x_axis.reversed(width):
                for maps, own in self._groups():
                    part = dx[rows, own, columns]
                    if not y_back.taps or not x_back.taps:
                        part[...] = 0
                        continue
                    # Neighbouring columns go straight to their place, those a stride apart by a detour.
                    target = part if x_axis.stride == 1 else buffers.empty(part.shape, weight.dtype)
                    flipped = _by_tap(weight[maps, :, taps_y, taps_x].swapaxes(0, 1))
                    for outputs, windows in row_windows(dy[:, maps], y_back, x_back, weight.dtype):
                        slide(flipped, windows, x_back, target[outputs])
                    if target is not part:
                        part[...] = target
        if any(self._copied):
            dx = fold(fold(dx, 0, top, bottom, self.padding_mode), 2, left, right, self.padding_mode)
        return logical(dx)

    def _groups(self) -> Iterator[tuple[slice, slice]]:
        """The output maps, and the channels they see, of each group."""
        maps, channels = self.out_channels // self.groups, self.in_channels // self.groups
        for group in range(self.groups):
            yield slice(group * maps, (group + 1) * maps), slice(group * channels, (group + 1) * channels)

    @property
    def _copied(self) -> tuple[int, int, int, int]:
        """The padding that holds copies of the image and is put around it; zeros need no memory."""
        return self.padding if self.padding_mode != "zeros" else (0, 0, 0, 0)

    def _padded(self, image: Array) -> Array:
        if not any(self._copied):
            return image
        top, bottom, left, right = self._copied
        rows = padding_map(image.shape[0], top, bottom, self.padding_mode)
        columns = padding_map(image.shape[2], left, right, self.padding_mode)
        padded: Array = image[rows][:, :, columns]
        return padded

    def _axes(self, input_shape: Shape) -> tuple[Axis, Axis]:
        """How the window slides along y and x; over an image with copies around it, that is with those."""
        _, out_h, out_w = self.output_shape(input_shape)
        top, _, left, _ = self.padding if self.padding_mode == "zeros" else (0, 0, 0, 0)
        return (
            Axis(self.kernel_size[0], out_h, self.stride[0], top, self.dilation[0]),
            Axis(self.kernel_size[1], out_w, self.stride[1], left, self.dilation[1]),
        )

    def output_shape(self, input_shape: Shape) -> Shape:
        size = sliding_shape(
            self,
            input_shape,
            self.in_channels,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
        )
        for axis, extent in enumerate(input_shape[1:]):
            most = most_padding(extent, self.padding_mode)
            if most is not None and max(self.padding[2 * axis : 2 * axis + 2]) > most:
                raise ShapeError(
                    f"{self!r} got an input of shape {tuple(input_shape)}; {self.padding_mode} padding of "
                    f"{extent} pixels can be at most {most}"
                )
        return (self.out_channels, *size)

    def multiply_adds(self, input_shape: Shape) -> int:
        _, out_h, out_w = self.output_shape(input_shape)
        return out_h * out_w * self.parameters["weight"].size

    def __repr__(self) -> str:
        dilation = f", dilation={self.dilation}" if self.dilation != (1, 1) else ""
        groups = f", groups={self.groups}" if self.groups != 1 else ""
        bias = "" if "bias" in self.parameter_shapes else ", bias=False"
        mode = f", padding_mode={self.padding_mode}" if self.padding_mode != "zeros" else ""
        return (
            f"Conv2d({self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, "
            f"stride={self.stride}{padding_text(self.padding)}{dilation}{groups}{bias}{mode})"
        )


def _by_tap(weight: Array) -> Array:
    """``(O, C, kh, kw)`` as one matrix for each tap along x, as `slide` takes it: ``(kw, O, kh * C)``."""
    return weight.transpose(3, 0, 2, 1).reshape(weight.shape[3], len(weight), -1)
