"""Kernels with a name: what they do to an image is known, so they show what a convolution can do."""

import numpy as np
import numpy.typing as npt

from cnncore.errors import ArgumentError

PRESETS = ("identity", "blur", "sharpen", "vertical edge", "horizontal edge", "outline", "negative", "zero")


def kernel_preset(name: str, shape: tuple[int, int]) -> npt.NDArray[np.float64]:
    """Return a kernel (kh, kw) by name.

    Parameters
    ----------
    name : str
        One of `PRESETS`. "identity" hands the middle on, "negative" turns its sign; "blur" takes the mean and
        "sharpen" the middle twice less the mean. The edges weigh one side against the other, as Sobel's do
        with 3 rows and columns; "outline" is the middle less the mean around it.
    shape : (int, int)
        Rows and columns, each at least 1.

    Raises
    ------
    ArgumentError
        When there is no such kernel.
    """
    rows, columns = shape
    kernel = np.zeros(shape)
    middle = rows // 2, columns // 2
    mean = np.full(shape, 1 / (rows * columns))
    if name == "identity":
        kernel[middle] = 1
    elif name == "negative":
        kernel[middle] = -1
    elif name == "blur":
        kernel = mean
    elif name == "sharpen":
        kernel[middle] = 2
        kernel -= mean
    elif name == "outline":
        kernel[middle] = 1
        kernel -= mean
    elif name == "vertical edge":
        kernel = _bell(rows)[:, np.newaxis] * _slope(columns)
    elif name == "horizontal edge":
        kernel = _slope(rows)[:, np.newaxis] * _bell(columns)
    elif name != "zero":
        raise ArgumentError(f"There is no kernel {name!r}; choose one of {', '.join(PRESETS)}.")
    return kernel


def _slope(count: int) -> npt.NDArray[np.float64]:
    """From -1 to 1."""
    return np.linspace(-1, 1, count) if count > 1 else np.ones(1)


def _bell(count: int) -> npt.NDArray[np.float64]:
    """Highest in the middle, with the sum 1."""
    weights = count / 2 + 0.5 - np.abs(np.arange(count) - (count - 1) / 2)
    scaled: npt.NDArray[np.float64] = weights / weights.sum()
    return scaled
