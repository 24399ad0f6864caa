"""The training as a film: the network's picture at each moment that was kept, with the loss below."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen, QPolygonF

from cnncore import ModelSpec, Sequential, trace
from explorer.numbers import format_count, format_number, format_percent
from explorer.theme import Theme
from explorer.widgets.animation.film import Film
from explorer.workbench import Sample, Workbench

from .colours import Scope
from .navigation import Selection
from .renderer import Renderer
from .scene import Scene, TextWidths, lay_out
from .stages import stages_of
from .view import View

WIDTH, HEIGHT, FOOT = 960, 620, 64
MOST_FRAMES = 300
SMOOTHING = 0.9
_WORDS = 330.0  # pixels for the words left of the curve


def chosen(count: int) -> np.ndarray:
    """Return which of `count` moments are in the film, the first and the last among them: (n,)."""
    return np.unique(np.linspace(0, count - 1, min(count, MOST_FRAMES)).round().astype(int))


@dataclass(frozen=True, eq=False)
class Curve:
    """The smoothed training loss of the run: two arrays (n,)."""

    steps: np.ndarray
    losses: np.ndarray

    def loss_at(self, step: int) -> float | None:
        """Return the loss after `step` steps; None before the first."""
        place = int(np.searchsorted(self.steps, step, side="right")) - 1
        return float(self.losses[place]) if place >= 0 else None

    def points(self, area: QRectF) -> list[QPointF]:
        """Return the curve in an area, a point a pixel, on a logarithmic axis that it fills."""
        if len(self.steps) < 2:
            return []
        last = float(self.steps[-1])
        places = np.searchsorted(self.steps, np.linspace(self.steps[0], last, int(area.width())))
        steps, losses = self.steps[places], np.log(np.maximum(self.losses[places], 1e-9))
        low, high = float(losses.min()), float(losses.max())
        x = area.left() + steps / last * area.width()
        y = area.bottom() - (losses - low) / max(high - low, 1e-9) * area.height()
        return [QPointF(*point) for point in zip(x.tolist(), y.tolist(), strict=True)]


class Frames:
    """Draws the frames. Everything is taken from the workbench at the beginning: training may go on.

    As long as the film is written its moments stay, also those that the timeline lets go meanwhile.
    """

    def __init__(
        self,
        workbench: Workbench,
        theme: Theme,
        scope: Scope,
        selected: Selection | None,
        kernels_shown: bool,
    ) -> None:
        timeline, history = workbench.timeline, workbench.history
        self.steps = timeline.steps[chosen(len(timeline))]
        self._states = [timeline.state_at(int(step)) for step in self.steps]
        self._spec: ModelSpec = workbench.spec
        self._sample: Sample = workbench.sample
        self._curve = Curve(np.array(history.steps), np.array(history.smoothed(SMOOTHING)))
        self._network: Sequential = workbench.spec.build(workbench.hyperparameters.rng("initialisation"))
        self._theme, self._scope, self._selected = theme, scope, selected
        self._kernels_shown = kernels_shown
        measure = TextWidths(theme)
        self._renderer = Renderer(theme, measure)
        stages, height = stages_of(self._spec, self._network), HEIGHT - FOOT
        self._layout, header = lay_out(stages, WIDTH, height, measure)
        self._view = View()
        self._view.resize(WIDTH, height - header, (self._layout.width, self._layout.height))
        self._scenes: dict[float, Scene] = {}

    def draw(self, index: int, scale: float) -> QImage:
        """Return frame `index`."""
        self._network.set_state_vector(self._states[index])
        found = trace(self._network, self._sample.image, self._sample.label, backward=False)
        self._renderer.take(self._layout, found, found, self._network, self._scope, self._selected)
        image = QImage(round(WIDTH * scale), round(HEIGHT * scale), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(scale)
        image.fill(self._theme.color("panel"))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        self._renderer.paint(painter, self._scene(scale), self._spec.class_names)
        painter.setClipping(False)
        sure = f"{self._spec.class_names[found.predicted]}, {format_percent(found.probabilities.max())}"
        self._paint_foot(painter, int(self.steps[index]), f"this image is read as {sure}")
        painter.end()
        return image

    def _scene(self, scale: float) -> Scene:
        if scale not in self._scenes:
            parts = (self._layout, self._view, self._selected, self._kernels_shown, scale)
            self._scenes[scale] = Scene.of(self._theme, *parts)
        return self._scenes[scale]

    def _paint_foot(self, painter: QPainter, step: int, read_as: str) -> None:
        theme, top = self._theme, HEIGHT - FOOT
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(QRectF(0, top, WIDTH, 1), theme.color("line"))
        loss = self._curve.loss_at(step)
        told = "before training" if loss is None else f"training loss {format_number(loss)}"
        total = format_count(int(self.steps[-1]))
        lines = ((theme.font(13, 600), "text", f"step {format_count(step)} of {total} · {told}"),)
        lines += ((theme.font(12), "text2", read_as),)
        for place, (font, token, text) in enumerate(lines):
            painter.setFont(font)
            painter.setPen(theme.color(token))
            area = QRectF(18, top + 11 + 21 * place, _WORDS, 20)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        self._paint_curve(painter, step, QRectF(_WORDS + 30, top + 12, WIDTH - _WORDS - 54, FOOT - 24))

    def _paint_curve(self, painter: QPainter, step: int, area: QRectF) -> None:
        theme, points = self._theme, self._curve.points(area)
        if not points:
            return
        painter.setPen(QPen(theme.color("line2"), 1))
        painter.drawLine(QLineF(area.bottomLeft(), area.bottomRight()))
        x = area.left() + step / float(self._curve.steps[-1]) * area.width()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        past = [point for point in points if point.x() <= x]
        for token, part in (("line2", points), ("accent", past)):
            painter.setPen(QPen(theme.color(token), 1.5))
            painter.drawPolyline(QPolygonF(part))
        painter.setPen(QPen(theme.color("accent"), 1.5))
        painter.drawLine(QLineF(x, area.top(), x, area.bottom()))


def film_of(frames: Frames) -> Film:
    """Return the film of these frames."""
    return Film("training", "moment", len(frames.steps), (WIDTH, HEIGHT), frames.draw)
