"""Read an image safely: limits first, then pixels, and every failure as one plain sentence."""

from __future__ import annotations

import os
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP")
"""Formats that are tried, and no others: each further decoder is one more way to be surprised."""

_NAMES = "PNG, JPEG, BMP, GIF or WebP"
SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")
MAX_BYTES = 50 * 2**20
MAX_PIXELS = 64_000_000
MIN_SIDE = 5
WORKING_SIDE = 768
"""Longest side, in pixels, of what is handed on: enough for a digit that fills a thirtieth of a photo."""

_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_DAMAGED = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    struct.error,
    zlib.error,
)


class ImageError(ValueError):
    """An image or a drawing that no digit can be made from. The message is a sentence for the reader."""


def open_image(path: str | os.PathLike[str]) -> Image.Image:
    """Read an image file.

    Parameters
    ----------
    path
        A PNG, JPEG, BMP, GIF or WebP file; of an animation the first frame is read.

    Returns
    -------
    PIL.Image.Image
        Decoded, turned upright as its EXIF entry says, at most `WORKING_SIDE` pixels on the longer side.

    Raises
    ------
    ImageError
        If there is no such file, it is too large, no image, damaged, or its sides are out of bounds.
        Size in bytes and in pixels is checked before anything is decoded.
    """
    path = Path(path)
    name = f"“{path.name}”"
    _check_file(path, name)
    # Pillow warns about odd metadata and large sizes. Neither is news here: the limits below are stricter.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = Image.open(path, formats=FORMATS)
        except Image.DecompressionBombError:
            raise ImageError(_too_many_pixels(name, *_stated_size(path))) from None
        except _DAMAGED:
            raise ImageError(
                f"{name} is not an image that can be read. Use PNG, JPEG, BMP, GIF or WebP."
            ) from None
        with image:
            check_sides(image.width, image.height, name)
            try:
                # The JPEG decoder can leave out detail by itself, which is many times faster for a photo.
                image.draft(None, (WORKING_SIDE, WORKING_SIDE))
                orientation = image.getexif().get(_ORIENTATION, 1)
                image.load()
                return _upright(_reduced(image), orientation)
            except MemoryError:
                raise ImageError(f"{name} needs more memory than is free. Make it smaller first.") from None
            except (*_DAMAGED, Image.DecompressionBombError):
                raise ImageError(
                    f"{name} is damaged or cut short: it could not be read to its end."
                ) from None


def grey(image: Image.Image) -> np.ndarray:
    """Brightness of an image with transparency filled in.

    Parameters
    ----------
    image
        Any Pillow mode: bilevel, grey (8 or 16 bit), palette, colour, CMYK, with or without alpha.

    Returns
    -------
    numpy.ndarray
        (H, W) float64, 0 is black and 1 is white. Colour images give the channel with the most contrast, so
        that ink and paper of equal brightness but different colour do not melt together.

    Raises
    ------
    ImageError
        If the image is too small, too large, fully transparent, or holds no finite brightness.
    """
    check_sides(image.width, image.height)
    image = _reduced(image)
    if image.mode in ("F", "I") or image.mode.startswith("I;16"):
        return _deep_grey(image)
    if "A" in image.getbands() or "a" in image.getbands() or "transparency" in image.info:
        pixels = np.asarray(image.convert("RGBA"), dtype=np.float64) / 255.0
        return _fill_transparent(_strongest_channel(pixels[..., :3]), pixels[..., 3])
    if image.mode in ("1", "L"):
        return np.asarray(image.convert("L"), dtype=np.float64) / 255.0
    return _strongest_channel(np.asarray(image.convert("RGB"), dtype=np.float64) / 255.0)


def check_sides(width: int, height: int, name: str = "The image") -> None:
    """Raise `ImageError` unless width and height, in pixels, lie within the limits."""
    if width * height > MAX_PIXELS:
        raise ImageError(_too_many_pixels(name, width, height))
    if min(width, height) < MIN_SIDE:
        sides = f"{width} × {height} pixel" + ("s" if width * height > 1 else "")
        raise ImageError(f"{name} is only {sides}. A digit needs at least {MIN_SIDE} × {MIN_SIDE}.")


