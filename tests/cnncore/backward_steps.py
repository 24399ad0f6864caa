"""One layer with what went through it, forward and backward: what tests of explained gradients share."""

from types import MappingProxyType

import numpy as np
from hypothesis import strategies as st

from cnncore import Conv2d, Sequential
from cnncore.layers import Layer
from cnncore.trace import LayerTrace

SEEDS = st.integers(0, 2**32 - 1)
DTYPES = st.sampled_from([np.float32, np.float64])
MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def backward_step(layer: Layer, shape: tuple[int, ...], seed: int, dtype=np.float64, coarse=False):
    """Run a random image and a random gradient through one layer with random parameters.

    A coarse image has few different numbers, so that there are ties, and zeros.
    """
    rng = np.random.default_rng(seed)
    network = Sequential([layer], rng, dtype)
    network.parameter_vector[:] = rng.normal(size=network.parameter_count)
    for name, array in layer.statistics.items():
        array[...] = rng.uniform(0.5, 2, array.shape) if "var" in name else rng.normal(size=array.shape)
    image = rng.normal(size=shape).astype(dtype)
    image = np.round(image) if coarse else image
    y, cache = layer.forward(image[np.newaxis])
    dy = rng.normal(size=y.shape).astype(dtype)
    dx, grads = layer.backward(dy, cache)
    copies = {name: np.array(grad, order="C") for name, grad in grads.items()}
    arrays = [np.array(batch[0], order="C") for batch in (image[np.newaxis], y, dy, dx)]
    return LayerTrace(0, layer, *arrays, MappingProxyType(copies))


def some_cells(shape: tuple[int, ...], seed: int, count: int = 4) -> list[tuple[int, ...]]:
    """Return the first and the last cell of an array, and a few others."""
    rng = np.random.default_rng(seed)
    cells = {tuple(0 for _ in shape), tuple(size - 1 for size in shape)}
    cells |= {tuple(int(rng.integers(size)) for size in shape) for _ in range(count)}
    return sorted(cells)


def tolerance(step: LayerTrace, size: float) -> float:
    """How far the engine's sum may be from the exact one, whose terms have sizes that add up to `size`."""
    return (1e-12 if step.input.dtype == np.float64 else 2e-6) * (1 + size)


def naive_reads(step: LayerTrace) -> list[tuple[tuple[int, int] | None, ...]]:
    """Count one by one what a window reads: (output cell, tap, place, source), in reading order.

    The padded image, made by NumPy, holds in each pixel its own number, and -1 where there is none; the
    source is None there.
    """
    layer, (_, height, width), (_, out_h, out_w) = step.layer, step.input.shape, step.output.shape
    numbers = np.arange(height * width).reshape(height, width)
    (kernel_h, kernel_w), (top, bottom, left, right) = layer.kernel_size, layer.padding
    dilation = getattr(layer, "dilation", (1, 1))
    mode = MODES[getattr(layer, "padding_mode", "zeros")]
    fill = {"constant_values": -1} if mode == "constant" else {}
    padded = np.pad(numbers, ((top, bottom), (left, right)), mode, **fill)
    # A last window that was rounded up reaches beyond the padding.
    padded = np.pad(padded, ((0, 9), (0, 9)), constant_values=-1)
    found = []
    for oy, ox, i, j in np.ndindex(out_h, out_w, kernel_h, kernel_w):
        y, x = oy * layer.stride[0] + i * dilation[0], ox * layer.stride[1] + j * dilation[1]
        number = int(padded[y, x])
        source = divmod(number, width) if number >= 0 else None
        found.append(((oy, ox), (i, j), (y - top, x - left), source))
    return found


@st.composite
def convolutions(draw, modes=tuple(MODES)):
    """Draw a convolution of any kind and a shape that it takes."""
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    dilation = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    stride = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    side = st.integers(0, 4)
    forms = [side, st.tuples(side, side), st.tuples(side, side, side, side), st.just("valid")]
    if stride == (1, 1):
        forms.append(st.just("same"))
    padding = draw(st.one_of(forms))
    groups, group_inputs, group_maps = (draw(st.integers(1, 3)) for _ in range(3))
    layer = Conv2d(
        groups * group_inputs,
        groups * group_maps,
        kernel,
        stride,
        padding,
        dilation,
        groups,
        draw(st.booleans()),
        draw(st.sampled_from(modes)),
    )
    size = []
    for axis in (0, 1):
        before, after = layer.padding[2 * axis : 2 * axis + 2]
        least = max(1, dilation[axis] * (kernel[axis] - 1) + 1 - before - after)
        least = least if layer.padding_mode == "zeros" else max(least, before + 1, after + 1)
        size.append(least + draw(st.integers(0, 5)))
    return layer, (layer.in_channels, *size)


@st.composite
def pools(draw):
    """Draw what a pooling layer is made of, windows that overlap among them, and a shape that fits."""
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    stride = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    padding = tuple(draw(st.integers(0, k // 2)) for k in (kernel[0], kernel[0], kernel[1], kernel[1]))
    size = tuple(k + draw(st.integers(0, 6)) for k in kernel)
    return (kernel, stride, padding), draw(st.booleans()), (draw(st.integers(1, 3)), *size)
