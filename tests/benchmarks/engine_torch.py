"""A network of the engine as one of PyTorch's, with the same parameters."""

from __future__ import annotations

from typing import Any

import cnncore
from cnncore.shapes import padding4

Call = tuple[str, dict[str, Any]]
"""The name of a class in ``torch.nn``, and what its constructor takes."""


def torch_network(network: cnncore.Sequential) -> Any:
    """Build the network from PyTorch's layers and copy its state.

    Raises
    ------
    ValueError
        When PyTorch has no such layer.
    """
    import torch

    if type(network) is not cnncore.Sequential:
        raise ValueError(f"a {type(network).__name__} is not compared, only a plain Sequential")
    calls = [torch_call(layer) for layer in network.layers]
    twin = torch.nn.Sequential(*[getattr(torch.nn, name)(**options) for name, options in calls])
    state = {name: torch.tensor(array) for name, array in network.state_dict().items()}
    # Not strict: PyTorch also counts the batches that a BatchNorm2d has seen.
    missing, unexpected = twin.load_state_dict(state, strict=False)
    if unexpected or any(not name.endswith(".num_batches_tracked") for name in missing):
        raise ValueError(f"the parameters differ: {', '.join([*missing, *unexpected])}")
    return twin


def torch_call(layer: cnncore.Layer) -> Call:
    """Say how PyTorch makes a layer.

    Raises
    ------
    ValueError
        When it has no such layer, or not with these options.
    """
    kind = type(layer).__name__
    match layer:
        case cnncore.Conv2d():
            return kind, _conv2d(layer)
        case cnncore.MaxPool2d():
            return kind, _pool(layer) | {"dilation": layer.dilation}
        case cnncore.AvgPool2d():
            return kind, _pool(layer) | {"count_include_pad": layer.count_include_pad}
        case cnncore.AdaptiveAvgPool2d():
            return kind, {"output_size": layer.output_size}
        case cnncore.BatchNorm2d():
            names = ("num_features", "eps", "momentum", "affine")
            return kind, {name: getattr(layer, name) for name in names}
        case cnncore.Dropout():
            return kind, {"p": layer.p}
        case cnncore.LeakyReLU():
            return kind, {"negative_slope": layer.negative_slope}
        case cnncore.Linear():
            features = {"in_features": layer.in_features, "out_features": layer.out_features}
            return kind, features | {"bias": "bias" in layer.parameters}
        case cnncore.Softmax():
            return kind, {"dim": 1}
        case cnncore.Flatten() | cnncore.ReLU() | cnncore.Sigmoid() | cnncore.Tanh():
            return kind, {}
    raise ValueError(f"{layer!r} is not compared: PyTorch has no such layer")


def _conv2d(layer: cnncore.Conv2d) -> dict[str, Any]:
    names = ("in_channels", "out_channels", "kernel_size", "stride", "dilation", "groups", "padding_mode")
    options: dict[str, Any] = {name: getattr(layer, name) for name in names}
    options["bias"] = "bias" in layer.parameters
    top, bottom, left, right = layer.padding
    if (top, left) == (bottom, right):
        return options | {"padding": (top, left)}
    # An even kernel needs more on one side, which PyTorch has for "same" only.
    if layer.stride == (1, 1) and layer.padding == padding4(
        "same", layer.kernel_size, layer.stride, layer.dilation
    ):
        return options | {"padding": "same"}
    raise ValueError(f"{layer!r} is not compared: PyTorch's pads both sides alike")


def _pool(layer: cnncore.MaxPool2d | cnncore.AvgPool2d) -> dict[str, Any]:
    top, bottom, left, right = layer.padding
    if (top, left) != (bottom, right):
        raise ValueError(f"{layer!r} is not compared: PyTorch's pads both sides alike")
    options = {name: getattr(layer, name) for name in ("kernel_size", "stride", "ceil_mode")}
    return options | {"padding": (top, left)}
