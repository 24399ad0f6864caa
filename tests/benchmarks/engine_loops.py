"""The reference network as loops over maps, channels and places, for `engine` to time.

Only the sum over a window is left to NumPy, as in a first program from the equations (9) and (20).

`tests.cnncore.reference_loops` has loops over single numbers, which are slower still.
"""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from tests.cnncore import reference_loops

Array = NDArray[np.floating]
Arrays = dict[str, Array]

POOL = 2


def conv2d(x: Array, weight: Array, bias: Array) -> Array:
    """Slide every kernel over its channel of an image (C, H, W), place by place, and add the channels up."""
    maps, channels, kernel_h, kernel_w = weight.shape
    y = np.zeros((maps, x.shape[1] - kernel_h + 1, x.shape[2] - kernel_w + 1), x.dtype)
    for o, c, row, column in np.ndindex(maps, channels, *y.shape[1:]):
        window = x[c, row : row + kernel_h, column : column + kernel_w]
        y[o, row, column] += np.sum(window * weight[o, c])
    return y + bias[:, np.newaxis, np.newaxis]


def conv2d_backward(x: Array, weight: Array, dy: Array) -> tuple[Array, Array, Array]:
    """Return dx, dw and db."""
    maps, channels, kernel_h, kernel_w = weight.shape
    dx, dw = np.zeros_like(x), np.zeros_like(weight)
    for o, c, row, column in np.ndindex(maps, channels, *dy.shape[1:]):
        window = np.s_[c, row : row + kernel_h, column : column + kernel_w]
        dw[o, c] += dy[o, row, column] * x[window]
        dx[window] += dy[o, row, column] * weight[o, c]
    return dx, dw, dy.sum(axis=(1, 2))


def max_pool2d(x: Array) -> Array:
    """The largest number of each 2 x 2 pixels."""
    y = np.zeros((len(x), x.shape[1] // POOL, x.shape[2] // POOL), x.dtype)
    for c, row, column in np.ndindex(*y.shape):
        y[c, row, column] = x[c, POOL * row : POOL * (row + 1), POOL * column : POOL * (column + 1)].max()
    return y


def max_pool2d_backward(x: Array, dy: Array) -> Array:
    """Give each gradient to the number that was the largest."""
    dx = np.zeros_like(x)
    for c, row, column in np.ndindex(*dy.shape):
        window = x[c, POOL * row : POOL * (row + 1), POOL * column : POOL * (column + 1)]
        i, j = np.unravel_index(window.argmax(), window.shape)
        dx[c, POOL * row + i, POOL * column + j] = dy[c, row, column]
    return dx


def gradients(p: Arrays, image: Array, label: int) -> Arrays:
    """Carry an image (1, 28, 28) through the reference network and the gradient of its loss back."""
    z1 = conv2d(image, p["0.weight"], p["0.bias"])
    a1 = np.maximum(z1, 0)
    z2 = conv2d(a1, p["2.weight"], p["2.bias"])
    a2 = np.maximum(z2, 0)
    flat = max_pool2d(a2).reshape(-1)
    z3 = p["6.weight"] @ flat + p["6.bias"]
    a3 = np.maximum(z3, 0)
    z4 = p["8.weight"] @ a3 + p["8.bias"]
    dz4 = np.exp(z4 - z4.max())
    dz4 /= dz4.sum()
    dz4[label] -= 1
    dz3 = (p["8.weight"].T @ dz4) * (z3 > 0)
    dflat = p["6.weight"].T @ dz3
    dpool = dflat.reshape(len(a2), a2.shape[1] // POOL, a2.shape[2] // POOL)
    da1, dw2, db2 = conv2d_backward(a1, p["2.weight"], max_pool2d_backward(a2, dpool) * (z2 > 0))
    _, dw1, db1 = conv2d_backward(image, p["0.weight"], da1 * (z1 > 0))
    return {
        **{"0.weight": dw1, "0.bias": db1, "2.weight": dw2, "2.bias": db2},
        **{"6.weight": np.outer(dz3, flat), "6.bias": dz3},
        **{"8.weight": np.outer(dz4, a3), "8.bias": dz4},
    }


def seconds_over_places(p: Arrays, images: int, repeats: int = 3) -> float:
    """How long so many images take: the least of some tries with one image, times their number."""
    image = np.random.default_rng(0).random((1, 28, 28), dtype=np.float32)
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        gradients(p, image, 3)
        seconds.append(time.perf_counter() - start)
    return images * min(seconds)


def seconds_over_numbers(images: int) -> float:
    """The same for the convolutions, the pooling and the dense layers as loops over single numbers."""
    rng = np.random.default_rng(0)
    start = time.perf_counter()
    for channels, size, maps in ((1, 28, 8), (8, 24, 8)):
        x, weight = rng.random((1, channels, size, size)), rng.random((maps, channels, 5, 5))
        y, products = reference_loops.conv2d(x, weight, np.zeros(maps), (1, 1), (0, 0, 0, 0), (1, 1))
        reference_loops.conv2d_backward(x, weight, y, products)
    reference_loops.max_pool2d(rng.random((1, 8, 20, 20)), None, (2, 2), (2, 2), (0, 0, 0, 0))
    for inputs, outputs in ((800, 128), (128, 10)):
        arrays = rng.random((1, inputs)), rng.random((outputs, inputs)), np.zeros(outputs)
        reference_loops.linear(*arrays, np.ones((1, outputs)))
    return images * (time.perf_counter() - start)
