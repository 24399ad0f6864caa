"""What a scan computes, by the engine's own layers."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from cnncore.layers import Activation, Arctan, AvgPool2d, Conv2d, Layer, MaxPool2d, ReLU, Sigmoid
from cnncore.padding import pad
from cnncore.scan_setup import ScanSetup

ActivationName: TypeAlias = Literal["none", "relu", "sigmoid", "arctan"]
ACTIVATIONS: tuple[ActivationName, ...] = ("none", "relu", "sigmoid", "arctan")
_LAYERS: dict[str, type[Activation]] = {"relu": ReLU, "sigmoid": Sigmoid, "arctan": Arctan}

Floats: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ScanResult:
    """The numbers of a scan.

    Attributes
    ----------
    sums : (O, H, W)
        One map of the summed channels, with the bias; for pooling, one map for each channel.
    outputs : (O, H, W)
        The sums behind the activation.
    """

    sums: Floats
    outputs: Floats


def run_scan(
    setup: ScanSetup,
    x: npt.ArrayLike,
    kernel: npt.ArrayLike,
    bias: float = 0.0,
    activation: ActivationName = "none",
) -> ScanResult:
    """Compute a scan in double precision.

    Parameters
    ----------
    setup : ScanSetup
        Settings that `diagnose` finds nothing wrong with.
    x : (C, H, W)
    kernel : (C, kh, kw)
        As it is written; a convolution turns it by 180° before it slides. Pooling does without.
    bias : float
        Added once to each number of a map; pooling does without.

    Raises
    ------
    ShapeError, ArgumentError
        When the settings cannot be.
    """
    image = np.asarray(x, np.float64)[None]
    weight = np.asarray(kernel, np.float64)[None]
    if setup.operation == "max_pool":
        sums = _pool(setup, image, MaxPool2d(setup.kernel_size), -np.inf)
    elif setup.operation == "average_pool":
        sums = _pool(setup, image, AvgPool2d(setup.kernel_size), 0.0)
    elif setup.operation == "transposed":
        sums = _stamp(setup, image, weight) + bias
    else:
        sums = _slide(setup, image, sliding_kernel(setup, weight)) + bias
    outputs = sums
    if activation != "none":
        outputs, _ = _LAYERS[activation]().forward(sums)
    return ScanResult(np.ascontiguousarray(sums[0]), np.ascontiguousarray(outputs[0]))


def sliding_kernel(setup: ScanSetup, kernel: Floats) -> Floats:
    """Return the kernel as it lies over the input: a convolution turns it by 180°, equations (15) to (19)."""
    return kernel[..., ::-1, ::-1] if setup.operation == "convolution" else kernel


def _convolution(setup: ScanSetup, weight: Floats, padding: tuple[int, int, int, int]) -> Conv2d:
    out_channels, in_channels, *_ = weight.shape
    layer = Conv2d(
        in_channels,
        out_channels,
        setup.kernel_size,
        setup.stride,
        padding,
        setup.dilation,
        bias=False,
    )
    layer.parameters["weight"] = np.ascontiguousarray(weight)
    return layer


def _slide(setup: ScanSetup, image: Floats, weight: Floats) -> Floats:
    padded = pad(image, setup.padding, setup.mode)
    y, _ = _convolution(setup, weight, (0, 0, 0, 0)).forward(padded)
    return np.asarray(y)


def _pool(setup: ScanSetup, image: Floats, layer: Layer, fill: float) -> Floats:
    """Pool windows that are laid out side by side, so that dilation and the padding's mode are no matter."""
    padded = pad(image, setup.padding, setup.mode, fill)
    rows = (setup.plan.row_map + setup.padding[0]).ravel()
    columns = (setup.plan.column_map + setup.padding[2]).ravel()
    y, _ = layer.forward(padded[..., rows[:, None], columns])
    return np.asarray(y)


def _stamp(setup: ScanSetup, image: Floats, weight: Floats) -> Floats:
    """Each input cell stamps the kernel, and stamps add: the way back through a convolution."""
    blank = np.zeros((1, 1, *setup.plan.input_size))
    layer = _convolution(setup, weight.swapaxes(0, 1), setup.padding)
    _, cache = layer.forward(blank)
    dx, _ = layer.backward(image, cache)
    return np.asarray(dx)
