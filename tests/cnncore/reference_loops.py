"""The layers as their equations are written, one number at a time: slow, plain, and the engine's oracle."""

import itertools
import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Pair = tuple[int, int]
Padding4 = tuple[int, int, int, int]


def _size(n: int, kernel: int, stride: int, before: int, after: int, dilation: int) -> int:
    return math.floor((n + before + after - dilation * (kernel - 1) - 1) / stride) + 1


def conv2d(
    x: Array, weight: Array, bias: Array, stride: Pair, padding: Padding4, dilation: Pair
) -> tuple[Array, list[tuple[tuple[int, ...], ...]]]:
    """Return the output, and for every product (indices of the output, of the weight, of the input)."""
    images, _, height, width = x.shape
    maps, channels, kernel_h, kernel_w = weight.shape
    top, bottom, left, right = padding
    out_h = _size(height, kernel_h, stride[0], top, bottom, dilation[0])
    out_w = _size(width, kernel_w, stride[1], left, right, dilation[1])
    y = np.zeros((images, maps, out_h, out_w), x.dtype)
    products = []
    for n, o, row, column in np.ndindex(*y.shape):
        y[n, o, row, column] = bias[o]
        for c, i, j in itertools.product(range(channels), range(kernel_h), range(kernel_w)):
            in_row = row * stride[0] + i * dilation[0] - top
            in_column = column * stride[1] + j * dilation[1] - left
            if 0 <= in_row < height and 0 <= in_column < width:
                y[n, o, row, column] += weight[o, c, i, j] * x[n, c, in_row, in_column]
                products.append(((n, o, row, column), (o, c, i, j), (n, c, in_row, in_column)))
    return y, products


def conv2d_backward(
    x: Array, weight: Array, dy: Array, products: list[tuple[tuple[int, ...], ...]]
) -> tuple[Array, Array, Array]:
    """Return dx, dw and db: each product hands its share of dy to both of its factors."""
    dx, dw = np.zeros_like(x), np.zeros_like(weight)
    for output, place, pixel in products:
        dw[place] += dy[output] * x[pixel]
        dx[pixel] += dy[output] * weight[place]
    return dx, dw, dy.sum(axis=(0, 2, 3))


def max_pool2d(
    x: Array,
    dy: Array | None,
    kernel: Pair,
    stride: Pair,
    padding: Padding4,
    dilation: Pair = (1, 1),
    ceil_mode: bool = False,
) -> tuple[Array, Array]:
    """Return the output and dx; without dy, dx for gradients of one."""
    images, channels, height, width = x.shape
    out_h, out_w = _pooled((height, width), kernel, stride, padding, dilation, ceil_mode)
    y = np.full((images, channels, out_h, out_w), -np.inf, x.dtype)
    dx = np.zeros_like(x)
    for n, c, row, column in np.ndindex(*y.shape):
        winner = None
        for i, j in np.ndindex(*kernel):
            in_row = row * stride[0] + i * dilation[0] - padding[0]
            in_column = column * stride[1] + j * dilation[1] - padding[2]
            inside = 0 <= in_row < height and 0 <= in_column < width
            if inside and (winner is None or x[n, c, in_row, in_column] > x[winner]):
                winner = (n, c, in_row, in_column)
        assert winner is not None
        y[n, c, row, column] = x[winner]
        dx[winner] += 1 if dy is None else dy[n, c, row, column]
    return y, dx


def avg_pool2d(
    x: Array,
    dy: Array,
    kernel: Pair,
    stride: Pair,
    padding: Padding4,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> tuple[Array, Array]:
    """Return the output and dx."""
    images, channels, height, width = x.shape
    top, bottom, left, right = padding
    out_h, out_w = _pooled((height, width), kernel, stride, padding, (1, 1), ceil_mode)
    y, dx = np.zeros((images, channels, out_h, out_w), x.dtype), np.zeros_like(x)
    for n, c, row, column in np.ndindex(*y.shape):
        seen, count = [], 0
        for i, j in np.ndindex(*kernel):
            in_row, in_column = row * stride[0] + i - top, column * stride[1] + j - left
            inside = 0 <= in_row < height and 0 <= in_column < width
            count += inside or (count_include_pad and in_row < height + bottom and in_column < width + right)
            if inside:
                seen.append((n, c, in_row, in_column))
        y[n, c, row, column] = sum(x[place] for place in seen) / count
        for place in seen:
            dx[place] += dy[n, c, row, column] / count
    return y, dx


def _pooled(
    size: Pair, kernel: Pair, stride: Pair, padding: Padding4, dilation: Pair, ceil_mode: bool
) -> tuple[int, int]:
    """Try places one after the other, until the window no longer fits."""
    counts = []
    for axis in (0, 1):
        before, after = padding[2 * axis : 2 * axis + 2]
        count = 0
        while True:
            start = count * stride[axis] - before
            last = start + dilation[axis] * (kernel[axis] - 1)
            # Rounded up, one more window may reach out, unless the one before did already.
            fits = last < size[axis] + after
            if not fits and not (
                ceil_mode and start < size[axis] and last - stride[axis] < size[axis] + after - 1
            ):
                break
            count += 1
        counts.append(count)
    return counts[0], counts[1]


def linear(x: Array, weight: Array, bias: Array, dy: Array) -> tuple[Array, Array, Array, Array]:
    """Return y, dx, dw and db."""
    y = np.zeros((len(x), len(weight)), x.dtype)
    dx, dw, db = np.zeros_like(x), np.zeros_like(weight), np.zeros_like(bias)
    for n, o in np.ndindex(*y.shape):
        y[n, o] = bias[o] + sum(weight[o, i] * x[n, i] for i in range(x.shape[1]))
        db[o] += dy[n, o]
        for i in range(x.shape[1]):
            dw[o, i] += dy[n, o] * x[n, i]
            dx[n, i] += dy[n, o] * weight[o, i]
    return y, dx, dw, db
