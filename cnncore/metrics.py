"""How good a network is on a data set: loss, accuracy, confusion, scores of each class, calibration."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnncore.checks import check_count, check_kind
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

    @property
    def confidence(self) -> NDArray[np.float64]:
        """How sure the network is of each image (N,): the largest of its probabilities."""
        confidence: NDArray[np.float64] = self.probabilities.max(axis=1).astype(np.float64)
        return confidence


@dataclass(frozen=True, eq=False)
class ClassScores:
    """How well each of K classes is told from the others; NaN where there is nothing to divide by.

    Attributes
    ----------
    precision : (K,) array of float64
        Part of the images taken for the class that are of it; NaN when none is taken for it.
    recall : (K,) array of float64
        Part of the images of the class that are taken for it; NaN when it has no images.
    f1 : (K,) array of float64
        Harmonic mean of both, 2 TP / (2 TP + FP + FN); NaN when the class neither occurs nor is predicted.
    """

    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Calibration:
    """Whether a network is right as often as it is sure: images gathered by confidence into M bins.

    Attributes
    ----------
    edges : (M + 1,) array of float64
        The bins' borders from 0 to 1; bin m holds the confidences above ``edges[m]`` up to ``edges[m + 1]``.
    counts : (M,) array of int64
        Number of images in each bin.
    confidence, accuracy : (M,) arrays of float64
        Mean confidence and part that is right in each bin; NaN in an empty one.
    error : float
        Expected calibration error: the mean of |accuracy − confidence|, weighted by the counts; NaN without
        images.
    """

    edges: NDArray[np.float64]
    counts: NDArray[np.int64]
    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    error: float


def class_scores(confusion: NDArray[np.int64]) -> ClassScores:
    """Return precision, recall and F1 of each class.

    Parameters
    ----------
    confusion : (K, K) array of int64
        Row = true class, column = predicted class, value = number of images.

    Raises
    ------
    ShapeError
        When the matrix is not square.
    """
    confusion = np.asarray(confusion)
    if confusion.ndim != 2 or confusion.shape[0] != confusion.shape[1]:
        raise ShapeError(f"A confusion matrix is square, this one has the shape {confusion.shape}.")
    right = np.diag(confusion).astype(np.float64)
    predicted, true = confusion.sum(axis=0), confusion.sum(axis=1)
    return ClassScores(
        precision=_divide(right, predicted),
        recall=_divide(right, true),
        f1=_divide(2 * right, predicted + true),
    )


def calibration(confidence: NDArray[np.float64], right: NDArray[np.bool_], bins: int = 10) -> Calibration:
    """Compare how sure a network is with how often it is right (Guo et al. 2017, equations 2 to 5).

    Parameters
    ----------
    confidence : (N,) array of float
        Probability of the predicted class of each image, 0 to 1. What is NaN, as after a network has
        diverged, is not counted.
    right : (N,) array of bool
        Whether the predicted class is the true one.
    bins : int
        Number of bins M, equally wide.

    Raises
    ------
    ArgumentError
        When ``bins`` is below 1, a confidence is not between 0 and 1, or there are not equally many of both.
    """
    check_count(bins, "The number of bins")
    confidence, right = np.asarray(confidence, np.float64), np.asarray(right, bool)
    if confidence.ndim != 1 or confidence.shape != right.shape:
        raise ArgumentError(f"There are {confidence.size:,} confidences but {right.size:,} answers.")
    known = ~np.isnan(confidence)
    confidence, right = confidence[known], right[known]
    # Rounding to float32 can carry a sum of probabilities a little beyond 1.
    if confidence.size and not (confidence.min() >= 0 and confidence.max() <= 1 + 1e-6):
        raise ArgumentError("A confidence must lie between 0 and 1.")
    edges = np.linspace(0, 1, bins + 1)
    place = np.searchsorted(edges[1:-1], confidence, side="left")
    counts = np.bincount(place, minlength=bins).astype(np.int64)
    sure = np.bincount(place, weights=confidence, minlength=bins).astype(np.float64)
    hits = np.bincount(place[right], minlength=bins).astype(np.float64)
    error = float(np.abs(hits - sure).sum() / confidence.size) if confidence.size else float("nan")
    return Calibration(edges, counts, _divide(sure, counts), _divide(hits, counts), error)


def _divide(part: NDArray[np.float64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    """Divide where there is something to divide by; NaN elsewhere."""
    result = np.full(len(part), np.nan)
    np.divide(part, whole, out=result, where=whole > 0)
    return result


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
    check_kind(network, "The network", Sequential)
    check_kind(dataset, "The data set", Dataset)
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
