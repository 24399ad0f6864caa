"""Kernels to begin with, for any size, and what each responds to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Kernel = np.ndarray


@dataclass(frozen=True)
class Preset:
    """A kernel by name.

    Attributes
    ----------
    make : callable
        ``make(kh, kw)`` gives the weights (kh, kw).
    """

    key: str
    title: str
    responds: str
    make: Callable[[int, int], Kernel]


def centred(core: Kernel, kh: int, kw: int) -> Kernel:
    """Put an array in the middle of zeros of another size; what does not fit is cut off evenly."""
    result = np.zeros((kh, kw))
    target, source = [], []
    for size, given in zip((kh, kw), core.shape, strict=True):
        shift = (size - 1) // 2 - (given - 1) // 2
        target.append(slice(max(0, shift), min(size, shift + given)))
        source.append(slice(max(0, -shift), min(given, size - shift)))
    result[tuple(target)] = core[tuple(source)]
    return result


def _binomial(size: int) -> np.ndarray:
    row = np.ones(1)
    for _ in range(size - 1):
        row = np.convolve(row, (1.0, 1.0))
    return row


def _slope(size: int) -> np.ndarray:
    """Weights that answer to a rise along a line: −1, 0, 1 in the plainest case."""
    if size == 1:
        return np.ones(1)
    return np.convolve(_binomial(size - 1), (-1.0, 1.0))


def _sign(size: int) -> np.ndarray:
    return np.ones(1) if size == 1 else np.sign(np.arange(size) - (size - 1) / 2)


def _ridge(size: int) -> np.ndarray:
    return centred(np.array([[-1.0, 2.0, -1.0]]), 1, size)[0]


def _from_core(*rows: tuple[float, ...]) -> Callable[[int, int], Kernel]:
    core = np.array(rows, dtype=float)
    return lambda kh, kw: centred(core, kh, kw)


def _gaussian(kh: int, kw: int) -> Kernel:
    weights = np.outer(_binomial(kh), _binomial(kw))
    return weights / weights.sum()


PRESETS = (
    Preset(
        "identity",
        "Identity",
        "Gives the input back: a single 1 in the middle.",
        _from_core((1.0,)),
    ),
    Preset(
        "edge",
        "Edge",
        "Laplacian: answers wherever a cell differs from its neighbours, whatever the direction.",
        _from_core((0, 1, 0), (1, -4, 1), (0, 1, 0)),
    ),
    Preset(
        "blur",
        "Blur",
        "Box blur: the plain mean of the window; fine detail goes.",
        lambda kh, kw: np.full((kh, kw), 1.0 / (kh * kw)),
    ),
    Preset(
        "gaussian",
        "Gaussian",
        "A mean in which the middle counts most; blurs without boxy traces.",
        _gaussian,
    ),
    Preset(
        "sharpen",
        "Sharpen",
        "The cell itself and what it has more than its neighbours: edges stand out.",
        _from_core((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
    ),
    Preset(
        "sobel_x",
        "Sobel x",
        "Answers to vertical edges: positive where the numbers grow from left to right.",
        lambda kh, kw: np.outer(_binomial(kh), _slope(kw)),
    ),
    Preset(
        "sobel_y",
        "Sobel y",
        "Answers to horizontal edges: positive where the numbers grow from top to bottom.",
        lambda kh, kw: np.outer(_slope(kh), _binomial(kw)),
    ),
    Preset(
        "prewitt_x",
        "Prewitt x",
        "As Sobel x, with every row counting the same.",
        lambda kh, kw: np.outer(np.ones(kh), _sign(kw)),
    ),
    Preset(
        "prewitt_y",
        "Prewitt y",
        "As Sobel y, with every column counting the same.",
        lambda kh, kw: np.outer(_sign(kh), np.ones(kw)),
    ),
    Preset(
        "emboss",
        "Emboss",
        "Light from the top left: one side of a stroke lights up, the other goes dark.",
        _from_core((-2, -1, 0), (-1, 1, 1), (0, 1, 2)),
    ),
    Preset(
        "line_h",
        "Horizontal line",
        "Answers to horizontal lines one cell thick.",
        lambda kh, kw: np.outer(_ridge(kh), np.ones(kw)),
    ),
    Preset(
        "line_v",
        "Vertical line",
        "Answers to vertical lines one cell thick.",
        lambda kh, kw: np.outer(np.ones(kh), _ridge(kw)),
    ),
    Preset(
        "line_d",
        "Diagonal line",
        "Answers to lines that fall from the top left to the bottom right.",
        _from_core((2, -1, -1), (-1, 2, -1), (-1, -1, 2)),
    ),
)

CUSTOM = "custom"
CUSTOM_TITLE = "Custom"
CUSTOM_RESPONDS = "Your own weights: click a cell of the kernel to change it."
TRAINED = "trained"
TRAINED_RESPONDS = "Weights that the network has learned; train it and take them again."

BY_KEY = {preset.key: preset for preset in PRESETS}


def title_of(key: str) -> str:
    """Return what a kernel is called."""
    if key in BY_KEY:
        return BY_KEY[key].title
    return "Trained" if key == TRAINED else CUSTOM_TITLE


def responds_of(key: str) -> str:
    """Return the line on what a kernel responds to."""
    if key in BY_KEY:
        return BY_KEY[key].responds
    return TRAINED_RESPONDS if key == TRAINED else CUSTOM_RESPONDS


def responds_at(key: str, kh: int, kw: int) -> str:
    """Return the line for a kernel of a size, at which little of what makes a preset may be left."""
    if key not in BY_KEY or key == "identity":
        return responds_of(key)
    weights = BY_KEY[key].make(kh, kw)
    if np.array_equal(weights, BY_KEY["identity"].make(kh, kw)):
        return "At this size it is the identity: it gives the input back."
    if not np.isclose(weights.sum(), BY_KEY[key].make(3, 3).sum()):
        return "At this size only a part of it is left, which is another kernel with another answer."
    return responds_of(key)
