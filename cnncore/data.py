"""Labelled images, the built-in digits, folders in MNIST's own format, and seeded batches."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncore.checks import check_count, check_generator, check_number, check_path
from cnncore.errors import ArgumentError, DataError
from cnncore.idx import read_idx

DIGITS = tuple("0123456789")
_SPLIT_SEED = 5000


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images with labels, both read-only.

    Attributes
    ----------
    images : (N, C, H, W) array of uint8
        From 0, background, to 255.
    labels : (N,) array of int64
        For each image the index of its class.
    class_names : tuple of str
        One name for each class.
    name : str
        What the data are called on screen.

    Raises
    ------
    DataError
        When the shapes do not fit together or a label has no class.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    class_names: tuple[str, ...]
    name: str

    def __post_init__(self) -> None:
        _check_names(self.name, self.class_names)
        images: NDArray[np.uint8] = np.asarray(self.images)
        labels: NDArray[Any] = np.asarray(self.labels)
        if images.ndim != 4 or images.dtype != np.uint8 or 0 in images.shape[1:]:
            raise DataError(
                f"{self.name}: images must be a uint8 array of shape (N, C, H, W), "
                f"not {images.dtype} of shape {images.shape}."
            )
        if labels.shape != images.shape[:1]:
            raise DataError(f"{self.name}: there are {len(images):,} images but {labels.size:,} labels.")
        if labels.dtype.kind not in "iu":
            raise DataError(f"{self.name}: labels must be whole numbers, not {labels.dtype}.")
        if labels.size and not (labels.min() >= 0 and labels.max() < len(self.class_names)):
            raise DataError(
                f"{self.name}: labels must lie between 0 and {len(self.class_names) - 1}, "
                f"but they reach from {labels.min()} to {labels.max()}."
            )
        images, labels = images.view(), labels.astype(np.int64)
        images.flags.writeable = labels.flags.writeable = False
        object.__setattr__(self, "images", images)
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "class_names", tuple(self.class_names))

    def __len__(self) -> int:
        return len(self.images)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Shape (C, H, W) of each image."""
        _, channels, height, width = self.images.shape
        return channels, height, width

    def pixels(self, indices: ArrayLike | slice = slice(None)) -> NDArray[np.float32]:
        """Return images as numbers from 0 (black) to 1 (white).

        Parameters
        ----------
        indices : array, sequence of int or slice
            Which images; all of them by default.

        Returns
        -------
        pixels : (n, C, H, W) array of float32
            In memory in the order (H, C, W, N), in which the layers are fast; see `cnncore.windows`.

        Raises
        ------
        ArgumentError
            When there is no image with one of the indices.
        """
        chosen = self.images[indices if isinstance(indices, slice) else self._check(indices)]
        count, channels, height, width = chosen.shape
        pixels = np.empty((height, channels, width, count), np.float32)
        np.divide(chosen.transpose(2, 1, 3, 0), np.float32(255), out=pixels)
        return pixels.transpose(3, 1, 0, 2)

    def subset(self, indices: ArrayLike, name: str) -> "Dataset":
        """Return the chosen images and labels, in the given order, as a data set of their own.

        Raises
        ------
        ArgumentError
            When there is no image with one of the indices.
        """
        chosen = self._check(indices)
        return Dataset(self.images[chosen], self.labels[chosen], self.class_names, name)

    def _check(self, indices: ArrayLike) -> NDArray[np.intp]:
        chosen = np.asarray(indices)
        if chosen.size == 0:
            return np.empty(0, np.intp)
        if chosen.ndim != 1 or chosen.dtype.kind not in "iu":
            raise ArgumentError(f"{self.name}: images are chosen by a list of whole numbers.")
        if chosen.min() < 0 or chosen.max() >= len(self):
            wrong = chosen.min() if chosen.min() < 0 else chosen.max()
            raise ArgumentError(f"{self.name} has the images 0 to {len(self) - 1:,}, but no {wrong:,}.")
        return chosen.astype(np.intp)


def _check_names(name: object, class_names: object) -> None:
    if not isinstance(name, str):
        raise DataError("The name of a data set must be a text.")
    if not isinstance(class_names, tuple | list) or not class_names:
        raise DataError(f"{name}: there must be a list of names, one for each class.")
    if not all(isinstance(entry, str) for entry in class_names):
        raise DataError(f"{name}: the name of each class must be a text.")
    if len(set(class_names)) < len(class_names):
        raise DataError(f"{name}: no two classes can have the same name.")


def load_mnist_5k() -> tuple[Dataset, Dataset]:
    """Load the built-in 5,000 handwritten digits, split by class and always in the same way.

    Returns
    -------
    train, validation : Dataset
        4,000 digits (400 of each class) and 1,000 digits (100 of each class), (N, 1, 28, 28), each in mixed
        order.

    Raises
    ------
    DataError
        When the file is missing from the installation or damaged.
    """
    path = _asset("mnist-5k.npz")
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            images, labels = archive["images"], archive["labels"].astype(np.int64)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise DataError(f"The built-in digits, {path.name}, cannot be read: {error}") from error
    everything = Dataset(images, labels, DIGITS, "MNIST, 5,000 digits")
    train, validation = split_by_class(everything.labels, 0.2, np.random.default_rng(_SPLIT_SEED))
    return everything.subset(train, "MNIST 5k, training"), everything.subset(
        validation, "MNIST 5k, validation"
    )


