"""Holds the lab's state, and its numbers as long as the state can be computed."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from cnncore.scan_setup import Problem, diagnose
from explorer.workbench import Workbench

from . import sources
from .lab_numbers import LabNumbers, compute
from .lab_state import DEFAULTS, LabState


class LabHolder(QObject):
    """The one place of the lab's state; every part of the page reads it and asks it.

    Where settings cannot be, `problem` says why and `numbers` stay those of the last settings that could.
    """

    changed = Signal()
    """State, numbers or problem are others."""
    preview_changed = Signal()
    channel_changed = Signal()

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self.state = DEFAULTS
        self.problem: Problem | None = None
        self.channel = 0
        self._preview: LabNumbers | None = None
        self._awake, self._stale = True, False
        self.numbers = self._compute(self.state)
        workbench.sample_changed.connect(self._on_sample)
        workbench.trace_changed.connect(self._on_trace)

    @property
    def shown(self) -> LabNumbers:
        """What the page draws: a previewed neighbour, or the state's own numbers."""
        return self._preview or self.numbers

    @property
    def previewing(self) -> bool:
        """Whether a neighbour is shown."""
        return self._preview is not None

    def set_state(self, state: LabState) -> None:
        """Show this state, or say why it cannot be."""
        if state == self.state:
            return
        self.state = state
        self._refresh()

    def set_channel(self, channel: int) -> None:
        """Watch another input channel."""
        channel = min(max(0, channel), self.shown.state.channels - 1)
        if channel != self.channel:
            self.channel = channel
            self.channel_changed.emit()

    def preview(self, state: LabState | None) -> None:
        """Show a neighbouring state for as long as it is pointed at; None goes back."""
        numbers = None if state is None else self.numbers_of(state)
        if (numbers is None) == (self._preview is None) and (
            numbers is None or numbers.state == self._preview.state
        ):
            return
        self._preview = numbers
        self.preview_changed.emit()

    def numbers_of(self, state: LabState) -> LabNumbers:
        """Compute another state's numbers, on its own input."""
        return self._compute(state)

    def input_of(self, state: LabState) -> np.ndarray:
        """Return the input (C, H, W) that a state scans."""
        height, width = state.setup.input_size
        channels = state.channels
        if state.source == "digit":
            return sources.from_image(self._workbench.sample.image, height, width, channels)
        if state.source == "map":
            return sources.from_maps(self.maps(state.layer), state.feature, height, width, channels)
        if state.pattern == "own":
            return sources.own_numbers(state.own, height, width, channels)
        return sources.pattern(state.pattern, height, width, channels, state.seed)

    def maps(self, layer: int) -> np.ndarray:
        """Return the feature maps (C, h, w) of a layer; the input image where it has none."""
        trace = self._workbench.trace
        if 0 <= layer < len(trace.layers) and trace.layers[layer].output.ndim == 3:
            return trace.layers[layer].output
        return trace.input

    def _compute(self, state: LabState) -> LabNumbers:
        return compute(state, self.input_of(state))

    def _refresh(self) -> None:
        self._stale = False
        self.problem = diagnose(self.state.setup)
        self._preview = None
        if self.problem is None:
            self.numbers = self._compute(self.state)
            self.channel = min(self.channel, self.state.channels - 1)
        self.changed.emit()

    def set_awake(self, awake: bool) -> None:
        """Follow image and network at once, or, while the page is out of sight, when it comes back."""
        self._awake = awake
        if awake and self._stale:
            self._refresh()

    def _on_sample(self) -> None:
        if self.state.source != "numbers":
            self._follow()

    def _on_trace(self) -> None:
        if self.state.source == "map":
            self._follow()

    def _follow(self) -> None:
        self._stale = True
        if self._awake:
            self._refresh()
