"""What a layer has to do for one image, against counting it out."""

import numpy as np
import pytest

from cnncore import AvgPool2d, BatchNorm2d, Conv2d, Linear, MaxPool2d, ReLU, ShapeError
from cnncore.layers import Layer
from cnncore.shapes import Shape
from cnncore.work import laid_out, work_of


@pytest.mark.parametrize(
    ("layer", "shape", "work"),
    [
        (Conv2d(3, 8, 5), (3, 12, 10), 8 * 8 * 6 * 3 * 5 * 5),
        (Conv2d(4, 8, 3, groups=2, padding=1, stride=2), (4, 9, 9), 8 * 5 * 5 * 2 * 9),
        (Linear(7, 5), (7,), 35),
        (ReLU(), (2, 3, 3), 0),
        (BatchNorm2d(2), (2, 3, 3), 18),
        (MaxPool2d(3, stride=1), (64, 34, 34), 9 * 64 * 32 * 32),
        (AvgPool2d((2, 4)), (1, 8, 8), 8 * 16_384),
    ],
)
def test_operations_are_counted(layer: Layer, shape: Shape, work: int) -> None:
    assert work_of(layer, shape) == work


def test_a_shape_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ShapeError):
        work_of(MaxPool2d(5), (1, 3, 3))
    with pytest.raises(ShapeError):
        laid_out(Conv2d(2, 4, 3), (1, 8, 8))


def test_a_convolution_lays_out_a_row_for_each_column_of_its_kernel() -> None:
    conv = Conv2d(2, 4, (3, 5), padding=(1, 2, 0, 3))
    padded = np.zeros((2, 9 + 3, 7 + 3))
    windows = np.lib.stride_tricks.sliding_window_view(padded, 5, axis=2)
    assert laid_out(conv, (2, 9, 7)) == windows.size
    assert laid_out(MaxPool2d(2), (2, 9, 7)) == 0
