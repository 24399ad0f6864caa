"""Augmentation: each time an image is shown, it is changed a little, as another hand would have drawn it.

The network then cannot learn single pixels by heart. An augmentation is called with a batch and a generator
and returns a new batch of the same shape; the same generator state gives the same batch. Changes that move
pixels are *warps*: they say where each pixel of the result comes from. `Compose` adds up the moves of warps
that follow each other before it reads the image once, because every reading between two pixels blurs it.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeAlias

import numpy as np

from cnncore.checks import check_flag, check_generator, check_number, check_option
from cnncore.errors import ArgumentError, ShapeError
from cnncore.windows import Array

Augment: TypeAlias = Callable[[Array, np.random.Generator], Array]
"""``augment(images, rng)``: images (N, C, H, W) from 0 to 1 become others of the same shape."""

Field: TypeAlias = tuple[Array, Array]
"""Row and column that each pixel is read from, counted from the middle: two (H, W, N) arrays."""

FILLS = ("zeros", "nearest")


@dataclass(frozen=True)
class Warp:
    """What all changes that move pixels have in common.

    Attributes
    ----------
    fill : str
        What lies outside of the image: ``"zeros"``, the background of digits, or ``"nearest"``, the nearest
        pixel of the image.
    """

    fill: str = field(default="zeros", kw_only=True)

    def __post_init__(self) -> None:
        check_option(self.fill, "The fill of a warp", FILLS)

    def displace(self, origin: Field, rng: np.random.Generator) -> Field:
        """Return where the pixels of `origin` were before this change."""
        raise NotImplementedError

    def __call__(self, images: Array, rng: np.random.Generator) -> Array:
        return warp(images, [self], rng, self.fill)


@dataclass(frozen=True)
class Shift(Warp):
    """Move each image by up to `pixels` in any direction, also by parts of a pixel."""

    pixels: float = 2.0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number(self.pixels, "A shift", 0, 1000)

    def displace(self, origin: Field, rng: np.random.Generator) -> Field:
        rows, columns = origin
        by_rows, by_columns = rng.uniform(-self.pixels, self.pixels, (2, rows.shape[-1])).astype(rows.dtype)
        return rows - by_rows, columns - by_columns


@dataclass(frozen=True)
class Rotate(Warp):
    """Turn each image around its middle by up to `degrees` either way."""

    degrees: float = 10.0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number(self.degrees, "A rotation", 0, 180)

    def displace(self, origin: Field, rng: np.random.Generator) -> Field:
        rows, columns = origin
        angle = np.radians(rng.uniform(-self.degrees, self.degrees, rows.shape[-1]))
        sine, cosine = np.sin(angle).astype(rows.dtype), np.cos(angle).astype(rows.dtype)
        return cosine * rows + sine * columns, cosine * columns - sine * rows


@dataclass(frozen=True)
class Scale(Warp):
    """Enlarge or shrink each image by up to `factor`, such as 1.1, both equally often."""

    factor: float = 1.1

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number(self.factor, "The factor of a scaling", 1, 10)

    def displace(self, origin: Field, rng: np.random.Generator) -> Field:
        rows, columns = origin
        most = math.log(self.factor)
        inverse = np.exp(rng.uniform(-most, most, rows.shape[-1])).astype(rows.dtype)
        return rows * inverse, columns * inverse


@dataclass(frozen=True)
class Elastic(Warp):
    """Bend each image as if it were drawn on rubber (Simard et al., 2003).

    Every pixel is moved at random, and the moves are smoothed until neighbours move together.

    Attributes
    ----------
    pixels : float
        Standard deviation of the moves along each axis.
    smoothness : float
        Standard deviation of the Gaussian, in pixels, that smooths them.
    """

    pixels: float = 0.7
    smoothness: float = 4.0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number(self.pixels, "The strength of an elastic change", 0, 100)
        check_number(self.smoothness, "The smoothness of an elastic change", 0.1, 100)

    def displace(self, origin: Field, rng: np.random.Generator) -> Field:
        rows, columns = origin
        height, width, count = rows.shape
        noise = rng.standard_normal((2, height, width, count), np.float32)
        across = self._smoothing(width) @ noise
        along = self._smoothing(height) @ across.reshape(2, height, width * count)
        moves = self.pixels * along.reshape(noise.shape).astype(rows.dtype)
        return rows + moves[0], columns + moves[1]

    def _smoothing(self, size: int) -> Array:
        # Row y weighs the moves around y. Rows of length 1 keep noise of variance 1 at variance 1.
        distance = np.arange(size)[:, np.newaxis] - np.arange(size)
        weights = np.exp(-0.5 * (distance / self.smoothness) ** 2)
        weights /= np.sqrt((weights**2).sum(axis=1, keepdims=True))
        return weights.astype(np.float32)


@dataclass(frozen=True)
class Flip(Warp):
    """Mirror each image, left and right exchanged, with a probability. A mirrored digit is none any more.

    Attributes
    ----------
    probability : float
        0 to 1.
    vertical : bool
        Exchange top and bottom instead.
    """

    probability: float = 0.5
    vertical: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number(self.probability, "The probability of a flip", 0, 1)
        check_flag(self.vertical, "The direction of a flip, vertical,")

    def displace(self, origin: Field, rng: np.random.Generator) -> Field:
        rows, columns = origin
        sign = np.where(rng.random(rows.shape[-1]) < self.probability, -1, 1).astype(rows.dtype)
        return (rows * sign, columns) if self.vertical else (rows, columns * sign)


@dataclass(frozen=True)
class Noise:
    """Add normal noise to every pixel and keep the result between 0 and 1.

    Attributes
    ----------
    deviation : float
        Standard deviation of the noise, 0 to 1.
    """

    deviation: float = 0.05

    def __post_init__(self) -> None:
        check_number(self.deviation, "The deviation of noise", 0, 1)

    def __call__(self, images: Array, rng: np.random.Generator) -> Array:
        check_generator(rng)
        pixels = _batch_innermost(images)
        noise = rng.standard_normal(pixels.shape, np.float32)
        noise *= self.deviation
        noisy: Array = np.clip(pixels + noise.astype(pixels.dtype, copy=False), 0, 1)
        return noisy.transpose(3, 1, 0, 2)


class Compose:
    """Several augmentations, one after the other.

    Parameters
    ----------
    steps : iterable of augmentations
        Applied in this order.

    Raises
    ------
    ArgumentError
        When one of them cannot be called.
    """

    def __init__(self, steps: Iterable[Augment]) -> None:
        if not isinstance(steps, Iterable):
            raise ArgumentError("Compose takes a list of augmentations.")
        self.steps = tuple(steps)
        for step in self.steps:
            if not callable(step):
                raise ArgumentError(
                    f"An augmentation is called with images and a generator; {step!r} cannot be."
                )

    def __call__(self, images: Array, rng: np.random.Generator) -> Array:
        for fill, steps in groupby(self.steps, lambda step: step.fill if isinstance(step, Warp) else None):
            if fill is not None:
                images = warp(images, [step for step in steps if isinstance(step, Warp)], rng, fill)
                continue
            for step in steps:
                images = step(images, rng)
        return images

    def __repr__(self) -> str:
        return f"Compose({list(self.steps)!r})"


def warp(images: Array, warps: list[Warp], rng: np.random.Generator, fill: str = "zeros") -> Array:
    """Move the pixels of a batch by several warps at once.

    Parameters
    ----------
    images : (N, C, H, W) array
        Values between the pixels are interpolated linearly along both axes.
    warps : list of Warp
        As if applied in this order; the last one's moves are those that are seen undistorted.
    rng : numpy.random.Generator
        Source of the moves.
    fill : str
        What lies outside of the images, as for `Warp`; it holds for all warps.

    Returns
    -------
    images : (N, C, H, W) array
        A new array, in memory (H, C, W, N).

    Raises
    ------
    ShapeError, ArgumentError
        When `images` is no batch of images, a pixel is NaN or infinite, or `rng` is no generator.
    """
    check_generator(rng)
    pixels = _batch_innermost(images)
    height, _, width, count = pixels.shape
    middle_row, middle_column = (height - 1) / 2, (width - 1) / 2
    rows = np.arange(height, dtype=pixels.dtype)[:, np.newaxis, np.newaxis] - middle_row
    columns = np.arange(width, dtype=pixels.dtype)[:, np.newaxis] - middle_column
    origin: Field = (np.tile(rows, (1, width, count)), np.tile(columns, (height, 1, count)))
    # A pixel seen now was moved last by the last warp, so the way back to its origin begins there.
    for step in reversed(warps):
        origin = step.displace(origin, rng)
    return _read(pixels, origin[0] + middle_row, origin[1] + middle_column, fill)


def _read(pixels: Array, rows: Array, columns: Array, fill: str) -> Array:
    """Read `pixels` (H, C, W, N) at places (H, W, N) between its grid points."""
    height, channels, width, count = pixels.shape
    # A ring around the image holds what lies outside; whatever is further away reads the ring.
    mode = "constant" if fill == "zeros" else "edge"
    ring = np.pad(pixels, ((1, 1), (0, 0), (1, 1), (0, 0)), mode=mode)  # type: ignore[call-overload]
    rows, columns = np.clip(rows + 1, 0, height + 1), np.clip(columns + 1, 0, width + 1)
    top = np.minimum(rows.astype(np.intp), height)
    left = np.minimum(columns.astype(np.intp), width)
    down, right = rows - top, columns - left
    stride = (width + 2) * count
    place = top * (channels * stride) + left * count + np.arange(count)
    flat = ring.reshape(-1)
    result = np.empty_like(pixels)
    for channel in range(channels):
        corner = place + channel * stride
        above = flat[corner] * (1 - right) + flat[corner + count] * right
        corner += channels * stride
        below = flat[corner] * (1 - right) + flat[corner + count] * right
        result[:, channel] = above + down * (below - above)
    return result.transpose(3, 1, 0, 2)


def _batch_innermost(images: Array) -> Array:
    images = np.asarray(images)
    if images.ndim != 4 or images.dtype.kind != "f" or 0 in images.shape[1:]:
        raise ShapeError(
            "an augmentation takes images (N, C, H, W) of floats from 0 to 1, "
            f"got {images.dtype} of shape {images.shape}"
        )
    if not np.isfinite(images).all():
        raise ArgumentError("an augmentation takes images of numbers; some of these are NaN or infinite")
    return np.ascontiguousarray(images.transpose(2, 1, 3, 0))
