"""Arrays to pictures: a colour map applied to a whole array at once, and atlases of many maps."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtGui import QImage

DARK_INK = "#16181C"
LIGHT_INK = "#FFFFFF"

NOT_A_NUMBER = 0xFFE000E0
"""Packed colour of cells that hold NaN: on no map, so it is never taken for a value."""


def to_argb(array: np.ndarray, lut: np.ndarray, low: float, high: float) -> np.ndarray:
    """Colour an array: `low` takes the first entry of `lut`, `high` the last.

    Parameters
    ----------
    array : (...) real
        Values outside the range, infinities too, take the colour at its end; NaN takes `NOT_A_NUMBER`.
    lut : (256,) uint32
        Packed ARGB colours.
    low, high : float
        The range. Where it is empty (``high <= low``), values up to `low` take the first colour.

    Returns
    -------
    (...) uint32, packed ARGB.
    """
    return _look_up(array, lut, float(low), 256.0 / (high - low) if high > low else 0.0, 0.0)


def to_argb_signed(array: np.ndarray, lut: np.ndarray, r: float) -> np.ndarray:
    """Colour signed values in −r … +r so that zero is exactly the map's middle. See `to_argb`."""
    # 1 … 255 are the 255 colours symmetric about index 128; rounding to the nearest keeps zero on it.
    return _look_up(array, lut, 0.0, 127.0 / r if r > 0 else 0.0, 128.5)


def _look_up(array: np.ndarray, lut: np.ndarray, origin: float, scale: float, offset: float) -> np.ndarray:
    values = np.asarray(array)
    # Infinity times a zero scale would warn, although the NaN it gives is dealt with below.
    with np.errstate(invalid="ignore", over="ignore"):
        if values.dtype != np.float32:
            values = values.astype(np.float32)
        scaled = values - np.float32(origin) if origin else values
        scaled = scaled * np.float32(scale)
    if offset:
        scaled += np.float32(offset)
    # fmax and fmin prefer the number to NaN, so that the cast below is always defined.
    np.fmax(scaled, np.float32(0), out=scaled)
    np.fmin(scaled, np.float32(255), out=scaled)
    packed = lut[scaled.astype(np.uint8)]
    missing = values != values
    if missing.any():
        packed[missing] = NOT_A_NUMBER
    return packed


def pack_rgb(channels: np.ndarray) -> np.ndarray:
    """Pack three channels (3, H, W) in 0 … 1 into colours (H, W) uint32."""
    red, green, blue = (np.nan_to_num(np.clip(channels, 0, 1)) * 255 + 0.5).astype(np.uint32)
    return np.uint32(0xFF000000) | (red << 16) | (green << 8) | blue


def image_from_argb(packed: np.ndarray) -> QImage:
    """Copy packed colours (H, W) uint32 into a QImage that owns its memory."""
    height, width = packed.shape
    packed = np.ascontiguousarray(packed)
    return QImage(packed.data, width, height, width * 4, QImage.Format.Format_RGB32).copy()


def colour(array: np.ndarray, lut: np.ndarray, low: float, high: float) -> QImage:
    """Draw a 2-D array (H, W) as an image of W x H pixels, one pixel a value. See `to_argb`."""
    return image_from_argb(to_argb(array, lut, low, high))


def symmetric_range(arrays: np.ndarray | Sequence[np.ndarray]) -> float:
    """Return r, the largest finite magnitude in `arrays`; 1 when there is none but zero."""
    if isinstance(arrays, np.ndarray):
        arrays = (arrays,)
    largest = 0.0
    for array in arrays:
        if array.size == 0:
            continue
        r = max(float(array.max()), -float(array.min()))
        if not np.isfinite(r):
            finite = np.abs(array[np.isfinite(array)])
            r = float(finite.max()) if finite.size else 0.0
        largest = max(largest, r)
    return largest or 1.0


def atlas(maps: np.ndarray, columns: int) -> np.ndarray:
    """Lay maps (K, H, W) out in rows of `columns`: (rows*H, columns*W), row by row, unused places zero.

    Colouring one atlas costs a fraction of colouring its maps one at a time; `atlas_cell` finds a map in it.
    """
    count, height, width = maps.shape
    rows = -(-count // columns)
    if count < rows * columns:
        padded = np.zeros((rows * columns, height, width), dtype=maps.dtype)
        padded[:count] = maps
        maps = padded
    grid = maps.reshape(rows, columns, height, width).swapaxes(1, 2)
    return np.ascontiguousarray(grid).reshape(rows * height, columns * width)


def atlas_cell(index: int, columns: int, height: int, width: int) -> tuple[int, int, int, int]:
    """Return the place of map `index` in an atlas as (x, y, width, height) in its pixels."""
    row, column = divmod(index, columns)
    return column * width, row * height, width, height


def luminance(argb: int) -> float:
    """Return the relative luminance (WCAG 2) of a packed colour, 0 black to 1 white."""
    channels = ((argb >> shift & 0xFF) / 255 for shift in (16, 8, 0))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def text_on(rgb: int | str) -> str:
    """Return the ink with more contrast on a colour (packed ARGB or ``#RRGGBB``)."""
    packed = int(rgb[1:], 16) if isinstance(rgb, str) else int(rgb)
    background = luminance(packed)
    on_dark_ink = (background + 0.05) / (luminance(0x16181C) + 0.05)
    on_light_ink = 1.05 / (background + 0.05)
    return DARK_INK if on_dark_ink >= on_light_ink else LIGHT_INK
