"""Find the ink in a picture: which is paper and which is pen, noise, shadows, stray marks."""

from __future__ import annotations

import numpy as np

from explorer.image_files import ImageError

BLANK = "The image is blank: all its pixels have nearly the same brightness."
_MIN_CONTRAST = 0.03
_COARSE_SIDE = 192
_SMALL = 64


def find_ink(brightness: np.ndarray) -> np.ndarray:
    """Tell the digit's ink from paper, whichever of the two is the darker, and from stray marks.

    Parameters
    ----------
    brightness
        (H, W), 0 is black and 1 is white.

    Returns
    -------
    numpy.ndarray
        (H, W) float64 in [0, 1], the paper at exactly 0 and the pen's full stroke at 1.

    Raises
    ------
    ImageError
        If all pixels have nearly the same brightness.
    """
    difference = brightness - _paper(brightness)
    noise = 1.4826 * float(np.median(abs(difference[_rim(brightness.shape)])))
    floor = max(3.0 * noise, 0.02)
    if max(difference.max(), -difference.min()) < max(_MIN_CONTRAST, floor):
        raise ImageError(BLANK)
    ink = max((_parts_above(d, floor) for d in (difference, -difference)), key=_weight)
    marks = ink[ink > floor]
    full = float(np.median(marks[marks >= _otsu(marks)]))
    low = max(floor, 0.04 * full)
    return np.clip((ink - low) / max(full - low, 1e-6), 0.0, 1.0)


def _parts_above(ink: np.ndarray, floor: float) -> np.ndarray:
    marks = ink[ink > floor]
    if not marks.size:
        return np.zeros_like(ink)
    return np.where(main_parts(ink, max(floor, _otsu(marks) / 2.0)), ink, 0.0)


def _weight(ink: np.ndarray) -> float:
    """How much like a digit this is: its ink, which counts a tenth where it reaches the picture's edge."""
    at_edge = ink[[0, -1]].any() or ink[:, [0, -1]].any()
    return float(ink.sum()) * (0.1 if at_edge else 1.0)


def main_parts(ink: np.ndarray, threshold: float) -> np.ndarray:
    """Find the digit among stray marks.

    Connected parts with less than 4 % of the ink of the largest are left out (dust, noise). Parts that reach
    the edge of the picture (a shadow, the end of the sheet, a frame) are left out too when another part that
    does not is tall enough to be the digit.

    Parameters
    ----------
    ink
        (H, W), larger is more ink.
    threshold
        What counts as ink when parts are told apart.

    Returns
    -------
    numpy.ndarray
        (H, W) bool: the parts that stay, with a narrow margin for their faint edges.
    """
    height, width = ink.shape
    block = -(-max(height, width) // _COARSE_SIDE)
    padded = np.pad(np.maximum(ink, 0.0), ((0, -height % block), (0, -width % block)))
    blocks = padded.reshape(padded.shape[0] // block, block, padded.shape[1] // block, block)
    labels, count = label_parts(blocks.max(axis=(1, 3)) > threshold)
    mass = np.bincount(labels.ravel(), weights=blocks.sum(axis=(1, 3)).ravel(), minlength=count + 1)
    mass[0] = 0.0
    at_edge = np.zeros(count + 1, dtype=bool)
    for edge in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        at_edge[edge] = True
    if any(
        _is_tall(labels == part) for part in np.argsort(mass)[:-20:-1] if mass[part] and not at_edge[part]
    ):
        mass[at_edge] = 0.0
    stays = mass > 0.04 * mass.max()
    near = np.pad(stays[labels], 1)
    rows, columns = labels.shape
    near = np.logical_or.reduce([near[y : y + rows, x : x + columns] for y in range(3) for x in range(3)])
    near &= stays[labels] | (labels == 0)
    return near.repeat(block, axis=0).repeat(block, axis=1)[:height, :width]


def _is_tall(part: np.ndarray) -> bool:
    return bool(np.ptp(np.flatnonzero(part.any(axis=1))) + 1 >= part.shape[0] / 5)


def label_parts(mask: np.ndarray) -> tuple[np.ndarray, int]:
    """Number the connected parts of a mask, cells touching at a corner counted as connected.

    Returns
    -------
    labels, count
        (H, W) int array with 0 outside the mask and 1 ... count inside.
    """
    labels = np.zeros(mask.shape, dtype=np.int64)
    parent = [0]

    def root(part: int) -> int:
        while parent[part] != part:
            parent[part] = parent[parent[part]]
            part = parent[part]
        return part

    above: list[tuple[int, int, int]] = []
    for y, row in enumerate(mask):
        ends = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(np.int8), [0]))))
        runs = []
        for start, stop in zip(ends[::2].tolist(), ends[1::2].tolist(), strict=True):
            touched = [root(part) for s, e, part in above if s <= stop and start <= e]
            part = min(touched, default=len(parent))
            if not touched:
                parent.append(part)
            for other in touched:
                parent[other] = part
            labels[y, start:stop] = part
            runs.append((start, stop, part))
        above = runs
    roots, numbers = np.unique([root(part) for part in range(len(parent))], return_inverse=True)
    return numbers[labels], len(roots) - 1


def _rim(shape: tuple[int, int]) -> np.ndarray:
    """Mask of the outermost pixels, 6 % of the shorter side: mostly paper in any picture of a digit."""
    width = max(1, round(0.06 * min(shape)))
    rim = np.ones(shape, dtype=bool)
    rim[width:-width, width:-width] = False
    return rim


def _paper(brightness: np.ndarray) -> np.ndarray:
    """Brightness of the paper at every pixel: one level for small images, a curved surface for photos.

    A plane is fitted to the rim by least absolute deviations, so that strokes and shadows at the rim hardly
    count. A quadratic surface is then fitted to all pixels that lie close to the plane.
    """
    rim = _rim(brightness.shape)
    if min(brightness.shape) < _SMALL:
        return np.full(brightness.shape, np.median(brightness[rim]))
    plane = _fit_surface(brightness, rim, terms=3)
    distance = abs(brightness - plane)
    near = distance <= max(_otsu(distance) / 2.0, 0.01)
    return _fit_surface(brightness, near, terms=6) if near.mean() > 0.3 else plane


def _fit_surface(brightness: np.ndarray, mask: np.ndarray, terms: int) -> np.ndarray:
    """Fit the first `terms` of 1, x, y, x², xy, y² to the masked pixels by least absolute deviations."""
    height, width = brightness.shape
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    basis = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y][:terms], axis=-1)
    step = max(1, int(mask.sum()) // 4000)
    a, b = basis[mask][::step], brightness[mask][::step]
    weight = np.ones(len(b))
    for _ in range(12):  # reweighted least squares
        solution = np.linalg.lstsq(a * weight[:, None], b * weight, rcond=None)[0]
        weight = 1.0 / np.sqrt(np.maximum(abs(b - a @ solution), 1e-3))
    return basis @ solution


def _otsu(values: np.ndarray) -> float:
    """The threshold with the largest variance between the two classes it makes (Otsu, 1979)."""
    if np.ptp(values) < 1e-6:
        return float(values.min())
    counts, edges = np.histogram(values, bins=256)
    middles = (edges[:-1] + edges[1:]) / 2.0
    below = np.cumsum(counts)[:-1]
    above = values.size - below
    sums = np.cumsum(counts * middles)
    gap = sums[:-1] / np.maximum(below, 1) - (sums[-1] - sums[:-1]) / np.maximum(above, 1)
    return float(edges[1 + int(np.argmax(below * above * gap**2))])