def _too_many_pixels(name: str, width: int = 0, height: int = 0) -> str:
    size = f" ({width:,} × {height:,})" if width else ""
    most = MAX_PIXELS // 10**6
    return f"{name} has too many pixels{size}. Up to {most} million can be opened: make it smaller first."


def _stated_size(path: Path) -> tuple[int, int]:
    """Return width and height as the file states them, without Pillow's own limit; (0, 0) if it does not."""
    for image_format in FORMATS:
        try:
            with Image.OPEN[image_format][0](path, None) as image:
                return image.size
        except (*_DAMAGED, Image.DecompressionBombError):
            continue
    return 0, 0


def _check_file(path: Path, name: str) -> None:
    try:
        if path.is_dir():
            raise ImageError(f"{name} is a folder. Choose an image file.")
        size = path.stat().st_size
        if not path.is_file():
            raise ImageError(f"{name} is not an ordinary file.")
        with path.open("rb"):
            pass
    except FileNotFoundError:
        raise ImageError(f"There is no file {name}.") from None
    except PermissionError:
        raise ImageError(f"{name} may not be read: permission denied.") from None
    except (OSError, UnicodeError):
        raise ImageError(f"{name} could not be opened.") from None
    except ValueError as error:
        if isinstance(error, ImageError):
            raise
        raise ImageError("This is not a file name that can be opened.") from None
    if size == 0:
        raise ImageError(f"{name} is empty.")
    if size > MAX_BYTES:
        raise ImageError(
            f"{name} has {size / 2**20:.0f} MB. Images of up to {MAX_BYTES // 2**20} MB can be opened."
        )


def _reduced(image: Image.Image) -> Image.Image:
    """The image with its longer side at most `WORKING_SIDE`, averaged over whole blocks of pixels."""
    factor = -(-max(image.size) // WORKING_SIDE)
    if factor <= 1:
        return image
    if image.mode in ("P", "PA", "1") or "transparency" in image.info:
        keeps_alpha = image.mode == "PA" or "transparency" in image.info
        image = image.convert("RGBA" if keeps_alpha else "RGB" if image.mode == "P" else "L")
    elif image.mode.startswith("I;16"):
        image = image.convert("I")
    return image.reduce((min(factor, image.width), min(factor, image.height)))


def _upright(image: Image.Image, orientation: object) -> Image.Image:
    turn = _TURNS.get(orientation) if isinstance(orientation, int) else None
    return image if turn is None else image.transpose(turn)


def _deep_grey(image: Image.Image) -> np.ndarray:
    """Brightness of an image with more than 8 bits: full scale is 16 bits, or 1 for fractions."""
    values = np.asarray(image, dtype=np.float64)
    if not np.isfinite(values).all():
        raise ImageError("The image holds values that are not numbers.")
    full = 65535.0 if image.mode != "F" else max(1.0, float(values.max()))
    return np.clip(values / full, 0.0, 1.0)


def _strongest_channel(rgb: np.ndarray) -> np.ndarray:
    luminance = rgb @ np.array([0.299, 0.587, 0.114])
    spread = rgb.std(axis=(0, 1))
    best = int(spread.argmax())
    return rgb[..., best].copy() if spread[best] > 2.0 * luminance.std() else luminance


def _fill_transparent(luminance: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Lay the image on a backdrop: its own paper if it is mostly opaque, else the opposite of its ink."""
    opaque = alpha >= 0.5
    if not opaque.any():
        raise ImageError("The image is transparent all over: there is nothing to see.")
    usual = float(np.median(luminance[opaque]))
    backdrop = usual if opaque.mean() > 0.6 else float(usual < 0.5)
    return luminance * alpha + backdrop * (1.0 - alpha)
