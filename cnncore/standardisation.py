"""Standardisation: each channel of an image is shifted and scaled to mean 0 and standard deviation 1.

It is no layer: it has nothing to learn, and the layers keep their numbers whether a model has it or not. A
network that standardises takes the raw pixels; what its first layer sees is `StandardisedNetwork.prepare`.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cnncore.checks import check_kind, check_list, show
from cnncore.data import Dataset
from cnncore.errors import DataError, ShapeError, SpecError
from cnncore.initialisers import Initialiser, he
from cnncore.layers import Layer
from cnncore.network import NamedVector, Sequential
from cnncore.windows import Array

MAX_CHANNELS = 1024
SMALLEST_STD = 1e-6
LARGEST = 1e6


@dataclass(frozen=True)
class Standardisation:
    """``(pixel - mean) / std`` with a mean and a standard deviation for each channel.

    Attributes
    ----------
    mean, std : tuple of float
        One number for each channel, in units of pixels from 0 to 1.

    Raises
    ------
    SpecError
        When there are not equally many of both, a number is not finite, or a deviation is not above 0.
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]

    def __post_init__(self) -> None:
        for name, least in (("mean", -LARGEST), ("std", SMALLEST_STD)):
            values = check_list(getattr(self, name), f"The {name} of a standardisation", 1, MAX_CHANNELS)
            for value in values:
                number = value if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
                if not least <= number <= LARGEST:
                    raise SpecError(
                        f"Each {name} of a standardisation must be a number from {least:g} to {LARGEST:g}, "
                        f"not {show(value)}."
                    )
            object.__setattr__(self, name, tuple(float(value) for value in values))
        if len(self.mean) != len(self.std):
            raise SpecError(
                f"A standardisation has one mean and one std for each channel, not {len(self.mean)} and "
                f"{len(self.std)}."
            )

    @classmethod
    def of(cls, dataset: Dataset) -> "Standardisation":
        """Measure a data set; a channel that is the same everywhere is only shifted.

        Raises
        ------
        DataError
            When the data set is empty.
        """
        check_kind(dataset, "The data set", Dataset)
        if not len(dataset):
            raise DataError(f"{dataset.name}: without images there is no mean.")
        mean, std = [], []
        for channel in range(dataset.image_shape[0]):
            # How often each of the 256 values occurs tells all, exactly and with little memory.
            counts = sum(np.bincount(image[channel].ravel(), minlength=256) for image in dataset.images)
            frequencies = np.asarray(counts) / np.sum(counts)
            values = np.arange(256) / 255
            centre = float(frequencies @ values)
            spread = math.sqrt(float(frequencies @ (values - centre) ** 2))
            mean.append(centre)
            std.append(spread if spread >= SMALLEST_STD else 1.0)
        return cls(tuple(mean), tuple(std))

    def apply(self, pixels: Array) -> Array:
        """Standardise images (N, C, H, W) in their precision and memory order.

        Raises
        ------
        ShapeError
            When the images do not have the standardisation's number of channels.
        """
        if pixels.ndim != 4 or pixels.shape[1] != len(self.mean):
            raise ShapeError(
                f"the standardisation takes images (N, {len(self.mean)}, H, W), got shape {pixels.shape}"
            )
        result: Array = pixels - self._column(self.mean, pixels.dtype)
        result /= self._column(self.std, pixels.dtype)
        return result

    def gradient(self, d_standardised: Array) -> Array:
        """Carry a derivative with respect to standardised pixels back to the raw ones."""
        raw: Array = d_standardised / self._column(self.std, d_standardised.dtype)
        return raw

    def _column(self, values: tuple[float, ...], dtype: npt.DTypeLike) -> Array:
        return np.array(values, dtype)[:, np.newaxis, np.newaxis]


class StandardisedNetwork(Sequential):
    """A network that standardises its input before the first layer.

    Parameters
    ----------
    layers, rng, dtype, draw
        As for `Sequential`.
    standardisation : Standardisation
        With the channels of the images it will take.
    """

    def __init__(
        self,
        layers: Iterable[Layer],
        rng: np.random.Generator,
        dtype: npt.DTypeLike,
        standardisation: Standardisation,
        draw: Initialiser = he,
    ) -> None:
        super().__init__(layers, rng, dtype, draw)
        self.standardisation = standardisation

    def prepare(self, x: Array) -> Array:
        """What the first layer sees of raw pixels (N, C, H, W)."""
        return self.standardisation.apply(np.asarray(x, self.dtype))

    def forward(self, x: Array, training: bool = False) -> tuple[Array, list[Any]]:
        """As `Sequential.forward`, for raw pixels."""
        return super().forward(self.prepare(x), training)

    def backward(
        self, dy: Array, caches: list[Any], need_dx: bool = True
    ) -> tuple[Array | None, NamedVector]:
        """As `Sequential.backward`; dx is the derivative with respect to the raw pixels."""
        dx, grads = super().backward(dy, caches, need_dx)
        return (None if dx is None else self.standardisation.gradient(dx)), grads

    def __call__(self, x: Array) -> Array:
        """As `Sequential.__call__`, for raw pixels."""
        return super().__call__(self.prepare(x))
