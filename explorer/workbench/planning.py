"""What a run will do, before it does it: its learning rates, and how its images will be changed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnncore import SCHEDULES, Dataset

from .augmentation import Augmentation
from .state import Hyperparameters

MOST_POINTS = 500


def planned_rates(settings: Hyperparameters, batches: int) -> tuple[np.ndarray, np.ndarray]:
    """Work out the learning rate over a run.

    Parameters
    ----------
    settings : Hyperparameters
    batches : int
        Steps of an epoch.

    Returns
    -------
    steps, rates : (n,) arrays
        Steps from 1, the first and the last among them, at most `MOST_POINTS`; and their learning rates.
    """
    total = settings.epochs * batches
    indices = np.unique(np.linspace(0, total - 1, min(total, MOST_POINTS)).round().astype(np.int64))
    schedule = SCHEDULES[settings.schedule]
    factors = np.array([schedule(int(index), total) for index in indices])
    return indices + 1, settings.learning_rate * factors


@dataclass(frozen=True, eq=False)
class ChangedImages:
    """Training images, (N, C, H, W) in [0, 1], and what an augmentation makes of them."""

    originals: np.ndarray
    changed: np.ndarray


def changed_images(dataset: Dataset, augmentation: Augmentation, seed: int, count: int) -> ChangedImages:
    """Choose `count` images by a seed and change them as a step would; the same seed gives the same."""
    rng = np.random.default_rng([seed, 2])
    chosen = np.sort(rng.choice(len(dataset), min(count, len(dataset)), replace=False))
    originals = np.ascontiguousarray(dataset.pixels(chosen))
    change = augmentation.function()
    changed = originals if change is None else np.ascontiguousarray(change(originals, rng))
    return ChangedImages(originals, changed)
