"""The built-in models: four for digits of 28 × 28 pixels, one for the coloured shapes."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from cnncore.coloured_shapes import SHAPES, SIZE
from cnncore.data import DIGITS
from cnncore.layer_spec import LayerSpec
from cnncore.spec import ModelSpec

_DIGIT = (1, 28, 28)


def _conv(name: str, out_channels: int, kernel_size: int, *, stride: int = 1, padding: int = 0) -> LayerSpec:
    options = {"out_channels": out_channels, "kernel_size": kernel_size, "stride": stride, "padding": padding}
    return LayerSpec("conv2d", name, options)


def _linear(name: str, out_features: int) -> LayerSpec:
    return LayerSpec("linear", name, {"out_features": out_features})


def _relu(name: str) -> LayerSpec:
    return LayerSpec("relu", name)


def _pool(name: str) -> LayerSpec:
    return LayerSpec("maxpool2d", name, {"kernel_size": 2})


def reference() -> ModelSpec:
    """Two convolutions of eight 5 × 5 kernels, max pooling, and two dense layers: the program's default."""
    layers = (
        _conv("conv1", 8, 5),
        _relu("relu1"),
        _conv("conv2", 8, 5),
        _relu("relu2"),
        _pool("pool"),
        LayerSpec("flatten", "flatten"),
        _linear("fc1", 128),
        _relu("relu3"),
        _linear("fc2", 10),
    )
    return ModelSpec("reference", "Reference network", _DIGIT, layers, DIGITS)


def mlp() -> ModelSpec:
    """Two dense layers and no convolution: about as many parameters, and no idea of neighbouring pixels."""
    layers = (LayerSpec("flatten", "flatten"), _linear("fc1", 128), _relu("relu1"), _linear("fc2", 10))
    return ModelSpec("mlp", "Dense network", _DIGIT, layers, DIGITS)


def lenet5() -> ModelSpec:
    """LeNet-5 (LeCun et al., 1998) as it is usual today, with ReLU and max pooling."""
    layers = (
        _conv("conv1", 6, 5, padding=2),
        _relu("relu1"),
        _pool("pool1"),
        _conv("conv2", 16, 5),
        _relu("relu2"),
        _pool("pool2"),
        LayerSpec("flatten", "flatten"),
        _linear("fc1", 120),
        _relu("relu3"),
        _linear("fc2", 84),
        _relu("relu4"),
        _linear("fc3", 10),
    )
    return ModelSpec("lenet5", "LeNet-5", _DIGIT, layers, DIGITS)


def tiny() -> ModelSpec:
    """One convolution and one dense layer: few enough numbers to read them all."""
    layers = (
        _conv("conv", 4, 3, stride=2),
        _relu("relu"),
        LayerSpec("flatten", "flatten"),
        _linear("fc", 10),
    )
    return ModelSpec("tiny", "Tiny network", _DIGIT, layers, DIGITS)


def colour() -> ModelSpec:
    """Three convolutions of 3 × 3 kernels, each pooled: for the coloured shapes, which may be anywhere."""
    layers: list[LayerSpec] = []
    for number, out_channels in enumerate((16, 32, 32), start=1):
        layers += [
            _conv(f"conv{number}", out_channels, 3, padding=1),
            _relu(f"relu{number}"),
            _pool(f"pool{number}"),
        ]
    layers += [
        LayerSpec("flatten", "flatten"),
        _linear("fc1", 64),
        _relu("relu4"),
        _linear("fc2", len(SHAPES)),
    ]
    return ModelSpec("colour", "Colour network", (3, SIZE, SIZE), tuple(layers), tuple(SHAPES))


MODELS: Mapping[str, Callable[[], ModelSpec]] = MappingProxyType(
    {"reference": reference, "mlp": mlp, "lenet5": lenet5, "tiny": tiny}
)
"""The built-in models for digits by name, each as a function that makes its description."""

ALL_MODELS: Mapping[str, Callable[[], ModelSpec]] = MappingProxyType({**MODELS, "colour": colour})
"""All built-in models, whatever their images."""