def split_by_class(
    labels: NDArray[np.int64], fraction: float, rng: np.random.Generator
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Split indices so that both parts hold every class in the same proportion.

    Parameters
    ----------
    labels : (N,) array of int64
        The class of each sample.
    fraction : float
        The part of each class that goes into the second group.
    rng : numpy.random.Generator
        Source of the choice and of the order.

    Returns
    -------
    first, second : arrays of int
        Indices in mixed order; together they hold every index once.

    Raises
    ------
    ArgumentError
        When the labels are no list of whole numbers, or ``fraction`` is not between 0 and 1.
    """
    labels = np.asarray(labels)
    if labels.ndim != 1 or (labels.size and labels.dtype.kind not in "iu"):
        raise ArgumentError("The labels must be a list of whole numbers.")
    check_number(fraction, "The fraction", 0, 1)
    check_generator(rng)
    kept: list[NDArray[np.intp]] = []
    held_out: list[NDArray[np.intp]] = []
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        count = round(fraction * len(members))
        held_out.append(members[:count])
        kept.append(members[count:])
    empty = np.empty(0, np.intp)
    return rng.permutation(np.concatenate([empty, *kept])), rng.permutation(
        np.concatenate([empty, *held_out])
    )


def _asset(name: str) -> Path:
    package = Path(__file__).resolve().parent
    # A wheel carries the assets within the package; a checkout has them beside it.
    for folder in (package / "assets", package.parent / "assets"):
        if (folder / name).is_file():
            return folder / name
    raise DataError(f"{name} is missing from this installation. Install CNN Explorer again.")


def load_idx_folder(path: str | os.PathLike[str]) -> tuple[Dataset, Dataset]:
    """Load a folder with MNIST's four files, each plain or compressed with gzip.

    Parameters
    ----------
    path : path
        The folder with ``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte``, ``t10k-images-idx3-ubyte``
        and ``t10k-labels-idx1-ubyte``, each perhaps with ``.gz`` at its end.

    Returns
    -------
    train, validation : Dataset
        The two data sets; the second one comes from the ``t10k`` files.

    Raises
    ------
    DataError
        When a file is missing or damaged, or images and labels do not fit together.
    """
    folder = check_path(path)
    train = _load_idx_pair(folder, "train", f"{folder.resolve().name}, training")
    validation = _load_idx_pair(folder, "t10k", f"{folder.resolve().name}, validation")
    if train.image_shape != validation.image_shape:
        sizes = [f"{part.image_shape[1]} × {part.image_shape[2]}" for part in (train, validation)]
        raise DataError(
            f"The training images in {folder.name} are {sizes[0]} pixels, the validation images {sizes[1]}."
        )
    return train, validation


def _load_idx_pair(folder: Path, prefix: str, name: str) -> Dataset:
    image_file = _find(folder, [f"{prefix}-images-idx3-ubyte", f"{prefix}-images.idx3-ubyte"])
    label_file = _find(folder, [f"{prefix}-labels-idx1-ubyte", f"{prefix}-labels.idx1-ubyte"])
    images, labels = read_idx(image_file), read_idx(label_file)
    if images.ndim != 3 or labels.ndim != 1:
        wrong, array, expected = (image_file, images, 3) if images.ndim != 3 else (label_file, labels, 1)
        raise DataError(f"{wrong.name} has {array.ndim} dimensions where {expected} would be right.")
    if 0 in images.shape:
        raise DataError(f"{image_file.name} holds no images.")
    if len(images) != len(labels):
        raise DataError(
            f"{image_file.name} holds {len(images):,} images, "
            f"but {label_file.name} holds {len(labels):,} labels."
        )
    if labels.max() >= len(DIGITS):
        raise DataError(f"{label_file.name} holds the label {labels.max()}; labels must lie between 0 and 9.")
    return Dataset(images[:, np.newaxis], labels.astype(np.int64), DIGITS, name)


def _find(folder: Path, names: Sequence[str]) -> Path:
    for name in names:
        for candidate in (folder / name, folder / f"{name}.gz"):
            if candidate.is_file():
                return candidate
    raise DataError(f"The folder {folder.name or folder} has no file {names[0]} (or {names[0]}.gz).")


def batches(n: int, batch_size: int, rng: np.random.Generator) -> list[NDArray[np.intp]]:
    """Shuffle ``n`` samples and cut them into batches; the last one may be smaller.

    Parameters
    ----------
    n : int
        Number of samples.
    batch_size : int
        Samples in each batch, at least 1.
    rng : numpy.random.Generator
        Source of the order; it advances by one permutation.

    Returns
    -------
    batches : list of arrays of int
        Indices, which together hold each of 0 … n − 1 once.

    Raises
    ------
    ArgumentError
        When ``n`` is negative, ``batch_size`` is below 1, or ``rng`` is no generator.
    """
    check_count(n, "The number of samples", 0)
    check_count(batch_size, "The number of images in a batch")
    check_generator(rng)
    order = rng.permutation(n)
    return [order[start : start + batch_size] for start in range(0, n, batch_size)]
