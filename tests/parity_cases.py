"""Random configurations of every layer, loss and optimizer, for `tests.parity`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import cnncore

Array = NDArray[Any]
Arrays = dict[str, Array]

STEPS = 20


@dataclass(frozen=True)
class Case:
    """A configuration, and the numbers that go in: float32, so that both precisions start from the same.

    Attributes
    ----------
    kind : str
        The class of a layer, or "loss", "optimizer", "clip_grad_norm" or "network".
    options : dict
        What the constructor or function takes, in the form of JSON.
    inputs : dict of str to array
        The input, labels or gradients, and the layer's parameters under their names.
    """

    kind: str
    options: dict[str, Any]
    inputs: Arrays

    def __str__(self) -> str:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in self.inputs.items())
        return f"{self.kind} {self.options} of {shapes}"


def cases(count: int, seed: int = 0) -> Iterator[Case]:
    """Draw configurations of all kinds in turn."""
    for index in range(count):
        yield _KINDS[index % len(_KINDS)](np.random.default_rng([seed, index]))


def _normal(rng: np.random.Generator, *shape: int) -> Array:
    return rng.normal(size=shape).astype(np.float32)


def _flip(rng: np.random.Generator, probability: float = 0.5) -> bool:
    return bool(rng.random() < probability)


def _image_and_padding(
    rng: np.random.Generator, extent: list[int], limit: list[int]
) -> tuple[tuple[int, int], list[int]]:
    """Draw padding up to a limit along y and x, and an image at least as large as what a window covers."""
    padding = [int(rng.integers(0, limit[side // 2] + 1)) for side in range(4)]
    height, width = (
        max(1, extent[axis] - sum(padding[2 * axis : 2 * axis + 2])) + int(rng.integers(0, 4))
        for axis in (0, 1)
    )
    return (height, width), padding


def _conv2d(rng: np.random.Generator) -> Case:
    kernel, stride, dilation = (rng.integers(1, 4, 2).tolist() for _ in range(3))
    extent = [dilation[axis] * (kernel[axis] - 1) + 1 for axis in (0, 1)]
    (height, width), padding = _image_and_padding(rng, extent, [2, 2])
    groups = int(rng.choice([1, 1, 2, 3]))
    channels, maps = groups * int(rng.integers(1, 6 // groups + 1)), groups * int(rng.integers(1, 3))
    mode = str(rng.choice(["zeros", "zeros", "reflect", "replicate", "circular"]))
    options: dict[str, Any] = {"kernel_size": kernel, "stride": stride, "padding": padding}
    if _flip(rng, 0.2):
        options |= {"stride": [1, 1], "padding": "same"}
    if mode != "zeros":
        # No more can be mirrored than there is.
        height, width = max(height, extent[0] + 2), max(width, extent[1] + 2)
    options |= {"dilation": dilation, "groups": groups, "padding_mode": mode, "bias": _flip(rng, 0.7)}
    inputs = {
        "x": _normal(rng, int(rng.integers(1, 3)), channels, height, width),
        "weight": _normal(rng, maps, channels // groups, *kernel),
    }
    if options["bias"]:
        inputs["bias"] = _normal(rng, maps)
    return Case("Conv2d", options | {"in_channels": channels, "out_channels": maps}, inputs)


def _pool_options(rng: np.random.Generator) -> tuple[dict[str, Any], tuple[int, ...]]:
    kernel, stride = (rng.integers(1, 4, 2).tolist() for _ in range(2))
    # PyTorch pads both sides alike.
    padding = [int(rng.integers(0, size // 2 + 1)) for size in kernel]
    options = {"kernel_size": kernel, "stride": stride, "padding": padding, "ceil_mode": _flip(rng)}
    return options, tuple(rng.integers(1, 3, 2).tolist())


def _max_pool2d(rng: np.random.Generator) -> Case:
    options, shape = _pool_options(rng)
    options["dilation"] = rng.integers(1, 4, 2).tolist() if _flip(rng, 0.4) else [1, 1]
    extents = (
        gap * (size - 1) + 1 for gap, size in zip(options["dilation"], options["kernel_size"], strict=True)
    )
    shape += tuple(extent + int(rng.integers(0, 5)) for extent in extents)
    # Few different numbers make ties.
    x = rng.integers(-2, 3, shape).astype(np.float32) if _flip(rng) else _normal(rng, *shape)
    return Case("MaxPool2d", options, {"x": x})


def _avg_pool2d(rng: np.random.Generator) -> Case:
    options, shape = _pool_options(rng)
    shape += tuple(size + int(rng.integers(0, 5)) for size in options["kernel_size"])
    options["count_include_pad"] = _flip(rng)
    return Case("AvgPool2d", options, {"x": _normal(rng, *shape)})


def _adaptive_avg_pool2d(rng: np.random.Generator) -> Case:
    size: Any = [None if _flip(rng, 0.2) else int(side) for side in rng.integers(1, 6, 2)]
    size = 1 if _flip(rng, 0.3) else size
    return Case("AdaptiveAvgPool2d", {"output_size": size}, {"x": _normal(rng, 2, 2, *rng.integers(1, 9, 2))})


def _batch_norm2d(rng: np.random.Generator) -> Case:
    batch, channels, height, width = rng.integers(2, 5, 4).tolist()
    options: dict[str, Any] = {"num_features": channels, "eps": float(rng.choice([1e-5, 1e-2]))}
    options |= {"momentum": float(rng.choice([0.1, 0.5, 1.0])), "affine": _flip(rng, 0.7)}
    inputs = {
        "x": (2 * rng.normal(size=(batch, channels, height, width)) + rng.normal()).astype(np.float32),
        "running_mean": _normal(rng, channels),
        "running_var": rng.uniform(0.5, 2, channels).astype(np.float32),
    }
    if options["affine"]:
        inputs |= {"weight": _normal(rng, channels), "bias": _normal(rng, channels)}
    return Case("BatchNorm2d", options | {"training": _flip(rng, 0.7)}, inputs)


def _dropout(rng: np.random.Generator) -> Case:
    x = _normal(rng, *rng.integers(1, 5, int(rng.choice([2, 4]))))
    options = {"p": float(rng.choice([0.0, 0.1, 0.5, 0.9])), "training": _flip(rng, 0.8)}
    return Case("Dropout", options, {"x": x, "noise": rng.random(x.shape, np.float32)})


def _linear(rng: np.random.Generator) -> Case:
    batch, inputs, outputs = rng.integers(1, 9, 3).tolist()
    arrays = {"x": _normal(rng, batch, inputs), "weight": _normal(rng, outputs, inputs)}
    bias = _flip(rng, 0.7)
    if bias:
        arrays["bias"] = _normal(rng, outputs)
    return Case("Linear", {"in_features": inputs, "out_features": outputs, "bias": bias}, arrays)


def _activation(rng: np.random.Generator) -> Case:
    kind = str(rng.choice(["ReLU", "LeakyReLU", "Sigmoid", "Tanh", "Arctan"]))
    options = {"negative_slope": float(rng.choice([0.01, 0.3]))} if kind == "LeakyReLU" else {}
    return Case(kind, options, {"x": 1.5 * _normal(rng, *rng.integers(1, 4, 4))})


def _softmax(rng: np.random.Generator) -> Case:
    return Case("Softmax", {}, {"x": 3 * _normal(rng, *rng.integers(1, 6, int(rng.choice([2, 4]))))})


def _flatten(rng: np.random.Generator) -> Case:
    return Case("Flatten", {}, {"x": _normal(rng, *rng.integers(1, 5, 4))})


def _loss(rng: np.random.Generator) -> Case:
    name = str(rng.choice(["cross_entropy", "nll_loss", "mse_loss"]))
    batch, classes = int(rng.integers(1, 9)), int(rng.integers(1, 11))
    inputs: Arrays = {"x": 5 * _normal(rng, batch, classes), "labels": rng.integers(0, classes, batch)}
    options: dict[str, Any] = {"name": name}
    if name == "mse_loss":
        inputs["labels"] = _normal(rng, batch, classes)
    if name == "nll_loss":
        inputs["x"] = -np.abs(inputs["x"])
    if name == "cross_entropy" and _flip(rng):
        options["label_smoothing"] = float(rng.choice([0.1, 0.4, 1.0]))
    return Case("loss", options, inputs)


def _optimizer_options(rng: np.random.Generator, least_eps: float = 1e-8) -> dict[str, Any]:
    name = str(rng.choice(["SGD", "RMSprop", "Adam", "AdamW"]))
    options: dict[str, Any] = {"name": name, "lr": float(rng.choice([1e-3, 0.01, 0.1]))}
    options["weight_decay"] = float(rng.choice([0.0, 0.01, 0.3]))
    if name in ("SGD", "RMSprop"):
        options["momentum"] = float(rng.choice([0.0, 0.5, 0.9]))
    if name == "SGD":
        options["nesterov"] = bool(options["momentum"]) and _flip(rng)
        return options
    if name == "RMSprop":
        options["alpha"] = float(rng.choice([0.9, 0.99]))
    else:
        options["betas"] = [[0.9, 0.999], [0.5, 0.9], [0.0, 0.99]][rng.integers(0, 3)]
    return options | {"eps": max(least_eps, float(rng.choice([1e-8, 1e-3])))}


def _optimizer(rng: np.random.Generator) -> Case:
    size = int(rng.integers(1, 9))
    inputs = {"x": _normal(rng, size), "gradients": _normal(rng, STEPS, size)}
    return Case("optimizer", _optimizer_options(rng), inputs)


def _clip_grad_norm(rng: np.random.Generator) -> Case:
    inputs = {"x": _normal(rng, int(rng.integers(1, 9))), "y": _normal(rng, 2, 3)}
    return Case("clip_grad_norm", {"max_norm": float(rng.choice([0.1, 1.0, 3.0, 10.0]))}, inputs)


def _network(rng: np.random.Generator) -> Case:
    """A small network that is trained."""
    bias, norm = _flip(rng), _flip(rng, 0.7)
    mode = str(rng.choice(["zeros", "reflect", "replicate", "circular"]))
    conv = {
        "in_channels": 2,
        "out_channels": 4,
        "kernel_size": 3,
        "padding": 1,
        "groups": int(rng.choice([1, 2])),
    }
    layers: list[list[Any]] = [["Conv2d", conv | {"bias": bias, "padding_mode": mode}]]
    if norm:
        layers.append(["BatchNorm2d", {"num_features": 4}])
    layers.append([str(rng.choice(["ReLU", "LeakyReLU", "Sigmoid", "Tanh"])), {}])
    layers.append([str(rng.choice(["MaxPool2d", "AvgPool2d"])), {"kernel_size": 2}])
    layers.append(["Conv2d", {"in_channels": 4, "out_channels": 3, "kernel_size": 2}])
    layers += [["AdaptiveAvgPool2d", {"output_size": 1}], ["Flatten", {}]]
    layers.append(["Linear", {"in_features": 3, "out_features": 3}])
    built = cnncore.Sequential([getattr(cnncore, name)(**options) for name, options in layers], rng)
    inputs = {"x": _normal(rng, 6, 2, 6, 6), "labels": rng.integers(0, 3, 6), "state": built.state_vector}
    # Where gradients vanish but for rounding, a tiny eps or large steps would blow the rounding up.
    optimizer = _optimizer_options(rng, least_eps=1e-3)
    optimizer["lr"] = 0.01 if optimizer["name"] == "SGD" else 1e-3
    return Case("network", {"layers": layers, "optimizer": optimizer}, inputs)


_KINDS: tuple[Callable[[np.random.Generator], Case], ...] = (
    *(_conv2d, _max_pool2d, _batch_norm2d, _optimizer, _loss),
    *(_conv2d, _avg_pool2d, _activation, _optimizer, _network),
    *(_conv2d, _max_pool2d, _batch_norm2d, _optimizer, _loss),
    *(_conv2d, _avg_pool2d, _linear, _adaptive_avg_pool2d, _dropout),
    *(_conv2d, _max_pool2d, _softmax, _clip_grad_norm, _flatten),
)
