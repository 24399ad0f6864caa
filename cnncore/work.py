"""What a layer has to do for one image, worked out before it is done: descriptions may come from anywhere."""

import math

from cnncore.layers import Conv2d, Layer
from cnncore.layers.pool2d import Pool2d
from cnncore.shapes import Shape

MAX_WORK = 500_000_000
"""Most operations that all layers of a model may take for one image; more would take minutes a step."""

_LEAST_AT_ONCE = 16_384
"""Operations that take as long as a call of NumPy; a pooling makes one for each cell of its window."""


def work_of(layer: Layer, input_shape: Shape) -> int:
    """Count multiply-adds, or the numbers that windows of a pooling read; raises ShapeError."""
    if isinstance(layer, Pool2d):
        return math.prod(layer.kernel_size) * max(math.prod(layer.output_shape(input_shape)), _LEAST_AT_ONCE)
    return layer.multiply_adds(input_shape)


def laid_out(layer: Layer, input_shape: Shape) -> int:
    """Count the numbers that a convolution lays out side by side before it multiplies; 0 for other layers.

    Each row of the padded image stands there once for each column of the kernel; see `cnncore.windows`.
    """
    if not isinstance(layer, Conv2d):
        return 0
    channels, height, _ = input_shape
    top, bottom, _, _ = layer.padding
    return (height + top + bottom) * layer.kernel_size[1] * channels * layer.output_shape(input_shape)[2]
