"""The lab's settings for a convolution of the network."""

from __future__ import annotations

from dataclasses import replace

from cnncore import CnnError, LayerSpec, ModelSpec
from cnncore.scan_setup import ScanSetup
from explorer.numbers import format_shape
from explorer.workbench import Workbench


class HandOverError(Exception):
    """The settings do not suit the network; the message is a sentence."""


def target_layer(workbench: Workbench) -> int:
    """Return the convolution that is looked at, or the first one. Raises HandOverError."""
    layers = workbench.spec.layers
    convolutions = [i for i, layer in enumerate(layers) if layer.kind == "conv2d"]
    if not convolutions:
        raise HandOverError(f"The model {workbench.spec.title} has no convolution to take the settings.")
    focused = workbench.focus.layer
    return focused if focused in convolutions else convolutions[0]


def with_settings(spec: ModelSpec, index: int, setup: ScanSetup) -> ModelSpec:
    """Return a model whose layer `index` has the scan's kernel size, stride, padding and dilation.

    Raises
    ------
    HandOverError
        When the layers behind it do not fit any more, or the lab does what no layer can.
    """
    layer = spec.layers[index]
    if setup.operation not in ("correlation", "convolution"):
        what = "pooling" if setup.operation.endswith("pool") else "transposed convolution"
        raise HandOverError(f"The lab does {what}, which {layer.name}, a convolution, cannot take over.")
    options = {
        **layer.options,
        "kernel_size": setup.kernel_size,
        "stride": setup.stride,
        "padding": setup.padding,
        "dilation": setup.dilation,
        "padding_mode": setup.mode if any(setup.padding) else "zeros",
    }
    try:
        layers = list(spec.layers)
        layers[index] = LayerSpec(layer.kind, layer.name, options)
        return replace(spec, layers=tuple(layers))
    except CnnError as error:
        raise HandOverError(f"The settings do not fit {layer.name}: {error}") from error


def restarts(workbench: Workbench, setup: ScanSetup) -> bool:
    """Whether handing over would throw away steps of training. Raises HandOverError."""
    spec = with_settings(workbench.spec, target_layer(workbench), setup)
    return workbench.progress.step > 0 and spec != workbench.spec


def hand_over(workbench: Workbench, setup: ScanSetup) -> str:
    """Change the network; the run begins again. Return what was done as a sentence. Raises HandOverError."""
    index = target_layer(workbench)
    spec = with_settings(workbench.spec, index, setup)
    name = spec.layers[index].name
    if spec == workbench.spec:
        return f"{name} has these settings already."
    shape = format_shape(spec.shapes()[index])
    workbench.set_spec(spec)
    return f"{name} now uses these settings and gives {shape}; training begins again."
