"""The built-in colour images: eight shapes, drawn by arithmetic, in any colour, size, place and light.

Nothing but its outline tells a shape: colours, sizes, places, turns, backgrounds and noise are drawn from the
same distributions for all classes. Each shape is a formula for the signed distance from its edge, negative
inside, for a shape of radius 1 around (0, 0); a pixel's coverage follows from the distance of its middle.
"""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import numpy as np

from cnncore.checks import check_count
from cnncore.data import Dataset
from cnncore.windows import Array

SIZE = 32
"""Rows and columns of an image."""

_MAX_IMAGES = 1_000_000
_CHUNK = 500

Outline: TypeAlias = Callable[[Array, Array], Array]
"""``outline(x, y)``: the signed distance from the edge of a shape, x to the right and y down."""


def _circle(x: Array, y: Array) -> Array:
    return np.hypot(x, y) - 0.85


def _ring(x: Array, y: Array) -> Array:
    return np.abs(np.hypot(x, y) - 0.68) - 0.2


def _moon(x: Array, y: Array) -> Array:
    return np.maximum(np.hypot(x, y) - 0.95, 0.72 - np.hypot(x - 0.45, y))


def _square(x: Array, y: Array) -> Array:
    return np.maximum(np.abs(x), np.abs(y)) - 0.72


def _triangle(x: Array, y: Array) -> Array:
    # Inside of three lines, each half a radius from the middle.
    slanted = 0.5 * (math.sqrt(3) * np.abs(x) - y)
    return np.maximum(slanted, y) - 0.5


def _cross(x: Array, y: Array) -> Array:
    longer, shorter = np.maximum(np.abs(x), np.abs(y)), np.minimum(np.abs(x), np.abs(y))
    return np.maximum(longer - 0.9, shorter - 0.26)


def _star(x: Array, y: Array) -> Array:
    # One ray of five, folded onto itself: the line from a tip at radius 1 to a notch at radius 0.42.
    angle = np.abs((np.arctan2(x, -y) / (0.4 * math.pi) + 0.5) % 1 - 0.5) * 0.4 * math.pi
    radius = np.hypot(x, y)
    along, across = radius * np.cos(angle), radius * np.sin(angle)
    notch_along, notch_across = 0.42 * math.cos(0.2 * math.pi), 0.42 * math.sin(0.2 * math.pi)
    length = math.hypot(1 - notch_along, notch_across)
    return ((along - 1) * notch_across + across * (1 - notch_along)) / length


def _heart(x: Array, y: Array) -> Array:
    # Two discs side by side, and the square on its tip that touches both.
    discs = np.hypot(np.abs(x) - 0.42, y + 0.3) - 0.5
    tip = (np.abs(x) + np.abs(y - 0.1)) / math.sqrt(2) - 0.58
    return np.minimum(discs, tip)


SHAPES: Mapping[str, Outline] = MappingProxyType(
    {
        "circle": _circle,
        "ring": _ring,
        "moon": _moon,
        "square": _square,
        "triangle": _triangle,
        "cross": _cross,
        "star": _star,
        "heart": _heart,
    }
)
"""The classes and their outlines."""


def load_shapes(train: int = 4000, validation: int = 1000, seed: int = 0) -> tuple[Dataset, Dataset]:
    """Draw the built-in colour images, 32 × 32 RGB. The same arguments give the same images.

    Parameters
    ----------
    train, validation : int
        How many images; the classes are equally frequent, apart from what does not divide by eight.
    seed : int
        Chooses the images, from 0.

    Returns
    -------
    train, validation : Dataset
        (N, 3, 32, 32), each in mixed order, drawn independently.

    Raises
    ------
    ArgumentError
        When a number is no whole number or out of range.
    """
    seed = check_count(seed, "The seed", 0)
    counts = {"training": train, "validation": validation}
    for part, count in counts.items():
        check_count(count, f"The number of {part} images", 1, _MAX_IMAGES)
    training, validating = (
        _draw_set(count, f"Coloured shapes, {part}", np.random.default_rng([seed, index]))
        for index, (part, count) in enumerate(counts.items())
    )
    return training, validating


def _draw_set(count: int, name: str, rng: np.random.Generator) -> Dataset:
    labels = rng.permutation(np.arange(count) % len(SHAPES))
    images = np.empty((count, 3, SIZE, SIZE), np.uint8)
    for start in range(0, count, _CHUNK):
        part = slice(start, start + _CHUNK)
        images[part] = _draw(labels[part], rng)
    return Dataset(images, labels, tuple(SHAPES), name)


def _draw(labels: Array, rng: np.random.Generator) -> Array:
    """Draw one image for each label, as bytes (N, 3, 32, 32)."""
    count = len(labels)
    radius = _uniform(rng, 8, 14, (count, 1, 1))
    coverage = np.empty((count, SIZE, SIZE), np.float32)
    x, y = _own_coordinates(radius, rng)
    for label, outline in enumerate(SHAPES.values()):
        chosen = labels == label
        # Distances are in radii; a pixel whose middle is half a pixel inside is covered.
        coverage[chosen] = 0.5 - outline(x[chosen], y[chosen]) * radius[chosen]
    coverage = np.clip(coverage, 0, 1)[:, np.newaxis]
    ground, ink = _colours(count, rng)
    pixels = ground + coverage * (ink - ground)
    pixels += rng.standard_normal(pixels.shape, np.float32) * _uniform(rng, 0.01, 0.05, (count, 1, 1, 1))
    images: Array = np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8)
    return images


def _own_coordinates(radius: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return where each pixel lies in the frame of its image's shape: (N, 32, 32), in radii."""
    count = len(radius)
    # At most a tenth of the shape may leave the image.
    room = np.maximum(SIZE / 2 - 0.9 * radius, 0)
    x0, y0 = np.float32((SIZE - 1) / 2) + room * _uniform(rng, -1, 1, (2, count, 1, 1))
    angle = _uniform(rng, -np.pi / 9, np.pi / 9, (count, 1, 1))
    grid = np.arange(SIZE, dtype=np.float32)
    x, y = grid - x0, grid[:, np.newaxis] - y0
    cosine, sine = np.cos(angle) / radius, np.sin(angle) / radius
    return cosine * x + sine * y, cosine * y - sine * x


def _colours(count: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Draw a background that fades from one colour to another, and an ink that stands out from it."""
    corners = rng.random((count, 2, 3, 1, 1), np.float32)
    direction = _uniform(rng, 0, 2 * np.pi, (count, 1, 1, 1))
    line = np.linspace(-0.5, 0.5, SIZE, dtype=np.float32)
    place = 0.5 + (np.cos(direction) * line + np.sin(direction) * line[:, np.newaxis]) / math.sqrt(2)
    first, second = corners[:, 0], corners[:, 0] + 0.3 * (corners[:, 1] - corners[:, 0])
    ground = first + place * (second - first)
    # Of some colours the first that is far enough from the background's middle, or the farthest.
    middle = (first + second) / 2
    candidates = rng.random((count, 12, 3, 1, 1), np.float32)
    contrast = np.sqrt(((candidates - middle[:, np.newaxis]) ** 2).sum(axis=(2, 3, 4)))
    contrast = np.minimum(contrast, _uniform(rng, 0.5, 0.9, (count, 1)))
    return ground, candidates[np.arange(count), contrast.argmax(axis=1)]


def _uniform(rng: np.random.Generator, low: float, high: float, shape: tuple[int, ...]) -> Array:
    return np.float32(low) + np.float32(high - low) * rng.random(shape, np.float32)
