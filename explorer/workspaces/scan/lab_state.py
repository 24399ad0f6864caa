"""The state of the lab: a value, with the ways in which it changes. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from cnncore.scan_run import ActivationName
from cnncore.scan_setup import LIMITS, ScanSetup

from .presets import BY_KEY, CUSTOM, centred
from .sources import Pattern, own_numbers

Source = Literal["numbers", "digit", "map"]
SOURCES: tuple[Source, ...] = ("numbers", "digit", "map")
PaddingKind = Literal["valid", "same", "full", "custom"]
CHANNELS = (1, 3)
BIAS_LIMIT = 1000.0
CELL_LIMIT = 1_000_000.0
SEED_LIMIT = 9999

Rows = tuple[tuple[float, ...], ...]
Cube = tuple[Rows, ...]


def cube(array: np.ndarray) -> Cube:
    """Return an array (C, H, W) as nested tuples, which compare and cannot change."""
    return tuple(tuple(tuple(map(float, row)) for row in plane) for plane in array)


_SETUP = ScanSetup(stride=(2, 2), padding=(1, 1, 1, 1))
_SOBEL = cube(BY_KEY["sobel_x"].make(3, 3)[None])


@dataclass(frozen=True)
class LabState:
    """Everything that a person can set.

    Attributes
    ----------
    setup : ScanSetup
        Sizes, stride, padding, dilation, padding mode and operation; possible or not.
    own : nested tuples (C, H, W), optional
        Numbers that were typed.
    kernel : nested tuples (C, kh, kw)
        Weights as they are written; a convolution turns them when it scans.
    layer, feature : int
        The layer and the first of its maps, when the source is a feature map.
    """

    setup: ScanSetup = _SETUP
    source: Source = "digit"
    pattern: Pattern = "random"
    seed: int = 1
    own: Cube | None = None
    channels: int = 1
    kernel: Cube = _SOBEL
    preset: str = "sobel_x"
    bias: float = 0.0
    activation: ActivationName = "none"
    layer: int = 0
    feature: int = 0

    @property
    def weights(self) -> np.ndarray:
        """The kernel as an array (C, kh, kw)."""
        return np.array(self.kernel, dtype=float)

    @property
    def padding_kind(self) -> PaddingKind:
        """What the padding amounts to."""
        named = {"valid": (0, 0, 0, 0), "same": self.setup.same, "full": self.setup.full}
        return next((kind for kind, padding in named.items() if padding == self.setup.padding), "custom")

    @property
    def uses_kernel(self) -> bool:
        """Whether weights matter."""
        return self.setup.operation not in ("max_pool", "average_pool")

    # Changes; each gives a new state

    def with_setup(self, **changes: Any) -> LabState:
        """Change the scan's settings; padding that is "same" or "full" stays so when the kernel changes."""
        kind = self.padding_kind
        setup = replace(self.setup, **changes)
        reshaped = "kernel_size" in changes or "dilation" in changes
        if reshaped and "padding" not in changes and kind in ("same", "full"):
            setup = replace(setup, padding=getattr(setup, kind))
        state = replace(self, setup=setup)
        if setup.kernel_size != self.setup.kernel_size:
            state = state._with_kernel_for_size()
        return state

    def with_padding_kind(self, kind: PaddingKind) -> LabState:
        """Pad as the word says; "custom" leaves the numbers as they are."""
        if kind == "custom":
            return self
        padding = (0, 0, 0, 0) if kind == "valid" else getattr(self.setup, kind)
        return self.with_setup(padding=padding)

    def with_preset(self, key: str) -> LabState:
        """Use a kernel by name, in every channel. Raises KeyError."""
        if key == CUSTOM:
            return replace(self, preset=CUSTOM)
        weights = BY_KEY[key].make(*self.setup.kernel_size)
        return replace(self, preset=key, kernel=cube(np.stack([weights] * self.channels)))

    def with_kernel(self, weights: np.ndarray, preset: str = CUSTOM) -> LabState:
        """Use these weights (C, kh, kw); the kernel takes their size, and channels repeat where they lack."""
        weights = weights[np.arange(self.channels) % len(weights)]
        kernel_size = (int(weights.shape[1]), int(weights.shape[2]))
        state = self.with_setup(kernel_size=kernel_size)
        return replace(state, kernel=cube(weights), preset=preset)

    def with_weight(self, channel: int, y: int, x: int, value: float) -> LabState:
        """Change one weight."""
        weights = self.weights
        weights[channel, y, x] = np.clip(value, -CELL_LIMIT, CELL_LIMIT)
        return replace(self, kernel=cube(weights), preset=CUSTOM)

    def with_cell(self, values: np.ndarray, channel: int, y: int, x: int, value: float) -> LabState:
        """Change one input number; what is on view, `values`, becomes the person's own numbers."""
        values = np.array(values, dtype=float)
        values[channel, y, x] = np.clip(value, -CELL_LIMIT, CELL_LIMIT)
        return replace(self, source="numbers", pattern="own", own=cube(values))

    def with_channels(self, channels: int) -> LabState:
        """Take another number of input channels; new ones get the first one's kernel."""
        weights = self.weights
        if len(weights) < channels:
            weights = np.concatenate([weights, np.stack([weights[0]] * (channels - len(weights)))])
        own = None if self.own is None else cube(own_numbers(self.own, *self.setup.input_size, channels))
        return replace(self, channels=channels, kernel=cube(weights[:channels]), own=own)

    def _with_kernel_for_size(self) -> LabState:
        kh, kw = self.setup.kernel_size
        if self.preset in BY_KEY:
            return self.with_preset(self.preset)
        resized = np.stack([centred(plane, kh, kw) for plane in self.weights])
        return replace(self, kernel=cube(resized))


DEFAULTS = LabState()


def clamp(name: str, value: int) -> int:
    """Return a setting within its limits."""
    low, high = LIMITS[name]
    return min(max(int(value), low), high)
