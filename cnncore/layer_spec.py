"""The description of one layer, and the table of the kinds there are."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeAlias

from cnncore.checks import check_list, check_whole, show
from cnncore.errors import ShapeError, SpecError
from cnncore.layers import (
    AdaptiveAvgPool2d,
    Arctan,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    Layer,
    LeakyReLU,
    Linear,
    MaxPool2d,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
)
from cnncore.padding import PADDING_MODES
from cnncore.shapes import Shape

MAX_SIZE = 1024
"""Most channels, rows or columns of an image, and the largest number that is an option of a window."""
MAX_FEATURES = 100_000

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}", re.ASCII)
_REQUIRED: Any = object()

Reader: TypeAlias = Callable[[object, str], Any]
"""``reader(value, what)`` returns the value in its one canonical form, or raises a SpecError about `what`."""
Options: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    """How to read, count and make one kind of layer.

    Attributes
    ----------
    options : mapping
        For each option its reader and its default.
    make : callable
        ``make(input_shape, options)`` makes the layer.
    count : callable
        ``count(input_shape, options)`` counts its parameters without making it.
    """

    options: dict[str, tuple[Reader, Any]]
    make: Callable[[Shape, Options], Layer]
    count: Callable[[Shape, Options], int] = lambda shape, options: 0


@dataclass(frozen=True)
class LayerSpec:
    """One layer of a model. Its number of inputs is not part of it: that follows from the layers before.

    Attributes
    ----------
    kind : str
        A key of `KINDS`: the name of the layer's class in small letters.
    name : str
        What the layer is called: a letter, then letters, digits or underscores.
    options : mapping
        What the layer's constructor takes, apart from its number of inputs; read-only and complete, with
        defaults filled in. A pair of equal numbers becomes one number, so that equal layers compare equal.

    Raises
    ------
    SpecError
        When the kind or an option is unknown, one is missing, or a value is wrong.
    """

    kind: str
    name: str
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not _NAME.fullmatch(self.name):
            raise SpecError(
                f"{show(self.name)} cannot name a layer; "
                "a name is a letter and then at most 31 letters, digits or underscores."
            )
        if not isinstance(self.kind, str) or self.kind not in KINDS:
            raise SpecError(
                f"Layer {self.name} is of the unknown kind {show(self.kind)}; known are {', '.join(KINDS)}."
            )
        if not isinstance(self.options, Mapping):
            raise SpecError(f"The options of layer {self.name} must be names with values.")
        known = KINDS[self.kind].options
        for unknown in (key for key in self.options if key not in known):
            raise SpecError(f"Layer {self.name} ({self.kind}) has no option {show(unknown)}.")
        options = {}
        for key, (read, default) in known.items():
            value = self.options.get(key, default)
            if value is _REQUIRED:
                raise SpecError(f"Layer {self.name} ({self.kind}) needs the option {key}.")
            options[key] = read(value, f"Option {key} of layer {self.name}")
        if "stride" in options and options["stride"] is None:
            options["stride"] = options["kernel_size"]
        object.__setattr__(self, "options", MappingProxyType(options))


def _pair(least: int) -> Reader:
    def read(value: object, what: str) -> int | tuple[int, int]:
        if isinstance(value, int):
            return check_whole(value, what, least, MAX_SIZE)
        y, x = (check_whole(number, what, least, MAX_SIZE) for number in check_list(value, what, 2, 2))
        return y if y == x else (y, x)

    return read


_pair_from_0, _pair_from_1 = _pair(0), _pair(1)


def _pool_stride(value: object, what: str) -> int | tuple[int, int] | None:
    return None if value is None else _pair_from_1(value, what)


def _padding(value: object, what: str) -> Any:
    if value == "same":
        return "same"
    if value == "valid":
        return 0
    if not isinstance(value, list | tuple) or len(value) != 4:
        return _pair_from_0(value, what)
    top, bottom, left, right = (check_whole(number, what, 0, MAX_SIZE) for number in value)
    if (top, left) == (bottom, right):
        return top if top == left else (top, left)
    return top, bottom, left, right


def _channels(value: object, what: str) -> int:
    return check_whole(value, what, 1, MAX_SIZE)


def _features(value: object, what: str) -> int:
    return check_whole(value, what, 1, MAX_FEATURES)


def _bool(value: object, what: str) -> bool:
    if not isinstance(value, bool):
        raise SpecError(f"{what} must be true or false, not {show(value)}.")
    return value


def _number(least: float, most: float) -> Reader:
    def read(value: object, what: str) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
            raise SpecError(f"{what} must be a number from {least:g} to {most:g}, not {show(value)}.")
        return float(value)

    return read


def _padding_mode(value: object, what: str) -> str:
    if not isinstance(value, str) or value not in PADDING_MODES:
        raise SpecError(f"{what} must be one of {', '.join(PADDING_MODES)}, not {show(value)}.")
    return value


def _adaptive_size(value: object, what: str) -> int | tuple[int | None, int | None] | None:
    if value is None or isinstance(value, int):
        return value if value is None else _channels(value, what)
    y, x = (side if side is None else _channels(side, what) for side in check_list(value, what, 2, 2))
    return y if y == x else (y, x)


def _make_conv2d(shape: Shape, options: Options) -> Layer:
    return Conv2d(_image_channels(shape), **options)


def _count_conv2d(shape: Shape, options: Options) -> int:
    size = options["kernel_size"]
    kh, kw = size if isinstance(size, tuple) else (size, size)
    out_channels: int = options["out_channels"]
    channels = _image_channels(shape) // int(options["groups"])
    return out_channels * (channels * int(kh) * int(kw) + int(options["bias"]))


def _image_channels(shape: Shape) -> int:
    if len(shape) != 3:
        raise ShapeError(f"it takes images of shape (C, H, W), but its input has the shape {shape}")
    return shape[0]


def _make_linear(shape: Shape, options: Options) -> Layer:
    return Linear(_vector_length(shape), **options)


def _count_linear(shape: Shape, options: Options) -> int:
    out_features: int = options["out_features"]
    return out_features * (_vector_length(shape) + int(options["bias"]))


def _vector_length(shape: Shape) -> int:
    if len(shape) != 1:
        raise ShapeError(
            f"it takes a vector, but its input has the shape {shape}; a flatten layer before it helps"
        )
    return shape[0]


def _plain(layer: Callable[[], Layer]) -> Kind:
    return Kind({}, lambda shape, options: layer())


_POOL: dict[str, tuple[Reader, Any]] = {
    "kernel_size": (_pair_from_1, _REQUIRED),
    "stride": (_pool_stride, None),
    "padding": (_pair_from_0, 0),
    "ceil_mode": (_bool, False),
}

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "conv2d": Kind(
            {
                "out_channels": (_channels, _REQUIRED),
                "kernel_size": (_pair_from_1, _REQUIRED),
                "stride": (_pair_from_1, 1),
                "padding": (_padding, 0),
                "dilation": (_pair_from_1, 1),
                "groups": (_channels, 1),
                "bias": (_bool, True),
                "padding_mode": (_padding_mode, "zeros"),
            },
            _make_conv2d,
            _count_conv2d,
        ),
        "maxpool2d": Kind(
            _POOL | {"dilation": (_pair_from_1, 1)}, lambda shape, options: MaxPool2d(**options)
        ),
        "avgpool2d": Kind(
            _POOL | {"count_include_pad": (_bool, True)}, lambda shape, options: AvgPool2d(**options)
        ),
        "adaptiveavgpool2d": Kind(
            {"output_size": (_adaptive_size, 1)}, lambda shape, options: AdaptiveAvgPool2d(**options)
        ),
        "batchnorm2d": Kind(
            {
                "eps": (_number(1e-12, 1), 1e-5),
                "momentum": (_number(0, 1), 0.1),
                "affine": (_bool, True),
            },
            lambda shape, options: BatchNorm2d(_image_channels(shape), **options),
            lambda shape, options: 2 * _image_channels(shape) * int(options["affine"]),
        ),
        "dropout": Kind({"p": (_number(0, 1), 0.5)}, lambda shape, options: Dropout(**options)),
        "relu": _plain(ReLU),
        "leakyrelu": Kind(
            {"negative_slope": (_number(0, 1), 0.01)}, lambda shape, options: LeakyReLU(**options)
        ),
        "sigmoid": _plain(Sigmoid),
        "tanh": _plain(Tanh),
        "arctan": _plain(Arctan),
        "softmax": _plain(Softmax),
        "flatten": _plain(Flatten),
        "linear": Kind(
            {"out_features": (_features, _REQUIRED), "bias": (_bool, True)}, _make_linear, _count_linear
        ),
    }
)
"""The kinds of layers by the name that `LayerSpec` uses."""
