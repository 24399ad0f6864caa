"""How good a network is on a data set: loss, accuracy, confusion matrix."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnncore.checks import check_count
from cnncore.data import Dataset
from cnncore.errors import ArgumentError, ShapeError
from cnncore.loss import log_softmax
from cnncore.network import Sequential
from cnncore.shapes import Shape


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The result of classifying a data set of N images into K classes; every array is read-only.

    Attributes
    ----------
    loss : float
        Mean cross-entropy (natural logarithm), the mean of `losses`.
    accuracy : float
        Part of the images whose most probable class is the true one, 0 to 1.
    confusion : (K, K) array of int64
        Row = true class, column = predicted class, value = number of images.
    predictions : (N,) array of int64
        The most probable class of each image.
    losses : (N,) array of float64
        The cross-entropy of each image.
    probabilities : (N, K) array of float32
        The softmax of each image's logits.
    """

    loss: float
    accuracy: float
    confusion: NDArray[np.int64]
    predictions: NDArray[np.int64]
    losses: NDArray[np.float64]
    probabilities: NDArray[np.float32]


def confusion_matrix(
    labels: NDArray[np.int64], predictions: NDArray[np.int64], classes: int
) -> NDArray[np.int64]:
    """Count how often each true class (row) was given each predicted class (column).

    Parameters
    ----------
    labels, predictions : (N,) arrays of int64
        Class indices between 0 and ``classes`` − 1.
    classes : int
        Number of classes K.

    Returns
    -------
    confusion : (K, K) array of int64
        Its sum is N and its diagonal holds the correct ones.

    Raises
    ------
    ArgumentError
        When a label or prediction is not the index of a class, or there are not equally many of both.
    """
    check_count(classes, "The number of classes")
    labels, predictions = np.asarray(labels), np.asarray(predictions)
    for indices in (labels, predictions):
        whole = indices.ndim == 1 and (not indices.size or indices.dtype.kind in "iu")
        if not whole or (indices.size and not (indices.min() >= 0 and indices.max() < classes)):
            raise ArgumentError(f"Labels and predictions must be whole numbers from 0 to {classes - 1}.")
    if len(labels) != len(predictions):
        raise ArgumentError(f"There are {len(labels):,} labels but {len(predictions):,} predictions.")
    cells = np.bincount(labels * classes + predictions, minlength=classes * classes)
    return cells.reshape(classes, classes).astype(np.int64)


def check_fit(network: Sequential, dataset: Dataset) -> None:
    """Raise unless a network takes a data set's images and tells its classes apart.

    Raises
    ------
    ShapeError
        The message names the layer or both numbers of classes.
    """
    shape: Shape = dataset.image_shape
    for layer in network.layers:
        shape = layer.output_shape(shape)
    if shape != (len(dataset.class_names),):
        given = f"tells {shape[0]} apart" if len(shape) == 1 else f"gives an output of shape {shape}"
        raise ShapeError(f"{dataset.name} has {len(dataset.class_names)} classes, but the network {given}")


def evaluate(network: Sequential, dataset: Dataset, batch_size: int = 250) -> Evaluation:
    """Classify every image of a data set.

    Parameters
    ----------
    network : Sequential
        The network; it is not changed.
    dataset : Dataset
        At least one image, of the shape the network takes.
    batch_size : int
        How many images go through at once. It bounds the memory.

    Returns
    -------
    evaluation : Evaluation
        Loss, accuracy and confusion matrix, and each image's prediction.

    Raises
    ------
    ArgumentError
        When the data set is empty or ``batch_size`` is below 1.
    ShapeError
        When the images or the number of classes do not fit the network.
    """
    check_count(batch_size, "The number of images in a batch")
    if len(dataset) < 1:
        raise ArgumentError("There must be at least one image to evaluate a network with.")
    check_fit(network, dataset)
    parts = []
    for start in range(0, len(dataset), batch_size):
        # A network that has diverged is measured as such; that it overflows is no news.
        with np.errstate(over="ignore", invalid="ignore"):
            logits = network(dataset.pixels(slice(start, start + batch_size)))
            parts.append(log_softmax(logits.astype(np.float64)))
    log_probabilities = np.concatenate(parts)
    predictions = log_probabilities.argmax(axis=1)
    losses = -log_probabilities[np.arange(len(dataset)), dataset.labels]
    result = Evaluation(
        loss=float(losses.mean()),
        accuracy=float(np.mean(predictions == dataset.labels)),
        confusion=confusion_matrix(dataset.labels, predictions, log_probabilities.shape[1]),
        predictions=predictions,
        losses=losses,
        probabilities=np.exp(log_probabilities).astype(np.float32),
    )
    for array in (result.confusion, result.predictions, result.losses, result.probabilities):
        array.flags.writeable = False
    return result
