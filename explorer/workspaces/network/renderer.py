"""Draws a scene: a kept backdrop, and over it the pictures of the latest trace."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QPainter, QPixmap

from cnncore import Sequential, Trace
from explorer.theme import Theme

from .backdrop import paint_static
from .colours import Pictures, Ranges, Scope
from .edges import norm_widths
from .layout import Layout
from .live import paint_live
from .output import Numbers, Texts
from .relations import Terms, dense_layer_of, largest_terms
from .scene import Scene, TextWidths
from .stages import Link


class Renderer:
    """Turns scenes and traces into pixels, and does again only what has changed."""

    def __init__(self, theme: Theme, measure: TextWidths) -> None:
        self._theme, self._measure = theme, measure
        self._pictures = Pictures(theme)
        self._backdrop: QPixmap | None = None
        self._backdrop_of: tuple[Scene, tuple[float, ...]] | None = None
        self._widths: tuple[float, ...] = ()
        self._numbers: Numbers | None = None
        self._terms: Terms | None = None
        self._texts = Texts()
        self._trace: Trace | None = None
        self.ranges: Ranges | None = None

    def forget(self) -> None:
        """Draw everything anew: the theme or the network is another."""
        self._backdrop_of = self._trace = self._numbers = None

    def take(
        self,
        layout: Layout,
        trace: Trace,
        numbers: Trace,
        network: Sequential,
        scope: Scope,
        selected: tuple[int, int] | None,
    ) -> None:
        """Colour a new trace, or the old one for another selection; `numbers` are written beside it."""
        self._trace = trace
        self.ranges = self._pictures.update(layout, trace, network, scope)
        self._widths = ()
        if selected is not None and layout.kernels(selected[0]) is not None:
            layer, channel = selected
            self._pictures.select_kernels(network, layer, channel)
            self._widths = norm_widths(network.layers[layer].parameters["weight"], channel)
        self._terms = self._terms_of(layout, trace, network, selected)
        self._numbers = Numbers(numbers.logits, numbers.probabilities)

    @staticmethod
    def _terms_of(
        layout: Layout, trace: Trace, network: Sequential, selected: tuple[int, int] | None
    ) -> Terms | None:
        """Terms of the selected dense unit; else of the predicted class."""
        stages = layout.stages
        layer = None if selected is None else dense_layer_of(stages, selected[0])
        if layer is not None and selected is not None:
            unit = selected[1]
        elif stages.last.link is Link.DENSE:
            layer, unit = stages.last.index, trace.predicted
        else:
            return None
        weight = network.layers[layer].parameters["weight"]
        with np.errstate(invalid="ignore", over="ignore"):
            return largest_terms(weight, trace.layers[layer].input, layer, unit)

    def paint(self, painter: QPainter, scene: Scene, class_names: tuple[str, ...]) -> None:
        """Draw a scene with the trace that was taken last."""
        if self._trace is None or self._numbers is None:
            return
        if self._backdrop is None or self._backdrop_of != (scene, self._widths):
            self._backdrop = self._make_backdrop(scene)
            self._backdrop_of = (scene, self._widths)
        painter.drawPixmap(0, 0, self._backdrop)
        paint_live(
            painter,
            scene,
            self._pictures,
            self._trace,
            self._numbers,
            self._terms,
            class_names,
            self._texts,
        )

    def _make_backdrop(self, scene: Scene) -> QPixmap:
        width, height = scene.view.width, scene.view.height + scene.header
        pixmap = QPixmap(round(width * scene.ratio), round(height * scene.ratio))
        pixmap.setDevicePixelRatio(scene.ratio)
        pixmap.fill(self._theme.color("panel"))
        painter = QPainter(pixmap)
        paint_static(painter, scene, self._widths, self._measure)
        painter.end()
        return pixmap
