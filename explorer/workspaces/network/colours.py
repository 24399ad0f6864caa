"""Activations and kernels as pictures: one image a layer, in colours whose range the person chooses."""

from __future__ import annotations

from typing import Literal

import numpy as np
from PySide6.QtGui import QImage

from cnncore import Sequential, Trace
from explorer.imaging import image_from_argb, symmetric_range, to_argb, to_argb_signed
from explorer.theme import Theme

from .geometry import Kind
from .layout import Layout
from .stages import Stage, Stages

Scope = Literal["unit", "layer", "global"]


class Ranges:
    """The ranges −r … +r of all stages' colours for one trace.

    With scope "unit" each map has its own, with "layer" each layer, with "global" all share one. ReLU,
    pooling and flatten take the range of the layer they belong to, so that equal values look equal.
    """

    def __init__(self, stages: Stages, trace: Trace, scope: Scope) -> None:
        self._stages, self._trace, self._scope = stages, trace, scope
        self._layers = {
            stage.index: symmetric_range(trace.layers[stage.index].output)
            for stage in stages[1:]
            if stages.source_of_range(stage.index) == stage.index
        }
        self._everything = max(self._layers.values(), default=1.0)

    def of_layer(self, layer: int) -> float:
        """Return the largest r within a layer, or that of all."""
        if layer < 0:
            return 1.0
        return (
            self._everything if self._scope == "global" else self._layers[self._stages.source_of_range(layer)]
        )

    def of_map(self, layer: int, channel: int) -> float:
        """Return r for one map."""
        if self._scope == "unit" and layer >= 0 and self._stages.at(layer).is_maps:
            source = self._trace.layers[self._stages.source_of_range(layer)].output
            return symmetric_range(source[channel])
        return self.of_layer(layer)

    def of_maps(self, layer: int) -> float | np.ndarray:
        """Return r for all maps of a layer, or one for each, (C, 1, 1)."""
        if self._scope != "unit":
            return self.of_layer(layer)
        source = self._trace.layers[self._stages.source_of_range(layer)].output
        return _magnitudes(source)


def _magnitudes(maps: np.ndarray) -> np.ndarray:
    """Return the largest magnitude of each of the first axis, shaped to divide by; 1 where all is zero."""
    axes = tuple(range(1, maps.ndim))
    largest = np.maximum(maps.max(axis=axes, keepdims=True), -maps.min(axis=axes, keepdims=True))
    return np.where(np.isfinite(largest) & (largest > 0), largest, np.float32(1))


def stage_image(stage: Stage, values: np.ndarray, ranges: Ranges, fold: int, theme: Theme) -> QImage:
    """Colour what a stage puts out: its maps one below the other, or a vector in rows of `fold` cells."""
    if stage.index < 0:
        return image_from_argb(to_argb(_stacked(values), theme.pixels, 0.0, 1.0))
    if stage.is_maps:
        r = ranges.of_maps(stage.index)
        if isinstance(r, np.ndarray):
            with np.errstate(invalid="ignore"):  # of a run that has diverged
                values, r = values / r, 1.0
        return image_from_argb(to_argb_signed(_stacked(values), theme.signed, r))
    missing = -len(values) % fold
    if missing:
        values = np.concatenate([values, np.zeros(missing, values.dtype)])
    return image_from_argb(
        to_argb_signed(values.reshape(-1, fold), theme.signed, ranges.of_layer(stage.index))
    )


def _stacked(maps: np.ndarray) -> np.ndarray:
    return maps.reshape(-1, maps.shape[-1])


def block_image(weight: np.ndarray, block: tuple[int, int], theme: Theme, gap: int) -> QImage:
    """Colour all kernels of a convolution: for each output map a block of its kernels, one below the other.

    Parameters
    ----------
    weight : (out, in, kh, kw)
        Kernels of one output map share their range.
    block : (rows, columns)
        How the kernels of one map lie; they are one cell apart.
    gap : int
        Packed colour between kernels.
    """
    rows, columns = block
    count, inputs, kh, kw = weight.shape
    cells = np.full((count, rows * columns, kh + 1, kw + 1), gap, np.uint32)
    cells[:, :inputs, :kh, :kw] = kernel_colours(weight, theme)
    grid = cells.reshape(count, rows, columns, kh + 1, kw + 1).transpose(0, 1, 3, 2, 4)
    blocks = grid.reshape(count, rows * (kh + 1), columns * (kw + 1))
    high, wide = rows * (kh + 1) - 1, columns * (kw + 1) - 1
    return image_from_argb(blocks[:, :high, :wide].reshape(count * high, wide))


def kernel_colours(weight: np.ndarray, theme: Theme) -> np.ndarray:
    """Pack the colours of kernels (out, in, kh, kw); those of one output map share their range."""
    with np.errstate(invalid="ignore"):
        return to_argb_signed(weight / _magnitudes(weight), theme.signed, 1.0)


class Pictures:
    """Every image of the canvas, for one trace: made at once, drawn piece by piece."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self.stages: dict[int, QImage] = {}
        self.kernels: dict[int, QImage] = {}
        self.selected_kernels: QImage | None = None
        self.tiles: np.ndarray = np.zeros(0, np.uint32)

    def update(self, layout: Layout, trace: Trace, network: Sequential, scope: Scope) -> Ranges:
        """Colour a trace. Returns the ranges that were used."""
        ranges = Ranges(layout.stages, trace, scope)
        gap = self._theme.color("panel").rgb()
        for column in layout.columns:
            if column.kind is Kind.SOFTMAX:
                continue
            stage = layout.stages.at(column.layer)
            values = trace.input if stage.index < 0 else trace.layers[stage.index].output
            if column.kind is Kind.TILES:
                self.tiles = to_argb_signed(values, self._theme.signed, ranges.of_layer(stage.index))
            elif column.kind is Kind.KERNELS:
                weight = network.layers[stage.index].parameters["weight"]
                block = column.block  # type: ignore[attr-defined]
                self.kernels[stage.index] = block_image(weight, block, self._theme, gap)
            else:
                self.stages[stage.index] = stage_image(stage, values, ranges, column.cells[1], self._theme)
        return ranges

    def select_kernels(self, network: Sequential, layer: int, channel: int) -> None:
        """Colour the kernels of one output map, one below the other."""
        weight = network.layers[layer].parameters["weight"][channel : channel + 1]
        packed = kernel_colours(weight, self._theme)[0]
        self.selected_kernels = image_from_argb(packed.reshape(-1, packed.shape[-1]))
