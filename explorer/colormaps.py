"""Colour maps: lookup tables of 256 packed ARGB values, one map per meaning."""

import numpy as np

_SIGNED_LIGHT = (
    "#0B3A6E", "#1F62A3", "#5A9ACB", "#AFCFE6", "#F4F2EC", "#F0C5A6", "#DC8A5C", "#B4532A", "#742A0D",
)  # fmt: skip
_SIGNED_DARK = (
    "#A9D6FF", "#6FB1EA", "#3F82BE", "#2C5275", "#27292E", "#6B4230", "#B3663E", "#E8935F", "#FFCBA3",
)  # fmt: skip
_PIXELS_LIGHT = ("#F4F2EC", "#14161A")
_PIXELS_DARK = ("#27292E", "#F3F2EE")

ZERO = 128
"""Index of zero in a signed map: 1..255 are symmetric about it, 0 repeats 1."""


def rgb(color: str) -> np.ndarray:
    """Return ``#RRGGBB`` as a float array of three values, 0 to 255."""
    return np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float64)


def _interpolate(stops: tuple[str, ...], positions: np.ndarray) -> np.ndarray:
    """Mix neighbouring stops linearly; `positions` run from 0 (first stop) to 1 (last stop)."""
    places = np.linspace(0.0, 1.0, len(stops))
    table = np.array([rgb(stop) for stop in stops])
    channels = [np.interp(positions, places, table[:, i]) for i in range(3)]
    red, green, blue = (np.rint(channel).astype(np.uint32) for channel in channels)
    packed = 0xFF000000 | (red << 16) | (green << 8) | blue
    packed = packed.astype(np.uint32)
    packed.flags.writeable = False
    return packed


def signed(dark: bool) -> np.ndarray:
    """Map for signed values, −r to +r. Index `ZERO` is exactly the paper colour."""
    index = np.arange(256)
    positions = 0.5 + np.clip(index - ZERO, -127, 127) / 254
    return _interpolate(_SIGNED_DARK if dark else _SIGNED_LIGHT, positions)


def non_negative(dark: bool) -> np.ndarray:
    """Map for values that are never negative, 0 to r: the positive half of the signed map."""
    stops = (_SIGNED_DARK if dark else _SIGNED_LIGHT)[4:]
    return _interpolate(stops, np.linspace(0.0, 1.0, 256))


def pixels(dark: bool) -> np.ndarray:
    """Map for the pixels of an image, 0 to 1: from paper to ink."""
    return _interpolate(_PIXELS_DARK if dark else _PIXELS_LIGHT, np.linspace(0.0, 1.0, 256))
