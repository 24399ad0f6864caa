"""The 256 colours of a GIF: every colour of the theme as it is, and what else the pictures have most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple

import numpy as np
from PIL import Image

from explorer.tokens import Tokens

COLOURS = 256
_UNKNOWN = COLOURS
_AT_ONCE = 4096
_EVEN = 128


class GifPalette:
    """One palette for all frames of an animation.

    Left to itself a GIF averages rare colours with frequent ones: the frame round a single cell, which the
    eye is to follow, takes on the colour of its surroundings.

    Parameters
    ----------
    samples : sequence of images (RGB)
        Some frames; the colours that are not the theme's are chosen from them.
    """

    def __init__(self, tokens: Tokens, samples: Sequence[Image.Image]) -> None:
        packed, counts = np.unique(np.stack([_packed(s).ravel() for s in samples]), return_counts=True)
        own = np.array(sorted({int(token[1:], 16) for token in astuple(tokens)}))
        new = ~np.isin(packed, own)
        packed, counts = packed[new], counts[new]
        order = np.argsort(-counts, kind="stable")
        # Even areas, such as cells, have the frequent colours; edges of type have the many others.
        even, edges = order[:_EVEN], order[_EVEN:]
        exact = _channels(np.concatenate((own, packed[even])))
        shades = _channels(np.repeat(packed[edges], np.ceil(np.sqrt(counts[edges])).astype(int)))
        self._entries = np.concatenate((exact, _summary(shades, COLOURS - len(exact)))).astype(np.int32)
        self._nearest = np.full(1 << 24, _UNKNOWN, np.uint16)  # the entry for each colour that was met so far

    def picture(self, frame: Image.Image) -> Image.Image:
        """Write a frame (RGB) in the nearest colours of the palette (mode P)."""
        packed = _packed(frame)
        places = self._nearest[packed]
        if (places == _UNKNOWN).any():
            self._learn(np.unique(packed[places == _UNKNOWN]))
            places = self._nearest[packed]
        result = Image.fromarray(places.astype(np.uint8))
        result.putpalette(self._entries.astype(np.uint8).tobytes())
        return result

    def _learn(self, packed: np.ndarray) -> None:
        for start in range(0, len(packed), _AT_ONCE):
            some = packed[start : start + _AT_ONCE]
            distances = ((_channels(some)[:, None] - self._entries) ** 2).sum(axis=-1)
            self._nearest[some] = distances.argmin(axis=1)


def _summary(colours: np.ndarray, count: int) -> np.ndarray:
    """Return at most `count` colours (N, 3) that stand for these (K, 3)."""
    if not len(colours):
        return colours
    image = Image.fromarray(colours[None].astype(np.uint8)).quantize(count, dither=Image.Dither.NONE)
    return np.reshape(image.getpalette(), (-1, 3))[:count]


def _packed(picture: Image.Image) -> np.ndarray:
    """Return the pixels (H, W) of an RGB image as one number each."""
    red, green, blue = np.moveaxis(np.asarray(picture).astype(np.int32), -1, 0)
    return red << 16 | green << 8 | blue


def _channels(packed: np.ndarray) -> np.ndarray:
    """Return colours (K,) as (K, 3)."""
    return np.stack([packed >> shift & 0xFF for shift in (16, 8, 0)], axis=-1)
