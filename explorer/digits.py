"""Turn an image, a photo or a drawing into a digit as MNIST would have prepared it.

MNIST's own recipe (LeCun et al., 1998): the digit's bounding box is scaled, aspect kept and antialiased, so
that its longer side has 20 pixels, and is then placed in a field of 28 x 28 pixels with its centre of mass at
the centre. For images, `explorer.ink` finds the ink first.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from explorer.image_files import ImageError, grey, open_image
from explorer.ink import BLANK, find_ink

__all__ = [
    "BOX",
    "FIELD",
    "ImageError",
    "centre_digit",
    "digit_from_image_file",
    "digit_from_pil",
    "digit_from_strokes",
    "smooth_stroke",
]

FIELD = 28
BOX = 20
_CENTRE = (
    14.0  # index coordinates; the 10,000 test digits all have their centre of mass within half a pixel of it
)


def digit_from_image_file(path: str | os.PathLike[str]) -> np.ndarray:
    """Read an image file as a digit.

    Parameters
    ----------
    path
        PNG, JPEG, BMP, GIF or WebP, see `explorer.image_files.open_image` for the limits.

    Returns
    -------
    numpy.ndarray
        (28, 28) float32 in [0, 1], ink is 1.

    Raises
    ------
    ImageError
        With a sentence that says what is wrong with the file.
    """
    return digit_from_pil(open_image(path))


def digit_from_pil(image: Image.Image) -> np.ndarray:
    """Find the digit in an image and prepare it.

    An image of 28 x 28 pixels that already is a prepared digit (light on dark or dark on light, longer side
    19 or 20, centre of mass within 0.6 of the centre, clean background) keeps its pixels exactly. All 10,000
    MNIST test digits count as prepared, so an exported digit comes back unchanged.

    Returns
    -------
    numpy.ndarray
        (28, 28) float32 in [0, 1], ink is 1.

    Raises
    ------
    ImageError
        If the image is too small, too large or blank.
    """
    brightness = grey(image)
    for candidate in (brightness, 1.0 - brightness):
        if _is_prepared(candidate):
            return candidate.astype(np.float32)
    return centre_digit(find_ink(brightness))


def digit_from_strokes(
    strokes: Sequence[np.ndarray | Sequence[tuple[float, float]]], canvas_size: float, pen_width: float
) -> np.ndarray:
    """Prepare a digit drawn by hand.

    Parameters
    ----------
    strokes
        One array (points, 2) of x, y per stroke, in canvas pixels; a single point is a dot.
    canvas_size
        Side of the square canvas. A drawing smaller than a quarter of it is not enlarged to the full box, so
        that a dot stays a dot.
    pen_width
        Width of the pen in canvas pixels. It is held between a twelfth and a sixth of the digit's size, as
        pens on paper are, so that a small drawing does not turn into a blob.

    Returns
    -------
    numpy.ndarray
        (28, 28) float32 in [0, 1], ink is 1.

    Raises
    ------
    ImageError
        If nothing is drawn, or a coordinate is not a finite number.
    """
    curves = [smooth_stroke(stroke) for stroke in strokes if len(stroke)]
    if not curves:
        raise ImageError("Nothing is drawn yet.")
    points = np.concatenate(curves)
    if not np.isfinite(points).all() or not np.isfinite([canvas_size, pen_width]).all():
        raise ImageError("The drawing holds coordinates that are not numbers.")
    low, high = points.min(axis=0), points.max(axis=0)
    extent = float((high - low).max())
    pen = float(np.clip(pen_width, *(max(extent, canvas_size / 5.0) / n for n in (11.0, 5.0))))
    size = max(extent + pen, canvas_size / 4.0)
    scale = 8.0 * BOX / size  # eight raster pixels for each final one: 64 levels of grey at an edge
    raster = Image.new("L", tuple(int(n) for n in np.ceil((high - low + pen) * scale) + 2))
    draw = ImageDraw.Draw(raster)
    for curve in curves:
        _draw_curve(draw, (curve - low + pen / 2.0) * scale + 0.5, pen * scale)
    return centre_digit(np.asarray(raster, dtype=np.float64) / 255.0, extent=size * scale)


def smooth_stroke(points: np.ndarray | Sequence[tuple[float, float]]) -> np.ndarray:
    """Round a stroke's corners: quadratic curves from midpoint to midpoint, steered by the points between.

    Parameters
    ----------
    points
        (n, 2) x, y as the mouse reported them.

    Returns
    -------
    numpy.ndarray
        (m, 2) float64: a denser line with the same first and last point.
    """
    knots = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    if len(knots) < 3:
        return knots
    middles = (knots[:-1] + knots[1:]) / 2.0
    t = np.linspace(0.0, 1.0, 8, endpoint=False)[:, None, None]
    curves = (1 - t) ** 2 * middles[:-1] + 2 * t * (1 - t) * knots[1:-1] + t**2 * middles[1:]
    return np.concatenate([knots[:1], curves.swapaxes(0, 1).reshape(-1, 2), middles[-1:], knots[-1:]])


def centre_digit(ink: np.ndarray, extent: float | None = None) -> np.ndarray:
    """Scale the ink's bounding box to 20 pixels and place its centre of mass at the centre of 28 x 28.

    Parameters
    ----------
    ink
        (H, W), 0 is paper and 1 is ink.
    extent
        The length that is scaled to 20 pixels, by default the longer side of the bounding box.

    Returns
    -------
    numpy.ndarray
        (28, 28) float32 in [0, 1].

    Raises
    ------
    ImageError
        If there is no ink.
    """
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not rows.size:
        raise ImageError(BLANK)
    box = np.asarray(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], dtype=np.float32)
    height, width = box.shape
    scale = BOX / max(extent or 0.0, height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    # Pillow widens its filter when it shrinks, so that every pixel of the box counts.
    small = np.asarray(Image.fromarray(box).resize(size, Image.Resampling.HAMMING), dtype=np.float32)
    small = np.clip(small, 0.0, 1.0)
    field = np.zeros((FIELD, FIELD), dtype=np.float32)
    top, left = (_place(small.sum(axis=axis), side) for axis, side in ((1, size[1]), (0, size[0])))
    field[top : top + size[1], left : left + size[0]] = small
    return field


def _place(profile: np.ndarray, side: int) -> int:
    """First row (or column) of the box that brings the centre of mass nearest to the field's centre."""
    mean = float(profile @ np.arange(side)) / max(float(profile.sum()), 1e-9)
    return int(np.clip(round(_CENTRE - mean), 0, FIELD - side))


def _draw_curve(draw: ImageDraw.ImageDraw, curve: np.ndarray, width: float) -> None:
    # A quick hand leaves hundreds of points: one for each tenth of the pen's width draws the same line.
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(curve, axis=0), axis=1))])
    kept = np.diff(along // (width / 10.0), prepend=-1.0) > 0
    kept[-1] = True
    path = [(float(x), float(y)) for x, y in curve[kept]]
    if len(path) > 1:
        draw.line(path, fill=255, width=max(1, round(width)))
    for x, y in path:  # round caps and joints
        draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=255)


def _is_prepared(pixels: np.ndarray) -> bool:
    if pixels.shape != (FIELD, FIELD) or pixels.max() < 0.9 or (pixels <= 0.02).mean() < 0.4:
        return False
    rows, columns = np.flatnonzero(pixels.any(axis=1)), np.flatnonzero(pixels.any(axis=0))
    longer = max(np.ptp(rows), np.ptp(columns)) + 1
    index = np.arange(FIELD)
    centre = np.array([pixels.sum(axis=1) @ index, pixels.sum(axis=0) @ index]) / pixels.sum()
    return BOX - 1 <= longer <= BOX and bool((abs(centre - _CENTRE) <= 0.6).all())
